"""From a Python object to its node in the flat table, by type."""

from __future__ import annotations

import array
import sys
from binascii import b2a_base64
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import wire as w
from .buffers import ArrayBuffer, SharedArrayBuffer, View
from .jsmap import JSMap
from .kinds import EPOCH, FarDate, InvalidDate, JSArray, JSBoxed, JSError, RegExp, SparseArray, hole
from .refusals import Refused, reason_for

if TYPE_CHECKING:
    from .encoding import Encoder

_MILLISECOND = timedelta(milliseconds=1)
_INTEGERS = {
    (1, True): "Int8Array", (2, True): "Int16Array", (4, True): "Int32Array", (8, True): "BigInt64Array",
    (1, False): "Uint8Array", (2, False): "Uint16Array", (4, False): "Uint32Array", (8, False): "BigUint64Array",
}  # fmt: skip
_FLOATS = {"e": "Float16Array", "f": "Float32Array", "d": "Float64Array"}
_MAX_LENGTH = 2**32 - 1


class Raw:
    """Bytes that become an ArrayBuffer of their own, read where they lie."""

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        self.data = data


def kind_of_elements(letter: str, width: int) -> str:
    """Return the typed array for elements that ``struct`` calls `letter`, of `width` bytes."""
    bare = letter.lstrip("@=<")
    if bare in _FLOATS:
        return _FLOATS[bare]
    if bare in {"c", "B"}:
        return "Uint8Array"
    if len(bare) == 1 and bare in "bhilqnHILQN":
        return _INTEGERS[width, bare.islower()]
    raise Refused(f"JavaScript has no typed array of elements {letter!r}; convert them, to float64 or uint8 say")


def _array(made: Encoder, value: Any) -> list[Any]:
    slot = made.slot
    return ["A", *[[w.HOLE] if item is hole else slot(item) for item in value]]


def _extras(made: Encoder, node: list[Any], extra: dict[str, Any]) -> list[Any]:
    for key in extra:
        if key == "length" or (key.isascii() and key.isdigit() and str(int(key)) == key and int(key) < _MAX_LENGTH):
            raise Refused(f"{key!r} is no extra property of an array; put the item at its index")
    return made.pairs(node, extra)


def _js_array(made: Encoder, value: JSArray[Any]) -> list[Any]:
    if not value.extra:
        return _array(made, value)
    node: list[Any] = ["S", len(value)]
    for at, item in enumerate(value):
        if item is not hole:
            node += (at, made.slot(item))
    return _extras(made, node, value.extra)


def _sparse(made: Encoder, value: SparseArray) -> list[Any]:
    if not 0 <= value.length <= _MAX_LENGTH:
        raise Refused(f"an array has at most 2**32 - 1 items, not {value.length}")
    node: list[Any] = ["S", value.length]
    for at, item in sorted(value.items.items()):
        if not 0 <= at < value.length:
            raise Refused(f"item {at} is outside of the length {value.length}")
        if item is not hole:
            node += (at, made.slot(item))
    return _extras(made, node, value.extra)


def _object(made: Encoder, value: Mapping[Any, Any]) -> list[Any]:
    return made.pairs(["O"], value)


def _map(made: Encoder, value: JSMap[Any, Any]) -> list[Any]:
    node: list[Any] = ["M"]
    for key, item in value.items():
        node += (made.slot(key), made.slot(item))
    return node


def _set(made: Encoder, value: Any) -> list[Any]:
    return ["Z", *map(made.slot, value)]


def _datetime(_: Encoder, value: datetime) -> list[Any]:
    if value.tzinfo is None or value.utcoffset() is None:
        raise Refused(f"{value!r} has no time zone; send value.astimezone(), or value.replace(tzinfo=…)")
    time_ms, rest = divmod(value - EPOCH, _MILLISECOND)
    if rest:
        raise Refused(
            f"{value.isoformat()} has microseconds, and a Date whole milliseconds; "
            "send value.replace(microsecond=value.microsecond // 1000 * 1000)"
        )
    return ["D", time_ms]


def _buffer(_: Encoder, value: ArrayBuffer) -> list[Any]:
    tag = "H" if isinstance(value, SharedArrayBuffer) else "B"
    return [tag, _base64(value.peek()), value.max_byte_length]


