"""Runs to compare: programs of a few actors, and the many logs that one program can leave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from swnb import events as e
from swnb import values
from swnb.vocab import (
    ClientId,
    ClientType,
    FrameType,
    Lifecycle,
    MessageVia,
    ServiceWorkerState,
    TargetId,
    VersionId,
    VisibilityState,
)

HERE = "http://lab.localhost"


class Run(NamedTuple):
    """What is compared."""

    events: Sequence[e.Event]
    commands: Sequence[Any] = ()
    missing: Sequence[str] = ()
    late: Mapping[int, tuple[int, int]] = {}


class Command(NamedTuple):
    """A command of a notebook."""

    name: str
    arguments: dict[str, object]
    outcome: object = None
    begin_seq: int = 0
    end_seq: int = 0


class Actor(NamedTuple):
    """Who does something: ``window``, ``frame`` or ``service``; frames may be alike."""

    kind: str
    url: str


class Step(NamedTuple):
    """What an actor does; `cause` is another step of the program, `id_of` an actor whose id stands in the text."""

    who: int
    kind: str
    text: str = ""
    cause: int | None = None
    id_of: int | None = None


LANES = {"console": "console", "hidden": "sight", "state": "state", "identified": "identified"}
"""Kinds of step that do not stand in their actor's realm."""


class Program(NamedTuple):
    """What happened, whatever its log looks like. The steps are in one order that is possible."""

    actors: tuple[Actor, ...]
    steps: tuple[Step, ...]

    def lane(self, at: int) -> tuple[int, str]:
        """Return the strand that a step is in."""
        step = self.steps[at]
        return step.who, LANES.get(step.kind, "realm")

    def before(self) -> list[set[int]]:
        """Return for each step those that have to come before it."""
        last: dict[tuple[int, str], int] = {}
        begun: dict[int, int] = {}
        found: list[set[int]] = []
        for at, step in enumerate(self.steps):
            lane = self.lane(at)
            needs = {last[lane]} if lane in last else set()
            needs |= {step.cause} if step.cause is not None else set()
            needs |= {begun[step.who]} if step.who in begun else set()
            if step.kind == "appeared":
                begun[step.who] = at
                needs |= {begun[0]} if step.who and 0 in begun else set()
            last[lane] = at
            found.append(needs)
        return found


def possible(before: list[set[int]], random: Random | None) -> list[int] | None:
    """Return a random order in which nothing comes before what it needs; None where there is none."""
    after: list[list[int]] = [[] for _ in before]
    waits = [len(needs) for needs in before]
    for at, needs in enumerate(before):
        for needed in needs:
            after[needed].append(at)
    ready = [(random.random() if random else 0.0, at) for at, count in enumerate(waits) if not count]
    heapify(ready)
    order = []
    while ready:
        _, at = heappop(ready)
        order.append(at)
        for following in after[at]:
            waits[following] -= 1
            if not waits[following]:
                heappush(ready, (random.random() if random else 0.0, following))
    return order if len(order) == len(before) else None


def log(program: Program, random: Random | None = None, clocks: bool = True, late: bool = False) -> Run:
    """Return one of the logs that a program can leave: any order, labels as they come, other ids and clocks.

    Some messages are written `late`: after what was heard later, with where they belong beside the log.
    """
    order = possible(program.before(), random)
    assert order is not None
    writer = _Writer(program, random or Random(0), clocks)
    if not late:
        return Run([writer.write(at) for at in order])
    return _late(program, order, writer)


def _late(program: Program, order: list[int], writer: _Writer) -> Run:
    """Hold some sendings and arrivals back when they are heard, and write them at any later moment."""
    events: list[e.Event] = []
    held: dict[int, tuple[int, int]] = {}
    late: dict[int, tuple[int, int]] = {}

    def write(at: int) -> None:
        cause = program.steps[at].cause
        if cause in held:  # nothing is written before what it follows from
            write(cause)
        if at in held:
            late[len(events)] = held.pop(at)
        events.append(writer.write(at))

    for turn, at in enumerate(order):
        if program.steps[at].kind in ("sent", "received") and writer.random.random() < 0.5:
            held[at] = (len(events), turn)
        else:
            write(at)
        while held and writer.random.random() < 0.3:
            write(writer.random.choice(sorted(held)))
    while held:
        write(writer.random.choice(sorted(held)))
    return Run(events, late=late)


class _Writer:
    def __init__(self, program: Program, random: Random, clocks: bool) -> None:
        self.program = program
        self.random = random
        self.labels: dict[int, str] = {}
        self.seqs: dict[int, int] = {}
        self.clock = [random.uniform(1e12, 2e12) for _ in program.actors]
        self.clocks = clocks
        self.ids = [
            str(UUID(int=random.getrandbits(100) << 8 | who, version=4)) for who, _ in enumerate(program.actors)
        ]
        self.counts = {"c": 0, "w": 0}

    def label(self, who: int) -> str:
        if who not in self.labels:
            letter = "w" if self.program.actors[who].kind == "service" else "c"
            self.counts[letter] += 1
            self.labels[who] = f"{letter}{self.counts[letter]}"
        return self.labels[who]

    def actor(self, who: int) -> str:
        label = self.label(who)
        return "home" if self.program.actors[who].kind == "window" else label

    def write(self, at: int) -> e.Event:
        step = self.program.steps[at]
        seq = self.seqs[at] = len(self.seqs)
        self.clock[step.who] += self.random.choice((0.1, 5.0))
        common = {
            "seq": seq,
            "actor": self.actor(step.who),
            "t_browser_ms": self.clock[step.who] if self.clocks else None,
            "t_mono_ns": self.random.getrandbits(50),
            "cause": None if step.cause is None else self.seqs[step.cause],
        }
        text = step.text if step.id_of is None else f"{step.text} {self.ids[step.id_of]}"
        return _event(self, step, text, common)


