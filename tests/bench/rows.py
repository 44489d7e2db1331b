"""The rows of the benchmark: what is measured, how often, and what swnb must reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tests.bench.contest import Stage
from tests.bench.material import CLIENTS

Kind = Literal["call", "cold", "cold-kernel", "memory", "memory-kernel"]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    name, title
        Name on the command line, head of the line.
    kind
        ``call``: one operation, timed within a long-lived process. ``cold``: a fresh process each time, up to its
        first listing. ``cold-kernel``: the same in the first cell of a fresh ipykernel, which is where swnb lives: what a
        kernel has loaded by itself is there for every contestant. ``memory`` and ``memory-kernel``: what that fresh process,
        or that kernel, then occupies.
    target
        What swnb must reach, as a multiple of the floor's median; None where nothing is asked.
    below
        Prefix of the contestants that swnb must be faster than, ``""`` where there are none.
    operation, stage
        For ``call``: see `tests.bench.contest`.
    rounds, calls
        Rounds of a full run, and the consecutive calls of one contestant within a round.
    quick_rounds
        Rounds of a quick run.
    """

    name: str
    title: str
    kind: Kind = "call"
    target: float | None = None
    below: str = ""
    operation: str = ""
    stage: Stage = "home"
    rounds: int = 20
    calls: int = 25
    quick_rounds: int = 4

    @property
    def unit(self) -> str:
        """Unit in which the row is shown."""
        return "MiB" if self.kind.startswith("memory") else "s" if self.kind.startswith("cold") else "ms"


ROWS: Final[tuple[Row, ...]] = (
    Row("evaluate", "evaluate `1` in the worker", target=1.4, operation="evaluate", rounds=40),
    Row("match_all", "`match_all()`, 1 client", target=1.3, operation="match_all:1", rounds=40),
    Row(
        "match_all_200",
        f"`match_all()`, {CLIENTS} clients (frames)",
        target=1.3,
        operation=f"match_all:{CLIENTS}",
        stage="frames",
        calls=5,
    ),
    Row(
        "start",
        "process start to the first `match_all()` with a controlled client",
        kind="cold",
        target=1.15,
        below="playwright",
        rounds=9,
        calls=1,
        quick_rounds=3,
    ),
    Row(
        "start_kernel",
        "first cell of a fresh kernel to the first `match_all()` with a controlled client",
        kind="cold-kernel",
        target=1.15,
        below="playwright",
        rounds=11,
        calls=1,
        quick_rounds=3,
    ),
    Row(
        "array_out_1",
        "typed array of 1 MiB, JavaScript → Python",
        target=1.5,
        operation="array_out:1",
        stage="arrays",
        rounds=12,
        calls=3,
        quick_rounds=3,
    ),
    Row(
        "array_in_1",
        "typed array of 1 MiB, Python → JavaScript",
        target=1.5,
        operation="array_in:1",
        stage="arrays",
        rounds=12,
        calls=3,
        quick_rounds=3,
    ),
    Row(
        "array_out_16",
        "typed array of 16 MiB, JavaScript → Python",
        target=1.5,
        operation="array_out:16",
        stage="arrays",
        rounds=7,
        calls=1,
        quick_rounds=2,
    ),
    Row(
        "array_in_16",
        "typed array of 16 MiB, Python → JavaScript",
        target=1.5,
        operation="array_in:16",
        stage="arrays",
        rounds=5,
        calls=1,
        quick_rounds=1,
    ),
    Row("memory", "resident memory of the Python process", kind="memory", rounds=9, calls=1, quick_rounds=3),
    Row("memory_kernel", "resident memory of an ipykernel", kind="memory-kernel", rounds=11, calls=1, quick_rounds=3),
)
