"""The first requests of an origin, answered before tornado is there.

tornado and what it imports is a fifth of all the Python of a start. The first document and the first script are
plain GETs. A request is looked at and left where it is (``MSG_PEEK``) until it is known that it can be answered here; whatever else
comes stays in its connection, unread, and tornado gets both.

RFC 9112, sections 3 to 5, and less than they allow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from socket import IPPROTO_TCP, MSG_PEEK, TCP_NODELAY
from socket import socket as Socket  # noqa: N812  (a class, whatever its case)

from swnb.origin.answer import Answer, FilePart, Request
from swnb.origin.answering import CHUNK_SIZE, dated, reason_of

LONGEST_HEAD = 1 << 14
"""Bytes of a head that are looked at."""

PLAIN = frozenset(
    [
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "cookie",
        "dnt",
        "host",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "origin",
        "pragma",
        "priority",
        "range",
        "referer",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-storage-access",
        "sec-fetch-user",
        "sec-gpc",
        "service-worker",
        "service-worker-navigation-preload",
        "upgrade-insecure-requests",
        "user-agent",
    ]
)
"""Fields that say nothing of how the request itself is read, and so do those with ``sec-ch-``. With any other tornado has it."""


def read_head(head: bytes) -> Request | None:
    """Read a whole head, its empty line included; None where it is no plain GET."""
    line, *lines = head[:-4].split(b"\r\n")
    method, _, rest = line.partition(b" ")
    target, _, version = rest.partition(b" ")
    if (method, version) != (b"GET", b"HTTP/1.1") or not target.startswith(b"/") or not _is_text(target):
        return None
    fields: dict[str, str] = {}
    for each in lines:
        written, colon, value = each.partition(b": ")
        name = written.lower().decode("latin-1")
        known = name in PLAIN or name.startswith("sec-ch-")
        if not colon or not known or name in fields or not _is_text(value) or value != value.strip():
            return None
        fields[name] = value.decode()
    if "host" not in fields or fields.get("connection", "keep-alive") != "keep-alive":
        return None
    return Request.of("GET", target.decode(), lambda name: fields.get(name.lower()))


def _is_text(value: bytes) -> bool:
    return value.isascii() and (not value or value.decode().isprintable())


class EarlyConnection:
    """One connection, until it is closed or handed over. It belongs to the running loop.

    Parameters
    ----------
    connection
        As it was accepted.
    answer
        Makes the answer to a request.
    end
        Called at the end: with the connection, where something is in it that cannot be answered here; else with None.
    keeps
        Whether further requests are to be answered here.
    """

    def __init__(
        self,
        connection: Socket,
        answer: Callable[[Request], Awaitable[Answer]],
        end: Callable[[EarlyConnection, Socket | None], None],
        keeps: Callable[[], bool],
    ) -> None:
        connection.setblocking(False)
        connection.setsockopt(
            IPPROTO_TCP, TCP_NODELAY, 1
        )  # a file's head must not wait for the browser to say that it is there
        self._connection = connection
        self._answer = answer
        self._end = end
        self._keeps = keeps
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._loop.add_reader(connection.fileno(), self._look)

    def _look(self) -> None:
        seen = self._seen(LONGEST_HEAD)
        if seen is None:
            return
        head, end, _ = seen.partition(b"\r\n\r\n")
        request = read_head(head + end) if end and self._keeps() else None
        self._loop.remove_reader(self._connection.fileno())
        if not seen:
            self._end(self, None)
        elif request is None:
            self._end(self, self._connection)
        else:
            self._connection.recv(len(head + end))
            self._loop.add_reader(self._connection.fileno(), self._look_whether_it_left)
            name = f"swnb origin {request.method} {request.target}"
            self._task = self._loop.create_task(self._respond(request), name=name)

    def _seen(self, size: int) -> bytes | None:
        """Return what has come, and leave it there; b"" at the end, None where there was nothing after all."""
        try:
            return self._connection.recv(size, MSG_PEEK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _look_whether_it_left(self) -> None:
        seen = self._seen(1)
        if seen is None:
            return
        self._loop.remove_reader(self._connection.fileno())
        if not seen and self._task is not None:
            self._task.cancel()

    async def _respond(self, request: Request) -> None:
        rest: Socket | None = None
        try:
            answer = await self._answer(request)
            try:
                await self._send(answer)
            finally:
                if isinstance(answer.body, FilePart):
                    answer.body.file.close()
            rest = self._connection
        except (OSError, EOFError):
            pass  # its client left, or no answer can be whole any more
        finally:
            self._loop.remove_reader(self._connection.fileno())
            self._task = None
            if rest is not None and self._keeps():
                self._loop.add_reader(rest.fileno(), self._look)
            else:
                self._end(self, rest)

    async def _send(self, answer: Answer) -> None:
        lines = [f"HTTP/1.1 {answer.status} {reason_of(answer.status)}"]
        lines += [f"{name}: {value}" for name, value in dated(answer.headers)]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        body = answer.body
        if isinstance(body, FilePart):
            await self._loop.sock_sendall(self._connection, head)
            body.file.seek(body.start)
            for begin in range(0, body.length, CHUNK_SIZE):
                wanted = min(CHUNK_SIZE, body.length - begin)
                chunk = body.file.read(wanted)
                if len(chunk) != wanted:
                    raise EOFError("the file shrank while it was sent")
                await self._loop.sock_sendall(self._connection, chunk)
        else:
            await self._loop.sock_sendall(self._connection, head + body)

    def close(self) -> None:
        """Close it; a second call does nothing."""
        if self._connection.fileno() != -1:
            self._loop.remove_reader(self._connection.fileno())
            self._connection.close()

    async def stop(self) -> None:
        """Close it, and drop what is being answered."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self.close()
