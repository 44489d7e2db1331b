"""The session that the lab is for, line by line, from synchronous and from asynchronous code."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

import swnb
from swnb.values import BigInt

SOURCE = """
addEventListener("install", e => e.waitUntil(skipWaiting()));
addEventListener("message", e => e.source.postMessage({echo: e.data, n: 1n, when: new Date(0)}));
"""

IN_WORKER = """
const all = await clients.matchAll({includeUncontrolled: true, type: "all"});
all.slice(0, limit).map(c => c.url)
"""

IN_PAGE = """
const channel = new MessageChannel();
const answer = new Promise(resolve => channel.port1.onmessage = e => resolve(e.data));
navigator.serviceWorker.controller.postMessage({hi: [1, 2]}, [channel.port2]);
await Promise.race([answer, new Promise(r => navigator.serviceWorker.onmessage = e => r(e.data))])
"""

REPLY = {"echo": {"hi": [1, 2]}, "n": BigInt(1), "when": datetime(1970, 1, 1, tzinfo=UTC)}


def test_the_session_from_synchronous_code(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("from a folder")
    with swnb.Lab() as lab:
        lab.site.write("/sw.js", SOURCE)
        lab.site.mount("/folder", tmp_path)
        home = lab.open("/", name="home")
        assert home.evaluate("(await fetch('/folder/notes.txt')).text()") == "from a folder"
        registration = lab.register("/sw.js", scope="/", window=home)
        assert (registration.scope, registration.update_via_cache) == ("http://lab.localhost/", "imports")
        assert lab.wait("active") is None
        assert lab.worker.state == "activated" and lab.worker.script_url == "http://lab.localhost/sw.js"
        assert lab.clients.match_all() == ()
        assert str(lab.clients.match_all()) == "no clients"
        (found,) = lab.clients.match_all(type="window", include_uncontrolled=True)
        assert (found.name, found.url, found.controlled) == ("home", "http://lab.localhost/", False)
        assert type(found) is swnb.WindowClient and type(lab.clients.match_all()) is swnb.ClientList
        lab.clients.claim()
        (found,) = lab.clients.match_all()
        assert (found.name, found.controlled) == ("home", True)
        assert lab.clients.get("home") == lab.clients.get(found.id) == found
        assert lab.clients.get("nobody") is None
        assert lab.worker.evaluate("registration.scope") == "http://lab.localhost/"
        assert lab.worker.evaluate(IN_WORKER, inputs={"limit": 3}) == ["http://lab.localhost/"]
        assert home.evaluate(IN_PAGE) == REPLY
        found.post_message({"a": 1})
        assert isinstance(found, swnb.WindowClient)
        moved = found.navigate("/other.html")
        assert moved is not None and (moved.name, moved.url) == ("home", "http://lab.localhost/other.html")
        assert lab.clients.get("home") == moved
        assert home.reload(bypass=True) is home
        home.close()
        assert home.closed and lab.windows == []
    assert not lab.started and repr(lab) == "<Lab 'lab' http://lab.localhost not started>"


async def session() -> None:
    async with swnb.AsyncLab() as lab:
        lab.site.write("/sw.js", SOURCE)
        home = await lab.open("/", name="home")
        await lab.register("/sw.js", scope="/", window=home)
        await lab.wait("active")
        assert await lab.clients.match_all() == ()
        (found,) = await lab.clients.match_all(type="window", include_uncontrolled=True)
        assert (found.name, found.controlled) == ("home", False)
        await lab.clients.claim()
        assert [c.name for c in await lab.clients.match_all()] == ["home"]
        assert await lab.worker.evaluate(IN_WORKER, inputs={"limit": 3}) == ["http://lab.localhost/"]
        assert await home.evaluate(IN_PAGE) == REPLY
        client = await lab.clients.get("home")
        assert client is not None
        await client.post_message({"a": 1})
        moved = await client.navigate("/other.html")  # type: ignore[attr-defined]
        assert await lab.clients.get("home") == moved
        assert (await moved.focus()).focused  # in a click on a notification
        assert await lab.clients.open_window("/") is not None
        for refused in (moved.focus(activation=False), lab.clients.open_window("/", activation=False)):
            with pytest.raises(swnb.JavaScriptError, match="InvalidAccessError"):
                await refused
        assert await (await home.reload(bypass=True)).evaluate("navigator.serviceWorker.controller") is None
        with pytest.raises(swnb.AlreadyStarted):
            await lab.start()
        await home.close()
    assert not lab.started


def test_the_session_from_asynchronous_code() -> None:
    asyncio.run(session())


def test_before_and_after_a_start(tmp_path: Path) -> None:
    lab = swnb.Lab("mine")
    lab.site.write("/kept", "kept", content_type="text/html")
    for verb in (
        lambda: lab.open("/"),
        lambda: lab.windows,
        lambda: lab.worker,
        lambda: lab.wait("active"),
        lambda: lab.clients,
    ):
        with pytest.raises(swnb.NotStarted, match="none is started\nrun `%sw start`"):
            verb()
    lab.stop()  # nothing to end
    for _ in range(2):
        lab.start()
        with pytest.raises(swnb.AlreadyStarted, match="the lab 'mine' is already started"):
            lab.start()
        home = lab.open("/kept", name="home")
        assert home.evaluate("document.body.textContent") == "kept"
        with pytest.raises(swnb.RegistrationUnknown, match="there is no registration"):
            lab.worker.evaluate("1")
        lab.site.write("/sw.js", SOURCE)
        lab.register("/sw.js")
        lab.wait("active")
        lab.stop()
        lab.stop()
        assert not lab.started
        with pytest.raises(swnb.NotStarted):
            home.evaluate("1")
        with pytest.raises(swnb.NotStarted):
            lab.open("/")
