"""The benchmark's command line: ``python -m tests.bench.run --help``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import machine, table
from tests.bench.contest import ENTRIES, FLOOR
from tests.bench.measure import Run, say, shortened
from tests.bench.rows import ROWS


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.run", description="swnb beside the bare pipe and its peers"
    )
    parser.add_argument("--quick", action="store_true", help="few rounds: for a look, not for the README")
    parser.add_argument("--row", action="append", choices=[row.name for row in ROWS], help="only this row (repeatable)")
    parser.add_argument(
        "--only", action="append", choices=[entry.key for entry in ENTRIES], help="only this contestant, and the floor"
    )
    parser.add_argument("--rounds", type=int, help="rounds of each row, instead of its own number")
    parser.add_argument("--executable", help="the Chromium that all drive")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything to a file as well")
    parser.add_argument("--markdown", action="store_true", help="print the README's table instead of the terminal's")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where swnb misses a target")
    return parser.parse_args(words)


def main() -> int:
    """Run the benchmark."""
    asked = arguments()
    executable = asked.executable or machine.find_executable()
    if executable is None:
        print("no Chromium found; name one with --executable or SWNB_CHROMIUM", file=sys.stderr)
        return 2
    rows = [row for row in ROWS if not asked.row or row.name in asked.row]
    if asked.rounds:
        rows = [shortened(row, asked.rounds) for row in rows]
    entries = [entry for entry in ENTRIES if not asked.only or entry.key in (*asked.only, FLOOR)]
    scratch = tempfile.TemporaryDirectory(prefix="swnb-bench-", ignore_cleanup_errors=True)
    environment = machine.environment(scratch.name)
    site = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.site"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert site.stdin is not None and site.stdout is not None
    try:
        run = Run(entries, executable, int(site.stdout.readline()), environment, quick=asked.quick)
        lines = run.measure(rows)
    finally:
        site.stdin.close()
        site.wait()
        site.stdout.close()
        for name in machine.sweep(environment[machine.TOKEN_NAME]):
            say(f"left behind and ended now: {name}")
        scratch.cleanup()
    described = machine.describe(executable)
    words = (
        ", ".join(described.values())
        + (", as root" if os.geteuid() == 0 else "")
        + (" (quick run)" if asked.quick else "")
    )
    if asked.json:
        asked.json.write_text(json.dumps(table.to_data(lines, entries, described), indent=2) + "\n")
    write = table.to_markdown if asked.markdown else table.to_text
    print(write(lines, entries, words + "."), end="")
    return 1 if asked.strict and table.missed(lines, entries) else 0


if __name__ == "__main__":
    sys.exit(main())
