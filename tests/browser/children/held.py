"""A process that starts a lab, says which browser it has, and waits to be killed."""

from __future__ import annotations

import sys

from swnb.lab.lab import Lab


def main() -> None:
    lab = Lab().start()
    lab.open("/", name="home")
    prepared = lab.asynchronous.prepared
    assert prepared is not None and prepared.started is not None
    print(prepared.started.process.pid, prepared.started.profile.path, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
