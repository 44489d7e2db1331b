"""A lab in a browser that runs already, and goes on afterwards."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import swnb
from swnb.browser.find import find_chromium
from tests.browser.scenes import EAGER

LISTENING = "DevTools listening on "


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a Chromium that is nobody's, with one window of its own; give its address."""
    folder = tmp_path_factory.mktemp("profile")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    argv = [
        str(find_chromium()), "--headless", *root, "--remote-debugging-port=0", f"--user-data-dir={folder}",
        "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    ]  # fmt: skip
    process = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        yield next(line for line in process.stderr if line.startswith(LISTENING)).removeprefix(LISTENING).strip()
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()


async def contents(address: str) -> list[str]:
    """Return which pages and workers the browser has, asked over a connection of its own."""
    from swnb.browser.connection import Connection
    from swnb.browser.protocol import Message
    from swnb.browser.transport import WebSocketTransport

    connection = Connection(await WebSocketTransport.open(address, 20.0), asyncio.get_running_loop())
    answer: Message = await connection.send("Target.getTargets", {}, timeout_s=20.0)
    connection.close(swnb.errors.BrowserGone("asked"))
    return sorted(t["targetId"] for t in answer["targetInfos"] if t["type"] in ("page", "service_worker"))


def test_a_lab_in_a_running_browser(address: str) -> None:
    theirs = asyncio.run(contents(address))
    assert len(theirs) == 1
    for _ in range(2):  # the browser goes on, so it can be used again
        with swnb.Lab(connect=address) as lab:
            assert lab.site.url.startswith("http://lab.localhost:")
            lab.site.write("/sw.js", EAGER)
            assert lab.windows == []
            home = lab.open("/", name="home")
            assert home.url == f"{lab.site.url}/"
            lab.register("/sw.js")
            lab.wait("active")
            lab.wait("controlled", window="home")
            assert [(c.name, c.url) for c in lab.clients.match_all()] == [("home", f"{lab.site.url}/")]
            assert lab.worker.evaluate("[1n, registration.scope]") == [1, f"{lab.site.url}/"]
            home.evaluate("open('/popup', 'p', 'popup'); 0")
            lab.wait("clients 2")
            assert {w.name for w in lab.windows} == {"home", "home-popup"}
            assert lab.origin("other").url.partition("localhost")[2] == lab.site.url.partition("localhost")[2]
        assert asyncio.run(contents(address)) == theirs


@pytest.mark.parametrize("wrong", ["ws://127.0.0.1:1/devtools/browser/x", "ws://127.0.0.1:9/nothing"])
def test_an_address_where_nobody_is(wrong: str) -> None:
    lab = swnb.Lab(connect=wrong)
    with pytest.raises(swnb.SwnbError, match=wrong):
        lab.start()
    assert not lab.started


def test_an_address_of_something_else(address: str, tmp_path: Path) -> None:
    with pytest.raises(swnb.SwnbError) as caught:
        swnb.Lab(connect=address.rpartition("/")[0] + "/nonsense").start()
    assert caught.value.todo
    with pytest.raises(swnb.InvalidArgument, match="is no address of a browser"):
        swnb.Lab(connect=address.replace("ws:", "http:"))
