"""Notifications and clicks on them, against a real browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

import swnb
from swnb.errors import InvalidArgument, JavaScriptError, NotStarted, WaitFailed, WaitTimeout
from swnb.events import (
    Event,
    EventSettled,
    NotificationClicked,
    NotificationClosed,
    NotificationDisplayed,
    NotificationInvoked,
    NotificationRemoved,
    NotificationShown,
)
from swnb.lab.async_lab import AsyncLab
from swnb.lab.notification_outcome import Outcome
from tests.browser.notification_scenes import HEARS, came, heard, hearing, show
from tests.browser.scenes import CLAIM, EAGER, SKIP, page, script
from tests.browser.scenes import controlled as controlled_by

ACTIONS = "[{action: 'yes', title: 'Yes!'}, {action: 'answer', title: 'Answer', type: 'text', placeholder: 'p'}]"


@pytest.fixture(autouse=True)
def as_at_the_start(lab: swnb.Lab) -> Iterator[None]:
    yield
    lab.permissions.reset()


def cause(lab: swnb.Lab, event: Event | None) -> Event:
    assert event is not None and event.cause is not None
    return lab.log[event.cause]


def known_to_chromium(one: swnb.Notification) -> None:
    """Click it: replaced before Chromium has read that it is shown, it would be closed, and shown anew."""
    assert one.click().settled is not None


# ---- what is there --------------------------------------------------------------------------------------------------


def test_a_notification_has_what_its_script_gave(lab: swnb.Lab) -> None:
    home = hearing(lab)
    options = f"{{body: 'B\\n', tag: 'chat', data: {{n: [1n, new Date(0)]}}, silent: true, actions: {ACTIONS}}}"
    for window, actor in ((None, lab.log.names.known()), (home, ("home",))):
        one = show(lab, "New <b>", options, window=window)
        assert (one.title, one.body, one.tag, one.origin) == ("New <b>", "B", "chat", "http://lab.localhost")
        assert one.data["n"][0] == 1 and one.data["n"][1].year == 1970
        assert [(a.name, a.label, a.takes_text) for a in one.actions] == [
            ("yes", "Yes!", False),
            ("answer", "Answer", True),
        ]
        assert one.options["silent"] is True and one.persistent is True
        assert one.shown and one.why_gone == "" and one.actor in actor
        known_to_chromium(one)
    assert one == lab.notifications[-1] == lab.notifications["chat"] == lab.notifications["New <b>"]
    assert (one.replaced, len(lab.notifications.shown)) == (1, 1)
    shown = lab.log.events(NotificationShown)[-1]
    displayed = lab.log.events(NotificationDisplayed)[-1]
    assert isinstance(displayed, NotificationDisplayed)
    assert displayed.cause in (None, shown.seq) and displayed.replaces
    assert "chat" in repr(lab.notifications) and "Answer" in repr(one)


def test_each_step_is_an_event_and_the_click_their_cause(lab: swnb.Lab) -> None:
    hearing(lab, "addEventListener('notificationclick', e => e.waitUntil(registration.showNotification('next')))\n")
    one = show(lab, "first")
    outcome = one.click()
    assert isinstance(outcome.done, NotificationInvoked) and outcome.done.number == one.number
    assert isinstance(outcome.event, NotificationClicked) and cause(lab, outcome.event) is outcome.done
    assert isinstance(outcome.settled, EventSettled) and cause(lab, outcome.settled) is outcome.event
    assert not outcome.failed and outcome.errors == () and outcome.type == "notificationclick"
    assert outcome.duration_ms is not None and outcome.duration_ms >= 0
    assert repr(outcome).startswith("click on 'first': notificationclick was dispatched to w")
    following = lab.log.events(NotificationShown, since=outcome.event.seq)[0]
    assert cause(lab, following) is outcome.event, "and what the listener does follows from it"
    assert heard(lab) == [["notificationclick", "first", "", None, True]]
    closing = one.dismiss()
    assert isinstance(closing.done, NotificationRemoved) and closing.done.reason == "dismissed"
    assert isinstance(closing.event, NotificationClosed) and closing.event.by_user
    assert cause(lab, closing.event) is closing.done and cause(lab, closing.settled) is closing.event
    assert heard(lab) == [["notificationclose", "first", "", "", True]]


def test_buttons_by_name_and_by_label_and_replies(lab: swnb.Lab) -> None:
    hearing(lab)
    one = show(lab, "T", f"{{actions: {ACTIONS}}}")
    one.click("yes")
    one.click("Yes!")
    one.click("answer", reply="ünï\n😀")
    outcome = one.click(reply="")
    assert isinstance(outcome.event, NotificationClicked) and outcome.event.reply == ""
    assert heard(lab) == [
        ["notificationclick", "T", "yes", None, True],
        ["notificationclick", "T", "yes", None, True],
        ["notificationclick", "T", "", "ünï\n😀", True],
        ["notificationclick", "T", "", "", True],
    ]
    invoked = lab.log.events(NotificationInvoked)[-4:]
    assert [getattr(event, "action", None) for event in invoked] == ["yes", "yes", "", ""]


def test_a_click_does_not_close_and_can_be_done_twice(lab: swnb.Lab) -> None:
    hearing(lab)
    one = show(lab, "twice")
    first, second = one.click(), one.click()
    assert first.event is not None and second.event is not None
    assert cause(lab, first.event) is first.done and cause(lab, second.event) is second.done
    assert one.shown
    assert heard(lab) == [["notificationclick", "twice", "", None, True]] * 2


def test_actions_of_any_iterable_have_names(lab: swnb.Lab) -> None:
    hearing(lab)
    one = show(lab, "T", "{actions: new Set([{action: 'a', title: 'A'}, {get action() { return 'b' }, title: 'B'}])}")
    assert [str(action) for action in one.actions] == ["a ('A')", "b ('B')"]
    one.click("b")
    assert heard(lab) == [["notificationclick", "T", "b", None, True]]


# ---- what cannot be -------------------------------------------------------------------------------------------------


def test_an_action_that_it_does_not_have(lab: swnb.Lab) -> None:
    hearing(lab)
    bare, one = show(lab, "bare"), show(lab, "T", f"{{actions: {ACTIONS}}}")
    with pytest.raises(swnb.NoSuchAction, match="has no action 'yess'") as caught:
        one.click("yess")
    assert caught.value.todo == "did you mean 'yes'? it has: yes ('Yes!'), answer ('Answer') …"
    for action in ("settings", "default", "0", "inline-reply"):  # the desktop's own words are nobody's actions
        with pytest.raises(swnb.NoSuchAction):
            one.click(action)
    with pytest.raises(swnb.NoSuchAction, match="has no action 'yes'") as none:
        bare.click("yes")
    assert none.value.todo == "it has none: click it without an action"
    for action, reply, told in (
        ("answer", None, "is a field for a reply"),
        ("yes", "text", "is no field for a reply"),
        ("answer", "a\0b", "U\\+0000"),
        ("answer", "\ud800", "lone surrogate"),
    ):
        with pytest.raises(InvalidArgument, match=told):
            one.click(action, reply=reply)
    with pytest.raises(InvalidArgument, match="has no field for a reply"):
        bare.click(reply="text")
    assert heard(lab) == []


def test_one_that_there_is_not(lab: swnb.Lab) -> None:
    hearing(lab)
    one = show(lab, "Chat", "{tag: 'messages'}")
    with pytest.raises(swnb.NotificationUnknown, match="'mesages'") as caught:
        lab.notifications["mesages"]
    assert (
        "did you mean 'messages'?" in caught.value.todo and f"{one.number} 'Chat' (tag 'messages')" in caught.value.todo
    )
    with pytest.raises(swnb.NotificationUnknown):
        lab.notifications.numbered(10_000)


def test_one_that_is_closed(lab: swnb.Lab) -> None:
    home = hearing(lab)
    one, other, stays = show(lab, "closed", "{tag: 'x'}"), show(lab, "dismissed"), show(lab, "stays")
    mark = lab.mark()
    home.evaluate("(await (await navigator.serviceWorker.ready).getNotifications({tag: 'x'}))[0].close()")
    removed(lab, mark)
    other.dismiss()
    for gone, why in ((one, "closed by a script or the browser"), (other, "dismissed by the user")):
        assert (gone.shown, gone.why_gone) == (False, why)
        for act in (gone.click, gone.dismiss):
            with pytest.raises(swnb.NotificationGone, match=f"is gone: {why}") as caught:
                act()
            assert f"shown now: {stays.number} 'stays'" in caught.value.todo
    assert lab.notifications["x"] == one, "it is still there to be read"
    assert heard(lab) == [["notificationclose", "dismissed", "", "", True]]


def removed(lab: swnb.Lab, mark: swnb.log.Mark) -> NotificationRemoved:
    """Wait until a notification goes."""

    async def went(lab: AsyncLab) -> Event:
        async with asyncio.timeout(20.0):
            async for event in lab.log.follow(mark):
                if isinstance(event, NotificationRemoved):
                    return event
        raise AssertionError

    found = lab.run(went, lab.asynchronous)
    assert isinstance(found, NotificationRemoved)
    return found


def test_one_that_was_replaced(lab: swnb.Lab) -> None:
    hearing(lab)
    one = show(lab, "old", "{tag: 't', data: 1, actions: [{action: 'a', title: 'A'}]}")
    known_to_chromium(one)
    again = show(lab, "new", "{tag: 't', data: 2, actions: [{action: 'b', title: 'B'}]}")
    assert again == one and (one.title, one.data, one.replaced) == ("new", 2, 1)
    with pytest.raises(swnb.NotificationGone, match=f"'old' is no longer shown: {one.number} 'new' took its place"):
        lab.notifications["old"]
    with pytest.raises(swnb.NoSuchAction):
        one.click("a")
    one.click("b")
    assert heard(lab) == [["notificationclick", "old", "", None, True], ["notificationclick", "new", "b", None, True]]


# ---- listeners ------------------------------------------------------------------------------------------------------


def test_a_worker_without_a_listener(lab: swnb.Lab) -> None:
    lab.run(lab.asynchronous.desk.desktop.ready)
    controlled_by(lab)
    one = show(lab)
    assert one.click().settled is not None
    assert one.dismiss().settled is not None


def test_a_listener_that_throws(lab: swnb.Lab) -> None:
    hearing(lab, "addEventListener('notificationclick', () => { throw new Error('<b>mine</b>') })\n")
    outcome = show(lab).click()
    assert outcome.settled is not None and not outcome.failed
    assert [error.text.split("\n")[0] for error in outcome.errors] == ["Error: <b>mine</b>"]
    assert "its listener threw Error: <b>mine</b>" in repr(outcome)


def test_what_is_waited_for_is_rejected(lab: swnb.Lab) -> None:
    hearing(lab, "onnotificationclick = e => e.waitUntil(Promise.reject(new Error('no')))\n")
    outcome = show(lab).click()
    assert outcome.failed and "what it waited for was rejected" in repr(outcome)


def test_a_listener_that_never_settles(lab: swnb.Lab) -> None:
    hearing(lab, "let end; onnotificationclick = e => e.waitUntil(new Promise(f => end = f))\n")
    one = show(lab)
    with pytest.raises(swnb.NotificationTimeout, match="its waitUntil has not settled: it still runs") as caught:
        one.click(timeout_s=0.2)
    assert len(str(caught.value).split("\n")) == 2 and "`%sw wait settled`" in caught.value.todo
    assert isinstance(caught.value, WaitTimeout) and caught.value.outcome.event is not None
    assert heard(lab) == [["notificationclick", "T", "", None, True]], "the worker is usable meanwhile"
    mark = lab.mark()
    lab.worker.evaluate("end()")
    event = lab.wait("settled", mark=mark)
    assert cause(lab, event if isinstance(event, Event) else None) is caught.value.outcome.event


def test_one_that_goes_on_for_a_while(lab: swnb.Lab) -> None:
    hearing(lab, "onnotificationclick = e => e.waitUntil(new Promise(f => setTimeout(f, 300)))\n")
    outcome = show(lab).click()
    assert outcome.duration_ms is not None and outcome.duration_ms >= 299


# ---- workers --------------------------------------------------------------------------------------------------------


def test_a_worker_that_is_stopped_is_started(lab: swnb.Lab) -> None:
    hearing(lab)
    one = show(lab)
    lab.worker.stop()
    outcome = one.click()
    assert outcome.settled is not None and heard(lab) == [["notificationclick", "T", "", None, True]]
    lab.worker.stop()
    assert one.dismiss().settled is not None


def test_a_worker_that_is_stopped_meanwhile(lab: swnb.Lab) -> None:
    hearing(lab, "onnotificationclick = e => e.waitUntil(new Promise(() => {}))\n")
    one = show(lab)

    async def click_and_stop(lab: AsyncLab) -> Outcome:
        mark = lab.mark()
        clicking = asyncio.ensure_future(lab.notifications.numbered(one.number).click())
        async for event in lab.log.follow(mark):
            if isinstance(event, NotificationClicked):
                break
        await lab.worker.stop()
        return await clicking

    with pytest.raises(WaitFailed, match=r"w\d+ was stopped before what it waited for had settled"):
        lab.run(click_and_stop, lab.asynchronous)


def test_while_another_version_installs_the_active_one_gets_it(lab: swnb.Lab) -> None:
    hearing(lab)
    one, old = show(lab), lab.worker.version_id
    script(lab, HEARS + "oninstall = e => e.waitUntil(new Promise(f => globalThis.go = f));\n")
    lab.registration().update()
    lab.wait("installing")
    assert one.click().settled is not None
    assert lab.worker.version_id == old
    assert heard(lab) == [["notificationclick", "T", "", None, True]]
    lab.find_worker(role="installing").evaluate("go()")
    lab.wait("installed")
    assert one.click().event is not None and len(str(heard(lab))) > 2, "nor does a waiting one"


def test_a_worker_that_is_not_active_yet_shows_nothing(lab: swnb.Lab) -> None:
    lab.run(lab.asynchronous.desk.desktop.ready)
    window = page(lab, "/", "home")
    lab.register(script(lab, "oninstall = e => e.waitUntil(new Promise(f => globalThis.go = f));"), window=window)
    known = len(lab.notifications)
    with pytest.raises(JavaScriptError, match="No active registration"):
        window.evaluate("await (await navigator.serviceWorker.getRegistration('/')).showNotification('x')")
    lab.worker.evaluate("go()")
    assert len(lab.notifications) == known


def test_the_next_version_gets_it_when_the_old_one_is_redundant(lab: swnb.Lab) -> None:
    hearing(lab)
    one, old = show(lab), lab.worker.version_id
    script(lab, SKIP + CLAIM + HEARS + "/* two */")
    mark = lab.mark()
    lab.registration().update()
    lab.wait("activated", mark=mark)
    lab.wait("redundant", mark=mark)
    outcome = one.click()
    assert lab.worker.version_id != old and heard(lab) == [["notificationclick", "T", "", None, True]]
    label = next(row.label for row in lab.world.workers if row.version_id == lab.worker.version_id)
    assert outcome.event is not None and outcome.event.actor == label


def test_unregistering_takes_them_away(lab: swnb.Lab) -> None:
    hearing(lab)
    one = show(lab)
    mark = lab.mark()
    lab.registration().unregister()
    assert removed(lab, mark).number == one.number
    with pytest.raises(swnb.NotificationGone, match="closed by a script or the browser"):
        one.click()


# ---- permission -----------------------------------------------------------------------------------------------------


def test_denied_none_is_shown_and_a_click_is_dropped(lab: swnb.Lab) -> None:
    home = hearing(lab)
    one = show(lab)
    lab.permissions.set("notifications", "denied")
    with pytest.raises(swnb.ClickDropped, match="the browser dropped the click on the notification"):
        one.click()
    assert one.why_gone == "closed by a script or the browser"
    known = len(lab.notifications)
    with pytest.raises(JavaScriptError, match="No notification permission"):
        show(lab, "refused")
    home.evaluate("await new Promise(f => new Notification('refused', {data: 1}).onerror = f); 0")
    assert len(lab.notifications) == known
    lab.permissions.set("notifications", "granted")
    mark = lab.mark()
    home.evaluate("globalThis.made = new Notification('refused', {data: 2}); 0")
    assert came(lab, mark).data == 2, "what was refused is not taken for what is shown"
    assert heard(lab) == []


# ---- a page's own ---------------------------------------------------------------------------------------------------


def test_a_page_s_own_notification(lab: swnb.Lab) -> None:
    home = hearing(lab)
    mark = lab.mark()
    home.evaluate(
        "globalThis.got = []; globalThis.made = new Notification('made', {tag: 'm', data: [1], body: 'b'});"
        "for (const type of ['click', 'close']) made.addEventListener(type, e => got.push([e.type, e.isTrusted])); 0"
    )
    one = came(lab, mark)
    assert (one.title, one.body, one.tag, one.data, one.actor, one.persistent) == ("made", "b", "m", [1], "home", False)
    outcome = one.click()
    assert outcome.type == "click" and outcome.event is not None and outcome.event.actor == "home"
    assert cause(lab, outcome.event) is outcome.done and outcome.settled is None
    assert repr(outcome) == "click on 'made': click was dispatched in home"
    assert one.dismiss().type == "close"
    assert home.evaluate("got") == [["click", True], ["close", True]]
    assert heard(lab) == []


def test_a_page_s_own_notification_goes_with_close(lab: swnb.Lab) -> None:
    home = hearing(lab)
    mark = lab.mark()
    home.evaluate("globalThis.made = new Notification('made'); 0")
    one = came(lab, mark)
    mark = lab.mark()
    home.evaluate("made.close()")
    removed(lab, mark)
    assert not one.shown
    told = lab.log.events(NotificationClosed, since=mark)
    assert [getattr(event, "by_user", None) for event in told] == [False]


def test_a_page_s_own_notification_whose_page_is_gone(lab: swnb.Lab) -> None:
    home = hearing(lab)
    mark = lab.mark()
    home.evaluate("globalThis.made = new Notification('made'); 0")
    one = came(lab, mark)
    home.close()
    assert one.shown, "it stays"
    mark = lab.mark()
    with pytest.raises(swnb.ClickDropped):
        one.click()
    assert lab.wait("loaded", mark=mark) is not None, "and Chromium opens the origin's root instead"
    assert [window.url for window in lab.windows] == ["http://lab.localhost/"]


# ---- texts and numbers ----------------------------------------------------------------------------------------------

TEXTS = [
    "<img src=x onerror=alert(1)>&amp;</table>",
    "👩‍👩‍👧‍👦 🏳️‍🌈 \u202egnihton",
    "\x1b[31m\x07\r\ttab",
    "x" * 100_000,
    "  ",
    "",
    "'\"`$1 {0} %s",
    '["A", 1]',
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_text(lab: swnb.Lab, text: str) -> None:
    hearing(lab)
    quoted = json.dumps(text)
    one = show(
        lab,
        text,
        f"{{tag: {quoted}, body: {quoted}, data: {quoted}, actions: [{{action: {quoted}, title: {quoted}}}]}}",
    )
    assert (one.title, one.body, one.tag, one.actions[0].label) == (text, text, text, text)
    if len(text) < 1000:  # what is longer than `payload_bytes` is not kept
        assert (one.data, one.actions[0].name) == (text, text)
    outcome = one.click(text if len(text) < 1000 else None)
    assert outcome.settled is not None and cause(lab, outcome.event) is outcome.done
    for shown in (repr(lab.notifications), repr(one), repr(outcome), str(swnb.NotificationGone(one, [one]))):
        assert "\x1b" not in shown and "\u202e" not in shown and len(shown) < 20_000


def test_half_a_surrogate_pair_and_a_null(lab: swnb.Lab) -> None:
    hearing(lab)
    mark = lab.mark()
    lab.worker.evaluate("await registration.showNotification('a\\ud800b', {tag: 'half'}); 0")
    half = came(lab, mark)
    assert (half.title, half.tag) == ("a\ufffdb", "half")
    assert half.click().settled is not None
    mark = lab.mark()
    lab.worker.evaluate("await registration.showNotification('before\\0after', {tag: 'null', body: 'b\\0c'}); 0")
    null = came(lab, mark)
    assert (null.title, null.body, null.tag) == ("before", "b", "null")
    assert null.click().settled is not None


@pytest.mark.slow
def test_500_notifications(lab: swnb.Lab) -> None:
    hearing(lab)
    mark = lab.mark()
    before = len(lab.notifications.shown)
    lab.worker.evaluate(
        "const one = i => registration.showNotification(`n${i % 50}`, {tag: `t${i}`, body: `${i}`});"
        "await Promise.all(Array.from({length: 500}, (_, i) => one(i))); 0"
    )

    async def all_there(lab: AsyncLab) -> None:
        waiting = 500
        async for event in lab.log.follow(mark):
            waiting -= isinstance(event, NotificationDisplayed)
            if not waiting:
                return

    lab.run(all_there, lab.asynchronous)
    lab.settle()
    shown = lab.notifications.shown[before:]
    assert len(shown) == 500
    assert {one.tag for one in shown} == {f"t{i}" for i in range(500)}
    assert all(one.tag == f"t{one.body}" and one.title == f"n{int(one.body) % 50}" for one in shown)
    for i in (0, 499, 250):
        outcome = lab.notifications[f"t{i}"].click()
        assert isinstance(outcome.event, NotificationClicked) and outcome.event.tag == f"t{i}"
    assert "470 notifications before these" in repr(shown)


@pytest.mark.slow
def test_clicks_at_once_are_told_apart(lab: swnb.Lab) -> None:
    hearing(lab, "addEventListener('notificationclick', e => e.waitUntil(new Promise(f => setTimeout(f, 20))))\n")
    numbers = [
        show(lab, f"n{i % 2}", f"{{tag: 't{i}', actions: [{{action: 'a', title: 'A'}}]}}").number for i in range(6)
    ]

    async def click_all(lab: AsyncLab) -> list[Outcome]:
        found = [lab.notifications.numbered(number) for number in numbers]
        return await asyncio.gather(*(one.click(action) for one in found for action in (None, "a")))

    outcomes = lab.run(click_all, lab.asynchronous)
    assert len(outcomes) == 12
    for place, outcome in enumerate(outcomes):
        assert isinstance(outcome.event, NotificationClicked) and cause(lab, outcome.event) is outcome.done
        assert (outcome.event.tag, outcome.event.action) == (f"t{place // 2}", ("", "a")[place % 2])
        assert cause(lab, outcome.settled) is outcome.event
    assert len({outcome.event.seq for outcome in outcomes if outcome.event is not None}) == 12


# ---- waiting for one ------------------------------------------------------------------------------------------------


def test_wait_sees_what_happened_already_and_what_comes(lab: swnb.Lab) -> None:
    home = hearing(lab)
    show(lab, "before", "{tag: 'b'}")
    mark = lab.mark()
    home.evaluate(
        "navigator.serviceWorker.ready.then(r => { r.showNotification('One', {tag: '1'});"
        " r.showNotification('New messages', {tag: 'chat'}) }); 0"
    )
    for condition, title in (
        ("notification", "One"),
        ("notification chat", "New messages"),
        ("notification New messages", "New messages"),
        ("notification 'New messages'", "New messages"),
        ("notification 1", "One"),
    ):
        event = lab.wait(condition, mark=mark)
        assert isinstance(event, NotificationDisplayed) and event.title == title
    home.evaluate(
        "navigator.serviceWorker.ready.then(r => setTimeout(() => r.showNotification('late', {tag: 'chat'}), 50)); 0"
    )
    late = lab.wait("notification chat")
    assert isinstance(late, NotificationDisplayed) and late.title == "late"
    with pytest.raises(
        WaitTimeout, match="no notification with the tag or title 'nope' came to the desktop, but 1 other"
    ):
        lab.wait("notification nope", timeout_s=0.1)


# ---- labs -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_labs_do_not_see_each_other(lab: swnb.Lab) -> None:
    hearing(lab)
    with swnb.Lab("second", timeout_s=20.0) as second:
        hearing(second)
        known = len(lab.notifications)
        one = show(second, "of the second")
        assert [each.title for each in second.notifications] == ["of the second"]
        assert len(lab.notifications) == known
        mine = show(lab, "of the first")
        assert mine.click().settled is not None and one.click().settled is not None
        assert heard(lab) == [["notificationclick", "of the first", "", None, True]]
        assert heard(second) == [["notificationclick", "of the second", "", None, True]]
    assert not one.shown and len(second.notifications) == 1
    assert one.why_gone in ("its browser ended", "closed by a script or the browser"), "Chromium may still close them"
    with pytest.raises((swnb.NotificationGone, NotStarted)):
        one.click()
    with pytest.raises(NotStarted):
        _ = swnb.Lab("never").notifications


@pytest.mark.slow
def test_detached_the_browser_tells_of_the_dispatch() -> None:
    with swnb.Lab("detached", attach="detached", timeout_s=20.0) as lab:
        home = hearing(lab, "addEventListener('notificationclick', e => e.waitUntil(new Promise(() => {})))\n")
        mark = lab.mark()
        home.evaluate(
            "await (await navigator.serviceWorker.ready).showNotification('of a page', {tag: 'p', data: 1}); 0"
        )
        one = came(lab, mark)
        assert (one.tag, one.data) == ("p", 1), "the page is heard"
        outcome = one.click()
        assert outcome.event is not None and outcome.event.heard == "inferred" and outcome.settled is None
        assert "nobody hears the worker" in repr(outcome) and cause(lab, outcome.event) is outcome.done
        two = show(lab, "of the worker", "{tag: 'w'}")
        assert (two.tag, two.data) == (None, None)
        assert two.click().event is not None
        assert [each[:2] for each in lab.worker.evaluate("heard")] == [  # type: ignore[attr-defined]
            ["notificationclick", "of a page"],
            ["notificationclick", "of the worker"],
        ]
        lab.worker.stop()
        assert one.dismiss().event is not None
        mark = lab.mark()
        home.evaluate("globalThis.made = new Notification('made'); 0")
        assert came(lab, mark).click().event is not None


def test_the_asynchronous_lab_has_the_same() -> None:
    async def scene() -> tuple[str, bool]:
        async with swnb.AsyncLab(timeout_s=20.0) as lab:
            lab.site.write("/", "<!doctype html>", content_type="text/html")
            lab.site.write("/sw.js", EAGER)
            await lab.desk.desktop.ready()
            window = await lab.open("/", name="home")
            await lab.register("/sw.js", window=window)
            await lab.wait("controlled home")
            await lab.worker.evaluate("await registration.showNotification('T', {tag: 't'})")
            await lab.wait("notification t")
            one = lab.notifications["t"]
            outcome = await one.click()
            await one.dismiss()
            return outcome.type, one.shown

    assert asyncio.run(scene()) == ("notificationclick", False)


@pytest.mark.parametrize("nth", range(3))
def test_a_notification_of_the_first_moment_can_be_clicked(nth: int) -> None:
    """Chromium's first question to the desktop is answered before anything that decodes D-Bus is imported."""
    with swnb.Lab(timeout_s=20.0) as lab:
        page = "<!doctype html><script>new Notification('early').onclick = () => { globalThis.clicked = true }</script>"
        lab.site.write("/", page, content_type="text/html")
        home = lab.open("/", name="home")
        lab.wait("notification early")
        lab.notifications["early"].click()
        script = "await new Promise(done => { const look = () => globalThis.clicked ? done(true) : setTimeout(look, 10); look() })"
        assert home.evaluate(script) is True
