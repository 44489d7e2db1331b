"""The live console: what all contexts wrote, in one list."""

from __future__ import annotations

from typing import Any

import pytest

from tests.esm.conftest import Page
from tests.esm.test_clients import HOSTILE
from tests.esm.test_notifications import until

VIEW = "console"

SIZED = "place.querySelector('.swnb-lines').style = 'height: 100px; overflow: auto; overflow-anchor: none'; 0"
"""The style sheet is not there; what scrolls needs a size."""


def line(number: int, **what: Any) -> dict[str, Any]:
    told = {
        "id": number,
        "count": 1,
        "t": 1_700_000_000_250,
        "actor": "home",
        "level": "log",
        "text": f"line {number}",
        "place": "http://lab.localhost/a.js:3:9",
    }
    return told | what


def everything(view: Page, *lines: dict[str, Any], ended: bool = False) -> None:
    view.tell({"do": "all", "from": 1, "lines": list(lines), "ended": ended})


def news(view: Page, *lines: dict[str, Any]) -> None:
    view.tell({"do": "news", "from": 2, "lines": list(lines)})


def texts(view: Page, place: str = "place") -> list[str]:
    script = f"[...{place}.querySelectorAll('.swnb-line')].map(line => (line.querySelector('.swnb-line-text') ?? line).textContent)"
    found: Any = view.value(script)
    return [str(each) for each in found]


def press(view: Page, selector: str) -> None:
    view.value(f"place.querySelector('{selector}').click(); 0")


def type_text(view: Page, text: str) -> None:
    script = """const input = place.querySelector('input'); input.value = text;
      input.dispatchEvent(new InputEvent('input', {bubbles: true})); 0"""
    view.window.evaluate(script, inputs={"text": text})
    until(view, f"(model.values.state.text ?? '') === {text!r}")


LEVELS = ("log", "info", "warn", "error", "debug", "trace", "assert", "exception", "surprise", "table")


def test_lines_say_when_who_how_and_where(view: Page) -> None:
    assert view.sent == [{"do": "show"}]
    assert "no console lines" in view.value("place.textContent")
    everything(view, *(line(n, level=level, actor="w1" if n % 2 else "") for n, level in enumerate(LEVELS, 1)))
    script = "[...place.querySelectorAll('.swnb-line')].map(line => [...line.children].map(cell => cell.textContent))"
    first, second, *_ = view.value(script)
    time = view.value("const t = new Date(1700000000250); `${t.toTimeString().slice(0, 8)}.250`")
    assert first == [time, "w1", "› log", "line 1", "", "lab.localhost/a.js:3:9"]
    assert second[1:3] == ["browser", "ℹ info"]
    levels = view.value("[...place.querySelectorAll('.swnb-line-level')].map(level => level.textContent).join()")
    assert levels == "› log,ℹ info,⚠ warn,✗ error,… debug,↳ trace,✗ assert,✗ uncaught,‼ surprise,▤ table".replace(
        "▤", "▦"
    )
    assert view.value("place.querySelector('.swnb-line-place').title") == "http://lab.localhost/a.js:3:9"
    assert "10 of 10 lines" in view.value("place.textContent")


def test_new_lines_come_at_the_end_and_old_ones_stay_as_they_are(view: Page) -> None:
    view.value(SIZED)
    everything(view, *(line(n) for n in range(1, 51)))
    view.value("globalThis.first = place.querySelector('.swnb-line'); globalThis.list = first.parentNode; 0")
    at_end = "list.scrollHeight - list.clientHeight - list.scrollTop < 2 && list.scrollTop > 0"
    assert view.value(at_end) is True
    news(view, line(51), line(52))
    assert texts(view) == [f"line {n}" for n in range(1, 53)]
    assert view.value(f"place.querySelector('.swnb-line') === first && {at_end}") is True


