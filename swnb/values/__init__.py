"""JavaScript values as Python values, and back, with nothing lost silently.

The browser's half is `CODEC_JS`: one expression whose value is ``{encode, decode}``. Between the halves goes a flat
table (see `wire`). The value table in the README lists every kind.
"""

from __future__ import annotations

from pathlib import Path

from .buffers import ArrayBuffer, DataView, SharedArrayBuffer, TypedArray
from .decode import decode
from .encode import encode
from .jsmap import JSMap
from .jsset import JSSet
from .kinds import (
    BigInt,
    FarDate,
    Hole,
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
    Undefined,
    hole,
    undefined,
)
from .remote import decode_remote, is_primitive, not_cloneable, to_call_argument
from .wire import path_to

CODEC_JS: str
"""Source of the browser's half, read on first use."""


def __getattr__(name: str) -> str:
    if name != "CODEC_JS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    parts = sorted((Path(__file__).parent / "codec").glob("*.js"))
    body = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    source = f"(() => {{\n{body}\nreturn freeze({{ __proto__: null, encode, decode }});\n}})()"
    globals()["CODEC_JS"] = source
    return source


__all__ = [
    "CODEC_JS",
    "ArrayBuffer",
    "BigInt",
    "DataView",
    "FarDate",
    "Hole",
    "InvalidDate",
    "JSArray",
    "JSBlob",
    "JSBoxed",
    "JSError",
    "JSFile",
    "JSHandle",
    "JSMap",
    "JSObject",
    "JSSet",
    "RegExp",
    "SharedArrayBuffer",
    "SparseArray",
    "TypedArray",
    "Undefined",
    "decode",
    "decode_remote",
    "encode",
    "hole",
    "is_primitive",
    "not_cloneable",
    "path_to",
    "to_call_argument",
    "undefined",
]
