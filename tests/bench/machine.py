"""The machine: what it is, which Chromium is on it, and which processes of this run are still there."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import uuid
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import psutil

TOKEN_NAME: Final = "SWNB_BENCH_RUN"
"""Environment variable that every process of a run inherits, so that none can be lost."""


def environment(scratch: str) -> dict[str, str]:
    """Return the environment of a run's processes; what they leave on disk is under `scratch`."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, TOKEN_NAME: uuid.uuid4().hex, "TMPDIR": scratch, "PYPPETEER_HOME": scratch}


def find_executable() -> str | None:
    """Return the Chromium that all contestants shall drive."""
    named = os.environ.get("SWNB_CHROMIUM")
    names = (named,) if named else ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def describe(executable: str) -> dict[str, str]:
    """Return what the numbers depend on."""
    said = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False).stdout
    browser = re.search(r"\S+ [\d.]+", said)
    described = {
        "processor": f"{os.cpu_count()} × {processor()}",
        "kernel": f"{platform.system()} {platform.release()}",
        "browser": browser.group() if browser else "an unknown Chromium",
        "python": f"Python {platform.python_version()}",
    }
    for package in ("ipykernel", "pyppeteer", "playwright"):
        try:
            described[package] = f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
    return described


def processor() -> str:
    """Return the processor's model."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()


def resident(pid: int) -> tuple[int, int]:
    """Return the resident memory of a process, and that of its descendants that are no Chromium, in bytes."""
    process = psutil.Process(pid)
    others = 0
    for child in process.children(recursive=True):
        try:
            if "chrom" not in child.name():
                others += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return process.memory_info().rss, others


def remaining(token: str) -> list[psutil.Process]:
    """Return the processes that carry this run's token, this one left out."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(TOKEN_NAME) == token:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def sweep(token: str, patience_s: float = 5) -> list[str]:
    """Wait for this run's processes to end, kill those that do not, and return the names of the killed."""
    _, alive = psutil.wait_procs(remaining(token), timeout=patience_s)
    killed = []
    for process in alive:
        try:
            killed.append(f"{process.name()} ({process.pid})")
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=patience_s)
    return killed
