"""A verb shows its result itself, once, wherever it stands: last in a cell, before other lines, in a loop, on the right of ``=``.

Python shows a bare expression only at the end of a cell. So what IPython makes of ``%sw VERB``, a call of
``run_line_magic``, is put into a call of `show` wherever Python would not show it; at the end of a cell it stays as it
is, and its value becomes ``Out[n]``.
A ``;`` at the end of the line shows nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from swnb.magics.words import split

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAGIC = "sw"
RUNNERS = ("run_line_magic", "run_cell_magic")


class Showing(ast.NodeTransformer):
    """Puts the calls of this magic into calls of ``show``, or of ``hide``, two of its methods.

    Attributes
    ----------
    has_begun
        False in the cell that loads the extension: that one was read before.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self.has_begun = False

    def visit_Module(self, node: ast.Module) -> ast.Module:
        """See what Python itself shows: the last statement, unless the user has it otherwise."""
        self.has_begun = True
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and _asks_for_help(call):
                assert isinstance(call.func, ast.Attribute)
                call.func.attr, call.args = "run_line_magic", call.args[:2]
        interactivity = self._shell.ast_node_interactivity
        bare = [s for s in node.body if isinstance(s, ast.Expr) and _is_call(s.value)]
        shown = bare if interactivity == "all" else [] if interactivity == "none" else bare[-1:]
        if interactivity != "all" and shown and shown[0] is not node.body[-1]:
            shown = []
        last = node.body[-1] if node.body else None
        if interactivity == "last_expr_or_assign" and isinstance(last, ast.Assign | ast.AnnAssign):
            shown_value = last.value
        else:
            shown_value = None
        for statement in node.body:
            if statement in shown:
                assert isinstance(statement, ast.Expr)
                if _is_silent(statement.value):
                    statement.value = _wrapped("hide", statement.value)
            elif shown_value is not None and statement is last and _is_call(shown_value):
                continue
            else:
                self.visit(statement)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Wrap one call of the magic."""
        if not _is_call(node):
            return self.generic_visit(node)
        return node if _is_silent(node) else _wrapped("show", node)


def _is_call(node: ast.AST) -> bool:
    """Whether a node is ``get_ipython().run_line_magic('sw', …)``, or that of a cell."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RUNNERS):
        return False
    owner = node.func.value
    if not (isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "get_ipython"):
        return False
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and first.value == MAGIC


def _is_silent(node: ast.expr) -> bool:
    assert isinstance(node, ast.Call)
    line = node.args[1] if len(node.args) > 1 else None
    return isinstance(line, ast.Constant) and isinstance(line.value, str) and split(line.value).silent


def _asks_for_help(node: ast.Call) -> bool:
    """Whether a node is ``%%sw VERB --help`` with nothing below it, which IPython would refuse before anybody is asked."""
    if not _is_call(node) or len(node.args) < 3:
        return False
    _, line, body = (part.value if isinstance(part, ast.Constant) else None for part in node.args[:3])
    return body == "" and isinstance(line, str) and any(word.text == "--help" for word in split(line).words)


def _wrapped(method: str, node: ast.expr) -> ast.expr:
    """Return ``get_ipython().find_line_magic('sw').__self__.METHOD(node)``."""
    template = f"get_ipython().find_line_magic({MAGIC!r}).__self__.{method}(0)"
    call = ast.parse(template, mode="eval").body
    assert isinstance(call, ast.Call)
    for part in ast.walk(call):
        ast.copy_location(part, node)
    call.args = [node]
    return call
