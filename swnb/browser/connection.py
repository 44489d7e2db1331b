"""One connection to a browser: commands out, answers and events in.

Three ways to ask, one wire: ``await send()`` on the loop that owns the connection; ``post()``, queued, nobody waits (a target
that is held answers only after it was resumed); and synchronous code in any thread, through `swnb.browser.exchange`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from swnb.browser.exchange import LONGEST_TIMER_S, Exchange, finish
from swnb.browser.protocol import PATIENCE_S, CommandTimeout, Message, Pending, Protocol, decode_message
from swnb.browser.transport import Transport
from swnb.errors import BrowserGone, SwnbError

if TYPE_CHECKING:
    import asyncio

    from swnb.browser.session import Session

log = logging.getLogger("swnb")


class Connection:
    """Commands, answers and events of one browser.

    Parameters
    ----------
    transport
        Where the bytes go.
    loop
        The loop that owns the connection; the constructor runs in its thread.

    Attributes
    ----------
    closed
        Why the connection is closed; None while it is open.
    on_closed
        Called on the loop, once, when the browser is gone.
    explain_end
        Returns why the browser ended by itself.
    """

    def __init__(self, transport: Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.transport = transport
        self.protocol = Protocol()
        self.sessions: dict[str, Session] = {}
        self.closed: BrowserGone | None = None
        self.on_closed: list[Callable[[BrowserGone], None]] = []
        self.explain_end: Callable[[], str] = lambda: "it ended"
        self.loop_thread = threading.get_ident()
        self.exchange = Exchange(self)
        transport.attach(loop, self.on_messages)

    async def send(self, method: str, params: Message, session_id: str = "", timeout_s: float = PATIENCE_S) -> Message:
        """Send a command and return its result.

        Inside `Exchange.drive` it blocks the calling thread instead of awaiting.

        Raises
        ------
        ProtocolError
            If Chromium refuses it.
        CommandTimeout
            If there is no answer within `timeout_s` seconds.
        TargetGone, BrowserGone
            If the target or the browser ends meanwhile.
        """
        if self.exchange.driving:
            return self.exchange.ask(method, params, session_id, timeout_s)
        self.check_open()
        future: asyncio.Future[None] = self.loop.create_future()
        pending, payload = self.protocol.command(method, params, session_id, lambda _: finish(future))
        failure = CommandTimeout(method, timeout_s)
        timer = self.loop.call_later(min(timeout_s, LONGEST_TIMER_S), lambda: pending.settle(failure=failure))
        try:
            self.transport.write(payload)
            self.exchange.end_lease()
            await future
        finally:
            self.protocol.forget(pending)
            timer.cancel()
        return pending.result()

    def post(self, method: str, params: Message, session_id: str = "") -> None:
        """Queue a command whose answer nobody waits for. Any thread may call it; a closed connection drops it."""
        if self.closed is None:
            self.transport.write(self.protocol.notice(method, params, session_id))

    def ask(self, method: str, params: Message, session_id: str, answered: Callable[[Message], None]) -> None:
        """Queue a command and call `answered` with its result, unless it fails. Runs in the loop's thread."""

        def settled(pending: Pending) -> None:
            protocol.forget(pending)
            try:
                result = pending.result()
            except SwnbError:
                return
            self.loop.call_soon_threadsafe(answered, result)  # a caller's thread may have read it

        if self.closed is None:
            protocol = self.protocol
            _, payload = protocol.command(method, params, session_id, settled)
            self.transport.write(payload)

    def check_open(self) -> None:
        """Raise `BrowserGone` if the connection is closed."""
        if self.closed is not None:
            raise BrowserGone(self.closed.reason)

    def on_messages(self, messages: list[bytes] | None) -> None:
        """Take what the transport read; None is the end of the stream."""
        if messages is None:
            self.close(BrowserGone(self.explain_end()))
            return
        for raw in messages:
            self.dispatch(decode_message(raw))

    def dispatch(self, message: Message) -> None:
        """Give one message to whoever waits for it or listens to it. Runs in the loop's thread."""
        if self.protocol.answered(message):
            return
        session = self.sessions.get(message.get("sessionId", ""))
        if session is not None:
            session.emit(message["method"], message.get("params", {}))

    def fail_session(self, session_id: str, make: Callable[[Pending], SwnbError]) -> None:
        """Let all that waits in one session fail, each with an error of its own."""
        self.protocol.fail(make, session_id)

    def close(self, reason: BrowserGone) -> None:
        """Close the connection: all that is pending fails with `reason`. Runs in the loop's thread; once counts."""
        if self.closed is not None:
            return
        self.closed = reason
        self.protocol.fail(lambda _: BrowserGone(reason.reason))
        steps: list[Callable[[], None]] = [self.exchange.close, self.transport.close]
        steps += [partial(told, reason) for told in self.on_closed]
        for step in steps:
            try:
                step()
            except Exception:
                log.exception("closing the connection failed in part")
