"""pyppeteer's objects on the lab's own connection: through the bridge, and awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import swnb
from swnb.lab.facade import PyppeteerObject
from swnb.lab.windows import AsyncWindow
from tests.browser.scenes import EAGER, controlled, page, script

BUTTON = """<p>text</p><input id=field><button onclick="this.textContent = 'clicked'">press</button>"""
PNG = b"\x89PNG\r\n\x1a\n"


def pyppeteer_page(window: swnb.Window) -> PyppeteerObject:
    found = window.page
    assert isinstance(found, PyppeteerObject)
    return found


def test_a_page_through_the_bridge(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home", BUTTON)
    there = pyppeteer_page(home)
    assert there.title() == "/"
    assert there.url == f"{lab.site.url}/"
    assert there.evaluate("(a, b) => ({sum: a + b})", 1, 2) == {"sum": 3}
    there.click("button")
    assert home.evaluate("document.querySelector('button').textContent") == "clicked"
    there.type("#field", "typed")
    there.keyboard.press("Backspace")
    assert home.evaluate("field.value") == "type"
    assert there.screenshot().startswith(PNG)
    assert repr(there) == "<Page through the bridge>"
    assert {"click", "goto", "screenshot"} <= set(dir(there))


def test_handles_go_back_through_the_bridge(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home", BUTTON)
    there = pyppeteer_page(home)
    button = there.querySelector("button")
    assert isinstance(button, PyppeteerObject)
    assert there.evaluate("element => element.textContent", button) == "press"
    button.click()
    assert home.evaluate("document.querySelector('button').textContent") == "clicked"
    found = there.querySelectorAll("p, button")
    assert [there.evaluate("e => e.localName", element) for element in found] == ["p", "button"]
    assert there.querySelector("nothing") is None
    handle = there.evaluateHandle("() => [1, 2]")
    assert handle.jsonValue() == [1, 2]
    assert there.mainFrame.title() == "/"


def test_what_pyppeteer_refuses_comes_out_as_it_is(lab: swnb.Lab) -> None:
    from pyppeteer.errors import ElementHandleError, NetworkError, PageError

    home = page(lab, "/", "home", BUTTON)
    there = pyppeteer_page(home)
    with pytest.raises(PageError, match="No node found for selector: nothing"):
        there.click("nothing")
    with pytest.raises(ElementHandleError, match="not one"):
        there.evaluate("() => { throw new Error('not one') }")
    with pytest.raises(PageError, match="ERR_NAME_NOT_RESOLVED"):
        there.goto("http://example.com/")
    with pytest.raises(AttributeError):
        _ = there.nothing_of_the_sort
    assert home.goto("/").evaluate("1") == 1
    home.close()
    with pytest.raises(NetworkError, match="was closed"):
        there.title()
    with pytest.raises(swnb.TargetGone, match="the window 'home' was closed"):
        _ = home.page


@pytest.mark.parametrize("end", ["Page.close", "Page.crash"])
def test_a_page_that_ends_in_mid_call(lab: swnb.Lab, end: str) -> None:
    from pyppeteer.errors import NetworkError

    home = page(lab, "/", "home", BUTTON)

    async def end_while_asked() -> None:
        window = lab.asynchronous.window("home")
        there = await window.page
        asked = asyncio.ensure_future(there.evaluate("() => { globalThis.asked = 1; return new Promise(() => {}) }"))
        while await window.evaluate("globalThis.asked ?? 0") != 1:
            pass
        window.realm.session.post(end)
        async with asyncio.timeout(10.0):
            await asked

    with pytest.raises(NetworkError, match="was closed" if end == "Page.close" else "crashed"):
        lab.run(end_while_asked)
    if end == "Page.crash":
        assert pyppeteer_page(home.reload()).title() == "/"


def test_goto_and_reload_by_pyppeteer_are_seen_by_swnb(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home", BUTTON)
    lab.site.write("/next", "<title>next</title>", content_type="text/html")
    there = pyppeteer_page(home)
    response = there.goto(f"{lab.site.url}/next")
    assert (response.status, response.url) == (200, f"{lab.site.url}/next")
    assert home.evaluate("document.title") == "next"
    assert (home.url, home.creation_url) == (f"{lab.site.url}/next",) * 2
    home.goto("/")
    assert there.title() == "/"
    assert pyppeteer_page(home).title() == "/"


def test_pyppeteers_browser(lab: swnb.Lab) -> None:
    page(lab, "/", "home")
    browser = lab.pyppeteer
    assert "Chrome" in browser.version()
    page(lab, "/second", "second")
    assert {p.url for p in browser.pages()} >= {f"{lab.site.url}/", f"{lab.site.url}/second"}
    fresh = browser.newPage()
    assert fresh.evaluate("() => 1 + 1") == 2
    assert "window" in [window.name for window in lab.windows]
    fresh.close()
    lab.wait("closed", window="window")
    browser.close()
    assert lab.alive  # the lab ends the browser, nobody else


def test_pyppeteer_does_not_take_away_swnbs_own_attachment(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home", BUTTON)
    assert pyppeteer_page(home).title() == "/"
    lab.register(script(lab, "globalThis.first = self.registration.scope;" + EAGER), window=home)
    lab.wait("controlled", window="home")
    assert lab.worker.evaluate("first") == f"{lab.site.url}/"
    assert [c.name for c in lab.clients.match_all()] == ["home"]
    lab.worker.stop()
    assert lab.worker.evaluate("1 + 1") == 2  # held when it starts again, and let go
    home.evaluate("open('/', '_blank', 'popup'); 0")
    lab.wait("loaded", window="home-popup")
    assert pyppeteer_page(lab.window("home-popup")).click("button") is None
    assert pyppeteer_page(page(lab, "/after", "after")).title() == "/after"


def test_a_page_of_a_controlled_window_sees_its_worker(lab: swnb.Lab) -> None:
    there = pyppeteer_page(controlled(lab))
    url = there.evaluate("() => navigator.serviceWorker.controller.scriptURL")
    assert url == f"{lab.site.url}/sw.js"
    assert there.reload().status == 200
    assert lab.clients.get("home") is not None


@asynccontextmanager
async def async_home() -> AsyncIterator[tuple[swnb.AsyncLab, AsyncWindow]]:
    async with swnb.AsyncLab(timeout_s=20.0) as lab:
        lab.site.write("/", f"<title>home</title>{BUTTON}", content_type="text/html")
        yield lab, await lab.open("/", name="home")


def test_awaited_under_async_lab() -> None:
    async def session() -> None:
        from pyppeteer.errors import PageError
        from pyppeteer.page import Page

        async with async_home() as (lab, home):
            there = await home.page
            assert type(there) is Page
            assert await home.page is there
            await there.click("button")
            assert await home.evaluate("document.querySelector('button').textContent") == "clicked"
            assert (await there.screenshot()).startswith(PNG)
            with pytest.raises(PageError):
                await there.click("nothing")
            browser = await lab.pyppeteer()
            assert "Chrome" in await browser.version()
            assert there in await browser.pages()
            title, told = await asyncio.gather(there.title(), home.evaluate("document.title"))
            assert (title, told) == ("home", "home")

    asyncio.run(session())


def test_tracing_and_coverage(lab: swnb.Lab, tmp_path: Path) -> None:
    page(lab, "/code", "other", "<script>function used() {} used()</script>").close()
    there = pyppeteer_page(page(lab, "/", "home"))
    there.coverage.startJSCoverage()
    there.goto(f"{lab.site.url}/code")
    assert [entry["url"] for entry in there.coverage.stopJSCoverage()] == [f"{lab.site.url}/code"]
    there.tracing.start(path=str(tmp_path / "trace.json"))
    there.evaluate("1")
    there.tracing.stop()
    assert "traceEvents" in (tmp_path / "trace.json").read_text()
