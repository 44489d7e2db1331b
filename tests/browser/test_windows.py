"""Windows: opened, named, navigated, crashed, and through pyppeteer."""

from __future__ import annotations

import asyncio

import pytest

import swnb
from swnb.errors import TargetGone, WindowAmbiguous
from swnb.lab.window import LoadFailed
from tests.browser.scenes import controlled, page, window_client


def names(lab: swnb.Lab) -> list[str | None]:
    return [c.name for c in lab.clients.match_all(include_uncontrolled=True)]


def test_the_very_first_page_is_there(lab: swnb.Lab) -> None:
    window = lab.open()
    assert (window.name, window.url, window.creation_url) == ("window", f"{lab.site.url}/", f"{lab.site.url}/")
    assert window.evaluate("isSecureContext && document.body.innerText.length > 0") is True
    missing = lab.open("/nothing/here")
    assert missing.evaluate("document.body.innerText.length > 0 && location.pathname") == "/nothing/here"
    assert repr(missing) == f"<Window 'window2' {lab.site.url}/nothing/here>"
    assert [w.name for w in lab.windows] == ["window", "window2"]
    assert lab.open("about:blank").evaluate("location.href") == "about:blank"


def test_names(lab: swnb.Lab) -> None:
    home = lab.open(name="home")
    with pytest.raises(swnb.InvalidArgument, match="a window is already named 'home'"):
        lab.open(name="home")
    with pytest.raises(swnb.WindowUnknown, match="no window is named 'hom'\ndid you mean 'home'"):
        lab.window("hom")
    assert lab.window("home") == home and len(lab.windows) == 1
    home.close()
    home.close()
    assert home.closed
    with pytest.raises(TargetGone, match="the window 'home' was closed"):
        home.evaluate("1")
    assert lab.open(name="home") != home


def test_two_windows_at_one_url_are_told_apart(lab: swnb.Lab) -> None:
    controlled(lab, "a")
    lab.open("/", name="b")
    lab.wait("clients 2")
    assert sorted(str(name) for name in names(lab)) == ["a", "b"]
    for name in ("a", "b"):
        assert window_client(lab, name).name == name
    lab.window("b").goto("/#b")  # a navigation within the document: the client and its URL stay
    assert window_client(lab, "b").url == f"{lab.site.url}/"
    lab.window("b").close()
    lab.open("/#b", name="b")
    lab.wait("clients 2")
    assert sorted(str(name) for name in names(lab)) == ["a", "b"]
    assert window_client(lab, "b").url == f"{lab.site.url}/#b"


def test_in_a_detached_lab_they_cannot() -> None:
    with swnb.Lab(attach="detached", timeout_s=20.0) as lab:
        controlled(lab, "a")
        lab.open("/", name="b")
        lab.wait("clients 2")
        assert names(lab) == [None, None]
        for name in ("a", "b"):
            with pytest.raises(WindowAmbiguous, match=f"the window '{name}' cannot be told from another") as caught:
                lab.clients.get(name)
            assert set(caught.value.candidates) == {c.id for c in lab.clients.match_all()}


def test_what_scripts_do_to_the_url_does_not_confuse(lab: swnb.Lab) -> None:
    home = controlled(lab)
    home.evaluate(
        "history.pushState(1, '', '/pushed'); history.replaceState(1, '', '/replaced'); location.hash = 'x'; 0"
    )
    assert home.evaluate("location.pathname + location.hash") == "/replaced#x"
    assert (home.url, home.creation_url) == (f"{lab.site.url}/replaced#x", f"{lab.site.url}/")
    page(lab, "/replaced", "other")
    lab.wait("clients 2")
    assert window_client(lab).url == f"{lab.site.url}/"
    assert sorted(str(name) for name in names(lab)) == ["home", "other"]


def test_redirects_keep_the_fragment(lab: swnb.Lab) -> None:
    controlled(lab)
    lab.site.write("/from", "", status=302, headers={"Location": "/to"})
    lab.site.write("/to", "arrived", content_type="text/html")
    redirected = lab.open("/from#here", name="redirected")
    assert (redirected.url, window_client(lab, "redirected").url) == (f"{lab.site.url}/to#here",) * 2


def test_back_is_exact_or_an_error(lab: swnb.Lab) -> None:
    home = controlled(lab)
    for path in ("/one", "/two"):
        lab.site.write(path, path, content_type="text/html", headers={"Cache-Control": "max-age=60"})
    home.goto("/one#first")
    before = window_client(lab).url
    home.evaluate("history.pushState(1, '', '/elsewhere')")
    home.goto("/two")
    home.evaluate("history.back(); 0")
    lab.wait("navigated", window="home")
    assert (
        home.evaluate("document.readyState == 'complete' || new Promise(r => onload = r), location.pathname")
        == "/elsewhere"
    )
    client = lab.clients.match_all(include_uncontrolled=True)[0]
    assert client.name == "home" and client.url == home.creation_url
    assert client.url in (before, f"{lab.site.url}/elsewhere")  # restored as it was, or loaded anew


def test_a_reload_keeps_the_name_with_a_new_id(lab: swnb.Lab) -> None:
    home = controlled(lab)
    before = window_client(lab)
    assert home.reload() is home
    after = window_client(lab)
    assert (after.name, after.url, after.controlled) == ("home", before.url, True)
    assert after.id != before.id and lab.clients.get(before.id) is None
    home.reload(bypass=True)
    assert window_client(lab).controlled is False
    home.reload()
    assert window_client(lab).controlled is True


