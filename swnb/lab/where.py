"""``--where``: one Python expression over a message, read and never run.

The text is parsed, and its tree is walked by this module alone: names, literals, attributes, subscripts, comparisons, ``and``,
``or``, ``not``, ``in``, ``len`` and a few methods of texts. No way leads from there to a function, a class or a file.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from swnb.errors import InvalidArgument, MalformedValue, nearest
from swnb.messages import Message
from swnb.values import JSError, JSFile, SparseArray, undefined

LONGEST = 2_000
"""Characters of an expression."""

DEEPEST = 60
"""Levels of an expression's tree."""

NAMES: dict[str, Callable[[Message], Any]] = {
    "data": lambda message: message.data_or_none,
    "sender": lambda message: message.sender,
    "receiver": lambda message: message.receiver,
    "channel": lambda message: message.channel,
    "via": lambda message: str(message.via),
    "size": lambda message: message.size,
}
"""What an expression can look at; the payload is not decoded for one that does not ask for it."""

CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None, "undefined": undefined}
"""JavaScript's words, beside Python's."""

METHODS = frozenset({"startswith", "endswith", "lower", "upper", "strip", "get", "keys", "values"})
"""Methods that may be called: of texts, and of objects."""

EXAMPLE = 'data.n > 3 and sender == "home"'

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
    ast.Is: lambda one, other: one is other,
    ast.IsNot: lambda one, other: one is not other,
}

JAVASCRIPT = {"&&": "and", "||": "or", "===": "==", "!==": "!=", "!": "not"}
"""What a hand that is used to JavaScript writes."""

Evaluate = Callable[[Message], Any]


