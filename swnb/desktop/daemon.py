"""The daemon of a private bus and the shell that watches over it: what they are told, starting them, waiting for their end."""

# Pathlib takes 3 ms to import, which is on the way of each start.
# ruff: noqa: PTH118, PTH208
from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Final

CONFIGURATION: Final = """\
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>systemd:</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
  <limit name="max_message_size">134217728</limit>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_replies_per_connection">100000</limit>
  <limit name="reply_timeout">600000</limit>
</busconfig>
"""
"""It can start no service. A gigabyte of notifications may wait, and Chromium's own patience is the first to end."""

WATCH: Final = """\
LISTEN_FDS=1 /bin/sh -c 'LISTEN_PID=$$ exec "$0" --nofork --nopidfile --nosyslog --config-file="$1"' \
"$1" "$2/bus.conf" </dev/null &
exec 3<&-
read -r _ || sleep 2
kill -KILL $!
wait
rm -f "$2/bus" "$2/bus.conf" "$2/log"
rmdir "$2"
"""
"""What the shell does: $1 is the daemon, $2 the folder, 3 the socket, and the pipe its stdin.

A line tells it to end the daemon now. Without one its owner is dead, and a browser ends hard that loses its bus: it gets time
to end by itself, as it does when its owner's pipe ends.
"""


def spawn(daemon: str, folder: str, read_fd: int, listener_fd: int) -> int:
    """Start the shell in a session of its own, so that Ctrl-C in a terminal does not reach it; return its pid.

    Parameters
    ----------
    daemon
        The daemon's path.
    folder
        The bus's folder, with the configuration in it.
    read_fd
        End of the lifeline.
    listener_fd
        The socket.

    Raises
    ------
    OSError
        There is no shell, or no room for another process.
    """
    from fcntl import F_DUPFD_CLOEXEC, fcntl
    from signal import SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM

    copies: list[int] = []
    # Both go out of the way of 0 and 3, which may be their own numbers here; what is duplicated onto those loses its
    # close-on-exec, all else keeps it.
    try:
        copies.append(fcntl(read_fd, F_DUPFD_CLOEXEC, 10))
        copies.append(fcntl(listener_fd, F_DUPFD_CLOEXEC, 10))
        actions = [
            (os.POSIX_SPAWN_DUP2, copies[0], 0),
            (os.POSIX_SPAWN_OPEN, 1, os.path.join(folder, "log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            (os.POSIX_SPAWN_DUP2, copies[1], 3),
            *((os.POSIX_SPAWN_CLOSE, fd) for fd in _inheritable()),
        ]
        # Of the user's environment it gets nothing: no address of the desktop that the user sits at.
        environment = {"PATH": os.environ.get("PATH", os.defpath)}
        arguments = ["sh", "-c", WATCH, "swnb-desktop", daemon, folder]
        defaults = (SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM)
        return os.posix_spawn(
            "/bin/sh", arguments, environment, file_actions=actions, setsid=True, setsigmask=(), setsigdef=defaults
        )
    finally:
        for fd in copies:
            os.close(fd)


def _inheritable() -> list[int]:
    """Return the descriptors above 3 that a child would get: Python's are close-on-exec, other code's need not be."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError, ValueError):  # closed meanwhile, as the listing's own one
            if int(name) > 3 and os.get_inheritable(int(name)):
                found.append(int(name))
    return found


def reap(pid: int, within_s: float) -> None:
    """Wait for the shell's end, use force after `within_s` seconds, and take its exit status."""
    if not _ended(pid, within_s):
        from signal import SIGKILL

        with suppress(ProcessLookupError):
            os.killpg(pid, SIGKILL)
    with suppress(ChildProcessError):  # somebody else reaped it
        os.waitpid(pid, 0)


def _ended(pid: int, within_s: float) -> bool:
    """Wait for a child's end; leave it to be reaped. Return whether it came in time."""
    import select

    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    except (AttributeError, OSError):  # an old Linux: look every now and then
        deadline = time.monotonic() + within_s
        while (alive := _runs(pid)) and time.monotonic() < deadline:
            time.sleep(0.005)
        return not alive
    try:
        poller = select.poll()
        poller.register(fd, select.POLLIN)
        return bool(poller.poll(within_s * 1000))
    finally:
        os.close(fd)


def _runs(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None
    except ChildProcessError:
        return False
