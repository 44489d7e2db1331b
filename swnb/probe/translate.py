"""Facts of agents that concern one context alone, as events. Those about messages are paired elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from swnb.events import (
    CallAnswered,
    CallMade,
    ClientChanged,
    ControllerChange,
    Event,
    MessagesStarted,
    Surprise,
)
from swnb.probe import facts as f
from swnb.probe.claims import Claims
from swnb.probe.contexts import Context, member
from swnb.probe.dispatched import Dispatched, kept
from swnb.probe.fact import Fact
from swnb.probe.identify import Identifier
from swnb.probe.lives import Lives
from swnb.vocab import ClientId, ControlReason, Lifecycle, VisibilityState

PAIRED: frozenset[type] = frozenset(
    (
        f.Sent,
        f.Received,
        f.Refused,
        f.Ports,
        f.WorkerMade,
        f.Connected,
        f.BroadcastMade,
        f.PortClosed,
        f.Terminated,
    )
)
"""Facts that `Pairing` takes."""


class Translator:
    """Makes events of facts.

    Attributes
    ----------
    dispatched
        For events that the browser dispatched to a worker.
    """

    def __init__(self, lives: Lives, identifier: Identifier, claims: Claims, emit: Callable[[Event], Event]) -> None:
        self._lives = lives
        self._claims = claims
        self._identifier = identifier
        self._emit = emit
        self.dispatched = Dispatched(lives, emit)
        self._steps: dict[type[Fact], Callable[[Context, Any], None]] = {
            f.PageChanged: self._page,
            f.ControllerChanged: self._controller,
            f.QueueOpened: self._queue,
            f.Identified: self._identified,
            f.Called: self._call,
            f.Answered: self._answer,
            f.Trouble: self._trouble,
        }
        self._steps.update(self.dispatched.steps)

    def tell(self, context: Context, fact: f.AnyFact) -> None:
        """Put what a fact says into the log."""
        self._steps[type(fact)](context, fact)

    # ---- pages --------------------------------------------------------------------------------------------------

    def _page(self, context: Context, fact: f.PageChanged) -> None:
        if fact.lifecycle is not None:
            context.lifecycle = fact.lifecycle
            if fact.lifecycle in ("ready", "loaded"):
                self._identifier.appeared(context)
        if context.client is None:
            return
        self._emit(
            ClientChanged(
                actor=context.actor,
                t_browser_ms=context.clock_ms(fact.t),
                client=context.client,
                visibility_state=member(VisibilityState, fact.visibility),
                focused=fact.focused,
                lifecycle=member(Lifecycle, fact.lifecycle),
            )
        )

    def _controller(self, context: Context, fact: f.ControllerChanged) -> None:
        self._lives.show(context)
        if context.client is None:
            return
        t_ms = context.clock_ms(fact.t)
        event = ControllerChange(
            actor=context.actor, t_browser_ms=t_ms, client=context.client, script_url=fact.script_url, state=fact.state
        )
        self._emit(event)
        # an uncontrolled client that lives comes under control by claim() alone; a controlled one mostly by an activation
        reason = ControlReason.CLAIM if context.controller is None else ControlReason.ACTIVATION
        self._lives.controlled(context, fact.script_url, reason, t_ms)

    def _queue(self, context: Context, fact: f.QueueOpened) -> None:
        context.queue_open = True
        if context.client is not None:
            self._identifier.pairing.heard(context, fact, 0)
            self._emit(
                MessagesStarted(actor=context.actor, t_browser_ms=context.clock_ms(fact.t), client=context.client)
            )

    def _identified(self, context: Context, fact: f.Identified) -> None:
        self._lives.show(context)
        self._identifier.identified(context, ClientId(fact.client_id))

    # ---- service workers ----------------------------------------------------------------------------------------

    def _call(self, context: Context, fact: f.Called) -> None:
        event = self._emit(
            CallMade(
                actor=context.actor,
                t_browser_ms=context.clock_ms(fact.t),
                function=fact.function,
                arguments=kept(fact.arguments),
                on_client=None if fact.on_client is None else ClientId(fact.on_client),
                cause=self.dispatched.within(context),
            )
        )
        if context.calls is None:
            context.calls = {}
        context.calls[fact.call] = (event.seq, fact.t, fact.function)
        if fact.function == "clients.claim":
            self._claims.called(context.actor, event.seq, context.clock_ms(fact.t))

    def _answer(self, context: Context, fact: f.Answered) -> None:
        cause, began, function = (context.calls or {}).pop(fact.call, (None, fact.t, "?"))
        self._emit(
            CallAnswered(
                actor=context.actor,
                t_browser_ms=context.clock_ms(fact.t),
                cause=cause,
                function=function,
                result=kept(fact.result),
                error_name=fact.error_name or "",
                error_message=fact.error_message or "",
                duration_ms=fact.t - began,
            )
        )
        if function == "clients.claim" and fact.error_name is None:
            self._identifier.claimed(context)

    def _trouble(self, context: Context, fact: f.Trouble) -> None:
        self._emit(
            Surprise(
                actor=context.actor,
                t_browser_ms=context.clock_ms(fact.t),
                what=f"the agent failed in {fact.where}: {fact.what}",
            )
        )
