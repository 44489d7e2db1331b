"""What hearing costs, and whether all is heard: ``python -m tests.bench.hearing --help``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import hearing_table, machine
from tests.bench.hearing_rows import ROWS, Figure, Row, missed
from tests.bench.measure import say


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.hearing", description="what swnb hears, and what that costs the page"
    )
    parser.add_argument("--quick", action="store_true", help="little of each: for a look, not for the README")
    parser.add_argument("--row", action="append", choices=[row.name for row in ROWS], help="only this row (repeatable)")
    parser.add_argument("--rounds", type=int, help="rounds of each row, instead of its own number")
    parser.add_argument("--size", type=int, help="how much of each row, instead of its own number")
    parser.add_argument("--executable", help="the Chromium to drive")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything to a file as well")
    parser.add_argument("--markdown", action="store_true", help="print the README's table instead of the terminal's")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a target is missed")
    return parser.parse_args(words)


def measure(row: Row, executable: str, asked: argparse.Namespace, environment: dict[str, str]) -> list[Figure]:
    """Measure one row in a process of its own; one that fails is a figure that misses its target."""
    size = (asked.size if row.name != "clients" else None) or (row.quick_size if asked.quick else row.size)
    rounds = asked.rounds or (row.quick_rounds if asked.quick else row.rounds)
    say(f"{row.name}: {size:,}, {rounds} rounds")
    command = [sys.executable, "-m", "tests.bench.hearing_row", row.name, executable, str(size), str(rounds)]
    try:
        ended = subprocess.run(
            command, stdout=subprocess.PIPE, env=environment, timeout=row.limit_s, check=True, stdin=subprocess.DEVNULL
        )
        return [Figure.of(data) for data in json.loads(ended.stdout)]
    except (subprocess.SubprocessError, ValueError) as error:
        say(f"  {row.name} failed: {error}")
        why = f"the process ended with {error.returncode}" if hasattr(error, "returncode") else "it took too long"
        return [Figure(row.name, row.name, against="counts", must={"done": 1}, counts={"done": 0}, notes=[why])]


def main() -> int:
    """Run the rows."""
    asked = arguments()
    executable = asked.executable or machine.find_executable()
    if executable is None:
        print("no Chromium found; name one with --executable or SWNB_CHROMIUM", file=sys.stderr)
        return 2
    scratch = tempfile.TemporaryDirectory(prefix="swnb-bench-", ignore_cleanup_errors=True)
    environment = machine.environment(scratch.name)
    figures: list[Figure] = []
    try:
        for row in ROWS:
            if not asked.row or row.name in asked.row:
                figures += measure(row, executable, asked, environment)
    finally:
        for name in machine.sweep(environment[machine.TOKEN_NAME]):
            say(f"left behind and ended now: {name}")
        scratch.cleanup()
    described = machine.describe(executable)
    words = ", ".join(described[key] for key in ("processor", "kernel", "browser", "python"))
    words += (", as root" if os.geteuid() == 0 else "") + (" (quick run)" if asked.quick else "") + "."
    if asked.json:
        data = {"machine": described, "figures": [figure.to_data() for figure in figures]}
        asked.json.write_text(json.dumps(data, indent=2) + "\n")
    write = hearing_table.to_markdown if asked.markdown else hearing_table.to_text
    print(write(figures, words), end="")
    return 1 if asked.strict and missed(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
