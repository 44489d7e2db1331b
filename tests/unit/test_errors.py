from __future__ import annotations

import inspect

import pytest

from swnb import errors
from swnb.errors import Interrupted, JavaScriptError, StackFrame, SwnbError, nearest, one_line

ALL = [e for _, e in inspect.getmembers(errors, inspect.isclass) if issubclass(e, SwnbError)]


@pytest.mark.parametrize("error", ALL, ids=lambda e: e.__name__)
def test_every_error_stands_in_the_tree_of_the_docstring(error: type[SwnbError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")


def test_an_error_shows_two_lines() -> None:
    error = errors.WindowUnknown("hom", ["home", "chat"])
    assert error._render_traceback_() == [
        "WindowUnknown: no window is named 'hom'",
        "  did you mean 'home'? windows: home, chat; open one: `%sw open / --as hom`",
    ]


def test_what_a_page_says_is_one_line_without_control_characters() -> None:
    error = JavaScriptError("Error\x1b[31m", "first\nsecond\x07", frames=[StackFrame("f\x1b[0m", "http://x/\r", 1, 2)])
    shown = "\n".join(error._render_traceback_())
    assert shown == "JavaScriptError: Error·[31m: first↵second·\n    at f·[0m (http://x/·:1:2)"
    assert error.message == "first\nsecond\x07", "the data is kept as it came"


def test_an_endless_message_is_cut_and_says_so() -> None:
    assert len(one_line("x" * 10**6)) < 2_100
    assert one_line("x" * 10**6).endswith("(1,000,000 characters)")


def test_a_javascript_error_points_at_its_place() -> None:
    error = JavaScriptError("TypeError", "no", line=2, column=3, source_line="  nope()")
    assert error._render_traceback_() == [
        "JavaScriptError: TypeError: no",
        "  line 2, column 3 of the cell",
        "     2 |   nope()",
        "           ^",
    ]


def test_no_except_exception_swallows_an_interrupt() -> None:
    assert issubclass(Interrupted, KeyboardInterrupt)
    assert not issubclass(Interrupted, Exception)


def test_nearest() -> None:
    assert nearest("clinets", ["clients", "claim"]) == "clients"
    assert nearest("xyzzy", ["clients", "claim"]) is None
