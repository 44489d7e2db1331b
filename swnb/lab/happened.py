"""What a `wait` that came to nothing says instead: how the workers stand, and what did happen since the mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from swnb.events import Event
from swnb.lab.conditions import Wish
from swnb.lab.looks import versions_of
from swnb.log import Log
from swnb.log.listing import told
from swnb.messages import Message
from swnb.text import short, visible
from swnb.vocab import ServiceWorkerState

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

LAST = 3
"""How many of the last events are told."""

KINDS = 6
"""How many kinds are counted."""

WIDEST = 70
"""Characters of one event."""

FAMILIES = {
    "message": ("message.",),
    "lost": ("message.",),
    "controlled": ("client.",),
    "clients": ("client.",),
    "navigated": ("window.",),
    "loaded": ("window.",),
    "closed": ("window.",),
    "notification": ("notification.",),
    "settled": ("event.", "notification.", "push.", "sync."),
}
"""Beginnings of the kinds that a condition is about, by its first word; the others are about workers."""


def standing(lab: AsyncLab, wish: Wish) -> list[str]:
    """Return in words how the workers stand."""
    parts = []
    for version in versions_of(lab, wish):
        error = f" ({version.error})" if version.error else ""
        if version.state is ServiceWorkerState.REDUNDANT and not error:
            error = " (its install failed, or another one replaced it)"
        parts.append(f"{version.script_url} is {version.state}, {version.running}{error}")
    return parts or ["no worker is registered" + (f" for {wish.scope}" if wish.scope else "")]


def happened(log: Log, wish: Wish) -> str:
    """Return in one line what happened since the mark: how much of each kind, and the last that is about the condition."""
    events = list(log.since(wish.mark))
    if not events:
        return "since the mark nothing happened"
    counts = Counter(event.kind for event in events).most_common()
    told_counts = ", ".join(f"{number:,} {kind}" for kind, number in counts[:KINDS])
    more = f" and {len(counts) - KINDS} more kinds" if len(counts) > KINDS else ""
    families = FAMILIES.get(wish.words[0], ("worker.", "registration."))
    about = [event for event in events if event.kind.startswith(families)]
    last = "; ".join(_lines(log, about, events))
    return f"since the mark: {told_counts}{more}{f'; last: {last}' if last else ''}"


def _lines(log: Log, about: Sequence[Event], events: Sequence[Event]) -> list[str]:
    if about and about[-1].kind.startswith("message."):
        messages = log.messages(since=events[0].seq)[-LAST:]
        if messages:
            return [_message(message) for message in messages]
    return [_line(log, event) for event in about[-LAST:]]


def _message(message: Message) -> str:
    *_, data, outcome = message.cells
    text = f"{message.sender or '?'} → {message.receiver or '?'} {data} ({outcome})"
    return visible(short(text, WIDEST))


def _line(log: Log, event: Event) -> str:
    return visible(short(f"{event.kind} {log.names.shown(event.actor)} {told(event)}".rstrip(), WIDEST))
