"""Texts and values as a cell has them: a word of a magic's line, the lines below it, an expression of Python.

What is written here comes from pages and files of others. It is text in each form: a word is one argument, an expression is made
of literals and of names of this package. What cannot be said in a form is None there.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from swnb import values
from swnb.errors import SwnbError
from swnb.values import (
    ArrayBuffer,
    BigInt,
    FarDate,
    InvalidDate,
    JSMap,
    JSSet,
    RegExp,
    TypedArray,
    hole,
    undefined,
)

BARE: Final = re.compile(r"[A-Za-z0-9_./:,+~@][A-Za-z0-9_./:,+~@-]*")
"""A word that means itself to IPython, to the magic, and to whoever reads it."""

PLAIN: Final = re.compile(r"[\w*.:/+~@-]+(?: [\w*.:/+~@-]+)*", re.A)
"""Words that are taken as they were typed."""

JSON: Final = re.compile(r"""[\w .,:{}\[\]"/+=<>()*&@!-]+""", re.A)
"""Of JSON, what a line can hold as it is."""

CHANGED: Final = re.compile(r"^\s*>>>|^\s*\.{3,}:|^(?:(?:\[nav\]|\[ins\])? )?In \[|^[ \t]+$", re.M)
"""Lines that IPython changes: what looks like the prompts of a session, and blanks alone."""

DEEPEST: Final = 20
"""Levels of a value that are written as literals; a deeper one is a table."""

SHORT: Final = 64
"""Bytes that are written as a literal; more are base64."""

WIDE: Final = 100
"""Characters of a text that stands in one line."""


def word(text: object) -> str | None:
    """Return an argument of a magic's line."""
    if not isinstance(text, str) or text.startswith("-") or re.search(r"\{|\$|\\", text) or not text.isprintable():
        return None
    if BARE.fullmatch(text):
        return text
    quote = next((quote for quote in "'\"" if quote not in text), None)
    return None if quote is None else f"{quote}{text}{quote}"


def option(name: str, value: object) -> str | None:
    """Return an option of a magic's line with its value; ``""`` for None."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f" {name} {value!r}" if math.isfinite(value) and value >= 0 else None
    written = word(value)
    return None if written is None else f" {name} {written}"


def joined(*parts: str | None) -> str | None:
    """Return parts of a line as one; None if one of them is."""
    return None if None in parts else "".join(part for part in parts if part)


def plain(text: object) -> str | None:
    """Return words that a verb takes as they were typed."""
    if not isinstance(text, str) or not PLAIN.fullmatch(text) or re.search(r"(?:^| )-|--", text):
        return None
    return text


def json_text(value: object) -> str | None:
    """Return JSON that a verb takes as it was typed."""
    try:
        text = json.dumps(value)
        same = values.encode(json.loads(text)) == values.encode(value)
    except (SwnbError, TypeError, ValueError, RecursionError):
        return None
    if not same or not JSON.fullmatch(text) or "--" in text or re.search(r'"-|-"', text):
        return None
    return text


def cell(line: str | None, body: object) -> str | None:
    """Return a cell with lines below its first one: `body`, which ends with a line break, exactly."""
    if line is None or not isinstance(body, str) or not body.endswith("\n") or not _lasts(body):
        return None
    without = body[:-1]  # IPython puts a break at the end, where none is
    return f"{line}\n{without if without and not without.endswith(chr(10)) else body}"


def _lasts(text: str) -> bool:
    """Whether front ends, files and IPython leave a text of several lines as it is."""
    return all(c.isprintable() or c in "\n\t" for c in text) and not CHANGED.search(text)


# ---- Python ---------------------------------------------------------------------------------------------------------


def string(text: str) -> str:
    """Return a text as an expression, over several lines where it has several."""
    if "\n" not in text.rstrip("\n") and len(text) <= WIDE:
        return repr(text)
    if _lasts(text) and "\\" not in text and '"""' not in text and not text.endswith('"') and "\n" in text:
        return f'"""{text}"""'
    *lines, last = text.split("\n")
    if len(lines) < 2:
        return repr(text)
    parts = [f"{line}\n" for line in lines] + ([last] if last else [])
    return "(\n" + "".join(f"    {part!r}\n" for part in parts) + ")"


