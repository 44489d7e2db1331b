"""A lab that is started again has another browser: what lived in the former one is told as gone before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swnb.events import ClientGone, RegistrationChanged, WorkerRunningChanged, WorkerStateChanged
from swnb.vocab import RunningStatus, ServiceWorkerState

if TYPE_CHECKING:
    from swnb.log import Log
    from swnb.probe.probe import Probe


def farewell(former: Probe, log: Log) -> None:
    """Tell that all that a probe heard has ended. At the end of the lab nothing of it was told: its last state stayed."""
    for context in former.lives.all():
        if context.client is not None and context.alive and context.appeared:
            log.append(ClientGone(actor=context.actor, client=context.client))
    service_workers = former.lives.service_workers
    for version in service_workers.versions.values():
        if version.state is ServiceWorkerState.REDUNDANT:
            continue
        label = former.labels.version(version)
        told: dict[str, Any] = {
            "actor": label,
            "version_id": version.id,
            "scope": former.bookkeeping.scope_of(version),
            "script_url": version.script_url,
        }
        if version.running is not RunningStatus.STOPPED:
            epoch = former.bookkeeping.epoch_of(label)
            log.append(WorkerRunningChanged(**told, running=RunningStatus.STOPPED, epoch=epoch))
        log.append(WorkerStateChanged(**told, state=ServiceWorkerState.REDUNDANT, former=version.state))
    for registration in service_workers.all():
        if not registration.deleted:
            log.append(RegistrationChanged(registration_id=registration.id, scope=registration.scope, deleted=True))
