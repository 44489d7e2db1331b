"""Our connection to the private bus, on an asyncio loop: what comes is kept, and dbus-fast decodes it, from some time on.

Importing dbus-fast takes 30 ms, which a start has no time for. What the browser asks meanwhile is answered without it
(`swnb.desktop.early`). It is imported some seconds later, in a thread, or as soon as anything else is called, or somebody asks.

dbus-fast trusts the bus: some frames that are not well-formed (a variant without a type) end the process in its compiled code.
No client can send them to us: dbus-daemon checks each message, and ends the connection of whoever sends such a one.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from swnb.desktop.early import early_answer, frame_length, is_call
from swnb.desktop.errors import DesktopLost
from swnb.desktop.greeting import HELLO_SERIAL, NOTIFICATIONS, REQUEST_NAME_SERIAL

if TYPE_CHECKING:
    from dbus_fast.message import Message

READ_BYTES: Final = 1 << 18

IMPORTED_AFTER_S: Final = 3.0
"""When what decodes is imported though nothing has asked for it, counted from the start; a notification would wait for it."""

ENDED: Final = "its dbus-daemon ended"

OURS: Final = NOTIFICATIONS.encode() + b"\0"
"""The name as messages have it. Those that come here have it only when we own it: ``NameAcquired``, and calls to it."""

PRIMARY_OWNER: Final = 1
"""Answer to ``RequestName``: the name is ours."""


class BusConnection:
    """A connection on which the greeting was said.

    Parameters
    ----------
    sock
        What `swnb.desktop.greeting.greet` returned; it belongs to the connection from now on.
    on_decoding
        Called once, before the first message is decoded; what it returns is called with each call and signal, in order.
    on_lost
        Called once with a sentence, when the bus ended; not by `close`.

    Attributes
    ----------
    owned
        Done when the name is ours; fails with `DesktopLost` when that cannot come any more.
    decoded
        Done when all that was kept is handled, or the bus is gone.
    """

    def __init__(
        self,
        sock: socket.socket,
        on_decoding: Callable[[], Callable[[Message], None]],
        on_lost: Callable[[str], None],
    ) -> None:
        self._sock = sock
        self._on_decoding = on_decoding
        self._on_message: Callable[[Message], None]
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._agreed = False
        self._inbox = _Inbox()
        self._looked_at = 0
        self._decode_inbox: Callable[[], None] | None = None
        self._importing: asyncio.Future[Any] | None = None
        self._unsent = bytearray()
        self._serial = REQUEST_NAME_SERIAL
        self._is_open = True
        self.owned: asyncio.Future[None] = self._loop.create_future()
        self.owned.add_done_callback(_look)
        self.decoded: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(sock, self._read)
        self._timer = self._loop.call_later(IMPORTED_AFTER_S, self.attend)

    @property
    def is_open(self) -> bool:
        """Whether the bus is there."""
        return self._is_open

    def look(self) -> None:
        """Read what is there now, before the loop does: the end of the bus, if it has come."""
        if self._is_open:
            self._read()

    def attend(self) -> None:
        """Have what comes decoded from now on, as soon as a thread has imported what that needs. It does not wait."""
        if self._importing is not None or self._decode_inbox is not None or not self._is_open:
            return
        self._timer.cancel()
        try:
            self._importing = self._loop.run_in_executor(None, import_module, "swnb.desktop.service")
        except RuntimeError:  # the interpreter ends, and starts no thread any more
            self.decode()
        else:
            self._importing.add_done_callback(self._imported)

    def decode(self) -> None:
        """Decode what came, and from now on all that comes; it blocks for the import where `attend` has not done that."""
        if self._decode_inbox is not None or not self._is_open:
            return
        from dbus_fast.aio.message_reader import build_message_reader

        self._timer.cancel()
        self._on_message = self._on_decoding()
        inbox = cast("socket.socket", self._inbox)
        self._decode_inbox = build_message_reader(inbox, self._take, self._garbled, negotiate_unix_fd=False)
        self._drain()

    def send(self, message: Message) -> None:
        """Send a message; what the socket does not take at once follows by itself. On a closed connection it does nothing."""
        if not self._is_open:
            return
        message.serial = self._next_serial()
        self._send(message._marshall(False))

    def _next_serial(self) -> int:
        self._serial = self._serial % 0xFFFF_FFFF + 1
        return self._serial

    def _send(self, data: bytes | bytearray) -> None:
        waits = bool(self._unsent)
        self._unsent += data
        if not waits:
            self._write()

    def close(self) -> None:
        """Let go of the bus. A second call does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        if not self._loop.is_closed():
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
            self._timer.cancel()
            if self._importing is not None:
                self._importing.cancel()
            if not self.owned.done():
                self.owned.set_exception(DesktopLost("it was closed"))
            if not self.decoded.done():
                self.decoded.set_result(None)
        self._sock.close()

    def _write(self) -> None:
        try:
            del self._unsent[: self._sock.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError as error:
            self._lose(ENDED if isinstance(error, ConnectionError) else str(error))
            return
        if self._unsent:
            self._loop.add_writer(self._sock, self._write)
        else:
            self._loop.remove_writer(self._sock)

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(ENDED if isinstance(error, ConnectionError) else str(error))
            return
        if not data:
            self._lose(ENDED)
            return
        self._inbox.data += data
        self._agree()
        if self._agreed and not self.owned.done() and OURS in self._inbox.data:
            self.owned.set_result(None)
        if self._agreed and self._decode_inbox is None:
            self._answer_early()
        self._drain()

    def _answer_early(self) -> None:
        """Answer what needs no decoding, and take it off what came; have all decoded as soon as anything else is called."""
        data = self._inbox.data
        while self._is_open and (length := frame_length(data, self._looked_at)):
            if len(data) < self._looked_at + length:
                return
            frame = bytes(data[self._looked_at : self._looked_at + length])
            answer = early_answer(frame, self._next_serial())
            if answer is not None:
                del data[self._looked_at : self._looked_at + length]
                self._send(answer)
            else:
                self._looked_at += length
                if is_call(frame):
                    self.attend()

    def _agree(self) -> None:
        """Take the handshake's lines off what came."""
        while not self._agreed and self._is_open and b"\r\n" in self._inbox.data:
            line, _, self._inbox.data = self._inbox.data.partition(b"\r\n")
            if line.startswith(b"OK "):
                self._agreed = True
            elif line != b"DATA":
                self._lose(f"it answers {bytes(line[:100])!r} to the handshake")

    def _drain(self) -> None:
        if self._agreed and self._decode_inbox is not None:
            self._decode_inbox()
            if not self.decoded.done():
                self.decoded.set_result(None)

    def _imported(self, ended: asyncio.Future[Any]) -> None:
        if ended.cancelled():
            return
        if (error := ended.exception()) is None:
            self.decode()
        else:
            self._lose(f"what decodes its messages cannot be imported: {error}")

    def _take(self, message: Message) -> None:
        from dbus_fast.constants import MessageType

        if not self._is_open:
            return
        if message.message_type in (MessageType.METHOD_CALL, MessageType.SIGNAL):
            self._on_message(message)
        elif message.reply_serial in (HELLO_SERIAL, REQUEST_NAME_SERIAL):
            if message.message_type is MessageType.ERROR:
                self._lose(f"it refused the greeting: {message.body[:1]}")
            elif message.reply_serial == REQUEST_NAME_SERIAL and not self.owned.done():
                if message.body == [PRIMARY_OWNER]:
                    self.owned.set_result(None)
                else:
                    self._lose("its name is taken")

    def _garbled(self, error: Exception | None) -> None:
        self._lose(f"it does not speak D-Bus: {error}")

    def _lose(self, reason: str) -> None:
        if self._is_open:
            if not self.owned.done():
                self.owned.set_exception(DesktopLost(reason))
            self.close()
            self._on_lost(reason)


class _Inbox:
    """What came and is not decoded yet. It gives it as a non-blocking socket would: that is where dbus-fast reads."""

    def __init__(self) -> None:
        self.data = bytearray()

    def recv(self, _: int) -> bytes:
        """Return all there is: what was left here, nobody would be told of."""
        if not self.data:
            raise BlockingIOError(errno.EAGAIN, "nothing came")
        taken, self.data = bytes(self.data), bytearray()
        return taken


def _look(owned: asyncio.Future[None]) -> None:
    """Mark a failure as seen: whether somebody waits for it is their affair."""
    if not owned.cancelled():
        owned.exception()
