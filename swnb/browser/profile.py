"""A private folder for one browser, which is gone when its owner is.

::

    <parent>/swnb-profile-1f0c…/      mode 0700
    ├── owner          the owner's pid and start time; locked (flock) by the owner as long as it lives
    ├── chromium.log   what the browser says on stdout and stderr
    ├── data/          ``--user-data-dir``
    └── tmp/           the browser's TMPDIR: a killed Chromium would leave its socket folder in /tmp otherwise

An owner that is killed cannot clean up, so the next start does (`sweep_stale`). Only what is proven to be a dead
owner's is removed: this user's own folder (no link), with a mark, whose lock can be had, and whose pid and start time
belong to no living process. The owner locks before it writes the mark, so a mark that can be read *and* locked was let
go of.
"""

# Pathlib takes 3 ms to import, which is on the way of each start.
# ruff: noqa: PTH100, PTH102, PTH112, PTH118, PTH123
from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from typing import Final, Self

PREFIX: Final = "swnb-profile-"

OWNER: Final = "owner"

UNMARKED_AGE_S: Final = 60.0
"""A folder without a readable mark may be a creation in progress: it is left alone when it is younger."""

REMOVE_WITHIN_S: Final = 3.0
"""How long `Profile.remove` tries against a browser that still writes."""

SOCKET_PATH_LIMIT: Final = 100
"""Longest path of a Unix socket, with a margin; macOS allows 104 bytes, Linux 108."""


class Profile:
    """One browser's private folder. Made by `create`, and the caller's to `remove`.

    Attributes
    ----------
    path
        The folder itself, absolute.
    """

    def __init__(self, path: str, lock_fd: int) -> None:
        self.path = path
        self._lock_fd = lock_fd
        self._identity = _identity(os.lstat(path))

    @classmethod
    def create(cls, parent: str | os.PathLike[str] | None = None) -> Self:
        """Make a new private folder in `parent` (by default the system's folder for temporary files).

        Raises
        ------
        OSError
            If `parent` is missing, full or not writable.
        """
        path = os.path.join(os.path.abspath(parent or default_parent()), PREFIX + os.urandom(8).hex())
        os.mkdir(path, 0o700)  # fails where there is something of that name, a link included
        try:
            lock_fd = os.open(os.path.join(path, OWNER), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with contextlib.suppress(OSError):  # a file system without locks: no sweep can lock it either
                _lock(lock_fd, wait=True)
            os.write(lock_fd, f"{os.getpid()} {start_time(os.getpid())}\n".encode())
            for name in ("data", "tmp"):
                os.mkdir(os.path.join(path, name), 0o700)
        except BaseException:
            _remove_tree(path, 0.0)
            raise
        return cls(path, lock_fd)

    @property
    def user_data(self) -> str:
        """The folder for ``--user-data-dir``."""
        return os.path.join(self.path, "data")

    @property
    def log_path(self) -> str:
        """The file that takes the browser's stdout and stderr."""
        return os.path.join(self.path, "chromium.log")

    @property
    def environment(self) -> dict[str, str]:
        """Variables to start the browser with, so that all of its files are in this folder."""
        temporary = os.path.join(self.path, "tmp")
        longest = os.path.join(temporary, "org.chromium.Chromium.XXXXXX", "SingletonSocket")
        return {"TMPDIR": temporary} if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT else {}

    def remove(self) -> bool:
        """Remove the folder; a second call does nothing. Return whether it is gone.

        What a browser still writes meanwhile is removed in a second go; it gives up after `REMOVE_WITHIN_S`, and the
        next start's sweep takes the rest. Links in it are removed, never followed.
        """
        if self._lock_fd < 0:
            return not os.path.lexists(self.path)
        try:
            if not self._is_ours():
                return not os.path.lexists(self.path)
            return _remove_tree(self.path, REMOVE_WITHIN_S)
        finally:
            os.close(self._lock_fd)  # last, so that no other sweep begins while this one removes
            self._lock_fd = -1

    def _is_ours(self) -> bool:
        """Return whether what is at the path is still the folder that was made."""
        try:
            return _identity(os.lstat(self.path)) == self._identity
        except OSError:
            return False


def default_parent() -> str:
    """Return the system's folder for temporary files (what `tempfile.gettempdir` says, at a tenth of its price)."""
    for folder in (os.environ.get("TMPDIR"), "/tmp", "/var/tmp"):  # noqa: S108  (in it, names are random, mode 0700)
        if folder and os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK):
            return folder
    import tempfile

    return tempfile.gettempdir()


def sweep_stale(parent: str | os.PathLike[str] | None = None) -> int:
    """Remove the profiles in `parent` whose owners are dead, and return how many.

    It never raises and never touches what another user or a living process owns; with nothing to do it costs one
    listing of the folder.
    """
    if sys.platform == "win32":  # no profile is made there
        return 0
    try:
        with os.scandir(parent or default_parent()) as entries:
            candidates = [entry.path for entry in entries if entry.name.startswith(PREFIX)]
    except OSError:
        return 0
    return sum(_sweep_one(path) for path in candidates)


def _sweep_one(path: str) -> bool:
    """Remove one profile if its owner is dead; return whether it is gone."""
    lock_fd = -1
    try:
        before = os.lstat(path)
        if not stat.S_ISDIR(before.st_mode) or before.st_uid != os.geteuid():
            return False
        try:
            lock_fd = os.open(os.path.join(path, OWNER), os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return _is_old(before) and _remove_tree(path, 0.0)
        _lock(lock_fd, wait=False)  # an OSError when the owner lives
        words = os.read(lock_fd, 100).decode("ascii", "replace").split()
        if not words and not _is_old(before):
            return False
        if words and _is_alive(words):
            return False
        return _remove_tree(path, 0.0)
    except OSError:
        return False
    finally:
        if lock_fd >= 0:
            os.close(lock_fd)


def _is_old(folder: os.stat_result) -> bool:
    return time.time() - folder.st_mtime > UNMARKED_AGE_S


def _is_alive(words: list[str]) -> bool:
    """Return whether the process of a mark (pid, start time) lives; without a start time the lock alone decides."""
    if len(words) < 2 or not words[0].isdigit():
        return False
    return words[1] != "-" and start_time(int(words[0])) == words[1]


def start_time(pid: int) -> str:
    """Return when a process began, in the kernel's own ticks; ``-`` where it is dead or the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()  # the name before it may hold spaces and brackets
    except OSError:
        return "-"
    if fields[0] in (b"Z", b"X"):  # killed, and its parent has not asked yet
        return "-"
    return fields[19].decode()


def _lock(fd: int, *, wait: bool) -> None:
    import fcntl  # not on Windows

    fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def _identity(status: os.stat_result) -> tuple[int, int, bool]:
    return status.st_dev, status.st_ino, stat.S_ISDIR(status.st_mode)


def _remove_tree(path: str, within_s: float) -> bool:
    """Remove a folder and what is in it; try again for `within_s` while something is written there."""
    import shutil  # only needed at the end

    deadline = time.monotonic() + within_s
    while True:
        shutil.rmtree(path, ignore_errors=True)  # does not follow links, and refuses a link at its top
        if not os.path.lexists(path):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
