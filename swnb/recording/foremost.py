"""Which of several differences is the first one in causal order."""

from __future__ import annotations

from collections.abc import Sequence

from swnb.recording.canonical import Run
from swnb.recording.causality import QUIET
from swnb.recording.difference import Difference

MOST = 64
"""How many differences are looked at: those that stand first in the logs."""


def first(differences: Sequence[Difference], runs: tuple[Run, Run]) -> Difference:
    """Return the first difference in causal order: in neither run did another one happen before it.

    A certain difference goes before a doubtful one, and one that explains something before one of the browser's bookkeeping. Where
    two happened before each other, one in each run (as after an exchange), the order of the first run counts.
    """
    best = min(map(_weight, differences))
    some = sorted((each for each in differences if _weight(each) == best), key=_earliest)[:MOST]
    if len(some) == 1:
        return some[0]
    before = [
        _before(run, [each.ats[side] for each in some], [_lacks(each, side) for each in some])
        for side, run in enumerate(runs)
    ]
    follows = [one | other for one, other in zip(*before, strict=True)]
    free = [each for each, others in zip(some, follows, strict=True) if not others]
    return free[0] if free else min(some, key=lambda each: (each.ats[0] is None, each.ats[0], each.ats[1]))


def _weight(difference: Difference) -> tuple[bool, bool]:
    return bool(difference.doubt), difference.kind in QUIET


def _earliest(difference: Difference) -> int:
    """Return its place in a log: that of the step, where the other run lacks it."""
    for side in (0, 1):
        at = difference.ats[1 - side]
        if at is not None and _lacks(difference, side):
            return at
    return min(at for at in difference.ats if at is not None)


def _lacks(difference: Difference, side: int) -> bool:
    """Whether a run lacks a step: what stands there in it stands later in the other one, which did something else first."""
    mine, theirs = difference.strands[side], difference.strands[1 - side]
    if difference.what != "words" or mine is None or theirs is None or difference.ats[side] is None:
        return False
    after = slice(difference.position + 1, difference.position + 1 + MOST)
    at = difference.position
    if at >= len(theirs.words):
        return False
    return mine.words[at] in theirs.words[after] and theirs.words[at] not in mine.words[after]


def _before(run: Run, ats: list[int | None], lacking: list[bool]) -> list[int]:
    """Return for each of some events which of the others happened before it, as a set of bits.

    Where a step is missing, what caused the next one has nothing to do with it: what came before in its strand counts.

    A log is in an order that happened-before allows, so one pass is enough.
    """
    bits = {at: 1 << number for number, at in enumerate(ats) if at is not None}
    causes: dict[int, int] = {}
    for strand in run.strands.values():
        causes.update(zip(strand.cause_ats, strand.causes, strict=True))
    known = [0] * len(run.events)
    of_strand: dict[int, int] = {}
    found = [0] * len(ats)
    for at in range(len(run.events)):
        home = run.home[at]
        if home < 0:
            continue
        now = of_strand.get(home, 0)
        earlier, cause = now, causes.get(at)
        if cause is not None:
            now |= known[cause]
        bit = bits.get(at)
        if bit is not None:
            number = bit.bit_length() - 1
            found[number] = earlier if lacking[number] else now
            now |= bit
        known[at] = of_strand[home] = now
    return found
