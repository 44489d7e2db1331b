"""The value classes: how they show, compare and copy, and buffers with their views."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from swnb.values import (
    ArrayBuffer,
    BigInt,
    DataView,
    FarDate,
    InvalidDate,
    JSArray,
    JSBlob,
    JSBoxed,
    JSError,
    JSFile,
    JSHandle,
    JSObject,
    RegExp,
    SharedArrayBuffer,
    SparseArray,
    TypedArray,
)

SHOWN: list[tuple[Any, str]] = [
    (BigInt(12), "BigInt(12)"),
    (RegExp("a", "g"), "/a/g"),
    (FarDate(-(10**15)), "FarDate(time_ms=-1000000000000000)"),
    (InvalidDate(), "InvalidDate()"),
    (JSObject({"x": 1}, class_name="Point"), "Point {'x': 1}"),
    (JSArray([1], {"a": 2}), "[1] + {'a': 2}"),
    (JSError("TypeError", "no"), "<TypeError: no>"),
    (JSBoxed("a"), "JSBoxed(value='a')"),
    (JSBlob(3, "t"), "JSBlob(size=3, type='t')"),
    (JSFile(3, "t", "n", 5), "JSFile(size=3, type='t', name='n', last_modified_ms=5)"),
    (JSHandle("function", "Function", "f()"), "<function f()>"),
    (ArrayBuffer(b"ab"), "ArrayBuffer(b'ab')"),
    (SharedArrayBuffer(b"ab", 4), "SharedArrayBuffer(b'ab', max_byte_length=4)"),
    (TypedArray("Int16Array", b"\1\0\2\0"), "Int16Array(2) [1, 2]"),
    (DataView(bytes(20)), f"DataView({bytes(12)!r}… 20 bytes)"),
    (SparseArray(9, {1: 2}), "SparseArray(length=9, items={1: 2}, extra={})"),
]


@pytest.mark.parametrize(("value", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_shows_equals_copies_and_pickles(value: Any, text: str) -> None:
    assert repr(value) == text
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert twin == value
        assert type(twin) is type(value)
        assert repr(twin) == text


def test_values_that_differ() -> None:
    assert JSArray([1], {"a": 2}) != [1]
    assert JSArray([1]) == [1]
    assert ArrayBuffer(b"a") != SharedArrayBuffer(b"a")
    assert ArrayBuffer(b"a") != ArrayBuffer(b"a", 9)
    assert ArrayBuffer(b"a") == b"a"
    assert TypedArray("Int8Array", b"a") != TypedArray("Uint8Array", b"a")
    assert TypedArray("Int8Array", b"a") != DataView(b"a")


def test_bigint_is_an_int() -> None:
    assert BigInt(5) == 5
    assert f"{BigInt(5)}" == str(BigInt(5)) == "5"
    assert type(BigInt(5) + 1) is int
    assert repr(BigInt(10**5000)).startswith("BigInt(0x")


def test_a_date_has_its_range() -> None:
    with pytest.raises(ValueError, match="reaches"):
        FarDate(10**16)


def test_a_typed_array_is_a_sequence() -> None:
    words = TypedArray("Uint16Array", b"\1\0\2\0\3\0", 2)
    assert (len(words), list(words), words[0], words[-1], words[::-1]) == (2, [2, 3], 2, 3, [3, 2])
    assert 3 in words
    assert words.index(3) == 1
    words[0] = 500
    assert words.buffer.data[2:4] == b"\xf4\x01"
    assert bytes(words) == b"\xf4\x01\3\0"
    with pytest.raises(IndexError):
        words[2]
    assert isinstance(TypedArray("BigUint64Array", bytes(8))[0], BigInt)
    assert TypedArray("Float16Array", b"\0\x3e").tolist() == [1.5]


def test_numpy_shares_the_memory() -> None:
    words = TypedArray("Float32Array", bytes(8))
    words.numpy()[1] = 2.5
    assert list(words) == [0.0, 2.5]
    np.asarray(words)[0] = 1.5
    assert list(words) == [1.5, 2.5]
    assert np.array(words).sum() == 4
    assert np.asarray(words, dtype=np.int8).tolist() == [1, 2]
    with pytest.raises(ValueError, match="copy"):
        words.__array__(np.dtype("int8"), copy=False)


def test_a_length_that_follows_its_buffer() -> None:
    buffer = ArrayBuffer(bytearray(4), 16)
    view = TypedArray("Uint16Array", buffer)
    assert (view.tracking, len(view)) == (True, 2)
    buffer.data.extend(b"abc")
    assert len(view) == 3
    assert not TypedArray("Uint16Array", buffer, 0, 2).tracking


@pytest.mark.parametrize(
    "arguments", [("Nope", b""), ("Int16Array", b"abc"), ("Int16Array", b"abcd", 1), ("Int8Array", b"a", 0, 2)]
)
def test_views_that_cannot_be(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=arguments[0]):
        TypedArray(*arguments)
    with pytest.raises(ValueError, match="max_byte_length"):
        ArrayBuffer(b"abc", 2)
