"""The front of the pairing: facts go in as they come, events come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic_ns
from typing import Any

from swnb.events import Event
from swnb.probe.fact import Fact
from swnb.probe.pairing.backlog import Backlog, undecided
from swnb.probe.pairing.containers import Containers
from swnb.probe.pairing.ends import Unknown
from swnb.probe.pairing.identities import Identities
from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.party import Party, Realm
from swnb.probe.pairing.ports import Channels
from swnb.probe.pairing.rooms import Rooms
from swnb.probe.pairing.routes import WORTHLESS, Routes
from swnb.probe.pairing.scribe import Scribe
from swnb.probe.pairing.strangers import Strangers


class Pairing:
    """Pairs what was sent with what arrived. Does no I/O and has no time of its own: the same calls give the same events.

    Parameters
    ----------
    emit
        Appends an event to the log, and returns it with its `seq`.
    clock
        Monotonic clock in nanoseconds, for events that are concluded and not heard.
    length
        Gives how many events are in the log.
    late
        Takes where messages belong that are written late; see `swnb.log.Log.late`.
    whose
        Gives the actor of the service worker with a script that a page at a URL has to do with, where nobody listens to it.
    """

    def __init__(
        self,
        emit: Callable[[Event], Any],
        clock: Callable[[], int] = monotonic_ns,
        length: Callable[[], int] = lambda: 0,
        late: dict[int, tuple[int, int]] | None = None,
        whose: Callable[[str, str], str | None] = lambda script_url, client_url: None,
    ) -> None:
        self._scribe = Scribe(emit, clock, length, late)
        self._realms: dict[int, Realm] = {}
        self._order = 0
        self._judge = Judge(self._scribe)
        self._containers = Containers(self._judge, self._realms, whose)
        self._identities = Identities(self._containers)
        self._backlog = Backlog(self._judge)
        self._channels = Channels(self._judge, self._realms, self._backlog.understood)
        self._judge.carrier = self._channels
        self._strangers = Strangers(self._channels)
        self._rooms = Rooms(self._judge)
        self._routes = Routes(self._judge, self._realms, self._containers, self._channels, self._rooms, self._backlog)

    # ---- contexts -----------------------------------------------------------------------------------------------

    def opened(self, context: Party) -> None:
        """A context appeared; called before anything else of it, and in the order of their appearance."""
        if context.uid in self._realms:
            self._scribe.surprise(context.actor, "the context was there before")
            return
        self._judge.now += 1
        if self._returned(context):
            return
        realm = self._realms[context.uid] = Realm(context, self._order)
        self._order += 1
        self._containers.opened(realm)
        self._channels.opened(realm)
        if context.client_id is not None and context.kind == "window":
            self.identified(context)

    def _returned(self, context: Party) -> bool:
        """Whether a document came back that had ended for a while (the back/forward cache): it goes on where it was."""
        realm = self._containers.clients.get(context.client_id) if context.client_id is not None else None
        if realm is None or realm.context is not context:
            realm = next((realm for realm in self._realms.values() if realm.context is context), None)
        if realm is None or realm.ended is None:
            return False
        for uid in [uid for uid, other in self._realms.items() if other is realm]:
            del self._realms[uid]
        self._realms[context.uid] = realm
        self._channels.returned(realm)
        self._rooms.returned(realm)
        realm.ended = None
        return True

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
        self._judge.now += 1
        self._judge.silent -= {realm}
        while realm.backlog is not None and isinstance(realm.ends.get(realm.stalled[1]), Unknown):
            self._channels.give_up(realm)
            self._work()
        realm.ended = why
        self._containers.closed(realm, why)
        self._channels.closed(realm)
        self._rooms.closed(realm)

    def identified(self, context: Party) -> None:
        """The `Client.id` of a context became known for certain; it stands in `client_id`."""
        realm = self._realms.get(context.uid)
        if realm is not None and context.client_id is not None:
            self._containers.identify(realm, context.client_id)
            self._work()

    def seen(self, context: Party, script_url: str, number: int, actor: str) -> None:
        """It is certain which service worker a page's `ServiceWorker` object with this number stands for."""
        realm = self._realms.get(context.uid)
        if realm is not None:
            self._containers.seen(realm, script_url, number, actor)

    def retired(self, actor: str) -> None:
        """A version of a service worker became redundant: nothing is sent to it any more, all goes to its successor."""
        self._containers.retired(actor)

    # ---- facts --------------------------------------------------------------------------------------------------

    def heard(self, context: Party, fact: Fact, t_mono_ns: int) -> None:
        """A context said something. What is not about messages is ignored; what cannot be becomes a `Surprise`."""
        handler = self._routes.handlers.get(type(fact))
        if handler is None:
            return
        realm = self._realms.get(context.uid)
        if realm is None:
            self._scribe.surprise(context.actor, "a context that nobody saw appear said something")
            self.opened(context)
            realm = self._realms[context.uid]
        order = self._scribe.order(self._judge.now)
        self._judge.now = order + 1
        if realm.backlog is not None:
            self._backlog.add(realm, (order, fact, t_mono_ns))
            return
        try:
            handler(realm, fact, t_mono_ns, order)
        except WORTHLESS as error:
            self._routes.cannot_be(realm, fact, error)
        if self._backlog.ready or self._containers.changed:
            self._work()

    def _work(self) -> None:
        """Go on with what waited, until nothing is left that can be understood."""
        while True:
            if self._containers.changed:
                self._containers.changed = False
                self._judge.look_at_all()
            elif not self._backlog.go_on(self._routes.handle):
                return

    # ---- quiet moments ------------------------------------------------------------------------------------------

    def waiting_in(self, context: Party) -> int:
        """Return how many messages arrived in a context of which it is not known yet who sent them."""
        realm = self._realms.get(context.uid)
        return 0 if realm is None else realm.arriving

    @property
    def undecided(self) -> int:
        """How many facts were heard that are not in the log yet: a reason to drain all contexts and `settle`."""
        waiting = sum(len(realm.backlog) for realm in self._realms.values() if realm.backlog is not None)
        return self._judge.undecided() + self._strangers.unsettled + waiting

    def moment(self) -> int:
        """Return a mark of what was heard so far: ask for it, drain all contexts, then call `settle` with it."""
        return self._judge.now

    def settle(self, drained: int | None = None, *, silent: Iterable[Party] = (), final: bool = False) -> None:
        """Decide what can be decided.

        Parameters
        ----------
        drained
            What `moment` returned before the agents of all contexts were asked for all that they knew. None: they were not.
        silent
            Those that did not answer. What they may have sent is not decided.
        final
            Nothing more will be heard: decide all.
        """
        judge = self._judge
        patient = drained is not None and drained > judge.drained
        if drained is not None:
            judge.drained = max(judge.drained, drained)
            judge.silent = frozenset(self._realms[c.uid] for c in silent if c.uid in self._realms)
        if final:
            judge.drained = float("inf")
        self._decide(patient, drained is not None or final)
        if final:
            judge.guessing = True
            self._decide(False, True)
            judge.final = True
            self._decide(False, True)
        if final or not judge.silent:
            self._rooms.tidy()
            self._containers.tidy()
        judge.fates()
        self._channels.bury()
        self._forget()

    def _decide(self, patient: bool, force: bool) -> None:
        """Decide one after the other, for as long as anything can be."""
        judge = self._judge
        while True:
            before = self._scribe.written, judge.stalled, len(self._channels.unknown)
            self._channels.bury()
            if judge.guessing or not judge.silent:
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
            if realm.ended is None or realm.backlog is not None or realm.strangers or undecided(realm):
                continue
            del self._realms[uid]
            realm.ends = {}
            if realm.version is None:
                realm.outs, realm.inboxes = {}, {}
