"""Every public class and function says what it means."""

from __future__ import annotations

import ast

from tests.rules.source import definitions, modules


def test_every_public_definition_has_a_docstring() -> None:
    bare = []
    for module in modules():
        for name, node in definitions(module):
            parts = name.split(".")
            nested_in_function = any(
                isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
                and outer is not node
                and _contains(outer, node)
                for _, outer in definitions(module)
            )
            if any(part.startswith("_") for part in parts) or nested_in_function or _is_variant(node):
                continue
            if not ast.get_docstring(node):
                bare.append(f"{module.name}.{name}")
    assert not bare


def test_every_module_says_what_it_is() -> None:
    bare = [m.name for m in modules() if not ast.get_docstring(m.tree) and m.tree.body]
    assert not bare


def _contains(outer: ast.AST, inner: ast.AST) -> bool:
    return any(node is inner for node in ast.walk(outer))


def _is_variant(node: ast.AST) -> bool:
    """Whether it is an overload, or the setter of a property."""
    decorators = [ast.unparse(decorator) for decorator in getattr(node, "decorator_list", [])]
    return any(d.endswith(("overload", ".setter", ".deleter")) for d in decorators)
