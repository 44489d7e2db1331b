"""Flat table to Python value."""

from __future__ import annotations

import json
from binascii import a2b_base64
from collections.abc import Callable
from typing import Any

from swnb.errors import MalformedValue, ValueNotCloneable

from . import wire as w
from .buffers import ArrayBuffer, DataView, SharedArrayBuffer, TypedArray
from .jsmap import JSMap
from .jsset import JSSet
from .kinds import (
    MAX_TIME_MS,
    BigInt,
    InvalidDate,
    JSArray,
    JSBlob,
    JSBoxed,
    JSError,
    JSFile,
    JSHandle,
    JSObject,
    RegExp,
    SparseArray,
    date_from_ms,
    hole,
    undefined,
)

HOLES_IN_A_LIST = 1_000_000
"""An array with more holes becomes a `SparseArray`, not a list."""

_CONSTANTS: dict[int, Any] = {
    w.UNDEFINED: undefined,
    w.HOLE: hole,
    w.NAN: float("nan"),
    w.NEGATIVE_ZERO: -0.0,
    w.INFINITY: float("inf"),
    w.NEGATIVE_INFINITY: float("-inf"),
}


def number(value: int | float) -> int | float:
    """Return a Number: ``int`` where it is a safe integer, else ``float``."""
    if type(value) is int:
        return value if -w.MAX_SAFE_INTEGER <= value <= w.MAX_SAFE_INTEGER else float(value)
    whole = value.is_integer() and -w.MAX_SAFE_INTEGER <= value <= w.MAX_SAFE_INTEGER  # type: ignore[union-attr]
    return int(value) if whole else value


class _BadError(Exception):
    """What is wrong with a node."""


def _need(node: list[Any], *kinds: type | tuple[type, ...]) -> None:
    if len(node) != len(kinds) + 1:
        raise _BadError(f"{node[0]!r} has {len(node) - 1} parts and needs {len(kinds)}")
    for part, kind in zip(node[1:], kinds, strict=True):
        if not isinstance(part, kind):
            raise _BadError(f"a part of {node[0]!r} is {type(part).__name__}")


def _pairs(node: list[Any], start: int) -> None:
    if (len(node) - start) % 2 or not set(map(type, node[start::2])) <= {str}:
        raise _BadError(f"{node[0]!r} is no sequence of keys and values")


def _make_class(node: list[Any]) -> Any:
    if len(node) < 2 or not isinstance(node[1], str):
        raise _BadError("an instance without the name of its class")
    return JSObject[Any](class_name=node[1])


def _make_sparse(node: list[Any]) -> Any:
    if len(node) % 2 or type(node[1]) is not int or not 0 <= node[1] < 2**32:
        raise _BadError("an array without a length, or with half an entry")
    indices = sum(1 for key in node[2::2] if type(key) is int)
    if not all((type(key) is int and 0 <= key < node[1]) or type(key) is str for key in node[2::2]):
        raise _BadError("a key of an array is neither an index nor a name")
    if node[1] - indices > HOLES_IN_A_LIST:
        return SparseArray(node[1])
    named = any(type(key) is str for key in node[2::2])
    return (JSArray[Any] if named else list)([hole] * node[1])


def _make_date(node: list[Any]) -> Any:
    time_ms = node[1] if len(node) == 2 else None
    if time_ms == [w.NAN]:
        return InvalidDate()
    if isinstance(time_ms, bool) or not isinstance(time_ms, (int, float)) or not -MAX_TIME_MS <= time_ms <= MAX_TIME_MS:
        raise _BadError(f"{time_ms!r} is no time of a Date")
    return date_from_ms(int(time_ms))


def _make_regexp(node: list[Any]) -> Any:
    _need(node, str, str)
    return RegExp(node[1], node[2])


def _make_buffer(node: list[Any]) -> Any:
    _need(node, str, (int, type(None)))
    try:
        return (SharedArrayBuffer if node[0] == "H" else ArrayBuffer)(a2b_base64(node[1]), node[2])
    except ValueError as error:  # binascii.Error is one
        raise _BadError(f"no buffer: {error}") from None


def _make_error(node: list[Any]) -> Any:
    if len(node) < 8:
        raise _BadError("an error with too few parts")
    _need(node[:6], str, str, str, (str, type(None)), (int, type(None)))
    _pairs(node, 8)
    return JSError(node[2], node[3], node[4], node[1], node[5])


def _make_boxed(node: list[Any]) -> Any:
    if len(node) != 2:
        raise _BadError("a box without its value")
    value = _slot(node[1], [None])
    if not isinstance(value, (str, int, float)):
        raise _BadError("a box holds a primitive")
    return JSBoxed(value)


def _make_blob(node: list[Any]) -> Any:
    if node[0] == "L":
        _need(node, (int, float), str)
        return JSBlob(int(node[1]), node[2])
    _need(node, (int, float), str, str, (int, float))
    return JSFile(int(node[1]), node[2], node[3], int(node[4]))


def _make_handle(node: list[Any]) -> Any:
    _need(node, str, str, str)
    return JSHandle(*node[1:])


