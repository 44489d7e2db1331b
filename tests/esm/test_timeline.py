"""The timeline: what it draws of what it is told, what it asks for, how it is used."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.esm.conftest import Page
from tests.esm.test_clients import HOSTILE

VIEW = "timeline"

LANES: list[list[Any]] = [
    [0, "notebook", "notebook", -1, "", []],
    [1, "home", "window", -1, "", [[0, "alive", "c1"], [0, "by", ""], [2, "by", "w1"]]],
    [2, "c2", "frame", 1, "", [[0, "alive", "c2"]]],
    [
        3,
        "w1",
        "service worker",
        -1,
        "http://lab.localhost/sw.js",
        [[0, "state", "activated"], [0, "running", "running"], [10, "running", "stopped"], [11, "state", "redundant"]],
    ],
]

ROWS: list[list[Any]] = [
    [0, "b", 1, 0, -1, -1, "http://lab.localhost/", "c1"],
    [-1, "v", 0, 1, -1, 1, "evaluate", "home"],
    [2, "c", 1, 2, -1, 3, "claim", "c1"],
    [3, "h", 1, 3, -1, -1, "http://lab.localhost/sw.js", "activated"],
    [4, "s", 1, 4, -1, 3, [[1], ["O", "ask", "time"]], [0, -1, [7]]],
    [5, "r", 3, 6, 4, 1, 0, 0],
    [6, "s", 3, 7, -1, 1, ["noon"], [7, 4, []]],
    [7, "r", 1, 8, 6, 3, 0, ["unheard"]],
    [8, "s", 1, 9, -1, 3, ["lost one"], 0],
    [9, "u", 3, 12, 8, -1, "lost", "the worker was stopped"],
    [10, "n", 3, 12, -1, -1, "stopped", [1, ""]],
    [11, "w", 3, 13, -1, -1, "redundant", 0],
    [12, "i", 0, 14, -1, -1, "News", "open"],
    [13, "k", 3, 15, 12, -1, "News", "open"],
    [14, "f", 3, 16, -1, -1, "TypeError: no", 0],
    [15, "s", 1, 17, -1, 3, 4_000_000, 0],
]

FRAME = "await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));"


def labels(view: Page) -> dict[int, str]:
    found = view.value(
        f"{FRAME} JSON.stringify([...place.querySelectorAll('.swnb-tl-label')].map(e => [e.dataset.row, e.textContent]))"
    )
    return dict(sorted((int(row), text) for row, text in json.loads(found)))


def everything(view: Page, rows: list[list[Any]] = ROWS, first: int = 0, **more: Any) -> None:
    view.value("place.querySelector('.swnb-tl-scroller').style.height = '600px'; 0")
    view.tell(
        {"do": "all", "from": first + len(rows), "first": first, "lanes": LANES, "rows": rows, "ended": False} | more
    )


def press(view: Page, *keys: str) -> None:
    for key in keys:
        event = f"new KeyboardEvent('keydown', {{key: {json.dumps(key)}, bubbles: true, cancelable: true}})"
        view.value(f"place.querySelector('.swnb-tl-scroller').dispatchEvent({event}); {FRAME} 0")


def test_every_kind_of_row_says_what_happened(view: Page) -> None:
    assert view.sent == [{"do": "show"}]
    everything(view)
    assert labels(view) == {
        0: "● c1 /",
        1: "» home.evaluate",
        2: "▬ w1 claims home",
        3: "▬ controllerchange /sw.js",
        4: '{ask: "time"} +port 7',
        6: '↩ (nobody listened) "noon"',
        8: '✗ lost "lost one"',
        9: "✗ lost: the worker was stopped",
        10: "■ stopped",
        11: "◆ redundant",
        12: "☝ clicks “News” [open]",
        13: "★ notificationclick [open] News",
        14: "⚠ TypeError: no",
        15: "(4000000 bytes, not kept)",
    }
    heads = view.value("[...place.querySelectorAll('.swnb-tl-heads > div')].map(e => e.textContent).join('|')")
    assert heads == "notebook|homewindow|c2frame|w1/sw.js"
    assert view.value("place.querySelector('[role=status]').textContent") == "16 rows"


def ink(view: Page, x: str, y: str) -> list[int]:
    """The colour of the picture at a place of the canvas."""
    found: list[int] = json.loads(
        view.value(
            f"{FRAME} JSON.stringify([...place.querySelector('canvas').getContext('2d').getImageData({x}, {y}, 1, 1).data])"
        )
    )
    return found


def test_lanes_show_who_controls_and_what_state_a_worker_is_in(view: Page) -> None:
    everything(view)
    wide = view.value("place.querySelector('.swnb-tl-scroller').clientWidth / 4")
    middle = [round((nth + 0.5) * wide) for nth in range(4)]
    assert ink(view, str(middle[1] + 1), "60")[3] == 0 or ink(view, str(middle[1] + 1), "60")[:3] != [0, 114, 178]
    assert ink(view, str(middle[1] + 2), "160")[:3] == pytest.approx(
        [0, 114, 178], abs=2
    )  # controlled by w1: its colour
    assert ink(view, str(middle[3] + 20), "160")[3] > 0  # activated
    assert ink(view, str(middle[3] + 20), "450")[3] == 0  # redundant


def test_a_payload_opens_and_is_copied(view: Page) -> None:
    everything(view)
    view.value(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { globalThis.copied = text }}}); 0"
    )
    labels(view)
    view.value("place.querySelector('[data-row=\"4\"]').click(); 0")
    assert view.sent[-1] == {"do": "open", "seq": 4}
    view.tell({"do": "opened", "seq": 4, "rows": [[[1], ["O", "ask", "time"]], 12, "home→w1"]})
    told = view.value("place.querySelector('.swnb-tl-open').textContent")
    for word in ("event 4", "home → w1", "0.006 s (+2.0 ms)", "home→w1", "12 bytes"):
        assert word in told
    assert view.value("place.querySelector('.swnb-tl-tree summary').textContent") == '{ask: "time"}'
    view.value("place.querySelector('[data-do=copy]').click(); 0")
    assert json.loads(view.value("copied")) == {"ask": "time"}
    view.value("place.querySelector('[data-do=\"its reply\"]').click(); 0")
    assert "event 6" in view.value("place.querySelector('.swnb-tl-open').textContent")
    view.value("place.querySelector('[data-do=\"its request\"]').click(); 0")
    assert "event 4" in view.value("place.querySelector('.swnb-tl-open').textContent")
    assert view.value(f"{FRAME} place.querySelector('.swnb-tl-selected').dataset.row") == "4"


def test_the_keyboard_is_enough(view: Page) -> None:
    everything(view)
    labels(view)
    press(view, "ArrowUp")
    assert view.value("place.querySelector('.swnb-tl-selected').dataset.row") == "15"
    press(view, *["ArrowUp"] * 8)
    assert view.value("place.querySelector('.swnb-tl-selected').dataset.row") == "6"  # arrivals belong to their sending
    press(view, "Escape")
    assert view.value("place.querySelectorAll('.swnb-tl-selected, .swnb-tl-open').length") == 0
    press(view, "t")
    assert view.value("place.querySelector('[data-do=\"by time\"]').ariaPressed") == "true"
    high = view.value("place.querySelector('.swnb-tl-ground').clientHeight")
    press(view, "+", "+", "+")
    assert view.value("place.querySelector('.swnb-tl-ground').clientHeight") > high
    press(view, "f")
    assert view.value("place.querySelector('[data-do=follow]').ariaPressed") == "true"
    assert view.value("await new Promise(r => setTimeout(r, 350)); model.values.state.mode") == "time"


def test_filters_by_actor_kind_and_text(view: Page) -> None:
    everything(view)
    view.value(
        "const input = place.querySelector('input[type=search]'); input.value = 'NOON'; input.dispatchEvent(new Event('input')); 0"
    )
    assert labels(view) == {6: '↩ (nobody listened) "noon"'}
    assert view.value("place.querySelector('[role=status]').textContent") == "2 of 16 rows"
    view.tell(
        {
            "do": "news",
            "from": 18,
            "first": 16,
            "lanes": [],
            "rows": [[16, "s", 3, 20, -1, 1, ["after noon"], 0], [17, "s", 3, 21, -1, 1, ["evening"], 0]],
        }
    )
    assert list(labels(view)) == [6, 16]
    view.value(
        "const input = place.querySelector('input[type=search]'); input.value = ''; input.dispatchEvent(new Event('input')); 0"
    )
    assert len(labels(view)) > 10
    uncheck = (
        "const menu = place.querySelectorAll('.swnb-tl-chooser')[%d]; menu.open = true; %s "
        "[...menu.querySelectorAll('label')].find(l => l.textContent.trim() === '%s').querySelector('input').click(); 0"
    )
    view.value(uncheck % (1, FRAME, "messages"))
    assert not {4, 6, 8, 9, 15} & set(labels(view))
    view.value(uncheck % (0, FRAME, "home"))
    assert set(labels(view)) == {1, 10, 11, 12, 13, 14}  # a verb on a window is the notebook's
    assert "home" not in view.value("place.querySelector('.swnb-tl-heads').textContent")
    state = view.value("await new Promise(r => setTimeout(r, 350)); JSON.stringify(model.values.state)")
    assert (json.loads(state)["hidden"], json.loads(state)["groups"]) == (["home"], ["messages"])


def test_another_view_asks_for_one_actor_s_messages(view: Page) -> None:
    view.value("model.values.of = 'main'; 0")
    everything(view)
    ask = (
        "document.body.dispatchEvent(new CustomEvent('swnb-only', {bubbles: true, cancelable: true, "
        "detail: {of: '%s', actor: '%s'}}))"
    )
    assert view.value(ask % ("another lab", "home")) is True  # nobody took it
    assert view.value(ask % ("main", "notebook")) is False
    assert labels(view) == {1: "» home.evaluate", 12: "☝ clicks “News” [open]"}
    alone = "place.querySelector('[data-do=only]')"
    assert view.value(f"{alone}.textContent") == "only notebook ✕"
    view.value(f"{alone}.click(); 0")
    assert len(labels(view)) > 10
    assert view.value(f"{alone}.hidden") is True


def test_what_was_chosen_is_there_when_it_is_built_anew(view: Page) -> None:
    view.value(
        "model.values.state = {mode: 'time', text: 'noon', groups: ['clients'], follow: false};"
        " end(); place.replaceChildren(); again(place); 0"
    )
    everything(view)
    assert labels(view) == {6: '↩ (nobody listened) "noon"'}
    assert view.value("place.querySelector('[data-do=\"by time\"]').ariaPressed") == "true"
    assert view.value("place.querySelector('input[type=search]').value") == "noon"


def stream(count: int, first: int = 0) -> list[list[Any]]:
    """Messages: each sent, and received a little later, after the next one was sent."""
    rows: list[list[Any]] = []
    for nth in range(first, first + count // 2):
        rows.append([2 * nth, "s", 1, 4.0 * nth, -1, 3, [f"message {nth}"], 0])
        rows.append([2 * nth + 1, "r", 3, 4.0 * nth + 6, 2 * nth, 1, 0, 0])
    return rows


def test_history_is_asked_for_in_blocks_and_the_dom_stays_small(view: Page) -> None:
    rows = stream(20_000)
    everything(view, rows[-400:], first=19_600)
    labels(view)
    status = "place.querySelector('[role=status]').textContent.includes('loading…')"
    assert view.value(status) is True
    told = 0
    for _ in range(12):
        asked = [each for each in view.sent if each["do"] == "rows"][told:]
        if not asked:
            break
        assert len(asked) == 1  # one at a time
        told += 1
        first = asked[0]["first"]
        view.tell({"do": "rows", "first": first, "rows": rows[first : first + 2000]})
        labels(view)
    assert told == 10
    assert view.value(status) is False
    view.value("place.querySelector('.swnb-tl-scroller').scrollTop = 0; 0")
    assert labels(view)[0] == '"message 0"'
    for action in ("fit", "by time", "fit", "zoom in", "zoom in"):
        view.value(f"place.querySelector('[data-do=\"{action}\"]').click(); 0")
        shown = labels(view)
        assert 5 < len(shown) < 200
        assert view.value("place.querySelectorAll('*').length") < 500


def test_what_is_looked_at_is_asked_for_first(view: Page) -> None:
    rows = stream(20_000)
    everything(view, rows[-400:], first=19_600)
    labels(view)
    asked = [each["first"] for each in view.sent if each["do"] == "rows"]
    view.value("place.querySelector('.swnb-tl-scroller').scrollTop = 5100 * 26; 0")
    labels(view)
    view.tell({"do": "rows", "first": asked[-1], "rows": rows[asked[-1] : asked[-1] + 2000]})
    labels(view)
    assert [each["first"] for each in view.sent if each["do"] == "rows"][-1] == 4000


def test_rows_stand_in_the_order_of_their_time(view: Page) -> None:
    late = [[0, "s", 1, 10, -1, 3, ["second"], 0], [1, "s", 3, 5, -1, 1, ["first"], 0], [2, "r", 3, 9, 0, 1, 0, 0]]
    everything(view, late)
    labels(view)
    place = "new DOMMatrix(getComputedStyle(place.querySelector('[data-row=\"%d\"]')).transform).m42"
    assert view.value(place % 1) < view.value(place % 0)


def test_texts_stand_in_the_document_as_in_the_picture(view: Page) -> None:
    rows = stream(400)
    everything(view, rows)
    for top in (5000, 0, 2000):
        view.value(f"place.querySelector('.swnb-tl-scroller').scrollTop = {top}; 0")
        labels(view)
    rows_of = "[...place.querySelectorAll('.swnb-tl-label')].map(e => +e.dataset.row).join()"
    shown = f"await new Promise(r => setTimeout(r, 400)); {rows_of}"
    found = [int(row) for row in str(view.value(shown)).split(",")]
    assert len(found) > 5
    assert found == sorted(found)


def test_follow_and_freeze(view: Page) -> None:
    rows = stream(2000)
    everything(view, rows)
    labels(view)
    view.tell({"do": "news", "from": 2010, "first": 2000, "lanes": [], "rows": stream(10, 1000)})
    assert 2008 in labels(view)
    view.value("place.querySelector('[data-do=follow]').click(); 0")
    before = labels(view)
    view.tell({"do": "news", "from": 2020, "first": 2010, "lanes": [], "rows": stream(10, 1005)})
    assert min(labels(view)) == min(before)
    assert max(labels(view)) < 2018


@pytest.mark.parametrize("text", HOSTILE)
def test_what_comes_from_pages_is_text(view: Page, text: str) -> None:
    rows = [
        [0, "b", 1, 0, -1, -1, text, text],
        [1, "s", 1, 1, -1, 3, [text], ["BroadcastChannel " + text, -1, []]],
        [2, "u", 3, 2, 1, -1, text, text],
        [3, "f", 3, 3, -1, -1, text, 0],
        [4, "i", 0, 4, -1, -1, text, text],
        [5, text, 0, 4, -1, -1, text, text],
    ]
    lanes = [[at, text, kind, within, text, [[0, "alive", text], [0, text, text]]] for at, _, kind, within, *_ in LANES]
    everything(view, rows, lanes=lanes)
    assert len(labels(view)) >= 4
    for row in (0, 1, 3):
        view.value(f"place.querySelector('[data-row=\"{row}\"]').click(); 0")
        view.tell(
            {
                "do": "opened",
                "seq": row,
                "rows": [[[1], ["O", text, text, "in", [2]], ["C", text, text, text]], 1, text],
            }
        )
    assert view.value("await new Promise(done => setTimeout(() => done(globalThis.ran ?? 'nothing'), 50))") == "nothing"
    assert (
        view.value("place.querySelectorAll('script, img, svg, a, iframe, [href], [src], [onload], [onerror]').length")
        == 0
    )


@pytest.mark.language("fr")
def test_it_speaks_another_language(view: Page) -> None:
    everything(view)
    assert labels(view)[2] == "▬ w1 prend home"
    assert view.value("place.querySelector('[data-do=follow]').ariaLabel") == "suivre"


def test_it_is_shown_twice_and_ends(view: Page) -> None:
    view.value(
        "globalThis.second = document.body.appendChild(document.createElement('div')); globalThis.endSecond = again(second); 0"
    )
    everything(view, ended=True)
    labels(view)
    for where in ("place", "second"):
        assert view.value(f"{where}.querySelectorAll('.swnb-tl-label').length") > 5
        assert "has ended" in view.value(f"{where}.querySelector('[role=status]').textContent")
    view.value("endSecond(); end(); 0")
    shown = labels(view)
    view.tell({"do": "news", "from": 18, "first": 16, "lanes": [], "rows": stream(2, 8)})
    assert labels(view) == shown


def test_a_kernel_that_counts_anew_begins_anew(view: Page) -> None:
    everything(view)
    labels(view)
    everything(view, ROWS[:1])
    assert labels(view) == {0: "● c1 /"}
