"""The bus of a lab's private desktop from the lab's start to its end, whichever way that comes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import swnb
from swnb.errors import BrowserGone
from tests.browser.scenes import EAGER, controlled, page

ROOT = Path(__file__).parents[2]
LIMIT_S = 30.0
WORKER = EAGER + "onpush = (e) => e.waitUntil(new Promise(() => {}))"

pytestmark = pytest.mark.slow


class Bus:
    """What a lab's bus consists of."""

    def __init__(self, lab: swnb.Lab) -> None:
        bus = lab.asynchronous.desk.desktop._bus
        self.folder = Path(bus.folder)
        self.watcher = psutil.Process(bus.pid)
        while not self.watcher.children():  # the shell has only just begun
            assert self.watcher.is_running()
        self.daemon = self.watcher.children()[0]

    def assert_gone(self) -> None:
        """Wait for the end of its processes, and look for its folder."""
        _, living = psutil.wait_procs([self.watcher, self.daemon], timeout=LIMIT_S)
        assert [process for process in living if process.status() != psutil.STATUS_ZOMBIE] == []
        assert not self.folder.exists()


def test_a_stop_leaves_nothing() -> None:
    with swnb.Lab(timeout_s=20.0) as lab:
        controlled(lab)
        bus = Bus(lab)
        assert bus.daemon.name() == "dbus-daemon"
        assert bus.folder.stat().st_mode & 0o777 == 0o700
    assert not bus.folder.exists()
    assert not bus.daemon.is_running() and not bus.watcher.is_running()


def test_two_labs_have_two_buses() -> None:
    with swnb.Lab("one", timeout_s=20.0) as one, swnb.Lab("two", timeout_s=20.0) as two:
        buses = [Bus(one), Bus(two)]
        assert buses[0].folder != buses[1].folder
        assert buses[0].daemon.pid != buses[1].daemon.pid
        for lab in (one, two):
            controlled(lab)
            lab.worker.evaluate(f"registration.showNotification('of {lab.name}').then(() => 0)")

        async def titles(lab: swnb.Lab) -> list[str]:
            desktop = lab.asynchronous.desk.desktop
            await desktop.ready()
            while not (found := [notice.title for notice in desktop.notices.values()]):
                await lab.asynchronous.browser.root.send("Browser.getVersion")  # some time passes
            return found

        assert [lab.run(titles, lab) for lab in (one, two)] == [["of one"], ["of two"]]
        two.stop()
        buses[1].assert_gone()
        client = one.clients.match_all()[0]
        assert isinstance(client, swnb.WindowClient)
        assert client.focus().focused  # a click on the other bus still comes
    buses[0].assert_gone()


def test_killing_the_process_leaves_no_bus() -> None:
    """A process that is killed cannot clean up; the bus outlives it only until its browser has ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.children.held"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    family = psutil.Process(process.pid).children(recursive=True)
    daemons = [child for child in family if child.name() == "dbus-daemon"]
    assert len(daemons) == 1
    folder = Path(next(word for word in daemons[0].cmdline() if "--config-file" in word).partition("=")[2]).parent
    assert folder.is_dir()
    process.kill()
    process.communicate()
    _, living = psutil.wait_procs(family, timeout=LIMIT_S)
    assert [child for child in living if child.status() != psutil.STATUS_ZOMBIE] == []
    assert not folder.exists()


Act = Callable[[swnb.Lab], object]

ACTS: dict[str, Act] = {
    "evaluate": lambda lab: lab.window("home").evaluate("new Promise(() => {})", timeout_s=60),
    "in the worker": lambda lab: lab.worker.evaluate("new Promise(() => {})", timeout_s=60),
    "wait": lambda lab: lab.wait("clients 7", timeout_s=60),
    "open": lambda lab: lab.open("/slow"),
    "push": lambda lab: lab.push("x", timeout_s=60),
    "with interaction": lambda lab: lab.worker.evaluate("new Promise(() => {})", activation=True, timeout_s=60),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("whom", ["daemon", "watcher"])
def test_the_bus_is_killed_while_a_lab_runs(act: Act, whom: str) -> None:
    """Chromium aborts itself then. What is asked fails at once and says why, and the lab begins anew."""
    lab = swnb.Lab(timeout_s=20.0).start()
    try:
        controlled(lab, source=WORKER)
        lab.site.write("/slow", "late", delay_s=60)
        bus = Bus(lab)
        victims = [bus.daemon] if whom == "daemon" else [bus.watcher, bus.daemon]

        def kill() -> None:
            for victim in victims:
                victim.kill()

        threading.Timer(0.2, kill).start()
        with pytest.raises(BrowserGone) as caught:
            act(lab)
        what, todo = str(caught.value).split("\n")
        assert what.startswith("the browser is gone: the bus of its private desktop ended (")
        assert "`%sw start`" in todo
        assert not lab.alive
        for again in ACTS.values():
            with pytest.raises(BrowserGone, match="the bus of its private desktop ended"):
                again(lab)
        lab.start()
        bus.assert_gone()
        assert page(lab, "/", "home").evaluate("1 + 1") == 2
        assert Bus(lab).folder != bus.folder
    finally:
        lab.stop()


def test_the_bus_is_killed_while_nobody_looks() -> None:
    """The lab's loop is held up: it learns of both ends, the bus's and the browser's, at the same time."""
    with swnb.Lab(timeout_s=20.0) as lab:
        controlled(lab, source=WORKER)
        bus = Bus(lab)
        pid = lab.asynchronous.browser.pid
        assert pid is not None

        async def hold_up() -> None:
            bus.daemon.kill()
            psutil.Process(pid).wait(LIMIT_S)

        with pytest.raises(BrowserGone, match="the bus of its private desktop ended"):
            lab.run(hold_up)
            lab.worker.evaluate("1")
    bus.assert_gone()


def test_a_browser_that_is_killed_is_no_fault_of_the_bus() -> None:
    with swnb.Lab(timeout_s=20.0) as lab:
        controlled(lab)
        bus = Bus(lab)
        pid = lab.asynchronous.browser.pid
        assert pid is not None
        threading.Timer(0.2, psutil.Process(pid).kill).start()
        with pytest.raises(BrowserGone, match="the browser is gone: it ended"):
            lab.wait("clients 7", timeout_s=60)
    bus.assert_gone()
