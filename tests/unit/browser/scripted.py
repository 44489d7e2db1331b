"""A browser's end of the pipe, played by the test: what it is told, and what it answers, in a thread of its own.

A real browser cannot be made to answer late, in pieces or never at a chosen moment.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from swnb.browser.connection import Connection
from swnb.browser.transport import PipeTransport

Message = dict[str, Any]
Reply = Callable[["Scripted", Message], None]


class Scripted:
    """Reads commands and lets `reply` answer each."""

    def __init__(self, reply: Reply) -> None:
        self.ours_r, self._out = os.pipe()
        self._in, self.ours_w = os.pipe()
        self.heard: list[Message] = []
        self._reply = reply
        self._thread = threading.Thread(target=self._main, daemon=True)
        self._thread.start()

    def _main(self) -> None:
        buffer = b""
        while chunk := os.read(self._in, 1 << 16):
            buffer += chunk
            *messages, buffer = buffer.split(b"\0")
            for raw in messages:
                message = json.loads(raw)
                self.heard.append(message)
                self._reply(self, message)

    def say(self, message: Message) -> None:
        self.say_bytes(json.dumps(message).encode() + b"\0")

    def say_bytes(self, data: bytes) -> None:
        view = memoryview(data)
        with suppress(OSError):  # the browser has died meanwhile
            while view:
                view = view[os.write(self._out, view) :]

    def answer(self, command: Message, **result: Any) -> None:
        self.say({"id": command["id"], "result": result})

    def die(self) -> None:
        os.close(self._out)

    def join(self) -> None:
        self._thread.join(5)
        os.close(self._in)
        with suppress(OSError):
            os.close(self._out)


@contextmanager
def connected(reply: Reply) -> Iterator[tuple[Connection, Scripted, asyncio.AbstractEventLoop]]:
    """A connection on a loop in a thread, as `LoopThread` has it, to a scripted browser."""
    browser = Scripted(reply)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def make() -> Connection:
        return Connection(PipeTransport(browser.ours_r, browser.ours_w), asyncio.get_running_loop())

    connection = asyncio.run_coroutine_threadsafe(make(), loop).result(5)
    try:
        yield connection, browser, loop
    finally:

        async def close() -> None:
            from swnb.errors import BrowserGone

            connection.close(BrowserGone("the test is over"))

        asyncio.run_coroutine_threadsafe(close(), loop).result(5)
        browser.join()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
