"""What a dashboard is told of a real lab: what is looked at, that elsewhere something is new, and the last state of all."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

import swnb
from swnb.views.live.dashboard import FAMILIES, TABS, Dashboard

ECHO = """addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("message", event => event.source.postMessage(event.data));"""

TALK = "for (let n = 0; n < 5; n++) navigator.serviceWorker.controller.postMessage(n); console.log('said'); 0"


class Told:
    """A dashboard, and what it says to its front end."""

    def __init__(self, lab: swnb.Lab, **how: Any) -> None:
        self.lab = lab
        self.dashboard: Dashboard = lab.dashboard(**how)
        self.said: list[dict[str, Any]] = []
        self.dashboard.send = lambda content, buffers=None: self.said.append(content)

    def ask(self, content: dict[str, Any]) -> None:
        """Say something as the front end does."""
        self.dashboard._asked(None, content, [])

    def of(self, name: str, say: dict[str, Any]) -> None:
        """Say something as a view in it does."""
        self.ask({"do": "of", "view": name, "say": say})

    def until(self, found: Any, limit_s: float = 20.0) -> Any:
        """Wait until something holds for one of the words; return that."""
        deadline = time.monotonic() + limit_s
        while True:
            for each in list(self.said):
                if found(each):
                    return each
            assert time.monotonic() < deadline, self.said
            time.sleep(0.01)

    def quiet(self) -> None:
        """Wait until all that happened was looked at."""
        self.lab.settle()
        deadline = time.monotonic() + 20.0
        while self.dashboard.feed._due is not None:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def lab() -> Iterator[swnb.Lab]:
    with swnb.Lab("dashboard") as lab:
        lab.site.write("/", "<!doctype html><title>home</title>", content_type="text/html")
        lab.site.write("/sw.js", ECHO)
        lab.register("/sw.js", window=lab.open("/", name="home"))
        lab.wait("active")
        lab.clients.claim()
        lab.settle()
        yield lab


def test_what_nobody_looks_at_says_nothing(lab: swnb.Lab) -> None:
    told = Told(lab)
    lab.window("home").evaluate(TALK)
    told.quiet()
    assert told.said == []
    told.ask({"do": "show"})
    told.of("clients", {"do": "show"})
    everything = told.until(lambda each: each.get("view") == "clients")["say"]
    assert (everything["do"], [row["name"] for row in everything["rows"]]) == ("all", ["home"])
    told.said.clear()
    lab.window("home").evaluate(TALK)
    told.quiet()
    assert {each.get("view") for each in told.said if each["do"] == "of"} == {"clients"}


def test_it_says_once_where_something_is_new(lab: swnb.Lab) -> None:
    told = Told(lab)
    told.ask({"do": "show"})
    told.until(lambda each: each["do"] == "all")
    for _ in range(3):
        lab.window("home").evaluate(TALK)
        told.quiet()
    fresh = [name for each in told.said if each["do"] == "news" for name in each["fresh"]]
    assert sorted(fresh) == sorted(set(fresh))
    assert {"timeline", "console"} <= set(fresh)
    assert "clients" not in fresh  # it is seen
    told.dashboard.state = {"layout": "tabs", "tab": "timeline"}
    lab.open("/", name="guest")
    told.until(lambda each: "clients" in each.get("fresh", []) and each["do"] == "news")
    told.said.clear()
    told.ask({"do": "show"})  # the page was loaded anew
    assert {"clients", "console"} <= set(told.until(lambda each: each["do"] == "all")["fresh"])


def test_side_by_side_all_is_seen(lab: swnb.Lab) -> None:
    told = Told(lab, layout="side")
    told.ask({"do": "show"})
    lab.window("home").evaluate(TALK)
    told.quiet()
    assert [each["do"] for each in told.said] == ["all"]


def test_a_button_in_it_calls_the_lab(lab: swnb.Lab) -> None:
    told = Told(lab)
    label = lab.world.clients["home"].label
    told.of("clients", {"do": "act", "id": "7", "verb": "explode", "of": label, "with": {}})
    answer = told.until(lambda each: each.get("view") == "clients")["say"]
    assert (answer["do"], answer["id"]) == ("acted", "7")
    assert "explode" in answer["error"]
    told.of("clients", {"do": "act", "id": "8", "verb": "post", "of": label, "with": {"text": "[1]"}})
    assert told.until(lambda each: each.get("say", {}).get("id") == "8")["say"]["error"] == ""


@pytest.mark.parametrize(
    "asked", [None, 7, {"do": "of"}, {"do": "of", "view": "html", "say": {}}, {"do": "of", "view": "clients", "say": 7}]
)
def test_nonsense_does_no_harm(lab: swnb.Lab, asked: Any) -> None:
    told = Told(lab)
    told.ask(asked)
    told.quiet()
    assert told.said == []


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_its_last_state_is_that_of_the_lab_s_last_moment(lab: swnb.Lab, how: str) -> None:
    told = Told(lab)
    lab.window("home").evaluate(TALK)
    lab.settle()
    told.dashboard.keep()
    if how == "stopped":
        lab.stop()
    else:
        started: Any = lab.asynchronous.prepared
        os.kill(started.started.process.pid, signal.SIGKILL)
        told.until(lambda each: each["do"] == "ended")
    html = told.dashboard.standing().html
    for text in ("<h4>Clients</h4>", "<strong>home</strong>", "● <bdi><strong>w1</strong></bdi>", "/sw.js", "said"):
        assert text in html
    assert lab.dashboard().standing().html == html  # one that is made now, too
    told.of("timeline", {"do": "show"})
    shown = told.until(lambda each: each.get("view") == "timeline" and each["say"]["do"] == "all")["say"]
    assert shown["ended"] is True
    assert shown["lanes"]


def test_a_view_that_fails_leaves_the_others_their_static_form(lab: swnb.Lab, caplog: pytest.LogCaptureFixture) -> None:
    dashboard: Dashboard = lab.dashboard()
    failing: Any = dashboard._parts["workers"]
    failing.html = lambda: 1 / 0
    still = dashboard.standing()
    assert "<h4>Workers</h4>\n<p><em>this view failed</em></p>\n<h4>Notifications</h4>" in still.html
    assert "<strong>home</strong>" in still.html
    assert "Workers\nthis view failed\n" in still.text
    assert "ZeroDivisionError" in caplog.text


def test_it_ends_with_its_parts(lab: swnb.Lab) -> None:
    told = Told(lab)
    told.of("clients", {"do": "show"})
    told.until(lambda each: each.get("view") == "clients")
    told.dashboard.close()
    told.said.clear()
    lab.open("/", name="guest")
    told.quiet()
    assert told.said == []


def test_every_family_of_events_that_has_a_tab_is_one() -> None:
    from swnb.events import KINDS

    assert set(FAMILIES) <= {kind.partition(".")[0] for kind in KINDS}
    assert set(FAMILIES.values()) == set(TABS)


def test_a_snapshot_in_the_lab_s_own_thread_and_in_others(lab: swnb.Lab) -> None:
    assert lab.views.snapshot() == 0
    counted: list[int] = []
    lab.on("message.received", lambda _: counted.append(lab.views.snapshot()))
    lab.window("home").evaluate(TALK)
    lab.settle()
    assert set(counted) == {0}
