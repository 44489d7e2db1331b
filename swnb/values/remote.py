"""Primitives as the DevTools protocol itself carries them (``Runtime.RemoteObject``, ``Runtime.CallArgument``)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from swnb.errors import ValueNotCloneable

from . import wire as w
from .decoding import number
from .kinds import BigInt, Undefined, undefined

_UNSERIALIZABLE: dict[str, float] = {
    "NaN": math.nan,
    "-0": -0.0,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
}
_DIGITS_AT_ONCE = 4000  # Python refuses to read more decimal digits than this in one go


def decode_remote(remote: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - the hot path
    """Return the value of a RemoteObject that is a primitive.

    Raises
    ------
    LookupError
        If it is an object (or a symbol), which the codec has to fetch.
    """
    if "objectId" in remote:
        raise LookupError(remote["objectId"])
    kind = remote["type"]
    if kind == "undefined":
        return undefined
    if kind == "number" and "value" in remote:
        value = remote["value"]
        if type(value) is int and -w.MAX_SAFE_INTEGER <= value <= w.MAX_SAFE_INTEGER:
            return value
        return number(value)
    if kind == "string" or kind == "boolean":  # noqa: PLR1714 - the hot path makes no set
        return remote["value"]
    if remote.get("subtype") == "null":
        return None
    text = remote.get("unserializableValue", "")
    if text in _UNSERIALIZABLE:
        return _UNSERIALIZABLE[text]
    if kind == "bigint":
        return _bigint(text[:-1])
    raise LookupError(str(remote.get("description", kind)))


def _bigint(digits: str) -> BigInt:
    sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits)
    found = 0
    for at in range(0, len(digits), _DIGITS_AT_ONCE):
        chunk = digits[at : at + _DIGITS_AT_ONCE]
        found = found * 10 ** len(chunk) + int(chunk)
    return BigInt(sign * found)


def is_primitive(value: object) -> bool:
    """Tell whether a value is a primitive of JavaScript, which needs no table."""
    return value is None or isinstance(value, (str, int, float, Undefined))


def to_call_argument(value: object) -> dict[str, Any] | None:
    """Return a primitive as a CallArgument; None for everything else, which `encode` turns into a table or refuses."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return {"value": value}
    if kind is int:
        return {"value": value} if -w.MAX_SAFE_INTEGER <= value <= w.MAX_SAFE_INTEGER else None  # type: ignore[operator]
    if isinstance(value, BigInt):
        try:
            return {"unserializableValue": f"{int(value)}n"}
        except ValueError:  # too many digits for Python to print; a table writes them in hexadecimal
            return None
    if kind is float:
        return _float_argument(value)  # type: ignore[arg-type]
    return {} if value is undefined else None


def _float_argument(value: float) -> dict[str, Any]:
    if value == 0 and math.copysign(1, value) < 0:
        return {"unserializableValue": "-0"}
    if math.isfinite(value):
        return {"value": value}
    return {"unserializableValue": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}


_FAILURE = re.compile(r"swnb codec: node (\d+): ([^\n]*)")


def not_cloneable(wire: list[Any], text: str) -> ValueNotCloneable | None:
    """Return the error for a table that the browser's `decode` refused, with the path to the bad part.

    Parameters
    ----------
    wire
        The table that was sent.
    text
        Description or message of what `decode` threw. None comes back if that was something else.
    """
    found = _FAILURE.search(text)
    return None if found is None else ValueNotCloneable(w.path_to(wire, int(found[1])), found[2])
