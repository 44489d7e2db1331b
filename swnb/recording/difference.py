"""Where two runs differ, strand by strand."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from swnb.events import MessageReceived
from swnb.recording.canonical import Run
from swnb.recording.causality import GLOBAL
from swnb.recording.naming import Naming
from swnb.recording.same import settled
from swnb.recording.strands import Strand
from swnb.vocab import Pairing

Same = tuple[str, object]
"""A strand by its kind and by whose it is, the same in both runs."""


class Difference(NamedTuple):
    """The first difference of one strand.

    Attributes
    ----------
    strands
        Of the two runs; None where one has none.
    position
        In the strand, from 0.
    what
        ``words``, ``names``, ``numbers`` or ``cause``.
    ats
        Places of the two events in their logs; None where a strand has ended.
    doubt
        Why it may be none; ``""`` for a certain one.
    """

    strands: tuple[Strand | None, Strand | None]
    position: int
    what: str
    ats: tuple[int | None, int | None]
    doubt: str = ""

    @property
    def kind(self) -> str:
        """Kind of the strand."""
        strand = self.strands[0] or self.strands[1]
        assert strand is not None
        return strand.key[0]


class Sides:
    """Two runs, with their strands beside each other."""

    def __init__(self, one: Run, other: Run, naming: Naming, tolerance: float) -> None:
        self.runs = (one, other)
        self.names = (naming.one, naming.other)
        self._tolerance = tolerance
        self.pairs: dict[Same, list[Strand | None]] = {}
        for side, run in enumerate(self.runs):
            for strand in run.strands.values():
                self.pairs.setdefault(self.key_of(side, strand), [None, None])[side] = strand
        number = {same: at for at, same in enumerate(self.pairs)}
        self._numbers = tuple(
            [number[self.key_of(side, strand)] for strand in run.strands.values()] for side, run in enumerate(self.runs)
        )
        self._places: tuple[array[int], array[int]] = (one.places, other.places)

    def key_of(self, side: int, strand: Strand) -> Same:
        """Return which strand one of a run is, in terms of both."""
        kind, owner = strand.key
        return (kind, owner if kind in GLOBAL else self.names[side][owner])

    def same(self, difference: Difference) -> Same:
        """Return in which strand a difference is."""
        one, other = difference.strands
        if one is not None:
            return self.key_of(0, one)
        assert other is not None
        return self.key_of(1, other)

    # ---- all ----------------------------------------------------------------------------------------------------

    def differences(self) -> list[Difference]:
        """Return the first difference of each strand that has one."""
        found = self._found()
        if any(each.what == "cause" for each in found):  # it may be one between identical neighbours only
            one, other = (settled(run, each) for run, each in zip(self.runs, self._numbers, strict=True))
            self._places = (one, other)
            found = self._found()
        return found

    def _found(self) -> list[Difference]:
        found = [self._compare(one, other) for one, other in self.pairs.values()]
        return [each for each in found if each is not None]

    def _compare(self, one: Strand | None, other: Strand | None) -> Difference | None:
        if one is None or other is None:
            strand = one or other
            return self._at(one, other, 0, "words") if strand is not None and len(strand) else None
        position, what = min(
            (_first(one.words, other.words), "words"),
            (self._by_names(one, other), "names"),
            (self._by_numbers(one, other), "numbers"),
            (self._by_causes(one, other), "cause"),
            key=lambda each: each[0],
        )
        return None if position == NOWHERE else self._at(one, other, position, what)

    def _at(self, one: Strand | None, other: Strand | None, position: int, what: str) -> Difference:
        ats = tuple(
            self._event(strand, position, side, what) if strand is not None and position < len(strand) else None
            for side, strand in enumerate((one, other))
        )
        found = Difference((one, other), position, what, (ats[0], ats[1]))
        return found._replace(doubt=self._doubt(found)) if what == "cause" else found

    def _event(self, strand: Strand, position: int, side: int, what: str) -> int:
        if what != "cause":
            return strand.ats[position]
        places = self._places[side]
        return next((at for at in strand.ats if places[at] == position), strand.ats[position])

    def _doubt(self, difference: Difference) -> str:
        """Return why a cause may be another one than it seems."""
        for run, at in zip(self.runs, difference.ats, strict=True):
            event = None if at is None else run.events[at]
            if isinstance(event, MessageReceived) and event.pairing is Pairing.AMBIGUOUS:
                return "which of several like messages arrived is not known"
        return ""

    # ---- one strand ---------------------------------------------------------------------------------------------

    def _by_names(self, one: Strand, other: Strand) -> int:
        if not one.names and not other.names:
            return NOWHERE
        columns = [
            (_looked_up(run.places, strand.name_ats), [*map(names.get, strand.names)])
            for run, names, strand in zip(self.runs, self.names, (one, other), strict=True)
        ]
        return _first_of(columns[0], columns[1])

    def _by_numbers(self, one: Strand, other: Strand) -> int:
        if not one.numbers and not other.numbers:
            return NOWHERE
        sides = [
            sorted(
                zip(_looked_up(run.places, strand.number_ats), range(len(strand.numbers)), strand.numbers, strict=True)
            )
            for run, strand in zip(self.runs, (one, other), strict=True)
        ]
        for mine, theirs in zip_longest(*sides):
            if mine is None or theirs is None or mine[0] != theirs[0] or not self._near(mine[2], theirs[2]):
                return min(each[0] for each in (mine, theirs) if each is not None)
        return NOWHERE

    def _near(self, one: float, other: float) -> bool:
        return one == other or abs(one - other) <= self._tolerance

    def _by_causes(self, one: Strand, other: Strand) -> int:
        if not one.causes and not other.causes:
            return NOWHERE
        columns = []
        for run, places, numbers, strand in zip(self.runs, self._places, self._numbers, (one, other), strict=True):
            home = [*map(run.home.__getitem__, strand.causes)]
            whose = array("q", [numbers[each] if each >= 0 else -1 for each in home])
            columns.append((_looked_up(places, strand.cause_ats), whose, _looked_up(places, strand.causes)))
        return _first_of(columns[0], columns[1])


NOWHERE = 1 << 62
"""Position of a difference that is none."""

Column: TypeAlias = "array[int] | list[int | None]"


def _looked_up(places: array[int], ats: Iterable[int]) -> array[int]:
    return array("q", map(places.__getitem__, ats))


def _first(one: array[int], other: array[int]) -> int:
    """Return the first position where two sequences differ."""
    if one == other:
        return NOWHERE
    low, high = 0, min(len(one), len(other))
    while low < high:  # compares at the speed of memory
        middle = (low + high) // 2
        if one[low : middle + 1] == other[low : middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low


def _first_of(one: tuple[Column, ...], other: tuple[Column, ...]) -> int:
    """Return the first place at which two tables differ, whose first columns are places."""
    if one == other:
        return NOWHERE
    sides = [sorted(zip(*table, strict=True), key=lambda row: row[0] or 0) for table in (one, other)]
    for mine, theirs in zip_longest(*sides):
        if mine != theirs:
            return min(int(row[0]) for row in (mine, theirs) if row is not None)
    return NOWHERE
