"""A module can be read in one sitting, a function on one screen."""

from __future__ import annotations

import ast

from tests.rules.source import definitions, modules

MODULE_LINES = 300
FUNCTION_LINES = 40

LONGER_MODULES: dict[str, tuple[int, str]] = {
    "swnb.errors": (
        450,
        "one class per error, each with its two sentences; the tree at its top is the point of one file",
    ),
}
"""Module, how long it may get, why it is one idea all the same."""

LONGER_FUNCTIONS: dict[str, tuple[int, str]] = {}
"""Qualified name, how long it may get, why it is one idea all the same."""


def test_modules_are_short() -> None:
    long = {m.name: m.lines for m in modules() if m.lines > LONGER_MODULES.get(m.name, (MODULE_LINES,))[0]}
    assert not long


def test_functions_are_short() -> None:
    long = {}
    for module in modules():
        for name, node in definitions(module):
            if isinstance(node, ast.ClassDef):
                continue
            whole = f"{module.name}.{name}"
            if code_lines(node) > LONGER_FUNCTIONS.get(whole, (FUNCTION_LINES,))[0]:
                long[whole] = code_lines(node)
    assert not long


def test_exceptions_are_still_needed() -> None:
    lengths = {m.name: m.lines for m in modules()}
    assert [name for name in LONGER_MODULES if lengths.get(name, 0) <= MODULE_LINES] == []
    known = {f"{m.name}.{name}": node for m in modules() for name, node in definitions(m)}
    needless = [n for n in LONGER_FUNCTIONS if n not in known or code_lines(known[n]) <= FUNCTION_LINES]
    assert needless == []


def code_lines(node: ast.stmt) -> int:
    """Lines of a definition without its docstring."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    body = getattr(node, "body", [])
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines
