"""The house's plan: a module imports only from floors below its own, and the blocks of floor 2 do not know each other."""

from __future__ import annotations

import pytest

from tests.rules.source import Import, Module, imports, modules

FLOORS: dict[str, int] = {
    "vocab": 0,
    "errors": 0,
    "values": 0,
    "text": 0,
    "frames": 0,
    "events": 1,
    "names": 1,
    "messages": 1,
    "log": 1,
    "world": 1,
    "browser": 2,
    "origin": 2,
    "desktop": 2,
    "recording": 2,
    "model": 2,
    "probe": 3,
    "clients": 3,
    "oracle": 3,
    "lab": 4,
    "views": 5,
    "verifying": 5,
    "magics": 6,
    "cli": 6,
    "pytest_plugin": 6,
    "__main__": 7,
    "": 7,
}
"""Floor of each room; "" is the package itself, which puts it together. A new room has to be entered here."""

NEIGHBOURS = {
    ("clients", "probe"),  # clients ask through the agents that probe installs
    ("errors", "vocab"),
    ("values", "vocab"),
    ("values", "errors"),
    ("frames", "errors"),
    ("names", "events"),
    ("messages", "events"),
    ("messages", "names"),
    ("log", "events"),
    ("log", "names"),
    ("log", "messages"),
    ("world", "events"),
    ("world", "log"),
    ("world", "names"),
    ("__main__", "cli"),
}
"""Who may import whom on one floor."""


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def test_every_room_has_a_floor() -> None:
    assert {room(module.name) for module in modules()} <= FLOORS.keys()


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_imports_go_downward(module: Module) -> None:
    """Imports for type checkers count, too: a type of a floor above is knowledge of it, as much as a value."""
    wrong = [
        f"{module.path.name}:{imported.line} imports {imported.module}"
        for imported in imports(module)
        if imported.module.split(".")[0] == "swnb" and not allowed(room(module.name), imported)
    ]
    assert not wrong


def allowed(importer: str, imported: Import) -> bool:
    target = room(imported.module)
    if target == importer or (importer, target) in NEIGHBOURS:
        return True
    if target == "":  # `from swnb import __version__`, when a function runs: the package is whole by then
        return imported.inside_function and FLOORS[importer] >= 5
    return FLOORS[target] < FLOORS[importer]


@pytest.mark.parametrize(
    ("importer", "module", "expected"),
    [
        ("browser", "swnb.errors", True),
        ("browser", "swnb.origin.site", False),
        ("clients", "swnb.lab.lab", False),
        ("lab", "swnb.clients.client", True),
        ("magics", "swnb.cli", False),
        ("views", "swnb.recording.trace", True),
        ("values", "swnb.browser", False),
    ],
)
def test_the_rule_itself(importer: str, module: str, expected: bool) -> None:
    assert allowed(importer, Import(module, 1, False, False)) is expected
