"""What a contestant is, and the list of them.

Light to import (no dataclass, which brings `inspect`): a cold start begins here, the floor's too.
"""

from __future__ import annotations

import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from tests.bench import material

Stage = Literal["home", "frames", "arrays"]
"""What a row needs to be there before it is measured."""


class Unsupported(Exception):  # noqa: N818  (it is an answer, not a failure)
    """This contestant cannot do that row; the message says why and becomes a footnote."""


class Batch(NamedTuple):
    """Consecutive calls of one operation.

    Attributes
    ----------
    times_s
        Wall time of each call.
    proof
        A number made of the last call's result; the runner knows what it must be.
    """

    times_s: list[float]
    proof: int


def proof_of(result: object) -> int:
    """Reduce a result to a number: itself, the length of a list, the checksum of bytes (or of an array's)."""
    if isinstance(result, int):
        return result
    if isinstance(result, list | tuple):
        return len(result)
    return zlib.crc32(memoryview(result).cast("B"))  # type: ignore[arg-type]  # whatever has a buffer: bytes, numpy


def expected_proof(operation: str) -> int:
    """Return what `proof_of` must give after this operation."""
    name, _, argument = operation.partition(":")
    match name:
        case "evaluate":
            return 1
        case "match_all":
            return int(argument)
        case "array_out":
            return zlib.crc32(material.array_bytes(argument))
        case "array_in":
            return material.array_proof(material.array_bytes(argument))
    raise ValueError(f"no operation is called {operation!r}")


class Contestant(ABC):
    """One way to drive Chromium. An instance lives in one process and drives one browser.

    Operations are named ``evaluate``, ``match_all:COUNT``, ``array_out:SIZE`` and ``array_in:SIZE``.
    """

    def __init__(self, executable: str, port: int) -> None:
        self.executable = executable
        self.port = port
        """The common site's port on 127.0.0.1."""

    @abstractmethod
    def start(self) -> int:
        """Start the browser, open home, register, claim; return how many clients the first listing has."""

    @abstractmethod
    def prepare(self, stage: Stage) -> None:
        """Bring about what the next rows need."""

    @abstractmethod
    def operation(self, name: str) -> Callable[[], object]:
        """Return the call to be timed (for asynchronous contestants: one that returns an awaitable)."""

    @abstractmethod
    def close(self) -> None:
        """End the browser."""

    def batch(self, name: str, count: int) -> Batch:
        """Time `count` calls, one after the other."""
        call = self.operation(name)
        clock = time.perf_counter
        times_s: list[float] = []
        result: object = 0
        for _ in range(count):
            begin = clock()
            result = call()
            times_s.append(clock() - begin)
        return Batch(times_s, proof_of(result))


class Entry(NamedTuple):
    """A line of the list of contestants.

    Attributes
    ----------
    key, title
        Name on the command line, head of its column.
    module, factory
        Where its class is; imported by the contestant's own process alone.
    host
        ``python``: a plain process; ``kernel``: the main thread of a real ipykernel.
    ours
        Whether it is swnb, and so has targets to reach.
    """

    key: str
    title: str
    module: str
    factory: str
    host: Literal["python", "kernel"] = "python"
    ours: bool = False

    def make(self, executable: str, port: int) -> Contestant:
        """Import the contestant's module and make one."""
        from importlib import import_module

        made = getattr(import_module(self.module), self.factory)(executable, port)
        assert isinstance(made, Contestant)
        return made


FLOOR: Final = "floor"

ENTRIES: Final[tuple[Entry, ...]] = (
    Entry(FLOOR, "floor (bare pipe)", "tests.bench.floor", "Floor"),
    Entry("swnb-thread", "swnb, thread bridge", "tests.bench.swnb_contestants", "ThreadBridge", ours=True),
    Entry("swnb-kernel", "swnb, kernel bridge", "tests.bench.swnb_contestants", "KernelBridge", "kernel", ours=True),
    Entry("pyppeteer", "pyppeteer", "tests.bench.peers", "Pyppeteer"),
    Entry("playwright-sync", "Playwright, sync", "tests.bench.peers", "PlaywrightSync"),
    Entry("playwright-async", "Playwright, async", "tests.bench.peers", "PlaywrightAsync"),
)


def entry(key: str) -> Entry:
    """Return the line of that key."""
    return next(line for line in ENTRIES if line.key == key)
