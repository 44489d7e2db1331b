from __future__ import annotations

import pytest

from swnb.clients.refusals import ADVICE, advised
from swnb.errors import JavaScriptError


@pytest.mark.parametrize("part", ADVICE)
def test_each_refusal_gets_two_lines(part: str) -> None:
    error = advised(JavaScriptError("TypeError", f"Failed to register a ServiceWorker: {part}."))
    assert str(error).split("\n") == [f"TypeError: Failed to register a ServiceWorker: {part}.", ADVICE[part]]


def test_a_hint_goes_first_and_other_errors_stay_as_they_are() -> None:
    known = JavaScriptError("TypeError", "script evaluation failed")
    assert advised(known, "look there").todo == "look there"
    other = JavaScriptError("RangeError", "x")
    assert advised(other) is other