def content(value: object) -> bytes:
    """Return a payload."""
    return json.dumps(values.encode(value)).encode()


def _event(w: _Writer, step: Step, text: str, common: dict[str, Any]) -> e.Event:
    actor = w.program.actors[step.who]
    match step.kind:
        case "appeared":
            top = actor.kind == "window"
            return e.ClientAppeared(
                **common,
                client=w.label(step.who),
                url=HERE + actor.url,
                type=ClientType.WINDOW,
                frame_type=FrameType.TOP_LEVEL if top else FrameType.NESTED,
                origin=HERE,
                target_id=TargetId(f"T{w.random.random()}"),
                name="home" if top else None,
                owner=None if top else w.label(0),
                visibility_state=VisibilityState.VISIBLE,
            )
        case "identified":
            return e.ClientIdentified(**common, client=w.label(step.who), id=ClientId(w.ids[step.who]))
        case "state":
            return e.WorkerStateChanged(
                **common,
                version_id=VersionId(str(w.random.random())),
                scope=HERE + actor.url,
                script_url=f"{HERE}{actor.url}sw.js",
                state=ServiceWorkerState(text),
                former=None,
            )
        case "sent":
            return e.MessageSent(
                **common, via=MessageVia.CLIENT, channel="?", content=content(text), size=2 * len(text)
            )
        case "received":
            cause = w.program.steps[step.cause or 0]
            return e.MessageReceived(
                **common, via=MessageVia.CLIENT, channel="?", sender=w.actor(cause.who), listeners=1
            )
        case "called":
            return e.CallMade(**common, function=text, arguments=content([]))
        case "answered":
            return e.CallAnswered(**common, function=text, result=content(text), duration_ms=w.random.random())
        case "console":
            return e.ConsoleWritten(**common, level="log", text=text)
        case "hidden":
            return e.ClientChanged(**common, client=w.label(step.who), visibility_state=VisibilityState.HIDDEN)
        case "loaded":
            return e.ClientChanged(**common, client=w.label(step.who), lifecycle=Lifecycle.LOADED)
    raise AssertionError(step.kind)


ACTORS = (
    Actor("window", "/"),
    Actor("frame", "/frame"),
    Actor("service", "/"),
    Actor("frame", "/frame"),
    Actor("frame", "/x"),
)


@st.composite
def programs(draw: st.DrawFn, alike: bool = True) -> Program:
    """Make up programs of a page, frames (two of them alike) and a service worker."""
    actors = ACTORS if alike else tuple(Actor(actor.kind, f"{actor.url}{at}") for at, actor in enumerate(ACTORS))
    steps = [Step(0, "appeared")]
    steps += [Step(who, "appeared") for who, actor in enumerate(actors) if who and actor.kind == "frame"]
    steps += [Step(who, "identified") for who, actor in enumerate(actors) if actor.kind != "service"]
    steps.append(Step(2, "state", "activated"))
    waiting: list[tuple[int, str, str]] = []
    for _ in range(draw(st.integers(0, 14))):
        who = draw(st.integers(0, len(actors) - 1))
        service = actors[who].kind == "service"
        kinds = ["sent", "sent", "console", *(["called"] if service else ["hidden", "loaded"])]
        mine = [each for each in waiting if (each[0] != who) == (each[1] == "received")]
        kind = draw(st.sampled_from([*kinds, *(["then", "then", "then"] if mine else [])]))
        text = draw(st.sampled_from(["x", "y", "a longer text"]))
        if kind == "then":
            cause, kind, text = draw(
                st.sampled_from(sorted({(steps_at(steps, each), each[1], each[2]) for each in mine}))
            )
            waiting.remove(next(each for each in mine if steps_at(steps, each) == cause))
            steps.append(Step(who, kind, text, cause))
            continue
        id_of = draw(st.sampled_from([None, None, 0, 1, 3])) if kind in ("sent", "console") else None
        steps.append(Step(who, kind, "" if kind in ("hidden", "loaded") else text, None, id_of))
        if kind == "sent":
            waiting.append((who, "received", text))
        elif kind == "called":
            waiting.append((who, "answered", text))
    return Program(actors, tuple(steps))


def steps_at(steps: list[Step], waiting: tuple[int, str, str]) -> int:
    """Return the first step that something waits for, which nothing has followed yet."""
    who, kind, text = waiting
    first = {"received": "sent", "answered": "called"}[kind]
    taken = {step.cause for step in steps}
    return next(at for at, s in enumerate(steps) if (s.who, s.kind, s.text) == (who, first, text) and at not in taken)
