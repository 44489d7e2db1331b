"""The benchmark can be imported, and its floor run, where the peers are not installed."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "bench"
LIGHT = ("cold", "contest", "floor", "material", "site")


def imported_at_once(path: Path) -> set[str]:
    """Return the top-level names of the modules that a module imports when it is imported itself."""
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


CONTEST = sorted(path for path in ROOM.glob("*.py") if not path.stem.startswith(("keeping", "replaying", "seeing")))
"""What of the bench is in a process that is timed from its start; views, recordings and replays are not."""


@pytest.mark.parametrize("path", CONTEST, ids=lambda path: path.stem)
def test_no_contestant_is_imported_before_it_is_asked(path: Path) -> None:
    assert not imported_at_once(path) & {"playwright", "pyppeteer", "swnb", "numpy", "jupyter_client"}


@pytest.mark.parametrize("name", LIGHT)
def test_the_floor_needs_the_standard_library_alone(name: str) -> None:
    assert imported_at_once(ROOM / f"{name}.py") <= {*sys.stdlib_module_names, "tests"}
