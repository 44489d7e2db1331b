"""Which events of a log are one message."""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from swnb.events import Event, MessageReceived, MessageSent, MessageUndelivered
from swnb.names import Names

from .message import Message


class Pairs:
    """Which events of a log are one message: arrays that are made once and go on where the log does.

    Parameters
    ----------
    events
        Of the log; only ever appended to.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._done = 0
        self._lock = threading.Lock()
        self._first = array("i")  # seq of the sending, or of the arrival where there is no sending
        self._received = array("i")
        self._undelivered = array("i")
        self._also: dict[int, list[int]] = {}  # further arrivals of one sending: a broadcast

    def _extend(self) -> None:
        """Take in what the log has got since."""
        with self._lock:
            for seq in range(self._done, len(self._events)):
                event = self._events[seq]
                kind = type(event)
                if kind is MessageSent:
                    self._add(seq, -1)
                elif kind is MessageReceived:
                    self._arrived(seq, self._row(event.cause))
                elif kind is MessageUndelivered:
                    row = self._row(event.cause)
                    if row is not None:
                        self._undelivered[row] = seq
                self._done = seq + 1

    def _add(self, first: int, received: int) -> None:
        self._undelivered.append(-1)
        self._received.append(received)
        self._first.append(first)

    def _arrived(self, seq: int, row: int | None) -> None:
        if row is None:
            self._add(seq, seq)
        elif self._received[row] < 0:
            self._received[row] = seq
        else:
            self._also.setdefault(row, []).append(seq)

    def _row(self, cause: int | None) -> int | None:
        """Return the row of a sending."""
        if cause is None:
            return None
        row = bisect_left(self._first, cause)
        if row == len(self._first) or self._first[row] != cause or self._received[row] == cause:
            return None
        return row

    def __call__(self, names: Names, since: int = 0) -> Iterator[Message]:
        """Yield the messages whose `seq` is `since` or later, in the order of their sending."""
        self._extend()
        events: Sequence[Any] = self._events
        for row in range(bisect_left(self._first, since), len(self._first)):
            first, received, undelivered = self._first[row], self._received[row], self._undelivered[row]
            sent = None if first == received else events[first]
            arrival = None if received < 0 else events[received]
            fate = None if undelivered < 0 or arrival is not None else events[undelivered]
            yield Message(names, sent, arrival, fate)
            for seq in tuple(self._also.get(row, ())):
                yield Message(names, sent, events[seq], None)
