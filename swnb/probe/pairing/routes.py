"""Which fact goes where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from swnb.probe.fact import Fact
from swnb.probe.facts import (
    BroadcastMade,
    Connected,
    PortClosed,
    Ports,
    QueueOpened,
    Received,
    Refused,
    Sent,
    Terminated,
    WorkerMade,
)
from swnb.probe.pairing.backlog import Backlog
from swnb.probe.pairing.containers import Containers
from swnb.probe.pairing.ends import End
from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.ports import Channels
from swnb.probe.pairing.rooms import Rooms
from swnb.probe.pairing.streams import Receipt, content_of
from swnb.probe.pairing.windows import Windows

ENDS = frozenset(("pt", "wk", "ow"))
CONTAINERS = frozenset(("sw", "cl"))
WORTHLESS = (TypeError, ValueError, LookupError, AttributeError)
"""What a fact can make Python raise that no rule of the agents allows."""


class Routes:
    """Takes facts apart by their channels.

    Attributes
    ----------
    handlers
        What takes in a fact, for each class of those that are about messages.
    """

    def __init__(
        self,
        judge: Judge,
        realms: Mapping[int, Realm],
        containers: Containers,
        channels: Channels,
        rooms: Rooms,
        backlog: Backlog,
    ) -> None:
        self._judge = judge
        self._containers = containers
        self._channels = channels
        self._rooms = rooms
        self._backlog = backlog
        self._windows = Windows(judge, channels, realms)
        self.handlers: dict[type, Callable[[Realm, Any, int, int], None]] = {
            Sent: self._sent,
            Received: self._received,
            Refused: self._refused,
            Ports: lambda realm, fact, t, _: channels.made(realm, fact, t),
            WorkerMade: lambda realm, fact, t, _: channels.worker_made(realm, fact, t),
            Connected: lambda realm, fact, t, _: channels.connected(realm, fact),
            BroadcastMade: lambda realm, fact, t, _: rooms.made(realm, fact),
            PortClosed: self._port_closed,
            Terminated: lambda realm, fact, t, _: channels.terminated(realm, fact),
            QueueOpened: self._queue_opened,
        }

    def handle(self, realm: Realm, fact: Fact, t_mono_ns: int, order: int) -> None:
        """Take in a fact; what cannot be becomes a `Surprise`."""
        try:
            self.handlers[type(fact)](realm, fact, t_mono_ns, order)
        except WORTHLESS as error:
            self.cannot_be(realm, fact, error)

    def cannot_be(self, realm: Realm, fact: Fact, error: Exception) -> None:
        """Say that a fact makes no sense."""
        about = repr(getattr(fact, "channel", ""))[:80]
        self._judge.scribe.surprise(realm.actor, f"{type(fact).__name__} {about}: {error}")

    def _sent(self, realm: Realm, fact: Sent, t_mono_ns: int, order: int) -> None:
        route = fact.channel[0]
        self._judge.scribe.heard(order)
        end: End | None = None
        if route in ENDS:
            end = self._channels.end(realm, fact.channel, fact, t_mono_ns, order)
            if end is None:
                return
        if not fact.ports:
            self._write_sent(route, end, realm, fact, t_mono_ns, ())
            return
        names = self._channels.leaving(realm, fact.ports)
        if isinstance(names, int):  # it is not known yet which port it sends away: what it says from here on waits
            self._backlog.stall(realm, names, (order, fact, t_mono_ns))
        else:
            self._write_sent(route, end, realm, fact, t_mono_ns, names)

    def _write_sent(
        self, route: object, end: End | None, realm: Realm, fact: Sent, t_mono_ns: int, ports: tuple[str, ...]
    ) -> None:
        if end is not None:
            self._channels.sent(end, realm, fact, t_mono_ns, ports)
        elif route in CONTAINERS:
            self._containers.sent(realm, fact, t_mono_ns, ports)
        elif route == "bc":
            self._rooms.sent(realm, fact, t_mono_ns, ports)
        else:
            raise ValueError("nobody knows this kind of channel")

    def _received(self, realm: Realm, fact: Received, t_mono_ns: int, order: int) -> None:
        route = fact.channel[0]
        judge = self._judge
        if route == "wi":
            realm.arriving += 1
            self._windows.received(Receipt(realm, fact, content_of(fact), t_mono_ns, order))
            return
        if fact.ports and order > realm.arrived:  # a fact that waited comes by here twice
            realm.arrived = order
            self._channels.coming(realm, fact.ports)
        if route in CONTAINERS:
            inbox = self._containers.inbox(realm, fact)
        elif route == "bc":
            inbox = self._rooms.inbox(realm, fact)
        else:
            end = self._channels.end(realm, fact.channel, fact, t_mono_ns, order)
            if end is None:
                return
            inbox = self._channels.inbox(end)
        realm.arriving += 1
        receipt = Receipt(realm, fact, content_of(fact), t_mono_ns, order)
        if route == "sw" and self._containers.unheard(inbox):
            judge.unpaired(inbox, receipt)
            return
        inbox.queue.append(receipt)
        judge.look(inbox)

    def _refused(self, realm: Realm, fact: Refused, t_mono_ns: int, order: int) -> None:
        route = fact.channel[0]
        if route in CONTAINERS:
            self._containers.refused(realm, fact, t_mono_ns)
        elif route == "bc":
            self._rooms.refused(realm, fact, t_mono_ns)
        elif (end := self._channels.end(realm, fact.channel, fact, t_mono_ns, order)) is not None:
            self._channels.refused(end, realm, fact, t_mono_ns)

    def _port_closed(self, realm: Realm, fact: PortClosed, t_mono_ns: int, order: int) -> None:
        end = self._channels.end(realm, ("pt", fact.port), fact, t_mono_ns, order)
        if end is not None:
            self._channels.port_closed(end)

    def _queue_opened(self, realm: Realm, fact: QueueOpened, t_mono_ns: int, order: int) -> None:
        realm.queue_open = True
