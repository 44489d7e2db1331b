"""The flat table in which a value crosses between Python and JavaScript, and paths inside it.

A table is a JSON list. Its first item is the *slot* of the whole value; every further item is a *node*, and a slot
``[n]`` refers to node ``n``. So circles, shared references and any depth need no recursion, and no JSON object is
ever used, whose ``__proto__`` key would mean something else in JavaScript.

A slot is one of

=====================================  =====================================================
``null``, ``true``, ``"text"``, ``1``  itself (a number is finite and not -0)
``[n]`` with n > 0                     node n
``[-1]`` to ``[-6]``                   undefined, a hole, NaN, -0, Infinity, -Infinity
``["-ff"]``                            a BigInt, hexadecimal
=====================================  =====================================================

and a node, where ``…`` repeats, is one of

==================================================================  ========================================
``["O", key, slot, …]``, ``["C", class, key, slot, …]``             a plain object, an instance of a class
``["A", slot, …]``, ``["S", length, key, slot, …]``                 an array; with extras or very sparse
``["M", slot, slot, …]``, ``["Z", slot, …]``                        a Map, a Set
``["D", slot]``, ``["R", source, flags]``, ``["P", slot]``          a Date (ms), a RegExp, a boxed primitive
``["B", base64, max]``, ``["H", base64, max]``                      an ArrayBuffer, a SharedArrayBuffer
``["T", kind, slot, offset, length]``                               a typed array or a DataView on a buffer
``["E", class, name, message, stack, code, cause, errors, key, …]`` an Error or a DOMException
``["L", size, type]``, ``["F", size, type, name, modified]``        a Blob, a File
``["X", kind, class, description]``                                 what cannot cross, described
==================================================================  ========================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

UNDEFINED, HOLE, NAN, NEGATIVE_ZERO, INFINITY, NEGATIVE_INFINITY = -1, -2, -3, -4, -5, -6

MAX_SAFE_INTEGER = 2**53 - 1
"""The greatest integer up to which every integer is a Number of its own."""

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def joined(text: str) -> str:
    """Return the text with each pair of surrogates as the one character that it is in JavaScript."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


def quoted(key: str) -> str:
    """Return a key as both languages write it: in double quotes."""
    return json.dumps(key, ensure_ascii=not key.isprintable())


def _keyed(node: list[object], start: int, style: str, beside: str = "") -> Iterator[tuple[str, object]]:
    """Yield the properties from `start` on; `beside` is where Python keeps them."""
    for at in range(start, len(node) - 1, 2):
        key = node[at]
        if isinstance(key, int):
            yield f"[{key}]", node[at + 1]
        elif style == "js" and _IDENTIFIER.fullmatch(str(key)):
            yield f".{key}", node[at + 1]
        else:
            yield f"{beside if style == 'python' else ''}[{quoted(str(key))}]", node[at + 1]


def _steps(node: list[object], style: str) -> Iterator[tuple[str, object]]:
    """Yield each slot of a node with the piece of path that leads to it."""
    match node[0]:
        case "O":
            yield from _keyed(node, 1, style)
        case "C":
            yield from _keyed(node, 2, style)
        case "S":
            yield from _keyed(node, 2, style, ".extra")
        case "A":
            yield from ((f"[{at}]", slot) for at, slot in enumerate(node[1:]))
        case "Z":
            yield from ((f".member({at})", slot) for at, slot in enumerate(node[1:]))
        case "M":
            for at in range(1, len(node) - 1, 2):
                yield f".key({at // 2})", node[at]
                key = json.dumps(node[at]) if not isinstance(node[at], list) else None
                yield (
                    (f".entry({at // 2})" if key is None else f".get({key})" if style == "js" else f"[{key}]"),
                    node[at + 1],
                )
        case "T":
            yield ".buffer", node[2]
        case "E":
            yield from ((".cause", node[6]), (".errors", node[7]))
            yield from _keyed(node, 8, style, ".props")
        case _:
            return


def path_to(wire: list[object], target: int, style: str = "python") -> str:
    """Return where node `target` stands in the whole value, as ``value["a"][3]``.

    Both encoders number a node when they first meet it, so the first reference to a node stands in an earlier one.

    Parameters
    ----------
    wire
        A table; nodes that are not encoded yet may be None.
    target
        Index of a node.
    style
        ``"python"`` or ``"js"``, where ``value.a[3]`` is written.
    """
    parents: dict[int, tuple[int, str]] = {}
    for at, node in enumerate(wire[1:], 1):
        if not isinstance(node, list) or not node:
            continue
        for step, slot in _steps(node, style):
            if isinstance(slot, list) and slot and type(slot[0]) is int:
                parents.setdefault(slot[0], (at, step))
    pieces: list[str] = []
    seen: set[int] = set()
    root = wire[0][0] if isinstance(wire[0], list) and wire[0] else None
    while target != root and target in parents and target not in seen:
        seen.add(target)
        target, step = parents[target]
        pieces.append(step)
    return "value" + "".join(reversed(pieces))
