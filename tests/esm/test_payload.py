"""Payloads in a few characters, as a tree and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import swnb
from swnb import values
from swnb.views.live import assets

PAGE = """<!doctype html><meta charset="utf-8"><title>payload</title><div id="place"></div><script type="module">
import * as payload from "/live/payload.js";
const words = %s, say = (key, given = {}) => (words[key] ?? key).replace(/\\{(\\w+)\\}/g, (_, name) => given[name]);
globalThis.short = (told, most) => payload.short(told, say, most);
globalThis.json = payload.json;
globalThis.mended = payload.mended;
globalThis.tree = wire => { place.replaceChildren(payload.tree(wire, say)); return place; };
</script>"""


@pytest.fixture(scope="module")
def page(browser: swnb.Lab) -> Iterator[swnb.Window]:
    browser.site.write("/payload", PAGE % json.dumps(assets.words("en")), content_type="text/html")
    window = browser.open("/payload", name="payload")
    yield window
    window.close()


def wire(value: object) -> Any:
    return json.loads(json.dumps(values.encode(value)))


def ask(page: swnb.Window, call: str, told: Any) -> Any:
    return page.evaluate(f"{call.replace('told', 'JSON.parse(told)')}", inputs={"told": json.dumps(told)})


CIRCLE: list[Any] = [1]
CIRCLE.append(CIRCLE)

SHOWN: list[tuple[object, str]] = [
    (None, "null"),
    (True, "true"),
    ("a\u202eb", '"a·b"'),
    (1.5, "1.5"),
    (float("nan"), "NaN"),
    (-0.0, "-0"),
    (float("-inf"), "-Infinity"),
    (swnb.undefined, "undefined"),
    (swnb.BigInt(-255), "-255n"),
    ({"a": [1, {"b": None}]}, "{a: [1, {b: null}]}"),
    (swnb.JSMap([(1, "x"), ("k", 2)]), 'Map {1: "x", k: 2}'),
    (swnb.JSSet([1, "x"]), 'Set {1, "x"}'),
    (CIRCLE, "[1, …]"),
    (b"abc", "Uint8Array (3)"),
    ("x" * 100, '"' + "x" * 58 + "…"),
]


@pytest.mark.parametrize(("value", "shown"), SHOWN)
def test_in_a_few_characters(page: swnb.Window, value: object, shown: str) -> None:
    assert ask(page, "short(told)", wire(value)) == shown


def test_what_was_not_kept_says_its_size(page: swnb.Window) -> None:
    assert ask(page, "short(told)", 70_000) == "(70000 bytes, not kept)"
    assert ask(page, "short(told)", 0) == ""


def test_a_table_that_was_cut_anywhere_shows_its_beginning(page: swnb.Window) -> None:
    value = {
        "name": 'a "quoted" \\ text é',
        "list": [1, 2.5, {"deep": [True, None]}],
        "big": swnb.BigInt(2**70),
        "end": 1,
    }
    whole = json.dumps(wire(value), ensure_ascii=False, separators=(",", ":"))
    complete = ask(page, "short(told, 200)", wire(value))
    for length in range(1, len(whole)):
        shown = page.evaluate("short(told, 200)", inputs={"told": whole[:length]})
        assert isinstance(shown, str)
        assert shown == "…" or shown.startswith("{"), (length, shown)
        if length > 60:
            assert shown.startswith('{name: "a \\"quoted\\"'), (length, shown)
    assert page.evaluate("short(told, 200)", inputs={"told": whole}) == complete
    assert page.evaluate("short('nonsense') + short('[') + short('')") == "………"


@pytest.mark.parametrize(
    "damaged", [[], {}, [[7]], [[1], "x"], [[1], ["?"]], [[1], ["O", "a"]], [[1], ["E"]], [["zz"]], [[1], ["D", "x"]]]
)
def test_a_damaged_table_breaks_nothing(page: swnb.Window, damaged: Any) -> None:
    assert isinstance(ask(page, "short(told)", damaged), str)
    assert isinstance(ask(page, "json(told)", damaged), str)
    assert ask(page, "tree(told) === place", damaged) is True


def test_as_json(page: swnb.Window) -> None:
    value = {"a": [1, swnb.undefined, float("inf")], "m": swnb.JSMap([(1, "x")]), "__proto__": 7, "big": swnb.BigInt(9)}
    assert json.loads(ask(page, "json(told)", wire(value))) == {
        "a": [1, "undefined", "Infinity"],
        "m": [[1, "x"]],
        "__proto__": 7,
        "big": "9n",
    }
    assert json.loads(ask(page, "json(told)", wire(CIRCLE))) == [1, "[circular]"]


def test_a_tree_opens(page: swnb.Window) -> None:
    many = {"list": list(range(500)), "in": {"deep": {"er": "<b>no</b>"}}}
    assert ask(page, "tree(told).querySelectorAll('details').length", wire(many)) == 1
    opened = "await new Promise(r => setTimeout(r, 20)); [...place.querySelectorAll('summary')].at(-1).textContent"
    assert page.evaluate(opened) == 'in: {deep: {er: "<b>no</b>"}}'
    page.evaluate("place.querySelectorAll('details')[1].open = true; await new Promise(r => setTimeout(r, 20)); 0")
    assert page.evaluate("place.querySelectorAll('details')[1].querySelectorAll('.swnb-leaf').length") == 200
    assert page.evaluate("place.querySelectorAll('details')[1].querySelector('button').textContent") == "300 more"
    page.evaluate("place.querySelectorAll('details')[1].querySelector('button').click(); 0")
    page.evaluate("place.querySelectorAll('details')[1].querySelector('button').click(); 0")
    assert page.evaluate("place.querySelectorAll('details')[1].querySelectorAll('.swnb-leaf').length") == 500
    assert page.evaluate("place.querySelectorAll('b').length") == 0
