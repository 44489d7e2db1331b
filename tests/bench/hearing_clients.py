"""Row ``clients``: a page with so many frames that there are 200 clients is opened and claimed, and each is mapped."""

from __future__ import annotations

import random
from time import perf_counter
from typing import Any

from tests.bench.hearing_labs import Side, turns, until
from tests.bench.hearing_rows import Figure
from tests.bench.material import CLIENTS, FRAME, FRAMES, INDEX, SERVICE_WORKER

PATIENCE_S = 60.0


def measure(executable: str, size: int, rounds: int) -> list[Figure]:
    """Measure the row's figures."""
    assert size == CLIENTS
    order = random.Random()
    sides = {"probe": Side(executable, hears=True), "without": Side(executable, hears=False)}
    try:
        for side in sides.values():
            side.open(INDEX, SERVICE_WORKER)
            for path, page in (("/frame.html", FRAME), ("/frames.html", FRAMES)):
                side.lab.site.write(path, page, content_type="text/html")
        samples: dict[str, list[float]] = {name: [] for name in sides}
        worst: dict[str, int] = {}
        for place in range(rounds + 1):
            for name in turns(sides, order):
                took_s, counts = once(sides[name])
                if place:
                    samples[name].append(took_s)
                worst = {key: min(value, worst.get(key, value)) for key, value in counts.items()} or worst
        return [figure_of(worst, sides["probe"]), time_of(samples)]
    finally:
        for side in sides.values():
            side.end()


def once(side: Side) -> tuple[float, dict[str, int]]:
    """Open, claim, wait until all is known, close; return the seconds up to there, and what is known."""
    lab = side.lab
    begin = perf_counter()
    frames = lab.open("/frames.html", name="frames")
    lab.clients.claim()
    if side.hears:
        until(lambda: all(count == CLIENTS for count in known(lab.world).values()), PATIENCE_S)
    else:
        until(lambda: len(lab.clients.match_all()) == CLIENTS, PATIENCE_S)
    took_s = perf_counter() - begin
    counts = known(lab.world) if side.hears else {}
    if side.hears:
        listed = {client.id for client in lab.clients.match_all()}
        counts["ids that the worker lists"] = len(listed & {row.id for row in lab.world.clients})
    frames.close()
    until(lambda: len(lab.clients.match_all()) == 1, PATIENCE_S)
    if side.hears:
        until(lambda: len(lab.world.clients) == 1, PATIENCE_S)
    return took_s, counts


def known(world: Any) -> dict[str, int]:
    """Return how many clients the world has, and how much of them."""
    rows = list(world.clients)
    return {
        "rows": len(rows),
        "ids": len({row.id for row in rows if row.id}),
        "targets": sum(row.target is not None for row in rows),
        "controllers": sum(row.controller is not None for row in rows),
    }


def figure_of(counts: dict[str, int], side: Side) -> Figure:
    """Return what must be known of them."""
    return Figure(
        "clients",
        f"{CLIENTS} clients (frames) opened and claimed",
        against="counts",
        counts=counts,
        must=dict.fromkeys(("rows", "ids", "targets", "controllers", "ids that the worker lists"), CLIENTS),
        notes=side.surprises(),
    )


def time_of(samples: dict[str, list[float]]) -> Figure:
    """Return how long it took."""
    return Figure(
        "clients_time",
        "open, claim, and each of them known (without the probe: listed by the worker)",
        "s",
        probe=samples["probe"],
        without=samples["without"],
    )
