"""Primitives as the protocol itself carries them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from swnb.values import BigInt, decode_remote, encode, is_primitive, not_cloneable, to_call_argument, undefined
from tests.unit.value_graphs import same

NAN = math.nan


@pytest.mark.parametrize(
    ("remote", "value"),
    [
        ({"type": "undefined"}, undefined),
        ({"type": "object", "subtype": "null", "value": None}, None),
        ({"type": "boolean", "value": False}, False),
        ({"type": "string", "value": "a\ud800"}, "a\ud800"),
        ({"type": "number", "value": 1}, 1),
        ({"type": "number", "value": 1.0}, 1),
        ({"type": "number", "value": 2**53}, 2.0**53),
        ({"type": "number", "unserializableValue": "NaN"}, NAN),
        ({"type": "number", "unserializableValue": "-0"}, -0.0),
        ({"type": "number", "unserializableValue": "Infinity"}, math.inf),
        ({"type": "number", "unserializableValue": "-Infinity"}, -math.inf),
        ({"type": "bigint", "unserializableValue": "-12n"}, BigInt(-12)),
        ({"type": "bigint", "unserializableValue": "1" + "0" * 9999 + "n"}, BigInt(10**9999)),
    ],
    ids=lambda one: str(one)[:40] if isinstance(one, dict) else "",
)
def test_primitives(remote: dict[str, Any], value: object) -> None:
    assert same(decode_remote(remote), value)


@pytest.mark.parametrize("remote", [{"type": "object", "objectId": "1"}, {"type": "symbol"}, {"type": "object"}])
def test_objects_need_the_codec(remote: dict[str, Any]) -> None:
    with pytest.raises(LookupError):
        decode_remote(remote)


@pytest.mark.parametrize(
    ("value", "argument"),
    [
        (None, {"value": None}),
        (True, {"value": True}),
        ("x", {"value": "x"}),
        (5, {"value": 5}),
        (2.5, {"value": 2.5}),
        (-0.0, {"unserializableValue": "-0"}),
        (NAN, {"unserializableValue": "NaN"}),
        (math.inf, {"unserializableValue": "Infinity"}),
        (-math.inf, {"unserializableValue": "-Infinity"}),
        (BigInt(-12), {"unserializableValue": "-12n"}),
        (undefined, {}),
        (2**53, None),
        (BigInt(10**5000), None),
        ([], None),
    ],
    ids=lambda one: str(one)[:30] if not isinstance(one, BigInt) else "",
)
def test_call_arguments(value: object, argument: dict[str, Any] | None) -> None:
    assert to_call_argument(value) == argument


def test_is_primitive() -> None:
    assert all(map(is_primitive, [None, True, 1, 1.5, "", undefined, BigInt(1)]))
    assert not any(map(is_primitive, [[], {}, b"", object()]))


def test_what_the_browser_refuses_gets_a_path() -> None:
    wire = encode({"a": [0, {"b c": {}}]})
    error = not_cloneable(wire, "Error: swnb codec: node 4: Invalid flags\n    at decode")
    assert error is not None
    assert (error.path, error.reason) == ('value["a"][1]["b c"]', "Invalid flags")
    assert not_cloneable(wire, "TypeError: something else") is None
