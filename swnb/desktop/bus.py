"""A bus of its own for each lab: a private ``dbus-daemon``, which ends when its owner does.

::

    <parent>/swnb-desktop-1f0c…/      mode 0700
    ├── bus       the socket
    ├── bus.conf  the daemon's configuration
    └── log       what the daemon says

    owner ──lifeline (a pipe)──► sh, which waits for its end ──► dbus-daemon, its child

The socket is bound and listens here, and the daemon inherits it (systemd's protocol of socket activation, which needs no
systemd): whoever connects waits in the backlog until the daemon runs, so a browser can be started at once.

A process that is killed cannot clean up, and the signal that a parent's death can send (PR_SET_PDEATHSIG) comes with the
end of the *thread* that started it. So a shell waits for the end of a pipe that the owner alone holds open, and then ends
the daemon and removes the folder. The daemon is that shell's child: its pid can belong to nobody else.
"""

# Pathlib takes 3 ms to import, which is on the way of each start.
# ruff: noqa: PTH100, PTH102, PTH106, PTH108, PTH113, PTH118, PTH123
from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from typing import Final
from weakref import WeakSet

from swnb.desktop.errors import DesktopUnavailable

DAEMON: Final = "dbus-daemon"

NOISE: Final = "Failed to set fd limit"
"""What the daemon says in many containers; it explains nothing."""

PREFIX: Final = "swnb-desktop-"

SOCKET_PATH_LIMIT: Final = 107
"""Longest path of a Unix socket on Linux, in bytes."""

BACKLOG: Final = 64

FILES: Final = ("bus", "bus.conf", "log")


class PrivateBus:
    """A socket, its private folder, and the ``dbus-daemon`` that serves it. Made by `listen`, and the caller's to `stop`.

    Attributes
    ----------
    folder
        Its private folder, absolute.
    pid
        The shell that watches over the daemon: leader of a session of its own, with the daemon in it. 0 before `start`.
    """

    def __init__(self, folder: str, daemon: str, listener: socket.socket) -> None:
        self.folder = folder
        self.pid = 0
        self._daemon = daemon
        self._listener: socket.socket | None = listener
        self._lifeline = -1

    @classmethod
    def listen(cls, parent: str | os.PathLike[str] | None = None) -> PrivateBus:
        """Make the folder and the socket, to which one can connect from now on; no daemon runs yet.

        Parameters
        ----------
        parent
            Where to make the folder; by default the system's folder for temporary files, which serves, too, where the
            path of the socket would get too long.

        Raises
        ------
        DesktopUnavailable
            There is no ``dbus-daemon``, this is no Linux, or no folder can be made.
        """
        if sys.platform != "linux":
            raise DesktopUnavailable("Chromium shows them over D-Bus on Linux alone", "use Linux, or a container of it")
        daemon = find_daemon()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        folder = ""
        try:
            folder = _make_folder(parent)
            listener.bind(os.path.join(folder, "bus"))
            listener.listen(BACKLOG)
        except BaseException as error:
            listener.close()
            _remove(folder)
            if isinstance(error, OSError):
                raise _unavailable(error) from error
            raise
        return cls(folder, daemon, listener)

    def start(self) -> None:
        """Start the daemon; it takes half a millisecond and waits for nothing. A second call does nothing.

        Raises
        ------
        DesktopUnavailable
            The system has no room for another process; all is cleaned up then.
        """
        if self._listener is None:
            return
        from swnb.desktop.daemon import CONFIGURATION, spawn

        read_fd, self._lifeline = os.pipe()
        try:
            with open(os.path.join(self.folder, "bus.conf"), "x", encoding="ascii") as file:
                file.write(CONFIGURATION)
            self.pid = spawn(self._daemon, self.folder, read_fd, self._listener.fileno())
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError):
                raise _unavailable(error) from error
            raise
        finally:
            os.close(read_fd)
        self._close_listener()
        _running.add(self)

    @property
    def path(self) -> str:
        """The socket's path."""
        return os.path.join(self.folder, "bus")

    @property
    def address(self) -> str:
        """The bus's address, as ``DBUS_SESSION_BUS_ADDRESS`` holds it."""
        return "unix:path=" + _escaped(self.path)

    def said(self) -> str:
        """Return the last telling line of the daemon's, ``""`` where there is none."""
        try:
            with open(os.path.join(self.folder, "log"), errors="replace") as file:
                lines = [line for line in file.read(10_000).splitlines() if line.strip() and NOISE not in line]
        except OSError:
            return ""
        return lines[-1] if lines else ""

    def stop(self, within_s: float = 1.0) -> None:
        """End the daemon and its shell, reap the shell, remove the folder. A second call does nothing.

        It blocks for about 2 ms, and at most `within_s` seconds before it uses force.
        """
        self._close_listener()
        with suppress(OSError):  # the shell was killed
            os.write(self._lifeline, b"now\n")
        self._let_go()
        _running.discard(self)
        if pid := self.pid:
            from swnb.desktop.daemon import reap

            self.pid = 0
            reap(pid, within_s)
        _remove(self.folder)

    def _close_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _let_go(self) -> None:
        if self._lifeline >= 0:
            lifeline, self._lifeline = self._lifeline, -1
            os.close(lifeline)


_running: WeakSet[PrivateBus] = WeakSet()


def _in_forked_child() -> None:
    """Give up the lifelines: a child that was forked, and goes on without its parent, would keep the daemons alive."""
    for bus in list(_running):
        bus.pid = 0
        bus._let_go()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)


def find_daemon(path: str | None = None) -> str:
    """Return where ``dbus-daemon`` is, on the PATH (or `path`).

    Raises
    ------
    DesktopUnavailable
        It is nowhere.
    """
    folders = (os.environ.get("PATH", os.defpath) if path is None else path).split(os.pathsep)
    for folder in folders:
        candidate = os.path.join(folder or os.curdir, DAEMON)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return os.path.abspath(candidate)
    raise DesktopUnavailable(f"no {DAEMON} on the PATH")


def _unavailable(error: OSError) -> DesktopUnavailable:
    return DesktopUnavailable(error.strerror or str(error), "look at the folder for temporary files")


def _make_folder(parent: str | os.PathLike[str] | None) -> str:
    name = PREFIX + os.urandom(8).hex()
    choices = [os.environ.get("TMPDIR"), "/tmp", "/var/tmp"]  # noqa: S108  (in it, names are random, mode 0700)
    for choice in [parent, *choices] if parent is not None else choices:
        if not choice:
            continue
        folder = os.path.join(os.path.abspath(choice), name)
        if len(os.fsencode(os.path.join(folder, "bus"))) > SOCKET_PATH_LIMIT:
            continue
        if choice is parent or os.access(choice, os.W_OK | os.X_OK):
            os.mkdir(folder, 0o700)  # fails where there is something of that name, a link included
            return folder
    raise DesktopUnavailable(
        "no folder for temporary files with a path that is short enough for a socket", "set TMPDIR"
    )


def _remove(folder: str) -> None:
    """Remove what `start` made; the shell may do the same at the same time."""
    if folder:
        for name in FILES:
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))
        with suppress(OSError):
            os.rmdir(folder)


def _escaped(path: str) -> str:
    """Return a path as the value of a D-Bus address (section "Server Addresses")."""
    plain = b"-_/.*abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "".join(chr(byte) if byte in plain else f"%{byte:02x}" for byte in os.fsencode(path))
