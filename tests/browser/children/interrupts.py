"""A process of its own for SIGINT: many rounds, each interrupted at another moment, and after each one the wire in step."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from time import perf_counter

from swnb.errors import Interrupted
from swnb.lab.lab import Lab

LOST_S = 10.0
"""An interrupt that took this long was lost, and the evaluation ended by its time-out."""

SOURCES = ("for (;;);", "new Promise(() => {})", "await new Promise(() => {})", "1")


def rounds(loop: str, count: int) -> dict[str, object]:
    with Lab(loop=loop) as lab:
        lab.site.write("/sw.js", "")
        lab.open("/", name="home")
        lab.register("/sw.js")
        lab.wait("active")
        worker = lab.worker
        interrupted, latencies = 0, []
        for turn in range(count):
            source = SOURCES[turn % 3]
            sent = 0.0

            def interrupt() -> None:
                nonlocal sent
                sent = perf_counter()
                os.kill(os.getpid(), signal.SIGINT)

            timer = threading.Timer(0.001 + turn % 23 / 1000, interrupt)
            try:
                try:
                    timer.start()
                    while True:
                        worker.evaluate(source)
                finally:
                    ended = perf_counter()
                    timer.join()
            except Interrupted:
                interrupted += 1
                latencies.append(ended - sent)
            except KeyboardInterrupt:
                latencies.append(-1.0)  # raised between two verbs, which is where it belongs then
            assert worker.evaluate(f"{turn} + 1") == turn + 1, "the wire is out of step"
            if turn % 10 == 0:
                assert lab.window("home").evaluate("document.title.length > 0") is True
        return {
            "interrupted": interrupted,
            "lost": sum(seconds > LOST_S for seconds in latencies),
            "worst_s": max(latencies),
        }


def interrupted_run(loop: str) -> str:
    """Interrupt a verb that runs on the loop: waiting for what never comes."""
    with Lab(loop=loop) as lab:
        lab.open("/", name="home")
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            lab.wait("active", timeout_s=60)
        except Interrupted:
            return "interrupted" if lab.window("home").evaluate("1 + 1") == 2 else "out of step"
    return "not interrupted"


def main() -> None:
    loop, count = sys.argv[1], int(sys.argv[2])
    if loop == "thread":
        print(json.dumps({**rounds(loop, count), "wait": interrupted_run(loop)}))
        return

    async def inside() -> None:
        print(json.dumps({**rounds(loop, count), "wait": interrupted_run(loop)}))

    # a kernel's own loop is not run by asyncio.run, which has a SIGINT of its own
    asyncio.new_event_loop().run_until_complete(inside())


if __name__ == "__main__":
    main()
