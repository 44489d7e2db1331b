"""Two timelines beside each other, as plain text, from where they part."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from swnb.recording.canonical import Run
from swnb.recording.difference import Difference, Sides
from swnb.recording.words import did
from swnb.text import short, visible

BEFORE = 4
"""How many events that both have stand before the divergence."""

AHEAD = 200
"""How far events of one strand are looked for in the other run."""

Pairs = dict[int, int]
"""Places in one log of the counterparts of events of the other one."""


class Row(NamedTuple):
    """A line: an event of each run; None where there is no counterpart."""

    one: int | None
    other: int | None


class Timelines:
    """The two logs around a divergence.

    Parameters
    ----------
    sides
        The two runs.
    differences
        All that differ.
    first
        The one to begin with.
    """

    def __init__(self, sides: Sides, differences: list[Difference], first: Difference) -> None:
        self._sides = sides
        self._first = first
        self._parted = {sides.same(each): each for each in differences}
        self._strands = [list(run.strands.values()) for run in sides.runs]

    def text(self, rows: int, width: int) -> str:
        """Return at most so many rows, of so many characters."""
        column = max(20, (width - 5) // 2)
        one, other = (self._window(side, rows) for side in (0, 1))
        lines = [_line("the first run", " ", "the second run", column), "─" * (2 * column + 5)]
        beyond = self._beyond()
        back = {theirs: mine for mine, theirs in beyond.items()}
        for row in _merged(one, other, self._pairs(0, one) | beyond, self._pairs(1, other) | back):
            sign = " " if row.one is not None and row.other is not None else "≠"
            lines.append(_line(self._said(0, row.one), sign, self._said(1, row.other), column))
        return "\n".join(line.rstrip() for line in lines[: rows + 2])

    def _said(self, side: int, at: int | None) -> str:
        if at is None:
            return ""
        run = self._sides.runs[side]
        event = run.events[at]
        actor = event.actor or self._strands[side][run.home[at]].key[1]
        return f"{event.seq:>5}  {visible(actor):<6} {did(event, run)}"

    # ---- which events -------------------------------------------------------------------------------------------

    def _window(self, side: int, rows: int) -> list[int]:
        """Return the events of one run from shortly before the divergence on, without what is not compared."""
        run = self._sides.runs[side]
        start = self._start(side, run)
        before = [at for at in range(max(0, start - 4 * BEFORE), start) if run.home[at] >= 0][-BEFORE:]
        after = (at for at in range(start, len(run.events)) if run.home[at] >= 0)
        return [*before, *(at for at, _ in zip(after, range(rows), strict=False))]

    def _start(self, side: int, run: Run) -> int:
        """Return where a run parts from the other; where it has nothing there, after what both had before."""
        at, theirs = self._first.ats[side], self._first.ats[1 - side]
        if at is not None or theirs is None:
            return at or 0
        other = self._sides.runs[1 - side]
        for before in range(theirs - 1, -1, -1):
            found = self._counterpart(1 - side, other, before)
            if found is not None:
                return found + 1
        return 0

    def _counterpart(self, side: int, run: Run, at: int) -> int | None:
        """Return the event of the other run that stands where one of this run does, as far as their strands agree."""
        if run.home[at] < 0:
            return None
        strand = self._strands[side][run.home[at]]
        same = self._sides.key_of(side, strand)
        parted = self._parted.get(same)
        position = run.places[at]
        theirs = self._sides.pairs[same][1 - side]
        if theirs is None or (parted is not None and position >= parted.position):
            return None
        return theirs.ats[position]

    def _pairs(self, side: int, ats: list[int]) -> Pairs:
        """Return the counterparts of events of one run, as far as strands agree."""
        run = self._sides.runs[side]
        return {at: found for at in ats if (found := self._counterpart(side, run, at)) is not None}

    def _beyond(self) -> Pairs:
        """Return the counterparts of events of the first run behind divergences: those that say the same, in order."""
        pairs: Pairs = {}
        for parted in self._parted.values():
            mine, theirs = parted.strands
            if mine is None or theirs is None:
                continue
            start = parted.position
            one, other = mine.words[start : start + AHEAD], theirs.words[start : start + AHEAD]
            for match in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
                for step in range(match.size):
                    if parted.what == "words" or match.a + step:
                        pairs[mine.ats[start + match.a + step]] = theirs.ats[start + match.b + step]
        return pairs


def _merged(one: list[int], other: list[int], to_other: Pairs, to_one: Pairs) -> Iterator[Row]:
    """Yield all events, each beside its counterpart, in the order of the first run; then what only the second one has."""
    paired = {to_other[at] for at in one if at in to_other}
    follows: dict[int | None, list[Row]] = {}
    last: int | None = None
    for at in other:
        if at in paired:
            last = at
        else:
            follows.setdefault(last, []).append(Row(to_one.get(at), at))
    yield from follows.pop(None, ())
    for at in one:
        theirs = to_other.get(at)
        yield Row(at, theirs)
        if theirs is not None:
            yield from follows.pop(theirs, ())
    for rest in follows.values():
        yield from rest


def _line(left: str, sign: str, right: str, column: int) -> str:
    return f"{short(left, column).ljust(column)}  {sign}  {short(right, column)}"
