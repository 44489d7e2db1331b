from __future__ import annotations

import json
from pathlib import Path

import pytest

from swnb.cli import main
from swnb.cli.demo import STORIES, notebook


@pytest.mark.parametrize("name", STORIES)
def test_the_notebooks_are_found(name: str) -> None:
    assert notebook(name).name == name


def test_a_notebook_without_steps_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": "1", "outputs": []}]}))
    assert main(["demo", str(path)]) == 1
    assert "is a step" in capsys.readouterr().err


def test_a_missing_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "/nowhere/a.ipynb"]) == 1
    assert capsys.readouterr().err == (
        "swnb: /nowhere/a.ipynb cannot be read: No such file or directory\n  give the path of a notebook\n"
    )
