"""`swnb doctor`, with the Chromium of this machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from swnb.cli import main

ROOT = Path(__file__).parents[2]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--no-start", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert {"python", "packages", "chromium", "sandbox"} <= {finding["name"] for finding in report["findings"]}
    assert report["usable"] == all(finding["status"] != "failed" for finding in report["findings"])


def test_text_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--no-start", "--executable", "/nowhere/chromium"]) == 1
    written = capsys.readouterr().out
    assert "✗ chromium" in written
    assert written.rstrip().endswith("swnb is not usable here yet: chromium")


def test_commands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--commands", "--executable", "/nowhere/chromium"])
    assert "# chromium: name one that is there" in capsys.readouterr().out


def without_packages(*words: str) -> subprocess.CompletedProcess[str]:
    """Run swnb with the standard library alone."""
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from swnb.cli import main; sys.exit(main({list(words)!r}))"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_with_nothing_installed_it_says_what_is_missing() -> None:
    ended = without_packages("doctor", "--no-start")
    assert ended.returncode == 1
    assert ended.stderr == ""
    assert "missing: dbus-fast, ipykernel, ipywidgets, msgspec, nest-asyncio2" in ended.stdout
    assert "-m pip install dbus-fast ipykernel" in ended.stdout


@pytest.mark.parametrize("words", [["demo"], ["kernel", "install"]])
def test_with_nothing_installed_the_others_say_so(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = without_packages(*words)
    assert ended.returncode == 1
    first, second = ended.stderr.splitlines()
    assert first.startswith("swnb: this needs ")
    assert second.endswith("-m pip install swnb")
    assert list(tmp_path.iterdir()) == []  # no report of nothing


def test_a_reader_that_leaves_is_no_traceback() -> None:
    ended = subprocess.run(
        f"{sys.executable} -m swnb doctor --no-start | head -n 0",
        shell=True,
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr


@pytest.mark.slow
def test_a_start_is_tried_and_timed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    written = capsys.readouterr().out
    assert re.search(
        r"✓ start +start \d\.\d\d s, window \d\.\d\d s, worker \d\.\d\d s, claim \d\.\d\d s, click \d\.\d\d s, stop",
        written,
    )
    assert written.rstrip().endswith("swnb is usable here")


def test_a_browser_that_does_not_start_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no libraries here >&2\nexit 127\n")
    broken.chmod(0o755)
    assert main(["doctor", "--executable", str(broken)]) == 1
    written = capsys.readouterr().out
    assert "✗ chromium" in written
    assert "✗ start" in written
    assert "Traceback" not in written