def _make_object(node: list[Any]) -> Any:
    return {}


_MAKERS: dict[str, Callable[[list[Any]], Any]] = {
    "O": _make_object, "C": _make_class, "A": lambda _: [], "S": _make_sparse, "M": lambda _: JSMap[Any, Any](),
    "Z": lambda _: JSSet[Any](), "D": _make_date, "R": _make_regexp, "B": _make_buffer, "H": _make_buffer,
    "E": _make_error, "P": _make_boxed, "L": _make_blob, "F": _make_blob, "X": _make_handle,
    "T": lambda _: None,  # after its buffer
}  # fmt: skip


def _make_view(node: list[Any], made: list[Any]) -> Any:
    _need(node, str, list, int, (int, type(None)))
    buffer = _slot(node[2], made)
    if not isinstance(buffer, ArrayBuffer):
        raise _BadError("a view without a buffer")
    try:
        if node[1] == "DataView":
            return DataView(buffer, node[3], node[4])
        return TypedArray(node[1], buffer, node[3], node[4])
    except ValueError as error:
        raise _BadError(str(error)) from None


def _slot(slot: Any, made: list[Any]) -> Any:
    kind = type(slot)
    if kind is str or slot is None or kind is bool:
        return slot
    if kind is int or kind is float:
        return number(slot)
    if kind is not list or len(slot) != 1:
        raise _BadError(f"no slot: {str(slot)[:40]}")
    what = slot[0]
    if type(what) is int:
        if 0 < what < len(made):
            return made[what]
        if what in _CONSTANTS:
            return _CONSTANTS[what]
    if type(what) is str:
        try:
            return BigInt(what, 16)
        except ValueError:
            raise _BadError(f"no BigInt: {what[:40]!r}") from None
    raise _BadError(f"there is no node {what!r}")


def _properties(target: dict[str, Any], node: list[Any], start: int, made: list[Any]) -> None:
    for key, slot in zip(node[start::2], node[start + 1 :: 2], strict=True):
        target[key] = slot if type(slot) is str else _slot(slot, made)


def _fill_sparse(target: Any, node: list[Any], made: list[Any]) -> None:
    items = target.items if isinstance(target, SparseArray) else target
    for at in range(2, len(node), 2):
        key = node[at]
        (target.extra if type(key) is str else items)[key] = _slot(node[at + 1], made)


def _fill(target: Any, node: list[Any], made: list[Any]) -> None:
    match node[0]:
        case "A":
            target.extend([_slot(slot, made) for slot in node[1:]])
        case "O" | "C":
            start = 1 if node[0] == "O" else 2
            _pairs(node, start)
            _properties(target, node, start, made)
        case "M":
            if not len(node) % 2:
                raise _BadError("a Map with half an entry")
            for at in range(1, len(node), 2):
                target[_slot(node[at], made)] = _slot(node[at + 1], made)
        case "Z":
            target.update([_slot(slot, made) for slot in node[1:]])
        case "S":
            _fill_sparse(target, node, made)
        case "E":
            target.cause, target.errors = _slot(node[6], made), _slot(node[7], made)
            _properties(target.props, node, 8, made)


def decode(wire: object, *, strict: bool = False) -> Any:
    """Return the value of a flat table.

    Parameters
    ----------
    wire
        What the browser's `encode` made, out of JSON; or its JSON text, as ``encode(value, {text: true})`` may answer.
    strict
        Refuse what could only be described (functions, nodes, …) instead of giving a `JSHandle` or a `JSBlob`.

    Raises
    ------
    MalformedValue
        If it is no such table; the bad node is named.
    ValueNotCloneable
        Only if `strict`; the path is written as in JavaScript.
    """
    if isinstance(wire, str):
        wire = _parse(wire)
    if not isinstance(wire, list) or not wire:
        raise MalformedValue(0, f"no table but {type(wire).__name__}")
    made: list[Any] = [None] * len(wire)
    at = 0
    try:
        for at in range(1, len(wire)):
            node = wire[at]
            maker = _MAKERS.get(node[0]) if type(node) is list and node and type(node[0]) is str else None
            if maker is None:
                raise _BadError(f"no node: {str(node)[:40]}")
            made[at] = maker(node)
        for at in range(1, len(wire)):
            if wire[at][0] == "T":
                made[at] = _make_view(wire[at], made)
        for at in range(1, len(wire)):
            _fill(made[at], wire[at], made)
        at = 0
        found = _slot(wire[0], made)
    except _BadError as bad:
        raise MalformedValue(at, str(bad)) from None
    if strict:
        _refuse_handles(wire)
    return found


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise MalformedValue(0, f"no JSON: {error}") from None


def _refuse_handles(wire: list[Any]) -> None:
    for at in range(1, len(wire)):
        if wire[at][0] in {"X", "L", "F"}:
            reason = wire[at][3] if wire[at][0] == "X" else "a Blob"
            raise ValueNotCloneable(w.path_to(wire, at, "js"), f"{reason} cannot be cloned to Python")
