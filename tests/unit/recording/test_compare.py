"""Every re-ordering of what is independent is equal, every exchange of what depends is not."""

from __future__ import annotations

from copy import deepcopy
from itertools import combinations, pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from swnb import events as e
from swnb.recording import Command, Failure
from swnb.recording.compare import compare
from swnb.vocab import MessageVia, Pairing

from .runs import ACTORS, Program, Run, Step, content, log, possible, programs

randoms = st.integers(0, 1 << 32).map(Random)
MANY = settings(max_examples=200, deadline=None)


@pytest.mark.slow
@MANY
@given(programs(), randoms, randoms)
def test_reordered_runs_are_equal(program: Program, one: Random, other: Random) -> None:
    found = compare(log(program, one), log(program, other))
    assert found.equal is True, str(found)
    assert found.divergence is None
    assert found.status == 0


@pytest.mark.slow
@MANY
@given(programs(), randoms, randoms)
def test_what_is_written_late_is_as_if_it_stood_in_its_place(program: Program, one: Random, other: Random) -> None:
    in_place = log(program, one)
    late = log(program, other, late=True)
    assert compare(in_place, late).equal is True
    assert compare(late, log(program, one, late=True)).equal is True


@pytest.mark.slow
@settings(MANY, suppress_health_check=[HealthCheck.filter_too_much])
@given(programs(), randoms, st.data())
def test_an_exchange_of_what_is_written_late_is_not_equal(
    program: Program, random: Random, data: st.DataObject
) -> None:
    """Two messages of one realm that say different things change places by nothing but what is said beside the log."""
    late = log(program, random, late=True)
    pairs = [
        (one, other)
        for one, other in combinations(late.late, 2)
        if late.events[one].actor == late.events[other].actor and told(late, one) != told(late, other)
    ]
    assume(pairs)
    one, other = data.draw(st.sampled_from(pairs))
    exchanged = late._replace(late={**late.late, one: late.late[other], other: late.late[one]})
    assert compare(late, exchanged).equal is False
    assert compare(exchanged, log(program, random)).equal is False


def told(run: Run, seq: int) -> tuple[type[e.Event], bytes]:
    """Return what a message says, without the id that may stand in it: which frame that is of may not matter."""
    event = run.events[seq]
    sent = run.events[event.cause] if event.cause is not None else event
    return type(event), getattr(sent, "content", b"").split(b" ")[0]


@pytest.mark.slow
@MANY
@given(programs(), randoms)
def test_clocks_are_not_needed(program: Program, random: Random) -> None:
    assert compare(log(program), log(program, random, clocks=False)).equal is True


@pytest.mark.slow
@MANY
@given(programs(), randoms, st.data())
def test_an_exchange_of_dependent_neighbours_is_not_equal(
    program: Program, random: Random, data: st.DataObject
) -> None:
    pairs = [
        (at, after)
        for at in range(len(program.steps))
        for after in range(at + 1, len(program.steps))
        if program.lane(at) == program.lane(after)
        and not any(program.lane(between) == program.lane(at) for between in range(at + 1, after))
        and said(program, at) != said(program, after)
        and program.steps[after].cause != at
        and program.steps[at].kind not in ("appeared", "identified")
    ]
    assume(pairs)
    at, after = data.draw(st.sampled_from(pairs))
    before = exchanged(program, at, after)
    order = possible(before, random)
    assume(order is not None)  # the one had to come before the other, by others
    assert order is not None
    place = {step: position for position, step in enumerate(order)}
    steps = [program.steps[step] for step in order]
    mended = tuple(step._replace(cause=None if step.cause is None else place[step.cause]) for step in steps)
    late, later = data.draw(st.booleans()), data.draw(st.booleans())
    found = compare(log(program, random, late=late), log(Program(program.actors, mended), random, late=later))
    assert found.equal is False, str(found)
    assert found.status == 1


def said(program: Program, at: int) -> tuple[object, ...]:
    """Return what a step says, its cause's text included."""
    step = program.steps[at]
    cause = None if step.cause is None else program.steps[step.cause]
    return step.kind, step.text, step.id_of, None if cause is None else (cause.text, cause.id_of)


