"""Window interaction for any cell: `focus()` and `openWindow()` inside a click of which nobody sees anything."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import permutations

import psutil
import pytest

import swnb
from swnb.clients import interaction
from swnb.clients.interaction import InteractionDenied
from swnb.errors import JavaScriptError, LabError
from swnb.events import InteractionGranted, NotificationClicked
from swnb.lab.async_lab import AsyncLab
from tests.browser.notification_scenes import heard, hearing, show
from tests.browser.scenes import EAGER, page, script, window_client

NOT_ALLOWED = "Not allowed to (open|focus) a window"

LISTENERS = """
importScripts('/more.js');
onnotificationclick = e => heard.push('attribute');
onnotificationclose = e => heard.push('attribute');
addEventListener('notificationclick', () => heard.push('capture'), {capture: true});
addEventListener('notificationclick', {handleEvent() { heard.push('object') }});
addEventListener('notificationclick', () => heard.push('once'), {once: true});
"""

POLLED = """globalThis.polled = 0; globalThis.saw = [];
(async () => { for (;;) {
  const found = await (await navigator.serviceWorker.ready).getNotifications();
  polled++;
  if (found.length) saw.push(...found.map(n => n.title));
  await new Promise(f => setTimeout(f, 0));
} })(); 0"""

STATE = "({focus: document.hasFocus(), visible: document.visibilityState})"


# ---- nobody sees it -------------------------------------------------------------------------------------------------


def test_nobody_sees_the_click(lab: swnb.Lab) -> None:
    lab.site.write("/more.js", "addEventListener('notificationclick', () => heard.push('imported'))")
    home = hearing(lab, LISTENERS)
    home.evaluate(POLLED)
    lab.worker.evaluate(
        "globalThis.polled = 0; globalThis.saw = []; globalThis.polling = true;"
        "(async () => { while (polling) { saw.push(...(await registration.getNotifications()).map(n => n.title)); polled++;"
        " await new Promise(f => setTimeout(f, 0)) } })(); 0"
    )
    mark, known = lab.mark(), len(lab.notifications)
    for _ in range(30):
        window_client(lab).focus()
    for _ in range(2):
        client = lab.clients.open_window("/?opened")
        assert client is not None and client.url.endswith("/?opened")
    assert lab.worker.evaluate("polling = false; [saw.length, polled > 30, heard]") == [0, True, []]
    assert home.evaluate("[saw.length, polled > 30]") == [0, True]
    assert len(lab.notifications) == known
    kinds = {event.kind for event in lab.log.since(mark)}
    assert "interaction.granted" in kinds and not [kind for kind in kinds if kind.startswith("notification")]
    assert len(lab.log.events(InteractionGranted, since=mark)) == 32


def test_a_worker_s_own_listeners_hear_real_clicks_in_their_order(lab: swnb.Lab) -> None:
    lab.site.write("/more.js", "addEventListener('notificationclick', () => heard.push('imported'))")
    hearing(lab, LISTENERS)
    one = show(lab, "a real one")
    window_client(lab).focus()
    one.click()
    window_client(lab).focus()
    one.click()
    each = [["notificationclick", "a real one", "", None, True], "imported", "attribute", "capture", "object"]
    assert heard(lab) == [*each, "once", *each]


def test_a_notification_that_is_shown_stays_as_it_is(lab: swnb.Lab) -> None:
    home = hearing(lab)
    one = show(lab, "stays", "{tag: 't'}")
    for _ in range(5):
        window_client(lab).focus()
    listing = "(await (await navigator.serviceWorker.ready).getNotifications()).map(n => [n.title, n.tag])"
    assert home.evaluate(listing) == [["stays", "t"]]
    assert lab.worker.evaluate("(await registration.getNotifications()).length") == 1
    assert one.shown and lab.notifications.shown[-1] == one
    assert one.click().settled is not None


# ---- what is evaluated ----------------------------------------------------------------------------------------------


def test_one_interaction_in_each_click(lab: swnb.Lab) -> None:
    hearing(lab)
    with pytest.raises(JavaScriptError, match=NOT_ALLOWED) as caught:
        lab.worker.evaluate("await clients.openWindow('/?1'); await clients.openWindow('/?2')", activation=True)
    assert caught.value.name == "InvalidAccessError"
    assert [window.url for window in lab.windows] == ["http://lab.localhost/", "http://lab.localhost/?1"]
    with pytest.raises(JavaScriptError, match=NOT_ALLOWED):
        lab.worker.evaluate("await clients.openWindow('/')")
    with pytest.raises(JavaScriptError, match=NOT_ALLOWED):
        lab.clients.open_window("/", activation=False)
    with pytest.raises(JavaScriptError, match=NOT_ALLOWED):
        window_client(lab).focus(activation=False)
    assert lab.worker.evaluate("1 + 1", activation=True) == 2
    with pytest.raises(JavaScriptError, match=NOT_ALLOWED):
        lab.worker.evaluate("await clients.openWindow('/')")  # what was not used is not kept


@pytest.mark.parametrize("url", ["http://other.localhost/", "http://nowhere.invalid/", "about:blank"])
def test_null_where_it_is_of_another_origin(lab: swnb.Lab, url: str) -> None:
    hearing(lab)
    lab.origin("other").write("/", "<!doctype html>other", content_type="text/html")
    assert lab.clients.open_window(url) is None


@pytest.mark.parametrize("url", ["http://[", "javascript:1", "data:text/html,x", "file:///etc/passwd"])
def test_nonsense_is_a_type_error(lab: swnb.Lab, url: str) -> None:
    hearing(lab)
    with pytest.raises(JavaScriptError) as caught:
        lab.clients.open_window(url)
    assert caught.value.name == "TypeError"
    assert lab.clients.open_window("/") is not None, "and the next click is a click"


def test_a_window_that_closes_itself_at_once(lab: swnb.Lab) -> None:
    hearing(lab)
    lab.site.write("/closing", "<!doctype html><script>close()</script>", content_type="text/html")
    opened = lab.clients.open_window("/closing")
    assert opened is None or opened.url.endswith("/closing")
    assert window_client(lab).focus().url == "http://lab.localhost/"


def test_a_worker_that_is_stopped_is_started_for_it(lab: swnb.Lab) -> None:
    hearing(lab)
    for _ in range(3):
        lab.worker.stop()
        assert window_client(lab).focus().url == "http://lab.localhost/"
    assert heard(lab) == []


def test_a_waiting_worker_has_none(lab: swnb.Lab) -> None:
    hearing(lab)
    script(lab, "/* waits */")
    lab.registration().update()
    lab.wait("installed")
    waiting = lab.find_worker(role="waiting")
    with pytest.raises(LabError, match="the worker is installed, and a click goes to the active worker"):
        waiting.clients.open_window("/")
    with pytest.raises(LabError, match="no window interaction"):
        waiting.evaluate("1", activation=True)
    assert waiting.evaluate("1") == 1
    assert len(lab.windows) == 1


def test_denied_it_cannot_be_had_and_nothing_changes(lab: swnb.Lab) -> None:
    home = hearing(lab)
    try:
        for setting in ("denied", "prompt"):
            lab.permissions.set("notifications", setting)
            mark = lab.mark()
            for verb in (partial(lab.clients.open_window, "/"), window_client(lab).focus):
                with pytest.raises(
                    InteractionDenied, match="no window interaction: the browser shows no notification"
                ) as caught:
                    verb()
            assert caught.value.name == "TypeError" and "permissions.set" in caught.value.todo
            assert home.evaluate("(await navigator.permissions.query({name: 'notifications'})).state") == setting
            assert len(lab.windows) == 1
            assert {event.kind for event in lab.log.since(mark)}.isdisjoint({"interaction.granted", "window.opened"})
            assert heard(lab) == []
    finally:
        lab.permissions.reset()
    assert window_client(lab).focus().focused


# ---- beside the user's own clicks -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_does_not_take_the_interaction_of_a_user_s_click(lab: swnb.Lab) -> None:
    hearing(
        lab,
        "addEventListener('notificationclick', e => e.waitUntil((async () => {"
        " await new Promise(f => setTimeout(f, 300)); heard.push((await clients.openWindow('/?theirs')).url) })()))\n",
    )
    number = show(lab, "theirs").number

    async def both(lab: AsyncLab) -> tuple[object, object]:
        mark = lab.mark()
        clicking = asyncio.ensure_future(lab.notifications.numbered(number).click())
        async for event in lab.log.follow(mark):
            if isinstance(event, NotificationClicked):
                break
        opened = await lab.clients.open_window("/?mine")  # waits until the user's click is over
        return await clicking, opened

    outcome, opened = lab.run(both, lab.asynchronous)
    assert getattr(outcome, "failed", None) is False and str(getattr(opened, "url", "")).endswith("/?mine")
    assert heard(lab) == [["notificationclick", "theirs", "", None, True], "http://lab.localhost/?theirs"]
    assert [window.url.partition("?")[2] for window in lab.windows[1:]] == ["theirs", "mine"]


@pytest.mark.slow
def test_many_at_once_in_one_worker(lab: swnb.Lab) -> None:
    hearing(lab)

    async def many(lab: AsyncLab) -> list[object]:
        home = await lab.clients.get("home")
        assert isinstance(home, swnb.clients.client.AsyncWindowClient)
        return list(await asyncio.gather(*(home.focus() for _ in range(20)), lab.clients.open_window("/?x")))

    assert None not in lab.run(many, lab.asynchronous)
    assert heard(lab) == []


@pytest.mark.slow
def test_100_in_a_row(lab: swnb.Lab) -> None:
    hearing(lab)
    home, mark = window_client(lab), lab.mark()
    assert all(home.focus().focused for _ in range(100))
    assert len(lab.log.events(InteractionGranted, since=mark)) == 100
    assert heard(lab) == []


# ---- windows --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_focus_among_five_windows_in_every_order(lab: swnb.Lab) -> None:
    """Headless every window has the focus always, and no order changes; what `focus()` answers is all that can be seen."""
    hearing(lab)
    names = ["home", *(page(lab, f"/{n}", f"window{n}").name for n in range(4))]
    lab.wait("clients 5")
    before = [client.id for client in lab.clients.match_all()]
    clients = {name: window_client(lab, name) for name in names}
    for order in list(permutations(names))[::13]:
        for name in order:
            focused = clients[name].focus()
            assert (focused.id, focused.focused, focused.visibility_state) == (clients[name].id, True, "visible")
            assert lab.window(name).evaluate(STATE) == {"focus": True, "visible": "visible"}
    assert [client.id for client in lab.clients.match_all()] == before, "the newest first, whoever has the focus"


async def minimise(lab: AsyncLab, name: str, state: str) -> None:
    root, target = lab.browser.targets.root, lab.window(name)._target
    found = await root.send("Browser.getWindowForTarget", {"targetId": target.id})
    await root.send("Browser.setWindowBounds", {"windowId": found["windowId"], "bounds": {"windowState": state}})


@pytest.mark.slow
def test_a_window_that_is_minimised(lab: swnb.Lab) -> None:
    home = hearing(lab)
    lab.run(minimise, lab.asynchronous, "home", "minimized")
    home.evaluate(
        "await new Promise(f => { const look = () => document.hidden ? f() : setTimeout(look, 1); look() }); 0"
    )
    assert home.evaluate(STATE) == {"focus": False, "visible": "hidden"}
    (seen,) = lab.clients.match_all()
    assert (seen.focused, seen.visibility_state) == (False, "hidden")  # type: ignore[attr-defined]
    focused = window_client(lab).focus()
    assert (focused.focused, focused.visibility_state) == (True, "hidden"), "it has the focus, and is not brought back"
    assert home.evaluate(STATE) == {"focus": True, "visible": "hidden"}
    opened = lab.clients.open_window("/?beside")
    assert opened is not None
    lab.run(minimise, lab.asynchronous, "home", "normal")


# ---- labs -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_labs_at_once(lab: swnb.Lab) -> None:
    hearing(lab)
    with swnb.Lab("second", timeout_s=20.0) as second:
        hearing(second)
        for n in range(5):
            assert window_client(lab).focus().focused and window_client(second).focus().focused
            assert second.clients.open_window(f"/?{n}") is not None
        assert (len(lab.windows), len(second.windows)) == (1, 6)
        assert heard(lab) == heard(second) == []


@pytest.mark.slow
def test_detached(lab: swnb.Lab) -> None:
    with swnb.Lab("detached", attach="detached", timeout_s=20.0) as lonely:
        lonely.site.write("/more.js", "addEventListener('notificationclick', () => heard.push('imported'))")
        hearing(lonely, LISTENERS)
        for n in range(3):
            assert window_client(lonely).focus().focused
            assert lonely.clients.open_window(f"/?{n}") is not None
        assert len(lonely.notifications) == 0
        assert lonely.worker.evaluate("heard") == []
        lonely.permissions.set("notifications", "denied")
        with pytest.raises(InteractionDenied):
            lonely.clients.open_window("/")


@pytest.mark.slow
@pytest.mark.parametrize("attach", ["hold", "detached"])
def test_where_no_click_comes_nothing_is_left_behind(attach: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bus stands still for a while: the verb gives up, and the worker is as it was."""
    monkeypatch.setattr(interaction, "LIFE_S", 0.5)
    monkeypatch.setattr(interaction, "ANSWER_S", 0.5)
    with swnb.Lab("still", attach=attach, timeout_s=20.0) as still:
        hearing(still, "onnotificationclick = () => heard.push('attribute');")
        assert still.worker.evaluate("await clients.openWindow('/?1'); heard", activation=True) == []
        (daemon,) = psutil.Process(still.asynchronous.desk.desktop._bus.pid).children()
        daemon.suspend()
        try:
            with pytest.raises(swnb.EvaluationTimeout):
                still.worker.evaluate("await clients.openWindow('/?2')", activation=True)
            made_up = "dispatchEvent(new Event('notificationclick')); heard.splice(0)"
            assert still.worker.evaluate(made_up) == ["attribute"]  # its own listeners are there
        finally:
            daemon.resume()
        assert still.worker.evaluate("await clients.openWindow('/?3'); heard", activation=True) == []
        show(still, "real").click()
        assert still.worker.evaluate("heard.length") == 2
        assert still.worker.evaluate("(await registration.getNotifications()).map(n => n.title)") == ["real"]


def test_the_asynchronous_lab(lab: swnb.Lab) -> None:
    async def scene() -> list[object]:
        async with swnb.AsyncLab(timeout_s=20.0) as one:
            one.site.write("/", "<!doctype html>", content_type="text/html")
            one.site.write("/sw.js", EAGER)
            window = await one.open("/", name="home")
            await one.register("/sw.js", window=window)
            await one.wait("controlled home")
            opened = await one.clients.open_window("/?x")
            home = await one.clients.get("home")
            assert isinstance(home, swnb.clients.client.AsyncWindowClient) and opened is not None
            return [opened.url, (await home.focus()).focused, len(one.notifications)]

    assert asyncio.run(scene()) == ["http://lab.localhost/?x", True, 0]
