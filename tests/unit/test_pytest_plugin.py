"""``pytest --swnb``, in a pytest of its own; what runs the items is played."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from swnb.verifying import verify as module
from swnb.verifying.items import Item
from swnb.verifying.options import Options
from swnb.verifying.verdict import State, Verdict
from tests.unit.verifying.kept import notebook, recorded

pytest_plugins = "pytester"

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run pytest with the plugin alone; a notebook called ``bad`` differs, ``unsure`` cannot be told."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    seen: list[Options] = []

    def verify(item: Item, options: Options) -> Verdict:
        seen.append(options)
        stem = item.path.name.partition(".")[0]
        state = {"bad": State.DIFFERENT, "unsure": State.UNSURE}.get(stem, State.EQUAL)
        failure = {"bad": "it differs", "unsure": "no Chromium found"}.get(stem, "")
        return Verdict(item, "executed", state, 0.1, failure=failure, todo="do this" if failure else "")

    monkeypatch.setattr(module, "verify", verify)

    def ran(*words: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "swnb.pytest_plugin", "-p", "no:cacheprovider", *words)

    ran.seen = seen  # type: ignore[attr-defined]
    return ran


@pytest.fixture
def tree(pytester: pytest.Pytester) -> Path:
    """Notebooks with and without recordings, recordings alone, and a test of the usual kind."""
    for stem in ("good", "bad", "unsure"):
        notebook(pytester.path / f"{stem}.ipynb", "1")
        recorded(pytester.path / f"{stem}.swnb.jsonl", "x")
    notebook(pytester.path / "bare.ipynb", "1")
    (pytester.path / "deep").mkdir()
    recorded(pytester.path / "deep" / "alone.swnb.jsonl.gz", "x")
    (pytester.path / "test_usual.py").write_text("def test_it():\n    pass\n")
    return pytester.path


def test_without_the_option_it_does_nothing(run: Any, tree: Path) -> None:
    run().assert_outcomes(passed=1)
    assert not run.seen


def test_each_is_a_test_and_what_is_not_well_is_told(run: Any, tree: Path) -> None:
    result = run("--swnb", "-v")
    result.assert_outcomes(passed=3, failed=2)
    for line in ("good.ipynb::verify PASSED*", "unsure.ipynb::verify FAILED*", "deep/alone.*::verify PASSED*"):
        result.stdout.fnmatch_lines([line])
    result.stdout.fnmatch_lines(["different: it differs", "  it differs", "  do this"])
    result.stdout.fnmatch_lines(["cannot tell: no Chromium found", "  no Chromium found", "  do this"])
    result.stdout.fnmatch_lines(["FAILED bad.ipynb::verify - different: it differs"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*bare.ipynb*")


def test_what_is_named_is_what_it_is(run: Any, tree: Path) -> None:
    run("--swnb", "good.swnb.jsonl", "bare.ipynb").assert_outcomes(passed=2)


def test_options_reach_the_run(run: Any, tree: Path) -> None:
    words = ["--swnb-update", "--swnb-executable=/opt/c", "--swnb-attach=detached", "--swnb-ignore=console"]
    words += ["--swnb-ignore=$.a", "--swnb-redact=x", "--swnb-timeout=7"]
    run("--swnb", "good.ipynb", *words).assert_outcomes(passed=1)
    assert run.seen == [
        Options(
            ignore=("console", "$.a"),
            redact=("x",),
            executable="/opt/c",
            attach="detached",
            timeout_s=7.0,
            update=True,
        )
    ]


@pytest.mark.parametrize("word", ["--swnb-ignore=nokind", "--swnb-timeout=0", "--swnb-redact=("])
def test_what_cannot_be_understood_is_said_at_once(run: Any, tree: Path, word: str) -> None:
    result = run("--swnb", word)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert not run.seen


def test_what_is_kept_is_told(run: Any, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tree / "good.swnb.jsonl"

    def verify(item: Item, options: Options) -> Verdict:
        return Verdict(item, "executed", State.ACCEPTED, kept=(kept,))

    monkeypatch.setattr(module, "verify", verify)
    result = run("--swnb", "--swnb-update", "good.ipynb", "-rP")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"kept: {kept}"])


def test_pytest_finds_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"swnb": "swnb.pytest_plugin"}


def test_importing_it_costs_next_to_nothing() -> None:
    program = (
        "import sys, pytest; before = set(sys.modules); import swnb.pytest_plugin; print(*(set(sys.modules) - before))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True, cwd=ROOT
    )
    assert {name.partition(".")[0] for name in ended.stdout.split()} == {"swnb"}
    assert len(ended.stdout.split()) <= 3
