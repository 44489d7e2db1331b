"""Differences of scripts, as a view shows them."""

from __future__ import annotations

import difflib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("anywidget")  # on the interpreters that only have what unit tests need

from swnb.origin.scripts import ServedScript
from swnb.views.live import revisions
from swnb.views.live.revisions import File, difference
from swnb.views.live.worker_picture import picture

LINES = st.lists(st.sampled_from(["a", "b", "", "}", "x = 1"]), max_size=30)


def file(text: str | None, *, imported: bool = False) -> File:
    served = ServedScript("http://lab.localhost/a.js", 1, None, 7, 0, 0)
    return File(served.url, imported, served, text, "" if text is not None else "source.long")


@given(LINES, LINES)
def test_it_is_the_unified_difference(old: list[str], new: list[str]) -> None:
    wanted = list(difflib.unified_diff(old, new, lineterm=""))[2:]
    told = difference(old, new)
    assert [text if sign == "@" else f"{sign}{text}" for sign, _, _, text in told] == wanted


@given(LINES, LINES)
def test_numbers_are_those_of_the_lines(old: list[str], new: list[str]) -> None:
    for sign, then, now, text in difference(old, new):
        if sign in " -":
            assert old[then - 1] == text
        if sign in " +":
            assert new[now - 1] == text
        assert (then > 0, now > 0) == (sign in " -", sign in " +")


@pytest.mark.parametrize(
    ("before", "after", "change", "signs"),
    [
        ("a\nb\n", "a\nb\n", "same", ""),
        ("a\nb\n", "a\nc\n", "changed", "@ -+"),
        ("a\nb", "a\nb\n", "changed", "@  +"),  # the line's end is what came
        ("a\r\nb\r\n", "a\r\nc\r\n", "changed", "@ -+"),
        ("a\n", "a\r\n", "changed", "@-+"),
        (None, "a", "unknown", ""),
        ("a", None, "unknown", ""),
        ("a\n" * 15_000, "b\n" * 15_000, "long", ""),
    ],
)
def test_what_became_of_a_file(before: str | None, after: str | None, change: str, signs: str) -> None:
    found, lines = revisions._change(file(before), file(after))
    assert (found, "".join(line[0] for line in lines)) == (change, signs)


def test_files_come_and_go() -> None:
    assert revisions._change(None, file("a", imported=True)) == ("new", [])
    assert revisions._change(file("a", imported=True), None) == ("removed", [])


def test_what_is_told_is_bounded() -> None:
    long = "\n".join(f"{n}" for n in range(revisions.SHOWN + 10)) + "\n"
    told = revisions._told(file(""), file(long), compared=True)
    assert (len(told["source"]), told["more"]) == (revisions.SHOWN, 10)
    assert (len(told["lines"]), told["moreLines"]) == (revisions.SHOWN, 12)  # with the place, and the empty line before
    (wide,) = revisions._told(None, file("x" * 5_000), compared=False)["source"]
    assert wide == f"{'x' * revisions.WIDEST}… (5,000 characters)"


# ---- the picture -----------------------------------------------------------------------------------------------------

HOSTILE = "</text><script>1</script>'\" onload=x \u202e"


def test_the_picture_is_text_in_the_colour_around_it() -> None:
    version = {
        "label": "w1",
        "state": "activated",
        "path": [["parsed", 0.0], ["activated", 1.0]],
        "running": "running",
        "controls": ["home", HOSTILE],
    }
    row = {"scope": f"http://lab.localhost/{HOSTILE}", "deleted": True, "versions": [version]}
    svg = picture(row)
    assert "<script" not in svg
    assert "\u202e" not in svg
    assert "w1 activated" in svg
    assert "(unregistered)" in svg
    assert "controls home" in svg
    assert "currentColor" in svg
    root = ET.fromstring(svg)  # whatever is in it, it is whole
    assert {each.tag for each in root.iter()} == {"svg", "text", "line", "circle", "rect", "g"}
    assert not {name for each in root.iter() for name in each.attrib if name.startswith(("on", "class", "href", "id"))}


def test_a_version_stands_in_the_column_of_its_state() -> None:
    def left(state: str) -> float:
        version = {"label": "w1", "state": state, "path": [["parsed", 0.0]], "running": "stopped", "controls": []}
        root = ET.fromstring(picture({"scope": "s", "deleted": False, "versions": [version]}))
        (token,) = root.iter("rect")
        return float(token.attrib["x"])

    states = ["parsed", "installing", "installed", "activating", "activated", "redundant"]
    assert [left(state) for state in states] == [36.0 + 120 * place for place in range(6)]
    ET.fromstring(picture({"scope": "s", "deleted": False, "versions": []}))
