"""The live console: what all contexts wrote, in one list."""

from __future__ import annotations

from swnb.lab.async_lab import AsyncLab
from swnb.text import moment, text_table, time_of_day
from swnb.views.live import assets
from swnb.views.live.console_rows import ConsoleRows, Line
from swnb.views.live.view import View
from swnb.views.markup import BAD, DOUBTFUL, LONG, NARROW, NUMBER, code, lines, name, rows, text

LAST = 100
"""Lines of the static form."""

LONGEST = 400
"""Characters of a line's text there."""

HEADINGS = ("time", "who", "level", "text", "count", "where")

SIGNS = {"error": "✗", "assert": "✗", "exception": "✗", "surprise": "✗", "warn": "⚠"}
WORDS = {"exception": "uncaught"}


class ConsoleView(View):
    """Lines of the consoles of all contexts, errors that nobody caught, and surprises, as they come."""

    _esm = assets.esm("console")
    _css = assets.css("console")

    def __init__(self, lab: AsyncLab, *, language: str = "en") -> None:
        self._lines = ConsoleRows(lab.log)
        super().__init__(lab, language=language)

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the last lines after `number`; where their numbers have gaps, lines were left out."""
        newest, told = self._lines.since(number)
        return newest, {"lines": told} if told else None

    def html(self) -> str:
        """Return a table of the last lines."""
        found, newest = self._lines.last(LAST)
        if not found:
            return "<p><em>no console lines</em></p>"
        told = sum(line.count for line in found)
        caption = f"{newest:,} console {'line' if newest == 1 else 'lines'}"
        caption += f", of which these are the last {told:,}" if told < newest else ""
        return rows(caption, HEADINGS, [_cells(line) for line in found], (NUMBER, NARROW, NARROW, LONG, NUMBER, LONG))

    def text(self) -> str:
        """Return the same as plain text."""
        found, _ = self._lines.last(LAST)
        cells = [
            (
                time_of_day(moment(line.when_ms)),
                line.actor or "browser",
                WORDS.get(line.level, line.level),
                line.text.partition("\n")[0],
                f"×{line.count}" if line.count > 1 else "",
                line.place,
            )
            for line in found
        ]
        return text_table(HEADINGS, cells, widest=90) if cells else "no console lines"


def _cells(line: Line) -> tuple[str, ...]:
    short = line.text if len(line.text) <= LONGEST else f"{line.text[:LONGEST]}…"
    return (
        time_of_day(moment(line.when_ms)),
        name(line.actor) if line.actor else "browser",
        _level(line),
        f"<bdi>{lines(short)}</bdi>",
        f"×{line.count:,}" if line.count > 1 else "",
        code(line.place),
    )


def _level(line: Line) -> str:
    sign = SIGNS.get(line.level, "")
    word = text(WORDS.get(line.level, line.level))
    if not sign:
        return word
    return f'<span style="{DOUBTFUL if line.level == "warn" else BAD}">{sign} {word}</span>'
