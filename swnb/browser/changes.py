"""Waiting for something to change, on a loop."""

from __future__ import annotations

import asyncio

from swnb.browser.connection import Connection
from swnb.browser.exchange import finish


class Changes:
    """Wakes all who wait, each time something changed; what changed they look up themselves.

    Parameters
    ----------
    connection
        Whose end wakes them, too: nothing changes any more then.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._on_closed = lambda _: self.notify()
        connection.on_closed.append(self._on_closed)
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Something changed."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            finish(waiter)

    async def wait(self, timeout_s: float) -> None:
        """Wait for the next change, at most `timeout_s` seconds. Cancelling it is safe.

        Raises
        ------
        BrowserGone
            If the browser is gone, or goes meanwhile.
        """
        self._connection.check_open()
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiters.add(waiter)
        timer = loop.call_later(max(0.0, timeout_s), finish, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiters.discard(waiter)
        self._connection.check_open()

    def close(self) -> None:
        """Nothing will change any more: wake those who wait, and let go of the connection."""
        if self._on_closed in self._connection.on_closed:
            self._connection.on_closed.remove(self._on_closed)
        self.notify()
