"""Identical neighbours in one strand: which of them is which does not matter.

Two events that say the same, one directly after the other, may be exchanged together with all that follows from them. So before
causes are compared place by place, the members of each such *block* are put into an order of their own: by what follows from them,
and by what they follow from. Any order within blocks is allowed, so runs that agree then are equal.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from swnb.recording.canonical import Run
from swnb.recording.strands import Strand

Block = list[int]
"""Places in the log of neighbours that are identical."""


def blocks(run: Run, strand: Strand) -> Iterator[Block]:
    """Yield identical neighbours: they say the same, name nobody, and follow from steps of one strand."""
    words = strand.words
    if not any(map(int.__eq__, words, words[1:])):  # nearly always
        return
    alone = {*strand.name_ats, *strand.number_ats}
    source = {at: run.home[cause] for at, cause in zip(strand.cause_ats, strand.causes, strict=True)}
    said = zip(strand.ats, words, strict=True)
    for _, members in groupby(said, lambda each: (each[1], source.get(each[0]), each[0] if each[0] in alone else -1)):
        block = [at for at, _ in members]
        if len(block) > 1:
            yield block


def starts(run: Run) -> array[int]:
    """Return for each event of the log the position where its block begins; -1 for what is not compared."""
    found = array("q", run.places)
    for strand in run.strands.values():
        for block in blocks(run, strand):
            for at in block:
                found[at] = run.places[block[0]]
    return found


def settled(run: Run, numbers: Sequence[int]) -> array[int]:
    """Return the positions of all events, those of identical neighbours in an order that depends on causes alone.

    Parameters
    ----------
    numbers
        Of the strands of the run, in their order, such that the same strand of another run has the same.
    """
    places = array("q", run.places)
    effects: dict[int, list[int]] = defaultdict(list)
    causes: dict[int, int] = {}
    for strand in run.strands.values():
        for at, cause in zip(strand.cause_ats, strand.causes, strict=True):
            effects[cause].append(at)
            causes[at] = cause

    def where(at: int) -> tuple[int, int]:
        return numbers[run.home[at]] if run.home[at] >= 0 else -1, places[at]

    def rank(at: int, by_cause: bool) -> tuple[bool, list[tuple[int, int]], tuple[int, int]]:
        follows = sorted(where(effect) for effect in effects.get(at, ()))
        return not follows, follows, where(causes[at]) if by_cause and at in causes else (-1, -1)

    found = sorted((block for strand in run.strands.values() for block in blocks(run, strand)), key=min)
    for by_cause, order in ((False, reversed(found)), (True, iter(found))):  # what follows stands after its cause
        for block in order:
            first = min(run.places[at] for at in block)
            ranked = sorted(sorted(block, key=places.__getitem__), key=lambda at: rank(at, by_cause))
            for position, at in enumerate(ranked, first):
                places[at] = position
    return places
