"""Values for property tests: any Python value that can cross, and what makes two of them the same."""

from __future__ import annotations

import math
import re
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from swnb.values import (
    ArrayBuffer,
    BigInt,
    FarDate,
    InvalidDate,
    JSArray,
    JSBoxed,
    JSError,
    JSMap,
    JSSet,
    RegExp,
    SparseArray,
    TypedArray,
    hole,
    undefined,
)
from swnb.values.buffers import FORMATS, WIDTHS
from swnb.values.wire import joined

SAFE = 2**53 - 1
texts = st.text(st.characters(codec="utf-8") | st.characters(categories=["Cs"]), max_size=8).map(joined)
numbers = st.integers(-SAFE, SAFE) | st.floats()
primitives = (
    st.none() | st.booleans() | numbers | st.integers().map(BigInt) | texts | st.just(undefined) | st.just(2.0**53)
)
dates = st.datetimes(timezones=st.just(UTC)).map(lambda d: d.replace(microsecond=d.microsecond // 1000 * 1000))


@st.composite
def typed_arrays(draw: st.DrawFn) -> TypedArray:
    kind = draw(st.sampled_from(sorted(FORMATS)))
    data = draw(st.binary(max_size=24))
    offset = draw(st.integers(0, len(data) // WIDTHS[kind])) * WIDTHS[kind]
    most = draw(st.none() | st.integers(len(data), 40))
    return TypedArray(kind, ArrayBuffer(data, most), offset, (len(data) - offset) // WIDTHS[kind])


leaves = (
    primitives
    | dates
    | typed_arrays()
    | st.builds(FarDate, st.integers(-(8 * 10**15), -(10**15)))
    | st.builds(InvalidDate)
    | st.builds(RegExp, st.sampled_from(["a", "\\d+", "(?:)"]), st.sampled_from(["", "g", "dgimsuy", "v"]))
    | st.builds(JSBoxed, texts | st.booleans() | st.integers(-9, 9) | st.integers().map(BigInt))
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = texts | st.just("__proto__")
    extra = keys.filter(lambda key: key != "length" and not key.isdigit())
    return (
        st.lists(inner | st.just(hole), max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.lists(st.tuples(inner, inner), max_size=4).map(JSMap)
        | st.lists(inner, max_size=4).map(JSSet)
        | st.builds(JSArray, st.lists(inner, max_size=3), st.dictionaries(extra, inner, min_size=1, max_size=2))
        | st.builds(SparseArray, st.just(2**32 - 1), st.dictionaries(st.integers(0, 2**32 - 2), inner, max_size=2))
        | st.builds(JSError, st.sampled_from(["Error", "TypeError", "Own"]), texts, st.none() | texts, cause=inner)
    )


trees = st.recursive(leaves, containers, max_leaves=12)


@st.composite
def graphs(draw: st.DrawFn) -> Any:
    """Draw a value whose containers also share each other and run in circles."""
    parts = draw(st.lists(trees, min_size=1, max_size=4))
    whole: list[Any] = list(parts)
    for part in parts:
        if draw(st.booleans()) and isinstance(part, (list, dict, set)):
            target = draw(st.sampled_from([*parts, whole]))
            if isinstance(part, JSMap):
                part[target] = target
            elif isinstance(part, JSSet):
                part.add(target)
            elif isinstance(part, dict):
                part["link"] = target
            elif isinstance(part, list):
                part.append(target)
    return whole


def same(one: Any, other: Any) -> bool:
    """Compare types, signs of zero, NaN, order of entries and identities; without recursion."""
    there: dict[int, int] = {}
    back: dict[int, int] = {}
    todo = [(one, other)]
    while todo:
        a, b = todo.pop()
        mine, theirs = inside(a), inside(b)
        if mine is None or theirs is None:
            if mine is not theirs or not same_leaf(a, b):
                return False
            continue
        if id(a) in there or id(b) in back:
            if there.get(id(a)) != id(b) or back.get(id(b)) != id(a):
                return False
            continue
        there[id(a)], back[id(b)] = id(b), id(a)
        if type(a) is not type(b) or len(mine) != len(theirs):
            return False
        todo += zip(mine, theirs, strict=True)
    return True


def first(pair: tuple[int, Any]) -> int:
    """Return what orders the items of a sparse array."""
    return pair[0]


def in_property_order(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """Order an object's properties as JavaScript does (OrdinaryOwnPropertyKeys): array indices ascending, then by creation."""
    indices = [key for key in value if re.fullmatch(r"0|[1-9][0-9]{0,9}", key) and int(key) < 2**32 - 1]
    return [(key, value[key]) for key in [*sorted(indices, key=int), *(key for key in value if key not in indices)]]


def same_leaf(a: Any, b: Any) -> bool:
    """Compare two values without parts."""
    if type(a) is float and type(b) in {int, float}:  # a whole Number comes back as int
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    return type(a) is type(b) and bool(a == b)


def inside(value: Any) -> list[Any] | None:
    """Return the parts of a container, None for a leaf."""
    match value:
        case dict():
            pairs = value.items() if isinstance(value, JSMap) else in_property_order(value)
            return [part for pair in pairs for part in pair]
        case list():
            return [*value, *(part for pair in getattr(value, "extra", {}).items() for part in pair)]
        case set():
            return list(value)
        case SparseArray():
            return [value.length, *(part for pair in sorted(value.items.items(), key=first) for part in pair)]
        case JSError():
            return [value.name, value.message, value.stack, value.class_name, value.cause, value.errors]
        case TypedArray():
            return [value.kind, value.offset, value.length, value.tracking, value.buffer]
        case ArrayBuffer():
            return [bytes(value), value.max_byte_length]
        case _:
            return None
