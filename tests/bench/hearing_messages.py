"""Row ``messages``: a page and its worker exchange many messages, with the probe, without it, and on the bare pipe.

Four browsers live at once and take turns. The log's memory is what stays allocated in the process for some messages
(`tracemalloc`, so all that keeps them counts: log, world, what the probe remembers), measured first, untimed.
"""

from __future__ import annotations

import gc
import random
import tracemalloc
from typing import Any

from tests.bench.hearing_checks import in_order, seen
from tests.bench.hearing_labs import Bare, Side, turns
from tests.bench.hearing_material import BURST, DIGITS, ECHO
from tests.bench.hearing_rows import Figure

MAX_BYTES = 600
MAX_TIMES = 1.5
MEMORY_SHARE = 10
"""Part of the messages that memory is measured with."""

ZERO = dict.fromkeys(("lost", "doubled", "disordered", "inexact"), 0)


class Exchange:
    """One side's messages so far."""

    def __init__(self, side: Side | Bare) -> None:
        self.side = side
        self.next = 0
        self.wrong = 0

    def burst(self, count: int) -> float:
        """Exchange so many, and return the page's own milliseconds."""
        took_ms, wrong = self.side.value(f"burst({self.next}, {count})")
        self.next += count
        self.wrong += int(wrong)
        return float(took_ms)


def measure(executable: str, size: int, rounds: int) -> list[Figure]:
    """Measure the row's figures."""
    order = random.Random()
    hears, deaf = Side(executable, hears=True), Side(executable, hears=False)
    at_once = Side(executable, hears=True, at_once=True)
    bare = Bare(executable, deaf.port)
    try:
        hears.open(BURST, ECHO)
        deaf.open(BURST, ECHO)
        at_once.open(BURST, ECHO)
        bare.open(registers=True)
        sides: dict[str, Side | Bare] = {"probe": hears, "without": deaf, "floor": bare, "at once": at_once}
        exchanges = {name: Exchange(side) for name, side in sides.items()}
        memory = memory_of(exchanges["probe"], hears, max(500, size // MEMORY_SHARE))
        each = max(200, (size - exchanges["probe"].next) // (rounds + 1))
        samples: dict[str, list[float]] = {name: [] for name in exchanges}
        for place in range(rounds + 1):
            for name in turns(exchanges, order):
                took_ms = exchanges[name].burst(each)
                hears.quiet(4 * exchanges["probe"].next)
                at_once.quiet(4 * exchanges["at once"].next)
                if place:  # the first is to warm up
                    samples[name].append(took_ms)
        rest = size - exchanges["probe"].next
        if rest > 0:
            exchanges["probe"].burst(rest)
            hears.quiet(4 * exchanges["probe"].next)
        return [
            counted(hears, exchanges["probe"]),
            Figure(
                "messages_time",
                f"the page's own time for {each:,} messages there and {each:,} back",
                "ms",
                against="without",
                target=MAX_TIMES,
                probe=samples["probe"],
                without=samples["without"],
                floor=samples["floor"],
            ),
            Figure(
                "messages_at_once",
                "the same with `--at-once`, where nothing is held back",
                "ms",
                against="nothing",
                probe=samples["at once"],
                without=samples["without"],
                floor=samples["floor"],
            ),
            memory,
        ]
    finally:
        bare.end()
        at_once.end()
        deaf.end()
        hears.end()


def memory_of(exchange: Exchange, side: Side, count: int) -> Figure:
    """Measure what stays in memory of a message: its two events and its payload."""
    lab = side.lab
    exchange.burst(200)  # what is made once is there then, and what is imported some seconds after a start
    side.quiet(4 * exchange.next)
    len(lab.log.messages())
    lab.run(lab.asynchronous.desk.desktop.ready)
    gc.collect()
    tracemalloc.start()
    before, events = tracemalloc.get_traced_memory()[0], len(lab.log)
    exchange.burst(count)
    side.quiet(4 * exchange.next)
    lab.log.messages(since=lab.log.mark())  # the index of messages counts, too
    gc.collect()
    grown, new = tracemalloc.get_traced_memory()[0] - before, len(lab.log) - events
    tracemalloc.stop()
    return Figure(
        "messages_memory",
        "what the log holds of a message: sent, received, payload",
        "bytes",
        against="itself",
        target=MAX_BYTES,
        probe=[grown / (2 * count)],
        notes=[
            f"all that stays allocated in Python for {2 * count:,} messages, by tracemalloc: "
            f"{grown / max(1, new):.0f} bytes for each of {new:,} events"
        ],
    )


def counted(side: Side, exchange: Exchange) -> Figure:
    """Check all that was exchanged against the log."""
    messages = side.lab.log.messages(between=("home", "worker"))
    counts = in_order((seen(message, serial) for message in messages), exchange.next)
    counts["disordered"] += exchange.wrong
    return Figure(
        "messages",
        f"{exchange.next:,} messages of 200 bytes each way between a page and its worker",
        against="counts",
        counts=counts,
        must={"messages": 2 * exchange.next, **ZERO},
        notes=side.surprises(),
    )


def serial(data: Any) -> int:
    """Return a message's number."""
    return int(data[:DIGITS])
