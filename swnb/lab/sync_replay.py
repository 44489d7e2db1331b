"""A replay for synchronous code: a lab of its own, beside whatever labs there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from swnb.errors import Interrupted, InvalidArgument
from swnb.lab.bridge import Bridge, KernelLoop, LoopThread
from swnb.lab.settings import Settings
from swnb.recording import Recording, read
from swnb.vocab import Loop

if TYPE_CHECKING:
    from swnb.lab.replay import Replayed
    from swnb.recording import Command
    from swnb.recording.ignoring import Ignored

SUFFIX = ".swnb.jsonl"

ENDS_S = 10.0
"""How long a browser may take to end after an interrupt."""


def replay(
    recording: Recording | str | PathLike[str],
    path: str | PathLike[str] | None = None,
    *,
    attach: str | None = None,
    ignore: Ignored | list[Ignored] | tuple[()] = (),
    tolerance: float = 0.0,
    on_command: Callable[[int, Command], object] | None = None,
    loop: Loop | str = Loop.THREAD,
    **settings: object,
) -> Replayed:
    """Give the commands of a recording again, in a fresh browser, and compare: ``swnb.replay("run.swnb.jsonl").comparison``.

    It has a lab of its own; other labs go on as they are. `swnb.lab.replay.replay` is the same for asynchronous code.

    Parameters
    ----------
    recording
        Itself, or its file.
    path
        Where the new run is recorded; by default it is kept in memory alone.
    attach, ignore, tolerance, on_command, **settings
        As there.
    loop
        Where it runs: a thread of its own, or the loop that is running.

    Raises
    ------
    RecordingTaken
        If there is a file at `path` already.
    CannotReplay
        If the recording began in the middle of a lab's life.
    ReplayBroken
        If the browser ends before all is done.
    Interrupted
        If the user interrupts; the browser has ended then.
    """
    known = recording if isinstance(recording, Recording) else read(recording)
    where = _loop(loop)
    Settings(**settings)  # a setting that there is not is told before anything begins
    options = {"attach": attach, "ignore": ignore, "tolerance": tolerance, "on_command": on_command, **settings}
    if path is not None:
        return _replayed(known, Path(path), where, options)
    with TemporaryDirectory(prefix="swnb-replay-", ignore_cleanup_errors=True) as folder:
        return _replayed(known, Path(folder) / f"again{SUFFIX}", where, options)


def _loop(loop: Loop | str) -> Loop:
    try:
        return Loop(loop)
    except ValueError:
        raise InvalidArgument(f"loop cannot be {loop!r}", f"one of {', '.join(Loop)}") from None


def _replayed(recording: Recording, path: Path, loop: Loop, options: dict[str, Any]) -> Replayed:
    from swnb.lab.replay import replay as again

    bridge: Bridge = LoopThread() if loop is Loop.THREAD else KernelLoop()
    ended, begun = asyncio.Event(), []

    async def run() -> Replayed:
        begun.append(True)
        try:
            return await again(recording, path, **options)
        finally:
            ended.set()

    try:
        try:
            return bridge.run(run())
        except Interrupted:
            if begun:
                bridge.run(_within(ended), shielded=True)  # the browser ends first
            raise
    finally:
        bridge.close()


async def _within(ended: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), ENDS_S)
