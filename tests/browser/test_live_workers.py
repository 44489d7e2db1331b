"""What the view of workers is told of a real lab, what its buttons do, and what it knows of scripts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

import swnb
from swnb.origin import scripts
from swnb.views.live.workers import WorkersView

ONE = """addEventListener("install", event => event.waitUntil(caches.open("one")));
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("message", event => event.source.postMessage(event.data));
"""
TWO = ONE.replace('"one"', '"two"')
SCOPE = "http://lab.localhost/"


class Told:
    """A view, and what it says to its front end."""

    def __init__(self, lab: swnb.Lab) -> None:
        self.lab = lab
        self.view: WorkersView = lab.views.workers()
        self.said: list[dict[str, Any]] = []
        self.rows: dict[str, dict[str, Any]] = {}
        self._asked = 0
        self.view.send = self._take
        self.ask({"do": "show"})

    def _take(self, content: dict[str, Any], buffers: object = None) -> None:
        self.said.append(content)
        if content["do"] in {"all", "news"}:
            for row in content.get("rows", ()):
                self.rows[row["key"]] = row
            for key in content.get("gone", ()):
                self.rows.pop(key, None)

    def ask(self, content: dict[str, Any]) -> None:
        """Say something as the front end does."""
        self.view._asked(None, content, [])

    def until(self, condition: Callable[[], object], limit_s: float = 20.0) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < deadline, self.rows
            time.sleep(0.01)

    def states(self, key: str = "r1") -> str:
        """Return the versions of a registration with their states."""
        return ", ".join(f"{each['label']} {each['state']}" for each in self.rows.get(key, {}).get("versions", ()))

    def version(self, label: str) -> dict[str, Any]:
        """Return a version's row."""
        return next(each for row in self.rows.values() for each in row["versions"] if each["label"] == label)

    def press(self, verb: str, of: str) -> str:
        """Press a button; return the error that is shown, "" for none."""
        self._asked += 1
        number = f"{self._asked}"
        self.ask({"do": "act", "id": number, "verb": verb, "of": of, "with": {}})
        return str(self._answer("acted", number)["error"])

    def source(self, of: str, against: str = "") -> dict[str, Any]:
        """Ask for a script."""
        self._asked += 1
        number = f"{self._asked}"
        self.ask({"do": "source", "id": number, "of": of, "against": against})
        return self._answer("source", number)

    def _answer(self, do: str, number: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [each for each in self.said if each["do"] == do and each["id"] == number]
            return bool(found)

        self.until(look)
        return found[0]


@pytest.fixture
def told() -> Iterator[Told]:
    with swnb.Lab("live") as lab:
        lab.site.write("/", "<!doctype html><title>home</title>", content_type="text/html")
        lab.site.write("/sw.js", ONE)
        yield Told(lab)


def registered(told: Told) -> None:
    """Register, and wait until the page is controlled."""
    told.lab.open("/", name="home")
    told.lab.register("/sw.js")
    told.until(lambda: told.states() == "w1 activated" and told.version("w1")["controls"] == ["home"])


def lines(file: dict[str, Any]) -> list[str]:
    """Return the lines of a difference that differ."""
    return [f"{sign}{text}" for sign, _, _, text in file["lines"] if sign in "+-"]


def test_from_registration_to_the_next_version(told: Told) -> None:
    registered(told)
    first = told.version("w1")
    assert [state for state, _ in first["path"]] == ["parsed", "installing", "installed", "activating", "activated"]
    times = [when for _, when in first["path"]]
    assert times == sorted(times)
    assert abs(times[0] / 1000 - time.time()) < 60
    told.lab.site.write("/sw.js", TWO)
    assert told.press("update", SCOPE) == ""
    told.until(lambda: told.states() == "w1 activated, w2 installed")
    found = told.source("w2")
    assert (found["before"], found["earlier"]) == ("w1", ["w1"])
    (main,) = found["files"]
    assert (main["url"], main["change"], main["bytes"]) == (f"{SCOPE}sw.js", "changed", len(TWO))
    assert "\n".join(main["source"]) + "\n" == TWO
    wanted = TWO.split("\n")[0]
    assert lines(main) == [f"-{ONE.splitlines()[0]}", f"+{wanted}"]
    assert told.press("skip waiting", "w2") == ""
    told.until(lambda: told.states() == "w1 redundant, w2 activated" and told.version("w2")["controls"] == ["home"])
    assert told.source("w1")["files"][0]["source"][0] == ONE.split("\n")[0]  # what it was, not what is served now


def test_an_update_check_that_finds_the_same_bytes_is_no_version(told: Told) -> None:
    registered(told)
    assert told.press("update", SCOPE) == ""
    assert told.press("update", SCOPE) == ""
    assert told.states() == "w1 activated"
    (kept,) = told.lab.site.scripts.revisions(f"{SCOPE}sw.js")
    assert kept.last_ns > kept.first_ns
    found = told.source("w1")
    assert (found["before"], found["files"][0]["change"]) == ("", "")


def test_an_import_that_changed_makes_a_version(told: Told) -> None:
    told.lab.site.write("/sw.js", f'importScripts("/a.js", "/b.js");\n{ONE}')
    told.lab.site.write("/a.js", "const a = 1;\n")
    told.lab.site.write("/b.js", "const b = 1;\n")
    registered(told)
    told.lab.site.write("/b.js", "const b = 2;\n")
    assert told.press("update", SCOPE) == ""
    told.until(lambda: told.states() == "w1 activated, w2 installed")
    found = {file["url"].removeprefix(SCOPE): file for file in told.source("w2")["files"]}
    assert {name: (file["imported"], file["change"]) for name, file in found.items()} == {
        "sw.js": (False, "same"),
        "a.js": (True, "same"),
        "b.js": (True, "changed"),
    }
    assert lines(found["b.js"]) == ["-const b = 1;", "+const b = 2;"]
    told.lab.site.write("/sw.js", f'importScripts("/b.js");\n{ONE}')
    assert told.press("update", SCOPE) == ""
    told.until(lambda: told.states().endswith("w3 installed"))
    third = {file["url"].removeprefix(SCOPE): file["change"] for file in told.source("w3", "w2")["files"]}
    assert third == {"sw.js": "changed", "b.js": "same", "a.js": "removed"}


def test_modules_are_imports_too(told: Told) -> None:
    told.lab.site.write("/sw.js", 'import "./m1.js";')
    told.lab.site.write("/m1.js", 'import "./m2.js";')
    told.lab.site.write("/m2.js", "export {};")
    told.lab.open("/", name="home")
    told.lab.register("/sw.js", type="module")
    told.until(lambda: told.states() == "w1 activated")
    found = told.source("w1")["files"]
    assert [file["url"].removeprefix(SCOPE) for file in found] == ["sw.js", "m1.js", "m2.js"]


def test_a_version_that_fails_shows_its_errors_and_its_script(told: Told) -> None:
    registered(told)
    told.lab.site.write("/sw.js", 'throw Error("<b>no</b>");')
    error = told.press("update", SCOPE)
    assert error.startswith("TypeError: Failed to update")
    assert error.count("\n") == 1
    told.until(lambda: told.states() == "w1 activated, w2 redundant" and told.version("w2")["errors"])
    assert any("<b>no</b>" in each for each in told.version("w2")["errors"])
    assert told.source("w2")["files"][0]["source"] == ['throw Error("<b>no</b>");']


def test_buttons_stop_start_and_unregister(told: Told) -> None:
    registered(told)
    assert told.press("stop", "w1") == ""
    told.until(lambda: told.version("w1")["running"] == "stopped")
    assert told.press("start", "w1") == ""
    told.until(lambda: told.version("w1")["running"] == "running")
    assert (told.version("w1")["epoch"], told.version("w1")["reason"]) == (2, "start_worker")
    assert told.press("unregister", SCOPE) == ""
    told.until(lambda: told.rows["r1"]["deleted"])
    assert told.version("w1")["controls"] == ["home"]  # it goes on to serve
    assert told.press("update", SCOPE).count("\n") == 1
    assert told.press("unregister", SCOPE).count("\n") == 1
    told.lab.window("home").close()
    told.until(lambda: "r1" not in told.rows)
    told.lab.open("/", name="other")
    told.lab.register("/sw.js")
    told.until(lambda: told.states("r2") == "w2 activated")  # another registration, whatever its id is


def test_a_registration_that_is_taken_back_is_the_same(told: Told) -> None:
    registered(told)
    told.lab.registration().unregister()
    told.until(lambda: told.rows["r1"]["deleted"])
    told.lab.register("/sw.js")
    told.until(lambda: not told.rows["r1"]["deleted"])
    assert list(told.rows) == ["r1"]
    late = Told(told.lab)  # which takes in all of it at once
    late.until(lambda: late.rows)
    assert late.rows == told.rows


def test_what_cannot_be_done_is_told_in_two_lines(told: Told) -> None:
    registered(told)
    told.lab.site.write("/sw.js", TWO)
    told.press("update", SCOPE)
    told.until(lambda: told.states() == "w1 activated, w2 installed")
    assert told.press("skip waiting", "w1") == "w1 is activated\nonly a waiting worker can skip waiting"
    assert told.press("stop", "w2") == ""
    told.until(lambda: told.version("w2")["running"] == "stopped")
    assert "only an active worker can be started" in told.press("start", "w2")
    told.press("skip waiting", "w2")
    told.until(lambda: told.states() == "w1 redundant, w2 activated")
    wrong = [("stop", "w1"), ("stop", "w99"), ("explode", "w1"), ("update", "http://lab.localhost/nowhere/")]
    for verb, of in wrong:
        assert told.press(verb, of).count("\n") == 1, (verb, of)
    told.lab.window("home").close()
    assert "no window" in told.press("update", SCOPE)
    assert told.source("w99")["error"].count("\n") == 1


def test_what_the_origin_did_not_serve_is_not_known(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "REVISIONS", 2)
    monkeypatch.setattr(scripts, "LONGEST", 2_000)
    registered(told)
    for number in range(2, 4):
        told.lab.site.write("/sw.js", f"// {number}\n{ONE}")
        told.press("update", SCOPE)
        told.until(partial(lambda wanted: told.states().endswith(wanted), f"w{number} installed"))
    assert [len(told.lab.site.scripts.revisions(f"{SCOPE}sw.js"))] == [2]
    assert told.source("w1")["files"][0]["why"] == "source.forgotten"
    assert told.source("w2")["before"] == ""  # there is nothing to compare it with
    told.lab.site.write("/sw.js", f"{ONE}//{'x' * 2_000}")
    told.press("update", SCOPE)
    told.until(lambda: told.states().endswith("w4 installed"))
    (main,) = told.source("w4", "w3")["files"]
    assert (main["why"], main["change"], main["source"]) == ("source.long", "unknown", [""])
    monkeypatch.setattr(told.lab.site, "scripts", scripts.Scripts())  # as of a worker that was there before the lab
    assert told.source("w3")["files"][0]["why"] == "source.unknown"


def test_messages_cost_the_view_nothing(told: Told) -> None:
    registered(told)
    told.lab.settle()
    told.until(lambda: told.view.feed._due is None)
    told.said.clear()
    home = told.lab.window("home")
    home.evaluate("for (let i = 0; i < 500; i++) navigator.serviceWorker.controller.postMessage(i); 0")
    told.lab.settle()
    told.until(lambda: told.view.feed._due is None)
    assert told.said == []


def test_the_static_form_needs_nothing(told: Told) -> None:
    registered(told)
    html = told.view.html()
    assert "<svg" in html
    assert "w1 activated" in html
    assert html.count("<table>") == 2
    assert not any(bad in html for bad in ("<script", "<style", "class=", "href"))
    assert "w1" in told.view.text()


def test_after_the_end_the_last_state_and_the_scripts_are_there(told: Told) -> None:
    registered(told)
    told.lab.site.write("/sw.js", TWO)
    told.press("update", SCOPE)
    told.until(lambda: told.states() == "w1 activated, w2 installed")
    told.lab.stop()
    assert told.said[-1] == {"do": "ended"}
    told.ask({"do": "show"})
    last = told.said[-1]
    assert (last["do"], last["ended"], told.states()) == ("all", True, "w1 activated, w2 installed")
    assert told.source("w2")["files"][0]["change"] == "changed"
    assert "has ended" in told.press("stop", "w1")
    told.lab.start()
    told.lab.open("/", name="again")
    told.lab.register("/sw.js")
    told.until(lambda: "r2" in told.rows and told.states("r2") == "w3 activated")
    assert "r1" not in told.rows
    assert "redundant" in told.press("stop", "w1")  # another browser's
