"""Kinds of event as words: ``message.sent``, or a whole family: ``message``, ``message.``, ``message.*``."""

from __future__ import annotations

from collections.abc import Iterable

from swnb.errors import InvalidArgument, nearest
from swnb.events import KINDS, Event

Kind = str | type[Event]
"""A kind, a family of kinds, or an event's class with all below it."""


def classes(kind: Kind | Iterable[Kind]) -> frozenset[type[Event]]:
    """Return the classes of the events that are meant.

    Raises
    ------
    InvalidArgument
        If there is no such kind.
    """
    if isinstance(kind, str):
        return _named(kind)
    if isinstance(kind, type):
        return frozenset((kind, *(event for event in KINDS.values() if issubclass(event, kind))))
    return frozenset().union(*(classes(one) for one in kind))


def _named(kind: str) -> frozenset[type[Event]]:
    family = kind.removesuffix("*").removesuffix(".")
    found = [event for word, event in KINDS.items() if not family or word == family or word.startswith(f"{family}.")]
    if kind and found:
        return frozenset(found)
    families = {word.split(".")[0] for word in KINDS}
    near = nearest(kind, [*KINDS, *families])
    hint = f"did you mean {near!r}? " if near is not None else ""
    raise InvalidArgument(f"{kind!r} is no kind of event", f"{hint}families: {', '.join(sorted(families))}")
