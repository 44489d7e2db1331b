"""`swnb demo`: the first notebook in a kernel of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from swnb.cli import main
from swnb.cli.demo import first_notebook
from tests.notebook.kernels import ROOT, notebook_of

pytestmark = pytest.mark.slow


def demo(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swnb", "demo", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_the_story_is_told(loop: str) -> None:
    ended = demo("--loop", loop)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    story = ended.stdout
    told = [
        "%sw register /sw.js --in home",
        "no clients",
        "  no   ",
        "%sw claim",
        "  yes  ",
        "BigInt(1)",
        "'clicked'",
        "%sw stop",
    ]
    at = 0
    for words in told:
        assert words in story[at:]
        at = story.index(words, at)
    assert story.splitlines()[-1].startswith("✓ 15 steps, each as saved in the notebook; ")


def altered(tmp_path: Path, change: Any) -> Path:
    document = json.loads(first_notebook().read_text())
    change(document["cells"])
    path = tmp_path / "altered.ipynb"
    path.write_text(json.dumps(document))
    return path


def test_a_difference_is_told_and_ends_with_status_1(tmp_path: Path) -> None:
    def change(cells: list[Any]) -> None:
        (cell,) = [cell for cell in cells if cell["source"] == ["%sw clients"]]
        cell["outputs"][0]["data"]["text/plain"] = ["one client"]

    ended = demo(str(altered(tmp_path, change)))
    assert ended.returncode == 1
    assert "✗ this differs from what the notebook has saved:\n      one client\n" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("✗ 1 of 15 steps went wrong")


def small(tmp_path: Path, source: str) -> str:
    document = notebook_of([source])
    document.cells[0].metadata = {"swnb": {"step": "One step"}}
    path = tmp_path / "small.ipynb"
    path.write_text(json.dumps(document))
    return str(path)


def test_a_cell_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", small(tmp_path, "1 / 0")]) == 1
    written = capsys.readouterr().out
    assert "ZeroDivisionError: division by zero" in written
    assert "it failed: ZeroDivisionError" in written


def test_a_kernel_that_dies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", small(tmp_path, "import os; os._exit(1)")]) == 1
    assert capsys.readouterr().err.startswith("swnb: the kernel died\n  ")


def test_a_cell_that_never_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--timeout", "1", small(tmp_path, "while True: pass")]) == 1
    assert capsys.readouterr().err.startswith("swnb: a cell did not end within 1 s\n  ")
