"""Any Python value, through JSON and back: equal, of the same types, with the same identities."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from swnb.values import JSMap, decode, encode
from tests.unit.value_graphs import graphs, same, trees


def again(value: Any) -> Any:
    return decode(json.loads(json.dumps(encode(value))))


@given(trees)
def test_a_value_comes_back(value: Any) -> None:
    assert same(value, again(value))


@given(graphs())
def test_a_graph_comes_back_with_its_identities(value: Any) -> None:
    assert same(value, again(value))


@given(graphs())
def test_the_table_is_flat_and_has_no_objects(value: Any) -> None:
    for node in encode(value)[1:]:
        for part in node:
            assert not isinstance(part, dict)
            assert not isinstance(part, list) or (len(part) == 1 and isinstance(part[0], (int, str)))


def test_a_circle_through_every_container() -> None:
    a_map: JSMap[Any, Any] = JSMap()
    whole: list[Any] = [a_map, {}]
    a_map["whole"] = whole
    a_map[whole] = a_map
    whole[1]["map"] = a_map
    found = again(whole)
    assert found[0]["whole"] is found
    assert found[0][found] is found[0] is found[1]["map"]


def test_shared_and_equal_are_told_apart() -> None:
    one: list[int] = []
    found = again([one, one, []])
    assert found[0] is found[1]
    assert found[0] is not found[2]
    empty = again([(), (), b"", b""])
    assert empty[0] is not empty[1]
    assert empty[2] is not empty[3]


@pytest.mark.slow
def test_a_hundred_thousand_levels_deep() -> None:
    deep: list[Any] = []
    inner = deep
    for _ in range(100_000):
        inner.append([])
        inner = inner[0]
    assert same(deep, again(deep))


def test_same_sees_differences() -> None:
    shared: list[Any] = []
    assert not same([shared, shared], [[], []])
    assert not same([[], []], [shared, shared])
    assert not same([1], [True])
    assert not same(0.0, -0.0)
    assert not same({"a": 1, "b": 2}, {"b": 2, "a": 1})
