"""The end of a lab's time with a browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from swnb.browser.browser import Browser
from swnb.browser.service_workers import ServiceWorkers
from swnb.errors import ProtocolError, SwnbError
from swnb.lab.windows import AsyncWindows
from swnb.vocab import RunningStatus

LEAVE_S = 3.0
"""How long the lab's workers may take to end in a browser that goes on."""


async def leave(browser: Browser, windows: AsyncWindows, is_own: Callable[[str], bool]) -> None:
    """End a browser of our own; of another one take back what the lab did to it: its windows and its sites' registrations."""
    try:
        if browser.owned:
            return
        with suppress(SwnbError):  # a browser that ends meanwhile
            await _take_back(browser.service_workers, windows, is_own)
    finally:
        await browser.close()


async def _take_back(service_workers: ServiceWorkers, windows: AsyncWindows, is_own: Callable[[str], bool]) -> None:
    own = [registration for registration in service_workers.all() if is_own(registration.scope)]
    for registration in own:
        if not registration.deleted:
            with suppress(ProtocolError):  # it is gone already
                await service_workers.unregister(registration.scope)
    for window in windows.windows():
        with suppress(SwnbError):
            await window.close()
    for version in [version for registration in own for version in registration.versions.values()]:
        if version.running is not RunningStatus.STOPPED:
            with suppress(ProtocolError):
                await service_workers.stop_worker(version)
    deadline = monotonic() + LEAVE_S
    while monotonic() < deadline and any(
        version.running is not RunningStatus.STOPPED
        for registration in own
        for version in registration.versions.values()
    ):
        await service_workers.changed(deadline - monotonic())
