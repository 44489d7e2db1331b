"""Registering workers and finding them again: the verbs of an `AsyncLab` that are about workers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from swnb.clients.client import AsyncClients
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker, Workers
from swnb.errors import InvalidArgument, LabError, RegistrationUnknown, nearest
from swnb.events import WorkerRunningChanged, WorkerStateChanged
from swnb.lab.windows import AsyncWindow
from swnb.vocab import ServiceWorkerState, UpdateViaCache, WorkerRole, WorkerType

if TYPE_CHECKING:
    from swnb.browser.browser import Browser
    from swnb.browser.service_workers import Registration, Version
    from swnb.log import Log


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
        return AsyncServiceWorkerRegistration(self._workers, registration).worker(
            roles[0]
        )  # raises, with what there is

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
                version_id=version.id,
                scope=self._scope_of(version),
                script_url=version.script_url,
                running=version.running,
            )
        )

    def _scope_of(self, version: Version) -> str:
        registration = self.browser.service_workers.registrations.get(version.registration_id)
        return "" if registration is None else registration.scope

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
            f"{word!r} is none of {', '.join(enumeration)}", f"did you mean {near!r}?" if near else ""
        ) from None
