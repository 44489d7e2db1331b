"""Speak HTTP for the sites of one lab, with tornado, on a loopback socket.

Only tornado's HTTP layer is used: ``tornado.web`` doubles the time that the import takes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from socket import socket as Socket  # noqa: N812  (a class, whatever its case)
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream

from swnb.errors import SiteError
from swnb.origin.answer import Answer, FilePart, Request
from swnb.origin.answering import CHUNK_SIZE, add_to, answer_to, dated, reason_of
from swnb.origin.site import Site

MAX_UPLOAD = 1 << 40
"""A request's body is read and dropped, whatever its size: a POST is answered like a GET."""

_serving: ContextVar[bool] = ContextVar("swnb_origin_serving", default=False)


def _not_ours(_: logging.LogRecord) -> bool:
    """Let a record of tornado's pass unless this server's own callbacks made it.

    The kernel uses tornado too and keeps its log; of the origin's nothing may appear below a cell.
    """
    return not _serving.get()


class OriginServer:
    """Serves sites on one socket, which it owns from now on.

    Parameters
    ----------
    socket
        Bound to a loopback address and listening, as `swnb.origin.bind_loopback` makes it.
    sites
        By the name of their host (``lab.localhost``); it is taken, not copied.

    Attributes
    ----------
    port
        The port that it listens on.
    before_document
        Awaited before a window gets its document.

    Raises
    ------
    SiteError
        The socket can be reached from elsewhere.
    """

    def __init__(self, socket: Socket, sites: dict[str, Site] | None = None) -> None:
        host, port = socket.getsockname()[:2]
        if not host.startswith("127.") and host != "::1":
            raise SiteError(
                f"the origin would listen on {host}", "bind it to the loopback: swnb.origin.bind_loopback()"
            )
        self.port = int(port)
        self.sites: dict[str, Site] = {} if sites is None else sites
        self._socket = socket
        self.before_document: Callable[[], Awaitable[None]] | None = None
        self._server: HTTPServer | None = None
        self._answering: set[asyncio.Task[None]] = set()

    def add(self, site: Site) -> Site:
        """Serve `site` from now on; see `add_to`."""
        add_to(self.sites, site)
        return site

    def start(self) -> None:
        """Answer requests from now on, on the running loop; those that wait already come first."""
        for name in ("tornado.general", "tornado.application"):
            logging.getLogger(name).addFilter(_not_ours)  # adding it twice is adding it once
        # Callbacks and tasks inherit the context in which they were made: here, and nowhere else, it is `_serving`.
        token = _serving.set(True)
        try:
            self._server = HTTPServer(_Requests(self), max_body_size=MAX_UPLOAD)
            self._socket.setblocking(False)
            self._server.add_socket(self._socket)
        finally:
            _serving.reset(token)

    def take(self, connection: Socket) -> None:
        """Serve a connection that was accepted already; what it has to say waits in it unread."""
        server = self._server
        if server is None:
            connection.close()
            return
        token = _serving.set(True)
        try:
            address = connection.getpeername()
            server.handle_stream(IOStream(connection), address)
        except OSError:  # it left meanwhile
            connection.close()
        finally:
            _serving.reset(token)

    async def stop(self) -> None:
        """Close the port and every connection, and drop what is being answered. A second call does nothing."""
        server, self._server = self._server, None
        if server is None:
            self._socket.close()
            return
        server.stop()
        while self._answering:
            dropped = list(self._answering)
            for task in dropped:
                task.cancel()
            await asyncio.wait(dropped)
        await server.close_all_connections()

    def answer(self, request: Request, connection: HTTP1Connection) -> None:
        """Begin to answer a request that is read; drop it when its client leaves."""
        if self._server is None or connection.stream.closed():  # stopped, or left, while it was read
            connection.close()
            return
        task = asyncio.create_task(
            self._answer(request, connection), name=f"swnb origin {request.method} {request.target}"
        )
        self._answering.add(task)
        task.add_done_callback(partial(self._answered, connection))
        connection.set_close_callback(partial(_cancel, task))

    def _answered(self, connection: HTTP1Connection, task: asyncio.Task[None]) -> None:
        self._answering.discard(task)
        if task.cancelled() or task.exception() is not None:
            connection.close()  # a client that left, or a file that shrank while it was sent: no answer can be whole

    async def _answer(self, request: Request, connection: HTTP1Connection) -> None:
        answer = await answer_to(request, self.sites, self.port, self.before_document)
        try:
            await _send(answer, connection, head_only=request.method == "HEAD")
        finally:
            if isinstance(answer.body, FilePart):
                answer.body.file.close()


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


async def _send(answer: Answer, connection: HTTP1Connection, *, head_only: bool) -> None:
    headers = HTTPHeaders()
    for name, value in dated(answer.headers):
        headers.add(name, value)
    line = ResponseStartLine("HTTP/1.1", answer.status, reason_of(answer.status))
    body = answer.body
    if head_only:
        connection.write_headers(line, headers)
    elif isinstance(body, FilePart):
        connection.write_headers(line, headers)
        body.file.seek(body.start)
        for begin in range(0, body.length, CHUNK_SIZE):
            await connection.write(body.file.read(min(CHUNK_SIZE, body.length - begin)))
    else:
        connection.write_headers(line, headers, body[:CHUNK_SIZE])
        for begin in range(CHUNK_SIZE, len(body), CHUNK_SIZE):
            await connection.write(body[begin : begin + CHUNK_SIZE])
    connection.finish()


class _Requests(HTTPServerConnectionDelegate):
    """Makes an `_Exchange` for each request."""

    def __init__(self, server: OriginServer) -> None:
        self._server = server

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        return _Exchange(self._server, cast(HTTP1Connection, request_conn))


class _Exchange(HTTPMessageDelegate):
    """One request: reads its head, drops its body, and hands it over when it is whole."""

    def __init__(self, server: OriginServer, connection: HTTP1Connection) -> None:
        self._server = server
        self._connection = connection
        self._request: Request | None = None

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        line = cast(RequestStartLine, start_line)
        self._request = Request.of(line.method, line.path, headers.get)

    def data_received(self, chunk: bytes) -> None:
        pass

    def finish(self) -> None:
        if self._request is not None:
            self._server.answer(self._request, self._connection)
