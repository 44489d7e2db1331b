"""A run as strands: for each realm, and for what is told beside it, what was said, in order, as numbers that can be compared."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

from swnb.events import Event, MessageReceived

Key = tuple[str, str]
"""Kind of strand, and whose it is: a client or worker as the run labels it, or the text that tells it apart."""

NO_TIME: Final = -1.0


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
    clock, began
        The realm's clock at its last event and at its first one, in milliseconds since 1970.
    steady
        Whether that clock never went back but at arrivals.
    late
        Places in the log of arrivals that happened before what stands before them.
    former
        The realm that the same actor was before: a window's document before this one.
    """

    __slots__ = (
        "ats",
        "began",
        "cause_ats",
        "causes",
        "clock",
        "former",
        "key",
        "late",
        "name_ats",
        "names",
        "number_ats",
        "numbers",
        "steady",
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
        self.clock = self.began = NO_TIME
        self.steady = True
        self.late: set[int] = set()
        self.former = former

    def __len__(self) -> int:
        return len(self.ats)

    def tick(self, clock: float) -> None:
        """Note the realm's clock at an event that stands where it happened."""
        if self.clock == NO_TIME:
            self.clock = self.began = clock
        elif clock >= self.clock:
            self.clock = clock
        else:
            self.steady = False

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

    def put_back(self, events: Sequence[Event]) -> None:
        """Put arrivals that were written late to where the realm's clock has them: before what it did after them."""
        if not self.late or not self.steady:
            return
        keys: list[tuple[float, bool]] = []
        now = NO_TIME
        for at in self.ats:
            clock = events[at].t_browser_ms
            late = at in self.late
            if clock is not None and not late:
                now = max(now, clock)
            keys.append((clock if late and clock is not None else now, not late))
        self.arrange(sorted(range(len(keys)), key=keys.__getitem__))


def is_late(event: MessageReceived, clock: float, strand: Strand, events: Sequence[Event], cause: int | None) -> bool:
    """Whether an arrival happened before the last event of its strand, although it was written after it.

    That is so where its pair could not be found at once (a broadcast, an ambiguous pair, a sending that was heard after that
    event), and both clocks say so: the realm's, and that of the process that heard it.
    """
    last = events[strand.ats[-1]]
    if not strand.began < strand.clock or event.t_mono_ns > last.t_mono_ns:
        return False
    waits = event.via.startswith("Broadcast") or event.pairing != "exact"
    if clock == strand.clock:
        return waits and type(last) is not MessageReceived
    return waits or (cause is not None and cause > strand.ats[-1])


def places(events: Sequence[Event]) -> dict[int, int] | None:
    """Return the places of events by their numbers; None where each stands at its own number, as in a whole log."""
    seqs = [event.seq for event in events]
    return None if seqs == list(range(len(seqs))) else {seq: at for at, seq in enumerate(seqs)}
