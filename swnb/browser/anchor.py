"""Through which page the ``ServiceWorker`` domain is heard and spoken to."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from swnb.browser.protocol import Message
from swnb.browser.session import Listener
from swnb.browser.targets import Target, Targets
from swnb.errors import SwnbError

ANCHOR_URL = "about:blank#swnb"
"""A blank page of swnb's own, nobody's client."""


class Anchor:
    """Keeps the ``ServiceWorker`` domain enabled on one page, whichever is open.

    The domain needs a page's session and tells of the whole browser. A page of our own from the start would cost a renderer,
    about a fifth of the time until the first answer of a worker; so the first window serves, and when it closes the next one
    or, where none is left, a blank page that is opened then. Enabling it anew tells all that is registered, so that nothing
    but the time between is lost.

    Parameters
    ----------
    targets
        Of the browser.
    listeners
        What to call with which of the domain's events.
    borrow
        Whether windows may serve; False in a browser that is not ours, whose pages are left alone.

    Attributes
    ----------
    takes
        How often the domain was enabled; each time the browser begins with all that there is.
    """

    def __init__(self, targets: Targets, listeners: dict[str, Listener], *, borrow: bool) -> None:
        self._targets = targets
        self._listeners = list(listeners.items())
        self._borrow = borrow
        self.takes = 0
        self._page: Target | None = None
        self._opening: asyncio.Task[None] | None = None
        targets.on_attached.append(self._attached)
        targets.on_detached.append(self._detached)

    @staticmethod
    def is_own(target: Target) -> bool:
        """Whether a page is swnb's own blank one."""
        return target.url == ANCHOR_URL

    def _attached(self, target: Target) -> None:
        if self._page is None and target.type == "page" and (self._borrow or self.is_own(target)):
            self._take(target)

    def _take(self, target: Target) -> None:
        self._page = target
        self.takes += 1
        for method, listener in self._listeners:
            target.session.on(method, listener)
        target.session.post("ServiceWorker.enable")

    def listen(self, method: str, listener: Listener) -> None:
        """Call `listener` with each such event, too, of whichever page it is."""
        self._listeners.append((method, listener))
        if self._page is not None:
            self._page.session.on(method, listener)

    def _detached(self, target: Target) -> None:
        if target is not self._page:
            return
        self._page = None
        for other in self._targets.pages():
            if self._borrow or self.is_own(other):
                self._take(other)
                return
        self.open()

    def open(self) -> asyncio.Task[None]:
        """Open the blank page, unless it is being opened."""
        if self._opening is None or self._opening.done():
            self._opening = asyncio.get_running_loop().create_task(self._open())
        return self._opening

    async def _open(self) -> None:
        with suppress(SwnbError):  # the browser ends: nothing is left to be heard
            await self._targets.create_window(ANCHOR_URL, background=True)

    async def send(self, method: str, params: Message) -> Message:
        """Send a command of the domain."""
        if self._page is None:
            await self.open()
        assert self._page is not None
        session = self._page.session
        # not through the session: a page whose renderer crashed still speaks for the domain, which lives in the browser
        return await session.connection.send(method, params, session.id)

    def retire(self) -> list[Target]:
        """Open no blank page any more; return those that are open."""
        self._targets.on_detached.remove(self._detached)
        return [target for target in self._targets.pages() if self.is_own(target)]
