"""Putting what contexts say into an order in which nothing arrives before it was sent.

What two contexts say comes over two sessions, and what arrived may be told before what was sent, though it happened later. Then
the context where it arrived is held: what it says from there on waits, for a moment, until the other one has spoken.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from swnb.probe.contexts import Context
from swnb.probe.facts import AnyFact, Received

PATIENCE_S = 0.03
"""How long a context is held. After that it goes on, and what arrived is decided at the next quiet moment."""


class Order:
    """Passes facts on, holding contexts where that is needed.

    Parameters
    ----------
    waiting_in
        Tells how many messages arrived in a context of which it is not known who sent them.
    awaited
        Tells whether a fact follows from what another context is about to tell.
    take
        Takes a fact, with the time when it was heard.
    on_released
        Called when a context is held no longer.

    Attributes
    ----------
    held
        What waits of each context that is held.
    """

    def __init__(
        self,
        waiting_in: Callable[[Context], int],
        awaited: Callable[[Context, AnyFact], bool],
        take: Callable[[Context, AnyFact, int], None],
        on_released: Callable[[], None],
    ) -> None:
        self._waiting_in = waiting_in
        self._awaited = awaited
        self._given_up: dict[Context, int] = {}
        self._take = take
        self._on_released = on_released
        self.held: dict[Context, deque[tuple[AnyFact, int]]] = {}
        self._timers: dict[Context, asyncio.TimerHandle] = {}

    def take(self, context: Context, facts: Sequence[AnyFact], now_ns: int) -> None:
        """Pass on what a context says, or keep it as long as the context is held."""
        waiting = self.held.get(context)
        if waiting is not None:
            waiting.extend((fact, now_ns) for fact in facts)
            return
        for at, fact in enumerate(facts):
            if self._awaited(context, fact):
                self._hold(context, deque((later, now_ns) for later in facts[at:]))
                break
            self._take(context, fact, now_ns)
            # nothing else makes that more is waited for
            if (type(fact) is Received or self._given_up) and self._holds(context):
                self._hold(context, deque((later, now_ns) for later in facts[at + 1 :]))
                break
        if self.held:
            self._look()

    def _holds(self, context: Context) -> bool:
        """Tell whether anything came to a context that is worth waiting for."""
        number = self._waiting_in(context)
        if not number:
            self._given_up.pop(context, None)
            return False
        return number > self._given_up.get(context, 0)

    def _hold(self, context: Context, waiting: deque[tuple[AnyFact, int]]) -> None:
        self.held[context] = waiting
        if context not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[context] = loop.call_later(PATIENCE_S, self.release, context)

    def _look(self) -> None:
        """Let go of those that need not be held any more; one may free another."""
        again = True
        while again and self.held:
            again = False
            for context, waiting in tuple(self.held.items()):
                if not (waiting and self._awaited(context, waiting[0][0])) and not self._holds(context):
                    again = self._go_on(context) or again

    def _go_on(self, context: Context) -> bool:
        """Pass on what waited, up to where the context is held again; tell whether anything was passed on."""
        waiting = self.held.pop(context)
        self._forget_timer(context)
        passed = False
        while waiting:
            if self._awaited(context, waiting[0][0]):
                self._hold(context, waiting)
                return passed
            passed = True
            self._take(context, *waiting.popleft())
            if self._holds(context):
                self._hold(context, waiting)
                return passed
        self._on_released()
        return passed

    def _forget_timer(self, context: Context) -> None:
        timer = self._timers.pop(context, None)
        if timer is not None:
            timer.cancel()

    def release(self, context: Context) -> None:
        """Pass on all that waits of a context, whatever it is held for."""
        waiting = self.held.pop(context, None)
        self._forget_timer(context)
        if waiting is None:
            return
        while waiting:
            self._take(context, *waiting.popleft())
        self._given_up[context] = self._waiting_in(context)
        if not context.alive:
            del self._given_up[context]
        self._on_released()
        self._look()

    def close(self) -> None:
        """Pass on all that waits."""
        for context in tuple(self.held):
            self.release(context)
