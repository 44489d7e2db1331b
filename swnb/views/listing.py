"""Tables of things: what a verb answers where the things alone would be a bare list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from swnb.clients.data import text_table

T = TypeVar("T")


class Listing(tuple[T, ...]):
    """Things, with a row of text for each.

    Attributes
    ----------
    what
        What they are, in the plural: ``windows``.
    headings
        Of the columns.
    rows
        One for each thing, as long as `headings`.
    """

    what: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    @classmethod
    def of(cls, what: str, headings: Sequence[str], things: Iterable[tuple[T, Sequence[str]]]) -> Listing[T]:
        """Make one from things and their rows."""
        pairs = list(things)
        listing = cls(thing for thing, _ in pairs)
        listing.what, listing.headings, listing.rows = what, headings, [row for _, row in pairs]
        return listing

    def __repr__(self) -> str:
        return text_table(self.headings, self.rows) if self else f"no {self.what}"


@dataclass(frozen=True)
class Facts:
    """Names and what they stand for, one line each."""

    title: str
    facts: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        width = max((len(name) for name, _ in self.facts), default=0)
        return "\n".join([self.title, *(f"  {name:<{width}}  {visible(value)}" for name, value in self.facts)])


@dataclass(frozen=True)
class Content:
    """A text as it is served, below what is said of it."""

    title: str
    text: str

    def __repr__(self) -> str:
        return f"{visible(self.title)}\n\n" + "".join(c if c in "\n\t" else visible(c) for c in self.text)


def visible(text: str) -> str:
    """Return `text` with a ``·`` for each character that cannot be seen or that turns others around."""
    return "".join(c if c.isprintable() else "·" for c in text)


def worker_text(worker: Any) -> str:
    """Return a worker in one line; its number tells two versions of one script apart."""
    return f"#{worker.version_id} {worker.script_url} {worker.state}, {worker.running}"
