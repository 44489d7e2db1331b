"""HTML for what comes from pages: text only, small parts, no style sheet.

It is read on light and dark pages, in a notebook and where all styles are stripped: what differs, differs by its words and
signs, and a colour, which a theme's variables give, only repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from swnb.text import visible

CELL = "text-align:left;vertical-align:top"
WIDE = f"{CELL};overflow-wrap:anywhere;white-space:pre-wrap"
NARROW = f"{CELL};white-space:nowrap"
LONG = f"{WIDE};min-width:16em"
"""Of a column that may be long: a narrow page is scrolled rather than filled with single letters."""
NUMBER = "text-align:right;vertical-align:top;white-space:nowrap;font-variant-numeric:tabular-nums"
FAINT = "opacity:.75"
BAD = "color:var(--jp-error-color1,inherit)"
DOUBTFUL = "color:var(--jp-warn-color0,inherit)"

LONGEST = 4_000
"""Characters of a payload in a table; more are counted."""

DEEPEST = 24
"""Levels of a payload that are shown."""

WIDTH = 100
"""Characters of a line of a payload that is broken into lines."""


def text(value: object) -> str:
    """Return `value` as text of HTML, with a ``·`` for what cannot be seen."""
    return escape(visible(str(value)))


def code(value: object, *, wraps: bool = True) -> str:
    """Return `value` as code; a notebook's style for code does not break lines by itself."""
    return f'<code style="white-space:{"pre-wrap" if wraps else "nowrap"}">{text(value)}</code>' if str(value) else ""


def name(value: str) -> str:
    """Return a name, which no text beside it can turn around."""
    return f"<bdi><strong>{text(value)}</strong></bdi>" if value else "<em>?</em>"


def lines(value: str) -> str:
    """Return a text with its line breaks; other characters that cannot be seen show as a dot."""
    return escape("".join(c if c in "\n\t" else visible(c) for c in value))


def rows(caption: str, headings: Sequence[str], cells: Sequence[Sequence[str]], styles: Sequence[str]) -> str:
    """Return a table of HTML; a column that is empty throughout is left out.

    Parameters
    ----------
    caption
        HTML above it.
    cells
        HTML, row by row.
    styles
        Of each column's cells.
    """
    kept = [i for i in range(len(headings)) if any(row[i] for row in cells)]
    head = "".join(f'<th scope="col" style="{_heading(styles[i])}">{text(headings[i])}</th>' for i in kept)
    body = "".join(
        "<tr>" + "".join(f'<td style="{styles[i]}">{row[i]}</td>' for i in kept) + "</tr>\n" for row in cells
    )
    return (
        f'<table>\n<caption style="text-align:left;{FAINT}">{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
    )


def _heading(style: str) -> str:
    return "text-align:right" if style == NUMBER else "text-align:left"


def pairs(caption: str, told: Sequence[tuple[str, str]]) -> str:
    """Return names and what they stand for, which is HTML, as a table with a head on each row; empty ones are left out."""
    body = "".join(
        f'<tr><th scope="row" style="{NARROW}">{text(name)}</th><td style="{WIDE}">{value}</td></tr>\n'
        for name, value in told
        if value
    )
    return f'<table>\n<caption style="text-align:left;{FAINT}">{caption}</caption>\n<tbody>\n{body}</tbody>\n</table>'


def folded(summary: str, whole: str) -> str:
    """Return HTML that opens: a line, and what is below it."""
    return f'<details><summary style="cursor:pointer">{summary}</summary>{whole}</details>'


def block(value: str) -> str:
    """Return a text of several lines as it is, broken where it is too wide."""
    return (
        '<pre style="margin:.3em 0;max-height:24em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere">'
        f"<code>{lines(value)}</code></pre>"
    )


class Pretty:
    """A value over several lines, up to a length, however wide, deep, cyclic or damaged it is.

    Parameters
    ----------
    longest
        Characters, about.
    width
        Of a line; None for all in one line.
    """

    def __init__(self, longest: int = LONGEST, width: int | None = WIDTH) -> None:
        self._left = longest
        self._width = width

    def __call__(self, value: Any) -> str:
        """Return its text."""
        return self._told(value, 0)

    def _told(self, value: Any, level: int) -> str:
        if self._left <= 0:
            return "…"
        if isinstance(value, (dict, list, tuple, set)):
            return self._many(value, level)
        try:
            text = repr(value)
        except Exception:  # whatever it is, it must not break the others
            text = f"<{type(value).__name__}>"
        if len(text) > self._left:
            text = f"{text[: self._left]}… ({len(text):,} characters)"
        self._left -= len(text)
        return text

    def _many(self, value: Any, level: int) -> str:
        is_dict = isinstance(value, dict)
        begin, end = ("{", "}") if isinstance(value, (dict, set)) else ("[", "]")
        if type(value) not in (dict, list, tuple, set):
            begin = f"{getattr(value, 'class_name', type(value).__name__)} {begin}"
        if level >= DEEPEST and len(value):
            return f"{begin}…{end}"
        inside: list[str] = []
        for item in value.items() if is_dict else value:
            if self._left <= 0:
                inside.append(f"… ({len(value) - len(inside):,} more)")
                break
            self._left -= 2
            if is_dict:
                key = self._told(item[0], level + 1)
                inside.append(f"{key}: {self._told(item[1], level + 1)}")
            else:
                inside.append(self._told(item, level + 1))
        line = f"{begin}{', '.join(inside)}{end}"
        if self._width is None or (len(line) + 2 * level <= self._width and "\n" not in line):
            return line
        indent = "\n" + "  " * (level + 1)
        return f"{begin}{indent}{(',' + indent).join(inside)}\n{'  ' * level}{end}"
