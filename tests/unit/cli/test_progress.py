from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest

from swnb.cli.progress import Bars, waiting

ROOT = Path(__file__).parents[3]


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)


def test_nothing_is_shown_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with Bars(stream) as bars:
        bars.step("a", 1, 2, "words")
        bars.done("a")
    with waiting("reading", stream, patience_s=0.0):
        time.sleep(0.02)
    assert stream.getvalue() == ""


def test_nothing_is_shown_in_the_cell_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """`!swnb verify .` has a terminal that writes nothing over, and each state of a bar would stay."""
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    screen = Screen()
    with Bars(screen) as bars:
        bars.step("a", 1, 2, "words")
    with waiting("reading", screen, patience_s=0.0):
        time.sleep(0.02)
    assert screen.getvalue() == ""


def test_a_bar_tells_how_far_it_is_and_goes_at_the_end() -> None:
    screen = Screen()
    with Bars(screen) as bars:
        bars.step("a.ipynb", 3, 7, "%sw start")
        time.sleep(0.3)
        shown = screen.getvalue()
        assert "a.ipynb" in shown
        assert "2/7" in shown
        assert "%sw start" in shown
        bars.done("a.ipynb")
        bars.done("never begun")
    assert screen.getvalue().endswith("\r\x1b[2K\x1b[?25h\r"), "the line is empty again"
    assert screen.getvalue().count("\x1b[?25l") == screen.getvalue().count("\x1b[?25h"), "and the cursor is there"


def test_hostile_words_stay_text() -> None:
    screen = Screen()
    with Bars(screen) as bars:
        bars.step("[red]a[/nothing]", 1, 2, "[bold]\x07\x1b]0;title\x1b[2J\n{task.nothing}")
        time.sleep(0.3)
    shown = screen.getvalue()
    assert "[red]a[/nothing]" in shown
    assert "{task.nothing}" in shown
    assert "\x07" not in shown
    assert "\x1b]0" not in shown
    assert "\x1b[2J" not in shown


def test_what_is_over_at_once_shows_nothing() -> None:
    screen = Screen()
    with waiting("reading", screen, patience_s=10.0):
        pass
    assert screen.getvalue() == ""


def test_what_takes_long_is_told_and_an_error_ends_it() -> None:
    screen = Screen()
    with pytest.raises(KeyError):
        with waiting("reading run.swnb.jsonl", screen, patience_s=0.01):
            deadline = time.monotonic() + 10
            while "reading run.swnb.jsonl" not in screen.getvalue() and time.monotonic() < deadline:
                time.sleep(0.01)
            raise KeyError
    assert "reading run.swnb.jsonl" in screen.getvalue()
    before = screen.getvalue()
    time.sleep(0.2)
    assert screen.getvalue() == before, "nobody writes any more"


def test_rich_is_not_imported_by_the_modules() -> None:
    program = "import sys, swnb.cli; swnb.cli.build_parser(); print(*(name for name in sys.modules if name in ('rich', 'shtab')))"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True, cwd=ROOT
    )
    assert ended.stdout.strip() == ""
