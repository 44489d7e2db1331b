"""A browser that was started: whether it runs, waiting for its end, ending it."""

# Pathlib takes 3 ms to import, which is on the way of each start.
# ruff: noqa: PTH123
from __future__ import annotations

import os
import re
import select
import threading
import time
from contextlib import suppress
from typing import Final

from swnb.errors import BrowserStartFailed

POLL_S: Final = 0.01
"""How often to look where the system cannot wake us at a process's end."""

UNKNOWN_STATUS: Final = 0
"""Exit status of a browser that somebody else reaped; the same that `subprocess` says then."""

LOG_TAIL_BYTES: Final = 16 << 10

NOISE: Final = re.compile(rb"dbus/|devtools_pipe_handler|vaapi|gpu_process_host|gcm/|^\s*$")
"""Lines of the log that come in every run (no bus in a container, the end of the pipe) and explain nothing."""


class BrowserProcess:
    """Chromium's first process, leader of the process group of all others, and our ends of its pipe.

    Attributes
    ----------
    pid
        Its process id, and its process group's.
    executable
        What was started.
    read_fd, write_fd
        Our ends, close-on-exec: answers are read from the first, commands written to the second.
    log_path
        File with what it says.
    """

    def __init__(self, pid: int, executable: str, *, read_fd: int, write_fd: int, log_path: str) -> None:
        self.pid = pid
        self.executable = executable
        self.read_fd = read_fd
        self.write_fd = write_fd
        self.log_path = log_path
        self._owns_pipe = True
        self._status: int | None = None
        self._lock = threading.Lock()

    def take_pipe(self) -> tuple[int, int]:
        """Hand over the pipe: return `read_fd` and `write_fd`, which are the caller's to close from now on."""
        self._owns_pipe = False
        return self.read_fd, self.write_fd

    def close_pipe(self) -> None:
        """Close our ends, unless they were handed over or closed before. The browser ends by itself then."""
        if self._owns_pipe:
            self._owns_pipe = False
            os.close(self.write_fd)
            os.close(self.read_fd)

    def poll(self) -> int | None:
        """Return the exit status (negative: the signal that ended it), or None while it runs. Any thread may ask."""
        with self._lock:
            if self._status is None:
                self._status = self._reap(os.WNOHANG)
            return self._status

    def wait(self, timeout_s: float) -> int | None:
        """Wait for its end at most `timeout_s` seconds; return what `poll` does."""
        status = self.poll()
        if status is not None or timeout_s <= 0:
            return status
        try:
            fd = os.pidfd_open(self.pid)
        except (AttributeError, OSError):  # macOS, or an old Linux
            return self._wait_polling(timeout_s)
        try:
            poller = select.poll()
            poller.register(fd, select.POLLIN)
            poller.poll(timeout_s * 1000)
        finally:
            os.close(fd)
        return self.poll()

    def _wait_polling(self, timeout_s: float) -> int | None:
        deadline = time.monotonic() + timeout_s
        while (status := self.poll()) is None and time.monotonic() < deadline:
            time.sleep(POLL_S)
        return status

    def kill(self) -> int:
        """End the browser and all its processes at once, reap it, and return its exit status. Twice does no harm."""
        with self._lock:
            if self._status is None:
                self._kill_group()
                status = self._reap(0)
                self._status = UNKNOWN_STATUS if status is None else status
            return self._status

    def end(self, grace_s: float = 3.0) -> int:
        """Close the pipe, give the browser `grace_s` seconds to end by itself, kill what is left; return its status."""
        self.close_pipe()
        status = self.wait(grace_s)
        return self.kill() if status is None else status

    def _reap(self, options: int) -> int | None:
        """Take its exit status, if any; what it left of its group ends first, while that number is surely its own."""
        try:
            if hasattr(os, "waitid"):
                if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | options) is None:
                    return None
                self._kill_group()
            pid, status = os.waitpid(self.pid, options)
        except ChildProcessError:
            return UNKNOWN_STATUS
        return os.waitstatus_to_exitcode(status) if pid else None

    def _kill_group(self) -> None:
        from signal import SIGKILL

        with suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies may not be signalled
            os.killpg(self.pid, SIGKILL)

    def log_tail(self, lines: int = 5) -> str:
        """Return the log's last telling lines, `` | `` between them; ``""`` where there are none."""
        try:
            with open(self.log_path, "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - LOG_TAIL_BYTES))
                told = [line for line in file.read().splitlines() if not NOISE.search(line)]
        except OSError:
            return ""
        return " | ".join(line.decode(errors="replace").strip()[:300] for line in told[-lines:])

    def start_failed(self, within_s: float = 2.0) -> BrowserStartFailed:
        """Return the error for a browser that answered nothing: how it ended, and what it said."""
        status = self.wait(within_s)
        if status is None:
            how = "it runs and does not answer"
        elif status < 0:
            how = f"it was ended by signal {-status}"
        else:
            how = f"it ended with status {status}"
        said = self.log_tail()
        return BrowserStartFailed(self.executable, f"{how}; it said: {said}" if said else f"{how}, and said nothing")
