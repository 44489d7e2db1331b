from __future__ import annotations

import json
from pathlib import Path

import pytest

from swnb.cli import main
from swnb.cli.kernel import EXTENSION


def spec(prefix: Path, name: str = "swnb") -> Path:
    return prefix / "share" / "jupyter" / "kernels" / name / "kernel.json"


def test_install_twice_and_remove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kernel", "install", "--prefix", str(tmp_path)]) == 0
    assert main(["kernel", "install", "--prefix", str(tmp_path)]) == 0
    written = json.loads(spec(tmp_path).read_text())
    assert written["argv"][-1] == EXTENSION
    assert "{connection_file}" in written["argv"]
    assert written["language"] == "python"
    assert str(spec(tmp_path).parent) in capsys.readouterr().out
    assert main(["kernel", "remove", "--prefix", str(tmp_path)]) == 0
    assert not spec(tmp_path).parent.exists()


def test_another_name(tmp_path: Path) -> None:
    assert main(["kernel", "install", "--prefix", str(tmp_path), "--name", "Mine"]) == 0
    assert json.loads(spec(tmp_path, "mine").read_text())["display_name"] == "Python 3 + swnb (Mine)"


def test_what_is_not_there_cannot_be_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kernel", "remove", "--prefix", str(tmp_path)]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("swnb: there is no kernel at ")
    assert "--user" in second


@pytest.mark.parametrize("verb", ["install", "remove"])
def test_another_programs_kernel_is_left_alone(tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec(tmp_path).parent.mkdir(parents=True)
    spec(tmp_path).write_text('{"argv": ["other"]}')
    assert main(["kernel", verb, "--prefix", str(tmp_path)]) == 1
    assert spec(tmp_path).read_text() == '{"argv": ["other"]}'
    assert "another program's kernel" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "share").write_text("a file")
    assert main(["kernel", "install", "--prefix", str(tmp_path)]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../evil", "", ".", "a b", "ü"])
def test_a_name_that_is_none(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kernel", "install", "--prefix", str(tmp_path), "--name", name]) == 1
    assert "is no name of a kernel" in capsys.readouterr().err
    assert not (tmp_path / "share").exists()
