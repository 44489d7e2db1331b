"""A whole process for one row: ``python -m tests.bench.hearing_row NAME EXECUTABLE SIZE ROUNDS`` prints its figures as JSON."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module


def main() -> None:
    """Measure one row."""
    name, executable, size, rounds = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not pass for an answer
    row = import_module(f"tests.bench.hearing_{name}")
    figures = row.measure(executable, int(size), int(rounds))
    print(json.dumps([figure.to_data() for figure in figures]), file=answers, flush=True)


if __name__ == "__main__":
    main()