def test_the_same_line_again_is_counted(view: Page) -> None:
    everything(view, line(1), line(2, count=3))
    view.value("globalThis.row = place.querySelectorAll('.swnb-line')[1]; 0")
    counts = "[...place.querySelectorAll('.swnb-line-count')].map(count => count.textContent).join('|')"
    assert view.value(counts) == "|×3"
    news(view, line(2, count=9, t=1_700_000_001_000), line(14))
    assert view.value(counts) == "|×12|"
    assert view.value("row.isConnected && row.querySelector('time').textContent.endsWith('1.000')") is True
    assert texts(view) == ["line 1", "line 2", "line 14"]  # and nothing is missing between them
    assert "14 of 14 lines" in view.value("place.textContent")
    everything(view, line(1), line(2, count=12), line(14))
    assert view.value(counts) == "|×12|"


def test_lines_that_were_left_out_are_counted(view: Page) -> None:
    everything(view, line(1001))
    news(view, line(1500))
    assert texts(view) == [
        "⋯ 1000 lines were left out here",
        "line 1001",
        "⋯ 498 lines were left out here",
        "line 1500",
    ]
    assert "2 of 1500 lines" in view.value("place.textContent")


def test_what_a_second_place_asks_for_does_not_take_away_older_lines(view: Page) -> None:
    everything(view, *(line(n) for n in range(1, 5)))
    everything(view, line(3), line(4), line(5))
    assert texts(view) == [f"line {n}" for n in range(1, 6)]
    everything(view)  # a lab of which nothing is known any more
    assert texts(view) == []


def test_filters_choose_and_are_kept(view: Page) -> None:
    everything(
        view, line(1, actor="home"), line(2, actor="w1", level="error", text="Bad THING"), line(3, actor="w1", level="debug"),
        line(4, actor="", level="warn"), line(5, actor="home", text="a thing")
    )  # fmt: skip
    labels = (
        "[...place.querySelectorAll('[data-group]:not([hidden])')].map(b => `${b.textContent} ${b.ariaPressed}`).join()"
    )
    assert view.value(labels) == "✗ errors 1 true,⚠ warnings 1 true,› messages 2 true,… verbose 1 true"
    press(view, "[data-group=messages]")
    press(view, "[data-group=verbose]")
    assert texts(view) == ["Bad THING", "line 4"]
    view.value(
        "const who = place.querySelector('select'); who.value = '=w1'; who.dispatchEvent(new Event('change')); 0"
    )
    assert texts(view) == ["Bad THING"]
    press(view, "[data-group=messages]")
    press(view, "[data-group=verbose]")
    assert texts(view) == ["Bad THING", "line 3"]
    type_text(view, "thing")
    assert texts(view) == ["Bad THING"]
    news(view, line(6, actor="w1", text="no"), line(7, actor="w1", text="something"))
    assert texts(view) == ["Bad THING", "something"]
    assert view.value("model.values.state") == {"hidden": [], "actor": "w1", "text": "thing"}
    assert "2 of 7 lines" in view.value("place.textContent")
    view.value("globalThis.second = document.body.appendChild(document.createElement('div')); again(second); 0")
    assert texts(view, "second") == ["Bad THING", "something"]
    assert (
        view.value("[second.querySelector('select').value, second.querySelector('input').value].join()") == "=w1,thing"
    )
    view.value("const who = place.querySelector('select'); who.value = '*'; who.dispatchEvent(new Event('change')); 0")
    type_text(view, "")
    assert len(texts(view)) == len(texts(view, "second")) == 7
    names = view.value("[...place.querySelectorAll('option')].map(option => option.textContent)")
    assert names == ["all", "browser", "home", "w1"]


def test_it_stands_still_and_follows_again(view: Page) -> None:
    everything(view, line(1), line(2))
    press(view, "[data-verb=follow]")
    news(view, line(3), line(4, count=2))
    assert texts(view) == ["line 1", "line 2"]
    button = "place.querySelector('[data-verb=follow]')"
    assert view.value(f"{button}.textContent + {button}.ariaPressed") == "❚❚ follow (3 new)false"
    press(view, "[data-group=errors]")  # what is chosen is chosen of what is seen
    assert texts(view) == ["line 1", "line 2"]
    view.value("end(); globalThis.second = document.body.appendChild(document.createElement('div')); again(second); 0")
    assert view.value("second.querySelector('[data-verb=follow]').ariaPressed") == "false"
    news(view, line(6))
    assert len(texts(view, "second")) == 4
    view.value("second.querySelector('[data-verb=follow]').click(); 0")
    assert view.value("second.querySelector('[data-verb=follow]').textContent") == "▶ follow"
    assert len(texts(view, "second")) == 5


