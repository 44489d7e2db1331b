"""The lab for asynchronous code: the one owner of browser, origin, windows and workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING

from swnb.browser.browser import Browser
from swnb.clients.worker import Workers
from swnb.errors import AlreadyStarted, BrowserGone, NotStarted
from swnb.lab.delivery_verbs import DeliveryVerbs
from swnb.lab.desk_verbs import DeskVerbs
from swnb.lab.hearing import LOGS, Hearing
from swnb.lab.leaving import leave
from swnb.lab.origins import Origins
from swnb.lab.prepare import Prepared, prepare
from swnb.lab.recording import Recordings
from swnb.lab.settings import Settings
from swnb.lab.windows import AsyncWindow, AsyncWindows
from swnb.lab.worker_verbs import WorkerVerbs
from swnb.log import Log
from swnb.origin.site import Site
from swnb.probe.install import Installer
from swnb.probe.labels import Labels
from swnb.probe.probe import Probe
from swnb.probe.script import preload
from swnb.vocab import Attach

if TYPE_CHECKING:
    from pyppeteer.browser import Browser as PyppeteerBrowser
    from pyppeteer.page import Page

    from swnb.browser.targets import Target
    from swnb.origin.late import LateServer

LEAVE_S = 2.0  # how long the workers of a lab may take to end in a browser that goes on


class AsyncLab(Origins, WorkerVerbs, DeskVerbs, DeliveryVerbs, Recordings, Hearing):
    """A browser with an origin of its own, to be used as ``async with AsyncLab() as lab:``.

    Parameters
    ----------
    name
        What it is called where there are several.
    **settings
        See `Settings`.

    Attributes
    ----------
    site
        What ``http://lab.localhost/`` serves. It can be written to before the start and after the end.
    log
        What was observed.
    probe
        Hears the contexts; None before the start.
    before_stop
        Called before each stop, in the lab's loop, while everything is as it was; they must not raise.
    """

    def __init__(self, name: str = "lab", **settings: object) -> None:
        self.name = name
        self.settings = Settings(**settings)
        self.log = Log()
        LOGS.add(self.log)
        self.site = Site("lab", "http://lab.localhost")
        self._sites = {"lab": self.site}
        self.prepared: Prepared | None = None
        self._server: LateServer | None = None
        self._browser: Browser | None = None
        self._windows: AsyncWindows
        self._workers: Workers
        self._scope: str | None = None
        self._registered: set[str] = set()
        self.probe: Probe | None = None
        self._former: Probe | None = None
        self.before_stop: list[Callable[[], None]] = []

    # ---- beginning and end --------------------------------------------------------------------------------------

    async def start(self, prepared: Prepared | None = None) -> AsyncLab:
        """Start browser and origin.

        Parameters
        ----------
        prepared
            A browser that was spawned already with these settings.

        Raises
        ------
        AlreadyStarted
            If it is started.
        BrowserNotFound, BrowserStartFailed
            If there is no browser, or it does not start.
        """
        if self.prepared is not None:
            if self._browser is None or self.alive:
                raise AlreadyStarted(self.name)
            await self.stop()  # its browser died
        self.log.reopen()
        since = len(self.log)
        self.prepared = prepared or prepare(self.settings)
        try:
            await self._begin(self.prepared)
            await self._begin_recordings(since)
        except BaseException:
            await self.stop()
            raise
        return self

    async def _begin(self, prepared: Prepared) -> None:
        self._begin_origins(prepared)
        preload()  # Chromium is still starting
        holds = self.settings.attach is Attach.HOLD
        interactions = await self._begin_desk(prepared)
        if prepared.started is not None:
            self._browser = await Browser.over_pipe(prepared.started, attach_workers=holds)
        else:
            assert self.settings.connect is not None
            self._browser = await Browser.over_websocket(self.settings.connect, attach_workers=holds)
        browser = self._browser
        self._windows = AsyncWindows(
            browser.targets, self.log, lambda: self.site.url, self.timeout_s, self._page_of, self._adopts
        )
        for target in browser.targets.pages():
            self._windows.ignore(target)
        self._windows.start()
        self._begin_permissions(browser)
        self._tie(browser)
        self._workers = Workers(
            browser.targets,
            browser.service_workers,
            self._windows,
            self.timeout_s,
            self._page_for,
            interactions,
            holds=holds,
        )
        self._windows.probe = self.probe = Probe(
            browser.targets,
            browser.service_workers,
            self.log,
            window_name=self._windows.name_of,
            adopts=self._adopts,
            may_post=lambda: not self._windows.strangers(),
            alone=browser.owned,
            installer=Installer(self.settings.payload_bytes, holds=not self.settings.at_once),
            labels=self._labels(browser),
        )
        self._begin_notifications(browser, holds=holds)

    def _labels(self, browser: Browser) -> Labels:
        """Return the labels of a new browser's clients and workers; those of the former one are not given again."""
        former, self._former = self._former, None
        if former is not None:
            from swnb.probe.farewell import farewell

            farewell(former, self.log)
        return Labels(browser.service_workers, None if former is None else former.labels)

    async def stop(self) -> None:
        """End the browser and the origin; a second call does nothing. What was written to the sites stays."""
        try:
            await self._end_recordings()
            if self.alive:
                for before in tuple(self.before_stop):
                    before()
        finally:
            await self._end()

    async def _end(self) -> None:
        browser, self._browser = self._browser, None
        server, self._server = self._server, None
        prepared, self.prepared = self.prepared, None
        probe, self.probe = self.probe, None
        try:
            if browser is not None:
                registered, self._registered = self._registered, set()
                await leave(browser, self._windows, lambda scope: scope in registered or self._is_own(scope))
        finally:
            self._desk = self._permissions = self._deliveries = None
            if probe is not None:
                self._former = probe
                probe.close()
            self.log.close()
            try:
                if server is not None:
                    await server.stop()
            finally:
                if prepared is not None:
                    prepared.discard()

    def abandon(self) -> None:
        """End a browser whose loop is gone already."""
        self._drop_recordings()
        prepared, self.prepared = self.prepared, None
        self._browser = self._server = None
        if prepared is not None:
            prepared.discard(by_force=True)  # its pipe is the lost loop's, so it would not end by itself

    def _adopts(self, target: Target) -> bool:
        """Tell whether a window that the lab did not open is the lab's: in a browser that others use, one of its sites is."""
        browser = self._browser
        return browser is not None and (browser.owned or self._is_own(target.url))

    def _page_of(self, target: Target) -> Awaitable[Page]:
        return self.browser.pages.page(target)

    async def __aenter__(self) -> AsyncLab:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def started(self) -> bool:
        """Whether it has a browser (which may have died since)."""
        return self._browser is not None

    @property
    def alive(self) -> bool:
        """Whether it has a browser that answers."""
        return self._browser is not None and self._browser.connection.closed is None

    @property
    def browser(self) -> Browser:
        """The connection to the browser, its targets and its bookkeeping.

        Raises
        ------
        NotStarted, BrowserGone
            If there is none (any more).
        """
        if self._browser is None:
            raise NotStarted
        closed = self._browser.connection.closed
        if closed is not None:
            raise BrowserGone(closed.reason)
        return self._browser

    def timeout_s(self) -> float:
        """Return the longest wait for an answer, in seconds."""
        return self.settings.timeout_s

    def __repr__(self) -> str:
        state = "not started" if not self.started else "running" if self.alive else "its browser is gone"
        return f"<{type(self).__name__} {self.name!r} {self.site.url} {state}>"

    # ---- windows ------------------------------------------------------------------------------------------------

    @property
    def windows(self) -> list[AsyncWindow]:
        """The open windows, oldest first; those that scripts opened included."""
        _ = self.browser
        return self._windows.windows()

    def window(self, name: str) -> AsyncWindow:
        """Return the window of that name.

        Raises
        ------
        WindowUnknown
            If there is none.
        """
        _ = self.browser
        return self._windows.named(name)

    async def open(self, url: str = "/", *, name: str | None = None) -> AsyncWindow:
        """Open a window of its own at a path or URL, and wait until it is loaded.

        Raises
        ------
        LoadFailed
            If nobody answers there, or it does not load in time.
        InvalidArgument
            If another window has that name.
        """
        _ = self.browser
        self.log.act("open")
        window = await self._windows.open(url, name)
        await self.catch_up()
        return window

    async def pyppeteer(self) -> PyppeteerBrowser:
        """Return pyppeteer's ``Browser`` on this connection."""
        return await self.browser.pages.browser()
