"""What the buttons of the view of workers stand for: the lab's own verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker
from swnb.errors import InvalidArgument, LabError
from swnb.vocab import ServiceWorkerState

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab


async def act(lab: AsyncLab, verb: str, of: str) -> None:
    """Call a verb of the registration with the scope `of`, or of the worker with that label.

    Raises
    ------
    SwnbError
        As the verb itself.
    """
    match verb:
        case "update":
            await lab.registration(of).update()
        case "unregister":
            if not await lab.registration(of).unregister():
                raise LabError(f"{of} was unregistered already", "register a worker there again")
        case "skip waiting":
            registration, worker = find(lab, of)
            if worker.state is not ServiceWorkerState.INSTALLED:
                raise LabError(f"{of} is {worker.state}", "only a waiting worker can skip waiting")
            await registration.skip_waiting()
        case "stop":
            await find(lab, of)[1].stop()
        case "start":
            await find(lab, of)[1].start()
        case _:
            raise InvalidArgument(f"a view cannot {verb!r} a worker", "it can be stopped and started")


def find(lab: AsyncLab, label: str) -> tuple[AsyncServiceWorkerRegistration, AsyncServiceWorker]:
    """Return a worker by its label, and its registration.

    Raises
    ------
    NameUnknown
        Nobody has that label.
    LabError
        It is redundant, or its registration has gone.
    """
    row = lab.world.workers[label]
    if not row.alive:
        raise LabError(f"{label} is redundant", "it never runs again; its registration's other workers do")
    for registration in lab.registrations:
        for worker in (registration.installing, registration.waiting, registration.active):
            if worker is not None and worker.version_id == row.version_id:
                return registration, worker
    raise LabError(
        f"no registration has the worker {label}: it is {row.state}", "a worker can be asked once it installs"
    )
