"""An origin's server that is imported when there is time for it.

tornado takes longer to import than anything else of a start. Until it is there, plain requests are answered without it; what is not
plain begins it, and so does a moment without a start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from swnb.origin.answering import add_to, answer_to

if TYPE_CHECKING:
    import socket

    from swnb.origin.answer import Answer, Request
    from swnb.origin.early import EarlyConnection
    from swnb.origin.server import OriginServer
    from swnb.origin.site import Site

LATEST_S = 3.0
"""When it starts in any case: after a first window and its worker, which have no time for it."""


class LateServer:
    """Serves sites: at first by itself, as far as that goes; then with an `OriginServer`.

    It belongs to the loop that it is made on.

    Parameters
    ----------
    listener
        A bound socket that listens on the loopback interface.

    Attributes
    ----------
    port
        The port that it listens on.
    sites
        By the name of their host (``lab.localhost``).
    before_document
        See `OriginServer`.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._socket = listener
        self.before_document: Callable[[], Awaitable[None]] | None = None
        self.sites: dict[str, Site] = {}
        self.port = int(listener.getsockname()[1])
        self._early: set[EarlyConnection] = set()
        self._server: OriginServer | None = None
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(LATEST_S, self._begin)
        try:
            self._loop.add_reader(listener.fileno(), self._accept)
        except NotImplementedError:  # Windows' own loop watches no sockets
            self._loop.call_soon(self._begin)

    def add(self, site: Site) -> Site:
        """Serve `site` from now on; see `add_to`."""
        add_to(self.sites, site)
        return site

    def _accept(self) -> None:
        from swnb.origin.early import EarlyConnection

        with suppress(OSError):  # BlockingIOError: that was the last one
            while True:
                connection, _ = self._socket.accept()
                self._early.add(EarlyConnection(connection, self._answer, self._ended, lambda: self._server is None))

    async def _answer(self, request: Request) -> Answer:
        return await answer_to(request, self.sites, self.port, self.before_document)

    def _ended(self, early: EarlyConnection, connection: socket.socket | None) -> None:
        """Close what an early connection left, or give it to tornado."""
        self._early.discard(early)
        if connection is None:
            early.close()
            return
        self._begin()
        assert self._server is not None
        self._server.take(connection)

    def _waits_no_longer(self) -> None:
        self._timer.cancel()
        with suppress(NotImplementedError, ValueError, OSError):
            self._loop.remove_reader(self._socket.fileno())

    def _begin(self) -> None:
        if self._server is not None:
            return
        self._waits_no_longer()
        from swnb.origin.server import OriginServer

        self._server = server = OriginServer(self._socket, self.sites)
        server.before_document = self._before_document
        server.start()

    async def _before_document(self) -> None:
        if self.before_document is not None:
            await self.before_document()

    async def stop(self) -> None:
        """Close the port and every connection. A second call does nothing."""
        for early in tuple(self._early):
            await early.stop()
        self._early.clear()
        if self._server is None:
            self._waits_no_longer()
            self._socket.close()
        else:
            await self._server.stop()
