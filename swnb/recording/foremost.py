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
    before = [_before(run, [each.ats[side] for each in some]) for side, run in enumerate(runs)]
    follows = [one | other for one, other in zip(*before, strict=True)]
    free = [each for each, others in zip(some, follows, strict=True) if not others]
    return free[0] if free else min(some, key=lambda each: (each.ats[0] is None, each.ats[0], each.ats[1]))


def _weight(difference: Difference) -> tuple[bool, bool]:
    return bool(difference.doubt), difference.kind in QUIET


def _earliest(difference: Difference) -> int:
    return min(at for at in difference.ats if at is not None)


def _before(run: Run, ats: list[int | None]) -> list[int]:
    """Return for each of some events which of the others happened before it, as a set of bits.

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
        cause = causes.get(at)
        if cause is not None:
            now |= known[cause]
        bit = bits.get(at)
        if bit is not None:
            found[bit.bit_length() - 1] = now
            now |= bit
        known[at] = of_strand[home] = now
    return found