def _base64(data: bytes | bytearray | memoryview) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _view(made: Encoder, value: View) -> list[Any]:
    return ["T", value.kind, made.refer(value.buffer), value.offset, None if value.tracking else value.length]


def _elements(made: Encoder, kind: str, view: memoryview) -> list[Any]:
    data = view.cast("B") if view.contiguous else view.tobytes()
    return ["T", kind, made.refer(Raw(data)), 0, view.nbytes // max(view.itemsize, 1)]


def _memory(made: Encoder, value: bytes | bytearray | memoryview | array.array[Any]) -> list[Any]:
    view = memoryview(value)
    if view.ndim != 1:
        raise Refused(f"a typed array has one dimension, not {view.ndim}; send it flat, its shape beside it")
    if isinstance(value, array.array) and value.typecode in "uw":
        raise Refused("an array of characters has no counterpart; send its tounicode()")
    return _elements(made, kind_of_elements(view.format, view.itemsize), view)


def _numpy(made: Encoder, value: Any) -> list[Any]:
    if value.ndim != 1:
        raise Refused(f"a typed array has one dimension, not {value.ndim}; send value.ravel(), its shape beside it")
    if value.dtype.kind not in "iuf":
        raise Refused(f"JavaScript has no typed array of {value.dtype}; convert it: value.astype('float64') or 'uint8'")
    if value.dtype.byteorder not in "=|" and not value.dtype.isnative:
        value = value.astype(value.dtype.newbyteorder("="))
    return _elements(made, kind_of_elements(value.dtype.char, value.dtype.itemsize), memoryview(value))


def _error(made: Encoder, value: JSError) -> list[Any]:
    fields = [[w.HOLE] if item is hole else made.slot(item) for item in (value.cause, value.errors)]
    head = ["E", value.class_name, value.name, value.message, value.stack, value.code, *fields]
    return made.pairs(head, value.props)


_NODES: dict[type, Callable[[Encoder, Any], list[Any]]] = {
    dict: _object, list: _array, tuple: _array, set: _set, frozenset: _set, datetime: _datetime,
    JSMap: _map, JSArray: _js_array, SparseArray: _sparse, JSError: _error,
    ArrayBuffer: _buffer, View: _view, bytes: _memory, bytearray: _memory, memoryview: _memory, array.array: _memory,
    Raw: lambda _, value: ["B", _base64(value.data), None],
    RegExp: lambda _, value: ["R", value.source, value.flags],
    FarDate: lambda _, value: ["D", value.time_ms],
    InvalidDate: lambda _, value: ["D", [w.NAN]],
    JSBoxed: lambda made, value: ["P", made.slot(value.value)],
}  # fmt: skip


def node_of(made: Encoder, value: Any) -> list[Any]:
    """Return the node of an object; its children become slots.

    Raises
    ------
    Refused
        If the object, or a primitive in it, has no counterpart.
    """
    exact = _NODES.get(type(value))
    if exact is not None:
        return exact(made, value)
    for kind in type(value).__mro__[:-1]:
        if kind in _NODES and not hasattr(type(value), "_asdict"):
            return _NODES[kind](made, value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return _numpy(made, value)
    if isinstance(value, Mapping):
        return _object(made, value)
    raise Refused(reason_for(value))


def children(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what stands inside an object, each with the piece of path that leads to it."""
    match value:
        case JSMap():
            for at, (key, item) in enumerate(value.items()):
                yield f".key({at})", key
                yield f"[{key!r}]", item
        case Mapping():
            yield from ((f"[{w.quoted(key)}]", item) for key, item in value.items() if isinstance(key, str))
        case list() | tuple():
            yield from ((f"[{at}]", item) for at, item in enumerate(value) if item is not hole)
            yield from ((f".extra[{w.quoted(key)}]", item) for key, item in getattr(value, "extra", {}).items())
        case set() | frozenset():
            yield from ((f".member({at})", item) for at, item in enumerate(value))
        case SparseArray():
            yield from ((f"[{at}]", item) for at, item in value.items.items() if item is not hole)
            yield from ((f".extra[{w.quoted(key)}]", item) for key, item in value.extra.items())
        case JSError():
            yield from ((".cause", value.cause), (".errors", value.errors))
            yield from ((f".props[{w.quoted(key)}]", item) for key, item in value.props.items())
        case _:
            return
