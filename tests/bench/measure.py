"""Measuring: contestants take turns in small batches, in another order each round."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tests.bench import hosts
from tests.bench.contest import Entry, Unsupported, expected_proof
from tests.bench.machine import resident
from tests.bench.rows import Row
from tests.bench.table import Line, Missing, summarise

START_S = 90.0
CALL_S = 180.0


def say(text: str) -> None:
    """Show how far the run is."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Samples:
    """What was gathered for one row.

    Attributes
    ----------
    values
        Contestant's key → samples, in seconds or bytes.
    missing
        Contestant's key → why it has none.
    remarks
        Contestant's key → footnote.
    """

    row: Row
    values: dict[str, list[float]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def add(self, entry: Entry, values: Iterable[float]) -> None:
        """Add a contestant's samples."""
        self.values.setdefault(entry.key, []).extend(values)

    def fail(self, entry: Entry, why: str) -> None:
        """Strike a contestant from this row."""
        if entry.key not in self.missing:
            say(f"  {self.row.name}: {entry.key}: {why}")
        self.missing[entry.key] = why

    def line(self, entries: Iterable[Entry]) -> Line:
        """Return the table's line."""
        line = Line(self.row)
        for entry in entries:
            values = self.values.get(entry.key)
            if entry.key in self.missing or not values:
                line.cells[entry.key] = Missing(self.missing.get(entry.key, "not measured in this run"))
            else:
                line.cells[entry.key] = summarise(values, self.remarks.get(entry.key, ""))
        return line


@dataclass
class Run:
    """One run of the benchmark."""

    entries: Sequence[Entry]
    executable: str
    port: int
    environment: dict[str, str]
    quick: bool = False
    order: random.Random = field(default_factory=random.Random)

    def rounds(self, row: Row) -> int:
        """Return how many rounds a row gets."""
        return row.quick_rounds if self.quick else row.rounds

    def shuffled(self) -> list[Entry]:
        """Return the contestants in another order."""
        return self.order.sample(list(self.entries), len(self.entries))

    def measure(self, rows: Sequence[Row]) -> list[Line]:
        """Measure the rows and return their lines, in the rows' order."""
        gathered = {row.name: Samples(row) for row in rows}
        # Cold starts first: no other browser is there then.
        self.measure_cold([gathered[row.name] for row in rows if row.kind in ("cold", "memory")])
        self.measure_kernels([gathered[row.name] for row in rows if row.kind in ("cold-kernel", "memory-kernel")])
        calls = [gathered[row.name] for row in rows if row.kind == "call"]
        if calls:
            self.measure_calls(calls)
        return [gathered[row.name].line(self.entries) for row in rows]

    def measure_cold(self, gathered: Sequence[Samples]) -> None:
        """Fill the rows that need a fresh process for each sample; one process gives one sample of each."""
        if not gathered:
            return
        count = max(self.rounds(samples.row) for samples in gathered)
        say(f"cold starts: {count} rounds, and one to warm up")
        for place in range(count + 1):
            for entry in self.shuffled():
                if all(entry.key in samples.missing for samples in gathered):
                    continue
                self.cold_start(entry, gathered, keep=place > 0)

    def cold_start(self, entry: Entry, gathered: Sequence[Samples], *, keep: bool) -> None:
        """Start a contestant's process once and take what it took and what it occupies."""
        begin = time.perf_counter()
        process = hosts.spawn("cold", entry, self.executable, self.port, self.environment)
        try:
            said = hosts.read_line(process, START_S)
            took_s = time.perf_counter() - begin
            if said != b"listed 1\n":
                raise hosts.HostFailed(said.decode(errors="replace").removeprefix("failed ").strip())
            own, others = resident(process.pid)
            for samples in gathered if keep else ():
                samples.add(entry, [took_s if samples.row.kind == "cold" else own])
                if others and samples.row.kind == "memory":
                    samples.remarks[entry.key] = (
                        f"and {others / (1 << 20):.0f} MiB in the driver process that it starts"
                    )
        except hosts.HostFailed as failed:
            for samples in gathered:
                samples.fail(entry, str(failed))
        finally:
            hosts.end(process)

    def measure_kernels(self, gathered: Sequence[Samples]) -> None:
        """Fill the rows that need a fresh ipykernel for each sample; one kernel gives one sample of each."""
        if not gathered:
            return
        count = max(self.rounds(samples.row) for samples in gathered)
        say(f"fresh kernels: {count} rounds, and one to warm up")
        for place in range(count + 1):
            for entry in self.shuffled():
                if all(entry.key in samples.missing for samples in gathered):
                    continue
                self.kernel_start(entry, gathered, keep=place > 0)

    def kernel_start(self, entry: Entry, gathered: Sequence[Samples], *, keep: bool) -> None:
        """Start a contestant in a cell of a fresh kernel, and take what the cell took and what the kernel occupies."""
        host = None
        try:
            host = hosts.KernelHost(entry, self.executable, self.port, self.environment)
            took_s = host.start(timeout_s=START_S)
            own = resident(host.pid)[0]
            for samples in gathered if keep else ():
                samples.add(entry, [took_s if samples.row.kind == "cold-kernel" else own])
            host.call("close", timeout_s=START_S)
        except (hosts.HostFailed, Unsupported, RuntimeError) as failed:
            for samples in gathered:
                samples.fail(entry, str(failed))
        finally:
            if host is not None:
                host.close()

    def measure_calls(self, gathered: Sequence[Samples]) -> None:
        """Fill the rows of single operations, in long-lived processes."""
        team = Team(self)
        try:
            team.start(gathered)
            stage = "home"
            for samples in gathered:
                if samples.row.stage != stage:
                    stage = samples.row.stage
                    say(f"preparing: {stage}")
                    team.prepare(stage)
                say(f"{samples.row.name}: {self.rounds(samples.row)} rounds of {samples.row.calls}")
                team.warm_up(samples)
                for _ in range(self.rounds(samples.row)):
                    team.round(samples)
        finally:
            team.close()


class Team:
    """The long-lived processes of a run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.hosts: dict[str, hosts.Host] = {}
        self.out: dict[str, str] = {}
        """Contestants that failed to start or to prepare, and why."""

    def start(self, gathered: Sequence[Samples]) -> None:
        """Start every contestant and its browser."""
        run = self.run
        for entry in run.entries:
            say(f"starting {entry.title}")
            try:
                host = hosts.host_for(entry, run.executable, run.port, run.environment)
                self.hosts[entry.key] = host
                if (listed := host.call("start", timeout_s=START_S)) != 1:
                    raise hosts.HostFailed(f"the first listing had {listed} clients")
            except (hosts.HostFailed, Unsupported, RuntimeError, OSError) as failed:
                self.out[entry.key] = str(failed)
                for samples in gathered:
                    samples.fail(entry, str(failed))

    def prepare(self, stage: Literal["home", "frames", "arrays"]) -> None:
        """Bring every contestant to a stage."""
        for entry in self.run.entries:
            if entry.key in self.out:
                continue
            try:
                self.hosts[entry.key].call("prepare", stage, timeout_s=CALL_S)
            except (hosts.HostFailed, Unsupported) as failed:
                self.out[entry.key] = str(failed)

    def warm_up(self, samples: Samples) -> None:
        """Let each contestant do a batch that does not count."""
        self.round(samples, keep=False)

    def round(self, samples: Samples, *, keep: bool = True) -> None:
        """Let each contestant do one batch; check that it did what it says."""
        row = samples.row
        for entry in self.run.shuffled():
            if entry.key in samples.missing:
                continue
            if entry.key in self.out:
                samples.fail(entry, self.out[entry.key])
                continue
            try:
                batch = self.hosts[entry.key].call("batch", row.operation, row.calls, timeout_s=CALL_S)
                if batch["proof"] != expected_proof(row.operation):
                    raise hosts.HostFailed(f"a wrong result: {batch['proof']}")
            except (hosts.HostFailed, Unsupported) as failed:
                samples.fail(entry, str(failed))
                continue
            if keep:
                samples.add(entry, batch["times_s"])

    def close(self) -> None:
        """End every browser and process."""
        for key, host in self.hosts.items():
            try:
                if key not in self.out:
                    host.call("close", timeout_s=START_S)
            except (hosts.HostFailed, Unsupported) as failed:
                say(f"{key} did not close: {failed}")
            host.close()


def shortened(row: Row, rounds: int) -> Row:
    """Return the row with another number of rounds."""
    return replace(row, rounds=rounds, quick_rounds=rounds)
