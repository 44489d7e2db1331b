"""The front of the pairing: facts go in as they come, events come out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from time import monotonic_ns
from typing import Any

from swnb.events import Event
from swnb.probe.facts import (
    BroadcastMade,
    Connected,
    Fact,
    PortClosed,
    Ports,
    QueueOpened,
    Received,
    Refused,
    Sent,
    Terminated,
    WorkerMade,
)
from swnb.probe.pairing.containers import Containers
from swnb.probe.pairing.ends import End, Unknown
from swnb.probe.pairing.identities import Identities
from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.party import Held, Party, Realm
from swnb.probe.pairing.ports import Channels
from swnb.probe.pairing.rooms import Rooms
from swnb.probe.pairing.scribe import Scribe
from swnb.probe.pairing.strangers import Strangers
from swnb.probe.pairing.streams import Receipt, content_of
from swnb.probe.pairing.windows import Windows

ENDS = frozenset(("pt", "wk", "ow"))
CONTAINERS = frozenset(("sw", "cl"))
WORTHLESS = (TypeError, ValueError, LookupError, AttributeError)
"""What a fact can make Python raise that no rule of the agents allows."""


class Pairing:
    """Pairs what was sent with what arrived. Does no I/O and has no time of its own: the same calls give the same events.

    Parameters
    ----------
    emit
        Appends an event to the log, and returns it with its `seq`.
    clock
        Monotonic clock in nanoseconds, for events that are concluded and not heard.
    """

    def __init__(self, emit: Callable[[Event], Any], clock: Callable[[], int] = monotonic_ns) -> None:
        self._scribe = Scribe(emit, clock)
        self._realms: dict[int, Realm] = {}
        self._order = 0
        self._todo: deque[Realm] = deque()
        self._judge = Judge(self._scribe)
        self._containers = Containers(self._judge, self._realms)
        self._identities = Identities(self._containers)
        self._channels = Channels(self._judge, self._realms, self._understood)
        self._judge.carrier = self._channels
        self._strangers = Strangers(self._channels)
        self._rooms = Rooms(self._judge)
        self._windows = Windows(self._judge, self._channels, self._realms)
        self._handlers: dict[type, Callable[[Realm, Any, int, int], None]] = {
            Sent: self._sent,
            Received: self._received,
            Refused: self._refused,
            Ports: lambda realm, fact, t, _: self._channels.made(realm, fact, t),
            WorkerMade: lambda realm, fact, t, _: self._channels.worker_made(realm, fact, t),
            Connected: lambda realm, fact, t, _: self._channels.connected(realm, fact),
            BroadcastMade: lambda realm, fact, t, _: self._rooms.made(realm, fact),
            PortClosed: self._port_closed,
            Terminated: lambda realm, fact, t, _: self._channels.terminated(realm, fact),
            QueueOpened: self._queue_opened,
        }

    # ---- contexts -----------------------------------------------------------------------------------------------

    def opened(self, context: Party) -> None:
        """A context appeared; called before anything else of it, and in the order of their appearance."""
        if context.uid in self._realms:
            self._scribe.surprise(context.actor, "the context was there before")
            return
        realm = self._realms[context.uid] = Realm(context, self._order)
        self._order += 1
        self._judge.now += 1
        self._containers.opened(realm)
        self._channels.opened(realm)
        if context.client_id is not None and context.kind == "window":
            self.identified(context)

    def closed(self, context: Party, why: str) -> None:
        """A context ended, all of whose facts were heard. A service worker that is stopped ends so; when it starts it is another.

        Parameters
        ----------
        why
            In words: ``the worker was stopped``.
        """
        realm = self._realms.get(context.uid)
        if realm is None or realm.ended is not None:
            return
        realm.ended = why
        self._judge.now += 1
        self._containers.closed(realm, why)
        self._channels.closed(realm)
        self._rooms.closed(realm)

    def identified(self, context: Party) -> None:
        """The `Client.id` of a context became known for certain; it stands in `client_id`."""
        realm = self._realms.get(context.uid)
        if realm is not None and context.client_id is not None:
            self._containers.identify(realm, context.client_id)
            self._work()

    def retired(self, actor: str) -> None:
        """A version of a service worker became redundant: nothing is sent to it any more, all goes to its successor."""
        self._containers.retired(actor)

    # ---- facts --------------------------------------------------------------------------------------------------

    def heard(self, context: Party, fact: Fact, t_mono_ns: int) -> None:
        """A context said something. What is not about messages is ignored; what cannot be becomes a `Surprise`."""
        if type(fact) not in self._handlers:
            return
        realm = self._realms.get(context.uid)
        if realm is None:
            self._scribe.surprise(context.actor, "a context that nobody saw appear said something")
            self.opened(context)
            realm = self._realms[context.uid]
        self._judge.now += 1
        if realm.backlog is not None:
            heappush(realm.backlog, (self._judge.now - 1, fact, t_mono_ns))
            return
        self._handle(realm, fact, t_mono_ns, self._judge.now - 1)
        if self._todo or self._containers.changed:
            self._work()

    def _sent(self, realm: Realm, fact: Sent, t_mono_ns: int, order: int) -> None:
        route = fact.channel[0]
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
            self._stall(realm, names, (order, fact, t_mono_ns))
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
            self._windows.received(Receipt(realm, fact, content_of(fact), t_mono_ns, order))
            return
        if fact.ports:
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
        receipt = Receipt(realm, fact, content_of(fact), t_mono_ns, order)
        if self._containers.unheard(inbox):
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

    # ---- what waited --------------------------------------------------------------------------------------------

    def _stall(self, realm: Realm, slot: int, held: Held) -> None:
        """Let a context wait, from this fact on, until it is known which port a number is."""
        if realm.backlog is None:
            realm.backlog = []
            self._judge.stalled += 1
        heappush(realm.backlog, held)
        realm.stalled = held[0], slot

    def _understood(self, realm: Realm, unknown: Unknown) -> None:
        """It is known which port a number is: what was said of it can be understood."""
        held = list(unknown.facts)
        if realm.backlog is not None and realm.stalled[1] == unknown.slot:
            held += realm.backlog
            realm.backlog = None
            self._judge.stalled -= 1
        for fact in held:
            heappush(realm.ready, fact)
        self._judge.pending += len(held)
        self._todo.append(realm)

    def _work(self) -> None:
        """Go on with what waited, until nothing is left that can be understood; what a context said in its order."""
        while self._todo or self._containers.changed:
            if self._containers.changed:
                self._containers.changed = False
                self._judge.look_at_all()
                continue
            realm = self._todo[0]
            if not realm.ready:
                self._todo.popleft()
                continue
            held = heappop(realm.ready)
            self._judge.pending -= 1
            if realm.backlog is not None and held[0] > realm.stalled[0]:  # said after what makes the context wait
                heappush(realm.backlog, held)
            else:
                self._handle(realm, held[1], held[2], held[0])

    def _handle(self, realm: Realm, fact: Fact, t_mono_ns: int, order: int) -> None:
        try:
            self._handlers[type(fact)](realm, fact, t_mono_ns, order)
        except WORTHLESS as error:
            self._scribe.surprise(realm.actor, f"{type(fact).__name__} {_channel(fact)}: {error}")

    # ---- quiet moments ------------------------------------------------------------------------------------------

    def waiting_in(self, context: Party) -> int:
        """Return how many messages arrived in a context of which it is not known yet who sent them."""
        realm = self._realms.get(context.uid)
        return 0 if realm is None else realm.arriving

    @property
    def undecided(self) -> int:
        """How many facts were heard that are not in the log yet: a reason to drain all contexts and `settle`."""
        backlogs = sum(len(realm.backlog) for realm in self._realms.values() if realm.backlog is not None)
        return self._judge.undecided() + self._strangers.unsettled + backlogs

    def moment(self) -> int:
        """Return a mark of what was heard so far: ask for it, drain all contexts, then call `settle` with it."""
        return self._judge.now

    def settle(self, drained: int | None = None, *, final: bool = False) -> None:
        """Decide what can be decided.

        Parameters
        ----------
        drained
            What `moment` returned before the agents of all contexts were asked for all that they knew. None: they were not.
        final
            Nothing more will be heard: decide all.
        """
        judge = self._judge
        patient = drained is not None and drained > judge.drained
        if drained is not None:
            judge.drained = max(judge.drained, drained)
        if final:
            judge.drained = float("inf")
        self._decide(patient, drained is not None or final)
        if final:
            judge.guessing = True
            self._decide(False, True)
            judge.final = True
            self._decide(False, True)
        self._rooms.tidy()
        judge.fates()
        self._containers.tidy()
        self._channels.bury()
        self._forget()

    def _decide(self, patient: bool, force: bool) -> None:
        """Decide one after the other, for as long as anything can be."""
        judge = self._judge
        while True:
            before = self._scribe.written, judge.stalled, len(self._channels.unknown)
            self._channels.bury()
            self._strangers.find(patient)
            self._work()
            self._identities.find(patient)
            patient = False
            judge.look_at_all()
            self._work()
            if before == (self._scribe.written, judge.stalled, len(self._channels.unknown)) and not (
                judge.stalled and force and judge.force()
            ):
                return

    def _forget(self) -> None:
        """Let go of contexts that ended and left nothing; an id stays known, since workers may go on posting to it."""
        for uid, realm in tuple(self._realms.items()):
            if realm.ended is None or realm.backlog is not None or realm.strangers or self._held(realm):
                continue
            del self._realms[uid]
            realm.ends = {}
            if realm.version is None:
                realm.outs, realm.inboxes = {}, {}

    @staticmethod
    def _held(realm: Realm) -> bool:
        """Whether anything of a context is not decided."""
        if realm.version is None and (
            any(stream.waiting for stream in realm.outs.values()) or any(inbox.queue for inbox in realm.inboxes.values())
        ):
            return True
        return any(
            bool(end.facts) if isinstance(end, Unknown) else isinstance(end, End) and end.busy
            for end in realm.ends.values()
        )


def _channel(fact: Fact) -> str:
    """Return what a fact is about, as text."""
    return repr(getattr(fact, "channel", ""))[:80]
