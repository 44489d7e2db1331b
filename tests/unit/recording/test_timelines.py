"""Both timelines stand beside each other from where they part, whatever order the logs have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swnb.recording.compare import compare

from .runs import Program, log, programs
from .test_compare import mutated, randoms, some
from .test_naming import received, run, sent


def test_what_is_the_same_stands_in_one_line() -> None:
    one = run(*(sent("a", n) for n in range(6)), sent("b", "x"), sent("a", "y"), received("b", 6), received("b", 7))
    other = run(
        *(sent("a", n) for n in range(6)),
        sent("a", "y"),
        sent("a", "z"),
        sent("b", "x"),
        received("b", 8),
        received("b", 6),
    )
    found = compare(one, other)
    assert [
        tuple(line[:33].split()) + tuple(line[33:].split()) for line in found.side_by_side(width=65).splitlines()[2:]
    ] == [
        *((str(n), "a", "sent", str(n), "on", "?", str(n), "a", "sent", str(n), "on", "?") for n in (3, 4)),
        ("5", "a", "sent", "5", "on", "?", "5", "a", "sent", "5", "on", "?"),
        ("6", "b", "sent", "'x'", "on", "?", "8", "b", "sent", "'x'", "on", "?"),
        ("7", "a", "sent", "'y'", "on", "?", "6", "a", "sent", "'y'", "on", "?"),
        ("≠", "7", "a", "sent", "'z'", "on", "?"),
        ("8", "b", "received", "'x'", "9", "b", "received", "'x'"),
        ("9", "b", "received", "'y'", "10", "b", "received", "'y'"),
    ]


def test_equal_runs_have_no_timelines() -> None:
    assert compare(run(sent("a", 1)), run(sent("a", 1))).side_by_side() == ""


def test_there_are_as_many_rows_as_were_asked_for() -> None:
    one = run(*(sent("a", n) for n in range(100)))
    other = run(*(sent("a", n + (n > 50)) for n in range(100)))
    found = compare(one, other)
    assert len(found.side_by_side(rows=10).splitlines()) == 12
    assert "sent 51" in found.side_by_side(rows=10)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(programs(), randoms, randoms, st.data())
def test_each_event_stands_once(program: Program, one: object, other: object, data: st.DataObject) -> None:
    at = some(program, data, "sent", "called", "console")
    changed = mutated(program, at, program.steps[at]._replace(text="other"))
    found = compare(log(program, one), log(changed, other))  # type: ignore[arg-type]
    lines = found.side_by_side(rows=60, width=400).splitlines()[2:]
    for column in (0, 1):
        seqs = [line.ljust(400)[column * 202 :][:6].strip() for line in lines]
        numbers = [seq for seq in seqs if seq]
        assert len(numbers) == len(set(numbers))
    assert any("≠" in line for line in lines)
