"""When two keys of a Map or two members of a Set are the same: ``1``, ``True`` and ``BigInt(1)`` differ.

They are compared as JavaScript does (ECMA-262, *SameValueZero*): numbers and strings by value, NaN equal to itself,
-0 equal to 0, and everything else (lists, datetimes, value classes) by identity.
"""

from __future__ import annotations

from typing import Any

from .kinds import BigInt, Hole, Undefined
from .wire import joined


class Entry:
    """A key that Python would merge with another, or could not hash, and what tells it apart."""

    __slots__ = ("key", "mark")

    def __init__(self, key: object, mark: tuple[str, object]) -> None:
        self.key = key
        self.mark = mark

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and self.mark == other.mark

    def __hash__(self) -> int:
        return hash(self.mark)

    def __repr__(self) -> str:
        return repr(self.key)


def token(key: Any) -> Any:  # noqa: PLR0911 - one case a line
    """Return what stands for `key` in a Python dict: two tokens are equal if SameValueZero says so."""
    kind = type(key)
    if kind is str:
        return joined(key)
    if key is None or kind is int or kind is Undefined or kind is Hole:
        return key
    if kind is bool:
        return Entry(key, ("boolean", key))
    if isinstance(key, BigInt):
        return Entry(key, ("bigint", int(key)))
    if isinstance(key, float):
        number = float(key)
        return number + 0.0 if number == number else Entry(key, ("nan", None))  # noqa: PLR0124 - NaN is not itself
    if isinstance(key, int):
        return int(key)
    if isinstance(key, str):
        return joined(str.__str__(key))
    return Entry(key, ("object", id(key)))


def untoken(found: Any) -> Any:
    """Return the key of a token."""
    return found.key if type(found) is Entry else found


def is_value(key: object) -> bool:
    """Tell whether a token stands for a primitive, and not for the identity of an object."""
    return not (isinstance(key, Entry) and key.mark[0] == "object")
