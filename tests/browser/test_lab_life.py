"""A lab's beginnings and ends, and what its site serves to a real browser."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

import swnb
from swnb.browser.profile import PREFIX, default_parent
from swnb.vocab import Loop
from tests.browser.scenes import EAGER, SKIP, controlled, page, script, window_client


def left() -> tuple[set[str], int, int, set[str]]:
    """Return the threads, descriptors, children and profiles of this process."""
    gc.collect()  # what an earlier test left to the collector must not end meanwhile
    me = psutil.Process()
    names = {thread.name for thread in threading.enumerate()}
    profiles = {folder for folder in Path(default_parent()).glob(f"{PREFIX}*") if owner(folder) == me.pid}
    return names, me.num_fds(), len(me.children(recursive=True)), {folder.name for folder in profiles}


def owner(profile: Path) -> int | None:
    """Return the process that made a profile; None for one that was removed just now, as another process's may be."""
    try:
        return int((profile / "owner").read_text().split()[0])
    except (OSError, IndexError):
        return None


@pytest.fixture
def plain_file(tmp_path: Path) -> str:
    path = tmp_path / "chromium"
    path.write_text("no program")
    return str(path)


def test_no_chromium_leaves_nothing() -> None:
    before = left()
    lab = swnb.Lab(executable="/nonexistent/chromium")
    for _ in range(2):
        with pytest.raises(swnb.BrowserNotFound) as caught:
            lab.start()
        what, todo = str(caught.value).split("\n")
        assert "/nonexistent/chromium" in what
        assert "name one that is there" in todo
        assert (lab.started, lab.alive, lab in swnb.Lab.running) == (False, False, False)
    with pytest.raises(swnb.NotStarted):
        lab.open("/")
    assert left() == before


def test_what_is_no_program_leaves_nothing(plain_file: str) -> None:
    before = left()
    with pytest.raises(swnb.BrowserError) as caught:
        swnb.Lab(executable=plain_file).start()
    assert len(str(caught.value).splitlines()) == 2
    assert left() == before


def test_a_program_that_is_no_browser_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "chromium"
    path.write_text("#!/bin/sh\necho no such display >&2\nexit 4\n")
    path.chmod(0o700)
    before = left()
    with pytest.raises(swnb.BrowserStartFailed, match="it ended with status 4; it said: no such display") as caught:
        swnb.Lab(executable=str(path)).start()
    assert len(str(caught.value).splitlines()) == 2
    assert left() == before


def test_no_chromium_from_asynchronous_code() -> None:
    before = left()

    async def begin() -> None:
        lab = swnb.AsyncLab(executable="/nonexistent/chromium")
        with pytest.raises(swnb.BrowserNotFound):
            await lab.start()
        assert not lab.started
        with pytest.raises(swnb.NotStarted):
            await lab.open("/")
        await lab.stop()

    asyncio.run(begin())
    assert left() == before


def test_settings_that_are_none() -> None:
    with pytest.raises(swnb.InvalidArgument, match="a lab has no setting 'timeout'\ndid you mean 'timeout_s'"):
        swnb.Lab(timeout=3)
    with pytest.raises(swnb.InvalidArgument, match="'threads' is no kind of loop\none of thread, kernel"):
        swnb.Lab(loop="threads")
    for bad in (0, -1, float("nan"), "soon", None):
        with pytest.raises(swnb.InvalidArgument, match=r"timeout_s is .*\ngive a number of seconds greater than 0"):
            swnb.AsyncLab(timeout_s=bad)
    assert swnb.Lab(loop="kernel").settings.loop is Loop.KERNEL


def test_a_kernel_loop_where_none_runs() -> None:
    before = left()
    with pytest.raises(
        swnb.SwnbError, match=r"no loop is running in this thread.*\nuse loop='thread' here, or AsyncLab"
    ):
        swnb.Lab(loop="kernel").start()
    assert left() == before


def test_what_lived_in_the_former_browser_is_gone_when_it_is_started_again() -> None:
    lab = swnb.Lab("again")
    lab.site.write("/", "<!doctype html><title>home</title>", content_type="text/html")
    lab.site.write("/sw.js", "addEventListener('install', event => event.waitUntil(skipWaiting()))")
    lab.site.write("/in/sw.js", "")
    scopes = ("/", "/in/")
    for nth, scope in enumerate(scopes):
        with lab:
            home = lab.open("/", name="home")
            lab.register(f"{scope}sw.js", window=home)
            lab.wait("activated")
            lab.settle()
            assert [(c.label, c.name, c.alive) for c in lab.world.clients] == [(f"c{nth + 1}", "home", True)]
            assert [(w.label, w.state) for w in lab.world.workers] == [(f"w{nth + 1}", "activated")]
            assert [r.scope for r in lab.world.registrations] == [f"http://lab.localhost{scope}"]
        assert [c.label for c in lab.world.clients] == [f"c{nth + 1}"]  # its last state stays
    assert [(c.label, c.alive) for c in lab.world.clients.all] == [("c1", False), ("c2", True)]
    assert [(w.label, w.state) for w in lab.world.workers.all] == [("w1", "redundant"), ("w2", "activated")]
    assert not lab.world.surprises