def exchanged(program: Program, at: int, after: int) -> list[set[int]]:
    """Return what has to come before what, when two neighbours of a strand have changed places."""
    before = program.before()
    lane = program.lane(at)
    mine = [step for step in range(len(program.steps)) if program.lane(step) == lane]
    mine = [{at: after, after: at}.get(step, step) for step in mine]
    for step in mine:
        before[step] -= {step for step in mine if program.steps[step].kind != "appeared"} - {
            program.steps[step].cause or -1
        }
    for first, second in pairwise(mine):
        before[second] |= {first}
    return before


def mutated(program: Program, at: int, step: Step | None) -> Program:
    """Return a program with another step in one place, or without it: what followed from that follows from nothing then."""
    steps = list(program.steps)
    if step is not None:
        steps[at] = step
        return Program(program.actors, tuple(steps))
    del steps[at]
    moved = {old: old - (old > at) for old in range(len(program.steps)) if old != at}
    return Program(
        program.actors,
        tuple(each._replace(cause=moved.get(each.cause) if each.cause is not None else None) for each in steps),
    )


def some(program: Program, data: st.DataObject, *kinds: str) -> int:
    """Choose a step of some kinds."""
    found = [at for at, step in enumerate(program.steps) if step.kind in kinds]
    assume(found)
    return data.draw(st.sampled_from(found))


@pytest.mark.slow
@MANY
@given(programs(), randoms, st.data())
def test_a_dropped_event_is_not_equal(program: Program, random: Random, data: st.DataObject) -> None:
    at = some(program, data, "sent", "received", "called", "answered", "console", "hidden", "loaded", "state")
    assume(program.steps[at].kind != "sent" or not any(step.cause == at for step in program.steps))
    assume(program.steps[at].kind != "called" or not any(step.cause == at for step in program.steps))
    assert compare(log(program, random), log(mutated(program, at, None), random)).equal is False
    assert compare(log(mutated(program, at, None), random), log(program, random)).equal is False


@pytest.mark.slow
@MANY
@given(programs(), randoms, st.data())
def test_another_payload_is_not_equal(program: Program, random: Random, data: st.DataObject) -> None:
    at = some(program, data, "sent", "called", "console")
    other = mutated(program, at, program.steps[at]._replace(text="another text"))
    assert compare(log(program, random), log(other, random)).equal is False


@pytest.mark.slow
@MANY
@given(programs(), randoms, st.data())
def test_a_missing_cause_is_not_equal(program: Program, random: Random, data: st.DataObject) -> None:
    at = some(program, data, "received", "answered")
    one = log(program, random)
    other = log(mutated(program, at, program.steps[at]._replace(cause=None)), random)
    assert compare(one, other).equal is False
    assert compare(other, one).equal is False


@pytest.mark.slow
@MANY
@given(programs(alike=False), randoms, st.data())
def test_the_divergence_names_the_actor(program: Program, random: Random, data: st.DataObject) -> None:
    at = some(program, data, "sent", "called")
    one, other = log(program, random), log(mutated(program, at, program.steps[at]._replace(text="another")), random)
    found = compare(one, other)
    assert found.divergence is not None
    assert isinstance(found.divergence.one, e.Event)
    assert isinstance(found.divergence.other, e.Event)
    assert (
        found.divergence.one.kind
        == found.divergence.other.kind
        == {"sent": "message.sent", "called": "call.made"}[program.steps[at].kind]
    )
    mine = next(event for event in one.events if event.seq == found.divergence.one.seq)
    assert found.divergence.actor == mine.actor
    assert "another" in found.divergence.words


@pytest.mark.slow
@MANY
@given(programs(), randoms, randoms, st.data())
def test_equality_goes_both_ways(program: Program, one: Random, other: Random, data: st.DataObject) -> None:
    at = some(program, data, "sent", "called", "console", "appeared")
    step = program.steps[at]
    changed = mutated(program, at, step._replace(text=data.draw(st.sampled_from([step.text, "x"]))))
    first, second = log(program, one), log(changed, other)
    assert compare(first, second).equal is compare(second, first).equal
    assert compare(first, first).equal is True


# ---- by hand ------------------------------------------------------------------------------------------------------------


