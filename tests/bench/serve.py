"""The contestant's side of its process: requests in, answers out, as JSON.

In a plain process, ``python -m tests.bench.serve KEY EXECUTABLE PORT`` answers a line on stdin with a line on stdout.
In an ipykernel the runner's cells call `answer_in_kernel`.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tests.bench.contest import Batch, Contestant, Unsupported, entry


def outcome(result: object) -> str:
    """Write a result."""
    return json.dumps({"result": result._asdict() if isinstance(result, Batch) else result})


def failure(error: BaseException) -> str:
    """Write an error as one line."""
    if isinstance(error, Unsupported):
        return json.dumps({"unsupported": str(error)})
    return json.dumps({"error": f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]})


def answer(contestant: Contestant, request: str) -> str:
    """Call the method that the request names."""
    try:
        asked: dict[str, Any] = json.loads(request)
        return outcome(getattr(contestant, asked["method"])(*asked["arguments"]))
    except Exception as error:
        return failure(error)


async def answer_in_kernel(contestant: Contestant, request: str) -> str:
    """Do the same on a loop that runs already: what has an asynchronous form is awaited."""
    asked: dict[str, Any] = json.loads(request)
    method = getattr(contestant, f"{asked['method']}_async", None)
    if method is None:
        return answer(contestant, request)
    try:
        return outcome(await method(*asked["arguments"]))
    except Exception as error:
        return failure(error)


def main() -> None:
    """Answer until stdin ends."""
    key, executable, port = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints must not pass for an answer
    contestant = entry(key).make(executable, int(port))
    for line in sys.stdin:
        print(answer(contestant, line), file=answers, flush=True)


if __name__ == "__main__":
    main()
