"""Row ``facts``: how fast facts come into the log, beside a bare binding that is called with the same batches.

The batches are an agent's own, recorded while a page exchanges messages by a pair of ports, once each message in a turn of its
own (mostly one fact in a batch) and once many in one turn (up to 64 of them). A page then says them again, from a loop, to both
sides: to the lab, where they take the whole road from ``Runtime.bindingCalled`` to the log, pairing and world included, and to
the bare pipe, which decodes each message and each batch with `json.loads` and drops it. What making them costs the page is no part
of this figure, but of the row ``messages``. The rate is that of arrivals: from the first batch to the last.
"""

from __future__ import annotations

import json
import random
from time import monotonic_ns
from typing import Any

from tests.bench.hearing_labs import Bare, Side, turns
from tests.bench.hearing_material import BATCHES, batch_tails, facts_in, repeatable
from tests.bench.hearing_rows import Figure

MIN_RATE = 0.5
MESSAGES = 1000
"""For recording."""

WAYS = {"spread": ("facts", "one by one"), "crowded": ("facts_crowded", "what was sent in one turn together")}


def measure(executable: str, size: int, rounds: int) -> list[Figure]:
    """Measure the row's figures."""
    order = random.Random()
    side = Side(executable, hears=True)
    bare: Bare | None = None
    try:
        side.keep_batches()
        side.open(BATCHES)
        bare = Bare(executable, side.port)
        bare.open(registers=False)
        bare.pipe.call("Runtime.enable", bare.page)
        bare.pipe.call("Runtime.addBinding", bare.page, name="bound")
        side.lab.run(expose, side)
        recorded = {way: record(side, way) for way in WAYS}  # what comes after a repetition has a wrong number
        return [compare(way, batches, side, bare, size, rounds, order) for way, batches in recorded.items()]
    finally:
        if bare is not None:
            bare.end()
        side.end()


async def expose(side: Side) -> None:
    """Bring the binding's global back, which the agent has deleted."""
    asynchronous = side.lab.asynchronous
    session = asynchronous.browser.targets.by_id[side.home.target_id].session
    binding = asynchronous.probe._installer.binding
    await session.send("Runtime.removeBinding", {"name": binding})
    await session.send("Runtime.addBinding", {"name": binding})


def compare(
    way: str, batches: list[str], side: Side, bare: Bare, size: int, rounds: int, order: random.Random
) -> Figure:
    """Measure one figure."""
    times = max(1, size // facts_in(batches))
    for one in (side, bare):
        one.script(f"globalThis.batches = {json.dumps(batch_tails(batches))}; 0")
    rates: dict[str, list[float]] = {"probe": [], "floor": []}
    for place in range(rounds + 1):
        for name in turns(rates, order):
            rate = heard(side, batches, times) if name == "probe" else received(bare, batches, times)
            if place:
                rates[name].append(rate)
    name, told = WAYS[way]
    return Figure(
        name,
        f"facts a second into the log; {told}, {facts_in(batches):,} facts in {len(batches):,} batches",
        "facts/s",
        against="floor",
        target=MIN_RATE,
        at_least=True,
        probe=rates["probe"],
        floor=rates["floor"],
        notes=side.surprises(),
    )


def record(side: Side, way: str) -> list[str]:
    """Let the agent speak, and return its batches."""
    side.quiet()
    said = side.said["page"]
    before = len(said)
    side.value(f"{way}({MESSAGES})")
    side.quiet()
    return repeatable(said[before:])


def heard(side: Side, batches: list[str], times: int) -> float:
    """Say batches again, and return how many facts a second come into the log."""
    lab = side.lab
    side.quiet()
    probe = lab.asynchronous.probe
    binding = probe._installer.binding
    context = next(context for context in probe.lives.all() if context.actor == "home")
    before, events = len(lab.log), facts_in(batches) * times
    lab.run(start, side, f"replay({json.dumps(binding)}, {context.serial}, {times})")
    side.quiet(before + events)
    new: list[Any] = [event for event in lab.log[before:] if event.kind in ("message.sent", "message.received")]
    if len(new) != events:
        raise RuntimeError(f"{len(new)} of {events} facts came into the log: {side.surprises()[:3]}")
    return len(new) * 1e9 / int(new[-1].t_mono_ns - new[0].t_mono_ns)


async def start(side: Side, source: str) -> None:
    """Start a script, from the loop: no caller reads meanwhile."""
    await side.home._window.evaluate(source)


def received(bare: Bare, batches: list[str], times: int) -> float:
    """Say batches again, and return how many facts a second come over the bare pipe."""
    left = len(batches) * times
    bare.script(f'replay("bound", 0, {times}); 0')
    first = last = facts = 0
    while left:
        message: dict[str, Any] = bare.pipe.receive()
        if message.get("method") == "Runtime.bindingCalled":
            batch = json.loads(message["params"]["payload"])
            last = monotonic_ns()
            first = first or last
            facts += len(batch[2])
            left -= 1
    return facts / (last - first) * 1e9
