"""The live desktop: notifications as cards."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import pytest

from tests.esm.conftest import Page
from tests.esm.test_clients import HOSTILE

VIEW = "notifications"


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def row(number: int, **what: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": number,
        "title": f"title {number}",
        "body": "body",
        "origin": "http://lab.localhost",
        "who": "w1",
        "worker": True,
        "tag": "",
        "data": "",
        "whole": "",
        "since": 0,
        "replaced": 0,
        "stays": False,
        "shown": True,
        "why": "",
        "icon": None,
        "image": None,
        "actions": [],
        "placeholder": "",
        "outcome": None,
    }
    return told | what


ACTIONS = [
    {"name": "yes", "label": "Yes!", "text": False},
    {"name": "answer", "label": "Answer", "text": True},
]


def outcome(state: str, **what: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"asked": "click", "action": "", "reply": None, "state": state, "type": "notificationclick"}
    return told | {"who": "w1", "ms": 3.21, "threw": []} | what


def everything(view: Page, *rows: dict[str, Any], **more: Any) -> None:
    view.tell(
        {"do": "all", "from": 1, "rows": list(rows), "gone": [], "pictures": {}, "more": 0, "ended": False} | more
    )


def news(view: Page, *rows: dict[str, Any], **more: Any) -> None:
    view.tell({"do": "news", "from": 2, "rows": list(rows), "gone": [], "pictures": {}, "more": 0} | more)


def titles(view: Page, of: str = ".swnb-cards:not(.swnb-cards-former)") -> list[str]:
    found: Any = view.value(f"[...place.querySelectorAll('{of} .swnb-card-title')].map(title => title.textContent)")
    return [str(each) for each in found]


def until(view: Page, script: str) -> None:
    """Wait until a script's value is true."""
    look = f"const look = () => ({script}) ? done(true) : setTimeout(look, 10); look();"
    assert view.value(f"await new Promise(done => {{ {look} }})") is True


def test_cards_stand_newest_first(view: Page) -> None:
    assert view.sent == [{"do": "show"}]
    assert view.value("place.querySelector('[role=status]').textContent") == "no notifications"
    full = row(2, tag="chat", data="{'a': 1}", replaced=2, stays=True, who="home", worker=False)
    everything(view, row(1), full, more=3)
    assert titles(view) == ["title 2", "title 1"]
    assert view.value("place.querySelector('[role=status]').textContent") == "5 shown, 3 older ones are not drawn"
    text = view.value("place.querySelector('[data-number=\"2\"]').textContent")
    for part in (
        "http://lab.localhost",
        "home",
        "replaced 2×",
        "tag chat",
        "data {'a': 1}",
        "requireInteraction true",
        "body",
    ):
        assert part in text
    assert view.value("place.querySelectorAll('.swnb-worker').length") == 1


def test_a_card_changes_and_what_is_typed_stays(view: Page) -> None:
    everything(view, row(1, actions=ACTIONS))
    view.value("""globalThis.card = place.querySelector('.swnb-card'); globalThis.field = place.querySelector('input');
      field.focus(); field.value = 'half a sen'; field.setSelectionRange(2, 4); 0""")
    news(view, row(1, actions=ACTIONS, title="other", replaced=1, outcome=outcome("running")))
    assert titles(view) == ["other"]
    assert view.value("place.querySelector('.swnb-card') === card && document.activeElement === field") is True
    news(view, row(1, actions=[*ACTIONS, {"name": "more", "label": "More", "text": False}]))
    script = "[document.activeElement.value, document.activeElement.selectionStart, document.activeElement.selectionEnd].join()"
    assert view.value(script) == "half a sen,2,4"
    news(view, row(2), gone=[1])
    assert titles(view) == ["title 2"]


def test_buttons_press_what_they_say(view: Page) -> None:
    everything(view, row(7, actions=ACTIONS), row(8, title="title 7", actions=ACTIONS))
    view.value("globalThis.card = place.querySelector('[data-number=\"7\"]'); 0")
    press: list[tuple[str, str, dict[str, str]]] = [
        ("card.querySelector('[data-verb=click][data-action=\"\"]').click()", "click", {}),
        ("card.querySelector('.swnb-card-title').click()", "click", {}),
        ("card.querySelector('[data-action=yes]').click()", "click", {"action": "yes"}),
        ("card.querySelector('[data-verb=dismiss]').click()", "dismiss", {}),
        (
            "card.querySelector('input').value = 'so be it'; card.querySelector('form').requestSubmit()",
            "click",
            {"action": "answer", "reply": "so be it"},
        ),
    ]
    for script, verb, given in press:
        view.value(f"{script}; 0")
        asked = view.sent[-1]
        assert (asked["do"], asked["verb"], asked["of"], asked["with"]) == ("act", verb, "7", given)
        view.tell({"do": "acted", "id": asked["id"], "error": ""})
    assert view.value("await 0; await 0; card.querySelector('input').value") == ""
    assert view.value("card.querySelector('[aria-busy]')") is None


