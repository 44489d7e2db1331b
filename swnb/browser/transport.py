"""How bytes reach Chromium: a pipe for a browser of our own, a websocket for one that already runs."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from swnb.errors import BrowserGone, BrowserStartFailed

if TYPE_CHECKING:
    import asyncio

    from tornado.websocket import WebSocketClientConnection

READ_SIZE = 1 << 20


class Transport(Protocol):
    """Whole messages in both directions."""

    fileno: int | None
    """Descriptor that becomes readable when there is something to `read`; None where only a loop can read."""

    def write(self, payload: bytes) -> bool:
        """Send one message without blocking; return whether all of it is out. Any thread may call it."""

    def flush(self) -> bool:
        """Go on with what `write` could not send at once; return whether all is out."""

    def read(self) -> list[bytes] | None:
        """Return the messages that are complete now, without blocking; None at the end of the stream."""

    def attach(self, loop: asyncio.AbstractEventLoop, on_messages: Callable[[list[bytes] | None], None]) -> None:
        """Let `loop` read from now on."""

    def detach(self) -> None:
        """Take reading away from the loop."""

    def close(self) -> None:
        """Close the stream; a second call does nothing."""


class PipeTransport:
    """NUL-separated JSON over ``--remote-debugging-pipe``.

    Both descriptors are non-blocking, so that no thread is ever stuck in one while the browser does not read.
    A message that does not fit goes on when there is room, and later ones wait behind it.
    """

    def __init__(self, read_fd: int, write_fd: int) -> None:
        os.set_blocking(read_fd, False)
        os.set_blocking(write_fd, False)
        self.fileno: int | None = read_fd
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._lock = threading.Lock()
        self._out: deque[memoryview] = deque()
        self._parts: list[bytes] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_messages: Callable[[list[bytes] | None], None] | None = None
        self._closed = False

    def write(self, payload: bytes) -> bool:
        """Send one message; see `Transport.write`."""
        with self._lock:
            if self._closed:
                raise BrowserGone("the connection is closed")
            self._out.append(memoryview(payload + b"\0"))
            done = self._drain()
        if not done and self._loop is not None:
            self._loop.call_soon_threadsafe(self._watch_writable)
        return done

    def flush(self) -> bool:
        """Go on sending; see `Transport.flush`."""
        with self._lock:
            return self._closed or self._drain()

    def _drain(self) -> bool:
        out = self._out
        while out:
            try:
                written = os.write(self._write_fd, out[0])
            except BlockingIOError:
                return False
            except OSError:
                out.clear()  # nobody reads any more; the reading side says so to everyone who waits
                return True
            if written == len(out[0]):
                out.popleft()
            else:
                out[0] = out[0][written:]
        return True

    def _watch_writable(self) -> None:
        if self._loop is not None and not self._closed:
            self._loop.add_writer(self._write_fd, self._on_writable)

    def _on_writable(self) -> None:
        if self.flush() and self._loop is not None and not self._closed:
            self._loop.remove_writer(self._write_fd)

    def read(self) -> list[bytes] | None:
        """Return what is complete; see `Transport.read`."""
        try:
            chunk = os.read(self._read_fd, READ_SIZE)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not chunk:
            return None
        if chunk[-1] == 0 and not self._parts and chunk.count(0) == 1:
            return [chunk[:-1]]  # by far the most frequent case
        first, *rest = chunk.split(b"\0")
        self._parts.append(first)
        if not rest:
            return []
        messages = [b"".join(self._parts), *rest[:-1]]
        self._parts = [rest[-1]] if rest[-1] else []
        return messages

    @property
    def in_message(self) -> bool:
        """Whether a part of a message is here and the rest of it is not."""
        return bool(self._parts)

    def attach(self, loop: asyncio.AbstractEventLoop, on_messages: Callable[[list[bytes] | None], None]) -> None:
        """Let the loop read; see `Transport.attach`."""
        self._loop = loop
        self._on_messages = on_messages
        loop.add_reader(self._read_fd, self._on_readable)

    def _on_readable(self) -> None:
        assert self._on_messages is not None
        self._on_messages(self.read())

    def detach(self) -> None:
        """Take reading away; see `Transport.detach`."""
        if self._loop is not None and not self._closed:
            self._loop.remove_reader(self._read_fd)

    def close(self) -> None:
        """Close the stream; a second call does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._out.clear()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._read_fd)
            self._loop.remove_writer(self._write_fd)
        os.close(self._read_fd)
        os.close(self._write_fd)


class WebSocketTransport:
    """A websocket to a browser that already runs: ``ws://127.0.0.1:9222/devtools/browser/…``.

    Only its loop reads and writes; other threads hand their messages to it.
    """

    fileno: int | None = None
    in_message = False

    def __init__(self, socket: WebSocketClientConnection, loop: asyncio.AbstractEventLoop) -> None:
        self._socket = socket
        self._loop = loop
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @classmethod
    async def open(cls, url: str, timeout_s: float) -> WebSocketTransport:
        """Connect to the browser's own endpoint.

        Raises
        ------
        BrowserStartFailed
            If nobody answers there.
        """
        import asyncio

        from tornado.httpclient import HTTPRequest
        from tornado.websocket import websocket_connect

        try:
            request = HTTPRequest(url, connect_timeout=timeout_s)
            socket = await asyncio.wait_for(websocket_connect(request, max_message_size=1 << 30), timeout_s)
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise BrowserStartFailed(url, f"no DevTools endpoint answers there ({reason})") from error
        return cls(socket, asyncio.get_running_loop())

    def write(self, payload: bytes) -> bool:
        """Send one message; see `Transport.write`."""
        if self._closed:
            raise BrowserGone("the connection is closed")
        self._loop.call_soon_threadsafe(self._write, payload)
        return True

    def _write(self, payload: bytes) -> None:
        from tornado.websocket import WebSocketClosedError

        try:
            self._socket.write_message(payload.decode())
        except WebSocketClosedError:
            self._closed = True  # the reading side tells everyone who waits

    def flush(self) -> bool:
        """Go on sending; see `Transport.flush`."""
        return True

    def read(self) -> list[bytes] | None:
        """Return what is complete; see `Transport.read`."""
        raise NotImplementedError("only the loop reads a websocket")

    def attach(self, loop: asyncio.AbstractEventLoop, on_messages: Callable[[list[bytes] | None], None]) -> None:
        """Let the loop read; see `Transport.attach`."""
        self._task = loop.create_task(self._read_all(on_messages))

    async def _read_all(self, on_messages: Callable[[list[bytes] | None], None]) -> None:
        while True:
            message = await self._socket.read_message()
            if message is None:
                on_messages(None)
                return
            on_messages([message if isinstance(message, bytes) else message.encode("utf-8", "surrogatepass")])

    def detach(self) -> None:
        """Take reading away; see `Transport.detach`."""
        raise NotImplementedError("only the loop reads a websocket")

    def close(self) -> None:
        """Close the stream; a second call does nothing."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if not self._closed:
            self._closed = True
            self._socket.close()
