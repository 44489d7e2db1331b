"""Registering workers and finding them again: the verbs of an `AsyncLab` that are about workers."""

from __future__ import annotations

import json
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from swnb.clients.client import AsyncClients
from swnb.clients.refusals import advised
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker, Workers
from swnb.errors import InvalidArgument, JavaScriptError, LabError, RegistrationUnknown, nearest
from swnb.lab.windows import AsyncWindow
from swnb.vocab import ServiceWorkerState, UpdateViaCache, WorkerRole, WorkerType

if TYPE_CHECKING:
    from swnb.browser.browser import Browser
    from swnb.browser.service_workers import Registration
    from swnb.log import Log
    from swnb.origin.site import Site


BY_RANK = (*reversed(WorkerRole),)
"""Which of a registration's workers is meant where nobody says so, first of all the first one."""


class WorkerVerbs:
    """What `AsyncLab` has of workers. It is `AsyncLab` that sets what is declared here."""

    log: Log
    _workers: Workers
    _scope: str | None
    """Scope of the registration that the lab registered last."""
    _registered: set[str]
    """Scopes of all that it registered."""

    @property
    def browser(self) -> Browser:
        """The connection to the browser; see `AsyncLab.browser`."""
        raise NotImplementedError

    @property
    def sites(self) -> tuple[Site, ...]:
        """All sites, the lab's own first."""
        raise NotImplementedError

    @property
    def windows(self) -> list[AsyncWindow]:
        """The open windows; see `AsyncLab.windows`."""
        raise NotImplementedError

    def window(self, name: str) -> AsyncWindow:
        """Return the window of that name; see `AsyncLab.window`."""
        raise NotImplementedError

    def timeout_s(self) -> float:
        """Return the longest wait for an answer, in seconds."""
        raise NotImplementedError

    def absolute(self, url: str) -> str:
        """Return a path or URL as a whole URL of the lab's site."""
        raise NotImplementedError

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
        page = window if isinstance(window, AsyncWindow) else self._page_for(window, url)
        self.log.act("register", page.name)
        options = {"type": _member(WorkerType, type), "updateViaCache": _member(UpdateViaCache, update_via_cache)}
        if scope is not None:
            options["scope"] = scope
        expression = (
            f"(async () => {{ const r = await navigator.serviceWorker.register({json.dumps(url)}, {json.dumps(options)});"
            " return [r.scope, (r.installing || r.waiting || r.active || {}).scriptURL, r.updateViaCache] })()"
        )
        try:
            told_scope, told_script, told_via = await page.realm.call(expression, timeout_s=self.timeout_s())
        except JavaScriptError as error:
            raise advised(error) from None
        self._registered.add(told_scope)
        registration = await self._bookkept(browser, told_scope, told_script)
        self._scope = registration.scope
        return AsyncServiceWorkerRegistration(self._workers, registration, UpdateViaCache(told_via))

    @property
    def scope(self) -> str | None:
        """Scope of the registration that the lab registered last; None if it registered none."""
        return self._scope

    async def _bookkept(self, browser: Browser, scope: str, script_url: str | None) -> Registration:
        """Return the registration once the browser's bookkeeping, which runs a moment behind the page, has its newest worker."""
        deadline = monotonic() + self.timeout_s()
        while True:
            registration = browser.service_workers.by_scope(scope)
            if registration is not None and not registration.deleted:
                workers = [v for v in tuple(registration.versions.values()) if v.state is not ServiceWorkerState.PARSED]
                if any(script_url in (version.script_url, None) for version in workers):
                    return registration
            rest = deadline - monotonic()
            if rest <= 0:
                raise RegistrationUnknown(scope, [r.scope for r in browser.service_workers.all()])
            await browser.service_workers.changed(rest)

    @property
    def registrations(self) -> list[AsyncServiceWorkerRegistration]:
        """All registrations of the browser, oldest first; unregistered ones that still serve clients included."""
        known = self.browser.service_workers.all()
        return [AsyncServiceWorkerRegistration(self._workers, r) for r in known if r.living]

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
        if scope is not None:
            found = service_workers.by_scope(self.absolute(scope))
        else:
            found = service_workers.by_scope(self._scope) if self._scope is not None else None
            if found is None or not found.living:
                registered = [r for r in service_workers.all() if not r.deleted and self._is_own(r.scope)]
                found = registered[-1] if registered else found
        if found is None:
            known = [r.scope for r in service_workers.all() if not r.deleted]
            raise RegistrationUnknown(None if scope is None else self.absolute(scope), known)
        return found

    def _is_own(self, url: str) -> bool:
        return any(url.startswith(f"{site.url}/") for site in self.sites)

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
        roles = BY_RANK if role is None else (WorkerRole(_member(WorkerRole, role)),)
        for wanted in roles:
            version = registration.version(wanted)
            if version is not None:
                return AsyncServiceWorker(self._workers, version, registration)
        facade = AsyncServiceWorkerRegistration(self._workers, registration)
        return facade.worker(roles[0])  # raises, and says what there is

    @property
    def clients(self) -> AsyncClients:
        """``self.clients`` of `worker`."""
        return self.worker.clients

    def _page_for(self, name: str | None, url: str) -> AsyncWindow:
        """Return the named window, or the oldest one of the URL's origin."""
        if name is not None:
            return self.window(name)
        origin = urlsplit(self.absolute(url))[:2]
        found = [w for w in self.windows if urlsplit(w.url)[:2] == origin and not w.crashed]
        if not found:
            raise LabError(
                f"no window of {origin[0]}://{origin[1]} is open, and this verb is one of a page",
                "open one: `%sw open / --as home`",
            )
        return found[0]


def _member(enumeration: Any, word: str) -> str:
    try:
        return str(enumeration(word))
    except ValueError:
        near = nearest(word, enumeration)
        raise InvalidArgument(
            f"{word!r} is none of {', '.join(enumeration)}", f"did you mean '{near}'?" if near else ""
        ) from None
