"""Who takes part: contexts as the pairing needs them, and what it remembers of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from swnb.probe.fact import Fact

if TYPE_CHECKING:
    from swnb.probe.pairing.ends import End, Unknown
    from swnb.probe.pairing.lanes import Version
    from swnb.probe.pairing.streams import Inbox, Stream


Held = tuple[int, Fact, int]
"""A fact that waits: how much was heard before it (the order of its context), itself, and when it came."""


class Party(Protocol):
    """A context: one realm, from its first line to its end. A service worker is another one after each start."""

    @property
    def uid(self) -> int:
        """Return what is of this context alone."""
        ...

    @property
    def actor(self) -> str:
        """Return what the log calls it."""
        ...

    @property
    def kind(self) -> str:
        """Return ``window``, ``dedicated``, ``shared`` or ``service``."""
        ...

    @property
    def url(self) -> str:
        """Return where it was created from."""
        ...

    @property
    def origin(self) -> str:
        """Return its origin, serialized."""
        ...

    @property
    def owner(self) -> Party | None:
        """Return who made it: the creator of a dedicated worker, the parent of a frame, the opener of a pop-up."""
        ...

    @property
    def epoch(self) -> int:
        """Return how often this version of a service worker was started, from 1."""
        ...

    @property
    def script_url(self) -> str:
        """Return the script of a service worker."""
        ...

    @property
    def client_id(self) -> str | None:
        """Return the browser's `Client.id`, where it is known."""
        ...

    @property
    def time_origin(self) -> float:
        """Return the zero of its clock, in milliseconds since 1970."""
        ...

    @property
    def behind(self) -> bool:
        """Return whether its agent holds facts back."""
        ...


class Realm:
    """What the pairing remembers of a context.

    Attributes
    ----------
    order
        Its place in the order in which contexts appeared.
    ended
        Why it ended; None while it lives.
    ends
        Its ports by their numbers; its worker objects by their negative numbers; 0 is a dedicated worker's own end. The name
        alone stays of a port that went away.
    outs, inboxes
        What goes between it and service workers or clients: by channel, and by what the event tells of its source. A service
        worker has the same after each start.
    version
        Of a service worker.
    identified
        The `Client.id` that it was exactly told by.
    queue_open
        Whether messages from workers reach its listeners.
    ready
        A heap of facts that waited, and can be understood now.
    backlog, stalled
        A heap of facts that wait because it sent a port away of which it is not known yet which it is; the order of that fact, and
        the port's number.
    arriving
        How many messages arrived in it that are not decided.
    arrived
        The order of the last message that brought ports.
    strangers
        How many ports came to others by ``window.postMessage`` that may have been its own.
    """

    __slots__ = (
        "_ms",
        "_t",
        "arrived",
        "arriving",
        "backlog",
        "context",
        "ended",
        "ends",
        "identified",
        "inboxes",
        "order",
        "outs",
        "queue_open",
        "ready",
        "stalled",
        "strangers",
        "version",
    )

    def __init__(self, context: Party, order: int) -> None:
        self.context = context
        self.order = order
        self.ended: str | None = None
        self.ends: dict[int, End | Unknown | str] = {}
        self.outs: dict[tuple[object, ...], Stream] = {}
        self.inboxes: dict[tuple[object, ...], Inbox] = {}
        self.version: Version | None = None
        self.identified: str | None = None
        self.queue_open = False
        self.ready: list[Held] = []
        self.backlog: list[Held] | None = None
        self.stalled = (0, 0)
        self.strangers = 0
        self.arrived = -1
        self.arriving = 0
        self._t = -1.0
        self._ms = 0.0

    @property
    def actor(self) -> str:
        """What the log calls it."""
        return self.context.actor

    def clock_ms(self, t: float) -> float:
        """Return the wall clock for a time of this context; the same object for the same time, so that a burst costs one number."""
        if t != self._t:
            self._t = t
            self._ms = self.context.time_origin + t
        return self._ms
