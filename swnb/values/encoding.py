"""Python value to flat table."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

from swnb.errors import ValueNotCloneable

from . import wire as w
from .kinds import BigInt, hole, undefined
from .nodes import children, node_of
from .refusals import Refused, shown


class Encoder:
    """The state of one `encode`: the table, the objects of its nodes, and which object is which node."""

    def __init__(self) -> None:
        self.wire: list[Any] = [None]
        self.objects: list[object] = [None]
        self.seen: dict[int, int] = {}

    def slot(self, value: Any) -> Any:  # noqa: PLR0911 - the hot path: each kind leaves at once
        """Return what stands for a value inside a node; an object gets a node of its own, which is filled later."""
        kind = type(value)
        if kind is str or value is None or kind is bool:
            return value
        if kind is int:
            if -w.MAX_SAFE_INTEGER <= value <= w.MAX_SAFE_INTEGER:
                return value
            raise Refused(f"{_digits(value)} is beyond ±(2**53 - 1), where a Number loses digits; send BigInt(…)")
        if kind is float:
            if value == 0:
                return [w.NEGATIVE_ZERO] if math.copysign(1, value) < 0 else 0
            if math.isfinite(value):
                return value
            return [w.INFINITY if value > 0 else w.NEGATIVE_INFINITY if value < 0 else w.NAN]
        if kind is list or kind is dict:
            return self.refer(value)
        return [w.UNDEFINED] if value is undefined else self._rare(value)

    def _rare(self, value: Any) -> Any:
        if isinstance(value, BigInt):
            return [format(int(value), "x")]
        if isinstance(value, str):  # the subclasses of str, int and float: StrEnum, IntEnum, numpy's float64
            return str.__str__(value)
        if isinstance(value, int):
            return self.slot(int(value))
        if isinstance(value, float):
            return self.slot(float(value))
        if value is hole:
            raise Refused("a hole can stand in a list only; send undefined")
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.generic):
            plain = value.item()
            if type(plain) in {int, float, bool}:
                return self.slot(plain)
            raise Refused(f"a numpy {type(value).__name__} has no counterpart; convert it first")
        return self.refer(value)

    def refer(self, value: object) -> list[int]:
        """Return the slot of an object: its node, a new one if this is the first time."""
        known = self.seen.get(id(value))
        if known is not None:
            return [known]
        index = len(self.wire)
        interned = isinstance(value, (tuple, frozenset, bytes)) and len(value) < (2 if isinstance(value, bytes) else 1)
        if not interned:  # Python has one () for all; in JavaScript each is an Array of its own
            self.seen[id(value)] = index
        self.wire.append(None)
        self.objects.append(value)  # also keeps it alive, so that its id stays its own
        return [index]

    def pairs(self, node: list[Any], properties: Mapping[Any, Any]) -> list[Any]:
        """Append the properties of an object to its node."""
        slot = self.slot
        for key, value in properties.items():
            if type(key) is not str:
                if not isinstance(key, str):
                    raise Refused(f"a key of an Object is a str, not {shown(key)}; send str keys, or a JSMap")
                key = str.__str__(key)  # noqa: PLW2901
            node.append(key)
            node.append(slot(value))
        keys = [str.__str__(key) for key in properties]
        if not all(map(str.isascii, keys)) and len(set(map(w.joined, keys))) != len(set(keys)):
            raise Refused("two of its keys are the same text once their surrogates meet")
        return node

    def where(self, at: int) -> str:
        """Return the path to what was refused while node `at` was made."""
        path = w.path_to(self.wire, at)
        for step, child in children(self.objects[at]):
            try:
                self.slot(child)
            except Refused:
                return path + step
        return path


def encode(value: object) -> list[Any]:
    """Return the flat table of a value, to be sent as JSON.

    Objects keep their identity: what Python shares, JavaScript shares, circles included.

    Raises
    ------
    ValueNotCloneable
        For what has no counterpart, with the path to it.
    """
    made = Encoder()
    table = made.wire
    try:
        table[0] = made.slot(value)
    except Refused as refused:
        raise ValueNotCloneable("value", str(refused)) from None
    at = 1
    try:
        while at < len(table):
            table[at] = node_of(made, made.objects[at])
            at += 1
    except Refused as refused:
        raise ValueNotCloneable(made.where(at), str(refused)) from None
    return table


def _digits(value: int) -> str:
    try:
        text = str(value)
    except ValueError:
        return f"an int of {value.bit_length()} bits"
    return text if len(text) <= 40 else f"an int of {len(text)} digits"