def test_text_can_be_selected_without_a_click(view: Page) -> None:
    everything(view, row(1))
    view.value("document.getSelection().selectAllChildren(place.querySelector('.swnb-card-body')); 0")
    view.value("place.querySelector('.swnb-card-body').click(); 0")
    assert view.sent == [{"do": "show"}]


def test_an_error_stands_on_its_card(view: Page) -> None:
    everything(view, row(1), row(2))
    view.value("place.querySelector('[data-number=\"1\"] [data-verb=click]').click(); 0")
    view.tell({"do": "acted", "id": view.sent[-1]["id"], "error": "it is gone\n<b>show it anew\u202e</b>"})
    shown = "await 0; await 0; [...place.querySelectorAll('[role=alert]')].map(each => each.textContent).join('|')"
    assert view.value(shown) == "|it is gone\n<b>show it anew·</b>"
    view.value("place.querySelector('[data-number=\"1\"] [data-verb=click]').click(); 0")
    assert view.value(shown) == "|"


def test_what_came_of_a_click_is_told(view: Page) -> None:
    said = [
        (outcome("waiting"), "… click → no notificationclick has come"),
        (outcome("running", action="yes"), "◐ click on “yes” → notificationclick was dispatched to w1, and still runs"),
        (
            outcome("settled", reply="hi"),
            "✓ click, reply “hi” → notificationclick was dispatched to w1, settled after 3.2 ms",
        ),
        (
            outcome("failed", threw=["Error: no"]),
            "✗ click → notificationclick was dispatched to w1, and what it waited for was rejected⚠ its listener threw Error: no",
        ),
        (
            outcome("stopped"),
            "✗ click → notificationclick was dispatched to w1, which was stopped before the end",
        ),
        (outcome("over", type="click", who="home"), "✓ click → click was dispatched in home"),
        (outcome("inferred", ms=None), "≈ click → notificationclick was dispatched to w1 (inferred)"),
        (
            outcome("settled", asked="dismissed", type="notificationclose"),
            "✓ dismissed → notificationclose was dispatched to w1, settled after 3.2 ms",
        ),
    ]
    for told, words in said:
        everything(view, row(1, outcome=told))
        assert view.value("place.querySelector('.swnb-card-outcome').textContent") == words
        assert view.value("!!place.querySelector('.swnb-card-bad')") is (told["state"] in ("failed", "stopped"))


def test_what_is_gone_stays_a_while_and_goes_to_the_history(view: Page) -> None:
    everything(view, row(1), row(2), row(3, shown=False, why="expired"))
    assert (titles(view), titles(view, ".swnb-cards-former")) == (["title 2", "title 1"], ["title 3"])
    view.value(
        "globalThis.card = place.querySelector('[data-number=\"2\"]'); card.querySelector('[data-verb=dismiss]').focus(); 0"
    )
    news(view, row(2, shown=False, why="dismissed"))
    assert (
        view.value("card.isConnected && card.querySelector('.swnb-card-why').textContent") == "○ dismissed by the user"
    )
    assert view.value("[...card.querySelectorAll('button, input')].every(each => each.disabled)") is True
    assert view.value("document.activeElement === place.querySelector('[data-number=\"1\"] [data-verb=click]')") is True
    assert titles(view) == ["title 2", "title 1"]
    view.value(
        "card.querySelector('.swnb-card-title').click(); globalThis.soon = Date.now; Date.now = () => soon() + 7000; 0"
    )
    assert [each["do"] for each in view.sent] == ["show"]  # it cannot be clicked
    until(view, "card.closest('.swnb-cards-former')")
    assert (titles(view), titles(view, ".swnb-cards-former")) == (["title 1"], ["title 3", "title 2"])
    assert view.value("place.querySelector('summary').textContent") == "gone (2)"


def test_pictures_are_those_that_are_png(view: Page) -> None:
    good = png()
    texts = {
        "good": base64.b64encode(good).decode(),
        "svg": base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='globalThis.ran = 1'/>").decode(),
        "url": "javascript:globalThis.ran=1",
        "cut": base64.b64encode(good[:20]).decode(),
        "large": base64.b64encode(png(1, 5000)).decode(),
    }
    told = {"width": 2, "height": 2, "bytes": 1}
    rows = [row(n, icon={"id": key, **told}, image={"id": key, **told}) for n, key in enumerate(texts, 1)]
    everything(view, *rows, row(9, image={"id": "", **told}), row(10, image={"id": "unknown", **told}), pictures=texts)
    script = "[...place.querySelectorAll('img')].map(img => img.closest('li').dataset.number + img.alt)"
    assert view.value(script) == ["1icon, 2 × 2", "1image, 2 × 2"]
    assert view.value("place.querySelector('img').src") == f"data:image/png;base64,{texts['good']}"
    assert view.value("await place.querySelector('img').decode(); place.querySelector('img').naturalWidth") == 2
    assert "image, 2 × 2, not drawn" in view.value("place.querySelector('[data-number=\"2\"]').textContent")
    assert view.value("globalThis.ran ?? 'nothing'") == "nothing"


