"""The live view of registrations and their workers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.esm.conftest import Page
from tests.esm.test_clients import HOSTILE

VIEW = "workers"

STATES = ["parsed", "installing", "installed", "activating", "activated", "redundant"]


def version(label: str, state: str = "activated", **what: Any) -> dict[str, Any]:
    told = {
        "label": label,
        "state": state,
        "path": [[each, 1000.0 * nth] for nth, each in enumerate(STATES[: STATES.index(state) + 1])],
        "running": "running",
        "epoch": 1,
        "reason": "",
        "controls": [],
        "script": "http://lab.localhost/sw.js",
        "version": "0",
        "errors": [],
    }
    return told | what


def row(*versions: dict[str, Any], key: str = "r1", **what: Any) -> dict[str, Any]:
    return {"key": key, "nth": 1, "scope": "http://lab.localhost/", "deleted": False, "versions": list(versions)} | what


def everything(view: Page, *rows: dict[str, Any], ended: bool = False) -> None:
    view.tell({"do": "all", "from": 1, "rows": list(rows), "gone": [], "ended": ended})


def news(view: Page, *rows: dict[str, Any], gone: tuple[str, ...] = ()) -> None:
    view.tell({"do": "news", "from": 2, "rows": list(rows), "gone": list(gone)})


def until(view: Page, script: str) -> None:
    """Wait until a script is true."""
    look = f"await new Promise(done => {{ const look = () => {script} ? done(true) : setTimeout(look, 10); look(); }})"
    assert view.value(look) is True


def file(text: str = "one", **what: Any) -> dict[str, Any]:
    told = {
        "url": "http://lab.localhost/sw.js",
        "imported": False,
        "why": "",
        "bytes": 3,
        "served": 5.0,
        "source": text.split("\n"),
        "more": 0,
        "change": "",
        "lines": [],
        "moreLines": 0,
    }
    return told | what


CHANGED = [["@", 0, 0, "@@ -1,2 +1,2 @@"], ["-", 1, 0, "\tone"], ["+", 0, 1, "\ttwo"], [" ", 2, 2, "same"]]


def answer(
    view: Page, of: str, *files: dict[str, Any], before: str = "", earlier: tuple[str, ...] = (), **what: Any
) -> None:
    asked = [each for each in view.sent if each["do"] == "source"][-1]
    assert asked["of"] == of
    told = {
        "do": "source",
        "id": asked["id"],
        "of": of,
        "before": before,
        "earlier": list(earlier),
        "files": list(files),
    }
    view.tell(told | what)


PLACES = (
    "[...place.querySelectorAll('[role=group]')].map(lane => `${lane.dataset.worker} ${lane.dataset.place}`).join()"
)
"""Where which version stands."""


def test_it_asks_for_what_there_is_and_shows_it(view: Page) -> None:
    assert view.sent == [{"do": "show"}]
    assert "no registrations" in view.value("place.textContent")
    active = version("w1", controls=["home", "c3"], epoch=2, reason="message", errors=["Uncaught 3"])
    everything(view, row(active, version("w2", "installed", running="stopped", version="7")))
    assert view.value(PLACES) == "w1 activated,w2 installed"  # they stand there at once
    told = view.value("[...place.querySelectorAll('.swnb-sw-facts')].map(each => each.textContent).join(';')")
    assert told == (
        "● running, start 2, for messagecontrols home, c3http://lab.localhost/sw.jsversion 0⚠ Uncaught 3"
        ";○ stoppedcontrols nobodyhttp://lab.localhost/sw.jsversion 7"
    )
    assert (
        view.value("[...place.querySelectorAll('.swnb-sw-token')].map(each => each.textContent).join()") == "● w1,○ w2"
    )
    tokens = "[...place.querySelectorAll('.swnb-sw-token')].map(each => each.classList.contains('swnb-worker')).join()"
    assert view.value(tokens) == "true,true"
    assert "registrations: 1, living versions: 2" in view.value("place.textContent")
    assert view.value("[...place.querySelectorAll('[role=group]')].map(g => g.ariaLabel).join('; ')") == (
        "w1: activated; w2: installed"
    )


def test_a_version_goes_from_state_to_state_and_is_the_same_element(view: Page) -> None:
    everything(view, row())
    news(view, row(version("w1", "parsed", running="starting")))
    watch = """globalThis.lane = place.querySelector('[data-worker=w1]'); globalThis.token = lane.querySelector('.swnb-sw-token');
    globalThis.went = [lane.dataset.place]; globalThis.lefts = new Set();
    new MutationObserver(() => went.at(-1) === lane.dataset.place || went.push(lane.dataset.place))
      .observe(lane, {attributes: true, attributeFilter: ["data-place"]});
    const look = () => { lefts.add(Math.round(token.getBoundingClientRect().left)); requestAnimationFrame(look); }; look(); 0"""
    view.value(watch)
    news(view, row(version("w1", "activated")))
    assert view.value("lane.dataset.state") == "activated"  # it is known at once, and seen in steps
    until(view, "lane.dataset.place === 'activated'")
    assert view.value("went.join()") == "parsed,installing,installed,activating,activated"
    until(view, "lefts.size > 12")  # it moved, rather than jumped
    assert view.value("place.querySelector('[data-worker=w1]') === lane && token.isConnected") is True
    middle = "Math.round(token.getBoundingClientRect().left + token.offsetWidth / 2)"
    column = "lane.querySelector('[data-state=activated]').getBoundingClientRect()"
    until(view, f"Math.abs({middle} - Math.round({column}.left + {column}.width / 2)) < 3")
    times = "[...lane.querySelectorAll('.swnb-sw-when')].slice(1).map(each => each.textContent).join()"
    assert view.value(times) == "+1.0 s,+2.0 s,+3.0 s,+4.0 s,"


def test_without_motion_it_stands_there_at_once(view: Page) -> None:
    view.value("globalThis.matchMedia = () => ({ matches: true }); 0")
    everything(view, row(version("w1", "parsed")))
    view.value(
        "globalThis.went = []; globalThis.lane = place.querySelector('[data-worker=w1]');"
        "const watch = new MutationObserver(() => went.push(lane.dataset.place));"
        "watch.observe(lane, {attributes: true, attributeFilter: ['data-place']}); 0"
    )
    news(view, row(version("w1", "activated")))
    assert view.value("await 0; lane.dataset.place") == "activated"
    assert view.value("await 0; went.join()") == "activated"


def test_redundant_ones_fade_and_are_kept_in_a_line(view: Page) -> None:
    everything(view, row(version("w1"), version("w2", "installed")))
    view.value("globalThis.lane = place.querySelector('[data-worker=w1]'); 0")
    over = version("w1", "redundant", errors=["gone"])
    news(view, row(over, version("w2")))
    until(view, "lane.classList.contains('swnb-sw-ended')")
    assert view.value("lane.isConnected && lane.querySelector('.swnb-sw-token').textContent") == "✗ w1"
    until(view, "!lane.isConnected")
    assert view.value(PLACES) == "w2 activated"
    assert view.value("place.querySelector('.swnb-sw-past').textContent") == "✗ redundant: w1 ⚠"
    assert "gone" in view.value("place.querySelector('.swnb-sw-past button').title")
    view.value("place.querySelector('.swnb-sw-past button').click(); 0")
    assert view.sent[-1]["of"] == "w1"
    view.value(
        "globalThis.second = document.body.appendChild(document.createElement('div')); globalThis.endSecond = again(second); 0"
    )
    assert view.value("second.querySelector('.swnb-sw-past').textContent") == "✗ redundant: w1 ⚠"  # at once there
    news(view, row(version("w2")))  # it is kept no longer
    assert view.value("place.querySelector('.swnb-sw-past').textContent") == ""
    view.value("endSecond(); 0")


def test_registrations_go_visibly(view: Page) -> None:
    everything(
        view,
        row(version("w1", controls=["home"])),
        row(version("w2"), key="r2", nth=2, scope="http://lab.localhost/x/"),
    )
    news(view, row(version("w1", controls=["home"]), deleted=True))
    first = "place.querySelector('[data-registration=r1]')"
    assert "unregistered" in view.value(f"{first}.textContent")
    view.value(f"globalThis.first = {first}; 0")
    news(view, gone=("r1",))
    assert view.value("first.isConnected && first.classList.contains('swnb-sw-gone')") is True
    assert view.value("[...first.querySelectorAll('button')].every(b => b.ariaDisabled === 'true')") is True
    until(view, "!first.isConnected")
    assert view.value("place.querySelectorAll('[data-registration]').length") == 1


def buttons(view: Page, label: str) -> str:
    """Return the buttons of a version that can be used."""
    found = view.value(
        f"[...place.querySelectorAll('[data-worker={label}] button:not([aria-disabled])')].map(b => b.dataset.verb).join()"
    )
    return str(found)


def test_only_what_makes_sense_can_be_pressed(view: Page) -> None:
    waiting, idle = version("w2", "installed"), version("w3", running="stopped")
    everything(view, row(version("w1"), waiting, idle, version("w4", "installed", running="stopped")))
    assert [buttons(view, f"w{n}") for n in (1, 2, 3, 4)] == [
        "stop,source",
        "skip waiting,stop,source",
        "start,source",
        "skip waiting,source",
    ]
    titles = view.value(
        "[...place.querySelectorAll('[data-worker=w4] button')].map(b => b.title).slice(0, 3).join(' ')"
    )
    assert titles == "skip waiting It does not run. Only an active worker can be started."
    before = len(view.sent)
    view.value("place.querySelector('[data-worker=w1] [data-verb=start]').click(); 0")
    assert len(view.sent) == before
    assert view.value("place.querySelector('[role=status]').textContent") == "It runs already."
    news(view, row(version("w1"), deleted=True))
    assert view.value("[...place.querySelectorAll('.swnb-sw-title button')].map(b => b.title).join(' ')") == (
        "It was unregistered. It was unregistered."
    )


@pytest.mark.parametrize(
    ("verb", "of", "whose"),
    [
        ("update", "http://lab.localhost/", ""),
        ("unregister", "http://lab.localhost/", ""),
        ("skip waiting", "w2", "[data-worker=w2] "),
        ("stop", "w1", "[data-worker=w1] "),
        ("start", "w3", "[data-worker=w3] "),
    ],
)
def test_buttons_call_verbs_and_errors_are_shown(view: Page, verb: str, of: str, whose: str) -> None:
    everything(view, row(version("w1"), version("w2", "installed"), version("w3", running="stopped")))
    view.value(
        f"globalThis.button = place.querySelector('{whose}[data-verb=\"{verb}\"]'); button.focus(); button.click(); 0"
    )
    asked = view.sent[-1]
    assert (asked["do"], asked["verb"], asked["of"], asked["with"]) == ("act", verb, of, {})
    assert view.value("button.ariaBusy") == "true"
    news(view, row(version("w1"), version("w2", "installed"), version("w3", running="starting")))
    view.tell({"do": "acted", "id": asked["id"], "error": f"no {verb}\n<b>do this</b>"})
    shown = view.value("await 0; await 0; place.querySelector('[role=alert]').textContent")
    assert shown == f"{verb}, {of}: no {verb}\n<b>do this</b>"
    assert view.value("place.querySelectorAll('[role=alert] *').length") == 0
    assert view.value("button.isConnected && document.activeElement === button && button.ariaBusy === null") is True


def test_a_script_is_shown_with_what_differs(view: Page) -> None:
    everything(view, row(version("w1"), version("w2", "installed")))
    view.value("place.querySelector('[data-worker=w2] [data-verb=source]').click(); 0")
    changed = file("\ttwo\nsame", change="changed", lines=CHANGED)
    lib = file("1", url="http://lab.localhost/lib.js", imported=True, change="same")
    answer(view, "w2", changed, lib, before="w1", earlier=("w0", "w1"))
    rows = "[...place.querySelectorAll('.swnb-sw-diff tr')]"
    lines = f"{rows}.map(tr => [...tr.cells].map(td => td.textContent).join('|')).join('\\n')"
    assert view.value(lines) == "|||@@ -1,2 +1,2 @@\n1||-|\tone\n|1|+|\ttwo\n2|2| |same"
    assert view.value("[...place.querySelectorAll('.swnb-sw-diff [role=img]')].map(s => s.ariaLabel).join()") == (
        "place,removed,added"
    )
    assert (
        view.value("place.querySelector('.swnb-sw-diff').ariaLabel") == "diff of w2 to w1: http://lab.localhost/sw.js"
    )
    heads = "[...place.querySelectorAll('.swnb-sw-file')]"
    files = f"{heads}.map(f => [...f.children].map(c => c.textContent).slice(0, 3).join(' ')).join('; ')"
    assert view.value(files).startswith("http://lab.localhost/sw.js ± changed 3 bytes, served ")
    assert "http://lab.localhost/lib.js imported = unchanged" in view.value(files)
    view.value("place.querySelector('[data-part=source]').click(); 0")
    assert (
        view.value("[...place.querySelectorAll('.swnb-sw-code code')].map(c => c.textContent).join('\\n')")
        == "\ttwo\nsame\n1"
    )
    assert view.value("document.activeElement.dataset.part ?? ''") == ""
    view.value("place.querySelector('[data-part=diff]').focus(); place.querySelector('[data-part=diff]').click(); 0")
    assert view.value("document.activeElement.dataset.part") == "diff"  # though it was made anew
    view.value("const s = place.querySelector('select'); s.value = 'w0'; s.dispatchEvent(new Event('change')); 0")
    assert view.sent[-1]["against"] == "w0"
    answer(view, "w2", file("two", change="unknown"), before="w0", earlier=("w0", "w1"))
    assert "? cannot be compared" in view.value("place.querySelector('.swnb-sw-source').textContent")
    view.value("place.querySelector('[data-part=close]').click(); 0")
    assert view.value("place.querySelector('.swnb-sw-source').hidden") is True
    assert view.value("document.activeElement === place.querySelector('[data-worker=w2] [data-verb=source]')") is True


def test_a_script_that_is_not_known(view: Page) -> None:
    everything(view, row(version("w1")))
    view.value("place.querySelector('[data-verb=source]').click(); 0")
    answer(view, "w1", file(why="source.unknown", served=None, source=[""]))
    shown = view.value("place.querySelector('.swnb-sw-source').textContent")
    assert "has not served it" in shown
    assert "no version before it" in shown
    assert view.value("place.querySelectorAll('.swnb-sw-source select, .swnb-sw-code').length") == 0
    view.value(
        "place.querySelector('[data-verb=source]').click(); place.querySelector('[data-verb=source]').click(); 0"
    )
    answer(view, "w1", error="nobody is called 'w1'\n<i>look</i>")
    assert (
        view.value("place.querySelector('.swnb-sw-source [role=alert]').textContent")
        == "nobody is called 'w1'\n<i>look</i>"
    )


def test_what_is_open_is_asked_for_anew_when_it_changes_and_else_left_alone(view: Page) -> None:
    everything(view, row(version("w1"), version("w2", "parsed")))
    view.value("place.querySelector('[data-worker=w2] [data-verb=source]').click(); 0")
    answer(view, "w2", file(why="source.early", source=[]))
    news(view, row(version("w1", running="stopped"), version("w2", "parsed")))
    asked = len(view.sent)
    news(view, row(version("w1", running="stopped"), version("w2", "installing")))
    assert len(view.sent) == asked + 1
    answer(view, "w2", file("two", change="changed", lines=CHANGED), before="w1", earlier=("w1",))
    view.value("globalThis.table = place.querySelector('.swnb-sw-diff'); getSelection().selectAllChildren(table); 0")
    news(view, row(version("w1", "redundant"), version("w2")))
    answer(view, "w2", file("two", change="changed", lines=CHANGED), before="w1", earlier=("w1",))
    assert (
        view.value("place.querySelector('.swnb-sw-diff') === table && getSelection().toString().includes('two')")
        is True
    )


def test_what_the_viewer_chose_is_kept(view: Page) -> None:
    view.value(
        "model.set = (key, value) => { model.values[key] = value; }; globalThis.saved = 0; model.save_changes = () => saved++; 0"
    )
    everything(view, row(version("w1"), version("w2", "installed")))
    view.value("place.querySelector('[data-worker=w2] [data-verb=source]').click(); 0")
    answer(view, "w2", file(change="changed", lines=CHANGED), before="w1", earlier=("w1",))
    view.value("place.querySelector('[data-part=source]').click(); 0")
    assert view.value("JSON.stringify(model.values.state)") == '{"open":{"r1":{"of":"w2","tab":"source","against":""}}}'
    assert view.value("saved > 0") is True
    view.value("end(); place.replaceChildren(); globalThis.end = again(place); 0")  # as after a page is loaded anew
    everything(view, row(version("w1"), version("w2", "installed")))
    answer(view, "w2", file("two", change="changed", lines=CHANGED), before="w1", earlier=("w1",))
    assert view.value("place.querySelector('[data-part=source]').ariaPressed") == "true"
    assert view.value("place.querySelector('.swnb-sw-code').textContent") == "1two"
    view.value("place.querySelector('[data-part=close]').click(); 0")
    assert view.value("JSON.stringify(model.values.state)") == '{"open":{}}'


@pytest.mark.parametrize("text", HOSTILE)
def test_what_comes_from_pages_is_text(view: Page, text: str) -> None:
    bad = version(text, running=text, reason=text, epoch=2, controls=[text], script=text, version=text, errors=[text])
    past = version("w0", "redundant", script=text, errors=[text])
    everything(view, row(past, bad, version("w2", "installed", controls=[text]), scope=text))
    view.value("for (const button of place.querySelectorAll('button')) button.click(); 0")
    view.value("place.querySelector('[data-worker=w2] [data-verb=source]').click(); 0")
    lines = [[sign, 1, 1, text] for sign in "@-+ "]
    hostile = file(text, url=text, change="changed", lines=lines)
    answer(
        view, "w2", hostile, file(text, url=text, imported=True, change=text, why=text), before=text, earlier=(text,)
    )
    view.value("place.querySelector('[data-part=source]').click(); 0")
    assert view.value("await new Promise(done => setTimeout(() => done(globalThis.ran ?? 'nothing'), 50))") == "nothing"
    bad_things = "script, img, svg, a, iframe, [href], [src], [onload], [onerror]"
    assert view.value(f"place.querySelectorAll({bad_things!r}).length") == 0
    visible = text.replace("\u202e", "·").replace("\0", "·").replace("\u2028", "·")
    assert view.value("place.querySelector('.swnb-sw-title code').textContent") == visible
    assert view.value("place.querySelector('.swnb-sw-code code').textContent") == visible


def test_the_end_of_the_lab_is_told(view: Page) -> None:
    everything(view, row(version("w1")))
    view.tell({"do": "ended"})
    assert "ended" in view.value("place.querySelector('[role=status]').textContent")
    titles = "[...new Set([...place.querySelectorAll('button')].filter(b => b.dataset.verb !== 'source').map(b => b.title))].join()"
    assert view.value(titles) == "The lab has ended: this is its last state."
    view.value("place.querySelector('[data-verb=source]').click(); 0")  # what was served is known still
    answer(view, "w1", file("one"))
    assert "one" in view.value("place.querySelector('.swnb-sw-code').textContent")
    news(view, row(version("w1", running="stopped")))  # it was started again
    assert view.value("place.querySelector('[role=status]').textContent") == ""
    assert buttons(view, "w1") == "start,source"


def test_every_button_has_a_name(view: Page) -> None:
    everything(view, row(version("w0", "redundant"), version("w1")))
    names = view.value("[...place.querySelectorAll('button')].map(button => button.ariaLabel).join('; ')")
    assert names == (
        "update: http://lab.localhost/; unregister: http://lab.localhost/; skip waiting: w1; stop: w1; start: w1; source: w1; "
        "w0: redundant, source"
    )
    assert view.value("[...place.querySelectorAll('button')].every(b => !b.disabled && b.tabIndex === 0)") is True


@pytest.mark.language("fr")
def test_it_speaks_another_language(view: Page) -> None:
    everything(view, row(version("w1", controls=["home"])))
    assert view.value("[...place.querySelectorAll('.swnb-sw-title button')].map(b => b.textContent).join()") == (
        "mettre à jour,désenregistrer"
    )
    assert "● en marche" in view.value("place.querySelector('.swnb-sw-facts').textContent")


def test_it_is_shown_twice_and_ends(view: Page) -> None:
    view.value(
        "globalThis.second = document.body.appendChild(document.createElement('div')); globalThis.endSecond = again(second); 0"
    )
    everything(view, row(version("w1")))
    for place in ("place", "second"):
        assert view.value(f"{place}.querySelectorAll('[data-worker]').length") == 1
    view.value("second.querySelector('[data-verb=source]').click(); 0")
    answer(view, "w1", file("one"))
    assert view.value("[place, second].map(each => each.querySelectorAll('.swnb-sw-code').length).join()") == "0,1"
    view.value("endSecond(); end(); 0")
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "block"
    news(view, row(version("w1"), version("w2", "installed")))
    assert view.value("place.querySelectorAll('[data-worker]').length") == 1


def test_all_its_words_are_there(view: Page) -> None:
    keys = [f"change.{each}" for each in ("same", "changed", "new", "removed", "unknown", "long")]
    keys += [f"source.{each}" for each in ("elsewhere", "early", "unknown", "forgotten", "long")]
    keys += [f"why.{each}" for each in ("unregistered", "redundant", "not waiting", "stopped", "runs", "not active")]
    keys += ["running", "stopped", "starting", "stopping"]
    words = view.value("Object.keys(model.get('words')).join('|')").split("|")
    assert set(keys) <= set(words)
