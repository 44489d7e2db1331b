"""Events of what the browser dispatched to workers, and of notifications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from swnb.events import (
    Event,
    EventSettled,
    FetchDispatched,
    NotificationClicked,
    NotificationClosed,
    NotificationShown,
    PushReceived,
    SyncReceived,
)
from swnb.probe import event_facts as f
from swnb.probe.contexts import Context
from swnb.probe.fact import Fact
from swnb.probe.lives import Lives

NULL = (b"null", b"")


class Told(NamedTuple):
    """What a script is told of a notification that was clicked or closed; `action` is ``NotificationEvent.action``."""

    origin: str
    title: str
    tag: str
    action: str = ""


class Dispatched:
    """Makes events of such facts.

    Attributes
    ----------
    steps
        What to do with a fact, by its class.
    clicked_by, closed_by
        Return the `seq` of what a click, or a user's closing, follows from; None where that is not known.
    """

    def __init__(self, lives: Lives, emit: Callable[[Event], Event]) -> None:
        self._lives = lives
        self._emit = emit
        self.clicked_by: Callable[[Told], int | None] = lambda told: None
        self.closed_by: Callable[[Told], int | None] = lambda told: None
        self.steps: dict[type[Fact], Callable[[Context, Any], None]] = {
            f.Fetched: self._fetch,
            f.Pushed: self._push,
            f.Synced: self._sync,
            f.Shown: self._shown,
            f.Clicked: self._clicked,
            f.Dismissed: self._dismissed,
            f.Over: self._over,
        }

    @staticmethod
    def within(context: Context) -> int | None:
        """Return the `seq` of the event within which a worker does something; None where there is none, or are several."""
        lasting = context.lasting
        return next(iter(lasting.values()))[0] if lasting and len(lasting) == 1 else None

    def _begin(self, context: Context, number: int, event: Event) -> None:
        """Remember an event whose end will be told."""
        sent = self._emit(event)
        if number:
            if context.lasting is None:
                context.lasting = {}
            context.lasting[number] = sent.seq, sent.kind

    def _over(self, context: Context, fact: f.Over) -> None:
        cause, kind = (context.lasting or {}).pop(fact.event, (None, ""))
        self._emit(
            EventSettled(
                actor=context.actor,
                t_browser_ms=context.clock_ms(fact.t),
                cause=cause,
                type=kind,
                failed=bool(fact.failed),
            )
        )

    def _fetch(self, context: Context, fact: f.Fetched) -> None:
        self._emit(
            FetchDispatched(
                actor=context.actor,
                t_browser_ms=context.clock_ms(fact.t),
                url=fact.url,
                method=fact.method,
                mode=fact.mode,
                destination=fact.destination,
                client_id=fact.client_id,
                resulting_client_id=fact.resulting_client_id,
                replaces_client_id=fact.replaces_client_id,
            )
        )

    def _push(self, context: Context, fact: f.Pushed) -> None:
        event = PushReceived(actor=context.actor, t_browser_ms=context.clock_ms(fact.t), text=fact.text)
        self._begin(context, fact.event, event)

    def _sync(self, context: Context, fact: f.Synced) -> None:
        event = SyncReceived(
            actor=context.actor,
            t_browser_ms=context.clock_ms(fact.t),
            tag=fact.label,
            periodic=bool(fact.periodic),
            last_chance=fact.last_chance,
        )
        self._begin(context, fact.event, event)

    # ---- notifications ------------------------------------------------------------------------------------------

    def _shown(self, context: Context, fact: f.Shown) -> None:
        self._lives.show(context)
        self._emit(
            NotificationShown(
                actor=context.actor,
                t_browser_ms=context.clock_ms(fact.t),
                cause=self.within(context),
                title=fact.title,
                tag=fact.label,
                options=kept(fact.options),
                origin=context.origin,
                persistent=not fact.made,
            )
        )

    def _clicked(self, context: Context, fact: f.Clicked) -> None:
        event = NotificationClicked(
            actor=context.actor,
            t_browser_ms=context.clock_ms(fact.t),
            cause=self.clicked_by(Told(context.origin, fact.title, fact.label, fact.action)),
            title=fact.title,
            tag=fact.label,
            action=fact.action,
            reply=fact.reply,
        )
        self._begin(context, fact.event, event)

    def _dismissed(self, context: Context, fact: f.Dismissed) -> None:
        event = NotificationClosed(
            actor=context.actor,
            t_browser_ms=context.clock_ms(fact.t),
            cause=self.closed_by(Told(context.origin, fact.title, fact.label))
            if fact.by_user
            else self.within(context),
            title=fact.title,
            tag=fact.label,
            by_user=bool(fact.by_user),
        )
        self._begin(context, fact.event, event)


def kept(raw: Any) -> bytes:
    """Return JSON that was kept, ``b""`` for none."""
    text = bytes(raw)
    return b"" if text in NULL else text
