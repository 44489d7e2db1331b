"""A private bus from its start to its end, with a real ``dbus-daemon`` and without a browser."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from dbus_fast.message import Message
from dbus_fast.signature import Variant

from swnb.desktop import Desktop, connection
from swnb.desktop.bus import PREFIX
from swnb.desktop.connection import BusConnection
from swnb.desktop.errors import DesktopLost, DesktopUnavailable
from swnb.desktop.greeting import NOTIFICATIONS, greet

pytestmark = pytest.mark.slow

LIMIT_S = 30.0


def ignore(_: object) -> None:
    """Do nothing."""


def notify(title: str) -> Message:
    """A call that shows a notification."""
    return Message(
        path="/org/freedesktop/Notifications",
        interface=NOTIFICATIONS,
        member="Notify",
        destination=NOTIFICATIONS,
        signature="susssasa{sv}i",
        body=["app", 0, "", title, "", [], {}, -1],
    )


def ours() -> tuple[int, int, set[str]]:
    """Count what must not be left: descriptors, threads, children."""
    me = psutil.Process()
    return len(os.listdir("/proc/self/fd")), threading.active_count(), {str(child) for child in me.children(True)}


def test_fifty_starts_leave_nothing(tmp_path: Path) -> None:
    before = ours()

    async def one() -> None:
        desktop = Desktop.begin(tmp_path)
        await desktop.serve(lambda _: None)
        assert desktop.alive
        assert Path(desktop._bus.folder).stat().st_mode & 0o777 == 0o700
        await desktop.stop()
        await desktop.stop()
        with pytest.raises(DesktopLost, match="it was stopped"):
            desktop.invoke(1)

    async def all_of_them() -> None:
        for _ in range(50):
            await one()

    asyncio.run(all_of_them())
    for _ in range(50):
        desktop = Desktop.begin(tmp_path)
        desktop.start()
        desktop.discard()
        Desktop.begin(tmp_path).discard()
    assert ours() == before
    assert list(tmp_path.iterdir()) == []


def test_others_on_the_bus() -> None:
    """Another client, on a codec of its own: the tool that comes with the daemon."""

    async def act() -> None:
        desktop = Desktop.begin()
        try:
            await desktop.serve(lambda _: None)
            words = ["dbus-send", f"--bus={desktop.address}", "--print-reply", f"--dest={NOTIFICATIONS}"]
            tool = await asyncio.create_subprocess_exec(
                *words,
                "/org/freedesktop/Notifications",
                f"{NOTIFICATIONS}.GetServerInformation",
                stdout=subprocess.PIPE,
            )
            said, _ = await asyncio.wait_for(tool.communicate(), LIMIT_S)
            assert [line.strip() for line in said.decode().splitlines()[1:]] == [
                f'string "{word}"' for word in ("swnb", "swnb", "1", "1.2")
            ]
        finally:
            await desktop.stop()

    asyncio.run(act())


def test_nobody_can_take_the_name() -> None:
    async def act() -> None:
        desktop = Desktop.begin()
        try:
            desktop.start()
            second = BusConnection(greet(desktop._bus.path), lambda: ignore, ignore)
            await desktop.serve(lambda _: None)
            with pytest.raises(DesktopLost, match="name is taken"):
                await asyncio.wait_for(second.owned, LIMIT_S)
        finally:
            await desktop.stop()

    asyncio.run(act())


def test_a_call_of_many_megabytes() -> None:
    async def act() -> None:
        desktop = Desktop.begin()
        changes: asyncio.Queue[object] = asyncio.Queue()
        try:
            await desktop.serve(changes.put_nowait)
            other = BusConnection(greet(desktop._bus.path), lambda: ignore, ignore)
            other.owned.cancel()
            title = "x" * (40 << 20)
            other.send(notify(title))
            await asyncio.wait_for(changes.get(), LIMIT_S)
            assert desktop.notices[1].title == title
            other.close()
        finally:
            await desktop.stop()

    asyncio.run(act())


def test_a_daemon_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "dbus-daemon"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho it is broken >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    before = ours()

    async def act() -> None:
        desktop = Desktop.begin(tmp_path)
        await desktop.serve(lambda _: None)

    with pytest.raises(DesktopUnavailable, match="dbus-daemon did not start: it is broken"):
        asyncio.run(act())
    assert ours() == before
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_it_outlives_the_thread_that_began_it() -> None:
    begun: list[Desktop] = []

    def begin() -> None:
        begun.append(Desktop.begin())
        begun[0].start()

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()

    async def act() -> None:
        await begun[0].serve(lambda _: None)
        assert begun[0].alive
        await begun[0].stop()

    asyncio.run(act())


OWNER = """\
import sys, threading
from swnb.desktop import Desktop
desktop = [Desktop.begin()]
thread = threading.Thread(target=desktop[0].start)
thread.start()
thread.join()
print(desktop[0]._bus.pid, desktop[0]._bus.folder, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("force", [True, False])
def test_the_owner_ends(force: bool) -> None:
    """By SIGKILL, or without having stopped it; a process that the owner had forked lives on."""
    fork = "import os, signal\nif os.fork() == 0: os.close(1); signal.pause(); os._exit(0)\n"
    program = OWNER.replace("print(", f"{fork}print(")
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid, folder = owner.stdout.readline().split()
        watcher = psutil.Process(int(pid))
        while not (daemons := watcher.children()):  # the shell has only just begun
            assert watcher.is_running()
        forked = [child for child in psutil.Process(owner.pid).children() if child != watcher]
        if force:
            owner.kill()
        else:
            assert owner.stdin is not None
            owner.stdin.close()
    assert len(forked) == 1
    _, living = psutil.wait_procs([watcher, *daemons], timeout=LIMIT_S)
    assert [process for process in living if process.status() != psutil.STATUS_ZOMBIE] == []
    assert not Path(folder).exists()
    forked[0].kill()


def test_nothing_of_the_environment_gets_to_the_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    desktop = Desktop.begin()
    try:
        desktop.start()
        assert set(psutil.Process(desktop._bus.pid).environ()) <= {"PATH", "PWD", "OLDPWD", "SHLVL", "_"}
        assert desktop.environment == {"DBUS_SESSION_BUS_ADDRESS": desktop.address}
        assert Path(desktop._bus.folder).name.startswith(PREFIX)
    finally:
        desktop.discard()


def test_importing_it_is_light() -> None:
    program = "import sys, swnb.desktop; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=LIMIT_S)
    assert not {"asyncio", "dbus_fast", "msgspec", "pathlib", "swnb.browser"} & set(ended.stdout.split())


SERVES = """\
import asyncio, sys
from swnb.desktop import Desktop

async def act():
    desktop = Desktop.begin()
    await desktop.serve(lambda _: None)
    early = {"dbus_fast", "msgspec"} & set(sys.modules)
    await desktop.ready()
    await desktop.stop()
    print(early, "dbus_fast" in sys.modules)

asyncio.run(act())
"""


def test_serving_imports_no_library() -> None:
    ended = subprocess.run([sys.executable, "-c", SERVES], capture_output=True, text=True, check=True, timeout=LIMIT_S)
    assert ended.stdout == "set() True\n"


@pytest.mark.parametrize("asked", ["nothing", "attend", "ready", "notices"])
def test_what_came_early_is_kept(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "IMPORTED_AFTER_S", 0.05 if asked == "nothing" else 10 * LIMIT_S)

    async def act() -> None:
        desktop = Desktop.begin()
        changes: asyncio.Queue[object] = asyncio.Queue()
        try:
            await desktop.serve(changes.put_nowait)
            other = BusConnection(greet(desktop._bus.path), lambda: ignore, ignore)
            other.owned.cancel()
            other.send(notify("early"))
            assert desktop._connection is not None
            while changes.empty() and b"Notify" not in desktop._connection._inbox.data:
                await asyncio.sleep(0)
            if asked == "attend":
                desktop.attend()
                desktop.attend()
            elif asked == "ready":
                await desktop.ready()
                assert changes.qsize() == 1
                await desktop.ready()
            elif asked == "notices":
                assert [notice.title for notice in desktop.notices.values()] == ["early"]
            await asyncio.wait_for(changes.get(), LIMIT_S)
            assert desktop.alive
            other.close()
        finally:
            await desktop.stop()
        with pytest.raises(DesktopLost, match="it was stopped"):
            await desktop.ready()

    asyncio.run(act())


def test_the_daemon_keeps_broken_messages_from_us() -> None:
    """A variant of no type ends the process that dbus-fast runs in (5.2.0): nobody may get one to us."""

    async def act() -> None:
        desktop = Desktop.begin()
        lost: asyncio.Queue[str] = asyncio.Queue()
        changes: asyncio.Queue[object] = asyncio.Queue()
        try:
            await desktop.serve(changes.put_nowait)
            other = BusConnection(greet(desktop._bus.path), lambda: ignore, lost.put_nowait)
            other.owned.cancel()
            call = notify("broken")
            call.body[6] = {"urgency": Variant("y", 1)}
            call.serial = 9
            whole = bytes(call._marshall(False))
            assert whole.count(b"\x01y\x00") == 1
            await asyncio.get_running_loop().sock_sendall(other._sock, whole.replace(b"\x01y\x00", b"\x00\x00\x00"))
            assert await asyncio.wait_for(lost.get(), LIMIT_S) == "its dbus-daemon ended"
            await desktop.ready()
            assert desktop.alive
            assert changes.empty()
        finally:
            await desktop.stop()

    asyncio.run(act())
