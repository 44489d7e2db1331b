"""One flat session: a debugger's view of one target."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from swnb.browser.protocol import PATIENCE_S, Message
from swnb.errors import SwnbError, TargetGone

if TYPE_CHECKING:
    from swnb.browser.connection import Connection

Listener = Callable[[Message], None]

log = logging.getLogger("swnb")


class Session:
    """Commands and events of one target, or of the browser itself (``session_id == ""``).

    Attributes
    ----------
    subject
        What this is a session of, in words, for errors: ``window 'home'``.
    drain
        Waits until all that the target's contexts did so far was heard; None where nobody listens to them.
    agent
        CDP's id of the agent's own object in a worker, for what is asked of it; None where there is none.
    context
        CDP's unique id of a service worker's realm, for what must not run in the next one; ``""`` where it is not known.
    held
        What is to be done once the target goes on, while it is held after a restart; None where it is not.
    gone
        Why nobody answers here any more; ``""`` while somebody does.
    """

    def __init__(self, connection: Connection, session_id: str = "", subject: str = "the browser") -> None:
        self.connection = connection
        self.id = session_id
        self.subject = subject
        self.gone = ""
        self.agent: str | None = None
        self.context = ""
        self.held: list[Callable[[], None]] | None = None
        self.drain: Callable[[], Awaitable[None]] | None = None
        self._listeners: dict[str, list[Listener]] = {}
        connection.sessions[session_id] = self

    async def send(self, method: str, params: Message | None = None, *, timeout_s: float = PATIENCE_S) -> Message:
        """Send a command to this target and return its result; see `Connection.send`."""
        if self.gone:
            raise TargetGone(self.subject, self.gone)
        return await self.connection.send(method, params or {}, self.id, timeout_s)

    def post(self, method: str, params: Message | None = None) -> None:
        """Queue a command whose answer nobody waits for."""
        if not self.gone:
            self.connection.post(method, params or {}, self.id)

    def ask(self, method: str, params: Message | None, answered: Callable[[Message], None]) -> None:
        """Queue a command in its place among those that are posted; `answered` is called on the loop with its result.

        Nothing is called if it is refused, or if the target ends before.
        """
        if not self.gone:
            self.connection.ask(method, params or {}, self.id, answered)

    def once_free(self, act: Callable[[], None]) -> None:
        """Call `act`: at once, or when the target goes on, if it is held after a restart; never, if it ends before.

        For what a service worker cannot do while it is held; see `swnb.browser.restarts`.
        """
        if self.held is None:
            act()
        else:
            self.held.append(act)

    def on(self, method: str, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the parameters of each such event; return what takes it back."""
        self._listeners.setdefault(method, []).append(listener)
        return lambda: self._listeners[method].remove(listener)

    def emit(self, method: str, params: Message) -> None:
        """Tell the listeners. One that raises is logged and does not keep the others from hearing."""
        for listener in tuple(self._listeners.get(method, ())):
            try:
                listener(params)
            except Exception:
                log.exception("a listener to %s failed", method)

    def lose(self, reason: str) -> None:
        """Nobody answers here until `regain`: what is pending fails with `TargetGone`."""
        self.gone = reason
        self.agent = None
        self.context = ""
        self.held = None
        self.connection.fail_session(self.id, lambda _: self.failure())

    def failure(self) -> SwnbError:
        """Return the error for whoever asks a session that is gone."""
        return TargetGone(self.subject, self.gone or "ended")

    def regain(self) -> None:
        """The target answers again (a worker that was started anew)."""
        self.gone = ""

    def close(self, reason: str) -> None:
        """End of the session."""
        self.lose(reason)
        self.connection.sessions.pop(self.id, None)