class Where:
    """A condition on messages.

    Parameters
    ----------
    text
        The expression.

    Attributes
    ----------
    trouble
        Why the last message did not fit, where looking into it failed: it had no such property, or another type.

    Raises
    ------
    InvalidArgument
        If it is no expression, or one that is not allowed here.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.trouble = ""
        self._evaluate = _compiled(_parsed(text), text, 0)

    def __call__(self, message: Message) -> bool:
        """Tell whether it holds; what it cannot be asked about, it does not hold for."""
        self.trouble = ""
        try:
            return bool(self._evaluate(message))
        except RecursionError:
            self.trouble = "the payload is nested too deeply to be compared"
        except LookupError as error:
            self.trouble = f"there is no {error.args[0]!r}" if error.args else "there is no such item"
        except (TypeError, ValueError, AttributeError, OverflowError, MalformedValue) as error:
            self.trouble = str(error).partition("\n")[0]
        return False


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise InvalidArgument(
            f"--where has {len(text):,} characters", f"at most {LONGEST:,}; in Python give a function"
        )
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        used = [f"{theirs} is {ours}" for theirs, ours in JAVASCRIPT.items() if theirs in text]
        hint = f"it is Python: {used[0]}; " if used else ""
        raise InvalidArgument(f"--where {text!r} is no expression", f"{hint}for example {EXAMPLE}") from None


def _refused(node: ast.AST, text: str, what: str = "") -> InvalidArgument:
    told = what or ast.get_source_segment(text.strip(), node) or type(node).__name__
    return InvalidArgument(
        f"--where cannot do {told!r}",
        f"names {', '.join(NAMES)}; literals, a.b, a[b], comparisons, and, or, not, in, len(), .startswith(), .endswith()",
    )


def _compiled(node: ast.AST, text: str, depth: int) -> Evaluate:
    """Return what evaluates a node of the tree."""
    make = MAKERS.get(type(node))
    if make is None or depth > DEEPEST:
        raise _refused(node, text, "so deep a nesting" if make is not None else "")
    return make(node, text, depth + 1)


def _constant(node: ast.Constant, text: str, depth: int) -> Evaluate:
    value = node.value
    if isinstance(value, (complex, type(...))):
        raise _refused(node, text)
    return lambda _: value


def _name(node: ast.Name, text: str, depth: int) -> Evaluate:
    name = node.id
    if name in CONSTANTS:
        value = CONSTANTS[name]
        return lambda _: value
    if name not in NAMES:
        near = nearest(name, NAMES)
        hint = f"did you mean {near}? " if near else ""
        raise InvalidArgument(
            f"--where knows no {name!r}", f'{hint}names: {", ".join(NAMES)}; texts in quotes: "{name}"'
        )
    return NAMES[name]


def _attribute(node: ast.Attribute, text: str, depth: int) -> Evaluate:
    owner, name = _compiled(node.value, text, depth), node.attr
    return lambda message: property_of(owner(message), name)


def property_of(value: Any, name: str) -> Any:
    """Return a property of a payload's object, as JavaScript names it: ``data.user.name``, ``data.list.length``.

    Raises
    ------
    LookupError
        If it has none of that name.
    """
    if isinstance(value, Mapping) and name in value:
        return value[name]
    if name in ("length", "size") and isinstance(value, (str, list, tuple, bytes, SparseArray, Mapping, set)):
        return len(value)
    if isinstance(value, JSError) and name in ("name", "message"):
        return getattr(value, name)
    if isinstance(value, JSFile) and name in ("name", "size", "type"):
        return getattr(value, name)
    raise LookupError(name)


def _subscript(node: ast.Subscript, text: str, depth: int) -> Evaluate:
    if isinstance(node.slice, (ast.Slice, ast.Tuple)):
        raise _refused(node, text)
    owner, key = _compiled(node.value, text, depth), _compiled(node.slice, text, depth)

    def item(message: Message) -> Any:
        value, index = owner(message), key(message)
        if not isinstance(value, (Mapping, str, list, tuple, SparseArray)):
            raise LookupError(index)  # noqa: TRY004  # it has no such item
        return value[index]

    return item


def _compare(node: ast.Compare, text: str, depth: int) -> Evaluate:
    first = _compiled(node.left, text, depth)
    rest = [
        (COMPARISONS[type(op)], _compiled(right, text, depth))
        for op, right in zip(node.ops, node.comparators, strict=True)
    ]

    def holds(message: Message) -> bool:
        left = first(message)
        for compare, evaluate in rest:
            right = evaluate(message)
            if not compare(left, right):
                return False
            left = right
        return True

    return holds


def _bool_op(node: ast.BoolOp, text: str, depth: int) -> Evaluate:
    parts = [_compiled(part, text, depth) for part in node.values]
    if isinstance(node.op, ast.And):
        return lambda message: all(part(message) for part in parts)
    return lambda message: any(part(message) for part in parts)


def _unary(node: ast.UnaryOp, text: str, depth: int) -> Evaluate:
    operand = _compiled(node.operand, text, depth)
    if isinstance(node.op, ast.Not):
        return lambda message: not operand(message)
    if isinstance(node.op, ast.USub):
        return lambda message: -operand(message)
    raise _refused(node, text)


def _display(node: ast.List | ast.Tuple | ast.Set, text: str, depth: int) -> Evaluate:
    parts = [_compiled(part, text, depth) for part in node.elts]
    return lambda message: [part(message) for part in parts]


def _dict(node: ast.Dict, text: str, depth: int) -> Evaluate:
    if None in node.keys:
        raise _refused(node, text)
    pairs = [
        (_compiled(key, text, depth), _compiled(value, text, depth))
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None
    ]
    return lambda message: {key(message): value(message) for key, value in pairs}


def _call(node: ast.Call, text: str, depth: int) -> Evaluate:
    arguments = [_compiled(argument, text, depth) for argument in node.args]
    function = node.func
    if node.keywords:
        raise _refused(node, text)
    if isinstance(function, ast.Name) and function.id == "len" and len(arguments) == 1:
        return lambda message: len(arguments[0](message))
    if not isinstance(function, ast.Attribute) or function.attr not in METHODS:
        raise _refused(node, text)
    owner, name = _compiled(function.value, text, depth), function.attr

    def call(message: Message) -> Any:
        value = owner(message)
        if not isinstance(value, (str, Mapping)) or not hasattr(value, name):
            raise LookupError(name)
        return getattr(value, name)(*(argument(message) for argument in arguments))

    return call


MAKERS: dict[type[ast.AST], Callable[[Any, str, int], Evaluate]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.List: _display,
    ast.Tuple: _display,
    ast.Set: _display,
    ast.Dict: _dict,
    ast.Call: _call,
}
