"""Starting and ending a real Chromium, and what is left of it: nothing."""

from __future__ import annotations

import json
import os
import select
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from swnb.browser import find, launch
from swnb.browser.process import BrowserProcess
from swnb.browser.profile import Profile, sweep_stale
from swnb.errors import BrowserStartFailed

END_S = 10.0

OWNER = """
import sys
from tests.browser.test_launch import ask, start
process, profile = start(sys.argv[1])
ask(process, "Browser.getVersion")
print(process.pid, profile.path, flush=True)
sys.stdin.read()
"""


def start(parent: str | Path, **options: Any) -> tuple[BrowserProcess, Profile]:
    profile = Profile.create(parent)
    argv = launch.command_line(find.find_chromium(), profile=profile.user_data, **options)
    return launch.spawn(argv, env={**os.environ, **profile.environment}, log_path=profile.log_path), profile


def ask(process: BrowserProcess, method: str) -> dict[str, Any]:
    os.write(process.write_fd, json.dumps({"id": 1, "method": method}).encode() + b"\0")
    received = b""
    while not received.endswith(b"\0"):
        assert select.select([process.read_fd], [], [], END_S)[0], process.log_tail()
        chunk = os.read(process.read_fd, 1 << 20)
        if not chunk:
            raise process.start_failed()
        received += chunk
    answers = [json.loads(message) for message in received.split(b"\0")[:-1]]
    result: dict[str, Any] = next(answer for answer in answers if answer.get("id") == 1)["result"]
    return result


def family(pid: int) -> list[psutil.Process]:
    """Return a browser's processes; the crash handler, which leaves the tree, would be found by the profile."""
    leader = psutil.Process(pid)
    return [leader, *leader.children(recursive=True)]


