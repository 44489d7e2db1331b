"""Events that are compared field by field, as steps of the strands of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, Protocol

from swnb import events as e
from swnb.recording.causality import GLOBAL, REALM, SPLIT, Rule, strand_of
from swnb.recording.strands import Strand
from swnb.recording.texts import Texts
from swnb.vocab import Heard

Step = Callable[[int, Any], None]
"""Takes in the event at a place of the log."""

HEARD: Final = Heard.HEARD

TEXTS: Final = frozenset(
    (
        *("url", "origin", "name", "ancestor_origins", "script_url", "arguments", "result", "error_message", "message"),
        *("text", "title", "tag", "options", "action", "reply", "body", "actions"),
    )
)
"""Fields in which anything may stand. The others are words of the browser, numbers, or truth values."""


class Place(Protocol):
    """What the strands of a run are to those who add to them."""

    texts: Texts
    current: dict[str, Strand]
    simple: bool
    late: Mapping[int, tuple[int, int]]

    def realm(self, actor: str) -> Strand:
        """Return the realm that an actor is now."""
        ...

    def beside(self, event: e.Event, kind: str) -> Strand:
        """Return a strand of the actor of an event."""
        ...

    def global_strand(self, kind: str, text: str) -> Strand:
        """Return a strand that belongs to no actor."""
        ...

    def at(self, seq: int | None) -> int | None:
        """Return the place in the log of the event with a number."""
        ...

    def value(self, strand: Strand, at: int, value: object) -> object:
        """Return the value of a field as it is compared."""
        ...


def step_of(run: Place, kind: type[e.Event], rule: Rule) -> Step:
    """Return what takes in the events of a kind."""
    fields = tuple(field for field in rule.fields if field not in SPLIT)
    texts = tuple(field for field in fields if field in TEXTS)
    words = tuple(field for field in fields if field not in TEXTS)
    said = attrgetter(*words) if words else _nothing
    strand_for = _strand_for(run, kind, rule)
    named, follows, value, simple = _named(run, kind, rule), rule.follows, run.value, run.simple

    def step(at: int, event: e.Event) -> None:
        strand = strand_for(event)
        free: list[object] = []
        for field in texts:
            text = getattr(event, field)
            if not (
                simple and type(text) is str and "-4" not in text and ":" not in text
            ):  # else it is compared as it is
                text = value(strand, at, text)
            free.append(text)
        if named is not None:
            free.append(named(strand, at, event))
        cause = event.cause
        if follows and cause is not None:
            place = run.at(cause)
            if place is not None:
                strand.follows(at, place)
        strand.ats.append(at)
        strand.words.append(hash((kind, said(event), *free, follows and cause is None)))

    return step


def _nothing(event: e.Event) -> object:
    return None


def _strand_for(run: Place, kind: type[e.Event], rule: Rule) -> Callable[[Any], Strand]:
    """Return what gives the strand of an event of a kind."""
    fixed = rule.strand or ""
    if fixed in GLOBAL:
        text = attrgetter(rule.text) if rule.text else lambda event: ""
        return lambda event: run.global_strand(fixed, text(event))
    if fixed != REALM:
        return lambda event: run.beside(event, fixed)
    known = run.current.get
    simple = not issubclass(kind, e.ClientEvent) and kind is not e.EventSettled

    def strand_for(event: e.Event) -> Strand:
        strand = known(event.actor) if simple and event.heard is HEARD else None
        return strand or run.beside(event, strand_of(event, rule))

    return strand_for


def _named(run: Place, kind: type[e.Event], rule: Rule) -> Callable[[Strand, int, e.Event], int] | None:
    """Return what notes whom an event names, and tells which of its fields name somebody; None for events without such fields."""
    actors = tuple(name for name in rule.actors if name != "client")  # whose client it is, its strand says
    fields = *actors, *rule.ids
    if not fields:
        return None
    labels = issubclass(kind, e.ClientEvent)  # what it names are labels; elsewhere, who somebody is now
    whose = run.texts.whose

    def named(strand: Strand, at: int, event: e.Event) -> int:
        filled = 0
        for place, name in enumerate(fields):
            value = getattr(event, name)
            if value:
                filled |= 1 << place
                strand.means(at, whose(value) if name in rule.ids else value if labels else run.realm(value).key[1])
        return filled

    return named
