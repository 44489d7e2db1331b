"""What it costs to keep runs, to open them and to compare them: ``python -m tests.bench.keeping --help``."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import swnb
from tests.bench import machine
from tests.bench.keeping_material import Multiplied, prepare, session, talk
from tests.bench.measure import say
from tests.bench.seeing import Figure

ROOT: Final = Path(__file__).parents[2]
PACKED: Final = ("", ".gz", ".zst")
MOST: Final = {"recording": 1.05, "opening": 3.0, "comparing": 2.0, "linear": 1.3, "memory": 1024, "disk": 250}


# ---- recording ----------------------------------------------------------------------------------------------------


def recording(folder: Path, rounds: int, talks: int) -> list[Figure]:
    """The same commands with a recording and without, turn about in one browser, so that both have the same luck."""
    took: dict[str | None, list[float]] = {way: [] for way in (None, *PACKED)}
    around: list[float] = []
    with swnb.Lab() as lab:
        home = prepare(lab)
        talk(lab, home, talks)
        for turn in range(rounds):
            ways = list(took)
            random.shuffle(ways)
            for way in ways:
                came = perf_counter()
                recorder = None if way is None else lab.record(folder / f"turn{turn}.swnb.jsonl{way}")
                began = perf_counter()
                talk(lab, home, talks)
                ended = perf_counter()
                took[way].append(ended - began)
                if recorder is not None:
                    recorder.stop()
                    around.append(began - came + perf_counter() - ended)
    plain = median(took[None])
    said = f"{plain * 1000:.0f} ms without"
    found = []
    for way in PACKED:
        ratio = median(one / other for one, other in zip(took[way], took[None], strict=True))
        words = f"{said}, {median(took[way]) * 1000:.0f} ms; {rounds} pairs"
        found.append(
            Figure(
                f"a run that is recorded{f', {way}' if way else ''}, beside one that is not",
                ratio,
                MOST["recording"],
                words,
            )
        )
    words = f"longest {max(around) * 1000:.0f} ms; its end waits until nothing is under way"
    return [*found, Figure("beginning and ending a recording, in ms", median(around) * 1000, None, words)]


# ---- opening, comparing -------------------------------------------------------------------------------------------


def made(folder: Path, sizes: list[int]) -> dict[int, tuple[Path, Path]]:
    """Make recordings of so many events, two of each size: other ids, clocks and pauses, the same run."""
    kept = folder / "session.swnb.jsonl"
    with swnb.Lab() as lab, lab.record(kept):
        session(lab, 3)
    found = {}
    for size in sizes:
        say(f"two recordings of {size:,} events are made")
        one, other = (folder / f"{size}-{choice}.swnb.jsonl" for choice in (1, 2))
        found[size] = Multiplied(kept, 1).write(one, size), Multiplied(kept, 2).write(other, size)
    return found


def answered(what: str, *words: str) -> dict[str, Any]:
    """Return what a process of its own found out (see `keeping_work`)."""
    command = [sys.executable, "-m", "tests.bench.keeping_work", what, *words]
    ended = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True, stdin=subprocess.DEVNULL, timeout=1800
    )
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def reading(sizes: dict[int, tuple[Path, Path]], rounds: int) -> list[Figure]:
    """How long a recording takes to open, and two of them to compare, in fresh processes."""
    found, each_us = [], {}
    for size, (one, other) in sizes.items():
        say(f"{size:,} events are opened and compared, {rounds} rounds")
        told = [answered("read", str(one), str(other)) for _ in range(rounds)]
        if not all(each["equal"] is True and each["events"] == size for each in told):
            raise SystemExit(f"the two recordings of {size:,} events are not read, or not equal: {told}")
        ratio = median(each["open_s"] / each["decode_s"] for each in told)
        open_s = median(each["open_s"] for each in told)
        library = told[0]["library"]
        alone = median(each["open_s"] / each["typed_s"] for each in told)
        words = f"{median(each['decode_s'] for each in told):.2f} s ({library}), {open_s:.2f} s; beside typed decoding {alone:.2f}"
        found.append(Figure(f"{size:,} events opened, beside decoding their lines", ratio, MOST["opening"], words))
        ratio = median(each["compare_s"] / each["both_s"] for each in told)
        compare_s = median(each["compare_s"] for each in told)
        words = f"{median(each['both_s'] for each in told):.2f} s, {compare_s:.2f} s"
        found.append(Figure("… compared with another such run, beside opening both", ratio, MOST["comparing"], words))
        least = [
            min(each[name] for each in told) for name in ("open_s", "compare_s")
        ]  # what disturbs once shall not pass for growth
        each_us[size] = least[0] / size * 1e6, least[1] / size * 1e6
    few, many = min(each_us), max(each_us)
    for at, what in enumerate(("opened", "compared")):
        one, two = each_us[few][at], each_us[many][at]
        words = f"{one:.2f} µs, {two:.2f} µs an event"
        found.append(Figure(f"time an event {what}: of {many:,} beside of {few:,}", two / one, MOST["linear"], words))
    return found


def size(sizes: dict[int, tuple[Path, Path]], kept: int) -> list[Figure]:
    """What an event takes in memory, once it is read, and on disk, as a lab writes it."""
    found = []
    for count, (one, _) in sizes.items():
        told = answered("memory", str(one))
        words = f"{told['objects']:.0f} of Python's objects, the process {told['resident']:.0f}"
        most = max(told["objects"], told["resident"])
        found.append(Figure(f"bytes an event in memory, of {count:,}", most, MOST["memory"], words))
    for packed in PACKED:
        told = answered("pack", str(sizes[kept][0]), packed)
        most = MOST["disk"] if packed else None
        words = f"{told['turn']:.1f} events written at once"
        found.append(
            Figure(
                f"bytes an event on disk{f', {packed}' if packed else ''}",
                told["bytes"],
                most,
                words,
                counted=bool(packed),
            )
        )
    return found


# ---- the command line ---------------------------------------------------------------------------------------------


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.keeping", description="what it costs to keep runs")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (recording: six times that)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="EVENTS")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    parser.add_argument("--markdown", action="store_true", help="print the README's table")
    return parser.parse_args(words)


def main() -> int:
    """Run it."""
    asked = arguments()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="swnb-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        sizes = made(folder, sorted(asked.sizes))
        say("a run with a recording and without")
        figures = recording(folder, 6 * asked.rounds, 2 if asked.rounds > 1 else 1)
        figures += reading(sizes, asked.rounds)
        figures += size(sizes, min(sizes))
    if asked.json:
        asked.json.write_text(
            json.dumps([asdict(each) | {"verdict": each.verdict} for each in figures], indent=2) + "\n"
        )
    executable = machine.find_executable()
    described = machine.describe(executable) if executable else {}
    if asked.markdown:
        print("| what | measured | asked | | |\n|---|---:|---:|---|---|")
    for each in figures:
        row = (
            each.what,
            f"{each.value:.2f}",
            "—" if each.most is None else f"≤ {each.most:g}",
            each.said,
            each.verdict,
        )
        print(f"| {' | '.join(row)} |" if asked.markdown else "  ".join(row))
    print(f"\n{', '.join(described.values())}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
