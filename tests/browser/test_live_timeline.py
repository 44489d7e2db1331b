"""What a timeline is told of a real lab, and what it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

import swnb
from swnb.views.live import feed
from tests.browser.test_live_feed import ECHO, MANY


class Told:
    """A timeline, and what it says to its front end."""

    def __init__(self, lab: swnb.Lab) -> None:
        self.lab = lab
        self.view = lab.views.timeline()
        self.said: list[dict[str, Any]] = []
        self.view.send = self._take

    def _take(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self.said.append(content | ({"rows": json.loads(bytes(buffers[0]))} if buffers else {}))

    def ask(self, **content: Any) -> dict[str, Any]:
        """Say something as the front end does; return the answer."""
        before = len(self.said)
        self.view._asked(None, content, [])
        self.lab.settle()
        while len(self.said) == before:
            self.lab.settle()
        return self.said[before]

    def quiet(self) -> None:
        """Wait until all that happened was looked at."""
        self.lab.settle()
        while self.view.feed._due is not None:
            self.lab.settle()


@pytest.fixture
def told() -> Iterator[Told]:
    with swnb.Lab("timeline") as lab:
        lab.site.write("/", f"<!doctype html><title>home</title><script>{MANY}</script>", content_type="text/html")
        lab.site.write("/sw.js", ECHO)
        home = lab.open("/", name="home")
        lab.register("/sw.js", window=home)
        lab.wait("active")
        lab.clients.claim()
        lab.settle()
        yield Told(lab)


def test_a_lab_s_story(told: Told) -> None:
    home = told.lab.window("home")
    home.evaluate("await exchange(1)")
    everything = told.ask(do="show")
    rows, lanes = everything["rows"], {lane[0]: lane for lane in everything["lanes"]}
    assert (everything["do"], everything["first"], everything["from"]) == ("all", 0, len(rows))
    names = {at: (lane[1], lane[2]) for at, lane in lanes.items()}
    assert list(names.values()) == [("notebook", "notebook"), ("home", "window"), ("w1", "service worker")]
    verbs = [row[6] for row in rows if row[1] == "v"]
    assert verbs == ["open", "register", "clients.claim", "evaluate"]
    assert [row[6] for row in rows if row[1] == "w"] == ["parsed", "installing", "installed", "activating", "activated"]
    (claimed,) = [row for row in rows if row[1] == "c"]
    assert (names[claimed[2]][0], names[claimed[5]][0], claimed[6]) == ("home", "w1", "claim")
    messages = [(row[1], names[row[2]][0], names[row[5]][0], row[6]) for row in rows if row[1] in "sr"]
    assert sorted(messages) == [
        ("r", "home", "w1", 0),
        ("r", "w1", "home", 0),
        ("s", "home", "w1", [1]),
        ("s", "w1", "home", [1]),
    ]
    for row in rows:
        if row[1] == "r":
            assert rows[row[4]][1] == "s"
    assert ("by", "w1") in [tuple(span[1:]) for span in lanes[1][5]]


def test_a_stream_is_told_in_proportion_to_what_is_new(told: Told) -> None:
    told.ask(do="show")
    home = told.lab.window("home")
    told.said.clear()
    home.evaluate("await exchange(450)")
    told.quiet()
    assert sum(len(each["rows"]) for each in told.said if each["do"] == "news") >= 1800  # MOST is more
    places = [(each["first"], each["from"]) for each in told.said if each["do"] == "news"]
    assert all(one[1] == other[0] for one, other in pairwise(places))  # nothing twice, nothing left out
    assert all(len(each["lanes"]) <= 1 for each in told.said if each["do"] == "news")  # the verb's alone
    told.said.clear()
    home.evaluate("await exchange(1)")
    told.quiet()
    (last,) = told.said
    assert len(last["rows"]) == 5
    assert feed.PERIOD_S >= 0.1


def test_history_and_payloads_are_told_when_they_are_asked_for(told: Told) -> None:
    home = told.lab.window("home")
    home.evaluate("await exchange(1200)")
    home.evaluate("navigator.serviceWorker.controller.postMessage('x'.repeat(5000)); 0")
    told.lab.settle()
    told.quiet()
    everything = told.ask(do="show")
    assert everything["from"] - everything["first"] == 400
    history = told.ask(do="rows", first=0)
    assert (history["do"], history["first"], len(history["rows"])) == ("rows", 0, 2000)
    rest = told.ask(do="rows", first=2000)["rows"] + told.ask(do="rows", first=4000)["rows"]
    assert [each[0] for each in rest][-400:] == [each[0] for each in everything["rows"]]
    first, rows = everything["first"], everything["rows"]
    (long,) = [first + at for at, row in enumerate(rows) if row[1] == "s" and isinstance(row[6], str) and row[2] == 1]
    ends = [rows[long - first], *(row for row in rows if row[1] == "r" and row[4] == long)]
    assert len(ends) == 2
    for row in ends:
        assert told.ask(do="open", seq=row[0])["rows"] == [["x" * 5000], 10_000, "home→w1"]
    for nonsense in (-1, 10**9):
        assert told.ask(do="open", seq=nonsense)["rows"] == [None, 0, ""]
        assert told.ask(do="rows", first=nonsense)["rows"] is not None


def test_the_static_form_is_picture_and_table(told: Told) -> None:
    told.lab.window("home").evaluate("await exchange(1)")
    made = told.view.html()
    assert "<svg" in made
    assert "w1 claims home" in made
    assert "<table>" in made
    assert "home" in told.view.text()


def test_after_the_end_it_still_answers(told: Told) -> None:
    everything = told.ask(do="show")
    told.lab.stop()
    told.said.clear()
    told.view._asked(None, {"do": "show"}, [])
    last = told.said[-1]
    assert (last["do"], last["ended"]) == ("all", True)
    assert last["from"] >= everything["from"]
    assert "<svg" in told.view.html()
