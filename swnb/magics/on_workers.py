"""Verbs of registrations and workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.clients.refusals import advised
from swnb.errors import InvalidArgument, JavaScriptError, LabError
from swnb.magics.arguments import Argument, Completes, literal, positive_seconds
from swnb.magics.call import Call
from swnb.magics.javascript import find_unclosed
from swnb.magics.living import LANGUAGE, LIVE, asked_live, live
from swnb.magics.on_log import SINCE, since
from swnb.magics.verbs import verb
from swnb.origin.routes import Route
from swnb.vocab import UpdateViaCache, WorkerRole, WorkerType

if TYPE_CHECKING:
    from swnb.events import Event
    from swnb.lab.facade import ServiceWorker, ServiceWorkerRegistration
    from swnb.messages import Message
    from swnb.views.listing import Listing
    from swnb.views.live.view import View

GROUP = "Registrations and workers"

SCOPE = Argument(
    "--scope", "of this registration, rather than the one that was registered last", "SCOPE", completes=Completes.SCOPE
)
ROLE = Argument(
    "--role",
    "the registration's worker in this role, rather than its active one",
    "ROLE",
    choices=tuple(map(str, WorkerRole)),
)
TIMEOUT = Argument("--timeout", "wait no longer", "SECONDS", convert=positive_seconds)
SCOPE_PLACE = Argument(
    "scope", "of this registration, rather than the one that was registered last", completes=Completes.SCOPE
)
IN = Argument(
    "--in",
    "call it in this window, rather than the oldest one of the origin",
    "NAME",
    convert=literal,
    completes=Completes.WINDOW,
)


@verb(
    "register",
    "navigator.serviceWorker.register(url, {scope, type, updateViaCache}), called in a window.",
    Argument("url", "the worker's script", required=True, convert=literal, completes=Completes.PATH),
    IN,
    Argument(
        "--scope", "which URLs it shall control; without it, the script's folder", "SCOPE", completes=Completes.SCOPE
    ),
    Argument("--type", "what kind of script", "TYPE", choices=tuple(map(str, WorkerType))),
    Argument(
        "--update-via-cache",
        "what the update check may take from the cache",
        "MODE",
        choices=tuple(map(str, UpdateViaCache)),
    ),
    group=GROUP,
    example="%sw register /sw.js --in home",
)
def register(call: Call) -> ServiceWorkerRegistration:
    """Register a worker."""
    given = call.arguments
    try:
        return call.lab.register(
            given.need("url"),
            scope=given.text("scope"),
            window=given.text("in"),
            type=given.text("type") or WorkerType.CLASSIC,
            update_via_cache=given.text("update_via_cache") or UpdateViaCache.IMPORTS,
        )
    except JavaScriptError as error:
        raise advised(error, _left_open(call, error)) from None


def _left_open(call: Call, error: JavaScriptError) -> str:
    """Say which bracket the script left open, where that is why it could not be evaluated."""
    found = call.lab.site.resolve(call.arguments.need("url"))
    if "evaluation" not in error.message or not isinstance(found, Route):
        return ""
    unclosed = find_unclosed(found.body.decode(errors="replace"))
    return f"{found.path}: {unclosed}" if unclosed is not None else ""


@verb(
    "unregister",
    "registration.unregister(): its clients keep their controller, no new ones get it.",
    SCOPE_PLACE,
    IN,
    group=GROUP,
    example="%sw unregister /",
)
def unregister(call: Call) -> bool:
    """Unregister; False if it was unregistered already."""
    return call.lab.registration(call.arguments.text("scope")).unregister(window=call.arguments.text("in"))


@verb(
    "update",
    "registration.update(): fetch the script again; another one installs.",
    SCOPE_PLACE,
    IN,
    group=GROUP,
    example="%sw update",
)
def update(call: Call) -> ServiceWorkerRegistration:
    """Update a registration."""
    return call.lab.registration(call.arguments.text("scope")).update(window=call.arguments.text("in"))


@verb(
    "workers",
    "All registrations with their installing, waiting and active workers, and whom those control. With --live as they change.",
    LIVE,
    LANGUAGE,
    group=GROUP,
    example="%sw workers",
)
def workers(call: Call) -> Listing[ServiceWorkerRegistration] | View:
    """List the registrations."""
    if asked_live(call):
        return live(call, "workers")
    from swnb.views.listing import Listing, worker_text

    world = call.lab.world
    by_version = {str(row.version_id): row for row in world.workers.all}

    def told(worker: ServiceWorker | None) -> str:
        row = None if worker is None else by_version.get(worker.version_id)
        if worker is None or row is None:
            return "" if worker is None else worker_text(worker)
        return f"{row.label} {worker_text(worker)}"

    def starts(worker: ServiceWorker | None) -> str:
        row = None if worker is None else by_version.get(worker.version_id)
        return "" if row is None or row.epoch < 2 else str(row.epoch)

    def controlled(*workers: ServiceWorker | None) -> str:
        rows = [by_version.get(worker.version_id) for worker in workers if worker is not None]
        clients = [world.clients[label] for row in rows if row is not None for label in row.controlled]
        return ", ".join(client.name or client.label for client in clients)

    rows: list[tuple[ServiceWorkerRegistration, list[str]]] = []
    for r in call.lab.registrations:
        scope = f"{r.scope} (unregistered)" if r.unregistered else r.scope
        workers = (r.installing, r.waiting, r.active)
        rows.append((r, [scope, *map(told, workers), starts(r.active), controlled(*workers, *r.redundant)]))
    return Listing.of("registrations", ("scope", "installing", "waiting", "active", "starts", "controls"), rows)


@verb(
    "wait",
    "Wait for a state (active, controlled, clients N, stopped), an event or a message, from the last acting verb on.",
    Argument("condition", "what to wait for", "CONDITION", required=True, rest=True, completes=Completes.CONDITION),
    TIMEOUT,
    Argument("--scope", "only of this registration", "SCOPE", completes=Completes.SCOPE),
    Argument("--window", "only of this window", "NAME", convert=literal, completes=Completes.WINDOW),
    Argument("--where", "what holds for the message, as Python: 'data.n > 3 and sender == \"home\"'", "EXPRESSION"),
    SINCE,
    group=GROUP,
    example="%sw wait message home worker --where 'data.n > 3' --timeout 5",
)
def wait(call: Call) -> Event | Message | None:
    """Wait; the event or message that came, or None for a state."""
    given = call.arguments
    mark = None if given.text("since") is None else since(call)
    if given.need("condition").split() == ["clients"]:
        raise InvalidArgument(f"`{call.command} clients` needs how many", "the number is missing: `%sw wait clients 1`")
    return call.lab.wait(
        given.need("condition"),
        scope=given.text("scope"),
        window=given.text("window"),
        where=given.text("where"),
        mark=mark,
        timeout_s=call.timeout_s,
    )


def _found(call: Call) -> ServiceWorker:
    return call.lab.find_worker(role=call.arguments.text("role"), scope=call.arguments.text("scope"))


@verb(
    "stop-worker",
    "Stop a worker's thread, as the browser does with an idle one; it stays registered.",
    SCOPE,
    ROLE,
    group=GROUP,
    example="%sw stop-worker",
)
def stop_worker(call: Call) -> ServiceWorker:
    """Stop a worker."""
    worker = _found(call)
    worker.stop()
    return worker


@verb(
    "start-worker",
    "Start the thread of a worker that is stopped.",
    SCOPE,
    ROLE,
    group=GROUP,
    example="%sw start-worker",
)
def start_worker(call: Call) -> ServiceWorker:
    """Start a worker."""
    worker = _found(call)
    worker.start()
    return worker


@verb(
    "skip-waiting",
    "Let the waiting worker activate, as DevTools' button does.",
    SCOPE_PLACE,
    group=GROUP,
    example="%sw skip-waiting",
)
def skip_waiting(call: Call) -> ServiceWorkerRegistration:
    """Skip waiting."""
    registration = call.lab.registration(call.arguments.text("scope"))
    if registration.waiting is None:
        raise LabError(
            f"no worker is waiting at {registration.scope}",
            "`%sw update` fetches the script again, `%sw wait installed` waits for another one, `%sw workers` lists them",
        )
    registration.skip_waiting()
    return registration
