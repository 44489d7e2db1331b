"""The live table of clients."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.esm.conftest import Page

VIEW = "clients"

HOSTILE = [
    "<script>globalThis.ran = 1</script>",
    "<img src=x onerror='globalThis.ran = 1'>",
    "javascript:globalThis.ran=1",
    '"><svg onload=globalThis.ran=1>',
    "{{constructor.constructor('globalThis.ran=1')()}}",
    "</td></tr></table><script>globalThis.ran=1</script>",
    "\u202egnp.exe\u0000\u2028",
]


def row(key: str, label: str, **what: Any) -> dict[str, Any]:
    told = {
        "key": key,
        "nth": ord(key),
        "label": label,
        "name": "",
        "kind": "window",
        "url": "http://lab.localhost/",
        "controller": "w1",
        "visibility": "visible",
        "focused": False,
        "within": "",
        "since": 0,
        "last": None,
    }
    return told | what


def cells(view: Page) -> list[list[str]]:
    found: list[list[str]] = view.value(
        "[...place.querySelectorAll('tbody tr')].map(tr => [...tr.cells].slice(0, 6).map(td => td.textContent.trim()))"
    )
    return [list(each) for each in found]


def everything(view: Page, *rows: dict[str, Any], ended: bool = False) -> None:
    view.tell({"do": "all", "from": 1, "rows": list(rows), "gone": [], "ended": ended})


def test_it_asks_for_what_there_is_and_shows_it(view: Page) -> None:
    assert view.sent == [{"do": "show"}]
    assert view.value("place.querySelector('caption').textContent") == "no clients"
    guest = row("B", "c2", name="guest", controller="", visibility="hidden", last=[1.0, "from", "w1", "{'a': 1}"])
    frame = row("C", "c3", kind="frame", within="A", url="http://lab.localhost/f.html")
    everything(view, row("A", "c1", name="home", focused=True, last=[1.0, "to", "w1", "'hi'"]), guest, frame)
    assert cells(view) == [
        ["home c1", "▭ window", "http://lab.localhost/", "● w1", "visible, focused", "→ w1 'hi'"],
        ["└ c3", "▣ frame", "http://lab.localhost/f.html", "● w1", "visible", ""],
        ["guest c2", "▭ window", "http://lab.localhost/", "○ uncontrolled", "hidden", "← w1 {'a': 1}"],
    ]
    assert view.value("place.querySelector('caption').textContent") == "3 clients, 2 controlled"
    assert view.value("[...place.querySelectorAll('.swnb-uncontrolled')].map(tr => tr.dataset.client).join()") == "c2"


def test_rows_change_and_go(view: Page) -> None:
    everything(view, row("A", "c1", name="home"), row("B", "c2", name="guest"))
    view.value("globalThis.first = place.querySelector('tbody tr'); globalThis.other = first.nextElementSibling; 0")
    view.tell({"do": "news", "from": 2, "rows": [row("A", "c3", name="home", controller="w2")], "gone": ["B"]})
    assert cells(view)[0][:4] == ["home c3", "▭ window", "http://lab.localhost/", "● w2"]
    assert view.value("place.querySelector('tbody tr') === first && first.classList.contains('swnb-changed')") is True
    assert view.value("other.classList.contains('swnb-gone') && other.isConnected") is True
    assert view.value("[...other.querySelectorAll('button')].every(button => button.disabled)") is True
    gone = "await new Promise(done => { const look = () => other.isConnected ? setTimeout(look, 20) : done(true); look() })"
    assert view.value(gone) is True
    everything(view, row("D", "c9"))  # a kernel that told all anew
    assert cells(view)[0][0] == "c9"


def test_rows_stand_in_order_of_appearance_however_they_come(view: Page) -> None:
    view.tell({"do": "news", "from": 5, "rows": [row("C", "c3")], "gone": []})  # it was told before all was asked for
    everything(view, row("A", "c1"), row("B", "c2"), row("C", "c3"))
    assert [each[0] for each in cells(view)] == ["c1", "c2", "c3"]


def test_buttons_call_verbs_and_errors_are_shown(view: Page) -> None:
    everything(view, row("A", "c1", name="home"), row("W", "c2", kind="worker"))
    assert (
        view.value("[...place.querySelectorAll('tr:nth-child(2) button')].map(b => b.dataset.verb).join()")
        == "post,only"
    )
    for verb in ("focus", "reload", "close"):
        view.value(f"place.querySelector('[data-verb={verb}]').click(); 0")
        asked = view.sent[-1]
        assert (asked["do"], asked["verb"], asked["of"], asked["with"]) == ("act", verb, "c1", {})
        view.tell({"do": "acted", "id": asked["id"], "error": f"no {verb}\n<b>do this</b>"})
        shown = view.value("await 0; await 0; place.querySelector('[role=alert]').textContent")
        assert shown == f"{verb}, home: no {verb}\n<b>do this</b>"
    assert view.value("place.querySelectorAll('[role=alert] *').length") == 0


@pytest.mark.parametrize("verb", ["post", "navigate"])
def test_what_is_typed_is_sent(view: Page, verb: str) -> None:
    everything(view, row("A", "c1", name="home"))
    view.value(f"place.querySelector('[data-verb={verb}]').click(); 0")
    assert view.value("document.activeElement === place.querySelector('form input')") is True
    view.value("place.querySelector('form input').value = '/a'; 0")
    view.tell(
        {"do": "news", "from": 2, "rows": [row("A", "c1", name="home", url="http://lab.localhost/new")], "gone": []}
    )
    assert (
        view.value("[document.activeElement.value, place.querySelectorAll('form').length].join()") == "/a,1"
    )  # it was left alone
    view.value("place.querySelector('form').requestSubmit(); 0")
    assert {key: view.sent[-1][key] for key in ("verb", "of", "with")} == {
        "verb": verb,
        "of": "c1",
        "with": {"text": "/a"},
    }
    assert view.value(f"document.activeElement === place.querySelector('[data-verb={verb}]')") is True
    view.value(f"place.querySelector('[data-verb={verb}]').click(); 0")
    view.value("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true})); 0")
    assert view.value("place.querySelectorAll('form').length") == 0


def test_only_its_messages_where_no_timeline_is(view: Page) -> None:
    everything(view, row("A", "c1", name="home"))
    view.value("place.querySelector('[data-verb=only]').click(); 0")
    assert view.sent[-1] == {"do": "messages", "of": "c1"}
    rows = [[1.0, "to", "w1", "'<b>hi</b>'", "lost"], [None, "from", "", "'ho'", "12:00"]]
    view.tell({"do": "messages", "of": "c2", "rows": rows})  # of another one, late
    assert view.value("place.querySelectorAll('.swnb-last').length") == 0
    view.tell({"do": "messages", "of": "c1", "rows": rows})
    cells = "[...tr.cells].slice(1).map(td => td.textContent).join('|')"
    shown = f"[...place.querySelectorAll('.swnb-last tr')].map(tr => {cells}).join(';')"
    assert view.value(shown) == "→ w1|'<b>hi</b>'|lost;← ?|'ho'|12:00"
    view.value(
        "document.addEventListener('swnb-only', event => { event.preventDefault(); globalThis.heard = event.detail; }); 0"
    )
    view.value("place.querySelector('[data-verb=only]').click(); 0")
    assert json.loads(view.value("JSON.stringify(heard)")) == {"actor": "home"}
    assert [each["do"] for each in view.sent].count("messages") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_what_comes_from_pages_is_text(view: Page, text: str) -> None:
    last = [0.0, "from", text, text]
    everything(view, row("A", text, name=text, url=text, kind=text, controller=text, visibility=text, last=last))
    view.value("for (const button of place.querySelectorAll('button')) button.click(); 0")
    assert view.value("await new Promise(done => setTimeout(() => done(globalThis.ran ?? 'nothing'), 50))") == "nothing"
    assert (
        view.value("place.querySelectorAll('script, img, svg, a, iframe, [href], [src], [onload], [onerror]').length")
        == 0
    )
    visible = text.replace("\u202e", "·").replace("\0", "·").replace("\u2028", "·")
    assert cells(view)[0][2] == visible


def test_the_end_of_the_lab_is_told(view: Page) -> None:
    everything(view, row("A", "c1", name="home"))
    view.tell({"do": "ended"})
    assert "ended" in view.value("place.querySelector('[role=status]').textContent")
    view.tell({"do": "news", "from": 2, "rows": [row("B", "c2")], "gone": []})  # it was started again
    assert view.value("place.querySelector('[role=status]').textContent") == ""


def test_every_button_has_a_name(view: Page) -> None:
    everything(view, row("A", "c1", name="home"))
    names = view.value("[...place.querySelectorAll('button')].map(button => button.ariaLabel).join('; ')")
    assert (
        names == "focus: home; navigate: home; reload: home; post a message: home; only its messages: home; close: home"
    )
    assert view.value("[...place.querySelectorAll('th')].every(th => th.scope === 'col')") is True


@pytest.mark.language("fr")
def test_it_speaks_another_language(view: Page) -> None:
    everything(view, row("A", "c1", name="home", controller=""))
    assert cells(view)[0][1:4:2] == ["▭ fenêtre", "○ non contrôlé"]


def test_it_is_shown_twice_and_ends(view: Page) -> None:
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "none"
    view.value(
        "globalThis.second = document.body.appendChild(document.createElement('div')); globalThis.endSecond = again(second); 0"
    )
    everything(view, row("A", "c1", name="home"), ended=True)
    for place in ("place", "second"):
        assert view.value(f"{place}.querySelectorAll('tbody tr').length") == 1
        assert "ended" in view.value(f"{place}.querySelector('[role=status]').textContent")
    view.value("endSecond(); end(); 0")
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "block"
    view.tell({"do": "news", "from": 2, "rows": [row("B", "c2")], "gone": []})
    assert view.value("place.querySelectorAll('tbody tr').length") == 1
