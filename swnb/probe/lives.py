"""Which contexts there are, whose they are, and the events of their beginnings and ends."""

from __future__ import annotations

from collections.abc import Callable

from swnb.browser.protocol import Message
from swnb.browser.service_workers import ServiceWorkers, Version
from swnb.browser.targets import Target
from swnb.events import (
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientGone,
    ClientReleased,
    ClientReturned,
    Event,
)
from swnb.probe.contexts import EMPTY, KINDS, MOST_ASLEEP, TYPES, Context, Key, member
from swnb.probe.facts import Hello, QueueOpened
from swnb.probe.labels import Labels
from swnb.probe.pairing import Pairing
from swnb.vocab import ClientType, ControlReason, FrameType, Heard, ServiceWorkerState, TargetId, VisibilityState


class Lives:
    """The contexts, by session and by frame.

    Parameters
    ----------
    emit
        Puts an event into the log.
    window_name
        Gives the name of a window by its target.
    """

    def __init__(
        self,
        service_workers: ServiceWorkers,
        labels: Labels,
        pairing: Pairing,
        emit: Callable[[Event], Event],
        window_name: Callable[[TargetId], str | None],
    ) -> None:
        self.service_workers = service_workers
        self.labels = labels
        self._pairing = pairing
        self._emit = emit
        self._window_name = window_name
        self._by_key: dict[Key, Context] = {}
        self._by_frame: dict[str, Context] = {}
        self._asleep: dict[tuple[TargetId, float], Context] = {}
        self._parents: dict[str, str] = {}
        self._epochs: dict[str, int] = {}
        self.claim_of: Callable[[str, Context], int | None] = lambda label, context: None  # see `Claims.of`

    # ---- finding ------------------------------------------------------------------------------------------------

    def find(self, target: Target, context_id: int) -> Context | None:
        """Return the context of a realm, if it is known."""
        return self._by_key.get((target.session.id, context_id))

    def of_target(self, target: Target) -> list[Context]:
        """Return the contexts of a target that live."""
        session = target.session.id
        return [context for (owner, _), context in self._by_key.items() if owner == session]

    def of_worker(self, target: Target) -> Context | None:
        """Return the context of a worker's target."""
        return next(iter(self.of_target(target)), None)

    def of_frame(self, frame_id: str) -> Context | None:
        """Return the context of a frame's document; the frame of a window has its target's id."""
        return self._by_frame.get(frame_id)

    def all(self) -> list[Context]:
        """Return all contexts that live."""
        return list(self._by_key.values())

    def actor_of(self, target: Target, context_id: int) -> str:
        """Return whose a realm is, for what the protocol itself tells of it."""
        context = self.find(target, context_id) or (self.of_worker(target) if target.type in KINDS else None)
        if context is not None:
            self.show(context)
            return context.actor
        document = self._by_frame.get(target.id)  # of the browser's own words, and those of worklets
        return (document.actor if document is not None else "") or self._window_name(target.root.id) or ""

    # ---- beginnings ---------------------------------------------------------------------------------------------

    def context_created(self, target: Target, params: Message) -> None:
        """The protocol's ``Runtime.executionContextCreated``; isolated worlds have no agents."""
        told = params["context"]
        auxiliary = told.get("auxData") or {}
        if target.type in ("page", "iframe") and not auxiliary.get("isDefault", False):
            return
        context = self.speaker(target, told["id"])
        context.frame_id = str(auxiliary.get("frameId", ""))
        context.origin = str(told.get("origin", ""))
        if context.frame_id:
            context.former = self._by_frame.get(context.frame_id)
            self._by_frame[context.frame_id] = context

    def speaker(self, target: Target, context_id: int) -> Context:
        """Return the context that says something."""
        return self.find(target, context_id) or self._new(target, context_id)

    def _new(self, target: Target, context_id: int) -> Context:
        kind = KINDS.get(target.type, "window")
        context = Context(target=target, kind=kind, actor="", context_id=context_id, url=target.url)
        self._by_key[target.session.id, context_id] = context
        if kind == "service":
            context.actor = self.labels.target(target.id, target.url)
            context.version = self.labels.version_of(target.id, target.url)
            self._epochs[context.actor] = context.epoch = self._epochs.get(context.actor, 0) + 1
            context.script_url = target.url
        return context

    def epoch(self, label: str) -> int:
        """Return how often a worker's agent has begun."""
        return self._epochs.get(label, 0)

    def hello(self, context: Context, fact: Hello) -> Context:
        """Take an agent's first word; return whose it is.

        A second one in the same realm is that of another document: a frame whose empty document somebody touched keeps its
        window, with the agent in it, for the first real one.
        """
        if context.appeared:
            context.successor = heir = self._new(context.target, context.context_id)
            heir.frame_id, heir.serial, heir.former = context.frame_id, context.serial, context
            self._by_frame[context.frame_id] = heir
            self._end(context, "navigated")
            context = heir
        context.hello = fact
        # a worker that is held has no address yet, but its target has
        context.url = fact.url or (context.target.url if context.kind != "window" else "")
        context.origin, context.time_origin = fact.origin, fact.time_origin
        context.secure = fact.secure
        if context.kind == "service":
            context.script_url = context.url
            context.appeared = True
            self._pairing.opened(context)
        elif context.kind != "window" or fact.url not in EMPTY:
            self.show(context)
        return context

    def returned(self, context: Context, fact: Hello) -> Context:
        """A document came back from the back/forward cache, in a realm that is new to the protocol; return what it was before."""
        asleep = self._asleep.pop((context.target.id, fact.time_origin), None)
        if asleep is None or asleep.client is None:
            return context
        asleep.alive = True
        asleep.context_id, asleep.frame_id = context.context_id, context.frame_id or asleep.frame_id
        asleep.renumber()
        self._by_key[context.target.session.id, context.context_id] = asleep
        self._by_frame[asleep.frame_id] = asleep
        self._emit(ClientReturned(actor=asleep.actor, t_browser_ms=asleep.clock_ms(fact.t), client=asleep.client))
        self._pairing.opened(asleep)
        asleep.controller = None  # so it was told when it went away
        if fact.controller is not None:
            self.controlled(asleep, fact.controller[0], ControlReason.UNKNOWN, asleep.clock_ms(fact.t))
        return asleep

    def show(self, context: Context) -> None:
        """Let a client appear in the log, once."""
        if context.appeared or context.hello is None:
            return
        context.appeared = True
        target, hello = context.target, context.hello
        is_window = context.kind == "window"
        is_top = is_window and context.frame_id == target.id and target.type == "page"
        context.client = self.labels.next_client()
        name = self._window_name(target.id) if is_top else None
        context.actor = name or context.client
        context.owner = self._owner(context, is_top)
        former = context.former
        while former is not None and not former.appeared:
            former = former.former
        context.former = None  # a chain of all documents of a window would never end
        self._emit(
            ClientAppeared(
                actor=context.actor,
                t_browser_ms=context.clock_ms(hello.t),
                client=context.client,
                url=context.url,
                type=TYPES.get(context.kind, ClientType.WINDOW),
                frame_type=FrameType.NONE if not is_window else FrameType.TOP_LEVEL if is_top else FrameType.NESTED,
                origin=context.origin,
                target_id=target.id,
                frame_id=context.frame_id,
                name=name,
                former=former.client if former is not None else None,
                owner=context.owner.client if context.owner is not None else None,
                ancestor_origins=tuple(hello.ancestors),
                visibility_state=member(VisibilityState, hello.visibility),
                focused=hello.focused,
            )
        )
        self._pairing.opened(context)
        if context.queue_open:
            self._pairing.heard(context, QueueOpened(hello.t, ""), 0)
        if hello.controller is not None:
            self.controlled(context, hello.controller[0], ControlReason.LOAD, context.clock_ms(hello.t))

    def _owner(self, context: Context, is_top: bool) -> Context | None:
        """Return the parent of a frame, the creator of a worker, the opener of a pop-up; made to appear where it has not."""
        found: Context | None = None
        target = context.target
        if is_top:
            found = self._by_frame.get(target.opener_id or "")
        elif context.kind == "window":
            found = self._by_frame.get(self._parents.get(context.frame_id, ""))
        elif context.kind == "dedicated" and target.parent is not None:
            owners = self.of_target(target.parent)
            found = next((c for c in owners if c.frame_id == target.parent.id), owners[0] if owners else None)
        if found is not None:
            self.show(found)
        return found

    def frame_attached(self, params: Message) -> None:
        """The protocol's ``Page.frameAttached``."""
        self._parents[params["frameId"]] = params["parentFrameId"]

    # ---- changes ------------------------------------------------------------------------------------------------

    def moved(self, frame_id: str, url: str) -> None:
        """A document's address changed without a new document."""
        context = self._by_frame.get(frame_id)
        if context is not None and context.appeared and context.client is not None:
            self._emit(ClientChanged(actor=context.actor, client=context.client, location=url))

    def controlled(self, context: Context, script_url: str | None, reason: ControlReason, t_ms: float | None) -> None:
        """A page has another controller, as it sees it."""
        label = None if script_url is None else self.labels.controller(script_url, context.url, context.controller)
        self.set_controller(context, label, reason, t_ms)

    def set_controller(
        self, context: Context, label: str | None, reason: ControlReason, t_ms: float | None = None
    ) -> None:
        """Note who controls a client; nothing happens where it is known already."""
        former = context.controller
        if label == former or context.client is None:
            return
        context.controller = label
        if label is not None:
            event: Event = ClientControlled(
                actor=context.actor,
                cause=self.claim_of(label, context) if reason is ControlReason.CLAIM else None,
                t_browser_ms=t_ms,
                client=context.client,
                worker=label,
                former=former,
                reason=reason,
                heard=Heard.INFERRED if context.guessed else Heard.HEARD,
            )
        else:
            event = ClientReleased(actor=context.actor, t_browser_ms=t_ms, client=context.client, worker=former or "")
        self._emit(event)

    def worker_state(self, version: Version, _: ServiceWorkerState | None) -> None:
        """A worker that became redundant controls nobody: whom it did is its successor's (specification, "Activate")."""
        if version.state is not ServiceWorkerState.REDUNDANT:
            return
        label, heir = self.labels.version(version), self.labels.successor(version)
        self._pairing.retired(label)
        for context in self.all():
            if heir is not None and context.controller == label:
                self.set_controller(context, heir, ControlReason.ACTIVATION)

    # ---- ends ---------------------------------------------------------------------------------------------------

    def ended(self, context: Context, why: str) -> None:
        """A context is gone, or sleeps in the back/forward cache."""
        self._by_key.pop((context.target.session.id, context.context_id), None)
        self._end(context, why)
        if context.kind == "window" and context.client is not None:
            self._asleep[context.target.id, context.time_origin] = context
            if len(self._asleep) > MOST_ASLEEP:
                del self._asleep[next(iter(self._asleep))]

    def _end(self, context: Context, why: str) -> None:
        context.alive = False
        if not context.appeared:
            return
        self._pairing.closed(context, why)
        if context.client is not None:
            self._emit(ClientGone(actor=context.actor, client=context.client))

    def target_ended(self, target: Target) -> None:
        """A target is gone, and what of it slept in the back/forward cache with it."""
        for key in [key for key in self._asleep if key[0] == target.id]:
            del self._asleep[key]
        for frame_id, context in list(self._by_frame.items()):
            if context.target is target:
                del self._by_frame[frame_id]
                self._parents.pop(frame_id, None)
