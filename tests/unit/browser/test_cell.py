"""How a source is sent, and which place an error means."""

from __future__ import annotations

import pytest

import swnb
from swnb.browser.cell import Cell
from swnb.browser.names import checked_name
from swnb.values import undefined


def details(description: str, **more: object) -> dict[str, object]:
    return {
        "exception": {"subtype": "error", "className": description.partition(":")[0], "description": description},
        **more,
    }


def test_the_same_text_has_the_same_name() -> None:
    assert Cell("1").expression == Cell("1").expression != Cell("2").expression
    assert Cell("1").expression.startswith("1\n//# sourceURL=cell-")
    assert Cell("1 //# sourceURL=mine").expression == "1 //# sourceURL=mine"
    assert Cell("'\ud800'").expression


@pytest.mark.parametrize("source", ["{a: 1}", " {} ", "{a: {b: 1}};", "{\n  a: 1,\n}\n"])
def test_what_may_be_an_object(source: str) -> None:
    cell = Cell(source)
    assert cell.as_object is not None and cell.as_object.startswith("async () => ({")
    cell.take_as_object()
    assert cell.expression.startswith("(") and cell.expression.partition("\n//#")[0].endswith(")")


@pytest.mark.parametrize("source", ["1", "{a: 1}; {b: 2}", "{a: 1} + {b: 2}", "f({})", "{a: 1", "[{}]"])
def test_what_is_no_object(source: str) -> None:
    assert Cell(source).as_object is None


def test_frames_of_this_cell_and_of_others() -> None:
    cell = Cell("a\n  b()")
    url = cell.expression.rpartition("=")[2]
    stack = f"TypeError: no: way\n    at f (cell-00000000:7:3)\n    at async g (http://x/y.js:1:2)\n    at {url}:2:3"
    error = cell.error(details(stack), undefined)
    assert (error.name, error.message, error.line, error.column, error.source_line) == (
        "TypeError",
        "no: way",
        2,
        3,
        "  b()",
    )
    assert [(f.function, f.url, f.line) for f in error.frames] == [
        ("f", "cell-00000000", 7), ("g", "http://x/y.js", 1), ("", "", 2),
    ]  # fmt: skip


def test_columns_of_an_object_are_the_user_s() -> None:
    cell = Cell("{a: b}")
    cell.take_as_object()
    url = cell.expression.rpartition("=")[2]
    assert cell.error(details(f"ReferenceError: b\n    at {url}:1:6"), undefined).column == 5


def test_an_end_that_came_too_early_is_at_the_end() -> None:
    error = Cell("f(\n  b").error(details("SyntaxError: end", lineNumber=2, columnNumber=30, scriptId="1"), undefined)
    assert (error.line, error.column, error.source_line) == (2, 4, "  b")


def test_names() -> None:
    for good in ("a", "$", "_x", "ünï", "a1"):
        assert checked_name(good) == good
    for bad in ("", "1a", "a b", "a-b", "class", "await", "undefined", "a.b"):
        with pytest.raises(swnb.InvalidArgument):
            checked_name(bad)
