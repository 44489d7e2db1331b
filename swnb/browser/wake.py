"""Waking a thread that waits, and stopping what it waits for, from any other thread or from a signal's handler."""

from __future__ import annotations

import os
import threading
from contextlib import suppress


class WakePipe:
    """Both ends of a pipe, non-blocking.

    Attributes
    ----------
    fileno
        The end to poll.
    """

    def __init__(self) -> None:
        self.fileno, self._write_fd = os.pipe()
        os.set_blocking(self.fileno, False)
        os.set_blocking(self._write_fd, False)
        self._open = True
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Wake whoever polls. After `close` it does nothing."""
        # a signal's handler may come while this very thread holds the lock: then it is being written to, or closed
        if not self._lock.acquire(blocking=False):
            return
        try:
            if self._open:
                with suppress(BlockingIOError):  # full is as good as written
                    os.write(self._write_fd, b"w")
        finally:
            self._lock.release()

    def drain(self) -> None:
        """Take what woke."""
        with suppress(BlockingIOError):
            os.read(self.fileno, 4096)

    def close(self) -> None:
        """Close both ends, once nobody polls any more. A second call does nothing."""
        with self._lock:
            if self._open:
                self._open = False
                os.close(self.fileno)
                os.close(self._write_fd)


class Interruption:
    """One caller's wish to stop; it may come at any moment, also before anything began.

    Attributes
    ----------
    came
        Whether it came.
    due
        Whether it came, and nothing was stopped by it yet.
    """

    __slots__ = ("came", "due")

    def __init__(self) -> None:
        self.came = self.due = False
