"""A real server on a loopback port, its loop in a thread of the test as in a lab, and clients for it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import socket
import threading
from collections.abc import Coroutine
from typing import Any

from swnb.origin import bind_loopback
from swnb.origin.late import LateServer
from swnb.origin.server import OriginServer
from swnb.origin.site import Resolution, Site

LONG_S = 3600.0
"""Longer than any test: what waits so long ends by being dropped or not at all."""


class Answer:
    """What a client got."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.names = [name.lower() for name, _ in response.getheaders()]
        self.body = response.read()


class Running:
    """A server whose loop has a thread of its own."""

    def __init__(self, *, early: bool = False) -> None:
        self.loop = asyncio.new_event_loop()
        self.problems: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.problems.append(context))
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.server = self.run(self._start(early=early))
        self.lab = Site("lab", "http://lab.localhost")
        self.server.add(self.lab)

    async def _start(self, *, early: bool) -> OriginServer | LateServer:
        if early:
            late = LateServer(bind_loopback())
            late._timer.cancel()  # so that it is a request that begins tornado, or nothing
            return late
        server = OriginServer(bind_loopback())
        server.start()
        return server

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(30)

    def get(self, path: str, *, method: str = "GET", host: str = "lab.localhost", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=30)

    def send(self, raw: bytes) -> bytes:
        """Send raw bytes and return what comes first, b"" where the connection ends."""
        with self.connect() as client:
            with contextlib.suppress(ConnectionError):
                client.sendall(raw)
                return client.recv(65536)
        return b""

    def send_and_leave(self, raw: bytes) -> bytes:
        """Send raw bytes, say that nothing follows, and return all that comes."""
        with self.connect() as client:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
            return read_all(client)

    def tasks(self) -> set[asyncio.Task[Any]]:
        async def others() -> set[asyncio.Task[Any]]:
            return asyncio.all_tasks() - {asyncio.current_task()}

        found: set[asyncio.Task[Any]] = self.run(others())
        return found

    def close(self) -> None:
        self.run(self.server.stop())
        left = self.tasks()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(30)
        self.loop.close()
        assert not left
        assert self.problems == []


class Watched(Site):
    """A site that tells which task answers a request."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(name, url)
        self.asked = threading.Semaphore(0)
        self.tasks: list[asyncio.Task[Any]] = []

    def resolve(self, target: str | bytes) -> Resolution | None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.append(task)
        self.asked.release()
        return super().resolve(target)


def read_all(client: socket.socket) -> bytes:
    got = b""
    with contextlib.suppress(ConnectionError):
        while chunk := client.recv(65536):
            got += chunk
    return got


def request(path: str, *more: str, host: str = "lab.localhost") -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *more, "", ""]).encode()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"))
