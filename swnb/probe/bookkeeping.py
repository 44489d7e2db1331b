"""What the browser's own bookkeeping tells of service workers, as events."""

from __future__ import annotations

from collections.abc import Callable

from swnb.browser.service_workers import Registration, ServiceWorkers, Version, WorkerFault
from swnb.events import (
    Event,
    RegistrationChanged,
    UpdateFound,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.probe.labels import Labels
from swnb.vocab import RunningStatus, ServiceWorkerState


class Bookkeeping:
    """Follows registrations and workers, with an agent in them or without.

    Parameters
    ----------
    epoch
        Gives how often a worker, by its label, has been started.
    emit
        Puts an event into the log.
    """

    def __init__(
        self,
        service_workers: ServiceWorkers,
        labels: Labels,
        epoch: Callable[[str], int],
        emit: Callable[[Event], Event],
    ) -> None:
        self._service_workers = service_workers
        self._labels = labels
        self._epoch = epoch
        self._emit = emit
        self._registrations: dict[str, bool] = {}
        self._starts: dict[str, int] = {}
        service_workers.on_state.append(self._state)
        service_workers.on_running.append(self._running)
        service_workers.on_registration.append(self._registration)
        service_workers.on_fault.append(self._fault)

    def scope_of(self, version: Version) -> str:
        """Return the scope of a version's registration; "" where it is not known (any more)."""
        registration = self._service_workers.registrations.get(version.registration_id)
        return "" if registration is None else registration.scope

    def epoch_of(self, label: str) -> int:
        """Return how often a worker was started."""
        return max(self._epoch(label), self._starts.get(label, 0))

    def _registration(self, registration: Registration) -> None:
        if self._registrations.get(registration.id) is registration.deleted:
            return
        self._registrations[registration.id] = registration.deleted
        self._emit(
            RegistrationChanged(registration_id=registration.id, scope=registration.scope, deleted=registration.deleted)
        )

    def _state(self, version: Version, former: ServiceWorkerState | None) -> None:
        label = self._labels.version(version)
        scope = self.scope_of(version)
        event = self._emit(
            WorkerStateChanged(
                actor=label,
                version_id=version.id,
                scope=scope,
                script_url=version.script_url,
                state=version.state,
                former=former,
            )
        )
        if version.state is ServiceWorkerState.INSTALLING:
            self._emit(UpdateFound(cause=event.seq, registration_id=version.registration_id, scope=scope, worker=label))

    def _running(self, version: Version) -> None:
        label = self._labels.version(version)
        starts = version.running in (RunningStatus.STARTING, RunningStatus.RUNNING)
        if version.running is RunningStatus.STARTING:
            self._starts[label] = self._starts.get(label, 0) + 1
        self._emit(
            WorkerRunningChanged(
                actor=label,
                version_id=version.id,
                scope=self.scope_of(version),
                script_url=version.script_url,
                running=version.running,
                epoch=self.epoch_of(label),
                reason=version.start_reason if starts else "",
            )
        )
        if version.running is RunningStatus.RUNNING:
            version.start_reason = ""

    def _fault(self, version: Version, fault: WorkerFault) -> None:
        self._emit(
            WorkerFailed(
                actor=self._labels.version(version),
                version_id=version.id,
                scope=self.scope_of(version),
                script_url=version.script_url,
                message=fault.message,
                url=fault.url,
                line=fault.line,
                column=fault.column,
            )
        )
