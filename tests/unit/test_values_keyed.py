"""JSMap and JSSet: a dict and a set to use, whose entries never merge."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Any

import pytest

from swnb.values import BigInt, JSMap, JSSet, hole, undefined

NAN = math.nan
APART: list[Any] = [1, True, BigInt(1), 0, False, "1", None, undefined, NAN, [], [], {}, 1.5]


def test_what_differs_in_javascript_never_merges() -> None:
    a_map = JSMap((key, at) for at, key in enumerate(APART))
    a_set = JSSet(APART)
    assert len(a_map) == len(a_set) == len(APART)
    assert [a_map[key] for key in APART] == list(range(len(APART)))
    assert [*map(repr, a_map)] == [*map(repr, APART)]
    assert [*map(repr, a_set)] == [*map(repr, APART)]
    assert all(key in a_set for key in APART)


def test_what_is_the_same_value_zero_merges() -> None:
    for pair in ([0, -0.0], [1, 1.0], [NAN, float("nan")], ["a", "a"], [BigInt(7), BigInt(7)], ["\ud83d\ude00", "😀"]):
        assert len(JSSet(pair)) == 1
        assert len(JSMap((key, 0) for key in pair)) == 1
    assert [math.copysign(1, zero) for zero in (*JSSet([-0.0]), *JSMap([(-0.0, 1)]))] == [1, 1]


def test_objects_are_keys_by_identity() -> None:
    key: list[int] = [1]
    a_map = JSMap([(key, "a")])
    assert a_map[key] == "a"
    assert [1] not in a_map
    assert JSSet([key, key, [1]]) == JSSet([[1], [1]])


def test_a_map_is_a_dict_to_use() -> None:
    a_map: JSMap[Any, Any] = JSMap({"a": 1})
    a_map[True] = 2
    a_map.update({1: 3}, b=4)
    assert isinstance(a_map, dict)
    assert list(a_map.keys()) == ["a", True, 1, "b"]
    assert list(a_map.values()) == [1, 2, 3, 4]
    assert list(a_map.items()) == [("a", 1), (True, 2), (1, 3), ("b", 4)]
    assert list(reversed(a_map)) == ["b", 1, True, "a"]
    assert (a_map.get(True), a_map.get(False), a_map.get(False, 9)) == (2, None, 9)
    assert (a_map.setdefault("c", 5), a_map.setdefault("c", 6)) == (5, 5)
    assert (a_map.pop("c"), a_map.pop("c", 7)) == (5, 7)
    assert a_map.popitem() == ("b", 4)
    del a_map[True]
    assert repr(a_map) == "JSMap({'a': 1, 1: 3})"
    assert repr(a_map | {2: 2}) == "JSMap({'a': 1, 1: 3, 2: 2})"
    assert repr({0: 0} | a_map) == "JSMap({0: 0, 'a': 1, 1: 3})"
    a_map |= {"z": 0}
    assert dict(a_map) == {"a": 1, 1: 3, "z": 0} == {**a_map}
    assert json.dumps(a_map) == '{"a": 1, "1": 3, "z": 0}'
    assert repr(JSMap.fromkeys([1, True], 0)) == "JSMap({1: 0, True: 0})"
    a_map.clear()
    assert not a_map


@pytest.mark.parametrize("name", ["__getitem__", "__delitem__", "pop"])
def test_a_missing_key_is_named(name: str) -> None:
    with pytest.raises(KeyError) as caught:
        getattr(JSMap({1: 1}), name)(True)
    assert caught.value.args == (True,)


def test_equality_of_maps() -> None:
    assert JSMap({"a": 1, "b": 2}) == {"b": 2, "a": 1}
    assert JSMap([(1, 0)]) != JSMap([(True, 0)])
    assert JSMap([(1, 0)]) != {1: 0, 2: 0}
    assert JSMap([([1], 0), ([1], 1)]) == JSMap([([1], 1), ([1], 0)])
    assert JSMap([([1], 0)]) != JSMap([([2], 0)])
    assert JSMap() != 5


def test_a_set_is_a_set_to_use() -> None:
    a_set: JSSet[Any] = JSSet([3, 1, True])
    assert isinstance(a_set, set)
    a_set.add([])
    a_set.add(3)
    assert repr(a_set) == "JSSet([3, 1, True, []])"
    assert a_set.pop() == 3
    a_set.discard(1)
    assert 1 not in a_set
    assert set(JSSet([1, True, "x"])) == {1, "x"}
    with pytest.raises(KeyError):
        a_set.remove(1)
    a_set.remove(True)
    a_set.clear()
    assert not a_set
    with pytest.raises(KeyError):
        a_set.pop()


def test_what_python_sees_underneath_follows() -> None:
    a_set: JSSet[Any] = JSSet([1, True, 2])
    a_set.discard(1)
    assert set(a_set) == {True, 2}
    a_set -= JSSet([True])
    assert set(a_set) == {2}


def test_algebra_of_sets() -> None:
    one, two = JSSet([1, True, 2]), JSSet([2, True, "x"])
    assert list(one | two) == [1, True, 2, "x"]
    assert list(one & two) == [True, 2]
    assert list(one - two) == [1]
    assert list(one ^ two) == [1, "x"]
    assert list({9} | one) == [9, 1, True, 2]
    assert list({1, 2, 9} & one) == [1, 2]
    assert list({1, 9} - one) == [9]
    assert list({1, 9} ^ JSSet([1])) == [9]
    assert one.intersection(two) <= one
    assert one < one.union(two)
    assert one.union(two) >= two
    assert one.union(two) > two
    assert one.issubset([2, 1, True])
    assert one.issuperset([2])
    assert one.isdisjoint([9])
    assert not one <= two
    for name, result in {"intersection": [True, 2], "difference": [1], "symmetric_difference": [1, "x"]}.items():
        changed = one.copy()
        getattr(changed, f"{name}_update")(two)
        assert list(changed) == result
    one |= two
    one &= JSSet([1, True, "x"])
    one ^= JSSet([1])
    assert list(one) == [True, "x"]


def test_equality_of_sets() -> None:
    assert JSSet([1, 2]) == {2, 1}
    assert JSSet([1]) != JSSet([True])
    assert JSSet([[1], [2]]) == JSSet([[2], [1]])
    assert JSSet([[1], [1]]) != JSSet([[1], [2]])
    assert JSSet() != 5


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies(again: Any) -> None:
    for one in (JSMap((key, key) for key in APART if key is not NAN), JSSet(key for key in APART if key is not NAN)):
        assert again(one) == one
        assert type(again(one)) is type(one)
        assert repr(again(one)) == repr(one)


def test_circles_copy_and_show() -> None:
    a_map: JSMap[Any, Any] = JSMap()
    a_map["me"] = a_map
    a_set: JSSet[Any] = JSSet()
    a_set.add(a_set)
    assert repr(a_map) == "JSMap({'me': …})"
    assert repr(a_set) == "JSSet([…])"
    twin = copy.deepcopy(a_map)
    assert twin["me"] is twin
    twin_set = pickle.loads(pickle.dumps(a_set))
    assert twin_set in twin_set


def test_undefined_and_hole_are_one_each() -> None:
    for one in (undefined, hole):
        assert copy.deepcopy(one) is copy.copy(one) is pickle.loads(pickle.dumps(one)) is one
        assert not one
    assert (repr(undefined), repr(hole)) == ("undefined", "hole")
