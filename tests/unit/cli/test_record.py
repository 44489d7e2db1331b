"""``swnb record``, without a kernel and without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from swnb.cli import main
from swnb.recording import read
from swnb.recording.filenames import numbered
from swnb.verifying import executing
from swnb.verifying.executing import Ran
from tests.unit.verifying.kept import notebook, recorded


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the notebook's run leaves, and what it was given."""
    given: dict[str, Any] = {"labs": 1, "failure": ""}

    def execute(path: Path, book: Any, into: Path, **options: Any) -> Ran:
        given.update(options, into=into)
        options["on_cell"](1, 1, "%sw start")
        made = [recorded(numbered(into, number), "new") for number in range(1, given["labs"] + 1)]
        return Ran(tuple(made), given["failure"], "its first line: 1/0" if given["failure"] else "", cells=1)

    monkeypatch.setattr(executing, "execute", execute)
    return given


def test_it_is_kept_beside_the_notebook(
    tmp_path: Path, ran: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    ran["labs"] = 2
    path = notebook(tmp_path / "a.ipynb", "1", redact=["s3cret"])
    assert main(["record", str(path), "--redact", "$.token", "--attach", "detached"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/{name}: 1 events, 1 commands, {(tmp_path / name).stat().st_size:,} bytes"
        for name in ("a.swnb.jsonl", "a-2.swnb.jsonl")
    ]
    assert ran["settings"] == {"attach": "detached", "redact": ["$.token", "s3cret"]}
    assert read(tmp_path / "a.swnb.jsonl").complete


def test_elsewhere_and_packed(tmp_path: Path, ran: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "a.ipynb", "1")
    for name in ("run.swnb.jsonl.zst", "run.gz"):
        assert main(["record", str(path), "-o", str(tmp_path / name), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["recordings"][0] == {
            "path": str(tmp_path / name),
            "bytes": (tmp_path / name).stat().st_size,
            "events": 1,
            "commands": 1,
            "redacted": 0,
            "missing": [],
        }
        assert ran["into"].suffix == Path(name).suffix
        assert not (tmp_path / name).read_bytes().startswith(b"{")


def test_what_is_there_is_not_replaced_unasked(
    tmp_path: Path, ran: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path, kept = notebook(tmp_path / "a.ipynb", "1"), recorded(tmp_path / "a.swnb.jsonl", "old")
    assert main(["record", str(path)]) == 1
    assert (
        capsys.readouterr().err == f"swnb: {kept} is there already\n  --overwrite replaces it, --output FILE keeps it\n"
    )
    assert "into" not in ran, "that is said before the run"
    assert main(["record", str(path), "--overwrite"]) == 0
    assert read(kept).events[0].text == "new"  # type: ignore[attr-defined]
    (tmp_path / "notes.swnb.jsonl").write_text("mine")
    assert main(["record", str(path), "-o", str(tmp_path / "notes.swnb.jsonl"), "--overwrite"]) == 1
    assert (tmp_path / "notes.swnb.jsonl").read_text() == "mine"


def test_a_cell_that_fails(tmp_path: Path, ran: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    ran["failure"] = "cell 1 raised ZeroDivisionError: division by zero"
    path = notebook(tmp_path / "a.ipynb", "1/0")
    assert main(["record", str(path)]) == 1
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        f"swnb: {path}: cell 1 raised ZeroDivisionError: division by zero",
        f"  its first line: 1/0; the recording up to there is kept: {tmp_path}/a.swnb.jsonl",
    ]
    assert out == ""
    assert read(tmp_path / "a.swnb.jsonl").events
    assert main(["record", str(path), "--overwrite", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"].endswith("division by zero")
    assert told["recordings"][0]["events"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.ipynb"], "none.ipynb cannot be read: No such file or directory"),
        (["bad.ipynb"], "bad.ipynb is no notebook"),
        (["a.ipynb", "-o", "no/such/run.swnb.jsonl"], "there is no such folder"),
        (["a.ipynb", "--redact", "("], "is no regular expression"),
    ],
)
def test_what_cannot_be_recorded(
    words: list[str],
    said: str,
    tmp_path: Path,
    ran: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "a.ipynb", "1")
    (tmp_path / "bad.ipynb").write_text("{")
    assert main(["record", *words]) == 1
    assert said in capsys.readouterr().err
    assert "into" not in ran


def test_a_notebook_that_starts_no_lab(tmp_path: Path, ran: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    ran["labs"] = 0
    assert main(["record", str(notebook(tmp_path / "a.ipynb", "1"))]) == 1
    assert "started no lab that could be recorded" in capsys.readouterr().err
