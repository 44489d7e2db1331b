"""Files of a mounted folder, and nothing but these: no path and no link leads out of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from swnb.origin.paths import names_within
from swnb.origin.routes import Mount, MountedFile, Redirect

INDEX = "index.html"


def locate(mount: Mount, path: str) -> MountedFile | Redirect | None:
    """Return what a canonical path below `mount` stands for, None where it is no file of its folder.

    Links are followed first and judged by where they lead. A folder stands for its ``index.html``, and asks for
    the slash at its end.
    """
    names = names_within(path[len(mount.prefix) :])
    if names is None:
        return None
    root = Path(os.path.realpath(mount.folder))
    if names[-1] == "":
        names[-1] = INDEX
    found = Path(os.path.realpath(root.joinpath(*names)))
    if not found.is_relative_to(root):
        return None
    try:
        mode = found.stat().st_mode
    except (OSError, ValueError):  # gone, not ours to read, a name too long
        return None
    if stat.S_ISDIR(mode) and not path.endswith("/"):
        return Redirect(path + "/")
    return MountedFile(found, names[-1], mount) if stat.S_ISREG(mode) else None


def open_regular(file: Path) -> tuple[BinaryIO, int] | None:
    """Open a located file and return it with its size in bytes; None where it is not a readable file any more.

    Should it have become a link or a pipe since it was located, it is not followed and nothing waits for a writer.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(file, flags)
    except OSError:
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb"), status.st_size
