"""Speak HTTP for the sites of one lab, with tornado, on a loopback socket.

Only tornado's HTTP layer is used: ``tornado.web`` doubles the time that the import takes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from http import HTTPStatus
from socket import socket as Socket  # noqa: N812  (a class, whatever its case)
from time import monotonic_ns, time
from typing import cast
from urllib.parse import urlsplit

from tornado.http1connection import HTTP1Connection
from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
    ResponseStartLine,
    format_timestamp,
)

from swnb.errors import SiteError
from swnb.origin.answer import Answer, FilePart, Plan, Request, failed, plan
from swnb.origin.scripts import LONGEST
from swnb.origin.site import Site

CHUNK_SIZE = 256 * 1024
"""Bytes of a body that are in flight at once."""

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

    Attributes
    ----------
    port
        The port that it listens on.
    sites
        By the name of their host (``lab.localhost``).
    before_document
        Awaited before a window gets its document.

    Raises
    ------
    SiteError
        The socket can be reached from elsewhere.
    """

    def __init__(self, socket: Socket) -> None:
        host, port = socket.getsockname()[:2]
        if not host.startswith("127.") and host != "::1":
            raise SiteError(
                f"the origin would listen on {host}", "bind it to the loopback: swnb.origin.bind_loopback()"
            )
        self.port = int(port)
        self.sites: dict[str, Site] = {}
        self._socket = socket
        self.before_document: Callable[[], Awaitable[None]] | None = None
        self._server: HTTPServer | None = None
        self._answering: set[asyncio.Task[None]] = set()

    def add(self, site: Site) -> Site:
        """Serve `site` from now on, under the host of its `Site.url`.

        Raises
        ------
        SiteError
            The host is not below ``localhost``, or another site has it.
        """
        host = urlsplit(site.url).hostname or ""
        if host != f"{site.name}.localhost":
            raise SiteError(f"{site.url} is not the origin of {site.name!r}", f"its host is {site.name}.localhost")
        if self.sites.setdefault(host, site) is not site:
            raise SiteError(f"there is an origin {host} already", "take that one, or another name")
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
        try:
            wanted = plan(request, self.sites, self.port)
            if request.is_document and self.before_document is not None:
                await self.before_document()
            if wanted.delay_s:
                await asyncio.sleep(wanted.delay_s)
            answer = wanted.answer()
            if request.is_script:
                _keep(request, wanted, answer)
        except Exception as error:  # a fault of ours is said to whoever asked, never printed below a cell
            answer = failed(error)
        try:
            await _send(answer, connection, head_only=request.method == "HEAD")
        finally:
            if isinstance(answer.body, FilePart):
                answer.body.file.close()


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


def _keep(request: Request, wanted: Plan, answer: Answer) -> None:
    """Keep what a service worker gets for its script."""
    site = wanted.site
    if site is None or answer.status != HTTPStatus.OK or request.method != "GET":
        return
    url = f"{site.url}{wanted.request.target}"
    if not site.scripts.wants(url, request.referrer, main=request.is_worker):
        return
    body = answer.body
    plain = not any(name.lower() == "content-encoding" for name, _ in answer.headers)
    if isinstance(body, FilePart):
        size, content = body.length, body.file.read(body.length) if plain and body.length <= LONGEST else None
    else:
        size, content = len(body), body if plain else None
    site.scripts.keep(url, content, size, monotonic_ns())


async def _send(answer: Answer, connection: HTTP1Connection, *, head_only: bool) -> None:
    headers = HTTPHeaders()
    for name, value in answer.headers:
        headers.add(name, value)
    headers.setdefault("Date", format_timestamp(time()))
    try:
        reason = HTTPStatus(answer.status).phrase
    except ValueError:
        reason = "Unknown"
    line = ResponseStartLine("HTTP/1.1", answer.status, reason)
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
        wanted = None if "If-Range" in headers else headers.get("Range")
        destination = headers.get("Sec-Fetch-Dest", "")  # which a page cannot set
        self._request = Request(
            line.method,
            line.path,
            headers.get("Host", ""),
            wanted,
            is_document=destination == "document",
            is_script=destination in {"script", "serviceworker"},
            is_worker=destination == "serviceworker" and headers.get("Service-Worker") == "script",
            referrer=headers.get("Referer", ""),
        )

    def data_received(self, chunk: bytes) -> None:
        pass

    def finish(self) -> None:
        if self._request is not None:
            self._server.answer(self._request, self._connection)
