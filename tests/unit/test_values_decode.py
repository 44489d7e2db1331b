"""Damaged tables are named, and what can only be described is."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swnb import values
from swnb.errors import MalformedValue, ValueNotCloneable
from swnb.values import JSArray, JSBlob, JSError, JSFile, JSHandle, JSMap, JSObject, SparseArray, decode, hole

DAMAGED: list[tuple[Any, int]] = [
    (None, 0),
    ({}, 0),
    ([], 0),
    ("no json", 0),
    ("{}", 0),
    ([[1]], 0),
    ([[0]], 0),
    ([[-9]], 0),
    ([[True]], 0),
    ([[1, 2]], 0),
    ([["zz"]], 0),
    ([{}], 0),
    ([[1], None], 1),
    ([[1], []], 1),
    ([[1], ["?"]], 1),
    ([[1], [["O"]]], 1),
    ([[1], ["O", "a"]], 1),
    ([[1], ["O", 1, 1]], 1),
    ([[1], ["O", "a", [7]]], 1),
    ([[1], ["C"]], 1),
    ([[1], ["C", 5]], 1),
    ([[1], ["A", [2]], ["A", {}]], 2),
    ([[1], ["S"]], 1),
    ([[1], ["S", -1]], 1),
    ([[1], ["S", 2**32]], 1),
    ([[1], ["S", 1, 1, 1]], 1),
    ([[1], ["S", 1, None, 1]], 1),
    ([[1], ["M", 1]], 1),
    ([[1], ["D"]], 1),
    ([[1], ["D", "x"]], 1),
    ([[1], ["D", True]], 1),
    ([[1], ["D", 1e300]], 1),
    ([[1], ["R", "a"]], 1),
    ([[1], ["R", "a", 1]], 1),
    ([[1], ["B", "a", None]], 1),
    ([[1], ["B", "é", None]], 1),
    ([[1], ["B", "YWJj", 1]], 1),
    ([[1], ["H", 5, None]], 1),
    ([[1], ["T", "Uint8Array", [1], 0, 1]], 1),
    ([[1], ["T", "Uint8Array", [2], 0, 9], ["B", "YWJj", None]], 1),
    ([[1], ["T", "Uint8Array", [2], -1, 1], ["B", "YWJj", None]], 1),
    ([[1], ["T", "Uint16Array", [2], 1, 1], ["B", "YWJj", None]], 1),
    ([[1], ["T", "Nope", [2], 0, 1], ["B", "YWJj", None]], 1),
    ([[1], ["E", "a"]], 1),
    ([[1], ["E", "a", "b", "c", 5, None, [-2], [-2]]], 1),
    ([[1], ["E", "a", "b", "c", None, None, [-2], [-2], "k"]], 1),
    ([[1], ["P"]], 1),
    ([[1], ["P", None]], 1),
    ([[1], ["P", [1]]], 1),
    ([[1], ["L", "x", "y"]], 1),
    ([[1], ["F", 1, "y"]], 1),
    ([[1], ["X", "a", "b"]], 1),
]


@pytest.mark.parametrize(("wire", "node"), DAMAGED, ids=lambda one: str(one)[:40])
def test_a_damaged_table_names_its_node(wire: Any, node: int) -> None:
    with pytest.raises(MalformedValue) as caught:
        decode(wire)
    assert caught.value.node == node
    assert len(str(caught.value).split("\n")) == 2


slots = (
    st.none()
    | st.integers(-7, 4)
    | st.text(max_size=3)
    | st.lists(st.integers(-7, 4) | st.text(max_size=2), max_size=2)
)
tags = st.sampled_from([*"OCASMZDRBHTEPLFX", "Uint8Array", "YWJj"])


@given(st.lists(slots | st.lists(tags | slots, max_size=9), max_size=5))
def test_no_table_crashes(wire: list[Any]) -> None:
    with contextlib.suppress(MalformedValue):
        decode(wire)


def test_numbers_are_int_where_that_is_exact() -> None:
    found = decode([[1], ["A", 1.0, 2.5, 2**53, -(2**53) + 1, 1e300, 10**20]])
    assert [type(one) for one in found] == [int, float, float, int, float, float]


def test_described_values() -> None:
    wire = [[1], ["A", [2], [3], [4]], ["X", "function", "Function", "f()"], ["L", 3, "t"], ["F", 1, "", "n", 5]]
    assert decode(wire) == [JSHandle("function", "Function", "f()"), JSBlob(3, "t"), JSFile(1, "", "n", 5)]


@pytest.mark.parametrize(
    ("wire", "path"),
    [
        ([[1], ["X", "symbol", "Symbol", "Symbol()"]], "value"),
        ([[1], ["O", "a", [2], "b-c", [3]], ["A", 1, 2], ["A", [4]], ["L", 1, ""]], 'value["b-c"][0]'),
        ([[1], ["C", "P", "a", [2]], ["M", "k", [3]], ["X", "a", "b", "c"]], 'value.a.get("k")'),
        ([[1], ["M", [2], [3]], ["A"], ["X", "a", "b", "c"]], "value.entry(0)"),
        ([[1], ["Z", [2]], ["X", "a", "b", "c"]], "value.member(0)"),
        ([[1], ["S", 9, 4, [2]], ["X", "a", "b", "c"]], "value[4]"),
        ([[1], ["E", "Error", "Error", "", None, None, [2], [-2]], ["X", "a", "b", "c"]], "value.cause"),
    ],
)
def test_strict_refuses_them_with_the_path(wire: list[Any], path: str) -> None:
    with pytest.raises(ValueNotCloneable) as caught:
        decode(wire, strict=True)
    assert caught.value.path == path


def test_arrays_of_every_kind() -> None:
    assert decode([[1], ["S", 3, 1, 5]]) == [hole, 5, hole]
    with_extra = decode([[1], ["S", 1, 0, 5, "index", 0]])
    assert isinstance(with_extra, JSArray)
    assert (list(with_extra), with_extra.extra) == ([5], {"index": 0})
    sparse = decode([[1], ["S", 2**32 - 1, 7, "x"]])
    assert isinstance(sparse, SparseArray)
    assert (len(sparse), sparse[7], sparse[8], sparse[-1]) == (2**32 - 1, "x", hole, hole)


def test_class_instances_remember_their_class() -> None:
    found = decode([[1], ["C", "Point", "x", 1, "__proto__", 2]])
    assert isinstance(found, JSObject)
    assert (found.class_name, found) == ("Point", {"x": 1, "__proto__": 2})


def test_errors_keep_all_they_have() -> None:
    wire = [[1], ["E", "DOMException", "AbortError", "m", "at x", 20, [-1], [2], "extra", [1]], ["A", 1]]
    found = decode(wire)
    assert isinstance(found, JSError)
    assert (found.name, found.message, found.stack, found.code) == ("AbortError", "m", "at x", 20)
    assert found.cause is values.undefined
    assert found.errors == [1]
    assert found.props["extra"] is found


def test_text_of_a_table() -> None:
    assert decode('[[1],["M",1,2,true,3]]') == JSMap([(1, 2), (True, 3)])
