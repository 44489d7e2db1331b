"""Tables of the commands, laid out by rich."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Final

from swnb.cli.terminal import Terminal
from swnb.verifying.escapes import without_escapes

UNBOUND: Final = 10_000
"""Width of a table that nobody looks at on a screen: each row is a line."""

Cell = tuple[str, str]
"""A text and rich's name of its style, ``""`` for none."""


def lines(terminal: Terminal, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Return the lines of a table; on a screen the last column is folded at its edge. What is in it stays text."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(
        file=StringIO(),
        width=terminal.columns or UNBOUND,
        force_terminal=terminal.colour,
        no_color=not terminal.colour,
        color_system="standard" if terminal.colour else None,
        highlight=False,
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, heading in enumerate(headings):
        last = number == len(headings) - 1
        table.add_column(heading, no_wrap=not last, overflow="fold" if last else "ellipsis")
    for row in rows:
        table.add_row(*(Text(_one_line(text), style=style) for text, style in row))
    console.print(table)
    file = console.file
    assert isinstance(file, StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def _one_line(text: str) -> str:
    return " ".join(without_escapes(text).split("\n"))
