"""The append-only log: every fact once, in the order in which it was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from swnb.events import Event


@dataclass(frozen=True, order=True)
class Mark:
    """A place in the log: just before the event with this `seq`."""

    seq: int


class Log(Sequence[Event]):
    """Events as a sequence. Appending happens in the lab's loop; any thread may read.

    Attributes
    ----------
    acting
        Where the last acting verb began (one that may change something, an evaluation included); `wait` looks for events from
        here unless it is given another mark.
    on_event
        Called with each event once it is in the log.
    """

    def __init__(self) -> None:
        self._events: list[Event] = []
        self.acting = Mark(0)
        self.on_event: list[Callable[[Event], None]] = []

    def append(self, event: Event) -> Event:
        """Add a fact; return it as it stands in the log."""
        stamped = event.stamped(len(self._events))
        self._events.append(stamped)
        for callback in tuple(self.on_event):
            callback(stamped)
        return stamped

    def mark(self) -> Mark:
        """Return the place after the last event."""
        return Mark(len(self._events))

    def act(self) -> None:
        """An acting verb begins now."""
        self.acting = self.mark()

    def since(self, mark: Mark) -> Iterator[Event]:
        """Yield the events from a mark on, as far as they are here."""
        yield from self._events[mark.seq :]

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        return self._events[index]

    def __repr__(self) -> str:
        return f"<Log of {len(self)} events>"