def test_navigate(lab: swnb.Lab) -> None:
    home = controlled(lab)
    lab.site.write("/next", "next", content_type="text/html")
    before = window_client(lab)
    after = before.navigate("next")  # relative to the worker's script
    assert after is not None
    assert (after.name, after.url, home.url) == ("home", f"{lab.site.url}/next", f"{lab.site.url}/next")
    assert after.id != before.id and after.controlled
    assert after.navigate(f"{lab.origin('other').url}/") is None
    with pytest.raises(swnb.WindowNoClient, match="no client for the window 'home'"):
        lab.clients.get("home")


@pytest.mark.parametrize("url", ["about:blank", "http://[broken", "file:///etc/passwd"])
def test_navigate_to_where_it_may_not(lab: swnb.Lab, url: str) -> None:
    controlled(lab)
    with pytest.raises(swnb.JavaScriptError) as caught:
        window_client(lab).navigate(url)
    assert caught.value.name == "TypeError" and caught.value.message
    assert window_client(lab).controlled


def test_navigate_of_what_the_worker_does_not_control(lab: swnb.Lab) -> None:
    controlled(lab).reload(bypass=True)
    with pytest.raises(swnb.JavaScriptError) as caught:
        window_client(lab).navigate("/")
    assert caught.value.name == "TypeError" and "active service worker" in caught.value.message


@pytest.mark.parametrize("url", ["http://example.com/", "http://127.0.0.1:1/", "https://lab.localhost/"])
def test_nobody_answers_there(lab: swnb.Lab, url: str) -> None:
    with pytest.raises(LoadFailed, match=f"{url} could not be loaded"):
        lab.open(url, name="lost")
    lost = lab.window("lost")
    with pytest.raises(LoadFailed, match="ERR_"):
        lost.goto(url)
    assert lost.goto("/").evaluate("location.pathname") == "/"


def test_a_page_that_is_too_slow(module_lab: swnb.Lab, lab: swnb.Lab) -> None:
    lab.site.write("/slow", "slow", content_type="text/html", delay_s=60)
    settings = lab.asynchronous.settings
    settings.timeout_s = 0.3
    try:
        with pytest.raises(LoadFailed, match=r"/slow has not loaded within 0\.3 s \(the window 'slow' stays open\)"):
            lab.open("/slow", name="slow")
        settings.timeout_s = 20.0
        slow = lab.window("slow").goto("/")
        settings.timeout_s = 0.3
        with pytest.raises(LoadFailed, match="has not loaded within"):
            slow.goto("/slow")
    finally:
        settings.timeout_s = 20.0
    assert slow.goto("/").evaluate("1") == 1


def test_a_crashed_tab(lab: swnb.Lab) -> None:
    home = controlled(lab)
    other = page(lab, "/other", "other")
    inner = home._window

    async def crash() -> object:
        pending = asyncio.ensure_future(inner.evaluate("new Promise(() => {})", timeout_s=20))
        while not inner.realm.session.connection.protocol.pending:
            await asyncio.sleep(0)
        inner.realm.session.post("Page.crash")
        return await pending

    with pytest.raises(TargetGone, match="the window 'home' crashed"):
        lab.run(crash)
    assert home.crashed and "(crashed)" in repr(home)
    with pytest.raises(TargetGone, match="crashed"):
        home.evaluate("1")
    assert other.evaluate("1") == 1
    assert names(lab) == ["other"]
    assert home.reload().crashed is False
    assert (home.evaluate("document.title"), window_client(lab).name) == ("/", "home")


def test_a_frame_of_another_origin(lab: swnb.Lab) -> None:
    other = lab.origin("other")
    other.write("/frame", "<script>parent.postMessage(origin, '*')</script>", content_type="text/html")
    home = page(
        lab,
        "/",
        "home",
        f"<script>got = new Promise(r => onmessage = e => r(e.data))</script><iframe src={other.url}/frame></iframe>",
    )
    assert home.evaluate("got") == other.url
    with pytest.raises(swnb.SiteError, match="cannot be the name of an origin"):
        lab.origin("no.label")


def test_pyppeteer_through_the_bridge(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home", "<button onclick='document.title = \"clicked\"'>press</button>")
    home.page.click("button")
    assert home.page.title() == "clicked" == home.evaluate("document.title")
    button = home.page.querySelector("button")
    assert home.page.evaluate("b => b.innerText", button) == "press"
    assert home.page.evaluate("1 + 1") == 2
    assert home.page.url == home.url
    assert [p.url for p in lab.pyppeteer.pages() if p.url == home.url] == [home.url]
    assert bytes(home.page.screenshot())[:4] == b"\x89PNG"
    home.close()
    with pytest.raises(TargetGone):
        _ = home.page


def test_pyppeteer_awaited() -> None:
    asyncio.run(awaited())


async def awaited() -> None:
    async with swnb.AsyncLab() as lab:
        lab.site.write("/", "<button onclick='document.title = \"clicked\"'>press</button>", content_type="text/html")
        home = await lab.open("/", name="home")
        await (await home.page).click("button")
        assert await (await home.page).title() == "clicked"
        assert await home.evaluate("document.title") == "clicked"
