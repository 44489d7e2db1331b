"""A process that ends without stopping its lab, which nobody names any more."""

from __future__ import annotations

import asyncio
import sys

from swnb.lab.lab import Lab


def leave(loop: str) -> None:
    lab = Lab(loop=loop).start()
    lab.open("/")
    prepared = lab.asynchronous.prepared
    assert prepared is not None and prepared.started is not None
    print(prepared.started.process.pid, prepared.started.profile.path, flush=True)


async def inside(loop: str) -> None:
    leave(loop)


def main() -> None:
    if sys.argv[1] == "thread":
        leave("thread")
        return
    loop = asyncio.new_event_loop()
    loop.run_until_complete(inside("kernel"))
    if sys.argv[1] == "kernel-closed":
        loop.close()


if __name__ == "__main__":
    main()
