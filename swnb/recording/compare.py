"""Compares two runs by what happened before what; the relation is in `swnb.recording.causality`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from swnb.events import Event, Surprise
from swnb.recording.canonical import Run
from swnb.recording.causality import NOTEBOOK, Trace
from swnb.recording.comparison import Comparison, Divergence
from swnb.recording.difference import Difference, Sides
from swnb.recording.foremost import first
from swnb.recording.ignoring import Ignored, Ignoring
from swnb.recording.naming import Naming, match
from swnb.recording.orders import Orders, Parted, first_difference
from swnb.recording.timelines import Timelines
from swnb.recording.words import sentence

LOST: Final = " never came"
"""What swnb says where it lost facts."""


def _run(trace: Trace, ignoring: Ignoring) -> Run:
    return Run(trace.events, ignoring, getattr(trace, "late", None))


def compare(
    one: Trace, other: Trace, *, ignore: Ignored | Iterable[Ignored] = (), tolerance: float = 0.0
) -> Comparison:
    """Compare two runs; see `swnb.recording.causality` for when they are equal.

    Parameters
    ----------
    one, other
        Recordings, or whatever has events and commands. What one of them says is missing makes that a comparison may not be able
        to tell.
    ignore
        What is left out: kinds of event (``"console"``), fields (``"console:line"``), events by a field (``"console:text=^took"``),
        paths in payloads and results (``"$.token"``), parts of texts (``"re:[0-9]+ ms"``, or a compiled expression).
    tolerance
        By how much two numbers in payloads and results may differ.

    Raises
    ------
    InvalidArgument
        If `ignore` or `tolerance` cannot be read.
    """
    ignoring = Ignoring(ignore, tolerance)
    runs = _run(one, ignoring), _run(other, ignoring)
    naming = match(*runs)
    sides = Sides(*runs, naming, ignoring.tolerance)
    differences = sides.differences()
    readers = Orders(runs[0], naming.one, ignoring), Orders(runs[1], naming.other, ignoring)
    parted = first_difference(readers, (one.commands, other.commands), ignoring.tolerance)
    return _answer((one, other), sides, differences, parted, naming, ignoring)


def _answer(
    traces: tuple[Trace, Trace],
    sides: Sides,
    differences: list[Difference],
    parted: Parted | None,
    naming: Naming,
    ignoring: Ignoring,
) -> Comparison:
    runs = sides.runs
    found = first(differences, runs) if differences else None
    commands = None if parted is None else Divergence(NOTEBOOK, NOTEBOOK, *parted)
    divergence = commands if found is None else _divergence(found, runs)
    why = _doubt(traces, runs, differences, parted, naming)
    different = bool(differences) or parted is not None
    return Comparison(
        equal=None if why else not different,
        why=why,
        divergence=divergence,
        commands=commands,
        differing=len(differences) + (parted is not None),
        events=(len(runs[0].events), len(runs[1].events)),
        ignored=_left_out(ignoring, runs),
        _timelines=None if found is None else Timelines(sides, differences, found),
    )


def _divergence(found: Difference, runs: tuple[Run, Run]) -> Divergence:
    mine, theirs = (None if at is None else run.events[at] for run, at in zip(runs, found.ats, strict=True))
    strand = found.strands[0] or found.strands[1]
    assert strand is not None
    run = runs[0] if found.strands[0] is not None else runs[1]
    begun: Event | None = run.events[strand.ats[0]] if strand.ats else None
    actor = begun.actor if begun is not None and begun.actor else strand.key[1]
    return Divergence(actor, strand.key[0], found.position, mine, theirs, sentence(found, runs))


def _doubt(
    traces: tuple[Trace, Trace],
    runs: tuple[Run, Run],
    differences: list[Difference],
    parted: Parted | None,
    naming: Naming,
) -> str:
    """Return why it cannot be told whether two runs are equal; ``""`` where it can."""
    for which, trace, side in (("first", traces[0], 0), ("second", traces[1], 1)):
        missing = list(getattr(trace, "missing", ()))
        if missing and all(_ends(each, side) for each in differences) and _stops(parted, side):
            return f"the {which} run is not whole ({missing[0]}), and agrees with the other one as far as it goes"
    if not differences and parted is None:
        return ""
    for which, run in zip(("first", "second"), runs, strict=True):
        lost = next((event for event in run.events if type(event) is Surprise and LOST in event.what), None)
        if lost is not None:
            return f"the runs differ, but in the {which} one facts were lost: {lost.what}"
    if parted is None and differences and all(each.doubt for each in differences):
        return differences[0].doubt
    if not naming.certain:
        return "some actors are so much alike that it was not found out which is which"
    return ""


def _ends(difference: Difference, side: int) -> bool:
    """Whether a run has nothing where the other one goes on."""
    return difference.ats[side] is None


def _stops(parted: Parted | None, side: int) -> bool:
    return parted is None or (parted.one, parted.other)[side] is None


def _left_out(ignoring: Ignoring, runs: tuple[Run, Run]) -> Mapping[str, int]:
    left = runs[0].left + runs[1].left
    return {**ignoring.counts, **left}
