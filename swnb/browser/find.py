"""Which Chromium is used: the one that was named, or the first of the usual names and places."""

# Pathlib takes 3 ms to import, and paths of another system are to be joined here in tests.
# ruff: noqa: PTH113, PTH119, PTH120, PTH208
from __future__ import annotations

import ntpath
import os
import posixpath
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from swnb.errors import BrowserNotFound, BrowserStartFailed, BrowserUnusable

VARIABLES: Final = ("SWNB_CHROMIUM", "CHROME_PATH")
"""Environment variables that name the executable, the first one first."""

NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "google-chrome-beta",
    "google-chrome-unstable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
)
"""What it is called on a PATH, the likeliest first."""

LINUX_PLACES: Final = ("/snap/bin/chromium", "/usr/lib/chromium/chromium", "/opt/google/chrome/chrome")

MAC_APPLICATIONS: Final = ("Chromium", "Google Chrome", "Google Chrome Canary", "Microsoft Edge", "Brave Browser")

WINDOWS_ROOTS: Final = ("LOCALAPPDATA", "PROGRAMFILES", "PROGRAMFILES(X86)")

WINDOWS_PLACES: Final = (
    r"Chromium\Application\chrome.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Google\Chrome SxS\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"BraveSoftware\Brave-Browser\Application\brave.exe",
)


def is_executable(path: str) -> bool:
    """Return whether there is a file at `path` that this user may run."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def find_chromium(
    configured: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
    executable: Callable[[str], bool] = is_executable,
    exists: Callable[[str], bool] = os.path.exists,
) -> str:
    """Return the path of the Chromium to start.

    Parameters
    ----------
    configured
        Path or name on the PATH that the user's configuration gives. It alone is tried when it is given.
    environ, platform, executable, exists
        The environment, ``sys.platform`` and the file system to look at; they are there for other systems' sake.

    Raises
    ------
    BrowserUnusable
        If the one that was named (by `configured` or in the environment) is missing or cannot be run.
    BrowserNotFound
        If none was named and there is none at the usual places.
    """
    environ = os.environ if environ is None else environ
    named = [("the configuration", configured), *((variable, environ.get(variable)) for variable in VARIABLES)]
    for source, value in named:
        if value:
            return _named(value, source, environ, platform, executable=executable, exists=exists)
    for name in NAMES:
        for path in _on_path(name, environ, platform):
            if executable(path):
                return path
    places = list(_places(environ, platform))
    for path in places:
        if executable(path):
            return path
    raise BrowserNotFound([*VARIABLES, *(f"{name} on PATH" for name in NAMES[:5]), "…", *places])


def _named(
    value: str,
    source: str,
    environ: Mapping[str, str],
    platform: str,
    *,
    executable: Callable[[str], bool],
    exists: Callable[[str], bool],
) -> str:
    """Return the executable that the user named, or say what is wrong with it."""
    flavour = ntpath if platform == "win32" else posixpath
    value = _with_home(value, environ, platform)
    if not flavour.dirname(value):  # a bare name, as one types it in a shell
        for path in _on_path(value, environ, platform):
            if executable(path):
                return path
        raise BrowserUnusable(value, source, "is not on the PATH")
    if executable(value):
        return value
    raise BrowserUnusable(value, source, "is not an executable file" if exists(value) else "does not exist")


def _with_home(value: str, environ: Mapping[str, str], platform: str) -> str:
    """Replace a leading ``~`` by the user's home."""
    home = environ.get("USERPROFILE" if platform == "win32" else "HOME")
    return home + value[1:] if home and value[:2] in ("~/", "~\\", "~") else value


def _on_path(name: str, environ: Mapping[str, str], platform: str) -> Iterator[str]:
    """Yield where `name` could be on the PATH, in the order of a shell."""
    flavour = ntpath if platform == "win32" else posixpath
    file = f"{name}.exe" if platform == "win32" and not name.lower().endswith(".exe") else name
    for folder in environ.get("PATH", "").split(";" if platform == "win32" else ":"):
        if folder:  # an empty entry means the working directory, and nothing is run from there by accident
            yield flavour.join(folder, file)


def _places(environ: Mapping[str, str], platform: str) -> Iterator[str]:
    """Yield where installers of this system put it."""
    if platform == "win32":
        for place in WINDOWS_PLACES:
            for variable in WINDOWS_ROOTS:
                if root := environ.get(variable):
                    yield ntpath.join(root, place)
    elif platform == "darwin":
        for application in MAC_APPLICATIONS:
            for root in ("/Applications", posixpath.join(environ.get("HOME", "/var/empty"), "Applications")):
                yield f"{root}/{application}.app/Contents/MacOS/{application}"
    else:
        yield from LINUX_PLACES


def version(executable: str, *, timeout_s: float = 10.0, platform: str = sys.platform) -> str:
    """Return what the browser calls itself, as ``Chromium 156.0.8078.79``.

    Raises
    ------
    BrowserStartFailed
        If it cannot be run, fails, or does not answer in time.
    """
    if platform == "win32":
        return _windows_version(executable)
    import subprocess  # only `swnb doctor` asks

    try:  # what a distribution's wrapper script says on stderr is not the answer
        asked = subprocess.run(
            [executable, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BrowserStartFailed(executable, f"`--version` gave no answer within {timeout_s:g} s") from error
    except OSError as error:
        raise BrowserStartFailed(executable, error.strerror or str(error)) from error
    lines = [line.strip() for line in asked.stdout.decode(errors="replace").splitlines() if line.strip()]
    if asked.returncode or not lines:
        raise BrowserStartFailed(executable, f"`--version` ended with status {asked.returncode} and no answer")
    return lines[-1].split(" built on ")[0]


def _windows_version(executable: str) -> str:
    """Return the version by the folder beside ``chrome.exe``: there ``--version`` opens a window instead."""
    stem = os.path.basename(executable).removesuffix(".exe")
    try:
        names = os.listdir(os.path.dirname(executable))
    except OSError as error:
        raise BrowserStartFailed(executable, error.strerror or str(error)) from error
    found = [name for name in names if name.count(".") == 3 and name.replace(".", "").isdigit()]
    newest = max(found, key=lambda name: [int(part) for part in name.split(".")], default="of unknown version")
    return f"{stem} {newest}"