def sent(actor: str, text: str, **more: object) -> e.MessageSent:
    return e.MessageSent(actor=actor, via=MessageVia.CLIENT, channel="?", content=content(text), **more)  # type: ignore[arg-type]


def received(actor: str, cause: int, **more: object) -> e.MessageReceived:
    return e.MessageReceived(actor=actor, via=MessageVia.CLIENT, channel="?", cause=cause, listeners=1, **more)  # type: ignore[arg-type]


def run(*events: e.Event, missing: tuple[str, ...] = ()) -> Run:
    return Run([event.stamped(seq) for seq, event in enumerate(events)], missing=missing)


def test_two_arrivals_from_whom_nobody_knows_are_told_by_their_cause() -> None:
    one = run(sent("a", "x"), sent("b", "x"), received("c", 0), received("c", 1))
    other = run(sent("a", "x"), sent("b", "x"), received("c", 1), received("c", 0))
    found = compare(one, other)
    assert found.equal is False
    assert found.divergence is not None
    assert found.divergence.words == (
        "in the second run `c` received 'x', which follows from what `b` did: it sent 'x' on ?; "
        "in the first run it follows from what `a` did: it sent 'x' on ?"
    )


def test_identical_neighbours_are_interchangeable_with_what_follows() -> None:
    one = run(sent("a", "x"), sent("a", "x"), received("b", 0), received("c", 1))
    other = run(sent("a", "x"), sent("a", "x"), received("b", 1), received("c", 0))
    assert compare(one, other).equal is True


def test_identical_neighbours_are_counted() -> None:
    one = run(sent("a", "x"), sent("a", "x"), received("b", 0), received("c", 1))
    other = run(sent("a", "x"), sent("a", "x"), received("b", 0), received("c", 0))
    assert compare(one, other).equal is False


def test_what_is_identical_and_no_neighbour_is_not_interchangeable() -> None:
    one = run(sent("a", "x"), sent("a", "y"), sent("a", "x"), received("b", 0))
    other = run(sent("a", "x"), sent("a", "y"), sent("a", "x"), received("b", 2))
    assert compare(one, other).equal is False


def test_a_pair_that_is_ambiguous_leaves_it_open() -> None:
    one = run(sent("a", "x"), sent("a", "y"), sent("a", "x"), received("b", 0, pairing=Pairing.AMBIGUOUS))
    other = run(sent("a", "x"), sent("a", "y"), sent("a", "x"), received("b", 2, pairing=Pairing.AMBIGUOUS))
    found = compare(one, other)
    assert found.equal is None
    assert found.why == "which of several like messages arrived is not known"
    assert found.status == 2


def test_what_came_too_late_into_the_log_is_put_back() -> None:
    """A broadcast is written when it is known who sent it, which may be after what its page did next."""
    common = {"via": MessageVia.BROADCAST, "channel": "BroadcastChannel 'news'"}
    news = e.MessageSent(actor="a", content=content("n"), **common)  # type: ignore[arg-type]
    heard = e.MessageReceived(actor="b", cause=1, **common)  # type: ignore[arg-type]
    hello, reply = sent("b", "hello"), sent("b", "reply")
    at_once = run(hello, news, heard, reply)
    for late, equal in (({3: (2, 0)}, True), ({}, False), ({3: (0, 0)}, False), ({3: (3, 0)}, False)):
        assert (
            compare(run(*(deepcopy(event) for event in (hello, news, reply, heard)))._replace(late=late), at_once).equal
            is equal
        )


def test_of_those_that_were_heard_at_one_place_the_first_comes_first() -> None:
    common = {"via": MessageVia.BROADCAST, "channel": "BroadcastChannel 'news'"}

    def told(first: int, second: int, late: dict[int, tuple[int, int]]) -> Run:
        both = [e.MessageSent(actor=who, content=content(who), **common) for who in "ac"]  # type: ignore[arg-type]
        came = [e.MessageReceived(actor="b", cause=cause, **common) for cause in (first, second)]  # type: ignore[arg-type]
        return run(*both, sent("b", "reply"), *came)._replace(late=late)

    one = told(0, 1, {3: (2, 0), 4: (2, 1)})
    assert compare(one, told(1, 0, {3: (2, 1), 4: (2, 0)})).equal is True
    assert compare(one, told(1, 0, {3: (2, 0), 4: (2, 1)})).equal is False


