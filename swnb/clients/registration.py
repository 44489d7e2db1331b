"""``ServiceWorkerRegistration`` for asynchronous code."""

from __future__ import annotations

import json
from time import monotonic
from typing import Any

from swnb.browser.service_workers import Registration, Version
from swnb.clients.refusals import advised
from swnb.clients.worker import AsyncServiceWorker, Workers
from swnb.errors import InvalidArgument, JavaScriptError, RegistrationUnknown, WorkerMissing
from swnb.vocab import ServiceWorkerState, UpdateViaCache, WorkerRole

SETTLE_S = 1.0
"""How long the browser's bookkeeping may take to know what a page was told already."""


UPDATE = """await (async () => {
  const workers = () => [r.installing, r.waiting, r.active];
  const before = workers();
  await r.update();
  const now = workers();
  for (let i = 0; i < 3; i++) {
    if (now[i] && now[i] !== before[0] && now[i] !== before[1] && now[i] !== before[2]) return true;
  }
  return false;
})()"""
"""Updates the registration `r`, and tells whether there is a new worker."""


class AsyncServiceWorkerRegistration:
    """``ServiceWorkerRegistration``: a scope and its up to three workers, as they are when they are read.

    Attributes
    ----------
    update_via_cache
        ``updateViaCache``, as it was registered or asked; None where nobody asked yet.
    """

    def __init__(
        self, workers: Workers, registration: Registration, update_via_cache: UpdateViaCache | None = None
    ) -> None:
        self._workers = workers
        self._registration = registration
        self.update_via_cache = update_via_cache

    @property
    def scope(self) -> str:
        """``scope``."""
        return self._registration.scope

    @property
    def unregistered(self) -> bool:
        """Whether it was unregistered; it goes on to serve the clients that it controls."""
        return self._registration.deleted

    def _worker(self, role: WorkerRole) -> AsyncServiceWorker | None:
        version = self._registration.version(role)
        return None if version is None else AsyncServiceWorker(self._workers, version, self._registration)

    @property
    def installing(self) -> AsyncServiceWorker | None:
        """``installing``."""
        return self._worker(WorkerRole.INSTALLING)

    @property
    def waiting(self) -> AsyncServiceWorker | None:
        """``waiting``."""
        return self._worker(WorkerRole.WAITING)

    @property
    def active(self) -> AsyncServiceWorker | None:
        """``active``."""
        return self._worker(WorkerRole.ACTIVE)

    @property
    def redundant(self) -> list[AsyncServiceWorker]:
        """Its workers that are redundant, oldest first; the browser may have let go of them."""
        versions = [v for v in tuple(self._registration.versions.values()) if v.state is ServiceWorkerState.REDUNDANT]
        return [AsyncServiceWorker(self._workers, version, self._registration) for version in versions]

    def worker(self, role: WorkerRole | str = WorkerRole.ACTIVE) -> AsyncServiceWorker:
        """Return the worker in a role.

        Raises
        ------
        WorkerMissing
            If there is none.
        InvalidArgument
            If `role` is no role.
        """
        try:
            worker = self._worker(WorkerRole(role))
        except ValueError:
            raise InvalidArgument(f"{role!r} is no role of a worker", f"one of {', '.join(WorkerRole)}") from None
        if worker is None:
            present = [str(r) for r in WorkerRole if self._registration.version(r) is not None]
            if self.redundant:
                present.append("a redundant one, which never becomes active again")
            raise WorkerMissing(role, self.scope, present)
        return worker

    def __repr__(self) -> str:
        parts = [f"{role}: {worker.script_url}" for role in WorkerRole if (worker := self._worker(role)) is not None]
        return f"<{type(self).__name__} {self.scope} {', '.join(parts) or 'no worker'}>"

    async def _in_page(self, action: str, window: str | None) -> Any:
        """Return what an expression gives of the page's registration `r`, in a list; None where the page has none (any more)."""
        page = self._workers.page_for(window, self.scope)
        return await page.realm.call(
            "(async () => { const all = await navigator.serviceWorker.getRegistrations(); let r;"
            f" for (let i = 0; i < all.length; i++) if (all[i].scope === {json.dumps(self.scope)}) r = all[i];"
            f" if (!r) return null; return [{action}] }})()",
            timeout_s=self._workers.timeout_s(),
        )

    def _known(self, found: list[Any] | None) -> Any:
        if found is None:
            scopes = [r.scope for r in self._workers.service_workers.all() if not r.deleted]
            raise RegistrationUnknown(self.scope, scopes)
        return found[0]

    async def update(self, *, window: str | None = None) -> AsyncServiceWorkerRegistration:
        """``update()``, called in a page: fetch the script again; where its bytes differ, another worker installs.

        Raises
        ------
        JavaScriptError
            Named ``TypeError`` where the new script cannot be had or throws.
        RegistrationUnknown
            If it was unregistered.
        """
        self._workers.directory.act("registration.update")
        newest = self._registration.newest
        try:
            found = await self._in_page(UPDATE, window)
        except JavaScriptError as error:
            raise advised(error) from None
        if self._known(found):
            deadline = monotonic() + self._workers.timeout_s()
            while self._installs(newest) is None and monotonic() < deadline:
                await self._workers.service_workers.changed(deadline - monotonic())
        return self

    def _installs(self, former: Version | None) -> Version | None:
        """Return the worker that was found after `former`, once it installs."""
        newest = self._registration.newest
        return None if newest is former or newest is None or newest.state is ServiceWorkerState.PARSED else newest

    async def unregister(self, *, window: str | None = None) -> bool:
        """``unregister()``, called in a page; False if it was unregistered already. Clients keep their controller."""
        self._workers.directory.act("registration.unregister")
        found = await self._in_page("await r.unregister()", window)
        done = bool(found and found[0])
        deadline = monotonic() + SETTLE_S
        while done and not self._registration.deleted and monotonic() < deadline:
            await self._workers.service_workers.changed(0.1)
        return done

    async def navigation_preload(self) -> dict[str, object]:
        """``navigationPreload.getState()``, asked in a page: ``{"enabled": …, "headerValue": …}``."""
        return dict(self._known(await self._in_page("await r.navigationPreload.getState()", None)))

    async def skip_waiting(self) -> None:
        """Let the waiting worker activate, as DevTools' button does."""
        self._workers.directory.act("registration.skip_waiting")
        await self._workers.service_workers.skip_waiting(self.scope)
