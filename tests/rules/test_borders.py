"""What only one module may touch, and what importing the package may cost."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.rules.source import PACKAGE, ROOT, imports, modules

HEAVY = (
    "asyncio",
    "tornado",
    "msgspec",
    "pyppeteer",
    "IPython",
    "numpy",
    "traitlets",
    "pathlib",
    "ipykernel",
    "ipywidgets",
)

TARGET_USERS = {
    "swnb.browser.targets",
    "swnb.browser.visits",  # a part of it
    "swnb.browser.pages",  # drops pyppeteer's own auto-attach, and passes it the events that targets hears
}


def test_pyppeteer_is_imported_only_by_pages_and_on_first_use() -> None:
    for module in modules():
        for imported in imports(module):
            if imported.module.split(".")[0] == "pyppeteer" and not imported.typing_only:
                assert module.name == "swnb.browser.pages", f"{module.name}:{imported.line}"
                assert imported.inside_function, f"{module.name}:{imported.line} imports it at once"


def test_only_targets_uses_the_target_domain() -> None:
    users = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("Target.")
    }
    assert users <= TARGET_USERS


def test_pages_sends_nothing_of_the_target_domain() -> None:
    """Its words of that domain are what it drops and what it listens to."""
    tree = next(module.tree for module in modules() if module.name == "swnb.browser.pages")
    sent = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("send", "post", "_send")
        and node.args
        and ast.unparse(node.args[0]).strip("'\"").startswith("Target.")
    ]
    assert not sent


@pytest.mark.parametrize("statement", ["import swnb", "import swnb; swnb.SwnbError", "import swnb.cli"])
def test_importing_brings_nothing_heavy(statement: str) -> None:
    program = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    ended = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"],
                           capture_output=True, text=True, check=True, timeout=30)  # fmt: skip
    heavy = [name for name in HEAVY if name in ended.stdout.split()]
    assert not heavy


def test_a_start_spawns_the_browser_before_anything_heavy() -> None:
    """`swnb.lab.lab` and what prepares a start are imported while nothing runs yet."""
    program = (
        "import swnb.lab.lab, swnb.lab.prepare, swnb.browser.started, swnb.browser.launch, sys; print(*sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    heavy = [name for name in HEAVY if name in ended.stdout.split()]
    assert not heavy


def test_no_javascript_or_markup_in_python_files() -> None:
    """Scripts and pages are files of their own; what is in a string is one short function at most."""
    long = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(sign in node.value for sign in ("=> {", "function", "<script", "<style"))
        and node.value.count("\n") > 12
        and "\n    " in node.value
        and not _is_docstring(node, module.tree)
    ]
    assert not long
    assert list(PACKAGE.rglob("*.js")), "and there are such files"


def _is_docstring(node: ast.Constant, tree: ast.Module) -> bool:
    return any(isinstance(parent, ast.Expr) and parent.value is node for parent in ast.walk(tree))
