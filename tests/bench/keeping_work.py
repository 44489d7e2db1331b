"""A whole process for one measurement: ``python -m tests.bench.keeping_work WHAT FILE …`` prints what it found as JSON."""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import msgspec
import psutil

from swnb.recording import Line, Writer, read
from swnb.recording.compare import compare
from swnb.recording.lines import DECODER

TURN: Final = 4
"""Events that are written at once: most turns of a lab's loop bring fewer, and fewer pack worse."""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long it took, in seconds, and what it gave."""
    gc.collect()
    began = perf_counter()
    found = work()
    return perf_counter() - began, found


def decoders() -> dict[str, Callable[[bytes], Any]]:
    """Return the JSON libraries that serve: each makes Python objects of all lines."""
    plain = msgspec.json.Decoder()
    found: dict[str, Callable[[bytes], Any]] = {"msgspec": plain.decode_lines}
    try:
        import orjson  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return found
    return found | {"orjson": lambda content: [orjson.loads(line) for line in content.splitlines()]}


def warm(path: str) -> None:
    """Import and make what is made once: it is no event's."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small"
        with Path(path).open("rb") as file:
            small.write_bytes(b"".join(file.readline() for _ in range(500)))
        found = read(small)
        compare(found, found)


def typed(path: str) -> float:
    """Return how long swnb's own types take to be decoded by the same library, which leaves out the dictionaries."""
    content = Path(path).read_bytes()
    return timed(lambda: DECODER.decode_lines(content))[0]


def decoding(path: str) -> tuple[float, str]:
    """Return how long the fastest library takes to decode the lines of a file, and which one it is."""
    content = Path(path).read_bytes()
    return min((timed(lambda decode=decode: decode(content))[0], name) for name, decode in decoders().items())  # type: ignore[misc]


def read_and_compare(one: str, other: str) -> dict[str, Any]:
    """Open two recordings, and compare them; and decode the lines of one."""
    warm(one)
    decode_s, library = decoding(one)
    typed_s = typed(one)
    open_s, first = timed(lambda: read(one))
    second_s, second = timed(lambda: read(other))
    compare_s, found = timed(lambda: compare(first, second))
    return {
        "library": library,
        "decode_s": decode_s,
        "typed_s": typed_s,
        "open_s": open_s,
        "both_s": open_s + second_s,
        "compare_s": compare_s,
        "equal": found.equal,
        "events": len(first.events),
    }


def memory(path: str) -> dict[str, float]:
    """Return the bytes that an event of a recording takes: of Python's objects, and of the process."""
    warm(path)
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    found = read(path)
    gc.collect()
    resident = process.memory_info().rss - before
    count = len(found.events)
    del found
    gc.collect()
    tracemalloc.start()
    found = read(path)
    objects, _ = tracemalloc.get_traced_memory()
    assert len(found.events) == count
    return {"objects": objects / count, "resident": resident / count}


def pack(path: str, packed: str) -> dict[str, float]:
    """Write a recording's lines again, so many at once as a lab does, and return the bytes that an event takes."""
    lines: list[Line] = DECODER.decode_lines(Path(path).read_bytes())
    events = sum(line.event is not msgspec.UNSET for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / f"run{packed}")
        for at in range(0, len(lines), TURN):
            writer.events(lines[at : at + TURN])
        writer.close()
        return {"bytes": os.path.getsize(writer.path) / events, "turn": float(TURN)}


WORK: Final[dict[str, Callable[..., dict[str, Any]]]] = {"read": read_and_compare, "memory": memory, "pack": pack}


if __name__ == "__main__":
    print(json.dumps(WORK[sys.argv[1]](*sys.argv[2:])))