def test_who_scrolls_up_is_left_alone(view: Page) -> None:
    view.value(SIZED)
    everything(view, *(line(n) for n in range(1, 51)))
    view.value("globalThis.list = place.querySelector('.swnb-lines'); list.scrollTop = 40; 0")
    until(view, "place.querySelector('[data-verb=follow]').ariaPressed === 'false'")
    news(view, line(51))
    assert (len(texts(view)), view.value("list.scrollTop")) == (50, 40)
    view.value("list.scrollTop = list.scrollHeight; 0")
    until(view, "place.querySelector('[data-verb=follow]').ariaPressed === 'true'")
    assert len(texts(view)) == 51
    assert view.value("list.scrollHeight - list.clientHeight - list.scrollTop < 2") is True


def test_in_a_tab_that_was_not_seen_it_goes_on_at_the_end(view: Page) -> None:
    view.value(SIZED)
    everything(view, *(line(n) for n in range(1, 51)))
    view.value("globalThis.list = place.querySelector('.swnb-lines'); place.hidden = true; 0")
    news(view, *(line(n) for n in range(51, 101)))
    frames = (
        "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); place.hidden = false; 0"
    )
    assert view.value(frames) == 0
    until(view, "list.scrollTop > 0 && list.scrollHeight - list.clientHeight - list.scrollTop < 2")
    news(view, line(101))
    assert len(texts(view)) == 101  # and it follows


def test_the_document_holds_a_thousand_lines(view: Page) -> None:
    view.value("""globalThis.most = 0; globalThis.list = place.querySelector('.swnb-lines');
      new MutationObserver(() => { most = Math.max(most, list.children.length); }).observe(list, {childList: true}); 0""")
    script = """globalThis.began = performance.now();
      for (let n = 1; n <= 20_000; n += 500) {
        const lines = Array.from({length: 500}, (_, i) => ({...pattern, id: n + i, text: `line ${n + i}`}));
        model.tell({do: "news", from: n, lines});
      } performance.now() - began"""
    took = view.window.evaluate(script, inputs={"pattern": line(0)})
    assert isinstance(took, (int, float)) and took < 10_000
    found = texts(view)
    assert (len(found), found[0], found[-1]) == (1000, "line 19001", "line 20000")
    assert view.value("most") <= 1000
    assert "1000 of 20000 lines" in view.value("place.textContent")
    type_text(view, "line 15")  # 5,000 are remembered
    assert texts(view)[0] == "line 15001"
    type_text(view, "line 14")
    assert texts(view) == []


def test_copy_gives_the_shown_lines_as_text(view: Page) -> None:
    everything(
        view, line(1, text="one\n\ttwo"), line(2, level="error", count=2, place="", actor=""), line(4, level="debug")
    )
    press(view, "[data-group=verbose]")
    view.value("""globalThis.copied = []; const clipboard = {writeText: async (text) => copied.push(text)};
      Object.defineProperty(navigator, "clipboard", {value: clipboard, configurable: true}); 0""")
    press(view, "[data-verb=copy]")
    until(view, "place.textContent.includes('2 lines copied')")
    one, two, three = view.value("copied[0]").split("\n")
    time = view.value("place.querySelector('time').textContent")
    assert one == f"{time}  home  › log  one"
    assert two == "    two  http://lab.localhost/a.js:3:9"
    assert three == f"{time}  browser  ✗ error  line 2  ×2"
    view.value("""Object.defineProperty(navigator, "clipboard", {value: undefined});
      document.execCommand = (what) => { copied.push(what + document.activeElement.value); return true; };
      place.querySelector('[data-verb=copy]').focus(); 0""")
    press(view, "[data-verb=copy]")
    until(view, "copied.length === 2")
    assert view.value("copied[1] === 'copy' + copied[0]") is True
    assert view.value("document.activeElement.dataset.verb + place.querySelectorAll('textarea').length") == "copy0"
    view.value("document.execCommand = () => false; 0")
    press(view, "[data-verb=copy]")
    until(view, "place.textContent.includes('select the lines')")


