"""What the live console is told of a real lab: lines of all contexts, in order, each once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import swnb
from swnb.views.live import feed
from swnb.views.live.console import ConsoleView
from tests.browser.scenes import EAGER, page, script

SAYS = """addEventListener("message", event => {
  console.info("worker", event.data);
  if (event.data === "throw") throw new RangeError("of the worker");
});"""


class Lines:
    """A console, and what a front end would know of it."""

    def __init__(self, lab: swnb.Lab) -> None:
        self.lab = lab
        self.view: ConsoleView = lab.views.console()
        self.said: list[dict[str, Any]] = []
        self.view.send = lambda content, buffers=None: self.said.append(content)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [line for content in list(self.said) for line in content.get("lines", [])]

    def until(self, met: Callable[[], object], limit_s: float = 20.0) -> None:
        deadline = time.monotonic() + limit_s
        while not met():
            assert time.monotonic() < deadline, self.said[-3:]
            time.sleep(0.01)

    def has(self, text: str) -> Callable[[], bool]:
        return lambda: any(text in line["text"] for line in self.told)

    def ask(self) -> dict[str, Any]:
        """Show it, as a front end that begins; return what it is told."""
        count = len(self.said)
        self.view._asked(None, {"do": "show"}, [])
        self.until(lambda: any(content["do"] == "all" for content in self.said[count:]))
        return next(content for content in self.said[count:] if content["do"] == "all")


@pytest.fixture
def lines(lab: swnb.Lab) -> Iterator[Lines]:
    shown = Lines(lab)
    shown.ask()
    shown.said.clear()
    yield shown
    shown.view.close()


def test_lines_of_all_contexts_come_in_order_with_their_places(lines: Lines) -> None:
    lab = lines.lab
    lab.site.write("/f.html", "<!doctype html><script>\nconsole.debug('frame')</script>", content_type="text/html")
    lab.site.write("/w.js", "\n\nconsole.warn('dedicated', {a: 1}, 7n)")
    home = page(lab, body="<script>console.log('page')</script>")
    lines.until(lines.has("page"))
    home.evaluate("document.body.append(Object.assign(document.createElement('iframe'), {src: '/f.html'})); 0")
    lines.until(lines.has("frame"))
    home.evaluate("globalThis.kept = new Worker('/w.js'); 0")
    lines.until(lines.has("dedicated"))
    lab.register(script(lab, EAGER + SAYS), window=home)
    lab.wait("active")
    home.evaluate("(await navigator.serviceWorker.ready).active.postMessage('hello'); 0")
    lines.until(lines.has("worker hello"))
    home.evaluate("console.error('last'); Promise.reject(new Error('nobody')); 0")
    lines.until(lines.has("nobody"))
    name = lab.windows[0].name
    frame, worker = (
        next(line for line in lines.told if text in line["text"])["actor"] for text in ("frame", "dedicated")
    )
    origin = "http://lab.localhost"
    script_line = (EAGER + SAYS).split("console.info")[0].count("\n") + 1
    found = [(line["actor"], line["level"], line["text"].split("\n")[0]) for line in lines.told]
    assert found == [
        (name, "log", "page"),
        (frame, "debug", "frame"),
        (worker, "warn", "dedicated Object 7n"),
        (found[3][0], "info", "worker hello"),
        (name, "error", "last"),
        (name, "exception", "Error: nobody"),
    ]
    assert found[3][0].startswith("w")
    assert len({name, frame, worker, found[3][0]}) == 4
    places = [line["place"] for line in lines.told]
    assert places[0].startswith(f"{origin}/:1:")
    assert places[1] == f"{origin}/f.html:2:9"
    assert places[2] == f"{origin}/w.js:3:9"
    assert places[3] == f"{origin}/sw.js:{script_line}:11"
    ids = [line["id"] for line in lines.told]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert all(abs(line["t"] / 1000 - time.time()) < 60 for line in lines.told)


def test_an_error_that_a_worker_threw_is_told_once(lines: Lines) -> None:
    lab = lines.lab
    home = page(lab)
    lab.register(script(lab, EAGER + SAYS), window=home)
    lab.wait("active")
    mark = lab.mark()
    for _ in range(2):
        home.evaluate("(await navigator.serviceWorker.ready).active.postMessage('throw'); 0")
    lines.until(lambda: len(lab.log.events("worker.error", since=mark)) == 4)  # each is there twice
    lines.until(lambda: len([e for e in lab.log.events("console", since=mark) if "of the worker" in repr(e)]) == 2)
    home.evaluate("console.log('after'); 0")
    lines.until(lines.has("after"))
    assert sum(line["count"] for line in lines.told if "of the worker" in line["text"]) == 2


def test_a_flood_is_told_in_part(lines: Lines) -> None:
    home = page(lines.lab)
    lines.said.clear()
    began = time.monotonic()
    home.evaluate("for (let n = 0; n < 12_000; n++) console.log(`line ${n}`, 'x'.repeat(100)); 0")
    home.evaluate("console.log('the end'); 0")
    lines.until(lines.has("the end"), 60.0)
    took_s = time.monotonic() - began
    assert len(lines.said) <= took_s / feed.PERIOD_S + 2
    for content in lines.said:
        assert len(content["lines"]) <= 1_000
        assert len(json.dumps(content)) < 1_000_000
    ids = [line["id"] for line in lines.told]
    assert ids == sorted(set(ids))
    everything = lines.ask()["lines"]
    assert len(everything) == 1_000
    assert everything[-1]["text"] == "the end"
    assert "of which these are the last 100" in lines.view.html()
    assert lines.view.html().count("<tr>") == 101


def test_the_same_line_again_is_counted(lines: Lines) -> None:
    home = page(lines.lab)
    home.evaluate("for (let n = 0; n < 12; n++) console.log('again \\ud800'); console.log('other'); 0")
    lines.until(lines.has("other"))
    again = [line for line in lines.told if line["text"] == "again \N{REPLACEMENT CHARACTER}"]
    assert sum(line["count"] for line in again) == 12
    assert len({line["id"] for line in again}) == 1
    kept = next(line for line in lines.ask()["lines"] if line["text"].startswith("again"))
    assert kept["count"] == 12
    json.dumps(lines.said).encode()
    assert "×12" in lines.view.html()
    assert "×12" in lines.view.text()


def test_after_the_end_the_lines_stay() -> None:
    with swnb.Lab("ending", timeout_s=20.0) as lab:
        lines = Lines(lab)
        lines.ask()
        page(lab).evaluate("console.log('<b>bold</b>'); 0")
        lines.until(lines.has("bold"))
        lab.stop()
        assert lines.said[-1] == {"do": "ended"}
        late = Lines(lab)
        for each in (lines, late):
            told = each.ask()
            assert told["ended"] is True
            assert [line["text"] for line in told["lines"]] == ["<b>bold</b>"]
            assert "&lt;b&gt;bold&lt;/b&gt;" in each.view.html()
            each.view.close()
