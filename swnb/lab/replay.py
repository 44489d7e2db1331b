"""The commands of a recording, given again to a fresh browser.

Each command waits for what it had waited for: it begins once the facts that were there before it in the recording are there again
(or cannot be expected any more), and once the commands that had ended before it have ended. No time of the first run matters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from swnb.lab.again import Again
from swnb.lab.async_lab import AsyncLab
from swnb.lab.giving import CannotReplay
from swnb.recording import Command, Recording, RecordingTaken, read
from swnb.recording.collected import OTHER_BYTES
from swnb.recording.compare import compare

if TYPE_CHECKING:
    from swnb.recording.comparison import Comparison
    from swnb.recording.ignoring import Ignored

OPTIONS = ("timeout_s", "payload_bytes", "at_once")
"""Settings of the recorded lab that are those of the new one, too."""


class Replayed(NamedTuple):
    """What came of a replay.

    Attributes
    ----------
    recording
        The new run.
    comparison
        Of the two runs.
    notes
        In words: commands that could not be given again, facts that did not come.
    """

    recording: Recording
    comparison: Comparison
    notes: tuple[str, ...]


async def replay(
    recording: Recording,
    path: str | Path,
    *,
    attach: str | None = None,
    ignore: Ignored | list[Ignored] | tuple[()] = (),
    tolerance: float = 0.0,
    on_command: Callable[[int, Command], object] | None = None,
    **settings: object,
) -> Replayed:
    """Give the commands of a recording again, in a fresh browser, and compare.

    Parameters
    ----------
    path
        Where the new run is recorded. It stays, whatever comes of the replay.
    attach
        Another policy of attaching than the recorded one.
    ignore, tolerance
        As `swnb.recording.compare.compare` takes them.
    on_command
        Called with the number of each command, from 0, and the command, as it begins.
    **settings
        Of the new lab: ``executable``, ``headed``, …

    Raises
    ------
    RecordingTaken
        If there is a file at `path` already.
    CannotReplay
        If the recording began in the middle of a lab's life.
    BrowserNotFound, BrowserStartFailed
        If there is no browser, or it does not start.
    ReplayBroken
        If the browser ends before all is done, unless it did so in the recording, too.
    """
    _check(recording, Path(path))
    header = recording.header
    kept = {name: header.configuration[name] for name in OPTIONS if name in header.configuration}
    lab = AsyncLab(
        header.lab or "lab", **(kept | {"attach": attach or header.attach or "hold", "record": str(path)} | settings)
    )
    _serve(lab, recording)
    async with lab:
        again = Again(lab, recording)
        for number, command in enumerate(recording.commands):
            await again.begin(command)
            if on_command is not None:
                on_command(number, command)
        await again.end()
    new = read(str(path))
    comparison = answer(recording, new, ignore=ignore, tolerance=tolerance)
    return Replayed(new, comparison, tuple(again.notes))


def answer(
    recording: Recording, new: Recording, *, ignore: Ignored | list[Ignored] | tuple[()] = (), tolerance: float = 0.0
) -> Comparison:
    """Compare a recording with its replay.

    A command is written when it has ended, after what it led to. So a replay does not do what was under way where its recording
    was cut: that the two differ says nothing then. It says something where another file stands in the recording: that is served.
    """
    comparison = compare(recording, new, ignore=ignore, tolerance=tolerance)
    lacking = next((what for what in recording.missing if OTHER_BYTES not in what), "")
    if not lacking or comparison.equal is not False:
        return comparison
    why = f"the recording is not whole ({lacking}), and its replay differs, which may come of that alone"
    return replace(comparison, equal=None, why=why)


def _check(recording: Recording, path: Path) -> None:
    if path.exists():  # a lab would record in one beside it
        raise RecordingTaken(str(path), "it is there already", "name another file, or remove it")
    before = recording.header.before
    if before is not None and (before.windows or before.registrations):
        raise CannotReplay(
            "this recording began when windows or workers were there already",
            "record from the start: `c.Lab.record`, or `%sw record` first",
        )


def _serve(lab: AsyncLab, recording: Recording) -> None:
    """Let the sites answer what they answered when the recording began."""
    for file in recording.site:
        body = recording.body(file)
        if body is not None:
            headers = dict(
                file.headers
            )  # of what was written they have the type, if it had one; a folder's files are of theirs
            own = file.mount or any(name.lower() == "content-type" for name in headers)
            lab.origin(file.origin).write(
                file.path,
                body,
                content_type=None if own else "",
                headers=headers,
                status=file.status,
                delay_s=file.delay_s,
            )
