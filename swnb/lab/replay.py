"""The commands of a recording, given again to a fresh browser.

Each command waits for what it had waited for: it begins once the facts that were there before it in the recording are there again
(or cannot be expected any more), and once the commands that had ended before it have ended. No time of the first run matters.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from swnb.errors import SwnbError
from swnb.events import (
    CallAnswered,
    ClientAppeared,
    ClientControlled,
    ClientGone,
    ClientIdentified,
    ConsoleWritten,
    ControllerChange,
    Event,
    EventSettled,
    MessageReceived,
    MessageSent,
    MessagesStarted,
    NotificationClicked,
    NotificationDisplayed,
    NotificationRemoved,
    NotificationShown,
    PushReceived,
    SyncReceived,
    WindowLoaded,
    WorkerStateChanged,
)
from swnb.lab.async_lab import AsyncLab
from swnb.lab.giving import CannotReplay, give
from swnb.log import Mark
from swnb.recording import Command, Recording, read
from swnb.recording.compare import compare

if TYPE_CHECKING:
    from swnb.recording.comparison import Comparison
    from swnb.recording.ignoring import Ignored

AWAITED: frozenset[type[Event]] = frozenset(
    {
        CallAnswered,
        ClientAppeared,
        ClientControlled,
        ClientGone,
        ConsoleWritten,
        ControllerChange,
        EventSettled,
        MessageReceived,
        MessageSent,
        MessagesStarted,
        NotificationClicked,
        NotificationDisplayed,
        NotificationRemoved,
        NotificationShown,
        PushReceived,
        SyncReceived,
        WindowLoaded,
        WorkerStateChanged,
    }
)
"""Facts that a command waits for, if they were there before it in the recording."""

PATIENCE_S = 5.0
"""How long a command waits for them; a run that has gone another way is not waited for again so long."""

IMPATIENCE_S = 0.5

OPTIONS = ("timeout_s", "payload_bytes")
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
    on_command: Callable[[int, Command], object] | None = None,
    **settings: object,
) -> Replayed:
    """Give the commands of a recording again, in a fresh browser, and compare.

    Parameters
    ----------
    path
        Where the new run is recorded.
    attach
        Another policy of attaching than the recorded one.
    ignore
        As `swnb.recording.compare.compare` takes it.
    on_command
        Called with the number of each command, from 0, and the command, as it begins.
    **settings
        Of the new lab: ``executable``, ``headed``, …

    Raises
    ------
    CannotReplay
        If the recording began in the middle of a lab's life.
    BrowserNotFound, BrowserStartFailed
        If there is no browser, or it does not start.
    """
    header = recording.header
    if header.before is not None and (header.before.windows or header.before.registrations):
        raise CannotReplay(
            "this recording began when windows or workers were there already",
            "record from the start: `c.Lab.record`, or `%sw record` first",
        )
    kept = {name: header.configuration[name] for name in OPTIONS if name in header.configuration}
    lab = AsyncLab(
        header.lab or "lab", **(kept | {"attach": attach or header.attach or "hold", "record": str(path)} | settings)
    )
    _serve(lab, recording)
    async with lab:
        again = _Again(lab, recording)
        for number, command in enumerate(recording.commands):
            await again.begin(command)
            if on_command is not None:
                on_command(number, command)
        await again.end()
    new = read(str(path))
    return Replayed(new, compare(recording, new, ignore=ignore), tuple(again.notes))


def _serve(lab: AsyncLab, recording: Recording) -> None:
    """Let the sites answer what they answered when the recording began."""
    for file in recording.site:
        body = recording.body(file)
        if body is not None:
            lab.origin(file.origin).write(
                file.path,
                body,
                content_type=file.type or None,
                headers=dict(file.headers),
                status=file.status,
                delay_s=file.delay_s,
            )


class _Again:
    """Gives commands again, some of them at the same time."""

    def __init__(self, lab: AsyncLab, recording: Recording) -> None:
        self._lab = lab
        self._recording = recording
        self.notes: list[str] = []
        self._running: list[tuple[int, asyncio.Task[None]]] = []
        self._begun: list[int] = []  # where in this log each began
        self._expected: Counter[type[Event]] = Counter()
        self._seen: Counter[type[Event]] = Counter()
        self._place = 0  # of the recorded events that are counted
        self._looked = 0
        self._patience_s = PATIENCE_S

    async def begin(self, command: Command) -> None:
        """Begin a command, once what was before it in the recording is so again."""
        for ended_ns, task in self._running:
            if ended_ns <= command.begin_ns:
                await task
        self._running = [(ended_ns, task) for ended_ns, task in self._running if not task.done()]
        await self._caught_up(command.begin_seq, command)
        self._begun.append(len(self._lab.log))
        task = asyncio.get_running_loop().create_task(self._give(command))
        self._running.append((command.end_ns, task))
        await asyncio.sleep(0)

    async def end(self) -> None:
        """Wait for the last commands, and for what came after them in the recording."""
        for _, task in self._running:
            await task
        await self._caught_up(None, None)
        await self._lab.catch_up()

    async def _caught_up(self, seq: int | None, command: Command | None) -> None:
        """Wait until as many facts of each kind are there as were in the recording."""
        events = self._recording.events
        while self._place < len(events) and (seq is None or events[self._place].seq < seq):
            kind = type(events[self._place])
            if kind in AWAITED:
                self._expected[kind] += 1
            self._place += 1
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience_s
        while missing := self._missing():
            if set(missing) == {WindowLoaded} and loop.time() > deadline - self._patience_s + IMPATIENCE_S:
                self._expected[WindowLoaded] = self._seen[
                    WindowLoaded
                ]  # a window that was closed or went on may fire it or not
                continue
            if loop.time() > deadline:
                told = ", ".join(sorted(f"{kind.__struct_config__.tag} ×{count}" for kind, count in missing.items()))
                self.notes.append(f"before {command or 'the end'}: not there, as it was in the recording: {told}")
                self._patience_s = IMPATIENCE_S
                self._expected = Counter(self._seen)
                return
            await asyncio.sleep(0.005)

    def _missing(self) -> Counter[type[Event]]:
        for event in self._lab.log.since(Mark(self._looked)):
            self._looked = event.seq + 1
            if type(event) in AWAITED:
                self._seen[type(event)] += 1
        return self._expected - self._seen

    async def _give(self, command: Command) -> None:
        if any(name != "result" for name in command.described):
            self.notes.append(f"not given again: {command}: {', '.join(command.described)} cannot be written down")
            return
        try:
            await give(self._lab, command, self._arguments(command))
        except CannotReplay as error:
            self.notes.append(f"not given again: {command}: {error.what}")
        except SwnbError:  # it is in the new recording, and compared there
            pass
        except Exception as error:  # a caller's own, as of a wrong argument
            if command.failure is None:
                self.notes.append(f"{command} raised {type(error).__name__}: {error}")

    def _arguments(self, command: Command) -> dict[str, Any]:
        """Return a command's arguments as they are now: a client of this browser, a place in this log."""
        given = dict(command.arguments)
        given.pop("of", None)
        client = given.get("client")
        if isinstance(client, dict):
            given["client"] = self._client(str(client.get("client")), str(client.get("id")))
        body = given.get("body")
        if command.name == "site.write" and isinstance(body, dict):
            given["body"] = self._recording.files.get(str(body.get("sha256")), body)
        mark = given.get("mark")
        if isinstance(mark, dict):  # set after so many commands
            given["mark"] = self._mark(int(str(mark.get("after", 0))))
        return given

    def _client(self, label: str, former: str) -> str:
        """Return the id that a recorded client has now: of the clients that are called the same, the one that came as the same."""
        told = list(_appeared(self._recording.events))
        mine = next((event for event in told if event.client == label), None)
        if mine is None:
            return former
        nth = [event.client for event in told if _called(event) == _called(mine)].index(label)
        now = [event.client for event in _appeared(self._lab.log) if _called(event) == _called(mine)]
        if nth >= len(now):
            return former
        ids = (event.id for event in self._lab.log if isinstance(event, ClientIdentified) and event.client == now[nth])
        return next(ids, None) or mine.name or former

    def _mark(self, commands: int) -> Mark:
        return Mark(self._begun[commands] if commands < len(self._begun) else len(self._lab.log))


def _appeared(events: Iterable[Event]) -> Iterator[ClientAppeared]:
    return (event for event in events if isinstance(event, ClientAppeared))


def _called(event: ClientAppeared) -> tuple[str, ...]:
    """Return what a client is called by in any run: the name of its window; else what it is, and where."""
    return (event.name,) if event.name is not None else ("", event.type, event.url)