def content(body: bytes) -> str:
    """Return bytes as an expression."""
    return repr(body) if len(body) <= SHORT else f"base64.b64decode({b64encode(body).decode()!r})"


def python(wire: list[Any]) -> str:
    """Return the value of a wire of `swnb.values` as an expression.

    Raises
    ------
    MalformedValue
        If it is none.
    """
    value = values.decode(wire)
    try:
        return _Literal().of(value, 0)
    except _NoLiteralError:
        return f"swnb.values.decode({_plain(wire)})"


def _plain(wire: object) -> str:
    """Return a decoded JSON value, as which a wire is written."""
    if isinstance(wire, list):
        return f"[{', '.join(map(_plain, wire))}]"
    if isinstance(wire, float) and not math.isfinite(wire):
        return f"float({str(wire)!r})"
    return repr(wire)


class _NoLiteralError(Exception):
    """A value that has no literal: it is a circle, one of its parts stands in it twice, or it is of a rare kind."""


class _Literal:
    """Writes one value."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def of(self, value: Any, level: int) -> str:
        """Return the expression."""
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return repr(value)
        if kind is float:
            return _plain(value)
        if kind is BigInt:
            return f"swnb.{value!r}"
        if value is undefined or value is hole:
            return f"swnb.values.{value!r}"
        return self._object(value, level)

    def _object(self, value: Any, level: int) -> str:
        if level > DEEPEST or id(value) in self._seen:
            raise _NoLiteralError
        self._seen.add(id(value))
        kind = type(value)
        if kind in (RegExp, FarDate, InvalidDate, datetime):
            return self._small(value)
        if kind is list:
            return f"[{self._many(value, level)}]"
        if kind is dict:
            return f"{{{self._pairs(value, level)}}}"
        if kind is JSSet:
            return f"swnb.JSSet([{self._many(value, level)}])"
        if kind is JSMap:
            pairs = (f"({self.of(key, level + 1)}, {self.of(item, level + 1)})" for key, item in value.items())
            return f"swnb.JSMap([{', '.join(pairs)}])"
        return self._memory(value)

    @staticmethod
    def _small(value: Any) -> str:
        if isinstance(value, datetime):
            return repr(value)
        if isinstance(value, RegExp):
            return f"swnb.RegExp({value.source!r}, {value.flags!r})"
        return f"swnb.values.{value!r}"

    def _memory(self, value: Any) -> str:
        """Return bytes: a whole buffer, or a view of all of one that nobody else has."""
        buffer = value.buffer if type(value) is TypedArray else value
        if type(buffer) is not ArrayBuffer or buffer.max_byte_length is not None:
            raise _NoLiteralError
        data = content(bytes(buffer))
        if buffer is value:
            return f"swnb.values.ArrayBuffer({data})"
        whole = value.offset == 0 and value.byte_length == len(buffer) and id(buffer) not in self._seen
        if not whole:
            raise _NoLiteralError
        self._seen.add(id(buffer))
        return data if value.kind == "Uint8Array" else f"swnb.TypedArray({value.kind!r}, {data})"

    def _many(self, items: Iterable[Any], level: int) -> str:
        return ", ".join(self.of(item, level + 1) for item in items)

    def _pairs(self, items: dict[Any, Any], level: int) -> str:
        return ", ".join(f"{self.of(key, level + 1)}: {self.of(item, level + 1)}" for key, item in items.items())


# ---- Markdown -------------------------------------------------------------------------------------------------------


def inline(text: str) -> str:
    """Return a text as code within a line of Markdown."""
    from swnb.text import short, visible, whole_pairs

    shown = visible(whole_pairs(short(text, 2 * WIDE))) or "·"
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    return f"{ticks} {shown} {ticks}" if "`" in shown else f"`{shown}`"


def fenced(text: str, most: int = 4_000) -> str:
    """Return a text as a block of code of Markdown, its lines as they are; of a longer one the beginning."""
    from swnb.text import visible, whole_pairs

    more = f"\n… ({len(text):,} characters)" if len(text) > most else ""
    shown = "".join(c if c in "\n\t" else visible(c) for c in whole_pairs(text[:most])) + more
    fence = "~" * max(3, 1 + max((len(run) for run in re.findall("~+", shown)), default=0))
    return f"{fence}text\n{shown}\n{fence}"
