"""pyppeteer's ``Browser`` and ``Page`` on our own connection. The only module that imports pyppeteer.

pyppeteer speaks to a connection object that sends, hears and makes sessions. `Adapter` is one: the browser's own session seen
with pyppeteer's eyes; each page gets a flat session of its own beside ours, so that what pyppeteer enables and sets does not
touch what swnb has set.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from swnb.browser.connection import Connection
from swnb.browser.protocol import Message
from swnb.browser.session import Session
from swnb.browser.targets import Target, Targets
from swnb.errors import BrowserGone, TargetGone
from swnb.vocab import AGENT_URL

if TYPE_CHECKING:
    from pyppeteer.browser import Browser
    from pyppeteer.page import Page

DROPPED = {"Target.setAutoAttach"}
"""What pyppeteer sends and must not: its own auto-attach is not flat, and would undo ours."""


PAGE_PATIENCE_S = 3600.0
"""Longest wait for an answer to pyppeteer, which has time-outs of its own."""


class PageSession(Session):
    """A session in the shape that pyppeteer asks for: ``send`` gives a future, ``on`` takes any listener."""

    def __init__(self, connection: Connection, session_id: str, subject: str) -> None:
        super().__init__(connection, session_id, subject)
        self._loop = connection.loop
        self._connection: Adapter | None = None
        self.on("Inspector.targetCrashed", self._crashed)

    def emit(self, method: str, params: Message) -> None:
        """Tell the listeners; of swnb's own scripts pyppeteer hears nothing (they would be in its coverage)."""
        if method != "Debugger.scriptParsed" or params.get("url") != AGENT_URL:
            super().emit(method, params)

    def _crashed(self, _: Message) -> None:
        """What is pending has no answer any more; the session itself serves the page that a reload brings."""
        self.connection.fail_session(self.id, lambda _: TargetGone(self.subject, "crashed"))

    def send(self, method: str, params: Message | None = None) -> asyncio.Future[Any]:  # type: ignore[override]
        """Send a command; the future has its result, or pyppeteer's ``NetworkError``."""
        if method in DROPPED:
            future: asyncio.Future[Any] = self._loop.create_future()
            future.set_result({})
            return future
        return asyncio.ensure_future(self._send(method, params or {}), loop=self._loop)

    async def _send(self, method: str, params: Message) -> Message:
        from pyppeteer.errors import NetworkError

        from swnb.errors import ProtocolError

        try:
            return await super().send(method, params, timeout_s=PAGE_PATIENCE_S)
        except (ProtocolError, TargetGone, BrowserGone) as error:
            raise NetworkError(f"Protocol error ({method}): {error.what}") from error

    def once(self, event: str, handler: Callable[[Message], object]) -> None:
        """Call a listener with the next event alone."""

        def first(params: Message) -> None:
            take_back()
            handler(params)

        take_back = self.on(event, first)

    def remove_listener(self, event: str, handler: Callable[[Message], None]) -> None:
        """Take a listener back."""
        if handler in self._listeners.get(event, ()):
            self._listeners[event].remove(handler)

    async def detach(self) -> None:
        """Let pyppeteer's own end do nothing: the session ends with its target."""


class Adapter(PageSession):
    """The browser's own session, as pyppeteer's ``Connection``."""

    def __init__(self, connection: Connection, targets: Targets) -> None:
        # not registered as the root session: that one stays swnb's; what it hears is passed on by `forward`
        root = connection.sessions[""]
        super().__init__(connection, "", "the browser")
        connection.sessions[""] = root
        self.url = "pipe:"
        self._targets = targets
        self._closed: Callable[[], None] | None = None
        for method in ("Target.targetCreated", "Target.targetDestroyed", "Target.targetInfoChanged"):
            root.on(method, partial(self.emit, method))
        root.on("Target.detachedFromTarget", self._detached)

    def _detached(self, params: Message) -> None:
        """A page was closed: what is pending in its session fails."""
        session = self.connection.sessions.get(params["sessionId"])
        if isinstance(session, PageSession):
            session.close("was closed")

    def setClosedCallback(self, callback: Callable[[], None]) -> None:  # noqa: N802  (pyppeteer's name)
        """Take what to call when the browser is gone."""
        self._closed = callback
        self.connection.on_closed.append(lambda _: callback())

    async def createSession(self, targetInfo: Message) -> PageSession:  # noqa: N802, N803  (pyppeteer's names)
        """Make one more flat session with a target."""
        session_id = await self._targets.attach_id(targetInfo["targetId"])
        session = PageSession(self.connection, session_id, targetInfo.get("url", "a page"))
        session._connection = self
        return session

    async def dispose(self) -> None:
        """Let pyppeteer's own end do nothing: the connection is the lab's."""


class Pages:
    """Makes pyppeteer's objects on first use."""

    def __init__(self, connection: Connection, targets: Targets) -> None:
        self._connection = connection
        self._targets = targets
        self._browser: asyncio.Task[Browser] | None = None

    async def browser(self) -> Browser:
        """Return pyppeteer's ``Browser``; made once."""
        if self._browser is None:
            self._browser = asyncio.get_running_loop().create_task(self._make())
        return await asyncio.shield(self._browser)

    async def _make(self) -> Browser:
        from pyppeteer.browser import Browser

        async def close() -> None:
            """Do nothing: the lab ends the browser."""

        adapter = Adapter(self._connection, self._targets)
        return await Browser.create(adapter, [], False, None, None, close)

    async def page(self, target: Target) -> Page:
        """Return pyppeteer's ``Page`` of a window.

        Raises
        ------
        TargetGone
            If the window is closed.
        """
        browser = await self.browser()
        known = browser.targets() if target.id in self._targets.by_id else ()  # pyppeteer hears of an end later
        found = next((t for t in known if t._targetId == target.id), None)
        page = await found.page() if found is not None else None
        if page is None:
            raise TargetGone(target.session.subject, "was closed")
        return page
