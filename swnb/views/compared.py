"""What came of a comparison, as HTML: the verdict, the first difference in words, both timelines beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swnb.views.markup import BAD, DOUBTFUL, FAINT, LONG, NARROW, code, rows, text

if TYPE_CHECKING:
    from swnb.recording.comparison import Comparison

COLUMN: Final = 120
"""Characters of an event in the table."""

ROWS: Final = 24

SIGNS: Final = {True: ("✓", "color:inherit"), False: ("✗", BAD), None: ("?", DOUBTFUL)}


def comparison(found: Comparison) -> str:
    """Return a comparison. All that it says comes from pages, and is text."""
    sign, style = SIGNS[found.equal]
    told = [f'<p style="{style}"><strong>{sign} {text(found.verdict)}</strong></p>']
    if found.divergence is not None:
        told.append(f"<p>{text(found.divergence.words)}</p>")
    if found.commands is not None and found.commands is not found.divergence:
        told.append(f"<p>the commands differ, too: {text(found.commands.words)}</p>")
    left = ", ".join(f"{what}: {count:,}" for what, count in found.ignored.items() if count)
    if left:
        told.append(f'<p style="{FAINT}">left out: {text(left)}</p>')
    beside = side_by_side(found)
    if beside:
        cells = [[code(one), sign, code(other)] for one, sign, other in beside]
        headings = ("the first run", "differs", "the second run")
        told.append(rows("from shortly before the first difference on", headings, cells, (LONG, NARROW, LONG)))
    return "\n".join(told)


def side_by_side(found: Comparison) -> list[tuple[str, str, str]]:
    """Return the rows of both timelines: an event of the first run, ``≠`` where they differ, one of the second."""
    lines = found.side_by_side(ROWS, 2 * COLUMN + 5).split("\n")[2:]  # below the head
    cut = ((line[:COLUMN].strip(), line[COLUMN : COLUMN + 5].strip(), line[COLUMN + 5 :].strip()) for line in lines)
    return [row for row in cut if any(row)]