def test_a_run_that_is_cut_cannot_be_told_from_the_whole_one() -> None:
    whole = run(sent("a", "x"), received("b", 0), sent("b", "y"))
    cut = run(sent("a", "x"), received("b", 0), missing=("the recording was not closed",))
    found = compare(whole, cut)
    assert found.equal is None
    assert (
        found.why
        == "the second run is not whole (the recording was not closed), and agrees with the other one as far as it goes"
    )
    other = run(sent("a", "z"), received("b", 0), missing=("the recording was not closed",))
    assert compare(whole, other).equal is False
    assert compare(whole, run(sent("a", "x"), received("b", 0))).equal is False


def test_lost_facts_leave_it_open() -> None:
    lost = e.Surprise(actor="a", what="batches 3 to 4 of a never came")
    found = compare(run(sent("a", "x"), sent("a", "y")), run(sent("a", "x"), lost))
    assert found.equal is None
    assert "batches 3 to 4 of a never came" in found.why


def test_a_log_that_begins_later_than_at_zero() -> None:
    whole = run(sent("a", "z"), sent("a", "x"), received("b", 1))
    rest = Run([event.stamped(event.seq + 100) for event in run(sent("a", "z"), sent("a", "x")).events])
    arrival = received("b", 101).stamped(102)
    assert compare(Run([*rest.events, arrival]), whole).equal is True


def test_nothing_is_equal_to_nothing() -> None:
    found = compare(Run([]), Run([]))
    assert found.equal is True
    assert str(found) == "equal (0 events)"


@pytest.mark.parametrize("count", [2, 30])
def test_actors_that_are_alike_and_have_to_do_with_each_other(count: int) -> None:
    """Each of many frames of one address has a partner, and nobody else tells them apart."""

    def ring(shift: int) -> Run:
        events: list[e.Event] = [*log(Program(ACTORS[:1], (Step(0, "appeared"),))).events]
        frame = log(Program(ACTORS[:2], (Step(0, "appeared"), Step(1, "appeared")))).events[1]
        assert isinstance(frame, e.ClientAppeared)
        for at in range(2 * count):
            label = f"c{at + 2}"
            fields = {name: getattr(frame, name) for name in frame.__struct_fields__}
            events.append(e.ClientAppeared(**{**fields, "client": label, "actor": label}))
        for at in range(count):
            mine, theirs = at, count + (at + shift) % count
            events.append(sent(f"c{mine + 2}", "x"))
            events.append(received(f"c{theirs + 2}", len(events) - 1))
        return run(*events)

    assert compare(ring(0), ring(1)).equal is True
    assert compare(ring(0), run(*ring(1).events[:-1])).equal is False


def test_no_clock_in_an_error_counts() -> None:
    def ended(what: str, type: str = "ClientGone") -> Run:
        failure = Failure(type=type, what=what, todo="ask again")
        return Run([], [Command(name="client.focus", receiver={}, given={}, failure=failure, begin_seq=0, end_seq=0)])

    one = ended("the client is gone; it was last seen at 10:11:12")
    assert compare(one, ended("the client is gone; it was last seen at 23:59:01")).equal is True
    assert compare(one, ended("it was never seen")).equal is False
    assert compare(one, ended("the client is gone; it was last seen at 10:11:12", "Refused")).equal is False
    waited = ended("it did not come in 5 s: w1 is installing", "WaitTimeout")
    assert compare(waited, ended("it did not come in 5 s: w1 is activated", "WaitTimeout")).equal is True


def test_arguments_have_no_order_and_an_id_says_whose_it_is() -> None:
    def asked(given: dict[str, list[Any]], answer: list[Any]) -> Run:
        return Run([], [Command(name="clients.get", receiver={}, given=given, answer=answer, begin_seq=0, end_seq=0)])

    known = [[1], ["O", "client", "c1", "id", "x"]]
    unknown = [[1], ["O", "client", None, "id", "x"]]
    one = asked({"a": [1], "b": [2]}, known)
    assert compare(one, asked({"b": [2], "a": [1]}, unknown)).equal is True
    assert compare(one, asked({"b": [2], "a": [3]}, unknown)).equal is False
