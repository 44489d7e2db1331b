"""An origin's server that is imported and started while the browser is busy with something else.

tornado takes longer to import than anything else of a start. Nobody asks the origin before there is a window, and a connection that
comes all the same waits in the socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from swnb.origin.server import OriginServer
    from swnb.origin.site import Site

SOON_S = 0.002
"""When it starts after `soon`: whoever calls that has a command to send first."""

LATEST_S = 0.1
"""When it starts in any case."""


class LateServer:
    """Begins to serve when the first connection comes, shortly after `soon`, or a moment after it was made.

    It belongs to the loop that it is made on.

    Parameters
    ----------
    listener
        A bound socket that listens on the loopback interface.

    Attributes
    ----------
    before_document
        See `OriginServer`.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._socket = listener
        self.before_document: Callable[[], Awaitable[None]] | None = None
        self._sites: list[Site] = []
        self._server: OriginServer | None = None
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(LATEST_S, self._begin)
        with suppress(NotImplementedError):  # Windows' own loop watches no sockets
            self._loop.add_reader(listener.fileno(), self._begin)

    def add(self, site: Site) -> None:
        """Serve a site, too; see `OriginServer.add`."""
        self._sites.append(site)
        if self._server is not None:
            self._server.add(site)

    def soon(self) -> None:
        """Begin as soon as what is being sent is sent."""
        if self._server is None:
            self._timer.cancel()
            self._timer = self._loop.call_later(SOON_S, self._begin)

    def _waits_no_longer(self) -> None:
        self._timer.cancel()
        with suppress(NotImplementedError, ValueError, OSError):
            self._loop.remove_reader(self._socket.fileno())

    def _begin(self) -> None:
        if self._server is not None:
            return
        self._waits_no_longer()
        from swnb.origin.server import OriginServer

        self._server = server = OriginServer(self._socket)
        for site in self._sites:
            server.add(site)
        server.before_document = self._before_document
        server.start()

    async def _before_document(self) -> None:
        if self.before_document is not None:
            await self.before_document()

    async def stop(self) -> None:
        """Close the port and every connection. A second call does nothing."""
        if self._server is None:
            self._waits_no_longer()
            self._socket.close()
        else:
            await self._server.stop()
