"""What goes into the table, and what is refused, where and why."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import subprocess
import sys
import types
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from swnb.errors import ValueNotCloneable
from swnb.values import (
    BigInt,
    DataView,
    JSArray,
    JSBlob,
    JSError,
    JSHandle,
    JSMap,
    JSObject,
    SparseArray,
    decode,
    encode,
    hole,
    undefined,
)


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Plain(enum.Enum):
    A = 1


class Pair(NamedTuple):
    x: int


@dataclasses.dataclass
class Data:
    x: int


class Struct(msgspec.Struct):
    x: int


class Series:
    def to_numpy(self) -> None: ...


NOON = dt.datetime(2026, 1, 1, 12)

REFUSED: list[tuple[Any, str, str]] = [
    (2**53, "value", "BigInt"),
    (-(2**53), "value", "BigInt"),
    (10**5000, "value", "BigInt"),
    ({"a": [0, 0, 0, 2**60]}, 'value["a"][3]', "BigInt"),
    ({"a": {1: 2}}, 'value["a"]', "JSMap"),
    ([NOON], "value[0]", "time zone"),
    (NOON.replace(microsecond=1, tzinfo=dt.UTC), "value", "whole milliseconds"),
    (dt.date(2026, 1, 1), "value", "datetime"),
    (dt.timedelta(1), "value", "total_seconds"),
    (hole, "value", "undefined"),
    ({"x": hole}, 'value["x"]', "undefined"),
    (JSMap([("k", [lambda: 0])]), 'value["k"][0]', "evaluate"),
    (JSMap([([print], 1)]), "value.key(0)[0]", "evaluate"),
    ({object}, "value.member(0)", "evaluate"),
    ({'a"b': print}, 'value["a\\"b"]', "evaluate"),
    (JSError(cause=[print]), "value.cause[0]", "evaluate"),
    (JSError(props={"p": print}), 'value.props["p"]', "evaluate"),
    (JSArray([1], {"p": print}), 'value.extra["p"]', "evaluate"),
    (JSArray([1], {"0": 1}), "value", "index"),
    (JSArray([1], {"length": 1}), "value", "no extra"),
    (SparseArray(3, {5: 1}), "value", "outside"),
    (SparseArray(2**32, {}), "value", "2**32"),
    (SparseArray(9, {4: [print]}), "value[4][0]", "evaluate"),
    (Plain.A, "value", ".value"),
    (Pair(1), "value", "_asdict"),
    (Data(1), "value", "asdict"),
    (Struct(1), "value", "to_builtins"),
    (Series(), "value", "to_numpy"),
    (decimal.Decimal(1), "value", "float"),
    (1j, "value", "str()"),
    (pathlib.PurePath("a"), "value", "str()"),
    (ValueError("x"), "value", "JSError"),
    (range(3), "value", "list("),
    (collections.deque([1]), "value", "list("),
    ((x for x in "a"), "value", "list("),
    (JSHandle("function", "Function", "f()"), "value", "browser"),
    (JSBlob(1, ""), "value", "bytes"),
    (types.SimpleNamespace(), "value", "dict"),
    (array.array("u", "a"), "value", "tounicode"),
    (memoryview(bytes(4)).cast("B", (2, 2)), "value", "one dimension"),
    (np.zeros((2, 2)), "value", "ravel"),
    (np.zeros(2, dtype=complex), "value", "astype"),
    (np.zeros(2, dtype=bool), "value", "astype"),
    (np.array(["a"], dtype=object), "value", "astype"),
    (np.longdouble(1), "value", "numpy"),
    ([np.datetime64("2026-01-01T00:00:00")], "value[0]", "numpy"),
    ([np.int64(2**60)], "value[0]", "BigInt"),
    ({"\ud83d\ude00": 1, "😀": 2}, "value", "surrogates"),
]


@pytest.mark.parametrize(("value", "path", "hint"), REFUSED, ids=[str(at) for at in range(len(REFUSED))])
def test_refused_with_path_and_hint(value: Any, path: str, hint: str) -> None:
    with pytest.raises(ValueNotCloneable) as caught:
        encode(value)
    assert caught.value.path == path
    assert hint in caught.value.reason
    assert len(str(caught.value).split("\n")) == 2


def test_path_through_a_circle_ends() -> None:
    whole: list[Any] = [{}]
    whole[0]["up"] = whole
    whole[0]["f"] = print
    with pytest.raises(ValueNotCloneable) as caught:
        encode(whole)
    assert caught.value.path == 'value[0]["f"]'


def back(value: Any) -> Any:
    return decode(encode(value))


def test_subclasses_become_what_they_are() -> None:
    assert back([Colour.RED, Level.LOW, True]) == ["red", 1, True]
    assert [type(one) for one in back([Colour.RED, Level.LOW])] == [str, int]
    assert back(collections.OrderedDict(a=1)) == {"a": 1}
    assert back({Colour.RED: 1}) == {"red": 1}
    assert back(types.MappingProxyType({"a": 1})) == {"a": 1}
    assert type(back(JSObject({"a": 1}, class_name="Point"))) is dict
    assert back((1, (2,))) == [1, [2]]
    assert back(frozenset({1})) == {1}


def test_numpy_scalars_become_primitives() -> None:
    found = back([np.int8(-3), np.float32(0.5), np.float64(2.5), np.bool_(True), np.str_("s"), np.uint64(7)])
    assert found == [-3, 0.5, 2.5, True, "s", 7]
    assert [type(one) for one in found] == [int, float, float, bool, str, int]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"\1\2", "Uint8Array"),
        (bytearray(b"\1"), "Uint8Array"),
        (memoryview(b"abcd")[::2], "Uint8Array"),
        (memoryview(array.array("h", [1, -2])), "Int16Array"),
        (array.array("b", [-1]), "Int8Array"),
        (array.array("I", [1]), "Uint32Array"),
        (array.array("q", [-1]), "BigInt64Array"),
        (array.array("d", [0.5]), "Float64Array"),
        (np.array([1, 2], dtype=np.int64), "BigInt64Array"),
        (np.array([1, 2], dtype=np.uint64), "BigUint64Array"),
        (np.array([1.5], dtype=np.float16), "Float16Array"),
        (np.array([1.5], dtype=np.float32), "Float32Array"),
        (np.array([1, 2], dtype=">u2"), "Uint16Array"),
        (np.arange(10, dtype=np.int32)[::3], "Int32Array"),
        (np.array([], dtype=np.float64), "Float64Array"),
    ],
    ids=str,
)
def test_memory_becomes_a_typed_array(value: Any, kind: str) -> None:
    found = back(value)
    assert found.kind == kind
    assert list(found) == list(value)


def test_numpy_is_not_imported_for_the_sake_of_values() -> None:
    script = "import sys; from swnb.values import encode; encode([1.5, b'x', type('D', (dict,), {})()]); "
    code = subprocess.run([sys.executable, "-c", script + "sys.exit('numpy' in sys.modules)"], check=False).returncode
    assert code == 0


def test_small_tables_are_small() -> None:
    assert encode(5) == [5]
    assert encode(undefined) == [[-1]]
    assert encode(BigInt(-255)) == [["-ff"]]
    assert encode({"a": [1, None, 2.5]}) == [[1], ["O", "a", [2]], ["A", 1, None, 2.5]]
    assert encode([1, hole, 2]) == [[1], ["A", 1, [-2], 2]]


def test_time_zones_end_in_utc() -> None:
    east = dt.datetime(2026, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert back(east) == east
    assert back(east).tzinfo is dt.UTC
    assert back(dt.datetime(1, 1, 1, tzinfo=dt.UTC)).year == 1


def test_two_views_on_one_buffer_stay_two_views_on_one_buffer() -> None:
    one = DataView(b"abcdef", 1, 2)
    found = back([one, DataView(one.buffer, 3)])
    assert found[0].buffer is found[1].buffer
    assert bytes(found[1]) == b"def"
