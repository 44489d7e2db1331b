"""Facts about service workers: their states, what they call, what is dispatched to them."""

from __future__ import annotations

from swnb.events.base import Event
from swnb.vocab import ClientId, RunningStatus, ServiceWorkerState, VersionId


class WorkerEvent(Event, frozen=True, kw_only=True, gc=False, tag="worker"):
    """What the browser's bookkeeping tells of a service worker; `actor` is its label, ``w1``.

    Attributes
    ----------
    version_id
        CDP's id of this version of the script.
    """

    version_id: VersionId
    scope: str
    script_url: str


class WorkerStateChanged(WorkerEvent, frozen=True, kw_only=True, gc=False, tag="worker.state"):
    """A service worker was found (`former` is None) or entered another state."""

    state: ServiceWorkerState
    former: ServiceWorkerState | None


class WorkerRunningChanged(WorkerEvent, frozen=True, kw_only=True, gc=False, tag="worker.running"):
    """A service worker's thread started or ended.

    Attributes
    ----------
    epoch
        How often it has been started; messages are paired within one epoch.
    reason
        Why it was started, where the browser tells or it is certain: ``start_worker`` (a verb), ``message``, ``fetch``, …
    """

    running: RunningStatus
    epoch: int = 0
    reason: str = ""


class WorkerFailed(WorkerEvent, frozen=True, kw_only=True, gc=False, tag="worker.error"):
    """An error of a service worker that nobody caught, or that its registration failed with."""

    message: str
    url: str = ""
    line: int = 0
    column: int = 0


class RegistrationChanged(Event, frozen=True, kw_only=True, gc=False, tag="registration.changed"):
    """A registration was made, or removed (`deleted`); it lives on while clients use it."""

    registration_id: str
    scope: str
    deleted: bool = False


class UpdateFound(Event, frozen=True, kw_only=True, gc=False, tag="registration.updatefound"):
    """``updatefound``: a registration has a new installing worker; `worker` is its ``w2``."""

    registration_id: str
    scope: str
    worker: str


class ConsoleWritten(Event, frozen=True, kw_only=True, gc=False, tag="console"):
    """Somebody wrote to the console, or an error was reported there.

    Attributes
    ----------
    level
        The console's method: ``log``, ``info``, ``warn``, ``error``, ``debug``, …; ``exception`` for what nobody caught.
    text
        Its arguments as text.
    """

    level: str
    text: str
    url: str = ""
    line: int = 0
    column: int = 0


class CallMade(Event, frozen=True, kw_only=True, gc=False, tag="call.made"):
    """A worker's own code called the API, as `clients.matchAll()`.

    Attributes
    ----------
    function
        ``clients.claim``, ``Client.postMessage`` is a message and not here.
    arguments
        The wire of `swnb.values` as JSON, an array; ``b""`` where they could not be described.
    on_client
        `Client.id` that a method of a client was called on.
    """

    function: str
    arguments: bytes = b""
    on_client: ClientId | None = None


class CallAnswered(Event, frozen=True, kw_only=True, gc=False, tag="call.answered"):
    """A call ended; `cause` is the `CallMade`.

    Attributes
    ----------
    result
        The wire as JSON; clients in it are described by their ids and urls.
    error_name, error_message
        Of what it was rejected with, or threw.
    duration_ms
        From the call to its settlement, by the worker's own clock.
    """

    function: str
    result: bytes = b""
    error_name: str = ""
    error_message: str = ""
    duration_ms: float = 0.0


class FetchDispatched(Event, frozen=True, kw_only=True, gc=False, tag="fetch"):
    """A ``fetch`` event in a worker that listens to them itself.

    Attributes
    ----------
    client_id, resulting_client_id, replaces_client_id
        ``FetchEvent.clientId`` and so on; None where the browser has no such attribute, ``""`` where it is empty.
    """

    url: str
    method: str
    mode: str
    destination: str
    client_id: str | None = None
    resulting_client_id: str | None = None
    replaces_client_id: str | None = None


class WorkerVisited(Event, frozen=True, kw_only=True, gc=False, tag="worker.visited"):
    """A verb attached to a worker for one call, since the lab's policy is ``detached``."""

    version_id: VersionId
