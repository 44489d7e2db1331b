"""``ServiceWorker`` for asynchronous code, and how a worker is found, started and asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from time import monotonic
from typing import Any, Protocol

from swnb.browser.exchange import NeedsLoop
from swnb.browser.realm import Realm
from swnb.browser.service_workers import Registration, ServiceWorkers, Version
from swnb.browser.targets import Target, Targets
from swnb.clients.client import AsyncClients
from swnb.clients.directory import Directory
from swnb.clients.interaction import Interactions
from swnb.errors import SwnbError, TargetGone, WaitTimeout, WorkerStopped
from swnb.vocab import RunningStatus, ServiceWorkerState, WorkerRole


class PageRealm(Protocol):
    """A window in which a page's own verbs are carried out."""

    name: str
    realm: Realm


class Workers:
    """What every worker object needs: the browser's bookkeeping, and the realms of those that run.

    Parameters
    ----------
    targets, service_workers
        Of the browser.
    directory
        Names of the lab's windows.
    timeout_s
        Gives the longest wait for an answer, in seconds.
    page_for
        Gives the window in which to carry out a verb of a page: that of the given name, or any of the URL's origin.
    interactions
        Grants window interaction.
    holds
        Whether workers are attached as long as they run; otherwise a verb attaches for itself.
    """

    def __init__(
        self,
        targets: Targets,
        service_workers: ServiceWorkers,
        directory: Directory,
        timeout_s: Callable[[], float],
        page_for: Callable[[str | None, str], PageRealm],
        interactions: Interactions,
        *,
        holds: bool = True,
    ) -> None:
        self.holds = holds
        self.interactions = interactions
        self.targets = targets
        self.service_workers = service_workers
        self.directory = directory
        self.timeout_s = timeout_s
        self.page_for = page_for
        self._realms: dict[str, Realm] = {}
        targets.on_detached.append(self._forget)

    def _forget(self, target: Target) -> None:
        self._realms.pop(target.session.id, None)

    def running_realm(self, version: Version) -> Realm | None:
        """Return the realm of a worker that runs now; None if it does not."""
        target = self.targets.by_id.get(version.target_id) if version.target_id is not None else None
        if target is None or target.session.gone or version.running is not RunningStatus.RUNNING:
            return None
        return self._realm_of(target)

    def _realm_of(self, target: Target) -> Realm:
        realm = self._realms.get(target.session.id)
        if realm is None:
            realm = self._realms[target.session.id] = Realm(target.session)
            target.session.subject = f"the worker {target.url}"
        return realm

    async def enter(self, version: Version, registration: Registration) -> tuple[Realm, Target | None]:
        """Return the realm of a worker that is not attached or does not run, and the target if it has to be let go again."""
        await self.started(version, registration)
        realm = self.running_realm(version)
        if realm is not None:
            return realm, None
        assert version.target_id is not None
        target = await self.targets.visits.attach(version.target_id)
        target.session.subject = f"the worker {target.url}"
        self.directory.visited(version)
        return Realm(target.session), target

    def runs(self, version: Version) -> bool:
        """Tell whether a worker can be asked now, or attached to."""
        if self.holds:
            return self.running_realm(version) is not None
        return version.running is RunningStatus.RUNNING and version.target_id is not None

    async def started(self, version: Version, registration: Registration) -> None:
        """Start a worker that is stopped, and wait until it runs.

        Raises
        ------
        WorkerStopped
            If the browser's rules do not let it be started, or it did not start.
        """
        if self.targets.root.connection.exchange.driving:
            raise NeedsLoop
        deadline = monotonic() + self.timeout_s()
        asked = False
        while not self.runs(version):
            if version.state is ServiceWorkerState.REDUNDANT:
                raise WorkerStopped(
                    describe(version, registration), "it is redundant, and the browser never starts it again"
                )
            if version.running is RunningStatus.STOPPED and not asked:
                if version.role is not WorkerRole.ACTIVE:
                    raise WorkerStopped(
                        describe(version, registration),
                        f"it is {version.state}, and only an active worker can be started",
                    )
                asked = True
                await self.service_workers.start_worker(registration.scope)
            rest = deadline - monotonic()
            if rest <= 0:
                raise WorkerStopped(describe(version, registration), f"it did not start within {self.timeout_s():g} s")
            await self.service_workers.changed(min(rest, 0.2))


class Visit:
    """Lends a worker's realm: at once where it runs and is attached, else after starting and attaching it for this one call."""

    __slots__ = ("_registration", "_target", "_version", "_workers")

    def __init__(self, workers: Workers, version: Version, registration: Registration) -> None:
        self._workers = workers
        self._version = version
        self._registration = registration
        self._target: Target | None = None

    async def __aenter__(self) -> Realm:
        realm = self._workers.running_realm(self._version)
        if realm is None:
            realm, self._target = await self._workers.enter(self._version, self._registration)
        return realm

    async def __aexit__(self, *error: object) -> None:
        if self._target is not None:
            with suppress(SwnbError):  # the worker may have ended meanwhile
                await self._workers.targets.visits.detach(self._target)


