"""The exact command that brings what is missing, on this system."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence

PACKAGES: Mapping[str, Mapping[str, str]] = {
    "chromium": {
        "apt-get": "apt-get install chromium",
        "dnf": "dnf install chromium",
        "pacman": "pacman -S chromium",
        "zypper": "zypper install chromium",
        "apk": "apk add chromium",
        "brew": "brew install --cask chromium",
        "winget": "winget install --exact --id Hibbiki.Chromium",
    },
    "dbus": {
        "apt-get": "apt-get install dbus",
        "dnf": "dnf install dbus-daemon",
        "pacman": "pacman -S dbus",
        "zypper": "zypper install dbus-1-daemon",
        "apk": "apk add dbus",
    },
}
"""What is missing, the package manager, its command."""

UBUNTU = {"chromium": "snap install chromium"}
"""On Ubuntu, apt's package of this name only points at the snap."""

WITHOUT_ROOT = ("brew", "winget")

FALLBACK = {
    "chromium": "install Chromium or Chrome with this system's package manager, or set SWNB_CHROMIUM=/path/to/chromium",
    "dbus": "install dbus-daemon with this system's package manager",
}


def command_for(
    what: str,
    *,
    which: Callable[[str], str | None] = shutil.which,
    root: bool | None = None,
    system_id: str | None = None,
) -> str:
    """Return the command that installs `what` (``chromium`` or ``dbus``) here.

    Parameters
    ----------
    which, root, system_id
        How programs are found, whether this user is root, and the ``ID`` of ``/etc/os-release``; for other systems' sake.
    """
    root = _is_root() if root is None else root
    sudo = "" if root else "sudo "
    if (os_release_id() if system_id is None else system_id) == "ubuntu" and what in UBUNTU:
        return sudo + UBUNTU[what]
    for manager, command in PACKAGES[what].items():
        if which(manager):
            return command if manager in WITHOUT_ROOT else sudo + command
    return FALLBACK[what]


def pip_command(packages: Sequence[str]) -> str:
    """Return the command that installs Python packages into this interpreter."""
    return shlex.join([sys.executable or "python3", "-m", "pip", "install", *packages])


def os_release_id() -> str:
    """Return the distribution's ``ID`` (``debian``, ``ubuntu``, …), ``""`` where there is none."""
    import platform

    try:
        return platform.freedesktop_os_release().get("ID", "")
    except OSError:
        return ""


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
