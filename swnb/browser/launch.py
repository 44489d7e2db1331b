"""Chromium's command line, and starting it over a pipe.

No port is opened: Chromium reads commands from its descriptor 3 and writes answers to its descriptor 4. When the other
end of the pipe closes, by `BrowserProcess.close_pipe` or because its owner was killed, Chromium ends by itself.
"""

# Pathlib takes 3 ms to import, which is on the way of each start.
# ruff: noqa: PTH208
from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from swnb.browser.process import BrowserProcess
from swnb.errors import BrowserStartFailed, InvalidArgument

QUIET: Final = (
    "--no-startup-window",  # a first tab would cost a renderer, and time, before the first window that somebody wants
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-default-apps",
    "--disable-background-networking",  # no calls home, which would come to nothing here
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-search-engine-choice-screen",
    "--disable-breakpad",  # no crash handler beside it: it would outlive a killed browser
    "--metrics-recording-only",
    "--password-store=basic",  # no keyring is asked, no dialog opens
    "--use-mock-keychain",
)
"""What keeps the browser to itself. None of it can be seen from a page or a worker."""

STEADY: Final = (
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)
"""What keeps the surroundings out of an experiment.

The first one: a window that another program's window covers stays ``visible``, as it is in a headless browser, so that
`WindowClient.visibilityState` depends on what the lab does and not on the desktop. The second: background tabs keep
their process's priority; their `visibilityState` stays ``hidden``. ``--disable-background-timer-throttling`` is *not*
here: slow timers in hidden pages are a behaviour of Chromium that one may come to study; give it in `extra` to be rid
of it.
"""

FEATURES_OFF: Final = (
    "Translate",  # its popup takes the focus of a headed window
    "MediaRouter",  # looks for devices on the local network, and opens a socket on all addresses for it
    "OptimizationHints",  # downloads
)

SHARED_MEMORY_MIN_BYTES: Final = 512 << 20
"""Below this, tabs crash for want of shared memory (containers often have 64 MiB)."""

REFUSED: Final[Mapping[str, str]] = {
    "remote-debugging-port": "swnb speaks over a pipe; for a browser of your own use `%sw start --connect ws://…`",
    "remote-debugging-address": "swnb speaks over a pipe; for a browser of your own use `%sw start --connect ws://…`",
    "remote-debugging-pipe": "it is always given; leave it out",
    "remote-debugging-io-pipes": "the pipe is swnb's; leave it out",
    "user-data-dir": "each lab has a private profile; for a browser of your own use `%sw start --connect ws://…`",
    "temp-profile": "each lab has a private profile; leave it out",
    "host-resolver-rules": "the lab's hosts depend on it; to reach other hosts open the network",
    "headless": "it is the default; `%sw start --headed` gives windows",
    "dump-dom": "the browser would end at once; evaluate in the page instead",
    "screenshot": "the browser would end at once; use `window.page.screenshot()` instead",
    "print-to-pdf": "the browser would end at once; use `window.page.pdf()` instead",
    "version": "the browser would end at once; `swnb doctor` tells the version",
    "product-version": "the browser would end at once; `swnb doctor` tells the version",
    "help": "the browser would not start",
    "type": "it would start a part of the browser only",
}
"""Flags that would take the browser away from the lab, and what to do instead."""


def command_line(
    executable: str,
    *,
    profile: str | os.PathLike[str],
    origin_port: int | None = None,
    headed: bool = False,
    open_network: bool = False,
    extra: Sequence[str] = (),
    sandbox: bool | None = None,
) -> list[str]:
    """Return the arguments to start a browser with, its own name first.

    Parameters
    ----------
    executable
        Path of the browser.
    profile
        Folder for ``--user-data-dir``.
    origin_port
        Loopback port that ``http://*.localhost/`` is served from; None where there is no site.
    headed
        With windows on the screen.
    open_network
        Let other hosts resolve as usual. Otherwise nothing resolves but ``*.localhost``.
    extra
        The user's own flags. They come last, so they win.
    sandbox
        Whether Chromium confines its processes; None for yes, except for root, under whom it refuses to.

    Raises
    ------
    InvalidArgument
        If a flag of `extra` would take the browser away from the lab.
    """
    own, features = _extras(extra)
    arguments = [executable, "--remote-debugging-pipe", f"--user-data-dir={os.fspath(profile)}"]
    if not headed:
        # headed, the graphics card draws as it does for everyone
        arguments += ["--headless", "--disable-gpu", "--hide-scrollbars", "--mute-audio"]
    arguments += [*QUIET, *STEADY]
    if rules := _host_rules(origin_port, open_network):
        arguments.append(f"--host-resolver-rules={rules}")
    if not (sandbox if sandbox is not None else _may_sandbox()):
        arguments.append("--no-sandbox")
    if _shared_memory_is_small():
        arguments.append("--disable-dev-shm-usage")
    # Of two such flags Chromium heeds the last one only, so the user's features join ours.
    arguments.append(f"--disable-features={','.join([*FEATURES_OFF, *features])}")
    return [*arguments, *own]


