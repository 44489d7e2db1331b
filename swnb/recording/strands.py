"""A run as strands: for each realm, and for what is told beside it, what was said, in order, as numbers that can be compared."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Final

from swnb.events import Event

Key = tuple[str, str]
"""Kind of strand, and whose it is: a client or worker as the run labels it, or the text that tells it apart."""

LAST: Final = 1 << 62
"""The turn of an event itself: what was heard before it comes before it."""


class Strand:
    """One sequence whose order counts.

    Attributes
    ----------
    key
        Which it is.
    ats
        Places in the log of its events.
    words
        What each says, without whom it names, as a hash of 64 bits.
    causes
        For those that have a cause: its own place in the log, and that of the cause.
    names
        For those that name actors: the place in the log, and the actor, in order.
    numbers
        For those whose numbers are compared with a tolerance: the place in the log, and the number.
    late
        Places in the log of messages that were sent, or arrived, before what stands before them.
    former
        The realm that the same actor was before: a window's document before this one.
    """

    __slots__ = (
        "ats",
        "cause_ats",
        "causes",
        "former",
        "key",
        "late",
        "name_ats",
        "names",
        "number_ats",
        "numbers",
        "words",
    )

    def __init__(self, key: Key, former: Strand | None = None) -> None:
        self.key = key
        self.ats = array("q")
        self.words = array("q")
        self.cause_ats = array("q")
        self.causes = array("q")
        self.name_ats = array("q")
        self.names: list[str] = []
        self.number_ats = array("q")
        self.numbers = array("d")
        self.late: set[int] = set()
        self.former = former

    def __len__(self) -> int:
        return len(self.ats)

    def add(self, at: int, word: int) -> None:
        """Add an event."""
        self.ats.append(at)
        self.words.append(word)

    def follows(self, at: int, cause: int) -> None:
        """Note the cause of an event."""
        self.cause_ats.append(at)
        self.causes.append(cause)

    def means(self, at: int, actor: str) -> None:
        """Note that an event names an actor; ``""`` for none, so that each name has its place."""
        self.name_ats.append(at)
        self.names.append(actor)

    def arrange(self, order: Sequence[int]) -> None:
        """Put its events into another order, given as positions."""
        if list(order) != list(range(len(self.ats))):
            self.ats = array("q", [self.ats[position] for position in order])
            self.words = array("q", [self.words[position] for position in order])

    def put_back(self, events: Sequence[Event], late: Mapping[int, tuple[int, int]]) -> None:
        """Put messages that were written late to where they were sent, or arrived."""
        if self.late:
            keys: list[tuple[int, int]] = [(events[at].seq, LAST) for at in self.ats]
            for position, at in enumerate(self.ats):
                if at in self.late:
                    keys[position] = late[events[at].seq]
            self.arrange(sorted(range(len(keys)), key=keys.__getitem__))


def places(events: Sequence[Event]) -> dict[int, int] | None:
    """Return the places of events by their numbers; None where each stands at its own number, as in a whole log."""
    seqs = [event.seq for event in events]
    return None if seqs == list(range(len(seqs))) else {seq: at for at, seq in enumerate(seqs)}
