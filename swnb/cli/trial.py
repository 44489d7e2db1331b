"""The last thing that ``swnb doctor`` looks at: a lab is started, and a notification clicked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from swnb.cli.checks import Finding, Status
from swnb.errors import SwnbError

if TYPE_CHECKING:
    from swnb.lab.lab import Lab


def start(executable: str | None = None) -> Iterator[Finding]:
    """Whether a lab starts, and how long each step takes."""
    from time import perf_counter

    from swnb.lab.lab import Lab

    times = []
    at = perf_counter()

    def lap(step: str) -> None:
        nonlocal at
        now = perf_counter()
        times.append(f"{step} {now - at:.2f} s")
        at = now

    with Lab("doctor", executable=executable, timeout_s=20.0) as lab:
        lap("start")
        lab.site.write("/sw.js", "addEventListener('install', event => event.waitUntil(skipWaiting()))")
        window = lab.open("/")
        lap("window")
        lab.register("/sw.js", window=window)
        lab.wait("active")
        lap("worker")
        lab.clients.claim()
        controlled = len(lab.clients.match_all())
        lap("claim")
        refusal = _click(lab)
        if refusal is None:
            lap("click")
    lap("stop")
    if refusal is not None:
        yield Finding("click", Status.WARNING, refusal.what, refusal.todo)
    if controlled == 1:
        yield Finding("start", Status.OK, ", ".join(times))
    else:
        yield Finding(
            "start", Status.FAILED, f"{controlled} controlled clients after a claim, not 1", "try another Chromium"
        )


def _click(lab: Lab) -> SwnbError | None:
    """Focus the window, which takes a click on a notification; return why that cannot be had."""
    from swnb.lab.facade import WindowClient

    try:
        for client in lab.clients.match_all():
            if isinstance(client, WindowClient):
                client.focus()
    except SwnbError as error:
        return error
    return None
