"""A whole process for one cold start: ``python -m tests.bench.cold KEY EXECUTABLE PORT``.

Prints ``listed N`` once the first listing has N controlled clients (``failed WHY`` if that does not come about), stays
as it is until stdin ends (its memory is looked at meanwhile), then ends its browser. A contestant of the kernel's kind
runs on a loop that runs already.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

from tests.bench.contest import Contestant, entry


def once(contestant: Contestant, answers: TextIO) -> None:
    """Start, say so, wait, end."""
    try:
        listed = contestant.start()
    except Exception as error:
        print("failed", f"{type(error).__name__}: {' '.join(str(error).split())}"[:300], file=answers, flush=True)
        return
    print("listed", listed, file=answers, flush=True)
    sys.stdin.read()
    contestant.close()


def main() -> None:
    """Be one cold start."""
    key, executable, port = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    line = entry(key)
    contestant = line.make(executable, int(port))
    if line.host == "python":
        once(contestant, answers)
        return
    import asyncio

    async def cell() -> None:
        once(contestant, answers)

    asyncio.run(cell())


if __name__ == "__main__":
    main()
