"""What events change of service workers and registrations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from swnb.events import (
    Event,
    RegistrationChanged,
    UpdateFound,
    WorkerEvent,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.vocab import ServiceWorkerState, WorkerRole

from .rows import RegistrationRow, WorkerRow
from .views import Clients, Registrations, Workers

KEPT_ERRORS = 100
"""How many of a worker's last errors are kept."""

ORDER = {state: place for place, state in enumerate(ServiceWorkerState)}
"""A worker goes through its states in this order; it may leave some out."""


class WorkerFold:
    """Folds events about service workers and registrations into rows.

    Parameters
    ----------
    note
        Notes an event that no rule has.
    """

    def __init__(
        self, clients: Clients, workers: Workers, registrations: Registrations, note: Callable[[Event, str], None]
    ) -> None:
        self._clients = clients
        self._workers = workers
        self._registrations = registrations
        self._note = note
        self._announced: set[str] = set()  # whose state was told

    def _row(self, event: WorkerEvent) -> WorkerRow | None:
        """Return a worker's row; any of its events may be the first that is heard of it."""
        if not event.actor:
            self._note(event, f"{event.kind} of a worker without a label")
            return None
        row = self._workers.row(event.actor)
        if row is None:
            controlled = tuple(client.label for client in self._clients if client.controller == event.actor)
            return WorkerRow(event.actor, event.version_id, event.scope, event.script_url, controlled=controlled)
        return replace(
            row,
            version_id=event.version_id or row.version_id,
            scope=event.scope or row.scope,
            script_url=event.script_url or row.script_url,
        )

    def _put(self, row: WorkerRow) -> None:
        known = self._workers.row(row.label)
        self._workers.put(row.label, row)
        self._settle(row.scope)
        if known is not None and known.scope != row.scope:
            self._settle(known.scope)

    def state(self, event: WorkerStateChanged) -> None:
        """``worker.state``."""
        row = self._row(event)
        if row is None:
            return
        if event.actor in self._announced and event.former != row.state:
            self._note(event, f"{event.actor} was {event.former}, and had been heard to be {row.state}")
        elif ORDER[event.state] < ORDER[row.state]:
            self._note(event, f"{event.actor} became {event.state} after it had been {row.state}")
        self._announced.add(event.actor)
        self._put(replace(row, state=event.state))

    def running(self, event: WorkerRunningChanged) -> None:
        """``worker.running``."""
        row = self._row(event)
        if row is None:
            return
        if event.epoch < row.epoch:
            self._note(event, f"{event.actor} is at its start {event.epoch}, and had been at {row.epoch}")
        reason = event.reason or row.start_reason
        self._put(replace(row, running=event.running, epoch=event.epoch, start_reason=reason))

    def failed(self, event: WorkerFailed) -> None:
        """``worker.error``."""
        row = self._row(event)
        if row is not None:
            self._put(replace(row, errors=(*row.errors, event.message)[-KEPT_ERRORS:]))

    def update_found(self, event: UpdateFound) -> None:
        """``registration.updatefound``."""
        row = self._workers.row(event.worker)
        if row is None:
            self._note(event, f"updatefound for {event.worker}, which nobody has told of")
            return
        self._put(replace(row, registration_id=event.registration_id, scope=event.scope or row.scope))

    # ---- registrations ------------------------------------------------------------------------------------------

    def registration(self, event: RegistrationChanged) -> None:
        """``registration.changed``."""
        row = self._registrations.row(event.scope)
        another = row is not None and row.id not in ("", event.registration_id)
        if another and event.deleted:  # an earlier one of the same scope
            return
        if row is None or another:
            if event.deleted:
                self._note(event, f"a registration for {event.scope} was removed, which nobody has told of")
            row = RegistrationRow(event.scope)
        self._registrations.put(event.scope, replace(row, id=event.registration_id, deleted=event.deleted))
        self._settle(event.scope)

    def _settle(self, scope: str) -> None:
        """Give a registration its workers: of each role the newest."""
        if not scope:
            return
        row = self._registrations.row(scope) or RegistrationRow(scope)
        found: dict[WorkerRole, str] = {}
        for worker in self._workers:
            if worker.scope == scope and worker.role is not None and _of(worker, row):
                found[worker.role] = worker.label
        self._registrations.put(
            scope,
            replace(
                row,
                installing=found.get(WorkerRole.INSTALLING),
                waiting=found.get(WorkerRole.WAITING),
                active=found.get(WorkerRole.ACTIVE),
            ),
        )


def _of(worker: WorkerRow, registration: RegistrationRow) -> bool:
    """Whether a worker can be of a registration: another one may have had the same scope before."""
    return not worker.registration_id or not registration.id or worker.registration_id == registration.id