def mentioning(text: str | Path) -> list[int]:
    """Return the processes whose command line has `text` in it."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(text) in argument for argument in process.cmdline()):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def assert_gone(processes: list[psutil.Process]) -> None:
    assert psutil.wait_procs(processes, timeout=END_S)[1] == []


@pytest.fixture
def parent() -> Iterator[Path]:
    """A folder with a path short enough for the browser's socket to be in the profile, as it is in a real start."""
    with tempfile.TemporaryDirectory(prefix="swnb-t-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def browser(parent: Path) -> Iterator[tuple[BrowserProcess, Profile]]:
    process, profile = start(parent)
    yield process, profile
    process.end()
    assert profile.remove()
    assert list(parent.iterdir()) == []


def test_it_answers_on_the_pipe(browser: tuple[BrowserProcess, Profile]) -> None:
    process, profile = browser
    assert "Chrome" in ask(process, "Browser.getVersion")["product"]
    assert process.poll() is None
    assert stat.S_IMODE(os.stat(profile.path).st_mode) == 0o700
    assert Path(profile.log_path).exists()
    assert not os.get_inheritable(process.read_fd)
    assert not os.get_inheritable(process.write_fd)


def test_it_has_a_session_of_its_own_and_no_descriptor_but_its_own(parent: Path) -> None:
    stray = os.open(os.devnull, os.O_RDONLY)
    secret = parent / "secret"
    secret.write_text("x")
    leak = os.open(secret, os.O_RDONLY)
    os.set_inheritable(leak, True)
    process, profile = start(parent)
    try:
        ask(process, "Browser.getVersion")
        assert os.getsid(process.pid) == process.pid
        assert os.getpgid(process.pid) == process.pid
        for member in family(process.pid):
            folder = f"/proc/{member.pid}/fd"
            opened = set()
            for fd in os.listdir(folder):
                with suppress(FileNotFoundError):  # closed since it was listed
                    opened.add(os.readlink(f"{folder}/{fd}"))
            assert str(secret) not in opened
    finally:
        os.close(stray)
        os.close(leak)
        process.end()
        assert profile.remove()


@pytest.mark.slow
def test_it_opens_no_port_and_no_tab(browser: tuple[BrowserProcess, Profile]) -> None:
    process, _ = browser
    targets = ask(process, "Target.getTargets")["targetInfos"]
    assert [target["url"] for target in targets if target["type"] == "page"] == []
    for member in family(process.pid):
        listening = [c for c in member.net_connections("inet") if c.status == psutil.CONN_LISTEN]
        assert listening == []


@pytest.mark.slow
def test_closing_the_pipe_ends_all_of_it(browser: tuple[BrowserProcess, Profile]) -> None:
    process, profile = browser
    ask(process, "Browser.getVersion")
    everyone = family(process.pid)
    assert len(everyone) > 1
    process.close_pipe()
    process.close_pipe()
    assert process.wait(END_S) is not None
    assert_gone(everyone)
    assert mentioning(profile.path) == []


def test_its_socket_is_in_the_profile_so_that_a_kill_leaves_no_folder_in_tmp(
    browser: tuple[BrowserProcess, Profile],
) -> None:
    process, profile = browser
    ask(process, "Browser.getVersion")
    assert os.readlink(Path(profile.user_data) / "SingletonSocket").startswith(profile.path + "/tmp/")


@pytest.mark.slow
def test_kill_ends_all_of_it(browser: tuple[BrowserProcess, Profile]) -> None:
    process, profile = browser
    ask(process, "Browser.getVersion")
    everyone = family(process.pid)
    assert process.kill() == -signal.SIGKILL
    assert process.kill() == process.poll() == process.wait(0) == -signal.SIGKILL
    assert_gone(everyone)
    assert mentioning(profile.path) == []


@pytest.mark.slow
def test_a_browser_killed_from_outside_is_noticed_and_leaves_no_children(
    browser: tuple[BrowserProcess, Profile],
) -> None:
    process, _ = browser
    ask(process, "Browser.getVersion")
    everyone = family(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(END_S) == -signal.SIGKILL
    assert_gone(everyone)


@pytest.mark.slow
def test_waiting_where_the_system_has_no_pidfd(
    browser: tuple[BrowserProcess, Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    process, _ = browser
    ask(process, "Browser.getVersion")
    assert process.wait(0.05) is None
    process.close_pipe()
    assert process.wait(END_S) is not None


def test_a_pipe_that_was_handed_over_is_not_closed_again(browser: tuple[BrowserProcess, Profile]) -> None:
    process, _ = browser
    read_fd, write_fd = process.take_pipe()
    process.close_pipe()
    assert "product" in ask(process, "Browser.getVersion")
    os.close(read_fd)
    os.close(write_fd)
    assert process.wait(END_S) is not None


@pytest.mark.slow
def test_a_killed_owner_leaves_no_process_and_its_profile_is_swept(parent: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(parent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdin is not None
    assert owner.stdout is not None
    try:
        pid, _, path = owner.stdout.readline().strip().partition(" ")
        everyone = family(int(pid))
        assert sweep_stale(parent) == 0, "its owner lives"
    finally:
        owner.kill()
        owner.stdin.close()
        owner.stdout.close()
        owner.wait()
    assert_gone(everyone)
    assert mentioning(path) == []
    assert sweep_stale(parent) == 1
    assert list(parent.iterdir()) == []


@pytest.mark.slow
def test_twenty_starts_leave_nothing(parent: Path) -> None:
    def descriptors() -> dict[str, str]:
        links = {}
        for fd in os.listdir("/proc/self/fd"):
            try:
                links[fd] = os.readlink(f"/proc/self/fd/{fd}")
            except FileNotFoundError:  # the listing's own
                continue
        return links

    before = descriptors()
    children = psutil.Process().children(recursive=True)
    for number in range(20):
        process, profile = start(parent)
        if number % 2:
            ask(process, "Browser.getVersion")
            process.end()
        else:
            process.kill()  # in the midst of its start
            process.close_pipe()
        assert profile.remove()
    assert descriptors() == before
    assert psutil.Process().children(recursive=True) == children
    assert list(parent.iterdir()) == []
    assert mentioning(parent) == []


def test_the_pipe_works_where_its_numbers_are_free(parent: Path) -> None:
    """In a process whose descriptors 3 and 4 are free, our own pipe takes them."""
    script = "import os; os.closerange(3, 20)\n" + OWNER.replace("sys.stdin.read()", "process.end(); profile.remove()")
    done = subprocess.run(
        [sys.executable, "-c", script, str(parent)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(parent.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("#!/bin/sh\nexit 0\n", 0o600, "Permission denied"),
        ("no program at all", 0o700, "Exec format error"),
        ("#!/no/such/interpreter\n", 0o700, "No such file"),
    ],
)
def test_what_cannot_be_executed(parent: Path, text: str, mode: int, reason: str) -> None:
    program = parent / "chromium"
    program.write_text(text)
    program.chmod(mode)
    before = os.listdir("/proc/self/fd")
    with pytest.raises(BrowserStartFailed, match=reason) as caught:
        launch.spawn([str(program)], log_path=parent / "log")
    assert str(caught.value).count("\n") == 1
    assert os.listdir("/proc/self/fd") == before


def test_what_ends_at_once_says_why(parent: Path) -> None:
    program = parent / "chromium"
    program.write_text("#!/bin/sh\necho noise from dbus/bus.cc >&2\necho no display here >&2\nexit 3\n")
    program.chmod(0o700)
    process = launch.spawn([str(program)], log_path=parent / "log")
    assert os.read(process.read_fd, 1) == b""
    failure = process.start_failed()
    assert failure.reason == "it ended with status 3; it said: no display here"
    assert str(failure).count("\n") == 1
    process.close_pipe()


def test_the_version_is_told_without_the_wrappers_noise() -> None:
    words = find.version(find.find_chromium()).split()
    assert words[-1].count(".") == 3
