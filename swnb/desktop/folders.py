"""Hears when a folder is removed: inotify, which Python's library does not have."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final

IN_MOVED_FROM: Final = 0x40
IN_DELETE: Final = 0x200
IN_ONLYDIR: Final = 0x0100_0000

_EVENT: Final = struct.Struct("iIII")
"""Manual page inotify(7), ``struct inotify_event`` without its name."""


class FolderWatch:
    """Tells which folders are removed, on the running loop. Where the system has no inotify it tells nothing.

    Parameters
    ----------
    on_removed
        Called with the path of each watched folder that is gone.
    """

    def __init__(self, on_removed: Callable[[str], None]) -> None:
        self._on_removed = on_removed
        self._loop = asyncio.get_running_loop()
        self._fd = -1
        self._parents: dict[int, str] = {}

    def watch(self, folder: str) -> None:
        """Watch over `folder`, until it is removed. All that lie in the same place cost one watch."""
        parent = os.path.dirname(folder)  # noqa: PTH120  (no pathlib here)
        if parent not in self._parents.values():
            import ctypes

            libc = ctypes.CDLL(None)
            if self._fd < 0:
                self._fd = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
                if self._fd < 0:
                    return
                self._loop.add_reader(self._fd, self._read)
            number = libc.inotify_add_watch(self._fd, os.fsencode(parent), IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR)
            if number >= 0:
                self._parents[number] = parent
        if not os.path.lexists(folder):  # it went before it was watched
            self._on_removed(folder)

    def close(self) -> None:
        """Watch nothing any more. A second call does nothing."""
        if self._fd >= 0:
            if not self._loop.is_closed():
                self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1
            self._parents.clear()

    def _read(self) -> None:
        data = b""
        with suppress(BlockingIOError):
            data = os.read(self._fd, 1 << 16)
        place = 0
        while place < len(data):
            number, _, _, length = _EVENT.unpack_from(data, place)
            place += _EVENT.size + length
            name = os.fsdecode(data[place - length : place].rstrip(b"\0"))
            if number in self._parents:
                self._on_removed(os.path.join(self._parents[number], name))  # noqa: PTH118
