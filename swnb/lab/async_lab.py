"""The lab for asynchronous code: the one owner of browser, origin, windows and workers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from swnb.browser.browser import Browser
from swnb.clients.client import AsyncClients
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker, Workers
from swnb.errors import (
    AlreadyStarted,
    BrowserGone,
    InvalidArgument,
    JavaScriptError,
    LabError,
    NotStarted,
    RegistrationUnknown,
    WindowUnknown,
    nearest,
)
from swnb.events import Event, WorkerRunningChanged, WorkerStateChanged
from swnb.lab.prepare import Prepared, prepare
from swnb.lab.settings import Settings
from swnb.lab.waiting import Waiting
from swnb.lab.windows import AsyncWindow, AsyncWindows
from swnb.log import Log, Mark
from swnb.origin.site import Site
from swnb.vocab import ServiceWorkerState, UpdateViaCache, WorkerRole, WorkerType

if TYPE_CHECKING:
    from pyppeteer.browser import Browser as PyppeteerBrowser

    from swnb.browser.service_workers import Registration, Version
    from swnb.origin.server import OriginServer


class AsyncLab:
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
    """

    def __init__(self, name: str = "lab", **settings: object) -> None:
        self.name = name
        self.settings = Settings(**settings)
        self.log = Log()
        self.site = Site("lab", "http://lab.localhost")
        self._sites = {"lab": self.site}
        self._prepared: Prepared | None = None
        self._server: OriginServer | None = None
        self._browser: Browser | None = None
        self._windows: AsyncWindows
        self._workers: Workers
        self._scope: str | None = None
        self._registered: set[str] = set()

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
        if self._prepared is not None:
            raise AlreadyStarted(self.name)
        self._prepared = prepared or prepare(self.settings)
        try:
            await self._begin(self._prepared)
        except BaseException:
            await self.stop()
            raise
        return self

    async def _begin(self, prepared: Prepared) -> None:
        from swnb.origin.server import OriginServer

        self._server = OriginServer(prepared.listener)
        if self.settings.connect is not None:  # hosts cannot be mapped in a browser that runs already
            for site in self._sites.values():
                site.url = f"http://{site.name}.localhost:{prepared.port}"
        for site in self._sites.values():
            self._server.add(site)
        await self._server.start()
        if prepared.started is not None:
            self._browser = await Browser.over_pipe(prepared.started)
        else:
            assert self.settings.connect is not None
            self._browser = await Browser.over_websocket(self.settings.connect)
        browser = self._browser
        self._windows = AsyncWindows(
            browser.targets, self.log, lambda: self.site.url, self.timeout_s, lambda target: browser.pages.page(target)
        )
        for target in browser.targets.pages():
            self._windows.ignore(target)
        self._windows.start()
        self._workers = Workers(browser.targets, browser.service_workers, self._windows, self.timeout_s, self._page_for)
        browser.service_workers.on_state.append(self._worker_state)
        browser.service_workers.on_running.append(self._worker_running)

    async def stop(self) -> None:
        """End the browser and the origin; a second call does nothing. What was written to the sites stays."""
        browser, self._browser = self._browser, None
        server, self._server = self._server, None
        prepared, self._prepared = self._prepared, None
        if browser is not None:
            if not browser.owned:
                await self._leave(browser)
            await browser.close()
        if server is not None:
            await server.stop()
        if prepared is not None:
            prepared.discard()

    async def _leave(self, browser: Browser) -> None:
        """Take back what the lab did to a browser that goes on: its windows and registrations."""
        for scope in self._registered:
            await browser.service_workers.unregister(scope)
        for window in self._windows.windows():
            await window.close()

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

    # ---- origins ------------------------------------------------------------------------------------------------

    def origin(self, name: str) -> Site:
        """Return the site of ``http://NAME.localhost/``, made on first use.

        Raises
        ------
        InvalidArgument
            If `name` is no label of a host name.
        """
        label = name.lower()
        if not label.replace("-", "a").isalnum() or not label.isascii() or label.strip("-") != label or len(label) > 63:
            raise InvalidArgument(f"{name!r} is no label of a host name", "letters, digits and inner hyphens, at most 63 of them")
        if label not in self._sites:
            port = self.site.url.partition("localhost")[2]
            site = self._sites[label] = Site(label, f"http://{label}.localhost{port}")
            if self._server is not None:
                self._server.add(site)
        return self._sites[label]

    def absolute(self, url: str) -> str:
        """Return a path or URL as a whole URL of the lab's site."""
        from urllib.parse import urljoin

        return urljoin(self.site.url + "/", url)

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
        self.log.act()
        return await self._windows.open(url, name)

    async def pyppeteer(self) -> PyppeteerBrowser:
        """Return pyppeteer's ``Browser`` on this connection."""
        return await self.browser.pages.browser()

    def _page_for(self, name: str | None, url: str) -> AsyncWindow:
        """Return the named window, or the oldest one of the URL's origin."""
        from urllib.parse import urlsplit

        if name is not None:
            return self.window(name)
        origin = urlsplit(self.absolute(url))[:2]
        found = [w for w in self.windows if urlsplit(w.url)[:2] == origin and not w.crashed]
        if not found:
            raise LabError(
                f"no window of {origin[0]}://{origin[1]} is open, and this verb is one of a page", "open one: `%sw open / --as home`"
            )
        return found[0]

    # ---- workers ------------------------------------------------------------------------------------------------

    async def register(
        self,
        url: str,
        *,
        scope: str | None = None,
        window: AsyncWindow | str | None = None,
        type: WorkerType | str = WorkerType.CLASSIC,
        update_via_cache: UpdateViaCache | str = UpdateViaCache.IMPORTS,
    ) -> AsyncServiceWorkerRegistration:
        """``navigator.serviceWorker.register(url, {scope, type, updateViaCache})``, called in a window.

        Parameters
        ----------
        url, scope
            As the page would write them; relative to the window's document. Without `scope` it is the script's folder.
        window
            By default the oldest window of the script's origin.

        Raises
        ------
        JavaScriptError
            The browser's refusal: ``TypeError`` for a script that cannot be had or throws, ``SecurityError`` for a wrong MIME
            type, another origin or a scope too wide.
        """
        browser = self.browser
        self.log.act()
        page = window if isinstance(window, AsyncWindow) else self._page_for(window, url)
        options = {"type": _member(WorkerType, type), "updateViaCache": _member(UpdateViaCache, update_via_cache)}
        if scope is not None:
            options["scope"] = scope
        told = await page.realm.call(
            f"navigator.serviceWorker.register({json.dumps(url)}, {json.dumps(options)})"
            ".then(r => [r.scope, r.updateViaCache])",
            timeout_s=self.timeout_s(),
        )
        registration = await self._bookkept(browser, told[0])
        self._scope = registration.scope
        self._registered.add(registration.scope)
        return AsyncServiceWorkerRegistration(self._workers, registration, UpdateViaCache(told[1]))

    async def _bookkept(self, browser: Browser, scope: str) -> Registration:
        for _ in range(50):  # the bookkeeping runs a moment behind the page
            registration = browser.service_workers.by_scope(scope)
            if registration is not None and any(version.role for version in registration.versions.values()):
                break
            await browser.service_workers.changed(0.1)
        if registration is None:
            raise RegistrationUnknown(scope, [r.scope for r in browser.service_workers.registrations.values()])
        return registration

    @property
    def registrations(self) -> list[AsyncServiceWorkerRegistration]:
        """All registrations of the browser, oldest first; unregistered ones that still serve clients included."""
        known = self.browser.service_workers.registrations.values()
        return [
            AsyncServiceWorkerRegistration(self._workers, r)
            for r in known
            if not r.deleted or any(v.role is not None for v in r.versions.values())
        ]

    def registration(self, scope: str | None = None) -> AsyncServiceWorkerRegistration:
        """Return the registration of a scope (a path or URL); by default the one that the lab registered last.

        Raises
        ------
        RegistrationUnknown
            If there is none.
        """
        return AsyncServiceWorkerRegistration(self._workers, self._find_registration(scope))

    def _find_registration(self, scope: str | None) -> Registration:
        service_workers = self.browser.service_workers
        wanted = self._scope if scope is None else self.absolute(scope)
        found = service_workers.by_scope(wanted) if wanted is not None else None
        if found is None and scope is None:
            found = next(reversed([r for r in service_workers.registrations.values() if not r.deleted]), None)
        if found is None:
            known = [r.scope for r in service_workers.registrations.values() if not r.deleted]
            raise RegistrationUnknown(wanted if scope is not None else None, known)
        return found

    @property
    def worker(self) -> AsyncServiceWorker:
        """The active worker of the registration that the lab registered last; the waiting or installing one before it has one.

        Raises
        ------
        RegistrationUnknown, WorkerMissing
            If there is none.
        """
        return self.find_worker()

    def find_worker(self, *, role: WorkerRole | str | None = None, scope: str | None = None) -> AsyncServiceWorker:
        """Return one worker of a registration: by default its active one, else its waiting, else its installing one.

        Raises
        ------
        RegistrationUnknown, WorkerMissing
            If there is none.
        """
        registration = self._find_registration(scope)
        roles = [WorkerRole(_member(WorkerRole, role))] if role is not None else [*reversed(WorkerRole)]
        for wanted in roles:
            version = registration.version(wanted)
            if version is not None:
                return AsyncServiceWorker(self._workers, version, registration)
        return AsyncServiceWorkerRegistration(self._workers, registration).worker(roles[0])  # raises, with what there is

    @property
    def clients(self) -> AsyncClients:
        """``self.clients`` of `worker`."""
        return self.worker.clients

    def _worker_state(self, version: Version, former: ServiceWorkerState | None) -> None:
        self.log.append(
            WorkerStateChanged(
                version_id=version.id,
                scope=self._scope_of(version),
                script_url=version.script_url,
                state=version.state,
                former=former,
            )
        )

    def _worker_running(self, version: Version) -> None:
        self.log.append(
            WorkerRunningChanged(
                version_id=version.id, scope=self._scope_of(version), script_url=version.script_url, running=version.running
            )
        )

    def _scope_of(self, version: Version) -> str:
        registration = self.browser.service_workers.registrations.get(version.registration_id)
        return "" if registration is None else registration.scope

    # ---- waiting ------------------------------------------------------------------------------------------------

    def mark(self) -> Mark:
        """Return this moment, to be given to `wait`."""
        return self.log.mark()

    async def wait(
        self,
        condition: str,
        *,
        scope: str | None = None,
        window: str | None = None,
        mark: Mark | None = None,
        timeout_s: float | None = None,
    ) -> Event | None:
        """Wait for a state, as it is now, or for an event, from the start of the last acting verb on.

        States: ``active`` (a worker is ``activated``), ``controlled`` (a window is), ``clients N`` (exactly N controlled
        windows), ``stopped``. Events: ``update``, ``installing``, ``installed``, ``activating``, ``activated``, ``redundant``,
        ``started``, ``ended``, ``navigated``, ``loaded``, ``closed``.

        Parameters
        ----------
        scope, window
            Narrow it down to a registration, or to the window of that name.
        mark
            Look for an event from there on.

        Returns
        -------
        The event; None for a state.

        Raises
        ------
        WaitTimeout
            After `timeout_s` seconds, with the state in which the workers are.
        """
        _ = self.browser
        limit = self.timeout_s() if timeout_s is None else timeout_s
        return await Waiting(self).wait(condition, scope=scope, window=window, mark=mark, timeout_s=limit)


def _member(enumeration: Any, word: str) -> str:
    try:
        return str(enumeration(word))
    except ValueError:
        near = nearest(word, enumeration)
        raise InvalidArgument(f"{word!r} is none of {', '.join(enumeration)}", f"did you mean {near!r}?" if near else "") from None