def describe(version: Version, registration: Registration) -> str:
    """Return a worker in words for an error."""
    return f"the {version.role or version.state} worker of {registration.scope} ({version.script_url})"


class AsyncServiceWorker:
    """``ServiceWorker``: one version of a script in one registration.

    `state` and `running` are those of the moment in which they are read; a worker that ended stays ``redundant``.
    """

    def __init__(self, workers: Workers, version: Version, registration: Registration) -> None:
        self._workers = workers
        self._version = version
        self._registration = registration

    @property
    def clients(self) -> AsyncClients:
        """``self.clients`` in this worker."""
        return AsyncClients(self._realm, self._interacting, self._workers.directory, self._workers.timeout_s)

    @property
    def script_url(self) -> str:
        """``ServiceWorker.scriptURL``."""
        return self._version.script_url

    @property
    def state(self) -> ServiceWorkerState:
        """``ServiceWorker.state``."""
        return self._version.state

    @property
    def running(self) -> RunningStatus:
        """Whether it has a thread now; the specification has no such attribute, the browser's bookkeeping has."""
        return self._version.running

    @property
    def role(self) -> WorkerRole | None:
        """Which of its registration's workers it is; None once it is redundant."""
        return self._version.role

    @property
    def scope(self) -> str:
        """Scope of its registration."""
        return self._registration.scope

    @property
    def version_id(self) -> str:
        """The browser's number of it."""
        return self._version.id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.script_url} {self.state}, {self.running}, scope {self.scope}>"

    def _realm(self) -> Visit:
        return Visit(self._workers, self._version, self._registration)

    async def _interacting(self, realm: Realm, expression: str, timeout_s: float) -> Any:
        return await self._workers.interactions.ask(realm, self._version, expression, timeout_s)

    def _within(self, realm: Realm, activation: bool) -> AbstractAsyncContextManager[None]:
        """Return what gives window interaction meanwhile, if it is asked for."""
        return self._workers.interactions.within(realm, self._version) if activation else nullcontext()

    async def evaluate(
        self,
        source: str,
        *,
        inputs: Mapping[str, object] | None = None,
        timeout_s: float | None = None,
        activation: bool = False,
    ) -> object:
        """Evaluate JavaScript in the worker by the console's rules; see `Realm.evaluate`. Starts a worker that is stopped.

        With `activation` it runs inside a click on a notification, so that one `openWindow()` or `focus()` works, for ten seconds;
        see `Interactions.within` for what that can raise.
        """
        self._workers.directory.act("worker.evaluate")
        limit = self._workers.timeout_s() if timeout_s is None else timeout_s
        async with self._realm() as realm, self._within(realm, activation):
            return await realm.evaluate(source, inputs=inputs, timeout_s=limit)

    async def post_message(self, message: object, *, window: str | None = None) -> None:
        """``ServiceWorker.postMessage(message)``, called in the page of a window (by default any window of the origin)."""
        self._workers.directory.act("worker.post_message")
        page = self._workers.page_for(window, self.scope)
        posted = await page.realm.call(
            "async (scope, role, url, message) => { const all = await navigator.serviceWorker.getRegistrations();"
            " let w; for (let i = 0; i < all.length; i++) if (all[i].scope === scope) w = all[i][role];"
            " if (!w || w.scriptURL !== url) return false; w.postMessage(message); return true }",
            self.scope,
            str(self.role),
            self.script_url,
            message,
            timeout_s=self._workers.timeout_s(),
        )
        if not posted:
            raise TargetGone(describe(self._version, self._registration), "is not to be had from a page any more")

    async def stop(self) -> None:
        """Stop its thread, as the browser does after some idle time. It stays registered and starts again when it is asked."""
        self._workers.directory.act("worker.stop")
        stops, deadline = self._version.stops, monotonic() + self._workers.timeout_s()
        await self._workers.service_workers.stop_worker(self._version)
        while self._version.running is not RunningStatus.STOPPED and self._version.stops == stops:
            rest = deadline - monotonic()
            if rest <= 0:
                raise WaitTimeout("stopped", self._workers.timeout_s(), f"{self.script_url} is {self.running}")
            await self._workers.service_workers.changed(rest)

    async def start(self) -> None:
        """Start its thread, if it is stopped."""
        self._workers.directory.act("worker.start")
        if not self._workers.runs(self._version):
            await self._workers.started(self._version, self._registration)
