"""What a recorded run had heard before each command, as far as no command had waited for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from swnb.events import (
    ClientAppeared,
    ClientControlled,
    ClientGone,
    Event,
    MessageReceived,
    NotificationDisplayed,
    WindowLoaded,
    WorkerStateChanged,
)
from swnb.recording import Command, Recording

AWAITED: Final[tuple[type[Event], ...]] = (
    ClientAppeared,
    ClientControlled,
    ClientGone,
    MessageReceived,
    NotificationDisplayed,
    WindowLoaded,
    WorkerStateChanged,
)
"""Facts that a command waits for where they came between it and the one before it, as in a replay."""

WAITING: Final = ("wait", "settle")
"""Commands that wait themselves."""

OVER: Final = ("open", "wait", "settle", "window.goto", "window.reload", "window.close")
"""Commands that end when what they led to is over; of others it is waited for."""

HEARD: Final = '''\
async def heard(counts):
    """Wait until as much is heard as the recorded run had heard before it went on; a few seconds at most."""
    for turn in range(300):
        missing = {kind: count for kind, count in counts.items() if len(lab.log.events(kind)) < count}
        if not missing or (turn > 50 and set(missing) == {"window.loaded"}):  # a window that went on may not fire it
            return
        await asyncio.sleep(0.01)
    print("not heard, as it was in the recorded run:", missing)'''


def heard_before(recording: Recording) -> dict[int, Counter[str]]:
    """Return how much had been heard before a command, of those before which something came that no command waited for.

    The number behind the last command stands for the end.
    """
    if recording.header.before is not None:
        return {}
    counts: Counter[str] = Counter()
    found: dict[int, Counter[str]] = {}
    events, ended, came = iter(recording.events), 0, False
    event = next(events, None)
    for at, (begin, since) in enumerate([*_spans(recording.commands), (None, 0)]):
        while event is not None and (begin is None or event.seq < begin):
            if isinstance(event, AWAITED):
                counts[event.kind] += 1
                came = came or event.seq >= ended
            event = next(events, None)
        if came and counts:
            found[at] = counts.copy()
        came, ended = False, max(ended, since)
    return found


def _spans(commands: Sequence[Command]) -> Iterator[tuple[int | None, int]]:
    """Yield where each command began, and from where on it is waited for what came."""
    for command in commands:
        yield command.begin_seq, command.end_seq if command.name in OVER else command.begin_seq