@pytest.mark.parametrize("text", [*HOSTILE, "<p>" + "x" * 100_000, "line\n" * 5_000])
def test_what_comes_from_pages_is_text(view: Page, text: str) -> None:
    actions = [{"name": text, "label": text, "text": False}, {"name": f"{text}.", "label": text, "text": True}]
    bad = outcome("failed", action=text, reply=text, who=text, threw=[text], type=text)
    hostile = row(
        1, title=text, body=text, origin=text, who=text, tag=text, data=text, whole=text, actions=actions,
        placeholder=text, outcome=bad, why=text, icon={"id": text, "width": text, "height": text}
    )  # fmt: skip
    everything(view, hostile, hostile | {"number": 2, "shown": False}, pictures={text: text})
    view.value("for (const each of place.querySelectorAll('button, summary, li')) each.click(); 0")
    view.tell({"do": "acted", "id": view.sent[-1]["id"], "error": text})
    assert view.value("await new Promise(done => setTimeout(() => done(globalThis.ran ?? 'nothing'), 50))") == "nothing"
    bad_ones = "script, img, svg, a, iframe, b, p, [href], [src], [onload], [onerror], [style]"
    assert view.value(f"place.querySelectorAll('{bad_ones}').length") == 0
    seen = """[place.textContent, ...[...place.querySelectorAll('*')].flatMap(each =>
      ['aria-label', 'title', 'placeholder', 'alt'].map(name => each.getAttribute(name) ?? ''))]"""
    assert view.value(f"{seen}.some(text => /[\\u202e\\u0000\\u2028]/.test(text))") is False
    whole = view.value(
        "(place.querySelector('.swnb-card-whole') ?? place.querySelector('.swnb-card-title')).textContent"
    )
    assert whole == text.replace("\u202e", "·").replace("\0", "·").replace("\u2028", "·")


def test_what_was_opened_is_open_again(view: Page) -> None:
    everything(view, row(1, data="{…}", whole="{'a': 1}"), row(2, shown=False, why="closed"))
    view.value("for (const each of place.querySelectorAll('summary')) each.click(); 0")
    until(view, "(model.values.state.open ?? []).length === 2")
    assert sorted(view.value("model.values.state.open")) == ["1.data", "history"]
    view.value("end(); globalThis.second = document.body.appendChild(document.createElement('div')); again(second); 0")
    assert view.value("[...second.querySelectorAll('details')].every(each => each.open)") is True


def test_it_is_shown_twice_and_ends(view: Page) -> None:
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "none"
    view.value(
        "globalThis.second = document.body.appendChild(document.createElement('div')); globalThis.endSecond = again(second); 0"
    )
    everything(view, row(1), ended=True)
    for place in ("place", "second"):
        assert view.value(f"{place}.querySelectorAll('.swnb-card').length") == 1
        assert "ended" in view.value(f"{place}.lastChild.lastChild.textContent")
    news(view, row(2))  # it was started again
    assert view.value("place.lastChild.lastChild.textContent") == ""
    view.tell({"do": "ended"})
    assert "ended" in view.value("place.lastChild.lastChild.textContent")
    view.value("endSecond(); end(); 0")
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "block"
    news(view, row(3))
    assert len(titles(view)) == 2


def test_everything_has_a_name(view: Page) -> None:
    everything(view, row(1, actions=ACTIONS))
    names = view.value(
        "[...place.querySelectorAll('button:not([type=submit]), input, li')].map(each => each.ariaLabel)"
    )
    assert names == [
        "1: title 1",
        "dismiss: title 1",
        "click: title 1",
        "click on “Yes!”: title 1",
        "click on “Answer”: title 1",
    ]
    view.value("""globalThis.heard = 0; document.body.addEventListener('keydown', () => heard++);
      place.querySelector('input').dispatchEvent(new KeyboardEvent('keydown', {key: 'd', ctrlKey: true, bubbles: true})); 0""")
    assert view.value("heard") == 0  # a notebook has keys of its own


@pytest.mark.language("fr")
def test_it_speaks_another_language(view: Page) -> None:
    everything(view, row(1, outcome=outcome("settled")), row(2, shown=False, why="closed"))
    text = view.value("place.textContent")
    for words in (
        "1 affichées",
        "cliquer",
        "✓ clic → notificationclick a été envoyé à w1, terminé après 3.2 ms",
        "fermée par un script",
    ):
        assert words in text
