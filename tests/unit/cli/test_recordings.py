"""``swnb show``, ``report`` and ``export``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from swnb.cli import main
from swnb.recording import read
from swnb.views.recorded import log_of

GOLDEN = Path(__file__).parents[2] / "data" / "recordings"


@pytest.fixture
def recording() -> Path:
    return next(iter(sorted(GOLDEN.glob("*.swnb.jsonl"))))


def test_show_tells_each_event(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(recording)]) == 0
    told = capsys.readouterr().out.splitlines()
    known = len(log_of(read(str(recording))))
    assert len(told) >= known + 1
    assert "message.sent" in "\n".join(told)
    assert main(["show", str(recording), "--kind", "message", "--json"]) == 0
    kinds = {json.loads(line)["kind"].partition(".")[0] for line in capsys.readouterr().out.splitlines()}
    assert kinds == {"message"}


def test_report_and_export(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(recording), "-o", str(tmp_path / "run.html")]) == 0
    assert "<h2>Environment</h2>" in (tmp_path / "run.html").read_text("utf-8")
    assert main(["export", str(recording), "-o", str(tmp_path / "run.mmd")]) == 0
    assert (tmp_path / "run.mmd").read_text("utf-8").startswith("sequenceDiagram")
    assert main(["export", str(recording), "-o", str(tmp_path / "run.exe")]) == 1
    assert main(["report", str(tmp_path / "missing")]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_report_and_export_for_machines(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command, name in (("report", "run.html"), ("export", "run.csv")):
        path = tmp_path / name
        assert main([command, str(recording), "-o", str(path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"path": str(path), "bytes": path.stat().st_size}
        assert main([command, str(tmp_path / "missing"), "-o", str(path), "--json"]) == 1
        out, err = capsys.readouterr()
        assert json.loads(out)["error"].endswith("No such file or directory")
        assert len(err.splitlines()) == 2


def test_a_recording_is_a_log_with_its_verbs(recording: Path) -> None:
    kept = read(str(recording))
    log = log_of(kept)
    assert [event.seq for event in log] == list(range(len(log)))
    assert all(event.cause is None or 0 <= event.cause < len(log) for event in log)
    assert len(log.acts) == len(kept.commands)
    assert len(log.messages()) > 0
