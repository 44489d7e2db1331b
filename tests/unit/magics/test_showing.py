from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any, cast

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from swnb.magics.showing import Showing


def seen(cell: str, interactivity: str = "last_expr") -> list[str]:
    """Return what becomes of each call of the magic, in order: show, hide or python."""
    shell = cast("Any", SimpleNamespace(ast_node_interactivity=interactivity))
    transformed = TransformerManager().transform_cell(cell)  # type: ignore[no-untyped-call]
    tree = Showing(shell).visit(ast.parse(transformed))
    compile(tree, "cell", "exec")
    found: list[str] = []

    def walk(node: ast.AST, around: str) -> None:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("show", "hide"):
                around = node.func.attr
            elif node.func.attr in ("run_line_magic", "run_cell_magic"):
                found.append(around)
                return
        for child in ast.iter_child_nodes(node):
            walk(child, around)

    walk(tree, "python")
    return found


@pytest.mark.parametrize(
    ("cell", "runner"),
    [
        ("%%sw worker --help", "run_line_magic('sw', 'worker --help')"),
        ("%%sw worker --help\n1", "run_cell_magic('sw', 'worker --help', '1\\n')"),
        ("%%sw worker", "run_cell_magic('sw', 'worker', '')"),
    ],
)
def test_help_needs_no_lines_below_it(cell: str, runner: str) -> None:
    shell = cast("Any", SimpleNamespace(ast_node_interactivity="last_expr"))
    transformed = TransformerManager().transform_cell(cell)  # type: ignore[no-untyped-call]
    assert ast.unparse(Showing(shell).visit(ast.parse(transformed))) == f"get_ipython().{runner}"


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("%sw clients", ["python"]),
        ("%sw a\n%sw b\n%sw c", ["show", "show", "python"]),
        ("%sw a\nx = 1", ["show"]),
        ("x = %sw a", ["show"]),
        ("x = %sw a\nx", ["show"]),
        ("x = %sw a;", ["python"]),
        ("%sw a;", ["hide"]),
        ("%sw a;\n%sw b", ["python", "python"]),
        ("for i in range(3):\n    %sw a", ["show"]),
        ("def f():\n    %sw a\nf()", ["show"]),
        ("%%sw worker\nfoo();", ["python"]),
        ("%%sw worker -i a;\nfoo();", ["hide"]),
        ("%other a\n%sw b", ["python", "python"]),
        ("", []),
    ],
)
def test_each_result_is_shown_once(cell: str, becomes: list[str]) -> None:
    assert seen(cell) == becomes


def test_what_python_shows_is_left_to_it() -> None:
    assert seen("%sw a\n%sw b", "all") == ["python", "python"]
    assert seen("%sw a\n%sw b", "none") == ["show", "show"]
    assert seen("x = %sw a", "last_expr_or_assign") == ["python"]
