"""What a lab leaves of itself in a browser that is not its own, and what comes when that browser ends."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psutil
import pytest

import swnb
from swnb.browser.connection import Connection
from swnb.browser.find import find_chromium
from swnb.browser.session import Session
from swnb.browser.transport import WebSocketTransport
from swnb.errors import BrowserGone, BrowserStartFailed
from tests.browser.scenes import EAGER, controlled, page

LISTENING = "DevTools listening on "
LIMIT_S = 20.0


@contextmanager
def chromium(profile: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run a browser that is nobody's; give its address and its process."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    argv = [find_chromium(), "--headless", *root, "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    argv += ["--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "data:text/html,<title>theirs</title>"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            told = next(line for line in process.stderr if line.startswith(LISTENING))
            yield told.removeprefix(LISTENING).strip(), psutil.Process(process.pid)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chromium(tmp_path_factory.mktemp("profile")) as (found, _):
        yield found


@asynccontextmanager
async def another_connection(address: str) -> AsyncIterator[Session]:
    """Speak to the browser as somebody else does, with nothing of the lab."""
    connection = Connection(await WebSocketTransport.open(address, LIMIT_S), asyncio.get_running_loop())
    try:
        yield Session(connection)
    finally:
        connection.close(BrowserGone("enough"))


async def ask(root: Session, target_id: str, source: str) -> object:
    """Evaluate in a page."""
    flat = {"targetId": target_id, "flatten": True}
    there = Session(root.connection, (await root.send("Target.attachToTarget", flat))["sessionId"], "a page")
    params = {"expression": source, "awaitPromise": True, "returnByValue": True, "userGesture": True}
    answer = await there.send("Runtime.evaluate", params, timeout_s=LIMIT_S)
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


async def ask_theirs(address: str, source: str) -> object:
    """Evaluate in the page that the browser began with, once it is there."""
    async with asyncio.timeout(LIMIT_S), another_connection(address) as root:
        while True:
            for target, url in (await pages(root)).items():
                if url.startswith("data:") and await ask(root, target, "document.title") == "theirs":
                    return await ask(root, target, source)


async def pages(root: Session) -> dict[str, str]:
    found = (await root.send("Target.getTargets", {}, timeout_s=LIMIT_S))["targetInfos"]
    return {info["targetId"]: info["url"] for info in found if info["type"] == "page"}


def test_their_windows_are_left_alone(address: str) -> None:
    def look(source: str) -> object:
        return asyncio.run(ask_theirs(address, source))

    assert look("globalThis.kept = document.title") == "theirs"
    with swnb.Lab(connect=address, timeout_s=LIMIT_S) as lab:
        assert lab.windows == []
        assert lab.open("/").name == "window"
        look("open('about:blank', '_blank', 'popup'); 0")  # one that opens while the lab is there
        assert lab.open("/").name == "window2"
        assert [w.name for w in lab.windows] == ["window", "window2"]
    assert look("kept") == "theirs"

    async def after() -> list[str]:
        async with another_connection(address) as root:
            return sorted((await pages(root)).values())

    left = asyncio.run(after())
    assert len([url for url in left if url.startswith("data:")]) == 1
    assert not any("localhost" in url or "swnb" in url for url in left)
    assert left.count("about:blank") == 1  # what the page opened is the page's


def test_messages_and_values_through_a_websocket(address: str) -> None:
    with swnb.Lab(connect=address, timeout_s=LIMIT_S) as lab:
        echo = "addEventListener('message', e => e.source.postMessage({echo: e.data, n: 1n}));"
        home = controlled(lab, source=EAGER + echo)
        lab.wait("clients 1")
        heard = "new Promise(r => { navigator.serviceWorker.onmessage = e => r(e.data) })"
        said = home.evaluate(f"navigator.serviceWorker.controller.postMessage([1, 'ü', NaN]); {heard}")
        assert isinstance(said, dict)
        assert (said["n"], said["echo"][:2]) == (1, [1, "ü"])
        blob = bytes(range(256)) * 4096
        assert lab.worker.evaluate("bytes.length", inputs={"bytes": blob}) == len(blob)
        assert lab.worker.evaluate("'ü'.repeat(2 ** 20)") == "ü" * 2**20
        client = lab.clients.get("home")
        assert isinstance(client, swnb.WindowClient)
        lab.site.write("/next", "next", content_type="text/html")
        moved = client.navigate("/next")
        assert moved is not None
        assert moved.url == f"{lab.site.url}/next"
        with pytest.raises(swnb.EvaluationTimeout):
            lab.worker.evaluate("for (;;);", timeout_s=0.3)
        assert lab.worker.evaluate("1 + 1") == 2
        assert home.page.title() == ""


def test_nothing_is_held_and_no_registration_stays(address: str) -> None:
    with swnb.Lab(connect=address, timeout_s=LIMIT_S) as lab:
        home = controlled(lab)
        lab.site.write("/deep/sw.js", EAGER)
        home.evaluate("await navigator.serviceWorker.register('/deep/sw.js'); 0")  # one that a page registered
        lab.wait("active", scope="/deep/")
        base = lab.site.url
        port = int(base.rpartition(":")[2])

    async def afterwards() -> object:
        from swnb.origin.listen import bind_loopback
        from swnb.origin.server import OriginServer
        from swnb.origin.site import Site

        listener = bind_loopback()
        site = Site("lab", f"http://lab.localhost:{listener.getsockname()[1]}")
        site.write("/", "<script>globalThis.ran = 1</script>", content_type="text/html")
        site.write("/sw.js", EAGER)
        server = OriginServer(listener)
        server.add(site)
        server.start()
        try:
            async with another_connection(address) as root:
                made = await root.send("Target.createTarget", {"url": f"{site.url}/"}, timeout_s=LIMIT_S)
                target: str = made["targetId"]
                loaded = "document.readyState == 'complete' ? ran : new Promise(r => onload = () => r(ran))"
                ran = await ask(root, target, loaded)
                active = "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
                ready = await ask(root, target, f"{active}.then(r => r.active.scriptURL)")
                await root.send("Target.closeTarget", {"targetId": target}, timeout_s=LIMIT_S)
                return [ran, str(ready).removeprefix(site.url), site.url != base]
        finally:
            await server.stop()

    assert port != 80
    assert asyncio.run(afterwards()) == [1, "/sw.js", True]
    with swnb.Lab(connect=address, timeout_s=LIMIT_S) as lab:
        controlled(lab)  # by then the browser has told all that is registered
        assert [r.scope for r in lab.registrations if r.scope.startswith(f"{base}/")] == []


def test_stop_while_a_page_is_used_twice_at_once(address: str) -> None:
    with swnb.Lab("one", connect=address, timeout_s=LIMIT_S) as one:
        page(one, "/", "home")
        with swnb.Lab("two", connect=address, timeout_s=LIMIT_S) as two:
            assert two.windows == []
            assert two.site.url != one.site.url
            controlled(two)
            assert [w.name for w in one.windows] == ["home"]
        assert one.window("home").evaluate("1 + 1") == 2
        controlled_home = controlled(one, "second")
        assert controlled_home.evaluate("navigator.serviceWorker.controller.state") == "activated"


def held() -> tuple[int, set[str]]:
    gc.collect()  # what an earlier test left to the collector must not end meanwhile
    return psutil.Process().num_fds(), {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("path", ["devtools/browser/nobody", ""])
def test_a_port_where_nobody_listens(path: str) -> None:
    seen = []
    for _ in range(3):  # the first one may import, and what an earlier test closed may end meanwhile
        with pytest.raises(BrowserStartFailed) as caught:
            swnb.Lab(connect=f"ws://127.0.0.1:1/{path}").start()
        what, todo = str(caught.value).split("\n")
        assert what.startswith(f"ws://127.0.0.1:1/{path} did not start: no DevTools endpoint answers there")
        assert todo
        del caught  # its traceback holds what the start had
        seen.append(held())
    assert seen[1] == seen[2]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9222/", "127.0.0.1:9222", "", 9222])
def test_what_is_no_address(address: object) -> None:
    with pytest.raises(swnb.InvalidArgument, match=r"is no address of a browser\ngive ws://127.0.0.1:PORT/devtools"):
        swnb.Lab(connect=address)


def test_a_browser_killed_while_connected(tmp_path: Path) -> None:
    with chromium(tmp_path) as (address, process):
        lab = swnb.Lab(connect=address, timeout_s=LIMIT_S)
        lab.start()
        home = controlled(lab)

        async def killed() -> object:
            window = lab.asynchronous.window("home")
            asked = asyncio.ensure_future(window.evaluate("globalThis.asked = 1; new Promise(() => {})"))
            while await window.evaluate("globalThis.asked ?? 0") != 1:
                pass
            process.kill()
            async with asyncio.timeout(5.0):
                return await asked

        with pytest.raises(BrowserGone) as caught:
            lab.run(killed)
        assert len(str(caught.value).splitlines()) == 2
        assert not lab.alive
        verbs: list[Callable[[], object]] = [lambda: home.evaluate("1"), lambda: lab.open("/"), lambda: lab.worker]
        for verb in verbs:
            with pytest.raises(BrowserGone):
                verb()
        lab.stop()
        assert not lab.started
