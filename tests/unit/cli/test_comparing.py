"""``swnb diff``, and ``swnb replay`` as far as no browser is needed."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from swnb.cli import main
from tests.unit.verifying.kept import recorded


def test_diff_has_an_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = recorded(tmp_path / "one.swnb.jsonl", "a", "b"), recorded(tmp_path / "other.swnb.jsonl", "a", "c")
    assert main(["diff", str(one), str(one)]) == 0
    assert capsys.readouterr().out.startswith("equal")
    assert main(["diff", str(one), str(other)]) == 1
    assert "wrote 'c' to the console" in capsys.readouterr().out
    assert main(["diff", str(one), str(other), "--ignore", "console"]) == 0
    cut = recorded(tmp_path / "cut.swnb.jsonl", "a", end=False)
    assert main(["diff", str(one), str(cut)]) == 2
    assert capsys.readouterr().err == "", "that is an answer, and stands where answers stand"


def test_diff_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = recorded(tmp_path / "one.swnb.jsonl", "a"), recorded(tmp_path / "other.swnb.jsonl", "c")
    text = other.read_text("utf-8").replace("Chrome/156", "Chrome/140")
    other.write_text(text, "utf-8")
    assert main(["diff", str(one), str(other), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["equal"] is False
    assert told["environment"] == [{"name": "Chromium", "one": "Chrome/156", "other": "Chrome/140"}]
    assert main(["diff", str(one), str(tmp_path / "missing"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["equal"] is None
    assert len(err.splitlines()) == 2


def test_what_was_made_differently_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = recorded(tmp_path / "one.swnb.jsonl", "a"), recorded(tmp_path / "other.swnb.jsonl", "a")
    other.write_text(other.read_text("utf-8").replace("Chrome/156", "Chrome/140\\u001b[31m"), "utf-8")
    assert main(["diff", str(one), str(other)]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "· made with another Chromium: Chrome/156, then Chrome/140"
    assert second.startswith("equal")


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "widest"), [(90, 90), (40, 60)])
def test_both_timelines_fit_on_a_screen(
    columns: int, widest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (recorded(tmp_path / f"{name}.swnb.jsonl", "a", name * 70) for name in ("b", "c"))
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    monkeypatch.setattr(sys, "stdout", Screen())
    assert main(["diff", str(one), str(other)]) == 1
    assert isinstance(sys.stdout, Screen)
    told, _, beside = sys.stdout.getvalue().partition("the first run ")
    assert "\n" in beside and "different (" in told
    assert widest - 2 <= max(map(len, beside.splitlines()[1:])) <= widest


@pytest.mark.parametrize("words", [["missing"], ["rubbish"], ["run.swnb.jsonl", "--ignore", "nokind"]])
def test_what_cannot_be_replayed(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    recorded(tmp_path / "run.swnb.jsonl", "x")
    (tmp_path / "rubbish").write_bytes(b"\x00" * 10)
    assert main(["replay", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_without_that_chromium_a_replay_cannot_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = recorded(tmp_path / "run.swnb.jsonl", "x")
    assert main(["replay", str(path), "--executable", "/nowhere", "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["equal"] is None
    assert "/nowhere, does not exist" in err
