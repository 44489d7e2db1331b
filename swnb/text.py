"""Plain text for people: tables, cells that fit, moments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic_ns, time_ns

_HALF = re.compile("[\ud800-\udfff]")

STARTED_NS = time_ns() - monotonic_ns()
"""What to add to this process's monotonic clock to get the time of day, in nanoseconds since 1970."""


def visible(text: str) -> str:
    """Return `text` with a ``·`` for each character that cannot be seen or that turns others around."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "·" for c in text)


def whole_pairs(text: str) -> str:
    """Return `text` without halves of surrogate pairs, which a page may send and UTF-8 has no bytes for."""
    return text if text.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def short(text: str, widest: int) -> str:
    """Return `text`; what is longer than `widest` characters loses its middle."""
    if len(text) <= widest:
        return text
    half = (widest - 1) // 2
    return f"{text[:half]}…{text[len(text) - half :]}"


def text_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, widest: int = 60) -> str:
    """Return a plain table; a cell wider than `widest` characters loses its middle, and control characters show as ``·``."""
    clean = [[visible(short(cell, widest)) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(headings), *clean]) for i in range(len(headings))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in clean]
    head = "  ".join(word.ljust(width) for word, width in zip(headings, widths, strict=True)).rstrip()
    return "\n".join([head, "  ".join("─" * width for width in widths), *lines])


def moment(t_browser_ms: float | None) -> datetime | None:
    """Return a browser's clock, in milliseconds since 1970, as a moment in UTC; None for what is no moment."""
    if t_browser_ms is None:
        return None
    try:
        return datetime.fromtimestamp(t_browser_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def mono_moment(t_mono_ns: int) -> datetime:
    """Return the moment, in UTC, that this process's monotonic clock shows."""
    return datetime.fromtimestamp((t_mono_ns + STARTED_NS) / 1e9, UTC)


def time_of_day(when: datetime | None) -> str:
    """Return the local time of day to the millisecond: ``14:03:07.250``; "" for None."""
    return "" if when is None else when.astimezone().isoformat(timespec="milliseconds")[11:23]
