"""What goes over the wire, byte by byte."""

from __future__ import annotations

import enum
import json
import math

import pytest
from hypothesis import given
from hypothesis.strategies import booleans, characters, dictionaries, floats, integers, lists, none, recursive, text

from swnb.browser.protocol import decode_message, encode_message

TEXTS = text(characters(codec=None))
"""Any text, halves of surrogate pairs included."""

VALUES = recursive(
    none() | booleans() | integers() | floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: lists(inner) | dictionaries(TEXTS, inner),
)


@given(dictionaries(TEXTS, VALUES))
def test_what_is_written_is_read_again(params: dict[str, object]) -> None:
    message = {"id": 1, "method": "Some.method", "params": params}
    written = encode_message(message)
    assert b"\0" not in written  # it ends a message
    assert json.loads(written) == message
    assert decode_message(written) == message


class Name(enum.StrEnum):
    ONE = "one"


class Text(str):
    __slots__ = ()


def test_texts_of_every_class() -> None:
    message = {"id": 1, "method": Text("a"), "params": {"name": Name.ONE, "list": [Text("b"), Text("\ud800")]}}
    assert json.loads(encode_message(message)) == {
        "id": 1,
        "method": "a",
        "params": {"name": "one", "list": ["b", "\ud800"]},
    }


@pytest.mark.parametrize("value", [object(), math, 1j])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode_message({"id": 1, "method": "a", "params": {"value": value}})
