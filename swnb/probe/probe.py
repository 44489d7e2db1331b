"""The probe: hears every context of a lab, and makes events of what it hears.

One binding brings what the agents say, the protocol's own events bring which contexts there are. Everything runs on the loop
that owns the connection. An observer does not raise: what does not fit becomes a `Surprise`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from time import monotonic, monotonic_ns

import msgspec

from swnb.browser.protocol import Message
from swnb.browser.service_workers import ServiceWorkers
from swnb.browser.session import Session
from swnb.browser.targets import Target, Targets
from swnb.events import Surprise
from swnb.log import Log
from swnb.probe.bookkeeping import Bookkeeping
from swnb.probe.claims import Claims
from swnb.probe.console import Console
from swnb.probe.contexts import Context
from swnb.probe.dispatched import Dispatched
from swnb.probe.facts import AnyFact, Hello, Survey, WorkerSeen, decode_batch
from swnb.probe.holding import BUSY, Holding
from swnb.probe.identify import Identifier
from swnb.probe.install import DOCUMENTS, WORKERS, Installer
from swnb.probe.labels import Labels
from swnb.probe.lives import Lives
from swnb.probe.order import Order
from swnb.probe.pairing import Pairing
from swnb.probe.sweep import Sweeper
from swnb.probe.translate import PAIRED, Translator
from swnb.probe.waiters import Waiters
from swnb.vocab import ClientId, TargetId

log = logging.getLogger("swnb")

HEARD = WORKERS | DOCUMENTS | {"worklet"}
"""Types of targets that are heard."""

SAME_NS = 1_000_000
"""What is heard within this time counts as heard at once."""

CATCH_UP_S = 1.0
"""How long a verb waits for facts that an agent holds back until the end of its task."""


class Probe:
    """Hears the contexts of one lab.

    Parameters
    ----------
    targets, service_workers
        Of the browser.
    log
        Where the events go.
    window_name
        Gives the name of a window by its target; None for a page that is not the lab's, which is left alone.
    adopts, may_post
        Tell whether a worker that is nobody's, a service or shared worker, is the lab's; whether a worker's agent may write to
        clients: not while pages without agents could get it.
    alone, installer, labels
        Whether nobody else stops workers there; brings the agents; of this browser.

    Attributes
    ----------
    secret
        What swnb's own messages and notifications begin with.
    """

    def __init__(
        self,
        targets: Targets,
        service_workers: ServiceWorkers,
        log: Log,
        *,
        window_name: Callable[[TargetId], str | None],
        adopts: Callable[[Target], bool],
        may_post: Callable[[], bool],
        alone: bool,
        installer: Installer,
        labels: Labels,
    ) -> None:
        self._adopts = adopts
        self._waiters = waiters = Waiters()
        self._emit = emit = log.append
        self._now = 0
        self._window_name = window_name
        self.labels = labels
        self.pairing = Pairing(emit=emit, length=log.__len__, late=log.late, whose=labels.controller)
        self.lives = Lives(service_workers, labels, self.pairing, emit, window_name)
        self.identifier = Identifier(self.lives, self.pairing, emit, may_post, waiters.wake)
        self._translator = Translator(self.lives, self.identifier, claims := Claims(self.lives), emit)
        self._console = Console(self.lives, emit)
        self._installer = installer
        self.secret = installer.secret
        self.behind: set[Context] = set()
        self._order = Order(self.pairing.waiting_in, claims.awaited, self._take, waiters.wake)
        self.sweeper = Sweeper(self._sessions, self._held_is_told, self._order.close, self.pairing)
        self.bookkeeping = Bookkeeping(service_workers, self.labels, self.lives.epoch, emit)
        service_workers.on_state.append(self.lives.worker_state)
        self._holding = Holding(targets, service_workers, alone=alone and installer.holds)
        targets.on_attached.append(self._attached)
        targets.on_reloaded.append(self._reloaded)
        targets.on_detached.append(self._detached)
        targets.nested = self._hears  # what is in the pages of others is none of ours

    @property
    def dispatched(self) -> Dispatched:
        """Makes events of what was dispatched to workers, and asks what a click follows from."""
        return self._translator.dispatched

    def _sessions(self) -> list[Session]:
        return list({c.target.session.id: c.target.session for c in self.lives.all() if c.alive}.values())

    def close(self) -> None:
        """Decide all that is left: nobody will say anything any more."""
        self._order.close()
        self.sweeper.close()

    # ---- targets ------------------------------------------------------------------------------------------------

    def _hears(self, target: Target) -> bool:
        """Tell whether a target is the lab's: its windows, and what belongs to them."""
        if target.type == "page":
            return self._window_name(target.id) is not None
        if target.visiting:
            return False
        return self._adopts(target) if target.parent is None else self._hears(target.parent)

    def _attached(self, target: Target) -> None:
        if target.type not in HEARD or not self._hears(target):
            return
        session = target.session
        session.on("Runtime.consoleAPICalled", partial(self._console.written, target))
        session.on("Runtime.exceptionThrown", partial(self._console.thrown, target))
        if target.type == "worklet":  # no agent works there, but its console does
            session.post("Runtime.enable")
            return
        session.on("Runtime.bindingCalled", partial(self._called, target))
        session.on("Runtime.executionContextCreated", partial(self.lives.context_created, target))
        session.on("Runtime.executionContextDestroyed", partial(self._context_destroyed, target))
        session.on("Runtime.executionContextsCleared", lambda _: self._cleared(target))
        session.on("Inspector.targetCrashed", lambda _: self._cleared(target, "was stopped"))
        session.on("Page.frameAttached", self.lives.frame_attached)
        session.on("Page.navigatedWithinDocument", self._moved)
        session.on("Log.entryAdded", partial(self._console.entry, target))
        session.drain = partial(self._caught_up, target)
        self._installer.install(target, partial(self._api, target))
        session.post("Log.enable")

    def _reloaded(self, target: Target) -> None:
        if target.type in WORKERS and self._hears(target):
            self._cleared(target, "was stopped")
            self._installer.enter_worker(target.session, partial(self._api, target))

    def _detached(self, target: Target) -> None:
        self._cleared(target, "ended")
        self.lives.target_ended(target)

    def _api(self, target: Target, object_id: str) -> None:
        context = self.lives.of_worker(target)
        if context is not None:
            context.api = target.session.agent = object_id
            self.identifier.worker_ready(context)

    def _context_destroyed(self, target: Target, params: Message) -> None:
        self._ended(self.lives.find(target, params["executionContextId"]), "navigated or removed")

    def _cleared(self, target: Target, why: str = "navigated") -> None:
        for context in self.lives.of_target(target):
            self._ended(context, why)

    def _ended(self, context: Context | None, why: str) -> None:
        if context is None:
            return
        self.behind.discard(context)
        self._order.release(context)
        self.identifier.ended(context)
        self.lives.ended(context, why)
        self.sweeper.spoke()
        self._waiters.wake()

    def _moved(self, params: Message) -> None:
        self.lives.moved(params["frameId"], params["url"])

    # ---- facts --------------------------------------------------------------------------------------------------

    def _called(self, target: Target, params: Message) -> None:
        if params["name"] != self._installer.binding:
            return
        now = monotonic_ns()
        if now - self._now > SAME_NS:  # facts within a moment share one number, which takes less memory
            self._now = now
        else:
            now = self._now
        try:
            batch = decode_batch(params["payload"])
        except msgspec.MsgspecError as error:
            self._emit(Surprise(what=f"an agent in {target.url} said what nobody understands: {error}"))
            return
        context = self.lives.speaker(target, params["executionContextId"])
        first = batch.facts[0] if batch.facts else None
        if batch.serial and context.hello is None and isinstance(first, Hello):
            del batch.facts[0]
            context = self.lives.returned(context, first)
            self.identifier.returned(context)
        if batch.serial != context.serial:
            lost = f"batches {context.serial} to {batch.serial - 1} of {context.actor or target.url} never came"
            self._emit(Surprise(actor=context.actor, what=lost))
        context.serial = batch.serial + 1
        if context.serial == BUSY and context.kind == "service":
            self._holding.allow(target)
        self._order.take(context, batch.facts, now)
        self._set_behind(context, bool(batch.more))
        self.sweeper.spoke()

    def _take(self, context: Context, fact: AnyFact, now_ns: int) -> None:
        try:
            if type(fact) in PAIRED and context.appeared and context.successor is None:  # nearly always
                self.pairing.heard(context, fact, now_ns)
            else:
                self._understand(context, fact, now_ns)
        except Exception as error:
            log.exception("a fact was not understood")
            self._emit(
                Surprise(actor=context.actor, what=f"swnb itself failed at {fact!r:.200} of {context!r}: {error!r}")
            )

    def _understand(self, context: Context, fact: AnyFact, now_ns: int) -> None:
        while context.successor is not None:
            context = context.successor
        if type(fact) in PAIRED:
            if not context.appeared:
                self.lives.show(context)
            self.pairing.heard(context, fact, now_ns)
        elif isinstance(fact, Hello):
            self.identifier.appeared(self.lives.hello(context, fact))
        elif isinstance(fact, WorkerSeen):
            self.lives.show(context)
            label = self.labels.in_state(fact.script_url, fact.state)
            if label is not None:
                self.pairing.seen(context, fact.script_url, fact.number, label)
        elif isinstance(fact, Survey):
            self.identifier.surveyed(context, fact)
        else:
            self._translator.tell(context, fact)

    def _set_behind(self, context: Context, behind: bool) -> None:
        if behind != context.behind:
            context.behind = behind
            if behind:
                self.behind.add(context)
            else:
                self.behind.discard(context)
        self._waiters.wake()

    def client_id_of(self, target: Target) -> ClientId | None:
        """Return the id of the client that a window's document is; None where it was not found out (yet)."""
        context = self.lives.of_frame(target.id)
        return context.client_id if context is not None and context.alive else None

    # ---- draining -----------------------------------------------------------------------------------------------

    def is_settled(self, *, ids: bool = True) -> bool:
        """Whether nobody holds facts back, nothing waits to be decided, and, with `ids`, every client that can be identified is."""
        return self._is_told(ids=ids) and not self.sweeper.needed

    async def _held_is_told(self, patience_s: float) -> bool:
        """Wait until the agents have said what they hold back now: one batch more of each."""
        behind = [(context, context.serial) for context in self.behind]
        return await self._waiters.until(
            lambda: not any(c in self.behind and c.serial == serial for c, serial in behind), patience_s
        )

    async def _caught_up(self, target: Target) -> None:
        """Wait until the agents of one target hold nothing back."""

        def told() -> bool:
            return not any(context.target is target for context in (*self.behind, *self._order.held))

        await self._waiters.until(told, CATCH_UP_S)

    async def drain(self, patience_s: float, *, ids: bool = True) -> bool:
        """Wait until `is_settled`, at most `patience_s` seconds; tell whether that came."""
        if self.is_settled(ids=ids):
            return True
        deadline = monotonic() + patience_s
        if not await self._waiters.until(partial(self._is_told, ids=ids), patience_s):
            return False
        while self.sweeper.needed and monotonic() < deadline:
            await self.sweeper.sweep()
        return self.is_settled(ids=ids)

    def _is_told(self, *, ids: bool) -> bool:
        return not (self.behind or self._order.held or (ids and self.identifier.pending))