def test_started_again_with_what_its_sites_serve(tmp_path: Path) -> None:
    (tmp_path / "mounted.txt").write_text("mounted")
    lab = swnb.Lab("again", timeout_s=20.0)
    lab.stop()
    lab.site.write("/", "<title>kept</title>", content_type="text/html")
    lab.site.mount("/files", tmp_path)
    lab.origin("other").write("/", "<title>other</title>", content_type="text/html")
    before = left()
    for _ in range(2):
        assert lab.start() is lab
        assert repr(lab) == "<Lab 'again' http://lab.localhost running>"
        assert lab.open("/", name="home").evaluate("document.title") == "kept"
        assert lab.open("http://other.localhost/").evaluate("document.title") == "other"
        assert lab.window("home").evaluate("(await fetch('/files/mounted.txt')).text()") == "mounted"
        assert lab.registrations == []
        assert len(left()[3]) == len(before[3]) + 1
        assert "__swnb" not in str(lab.window("home").evaluate("Object.keys(globalThis)"))
        lab.register(script(lab), window="home")
        lab.wait("controlled", window="home")
        with pytest.raises(swnb.AlreadyStarted, match="the lab 'again' is already started\n"):
            lab.start()
        assert lab.window("home").evaluate("1") == 1  # the refused start has done it no harm
        lab.stop()
        lab.stop()
        with pytest.raises(swnb.NotStarted):
            _ = lab.windows
        assert left() == before


def test_an_error_inside_the_with_ends_the_lab() -> None:
    before = left()
    with pytest.raises(ZeroDivisionError):
        with swnb.Lab() as lab:
            lab.open("/")
            _ = 1 / 0
    assert not lab.started
    assert left() == before


# ---- what the session's lines promise beside their bare form ------------------------------------------------------------


def test_a_folder_at_the_root_is_a_whole_site(lab: swnb.Lab, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>from the folder</title><script src=app.js></script>")
    (tmp_path / "app.js").write_text("globalThis.app = 1")
    (tmp_path / "sw.js").write_text(EAGER)
    lab.site.mount("/", str(tmp_path))
    home = lab.open("/", name="home")
    assert home.evaluate("[document.title, app]") == ["from the folder", 1]
    lab.register("/sw.js", scope="/", window=home)
    lab.wait("controlled", window="home")
    (tmp_path / "app.js").write_text("globalThis.app = 2")  # nothing is cached
    assert home.reload().evaluate("app") == 2
    lab.site.write("/app.js", "globalThis.app = 3")  # what is written comes before what is mounted
    assert home.reload().evaluate("app") == 3


def test_headers_status_and_delay_reach_the_page(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    lab.site.write("/teapot", "short", status=418, headers={"X-Kind": "pot"}, content_type="text/plain", delay_s=0.2)
    ask = """const begun = performance.now(); const r = await fetch('/teapot');
    [r.status, r.headers.get('X-Kind'), r.headers.get('Content-Type'), await r.text(), performance.now() - begun >= 190]"""
    assert home.evaluate(ask) == [418, "pot", "text/plain", "short", True]


def test_service_worker_allowed_widens_the_scope(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    lab.site.write("/deep/sw.js", EAGER)
    with pytest.raises(swnb.JavaScriptError) as caught:
        lab.register("/deep/sw.js", scope="/", window=home)
    assert caught.value.name == "SecurityError"
    lab.site.write("/deep/sw.js", EAGER, headers={"Service-Worker-Allowed": "/"})
    assert lab.register("/deep/sw.js", scope="/", window=home).scope == f"{lab.site.url}/"
    lab.wait("controlled", window="home")


def test_a_message_of_the_session_arrives(lab: swnb.Lab) -> None:
    home = controlled(lab, source=SKIP)
    lab.clients.claim()
    home.evaluate("globalThis.heard = new Promise(r => { navigator.serviceWorker.onmessage = e => r(e.data) }); 0")
    window_client(lab).post_message({"a": 1})
    assert home.evaluate("heard") == {"a": 1}
    with pytest.raises(swnb.JavaScriptError) as caught:
        window_client(lab).focus(activation=False)
    assert caught.value.name == "InvalidAccessError"
    with pytest.raises(swnb.JavaScriptError) as caught:
        lab.clients.open_window("/", activation=False)
    assert caught.value.name == "InvalidAccessError"
    assert home.page.title() == "/"


def test_a_start_does_without_tornado() -> None:
    """It is a fifth of all that would be imported while Chromium starts."""
    script = """
import sys
from swnb.origin import late
late.LATEST_S = 3600.0
import swnb
with swnb.Lab() as lab:
    lab.site.write("/sw.js", "oninstall = () => skipWaiting();")
    home = lab.open("/", name="home")
    lab.register("/sw.js", window=home)
    lab.wait("active")
    lab.clients.claim()
    print(len(lab.clients.match_all()), [name for name in sys.modules if name.split(".")[0] == "tornado"])
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("1 []\n", "")
