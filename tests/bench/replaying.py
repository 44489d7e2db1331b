"""How often a replay is equal: each notebook's recording, given again many times, and while both cores are busy.

``python -m tests.bench.replaying --help``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from swnb.lab.replay import replay
from swnb.recording import Recording, read

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

BUSY = "while True: pass"


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep so many cores busy."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def recordings() -> list[Recording]:
    """Return those that stand beside the notebooks."""
    return [read(str(path)) for path in sorted(NOTEBOOKS.glob("*.swnb.jsonl*"))]


def replayed(recording: Recording, times: int, keep: Path | None) -> tuple[int, list[str], float]:
    """Replay a recording; return how many runs were equal, what was said of the others, and the seconds that one took."""
    equal, said, began = 0, [], perf_counter()
    with TemporaryDirectory() as folder:
        for nth in range(times):
            path = Path(folder) / f"{nth}.swnb.jsonl"
            done = asyncio.run(replay(recording, path))
            if done.comparison.equal and not done.notes:
                equal += 1
            else:
                said.append("; ".join((*done.notes, str(done.comparison).splitlines()[1])))
                if keep is not None:
                    path.rename(keep / f"{Path(recording.path).name.partition('.')[0]}-{nth}.swnb.jsonl")
    return equal, said, (perf_counter() - began) / times


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replaying")
    parser.add_argument("--times", type=int, default=10, help="replays of each recording (the README's: 100)")
    parser.add_argument(
        "--busy", type=int, default=5, help="replays of each while all cores are busy (the README's: 20)"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the runs that differ")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    parser.add_argument("--markdown", action="store_true", help="print the README's table")
    asked = parser.parse_args()
    if asked.keep is not None:
        asked.keep.mkdir(parents=True, exist_ok=True)
    cores = os.cpu_count() or 1
    figures = []
    for words, times, busy in (("replayed", asked.times, 0), (f"{cores} cores busy", asked.busy, cores)):
        with load(busy):
            for recording in recordings() if times else []:
                equal, said, took = replayed(recording, times, asked.keep)
                name = Path(recording.path).name.partition(".")[0]
                row = {"what": f"{name}, {words}", "equal": equal, "of": times, "seconds": round(took, 2), "said": said}
                figures.append(row)
                cells = (row["what"], f"{equal} of {times}", f"{took:.1f} s", "met" if equal == times else "missed")
                print(f"| {' | '.join(cells)} |" if asked.markdown else "  ".join(cells), flush=True)
                for line in said:
                    print(f"    {line}", file=sys.stderr, flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if all(row["equal"] == row["of"] for row in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
