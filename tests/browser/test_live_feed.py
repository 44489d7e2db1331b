"""What a live view is told of a real lab: little, seldom, and all that is new."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import swnb
from swnb.views.live import feed
from swnb.views.live.clients import ClientsView

ECHO = """addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("message", event => event.source.postMessage(event.data));"""
MANY = """globalThis.exchange = count => new Promise(done => {
  let back = 0;
  navigator.serviceWorker.onmessage = () => ++back === count && done(back);
  const post = left => { for (let i = 0; i < 20 && left; i++, left--) navigator.serviceWorker.controller.postMessage(left); if (left) setTimeout(post, 5, left); };
  post(count);
});"""  # noqa: E501


class Told:
    """A view, and what it says to its front end."""

    def __init__(self, lab: swnb.Lab) -> None:
        self.lab = lab
        self.view: ClientsView = lab.views.clients()
        self.said: list[dict[str, Any]] = []
        self.view.send = lambda content, buffers=None: self.said.append(content)

    def ask(self, content: dict[str, Any]) -> None:
        """Say something as the front end does."""
        self.view._asked(None, content, [])

    def until(self, count: int, limit_s: float = 20.0) -> dict[str, Any]:
        """Wait for so many words; return the last one."""
        deadline = time.monotonic() + limit_s
        while len(self.said) < count:
            assert time.monotonic() < deadline, self.said
            time.sleep(0.01)
        return self.said[count - 1]

    def answer(self, do: str, limit_s: float = 20.0) -> dict[str, Any]:
        """Wait for a word of that kind, whatever news comes before it; forget what was said up to it."""
        deadline = time.monotonic() + limit_s
        while True:
            found = [at for at, each in enumerate(tuple(self.said)) if each["do"] == do]
            if found:
                told = self.said[found[0]]
                del self.said[: found[0] + 1]
                return told
            assert time.monotonic() < deadline, self.said
            time.sleep(0.01)

    def quiet(self) -> None:
        """Wait until all that happened was looked at."""
        self.lab.settle()
        deadline = time.monotonic() + 20.0
        while self.view.feed._due is not None:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def told() -> Iterator[Told]:
    with swnb.Lab("live") as lab:
        lab.site.write("/", f"<!doctype html><title>home</title><script>{MANY}</script>", content_type="text/html")
        lab.site.write("/sw.js", ECHO)
        home = lab.open("/", name="home")
        lab.register("/sw.js", window=home)
        lab.wait("active")
        lab.clients.claim()
        yield Told(lab)


def test_all_there_is_and_then_what_is_new(told: Told) -> None:
    told.quiet()
    told.said.clear()
    told.ask({"do": "show"})
    everything = told.answer("all")
    (home,) = everything["rows"]
    assert (everything["do"], everything["ended"]) == ("all", False)
    assert (home["name"], home["kind"], home["controller"], home["url"]) == (
        "home",
        "window",
        "w1",
        "http://lab.localhost/",
    )
    told.lab.open("/", name="guest")
    told.quiet()
    assert {row["name"] for each in told.said for row in each["rows"]} == {"guest"}  # home has not changed
    told.lab.window("guest").close()
    told.quiet()
    assert told.said[-1]["gone"] == [row["key"] for each in told.said[:1] for row in each["rows"]]


def test_a_stream_of_messages_is_told_at_most_ten_times_a_second(told: Told) -> None:
    told.quiet()
    told.said.clear()
    began = time.monotonic()
    assert told.lab.window("home").evaluate("await exchange(1000)") == 1000
    told.quiet()
    took_s = time.monotonic() - began
    assert 1 <= len(told.said) <= took_s / feed.PERIOD_S + 1
    for each in told.said:
        assert [row["name"] for row in each["rows"]] == ["home"]
    assert told.said[-1]["rows"][0]["last"][1:] == ["from", "w1", "1"]


def test_a_view_that_was_closed_is_told_nothing(told: Told) -> None:
    told.quiet()
    told.said.clear()
    other = Told(told.lab)
    told.view.close()
    told.lab.open("/", name="guest")
    other.until(1)
    other.quiet()
    assert not told.said


def test_an_error_is_told_to_whoever_pressed_the_button(told: Told) -> None:
    told.quiet()
    told.said.clear()
    wrong: list[tuple[str, str]] = [("explode", "c1"), ("reload", "c99"), ("focus", "")]
    for number, (verb, of) in enumerate(wrong):
        told.ask({"do": "act", "id": f"{number}", "verb": verb, "of": of, "with": {}})
        answer = told.until(number + 1)
        assert (answer["do"], answer["id"]) == ("acted", f"{number}")
        assert len(answer["error"].splitlines()) == 2
    nonsense: tuple[Any, ...] = (
        None,
        7,
        [],
        {"do": "act"},
        {"do": "act", "id": 1, "verb": "focus", "of": "c1", "with": {}},
    )
    for each in nonsense:
        told.ask(each)
    told.quiet()
    assert len(told.said) == len(wrong)


def test_the_last_messages_of_one_client(told: Told) -> None:
    told.lab.window("home").evaluate("for (let each = 0; each < 60; each++) await exchange(1)")
    told.lab.open("/", name="guest")
    told.quiet()
    for label, count in (("c1", 50), ("c2", 0), ("c99", 0)):
        told.said.clear()
        told.ask({"do": "messages", "of": label})
        answer = told.answer("messages")
        assert (answer["do"], answer["of"], len(answer["rows"])) == ("messages", label, count)
        if count:
            assert {row[1] for row in answer["rows"]} == {"to", "from"}
            assert {row[2] for row in answer["rows"]} == {"worker"}


def test_after_the_end_the_last_state_is_told(told: Told) -> None:
    told.quiet()
    told.lab.stop()
    assert told.said[-1] == {"do": "ended"}
    told.ask({"do": "show"})
    last = told.said[-1]
    assert (last["do"], last["ended"], [row["name"] for row in last["rows"]]) == ("all", True, ["home"])
    told.ask({"do": "act", "id": "1", "verb": "reload", "of": "c1", "with": {}})
    assert "has ended" in told.said[-1]["error"]
    told.lab.start()
    told.lab.open("/", name="again")
    told.quiet()
    assert {row["name"] for row in told.said[-1]["rows"]} == {"again"}
