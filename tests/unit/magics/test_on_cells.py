from __future__ import annotations

import pytest

from swnb.errors import InvalidArgument, JavaScriptError, StackFrame
from swnb.magics.on_cells import placed, variable
from swnb.magics.on_clients import message_of, of_navigation


def test_a_thrown_error_is_placed_in_this_cell_and_not_in_the_one_that_threw() -> None:
    frames = [StackFrame("boom", "In[1]", 3, 9), StackFrame("", "In[2]", 3, 1)]
    error = placed(JavaScriptError("RangeError", "a", line=3, column=9, frames=frames), "1;\nboom()", 1, "In[2]")
    assert (error.line, error.column, error.source_line) == (3, 1, "boom()")


def test_an_error_from_elsewhere_has_no_place_here() -> None:
    error = placed(JavaScriptError("TypeError", "a", frames=[StackFrame("f", "http://x/sw.js", 1, 2)]), "1", 1, "In[2]")
    assert (error.line, error.source_line) == (0, "")


def test_an_unclosed_bracket_is_placed_at_the_end_and_named() -> None:
    error = placed(
        JavaScriptError("SyntaxError", "Unexpected end of input", line=5, column=1), "f({\n  a\n", 1, "In[2]"
    )
    assert (error.line, error.column, error.source_line) == (3, 4, "  a")
    assert error.todo == "the bracket { that opens in line 2, column 3 is never closed"
    assert error.todo in "\n".join(error._render_traceback_())


def test_a_refused_navigation_says_how_to_become_the_controller() -> None:
    refusal = JavaScriptError("TypeError", "This service worker is not the client's active service worker.")
    assert of_navigation(refusal, "home").todo == (
        "`home` is not controlled by that worker: `%sw claim`, or reload the window"
    )
    other = JavaScriptError("TypeError", "'http://' is not a valid URL.")
    assert of_navigation(other, "home") is other


def test_a_missing_variable_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidArgument, match="no Python variable 'limmit'\ndid you mean limit"):
        variable("limmit", {"limit": 3})
    assert variable("limit", {"limit": None}) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": [1, null]}', {"a": [1, None]}),
        ("true", True),
        ("3", 3),
        ('"x"', "x"),
        ("value", (1, 2)),
        ("""'"x y"'""", "x y"),
        ('"it\'s"', "it's"),
    ],
)
def test_a_message_is_json_or_a_variable(text: str, message: object) -> None:
    assert message_of(text, {"value": (1, 2)}) == message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("valeu", "did you mean value"),
        ("hello", """with quotes: '"hello"'"""),
        ("it's", "is no JSON and no Python variable: it's\na text is written with quotes: \"it's\""),
        ("'a b'", """with quotes: '"a b"'"""),
        ("{a: 1}", "is no JSON: .*, at character 2\ngive JSON"),
        ("a b", "is no JSON"),
    ],
)
def test_a_message_that_is_neither_is_told(text: str, told: str) -> None:
    with pytest.raises(InvalidArgument, match=told):
        message_of(text, {"value": 1})
