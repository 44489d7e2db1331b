"""A short run of the benchmark with a real Chromium: the whole road, for the floor alone; and of all rows of the others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench.run", "--rounds", "1", "--only", "floor", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.slow
def test_every_row_of_the_floor(tmp_path: Path) -> None:
    written = tmp_path / "bench.json"
    ended = run("--markdown", "--json", str(written))
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(written.read_text())["rows"]
    assert len(rows) == 11
    for name, row in rows.items():
        assert row["cells"]["floor"].get("median", 0) > 0, f"{name}: {row['cells']['floor']}"
    assert "left behind" not in ended.stderr
    assert ended.stdout.startswith("|  | floor (bare pipe) | swnb must reach |")


@pytest.mark.slow
def test_a_contestant_that_fails_does_not_end_the_run() -> None:
    ended = run("--row", "start", "--row", "evaluate", "--executable", "/bin/false")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("floor (bare pipe)  — [1]") == 2
    assert "left behind" not in ended.stderr


HEARING = {
    "messages": ("600", ["messages", "messages_time", "messages_at_once", "messages_memory"]),
    "facts": ("1500", ["facts", "facts_crowded"]),
    "clients": ("200", ["clients", "clients_time"]),
    "stops": ("8", ["stops"]),
}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("row", HEARING)
def test_every_row_of_hearing(row: str, tmp_path: Path) -> None:
    """What is counted must be right however busy the machine is; what is timed must have been measured."""
    size, names = HEARING[row]
    written = tmp_path / "hearing.json"
    words = ["--row", row, "--size", size, "--rounds", "1", "--markdown", "--json", str(written)]
    command = [sys.executable, "-m", "tests.bench.hearing", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(written.read_text())["figures"]
    assert [figure["name"] for figure in figures] == names, ended.stderr
    for figure in figures:
        if figure["against"] == "counts":
            assert figure["verdict"] == "met", figure
        else:
            assert figure["probe"][0] > 0, figure
    assert "left behind" not in ended.stderr
    assert ended.stdout.startswith("|  | with the probe | without it | bare pipe | must be |")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_row_of_seeing(tmp_path: Path) -> None:
    """What is counted must be right however busy the machine is; what is timed must have been measured."""
    written = tmp_path / "seeing.json"
    command = [sys.executable, "-m", "tests.bench.seeing", "--rounds", "1", "--markdown", "--json", str(written)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(written.read_text())
    assert len(figures) == 13
    for figure in figures:
        beyond = figure["what"].startswith(
            "kernel: "
        )  # a difference of times, which one round may have the wrong way round
        assert figure["value"] > (-1 if beyond else 0), figure
        if figure["counted"]:
            assert figure["verdict"] == "met", figure
    assert sum(figure["counted"] for figure in figures) == 3
    assert ended.stdout.startswith("| what | measured | asked |")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_row_of_keeping(tmp_path: Path) -> None:
    """What is counted must be right however busy the machine is; what is timed must have been measured."""
    written = tmp_path / "keeping.json"
    words = ["--rounds", "1", "--sizes", "3000", "6000", "--markdown", "--json", str(written)]
    command = [sys.executable, "-m", "tests.bench.keeping", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(written.read_text())
    asked = [figure["most"] for figure in figures]
    assert asked == [1.05, 1.05, 1.05, None, 3, 2, 3, 2, 1.3, 1.3, 1024, 1024, None, 250, 250]
    for figure in figures:
        assert figure["value"] > 0, figure
        if figure["counted"]:
            assert figure["verdict"] == "met", figure
    assert sum(figure["counted"] for figure in figures) == 2
    assert ended.stdout.startswith("| what | measured | asked |")
