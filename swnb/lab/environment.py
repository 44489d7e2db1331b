"""What a recording was made with: versions, platform, configuration, and what was there already."""

from __future__ import annotations

import platform
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from os import environ
from typing import TYPE_CHECKING, Any, Final

from swnb.lab.settings import Settings
from swnb.probe.script import AGENT_DIGEST
from swnb.recording import FORMAT, Before, Header

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

NAME: Final = "swnb"

PACKAGES: Final = (
    "anywidget",
    "dbus-fast",
    "ipykernel",
    "ipython",
    "ipywidgets",
    "jupyterlab",
    "msgspec",
    "nest-asyncio2",
    "notebook",
    "pyppeteer",
    "tornado",
    "traitlets",
    "websockets",
    "zstandard",
)
"""What swnb needs, and what it runs in."""

UNSAID: Final = ("record", "redact")
"""Settings that are left out: the second one may hold the very secrets."""


def describe(lab: AsyncLab, chromium: str, seq: int) -> Header:
    """Return the header of a recording that begins with event `seq` of a lab's log."""
    return Header(
        format=FORMAT,
        swnb=_version(NAME),
        chromium=chromium,
        python=platform.python_version(),
        packages=packages(),
        platform=platform.platform(),
        locale=_locale(),
        lab=lab.name,
        origin=lab.site.url,
        configuration={name: _plain(getattr(lab.settings, name)) for name in Settings.DEFAULTS if name not in UNSAID},
        attach=str(lab.settings.attach),
        probe=AGENT_DIGEST,
        began=now(),
        t_mono_ns=time.monotonic_ns(),
        seq=seq,
        before=_before(lab) if seq else None,
    )


def now() -> str:
    """Return the wall clock, ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def packages() -> dict[str, str]:
    """Return the versions of the packages that matter, as far as they are there."""
    versions = {name: _version(name) for name in PACKAGES}
    return {name: number for name, number in versions.items() if number}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _locale() -> str:
    """Return the words by which the browser, as any program, is told its language."""
    return next((environ[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "C")


def _plain(value: object) -> Any:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _before(lab: AsyncLab) -> Before | None:
    """Return what is there, so that a replay can say what it does not have."""
    before = Before(
        windows={window.name: window.url for window in lab.windows},
        registrations={
            registration.scope: next(
                (worker.script_url for worker in (registration.active, registration.waiting) if worker is not None), ""
            )
            for registration in lab.registrations
        },
    )
    return before if before.windows or before.registrations else None
