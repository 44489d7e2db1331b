from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from swnb.errors import AlreadyStarted, BrowserGone, JavaScriptError
from swnb.lab.lab import Lab

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        lab.site.write("/sw.js", "addEventListener('install', e => e.waitUntil(skipWaiting()))")
        lab.open("/", name="home")
        lab.register("/sw.js")
        lab.wait("active")
        yield lab


def child(module: str, *arguments: str, stdin: int | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.browser.children.{module}", *arguments],
        cwd=ROOT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (a shell's background ignores it)
    )


def browser_process(lab: Lab) -> psutil.Process:
    prepared = lab.asynchronous.prepared
    assert prepared is not None and prepared.started is not None
    return psutil.Process(prepared.started.process.pid)


@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_a_hundred_interrupts_in_mid_evaluate_leave_the_wire_in_step(loop: str) -> None:
    told, _ = child("interrupts", loop, "100").communicate(timeout=100)
    result = json.loads(told)
    assert result["interrupted"] >= 90, result
    assert result["lost"] == 0, result
    assert result["wait"] == "interrupted"


def test_a_killed_browser_fails_what_is_pending_and_the_lab_begins_anew(lab: Lab) -> None:
    process = browser_process(lab)
    threading.Timer(0.1, process.kill).start()
    with pytest.raises(BrowserGone):
        lab.worker.evaluate("new Promise(() => {})", timeout_s=60)
    with pytest.raises(BrowserGone) as caught:
        lab.open("/")
    assert len(str(caught.value).splitlines()) == 2
    assert not lab.alive
    lab.start()
    with pytest.raises(AlreadyStarted):
        lab.start()
    assert lab.open("/sw.js").evaluate("location.pathname") == "/sw.js"


def test_a_killed_browser_ends_a_wait_and_an_open(lab: Lab) -> None:
    lab.site.write("/slow", "late", delay_s=60)
    threading.Timer(0.1, browser_process(lab).kill).start()
    with pytest.raises(BrowserGone):
        lab.open("/slow")
    with pytest.raises(BrowserGone):
        lab.wait("clients 7")


def test_killing_the_process_leaves_no_browser_and_the_next_start_sweeps_its_profile() -> None:
    process = child("held", stdin=subprocess.PIPE)
    assert process.stdout is not None
    pid, _, profile = process.stdout.readline().strip().partition(" ")
    browser = psutil.Process(int(pid))
    family = [browser, *browser.children(recursive=True)]
    assert len(family) > 3
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    with Lab():
        pass
    assert not Path(profile).exists()


@pytest.mark.parametrize("ending", ["thread", "kernel", "kernel-closed"])
def test_a_process_that_forgets_its_lab_leaves_nothing(ending: str) -> None:
    process = child("left_running", ending)
    told, _ = process.communicate(timeout=60)
    pid, _, profile = told.strip().partition(" ")
    assert process.returncode == 0
    assert not psutil.pid_exists(int(pid))
    assert not Path(profile).exists()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder for temporary files whose name leaves room for a socket's."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_fifty_starts_leave_nothing_behind(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread, descriptor, process (browser, bus, its watcher), and no folder of any of them."""
    monkeypatch.setenv("TMPDIR", str(short_folder))

    def left() -> tuple[set[str], int, list[psutil.Process], list[str]]:
        me = psutil.Process()
        threads = {thread.name for thread in threading.enumerate()}
        return threads, me.num_fds(), me.children(recursive=True), os.listdir(short_folder)

    with Lab() as lab:
        lab.open("/")
        assert sorted(name.rpartition("-")[0] for name in os.listdir(short_folder)) == ["swnb-desktop", "swnb-profile"]
    before = left()
    assert before[3] == []
    for turn in range(50):
        with Lab() as lab:
            if turn % 10 == 0:
                lab.open("/")
    assert left() == before


def test_two_labs_at_once_know_nothing_of_each_other(lab: Lab) -> None:
    with Lab("two") as two:
        two.site.write("/only-here", "two")
        two.open("/only-here", name="home")
        assert two.registrations == []
        assert lab.window("home").evaluate("(await fetch('/only-here')).status") == 404
        assert two.window("home").evaluate("document.body.textContent") == "two"
        assert len(lab.registrations) == 1
    assert lab.worker.evaluate("1 + 1") == 2


def test_a_crashed_tab_fails_its_verbs_and_a_reload_brings_it_back(lab: Lab) -> None:
    home = lab.window("home")
    session = lab.asynchronous.window("home").realm.session

    async def crash() -> None:
        session.post("Page.crash")

    from swnb.errors import TargetGone

    lab.run(crash)
    with pytest.raises(TargetGone, match="crashed"):
        home.evaluate("new Promise(() => {})", timeout_s=60)
    assert home.crashed
    assert home.reload().evaluate("1 + 1") == 2
    assert not home.crashed


def listening(process: psutil.Process) -> set[str]:
    family = [process, *process.children(recursive=True)]
    found = set()
    for one in family:
        found |= {c.laddr.ip for c in one.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    return found


def test_nothing_listens_but_on_loopback(lab: Lab) -> None:
    assert listening(psutil.Process()) == {"127.0.0.1"}
    assert listening(browser_process(lab)) == set()


REACH = """
const outcomes = {};
for (const url of urls) {
  outcomes[url] = await fetch(url, {mode: "no-cors"}).then(() => "reached", error => error.name);
}
outcomes
"""


def test_no_other_host_resolves_from_a_page_or_a_worker(lab: Lab) -> None:
    prepared = lab.asynchronous.prepared
    assert prepared is not None
    port = prepared.port
    outside = [
        f"http://127.0.0.1:{port}/",
        f"http://[::1]:{port}/",
        f"http://localhost:{port}/",
        f"http://lab.localhost:{port}/",
        "http://example.com/",
        "http://10.0.0.1/",
    ]
    inside = ["http://lab.localhost/", "http://other.localhost/"]
    lab.origin("other").write("/", "x", headers={"Access-Control-Allow-Origin": "*"})
    expected = {**dict.fromkeys(outside, "TypeError"), **dict.fromkeys(inside, "reached")}
    assert lab.window("home").evaluate(REACH, inputs={"urls": outside + inside}) == expected
    assert lab.worker.evaluate(REACH, inputs={"urls": outside + inside}) == expected


def test_an_open_network_resolves_what_the_machine_resolves() -> None:
    with Lab(open_network=True) as lab:
        prepared = lab.asynchronous.prepared
        assert prepared is not None
        url = f"http://127.0.0.1:{prepared.port}/"
        assert lab.open("/").evaluate(REACH, inputs={"urls": [url]}) == {url: "reached"}


def test_an_endless_loop_in_the_page_does_not_stop_the_worker(lab: Lab) -> None:
    home = lab.window("home")
    outcome: list[BaseException] = []

    def loop() -> None:
        try:
            home.evaluate("for (;;);", timeout_s=1.0)
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=loop)
    thread.start()
    assert lab.worker.evaluate("1 + 1") == 2
    thread.join(30)
    assert [type(error).__name__ for error in outcome] == ["EvaluationTimeout"]
    with pytest.raises(JavaScriptError):
        home.evaluate("nope")
