"""What the agents say, as it comes over the binding: arrays whose first item is a word.

One call of the binding is one batch: ``[serial, more, [fact, …]]``. `serial` counts the context's batches from 0; `more` is 1
where the agent holds further facts back until the end of the task, so that whoever drains it waits for one batch more.
Times are ``performance.now()`` of the context in milliseconds; `Hello` has its ``timeOrigin``.

A *channel* in a fact is an array: ``["sw", script_url, number]`` (the container of a page ↔ a service worker),
``["cl", client_id]`` (a service worker ↔ a client), ``["pt", port]``, ``["bc", name, object]``, ``["wk", worker]`` (an owner ↔
its `Worker` object), ``["ow"]`` (a dedicated worker ↔ its owner), ``["wi", …]`` (a window's own ``message`` events). Ports, worker
objects and BroadcastChannel objects have numbers of their own in each context, counted from 1 by the agent.
"""
# Annotations are no texts here: msgspec would have to evaluate each, in the middle of a start.

from typing import Any

import msgspec

from swnb.probe.event_facts import Clicked, Dismissed, Fetched, Over, Pushed, Shown, Synced
from swnb.probe.fact import Fact


class Hello(Fact, frozen=True, array_like=True, gc=False, tag="hello"):
    """An agent's first word, before its context's first line.

    `kind` is ``window``, ``dedicated``, ``shared`` or ``service``. `controller` is ``[script_url, state]`` or None.
    """

    kind: str
    url: str
    origin: str
    time_origin: float
    top: bool = False
    secure: bool = False
    visibility: str | None = None
    focused: bool = False
    controller: tuple[str, str] | None = None
    ancestors: tuple[str, ...] = ()
    name: str = ""


class Sent(Fact, frozen=True, array_like=True, gc=False, tag="s"):
    """``postMessage`` was called and did not throw. `content` is null where it was not kept.

    `exact` is 0 where the content may differ from what was serialized (an accessor, a transferred buffer): such a message is
    paired by its order alone.
    """

    channel: tuple[Any, ...]
    content: msgspec.Raw
    size: int
    digest: str
    exact: int
    ports: tuple[int, ...] = ()


class Received(Fact, frozen=True, array_like=True, gc=False, tag="r"):
    """A ``message`` event came. `source` says what the event itself tells of its sender.

    Of ``cl``: ``[client_id | null, kind, url]`` where kind is ``client``, ``worker`` or ``none``. Of ``sw``:
    ``[script_url, state, number]``. Of ``wi``: ``[relation, origin]``, relation being ``self``, ``parent``, ``top``, ``opener``,
    ``child N``, ``other`` or ``none``.
    """

    channel: tuple[Any, ...]
    content: msgspec.Raw
    size: int
    digest: str
    listeners: int
    ports: tuple[int, ...] = ()
    source: tuple[Any, ...] = ()
    failed: int = 0


class WorkerSeen(Fact, frozen=True, array_like=True, gc=False, tag="sw"):
    """A page has to do with a `ServiceWorker` object for the first time: its number, and what it says of itself."""

    number: int
    script_url: str
    state: str


class Refused(Fact, frozen=True, array_like=True, gc=False, tag="x"):
    """``postMessage`` threw."""

    channel: tuple[Any, ...]
    name: str
    message: str


class Ports(Fact, frozen=True, array_like=True, gc=False, tag="ports"):
    """A MessageChannel was made; its two ports."""

    one: int
    other: int


class WorkerMade(Fact, frozen=True, array_like=True, gc=False, tag="worker"):
    """A Worker or SharedWorker object was made; `kind` is ``dedicated`` or ``shared``, `port` that of a shared one, else 0."""

    worker: int
    kind: str
    url: str
    name: str
    port: int = 0


class Connected(Fact, frozen=True, array_like=True, gc=False, tag="connect"):
    """``connect`` in a shared worker brought a port."""

    port: int


class BroadcastMade(Fact, frozen=True, array_like=True, gc=False, tag="bc"):
    """A BroadcastChannel was made (`open` 1) or closed (0)."""

    object: int
    name: str
    open: int


class PortClosed(Fact, frozen=True, array_like=True, gc=False, tag="close"):
    """``MessagePort.close()`` was called."""

    port: int


class Terminated(Fact, frozen=True, array_like=True, gc=False, tag="term"):
    """``Worker.terminate()`` was called."""

    worker: int


class QueueOpened(Fact, frozen=True, array_like=True, gc=False, tag="queue"):
    """The container's queue of messages was opened; `how` is ``startMessages``, ``onmessage`` or ``DOMContentLoaded``."""

    how: str


class PageChanged(Fact, frozen=True, array_like=True, gc=False, tag="page"):
    """Visibility, focus and lifecycle of a page, as they are now; null is unchanged."""

    visibility: str | None
    focused: bool | None
    lifecycle: str | None


class ControllerChanged(Fact, frozen=True, array_like=True, gc=False, tag="ctl"):
    """``controllerchange``; what the controller is now."""

    script_url: str | None
    state: str | None


class Identified(Fact, frozen=True, array_like=True, gc=False, tag="id"):
    """The secret message of the worker's agent came to this page: this is its client's id."""

    client_id: str


class Survey(Fact, frozen=True, array_like=True, gc=False, tag="survey"):
    """All clients that a worker sees, as ``matchAll()`` orders them.

    A row is ``[id, url, type, frame_type, visibility, focused, controlled]``.
    """

    rows: tuple[tuple[Any, ...], ...]


class Called(Fact, frozen=True, array_like=True, gc=False, tag="call"):
    """A worker's own code called a function of the API."""

    call: int
    function: str
    arguments: msgspec.Raw
    on_client: str | None = None


class Answered(Fact, frozen=True, array_like=True, gc=False, tag="ret"):
    """A call ended: `result`, or name and message of an error."""

    call: int
    result: msgspec.Raw
    error_name: str | None
    error_message: str | None


class Trouble(Fact, frozen=True, array_like=True, gc=False, tag="trouble"):
    """The agent itself threw; the page was not disturbed."""

    where: str
    what: str


AnyFact = (
    Hello
    | Sent
    | Received
    | WorkerSeen
    | Refused
    | Ports
    | WorkerMade
    | Connected
    | BroadcastMade
    | PortClosed
    | Terminated
    | QueueOpened
    | PageChanged
    | ControllerChanged
    | Identified
    | Survey
    | Called
    | Answered
    | Fetched
    | Pushed
    | Shown
    | Clicked
    | Dismissed
    | Synced
    | Over
    | Trouble
)


class Batch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One call of the binding."""

    serial: int
    more: int
    facts: list[AnyFact]


_decoder = msgspec.json.Decoder(Batch)


def decode_batch(payload: str) -> Batch:
    """Return a batch.

    Raises
    ------
    msgspec.ValidationError, msgspec.DecodeError
        If an agent said what this module does not know.
    """
    return _decoder.decode(payload)