def _extras(extra: Sequence[str]) -> tuple[list[str], list[str]]:
    """Check the user's flags; return them and, apart, the features that they switch off."""
    if isinstance(extra, str):
        raise InvalidArgument(f"the browser's arguments are one string: {extra!r}", f"give a list: {extra.split()!r}")
    own: list[str] = []
    features: list[str] = []
    for flag in extra:
        name, _, value = flag.lstrip("-").partition("=")
        if not flag.startswith("-") or not name or "\0" in flag:
            raise InvalidArgument(
                f"{flag!r} is not a flag of the browser", "a flag begins with --; `%sw open URL` opens a page"
            )
        if name in REFUSED:
            raise InvalidArgument(f"the browser flag {flag} cannot be given", REFUSED[name])
        if name == "disable-features":
            features += [feature for feature in value.split(",") if feature]
        else:
            own.append(flag)
    return own, features


def _host_rules(origin_port: int | None, open_network: bool) -> str:
    """Return what resolves. The order counts: the first rule that fits a host is taken."""
    rules = [] if origin_port is None else [f"MAP *.localhost:80 127.0.0.1:{origin_port}"]
    if not open_network:
        rules.append("MAP * ~NOTFOUND")
    return ", ".join(rules)


def _may_sandbox() -> bool:
    return sys.platform == "win32" or os.geteuid() != 0


def _shared_memory_is_small(folder: str = "/dev/shm") -> bool:  # noqa: S108  (Chromium's own choice)
    if not sys.platform.startswith("linux"):
        return False
    try:
        status = os.statvfs(folder)
    except OSError:
        return True
    return status.f_bavail * status.f_frsize < SHARED_MEMORY_MIN_BYTES


def spawn(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, log_path: str | os.PathLike[str]
) -> BrowserProcess:
    """Start a browser in a session of its own, so that Ctrl-C in a terminal does not reach it.

    Parameters
    ----------
    argv
        What `command_line` made.
    env
        Its whole environment; None for that of this process.
    log_path
        File for what it says on stdout and stderr.

    Raises
    ------
    BrowserStartFailed
        If it cannot be executed, or the system has no such pipes (Windows).
    """
    if sys.platform == "win32":
        raise BrowserStartFailed(argv[0], "its pipe needs Linux or macOS; on Windows use `%sw start --connect ws://…`")
    from fcntl import F_DUPFD_CLOEXEC, fcntl

    pipes = _Ends()
    try:
        command_read, write_fd = pipes.make()
        read_fd, answer_write = pipes.make()
        # The ends for the browser go out of the way of 3 and 4, which may be numbers of the pipes themselves here; what
        # is duplicated onto 3 and 4 loses its close-on-exec, all else keeps it.
        command_read = pipes.add(fcntl(command_read, F_DUPFD_CLOEXEC, 10))
        answer_write = pipes.add(fcntl(answer_write, F_DUPFD_CLOEXEC, 10))
        pid = _posix_spawn(argv, env, os.fspath(log_path), command_read, answer_write)
    except OSError as error:
        pipes.close()
        raise BrowserStartFailed(argv[0], error.strerror or str(error)) from error
    except BaseException:
        pipes.close()
        raise
    pipes.close(keep=(read_fd, write_fd))
    return BrowserProcess(pid, argv[0], read_fd=read_fd, write_fd=write_fd, log_path=os.fspath(log_path))


class _Ends:
    """The descriptors that a start opens: all of them are closed again if it fails."""

    def __init__(self) -> None:
        self._open: list[int] = []

    def make(self) -> tuple[int, int]:
        """Open a pipe with room for 1 MiB where the system permits; its ends are close-on-exec."""
        read_fd, write_fd = os.pipe()
        self._open += (read_fd, write_fd)
        if sys.platform == "linux":
            from contextlib import suppress
            from fcntl import F_SETPIPE_SZ, fcntl

            with suppress(OSError):  # the user's quota of pipe memory is used up: the default does as well
                fcntl(write_fd, F_SETPIPE_SZ, 1 << 20)
        return read_fd, write_fd

    def add(self, fd: int) -> int:
        self._open.append(fd)
        return fd

    def close(self, keep: Sequence[int] = ()) -> None:
        for fd in self._open:
            if fd not in keep:
                os.close(fd)
        self._open.clear()


def _posix_spawn(
    argv: Sequence[str], env: Mapping[str, str] | None, log: str, command_read: int, answer_write: int
) -> int:
    """Execute `argv` with the pipe on 3 and 4, nothing on stdin, the rest to the log; return its pid."""
    from signal import SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM

    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
        (os.POSIX_SPAWN_DUP2, command_read, 3),
        (os.POSIX_SPAWN_DUP2, answer_write, 4),
        *((os.POSIX_SPAWN_CLOSE, fd) for fd in _inheritable()),
    ]
    environment = os.environ if env is None else env
    # A kernel blocks or ignores some signals at times; the browser begins with none of that.
    defaults = (SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM)
    try:
        return os.posix_spawn(
            argv[0], list(argv), environment, file_actions=actions, setsid=True, setsigmask=(), setsigdef=defaults
        )
    except NotImplementedError:  # an old C library has no such attribute: a process group is the next best
        return os.posix_spawn(
            argv[0], list(argv), environment, file_actions=actions, setpgroup=0, setsigmask=(), setsigdef=defaults
        )


def _inheritable() -> list[int]:
    """Return the descriptors above 4 that a child would get: Python's are close-on-exec, other code's need not be."""
    found = []
    try:
        numbers = [int(name) for name in os.listdir("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")]
    except (OSError, ValueError):
        return []
    for fd in numbers:
        try:
            if fd > 4 and os.get_inheritable(fd):
                found.append(fd)
        except OSError:  # closed meanwhile, as the listing's own one
            continue
    return found
