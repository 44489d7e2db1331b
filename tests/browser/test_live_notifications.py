"""What the view of notifications is told of a real desktop, and what its buttons do there."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import swnb
from swnb.views.live import feed
from swnb.views.live.notifications import NotificationsView
from tests.browser.notification_scenes import heard, hearing, show

ACTIONS = "[{action: 'yes', title: 'Yes!'}, {action: 'answer', title: 'Answer', type: 'text', placeholder: 'p'}]"
PICTURE = """(async () => { const canvas = new OffscreenCanvas(64, 64), context = canvas.getContext('2d');
context.fillRect(0, 0, 32, 32); const bytes = await (await canvas.convertToBlob()).arrayBuffer();
return 'data:image/png;base64,' + btoa(String.fromCharCode(...new Uint8Array(bytes))); })()"""


class Desk:
    """A view of notifications, and what a front end would show of it."""

    def __init__(self, lab: swnb.Lab) -> None:
        self.lab = lab
        self.view: NotificationsView = lab.views.notifications()
        self.said: list[dict[str, Any]] = []
        self.rows: dict[int, dict[str, Any]] = {}
        self.pictures: dict[str, str] = {}
        self.answers: dict[str, str] = {}
        self.asked = 0
        self.view.send = lambda content, buffers=None: self._hear(content)

    def _hear(self, content: dict[str, Any]) -> None:
        self.said.append(content)
        if content["do"] == "acted":
            self.answers[content["id"]] = content["error"]
            return
        if content["do"] == "all":
            self.rows, self.pictures = {}, {}
        self.pictures |= content.get("pictures", {})
        for number in content.get("gone", []):
            self.rows.pop(number, None)
        self.rows |= {row["number"]: row for row in content.get("rows", [])}

    def until(self, met: Callable[[], object], limit_s: float = 20.0) -> None:
        deadline = time.monotonic() + limit_s
        while not met():
            assert time.monotonic() < deadline, self.said[-3:]
            time.sleep(0.01)

    def ask(self) -> None:
        """Show it, as a front end that begins."""
        count = len(self.said)
        self.view._asked(None, {"do": "show"}, [])
        self.until(lambda: any(content["do"] == "all" for content in self.said[count:]))

    def press(self, verb: str, of: object, **given: object) -> str:
        """Press a button; return the error that is shown, which is mostly none."""
        self.asked += 1
        number = f"{self.asked}"
        self.view._asked(None, {"do": "act", "id": number, "verb": verb, "of": f"{of}", "with": given}, [])
        self.until(lambda: number in self.answers)
        return self.answers[number]


@pytest.fixture
def desk(lab: swnb.Lab) -> Iterator[Desk]:
    shown = Desk(lab)
    yield shown
    shown.view.close()


def test_to_be_shown_brings_nothing_to_life(desk: Desk) -> None:
    desk.ask()
    assert desk.said == [{"do": "all", "from": 0, "ended": False}]
    assert "no notifications" in desk.view.html()
    assert desk.view.text() == "no notifications"
    assert desk.lab.asynchronous._book is None


def test_buttons_click_what_the_worker_hears(desk: Desk) -> None:
    hearing(desk.lab)
    desk.ask()
    one = show(desk.lab, "Chat", f"{{body: 'hi', tag: 't', data: {{n: 1}}, actions: {ACTIONS}}}")
    other = show(desk.lab, "Chat", f"{{tag: 'u', actions: {ACTIONS}}}")  # it says the same
    desk.until(lambda: desk.rows.get(other.number, {}).get("tag") == "u")
    row = desk.rows[one.number]
    assert (row["title"], row["body"], row["tag"], row["data"], row["origin"]) == (
        "Chat", "hi", "t", "{'n': 1}", "http://lab.localhost"
    )  # fmt: skip
    assert (row["shown"], row["worker"], row["who"], row["placeholder"]) == (True, True, one.actor, "p")
    assert row["actions"] == [
        {"name": "yes", "label": "Yes!", "text": False},
        {"name": "answer", "label": "Answer", "text": True},
    ]
    assert desk.press("click", one.number) == ""
    assert desk.press("click", one.number, action="yes") == ""
    assert desk.press("click", one.number, action="answer", reply="so be it") == ""
    assert heard(desk.lab) == [
        ["notificationclick", "Chat", "", None, True],
        ["notificationclick", "Chat", "yes", None, True],
        ["notificationclick", "Chat", "", "so be it", True],
    ]
    desk.until(lambda: (desk.rows[one.number]["outcome"] or {}).get("state") == "settled")
    came = desk.rows[one.number]["outcome"]
    assert (came["asked"], came["reply"], came["type"], came["who"]) == (
        "click",
        "so be it",
        "notificationclick",
        one.actor,
    )
    assert came["ms"] >= 0
    assert desk.rows[other.number]["outcome"] is None


def test_what_is_dismissed_is_told_and_cannot_be_clicked(desk: Desk) -> None:
    hearing(desk.lab)
    one = show(desk.lab, "one")
    desk.ask()
    assert desk.press("dismiss", one.number) == ""
    assert heard(desk.lab) == [["notificationclose", "one", "", "", True]]
    desk.until(lambda: (desk.rows[one.number]["outcome"] or {}).get("state") == "settled")
    row = desk.rows[one.number]
    assert (row["shown"], row["why"], row["outcome"]["asked"]) == (False, "dismissed", "dismissed")
    for error in (
        desk.press("click", one.number),
        desk.press("click", 999),
        desk.press("click", "1e3"),
        desk.press("explode", one.number),
    ):
        assert len(error.splitlines()) == 2
    assert "is gone: dismissed by the user" in desk.answers["2"]
    other = show(desk.lab, "other", f"{{actions: {ACTIONS}}}")
    assert "no action 'no'" in desk.press("click", other.number, action="no")
    desk.lab.worker.evaluate("for (const each of await registration.getNotifications()) each.close(); 0")
    desk.until(lambda: desk.rows.get(other.number, {}).get("why") == "closed")
    assert desk.rows[other.number]["outcome"] is None


def test_what_a_listener_does_wrong_is_told(desk: Desk) -> None:
    hearing(
        desk.lab,
        """addEventListener('notificationclick', event => {
             if (event.action === 'yes') event.waitUntil(Promise.reject(new TypeError('never')));
             else throw new RangeError('out of it'); });""",
    )
    one = show(desk.lab, "one", f"{{actions: {ACTIONS}}}")
    desk.ask()
    desk.press("click", one.number)
    desk.until(lambda: (desk.rows[one.number]["outcome"] or {}).get("threw") == ["RangeError: out of it"])
    desk.press("click", one.number, action="yes")
    desk.until(lambda: desk.rows[one.number]["outcome"]["state"] == "failed")
    desk.until(lambda: desk.rows[one.number]["outcome"]["threw"] == ["TypeError: never"])


def test_a_page_s_own_notification_is_clicked_in_the_page(desk: Desk) -> None:
    home = hearing(desk.lab)
    desk.ask()
    mark = desk.lab.mark()
    home.evaluate("globalThis.clicks = 0; new Notification('mine').onclick = () => clicks++; 0")
    event: Any = desk.lab.wait("notification", mark=mark)
    desk.until(lambda: desk.rows.get(event.number, {}).get("who") == "home")
    assert desk.rows[event.number]["worker"] is False
    assert desk.press("click", event.number) == ""
    assert home.evaluate("clicks") == 1
    desk.until(lambda: (desk.rows[event.number]["outcome"] or {}).get("state") == "over")
    assert (desk.rows[event.number]["outcome"]["type"], desk.rows[event.number]["outcome"]["who"]) == ("click", "home")


def test_a_picture_is_sent_once_and_one_that_is_replaced_stays_the_same(desk: Desk) -> None:
    hearing(desk.lab)
    desk.ask()
    one = show(desk.lab, "first", f"{{tag: 'x', icon: await {PICTURE}, image: await {PICTURE}}}")
    desk.until(lambda: desk.rows.get(one.number, {}).get("tag") == "x")
    row = desk.rows[one.number]
    for each in ("icon", "image"):
        assert base64.b64decode(desk.pictures[row[each]["id"]]).startswith(b"\x89PNG")
        assert row[each]["width"] > 0
    one.click()
    desk.until(lambda: desk.rows[one.number]["outcome"] is not None)
    sent = [content["pictures"] for content in desk.said if content.get("pictures")]
    assert len(sent) == 1
    show(desk.lab, "second", "{tag: 'x'}")
    desk.until(lambda: desk.rows[one.number]["title"] == "second")
    row = desk.rows[one.number]
    assert (row["replaced"], row["image"], row["outcome"]["state"]) == (1, None, "settled")


def test_few_of_many_are_told_and_those_that_went_last(desk: Desk) -> None:
    hearing(desk.lab)
    desk.ask()
    desk.said.clear()
    began = time.monotonic()
    desk.lab.worker.evaluate("for (let n = 0; n < 70; n++) await registration.showNotification(`n${n}`); 0")
    newest = {f"n{n}" for n in range(20, 70)}
    desk.until(lambda: {row["title"] for row in desk.rows.values() if row["shown"]} == newest)
    assert len(desk.said) <= (time.monotonic() - began) / feed.PERIOD_S + 2
    assert desk.said[-1]["more"] == len(desk.lab.notifications.shown) - 50
    desk.lab.worker.evaluate("for (const each of await registration.getNotifications()) each.close(); 0")
    desk.until(lambda: sum(not row["shown"] for row in desk.rows.values()) == 10)
    desk.until(lambda: desk.said[-1]["more"] == 0)
    assert desk.view.html().count("<tr>") >= 70


def test_after_the_end_the_last_state_stays() -> None:
    with swnb.Lab("ending", timeout_s=20.0) as lab:
        hearing(lab)
        one = show(lab, "one")
        desk = Desk(lab)
        desk.ask()
        lab.stop()
        assert desk.said[-1] == {"do": "ended"}
        desk.ask()
        assert (desk.said[-1]["ended"], desk.rows[one.number]["shown"]) == (True, True)
        assert "ended" in desk.press("click", one.number)
        late = Desk(lab)  # it was not there before
        late.ask()
        assert late.rows[one.number]["shown"] is False
        assert late.rows[one.number]["why"] in ("ended", "closed")  # the browser may close it when it ends
        late.view.close()
        desk.view.close()
