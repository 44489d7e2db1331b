"""``ServiceWorker`` and ``ServiceWorkerRegistration`` for synchronous code."""

from __future__ import annotations

from collections.abc import Mapping

from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker
from swnb.lab.caller import Caller
from swnb.lab.sync_clients import Clients
from swnb.vocab import RunningStatus, ServiceWorkerState, UpdateViaCache, WorkerRole


class ServiceWorker:
    """``ServiceWorker``: one version of a script in one registration; see `AsyncServiceWorker`."""

    def __init__(self, caller: Caller, worker: AsyncServiceWorker) -> None:
        self._caller = caller
        self._worker = worker

    @property
    def clients(self) -> Clients:
        """``self.clients`` in this worker."""
        return Clients(self._caller, self._worker)

    @property
    def script_url(self) -> str:
        """``ServiceWorker.scriptURL``."""
        return self._worker.script_url

    @property
    def state(self) -> ServiceWorkerState:
        """``ServiceWorker.state``, now."""
        return self._worker.state

    @property
    def running(self) -> RunningStatus:
        """Whether it has a thread now."""
        return self._worker.running

    @property
    def role(self) -> WorkerRole | None:
        """Which of its registration's workers it is; None once it is redundant."""
        return self._worker.role

    @property
    def scope(self) -> str:
        """Scope of its registration."""
        return self._worker.scope

    @property
    def version_id(self) -> str:
        """The browser's number of it."""
        return self._worker.version_id

    def __repr__(self) -> str:
        return repr(self._worker).replace("<Async", "<", 1)

    def evaluate(
        self,
        source: str,
        *,
        inputs: Mapping[str, object] | None = None,
        timeout_s: float | None = None,
        activation: bool = False,
    ) -> object:
        """Evaluate JavaScript in the worker; see `AsyncServiceWorker.evaluate`."""
        return self._caller.ask(
            self._worker.evaluate, source, inputs=inputs, timeout_s=timeout_s, activation=activation
        )

    def post_message(self, message: object, *, window: str | None = None) -> None:
        """``ServiceWorker.postMessage(message)``, called in a page; see `AsyncServiceWorker.post_message`."""
        self._caller.run(self._worker.post_message, message, window=window)

    def stop(self) -> None:
        """Stop its thread; see `AsyncServiceWorker.stop`."""
        self._caller.run(self._worker.stop)

    def start(self) -> None:
        """Start its thread, if it is stopped."""
        self._caller.run(self._worker.start)


class ServiceWorkerRegistration:
    """``ServiceWorkerRegistration``: a scope and its up to three workers; see `AsyncServiceWorkerRegistration`."""

    def __init__(self, caller: Caller, registration: AsyncServiceWorkerRegistration) -> None:
        self._caller = caller
        self._registration = registration

    def _sync(self, worker: AsyncServiceWorker | None) -> ServiceWorker | None:
        return None if worker is None else ServiceWorker(self._caller, worker)

    @property
    def scope(self) -> str:
        """``scope``."""
        return self._registration.scope

    @property
    def update_via_cache(self) -> UpdateViaCache | None:
        """``updateViaCache``, where it is known."""
        return self._registration.update_via_cache

    @property
    def unregistered(self) -> bool:
        """Whether it was unregistered; it goes on to serve the clients that it controls."""
        return self._registration.unregistered

    @property
    def installing(self) -> ServiceWorker | None:
        """``installing``."""
        return self._sync(self._registration.installing)

    @property
    def waiting(self) -> ServiceWorker | None:
        """``waiting``."""
        return self._sync(self._registration.waiting)

    @property
    def active(self) -> ServiceWorker | None:
        """``active``."""
        return self._sync(self._registration.active)

    @property
    def redundant(self) -> list[ServiceWorker]:
        """Its workers that are redundant, oldest first."""
        return [ServiceWorker(self._caller, worker) for worker in self._registration.redundant]

    def worker(self, role: WorkerRole | str = WorkerRole.ACTIVE) -> ServiceWorker:
        """Return the worker in a role; see `AsyncServiceWorkerRegistration.worker`."""
        return ServiceWorker(self._caller, self._registration.worker(role))

    def __repr__(self) -> str:
        return repr(self._registration).replace("<Async", "<", 1)

    def update(self, *, window: str | None = None) -> ServiceWorkerRegistration:
        """``update()``, called in a page; see `AsyncServiceWorkerRegistration.update`."""
        self._caller.run(self._registration.update, window=window)
        return self

    def unregister(self, *, window: str | None = None) -> bool:
        """``unregister()``, called in a page; see `AsyncServiceWorkerRegistration.unregister`."""
        return self._caller.run(self._registration.unregister, window=window)

    def navigation_preload(self) -> dict[str, object]:
        """``navigationPreload.getState()``; see `AsyncServiceWorkerRegistration.navigation_preload`."""
        return self._caller.run(self._registration.navigation_preload)

    def skip_waiting(self) -> None:
        """Let the waiting worker activate, as DevTools' button does."""
        self._caller.run(self._registration.skip_waiting)
