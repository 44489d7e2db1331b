from __future__ import annotations

import io

import pytest

from swnb.cli.tables import lines
from swnb.cli.terminal import Terminal

ROWS = [[("a", "green"), ("x" * 300, "")], [("longer", ""), ("[b]y[/b]\x1b[2J", "dim")]]


def test_off_a_screen_each_row_is_a_line_without_colours() -> None:
    assert lines(Terminal(io.StringIO()), ("name", "why"), ROWS) == [
        "name    why",
        f"a       {'x' * 300}",
        "longer  [b]y[/b]",
    ]


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_screen_the_last_column_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    told = lines(Terminal(Screen()), ("name", "why"), ROWS)
    assert told[1].startswith("\x1b[32ma ")
    assert sum(line.count("x") for line in told) == 300
    assert len(told) > 6


def test_in_the_cell_of_a_notebook_nothing_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table there is as wide as it is: the notebook scrolls."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    assert len(lines(Terminal(Screen()), ("name", "why"), ROWS)) == 3
