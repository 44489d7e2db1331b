"""What ``swnb doctor`` looks at. Each check answers with findings and never raises; see `run_checks`."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from swnb.cli.install_hints import command_for, pip_command
from swnb.errors import BrowserUnusable, SwnbError

REQUIRED = (
    *(["dbus-fast"] if sys.platform == "linux" else []),
    "ipykernel",
    "ipywidgets",
    "msgspec",
    "nest-asyncio2",
    "pyppeteer",
    "rich",
    "shtab",
    "tornado",
    "traitlets",
)

OPTIONAL = {
    "jupyterlab": "notebooks in the browser",
    "numpy": "typed arrays arrive as numpy arrays",
}

KERNEL_HINT = "swnb kernel install"


class Status(StrEnum):
    """How a finding stands."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes
    ----------
    name
        What was looked at, one word.
    status
        ``failed`` makes swnb unusable here; ``warning`` takes something away.
    text
        What was found.
    todo
        What to do about it, ``""`` for nothing; where `is_command`, a line for the shell.
    is_command
        Whether `todo` can be typed as it is.
    """

    name: str
    status: Status
    text: str
    todo: str = ""
    is_command: bool = False


def python() -> Iterator[Finding]:
    """Which Python on which system."""
    import platform

    text = f"{platform.python_version()} at {sys.executable}, {platform.system()} {platform.machine()}"
    yield Finding("python", Status.OK, text)


def packages() -> Iterator[Finding]:
    """The versions of what swnb imports."""
    from importlib.metadata import PackageNotFoundError, version

    present, missing = [], []
    for name in REQUIRED:
        try:
            present.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if present:
        yield Finding("packages", Status.OK, ", ".join(present))
    if missing:
        yield Finding("packages", Status.FAILED, f"missing: {', '.join(missing)}", pip_command(missing), True)
    for name, use in OPTIONAL.items():
        try:
            yield Finding(name, Status.OK, version(name))
        except PackageNotFoundError:
            yield Finding(name, Status.INFO, f"not installed ({use})", pip_command([name]), True)


def kernels() -> Iterator[Finding]:
    """Whether the kernel with the extension is installed."""
    from swnb.cli.kernel import KERNEL_NAME, installed

    where = installed()
    if where:
        yield Finding("kernel", Status.OK, f"{KERNEL_NAME!r} at {where}")
    else:
        yield Finding(
            "kernel", Status.INFO, f"no {KERNEL_NAME!r} kernel; %load_ext swnb works in any", KERNEL_HINT, True
        )


FAMILY = re.compile(r"(chrom|edge|brave).*(\d|of unknown version)", re.IGNORECASE)
"""What a browser of Chromium's kin says of its version."""


def chromium(executable: str | None = None) -> Iterator[Finding]:
    """Which Chromium, and its version."""
    from swnb.browser.find import find_chromium, version

    try:
        path = find_chromium(executable)
    except BrowserUnusable as error:
        yield Finding("chromium", Status.FAILED, error.what, error.todo)
        return
    except SwnbError:
        yield Finding("chromium", Status.FAILED, "none found", command_for("chromium"), True)
        return
    try:
        called = version(path)
        if FAMILY.search(called):
            yield Finding("chromium", Status.OK, f"{called} at {path}")
        else:
            text = f"{path} is no Chromium: it calls itself {called!r}"
            yield Finding("chromium", Status.FAILED, text, "name Chromium, Chrome, Edge or Brave")
    except SwnbError as error:
        yield Finding("chromium", Status.FAILED, error.what, "set SWNB_CHROMIUM to another one")


def sandbox() -> Iterator[Finding]:
    """Which sandbox Chromium's processes get, and what stands in its way."""
    if sys.platform == "darwin":
        yield Finding("sandbox", Status.OK, "macOS's own")
    elif sys.platform == "win32":
        yield Finding("sandbox", Status.OK, "Windows' own")
    elif os.geteuid() == 0:
        yield Finding("sandbox", Status.WARNING, "none: Chromium has none as root", "as another user it has one")
    elif helper := _setuid_helper():
        yield Finding("sandbox", Status.OK, f"setuid helper {helper}")
    elif obstacle := _namespace_obstacle():
        setting, todo = obstacle
        yield Finding("sandbox", Status.WARNING, f"user namespaces are off ({setting})", todo, True)
    else:
        yield Finding("sandbox", Status.OK, "user namespaces")


SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=15000"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)
"""Settings of Linux, the value that is in the way, and how to change it."""


def _namespace_obstacle(root: str = "/proc/sys") -> tuple[str, str] | None:
    for name, obstacle, todo in SETTINGS:
        try:
            with open(os.path.join(root, name)) as file:  # noqa: PTH118, PTH123
                value = file.read().strip()
        except OSError:  # this system has no such setting
            continue
        if value == obstacle:
            return f"{name.replace('/', '.')} = {value}", todo
    return None


def _setuid_helper() -> str | None:
    from stat import S_ISUID

    from swnb.browser.find import find_chromium

    try:
        folder = os.path.dirname(os.path.realpath(find_chromium()))  # noqa: PTH120
    except SwnbError:
        return None
    beside = (
        os.environ.get("CHROME_DEVEL_SANDBOX", ""),
        f"{folder}/chrome-sandbox",
        "/usr/lib/chromium/chrome-sandbox",
    )
    for path in beside:
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError:
            continue
        if status.st_uid == 0 and status.st_mode & S_ISUID:
            return path
    return None


def memory() -> Iterator[Finding]:
    """Whether the shared memory is large enough for tabs."""
    if not sys.platform.startswith("linux"):
        return
    status = os.statvfs("/dev/shm")  # noqa: S108  (Chromium's own choice)
    free = status.f_bavail * status.f_frsize >> 20
    small = " (small: Chromium is told to use the profile's folder instead)" if free < 512 else ""
    yield Finding("shm", Status.OK, f"{free} MiB free in /dev/shm{small}")


WITHOUT_BUS = "notifications cannot be clicked, and clients.openWindow() and focus() are refused"


def bus() -> Iterator[Finding]:
    """Whether a private bus can be started, over which a notification is clicked."""
    if not sys.platform.startswith("linux"):
        system = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
        text = f"none, and it cannot be had on {system}: {WITHOUT_BUS}"
        yield Finding("bus", Status.INFO, text, "use Linux, or a container of it; all else works here")
        return
    session = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or "none"
    daemon = shutil.which("dbus-daemon")
    if daemon:
        yield Finding("bus", Status.OK, f"{daemon}; the session's own bus: {session}")
    else:
        text = f"no dbus-daemon, so {WITHOUT_BUS}; the session's own bus: {session}"
        yield Finding("bus", Status.WARNING, text, command_for("dbus"), True)


Check = Callable[[], Iterator[Finding]]


def run_checks(checks: Mapping[str, Check]) -> Iterator[Finding]:
    """Yield what the checks find; one that breaks is itself a finding."""
    for name, check in checks.items():
        try:
            yield from check()
        except SwnbError as error:
            yield Finding(name, Status.FAILED, " ".join(error.what.split("\n")), error.todo)
        except ImportError as error:
            yield Finding(
                name, Status.FAILED, f"cannot be tried without {error.name}", pip_command([error.name or "swnb"]), True
            )
        except Exception as error:
            yield Finding(
                name, Status.FAILED, f"{type(error).__name__}: {error}", "this is a defect of swnb: please report it"
            )