def test_what_was_cleared_does_not_come_back(view: Page) -> None:
    everything(view, line(1), line(2))
    press(view, "[data-verb=clear]")
    assert texts(view) == []
    news(view, line(3))
    everything(view, line(1), line(2), line(3))
    assert texts(view) == ["line 3"]


@pytest.mark.parametrize("text", [*HOSTILE, "<b>" + "x" * 100_000, "line\n" * 5_000])
def test_what_comes_from_pages_is_text(view: Page, text: str) -> None:
    everything(view, line(1, text=text, actor=text, level=text, place=text), line(2, text=text, level="error"))
    view.value("for (const each of place.querySelectorAll('button:not([data-verb=clear]), summary')) each.click(); 0")
    assert view.value("await new Promise(done => setTimeout(() => done(globalThis.ran ?? 'nothing'), 50))") == "nothing"
    press(view, "[data-group=errors]")
    press(view, "[data-group=messages]")
    bad = "script, img, svg, a, iframe, b, [href], [src], [onload], [onerror], [style]"
    assert view.value(f"place.querySelectorAll('{bad}').length") == 0
    assert view.value("[...place.querySelectorAll('.swnb-line')].length") == 2
    assert view.value("/[\\u202e\\u0000\\u2028]/.test(place.textContent)") is False
    seen = view.value(
        "const text = place.querySelector('.swnb-line-text'); text.querySelector('.swnb-faint')?.remove(); text.textContent"
    )
    assert seen == text.replace("\u202e", "·").replace("\0", "·").replace("\u2028", "·")


def test_a_long_line_opens_and_is_open_again(view: Page) -> None:
    everything(view, line(1, text="x" * 5000))
    assert view.value("place.querySelector('details').open") is False
    press(view, "summary")
    until(view, "(model.values.state.open ?? []).length === 1")
    assert (
        view.value("place.querySelector('[data-verb=follow]').ariaPressed") == "false"
    )  # who reads it wants it to stay
    view.value("globalThis.second = document.body.appendChild(document.createElement('div')); again(second); 0")
    assert view.value("second.querySelector('details').open") is True


def test_it_is_shown_twice_and_ends(view: Page) -> None:
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "none"
    view.value(
        "globalThis.second = document.body.appendChild(document.createElement('div')); globalThis.endSecond = again(second); 0"
    )
    everything(view, line(1), ended=True)
    for place in ("place", "second"):
        assert texts(view, place) == ["line 1"]
        assert "ended" in view.value(f"{place}.textContent")
    news(view, line(2))  # it was started again
    assert "ended" not in view.value("place.textContent")
    view.tell({"do": "ended"})
    assert "ended" in view.value("place.textContent")
    view.value("endSecond(); end(); 0")
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "block"
    news(view, line(3))
    assert len(texts(view)) == 2


def test_everything_has_a_name_and_its_own_keys(view: Page) -> None:
    everything(view, line(1))
    assert (
        view.value(
            "[...place.querySelectorAll('select, input, [role]')].every(each => each.ariaLabel || each.role === 'status')"
        )
        is True
    )
    assert (
        view.value("[...place.querySelectorAll('button:not([hidden])')].every(each => each.textContent.trim())") is True
    )
    view.value("""globalThis.heard = []; document.body.addEventListener('keydown', (event) => heard.push(event.key));
      const press = (where, key, ctrlKey) => where.dispatchEvent(new KeyboardEvent('keydown', {key, ctrlKey, bubbles: true}));
      press(place.querySelector('input'), 'a', true); press(place.querySelector('select'), 'b', false);
      press(place.querySelector('.swnb-lines'), 's', true); 0""")
    assert view.value("heard.join()") == "s"  # a notebook has keys of its own


@pytest.mark.language("fr")
def test_it_speaks_another_language(view: Page) -> None:
    everything(view, line(2, level="exception", actor=""))
    text = view.value("place.textContent")
    for words in ("erreurs", "suivre", "navigateur", "✗ non gérée", "1 lignes omises ici", "1 lignes sur 2"):
        assert words in text
