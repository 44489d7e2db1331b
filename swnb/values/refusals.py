"""Why a Python value cannot cross, and what to send instead."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any

from .kinds import JSBlob, JSHandle


class Refused(Exception):  # noqa: N818 - never leaves this package
    """Why a value cannot cross; `encode` adds where it stands."""


_HINTS: tuple[tuple[tuple[Any, ...], str], ...] = (
    ((JSHandle,), "it stands for something that lives in the browser; make it there"),
    ((JSBlob,), "its bytes are in the browser; send bytes and make the Blob there"),
    ((Enum,), "send its .value"),
    ((date, time), "send a datetime with a time zone, or its isoformat()"),
    ((timedelta,), "send its total_seconds()"),
    ((Decimal, complex), "send a float, or its str()"),
    ((PurePath,), "send its str()"),
    ((BaseException,), "send JSError(name, message)"),
    ((range, deque, AbstractSet, Iterator), "send list(…) of it"),
    ((Callable,), "code stays on its side; evaluate JavaScript source there"),
)


def shown(value: object) -> str:
    """Return a short text of a value and its type."""
    try:
        text = repr(value)
    except Exception:  # a foreign __repr__ may fail in any way
        text = "?"
    return f"{text if len(text) <= 60 else text[:59] + '…'} ({type(value).__name__})"


def reason_for(value: Any) -> str:
    """Return why a value of an unknown type is refused, with a hint."""
    kind = type(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hint = "send dataclasses.asdict(…) of it"
    elif hasattr(kind, "__struct_fields__") and not isinstance(value, (JSHandle, JSBlob)):
        hint = "send msgspec.to_builtins(…) of it"
    elif hasattr(kind, "_asdict"):
        hint = "a named tuple would lose its names; send its _asdict(), or list(…) of it"
    elif hasattr(kind, "to_numpy"):
        hint = "send its to_numpy()"
    else:
        found = (text for types, text in _HINTS if isinstance(value, types))
        hint = next(found, "send dict, list, str, numbers, or a value class of swnb.values")
    return f"{shown(value)} has no counterpart in JavaScript; {hint}"
