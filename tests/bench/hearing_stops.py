"""Row ``stops``: a worker is stopped again and again while a page and it exchange numbered messages.

Each message that arrives wakes it. What arrived is known by three: the page remembers what it got, the worker's answers say
what they answer, and the agents' batches are kept as they came, before anything was made of them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from tests.bench.hearing_checks import MUST_BE_ZERO, Told, key_of, receipts, seen, stopped
from tests.bench.hearing_labs import Side
from tests.bench.hearing_material import ANSWER, TRAFFIC
from tests.bench.hearing_rows import Figure

AWAKE_S = 0.01
"""How long a worker runs before it is stopped, at most."""

WAKE_S = 30.0


def measure(executable: str, size: int, rounds: int) -> list[Figure]:
    """Measure the row's figure."""
    side = Side(executable, hears=True)
    try:
        side.keep_batches()
        side.open(TRAFFIC, ANSWER)
        side.script("begin()")
        begin = perf_counter()
        side.lab.run(stop_often, side, size)
        took_s = perf_counter() - begin
        posted = int(side.script("end()"))
        # the last life answers all that is on its way; then both agents have said all
        side.value("new Promise(resolve => setTimeout(resolve, 1000))")
        side.quiet()
        side.decide()
        heard = [(one["life"], one["nth"], one["p"]) for one in side.script("heard")]
        arrivals = receipts(side.said["page"], False) + receipts(side.said["service_worker"], True)
        log = side.lab.log
        counts = stopped([seen(m, key_of) for m in log.messages()], Told(posted, heard, arrivals))
        surprises = side.surprises()
    finally:
        side.lab.stop()
    lives = len({life for life, _, _ in heard})
    return [
        Figure(
            "stops",
            f"{size:,} stops and starts of a worker under traffic",
            against="counts",
            counts=counts,
            must=dict.fromkeys(MUST_BE_ZERO, 0),
            notes=[f"in {took_s:.0f} s; answers of {lives:,} lives reached the page", *surprises],
        )
    ]


async def stop_often(side: Side, count: int) -> None:
    """Stop the worker so often, each time a few milliseconds after it began to run."""
    order = random.Random()
    service_workers = side.lab.asynchronous.browser.service_workers
    version = next(version for version in service_workers.versions.values() if version.role == "active")

    def runs() -> bool:
        return bool(version.running == "running")

    for place in range(count):
        await reach(service_workers, version, runs, f"run after {place} stops")
        await asyncio.sleep(order.random() * AWAKE_S)
        stops = version.stops
        await service_workers.stop_worker(version)
        await reach(service_workers, version, partial(stopped_since, version, stops), f"stop after {place} stops")


def stopped_since(version: Any, stops: int) -> bool:
    """Tell whether a worker stopped; when this is looked at it may run again."""
    return bool(version.stops > stops)


async def reach(service_workers: Any, version: Any, holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds of a worker."""
    try:
        async with asyncio.timeout(WAKE_S):
            while not holds():
                await service_workers.changed(WAKE_S)
    except TimeoutError:
        raise RuntimeError(f"the worker did not {what}: it is {version.running}") from None
