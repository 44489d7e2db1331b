"""JavaScript values as Python values, and back, with nothing lost silently.

The browser's half is `CODEC_JS`: one expression whose value is ``{encode, decode}``. Between the halves goes a flat
table (see `wire`). The value table in the README lists every kind.

What is named here is imported on first use: a start needs none of it, and it takes 8 ms.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .buffers import ArrayBuffer, DataView, SharedArrayBuffer, TypedArray
    from .decoding import decode
    from .encoding import encode
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
"""Source of the browser's half."""

HOMES = {
    **dict.fromkeys(("ArrayBuffer", "DataView", "SharedArrayBuffer", "TypedArray"), "buffers"),
    "decode": "decoding",
    "encode": "encoding",
    "JSMap": "jsmap",
    "JSSet": "jsset",
    **dict.fromkeys(("decode_remote", "is_primitive", "not_cloneable", "to_call_argument"), "remote"),
    "path_to": "wire",
}
"""Modules of what is not in `kinds`."""


def __getattr__(name: str) -> Any:
    if name == "CODEC_JS":
        value: object = _codec()
    elif name in __all__:
        value = getattr(import_module(f"{__name__}.{HOMES.get(name, 'kinds')}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _codec() -> str:
    parts = sorted((Path(__file__).parent / "codec").glob("*.js"))
    body = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    return f"(() => {{\n{body}\nreturn freeze({{ __proto__: null, encode, decode }});\n}})()"


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
