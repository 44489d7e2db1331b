"""A browser: started over a pipe, or one that already runs; with its targets and its service workers."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from swnb.browser.connection import Connection
from swnb.browser.profile import sweep_stale
from swnb.browser.service_workers import ServiceWorkers
from swnb.browser.session import Session
from swnb.browser.started import END_S, Started
from swnb.browser.targets import Target, Targets
from swnb.browser.transport import PipeTransport, Transport, WebSocketTransport
from swnb.errors import BrowserGone, BrowserStartFailed, SwnbError

if TYPE_CHECKING:
    from swnb.browser.pages import Pages

START_S = 30.0
"""How long a browser may take to start."""


class Browser:
    """An open connection to a browser, its targets and service workers.

    Attributes
    ----------
    version
        As it tells: ``Chrome/156.0.8078.79``.
    """

    def __init__(self, transport: Transport, loop: asyncio.AbstractEventLoop, started: Started | None) -> None:
        self.connection = Connection(transport, loop)
        self.root = Session(self.connection)
        self.targets = Targets(self.root)
        self.service_workers = ServiceWorkers(self.targets, borrow=started is not None)
        self.version = ""
        self._started = started
        self._pages: Pages | None = None

    @classmethod
    async def over_pipe(cls, started: Started, *, attach_workers: bool = True) -> Browser:
        """Speak to a browser that was just spawned; see `Targets.start` for `attach_workers`."""
        process = started.process
        transport = PipeTransport(*process.take_pipe())
        browser = cls(transport, asyncio.get_running_loop(), started)
        try:
            await browser._begin(attach_workers)
        except BaseException as error:
            browser.connection.close(BrowserGone("it did not start"))  # the end of the pipe ends the browser
            if isinstance(error, (SwnbError, TimeoutError)):
                raise process.start_failed() from error
            raise
        sweep_stale()  # what killed kernels left; here, since it must not come before Chromium's own start
        return browser

    @classmethod
    async def over_websocket(cls, url: str, *, attach_workers: bool = True) -> Browser:
        """Speak to a browser that already runs. What it has open is left alone."""
        transport = await WebSocketTransport.open(url, START_S)
        browser = cls(transport, asyncio.get_running_loop(), None)
        try:
            await browser._begin(attach_workers)
        except BaseException as error:
            await browser.close()
            if isinstance(error, (SwnbError, TimeoutError)):
                raise BrowserStartFailed(url, str(error)) from error
            raise
        return browser

    @property
    def owned(self) -> bool:
        """Whether it was started here, and ends with the lab."""
        return self._started is not None

    @property
    def pid(self) -> int | None:
        """Process id of a browser that was started here."""
        return None if self._started is None else self._started.process.pid

    @property
    def pages(self) -> Pages:
        """Where pyppeteer's objects come from."""
        if self._pages is None:
            from swnb.browser.pages import Pages

            self._pages = Pages(self.connection, self.targets)
        return self._pages

    async def _begin(self, attach_workers: bool) -> None:
        async with asyncio.timeout(START_S):
            await self.targets.start(attach_workers)
            if not self.owned:
                await self.service_workers.anchor.open()

    async def ask_version(self) -> str:
        """Return the browser's name and version."""
        if not self.version:
            self.version = (await self.root.send("Browser.getVersion"))["product"]
        return self.version

    async def close(self) -> None:
        """End a browser that was started here, and let go of one that was not."""
        own_pages = self.service_workers.anchor.retire()
        try:
            if self.connection.closed is None:
                with suppress(SwnbError):
                    await self._take_leave(own_pages)
        finally:
            self.connection.close(BrowserGone("it was closed"))
            if self._started is not None:
                started, self._started = self._started, None
                with ThreadPoolExecutor(1) as pool:  # one of its own: the loop's executor would outlive the lab
                    await asyncio.get_running_loop().run_in_executor(pool, started.end)

    async def _take_leave(self, own_pages: list[Target]) -> None:
        if self.owned:
            await self.root.send("Browser.close", timeout_s=END_S)
            return
        for page in own_pages:
            await self.targets.close(page)
        await self.targets.let_go()
