"""A log as it grows, for a loop in any thread."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from swnb.events import Event

BREATH = 256
"""After so many events a follower lets its loop do something else."""


class Arrivals:
    """Who waits for the next event.

    Nothing is queued: a follower reads the log itself, and is woken only while it waits. So a slow one holds nobody up, and one
    that is dropped leaves nothing behind.

    Attributes
    ----------
    closed
        Whether no more will come.
    """

    def __init__(self) -> None:
        self.closed = False
        self.waiting: deque[_Waiter] = deque()

    def close(self) -> None:
        """No more will come: who has read all is done."""
        self.closed = True
        self.wake()

    def wake(self) -> None:
        """Wake all that wait; from the thread that appends."""
        while self.waiting:
            try:
                waiter = self.waiting.popleft()
            except IndexError:  # it has just given up
                return
            waiter.wake()


class _Waiter:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.woken: asyncio.Future[None] = self._loop.create_future()

    def wake(self) -> None:
        with suppress(RuntimeError):  # its loop is closed
            self._loop.call_soon_threadsafe(self._done)

    def _done(self) -> None:
        if not self.woken.done():
            self.woken.set_result(None)


class Follower:
    """Events from a place in the log on, for ``async for``; it ends when the log is closed and all was told.

    It may be used in any loop of any thread, by one task at a time.
    """

    def __init__(self, events: Sequence[Event], arrivals: Arrivals, place: int) -> None:
        self._events = events
        self._arrivals = arrivals
        self._place = place
        self._breath = BREATH

    def __aiter__(self) -> Follower:
        return self

    async def __anext__(self) -> Event:
        while self._place >= len(self._events):
            if self._arrivals.closed and self._place >= len(self._events):  # what came before the end is told
                raise StopAsyncIteration
            await self._next()
        self._breath -= 1
        if self._breath <= 0:
            self._breath = BREATH
            await asyncio.sleep(0)
        event = self._events[self._place]
        self._place += 1
        return event

    async def _next(self) -> None:
        """Wait until there is another event, or no more."""
        waiter = _Waiter()
        self._arrivals.waiting.append(waiter)
        try:
            # Whoever appends does so before looking who waits: either it is seen here, or this waiter is seen there.
            if self._place >= len(self._events) and not self._arrivals.closed:
                await waiter.woken
        finally:
            with suppress(ValueError):
                self._arrivals.waiting.remove(waiter)
