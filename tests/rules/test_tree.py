"""What may stand in the repository's files, and where tests live."""

from __future__ import annotations

import json
import os
import re
import tomllib

from tests.rules.source import PACKAGE, ROOT, tracked_files

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".ipynb",
    ".js",
    ".html",
    ".css",
    ".lock",
    ".json",
    ".jsonl",
    ".yml",
    ".yaml",
    ".sh",
    ".cfg",
    ".svg",
    "",
}

FORBIDDEN = {
    "a folder of some machine": re.compile(
        r"(?<![\w.$}])/(?:home/(?!(?:u|me|user)\b)\w+|Users/(?!(?:u|me)\b)\w+|root/|work/|opt/pypi)"
    ),
    "a registry's address": re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|jsdelivr|unpkg|cdnjs)[\w.-]*"),
    "an index option": re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host"),
}

ASPECTS = {"origin/test_mounts.py": "folders through site.py, files.py and server.py together"}
"""Unit tests of no single module."""


def test_no_machine_and_no_registry() -> None:
    found = []
    for path in tracked_files():
        if path.suffix not in TEXT or path == ROOT / "tests/rules/test_tree.py":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for what, pattern in FORBIDDEN.items():
            found += [f"{path.relative_to(ROOT)}: {what}: {m[0]}" for m in pattern.finditer(text)]
    assert not found


def test_unit_tests_mirror_the_package() -> None:
    """`tests/unit/browser/test_find.py` is about `swnb/browser/find.py`, `test_values_keyed.py` about `swnb/values/keyed.py`."""
    strays = []
    for path in sorted((ROOT / "tests/unit").rglob("test_*.py")):
        folder = path.parent.relative_to(ROOT / "tests/unit")
        if folder.parts[:1] == ("bench",) or str(folder / path.name) in ASPECTS:  # the benchmark is in tests/bench
            continue
        words = path.stem.removeprefix("test_").split("_")
        if not any((PACKAGE / folder / guess).exists() for guess in guesses(words)):
            strays.append(str(path.relative_to(ROOT)))
    assert not strays


def guesses(words: list[str]) -> list[str]:
    """Modules and rooms that a test's name can stand for: `find.py`, `values/keyed.py`, the same with an aspect behind it."""
    found = []
    for end in range(len(words), 0, -1):
        name = "_".join(words[:end])
        found += [f"{name}.py", name]
        found += [f"{'_'.join(words[:cut])}/{'_'.join(words[cut:end])}.py" for cut in range(1, end)]
    return found


def test_each_dependency_is_in_the_locks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = project["project"]["dependencies"]
    groups = project["dependency-groups"]
    unit = [entry for entry in groups["unit"] if isinstance(entry, str)]
    develop = [entry for entry in groups["dev"] if isinstance(entry, str)]
    build = project["build-system"]["requires"]
    all_pins, unit_pins = pins(".ci/requirements.lock"), pins(".ci/requirements-unit.lock")
    assert {name(entry) for entry in [*runtime, *unit, *develop, *build]} <= all_pins.keys()
    assert {name(entry) for entry in [*runtime, *unit]} <= unit_pins.keys()


def test_the_locks_agree_and_have_hashes() -> None:
    all_pins, unit_pins = pins(".ci/requirements.lock"), pins(".ci/requirements-unit.lock")
    assert unit_pins.items() <= all_pins.items()
    for file in (".ci/requirements.lock", ".ci/requirements-unit.lock"):
        text = (ROOT / file).read_text()
        entries = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
        assert all("--hash=sha256:" in entry for entry in entries)


def name(requirement: str) -> str:
    matched = re.match(r"[\w.-]+", requirement)
    assert matched
    return matched[0].lower()


def pins(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / file).read_text(), flags=re.M))


def test_scripts_can_be_executed() -> None:
    for script in ("run", "setup", "system", "interpreters"):
        path = ROOT / ".ci" / script
        assert os.access(path, os.X_OK), script
        assert path.read_text().startswith("#!/bin/sh\n")


def test_the_notebooks_are_saved_with_outputs_and_without_a_machine() -> None:
    notebooks = [path for path in tracked_files() if path.suffix == ".ipynb"]
    assert notebooks
    for path in notebooks:
        document = json.loads(path.read_text())
        cells = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
        assert [c["execution_count"] for c in cells] == list(range(1, len(cells) + 1)), path
        assert any(cell["outputs"] for cell in cells), path
        assert document["metadata"]["kernelspec"]["name"] == "python3", path
        errors = [o["ename"] for cell in cells for o in cell["outputs"] if o["output_type"] == "error"]
        assert not errors, path
        assert all("execution" not in cell["metadata"] for cell in document["cells"]), "times belong to one machine"
