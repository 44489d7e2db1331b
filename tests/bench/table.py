"""Statistics and the table: pure functions of what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Literal

from tests.bench.contest import FLOOR, Entry
from tests.bench.rows import Row

Verdict = Literal["met", "missed", ""]

SCALE = {"ms": 1e3, "s": 1.0, "MiB": 1 / (1 << 20)}
"""Factor from what is measured (seconds, bytes) to what is shown."""


@dataclass(frozen=True)
class Cell:
    """What one contestant reached in one row: seconds, or bytes.

    Attributes
    ----------
    median, lower, upper
        Median and quartiles.
    count
        Samples.
    remark
        A footnote, ``""`` for none.
    """

    median: float
    lower: float
    upper: float
    count: int
    remark: str = ""


@dataclass(frozen=True)
class Missing:
    """A cell without a number.

    Attributes
    ----------
    why
        The footnote.
    """

    why: str


@dataclass
class Line:
    """One row with its cells by the contestant's key."""

    row: Row
    cells: dict[str, Cell | Missing] = field(default_factory=dict)


def summarise(samples: Sequence[float], remark: str = "") -> Cell:
    """Return median and quartiles of at least one sample."""
    if not samples:
        raise ValueError("no sample to summarise")
    if len(samples) == 1:
        return Cell(samples[0], samples[0], samples[0], 1, remark)
    lower, _, upper = quantiles(samples, n=4, method="inclusive")
    return Cell(median(samples), lower, upper, len(samples), remark)


def ratio(line: Line, key: str) -> float | None:
    """Return a contestant's median over the floor's; None where either is missing."""
    cell, floor = line.cells.get(key), line.cells.get(FLOOR)
    if isinstance(cell, Cell) and isinstance(floor, Cell) and floor.median > 0:
        return cell.median / floor.median
    return None


def verdict(line: Line, key: str) -> Verdict:
    """Say whether a contestant reaches the row's targets, as measured, not as rounded; ``""`` where there is none."""
    if line.row.target is None:
        return ""
    factor, cell = ratio(line, key), line.cells.get(key)
    if factor is None or not isinstance(cell, Cell) or factor > line.row.target:
        return "missed"
    rivals = [
        other.median
        for name, other in line.cells.items()
        if line.row.below and name.startswith(line.row.below) and isinstance(other, Cell)
    ]
    return "met" if all(cell.median < rival for rival in rivals) else "missed"


def missed(lines: Iterable[Line], entries: Iterable[Entry]) -> list[str]:
    """Return ``row: contestant`` for each target of ours that was not reached."""
    ours = [entry.key for entry in entries if entry.ours]
    return [f"{line.row.name}: {key}" for line in lines for key in ours if verdict(line, key) == "missed"]


def number(value: float) -> str:
    """Write a number with three significant digits."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:.{digits}f}"


def target_of(row: Row) -> str:
    """Write what the row asks of swnb."""
    if row.target is None:
        return "—"
    return f"≤ {row.target:g} ×" + (f", below {row.below.capitalize()}" if row.below else "")


class Notes:
    """Footnotes, numbered in the order in which they are first made."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def mark(self, text: str) -> str:
        """Return the mark of a footnote, ``""`` for no text."""
        if not text:
            return ""
        if text not in self.texts:
            self.texts.append(text)
        return f"[{self.texts.index(text) + 1}]"


def cell_parts(line: Line, entry: Entry, notes: Notes) -> list[str]:
    """Return what a cell says: the median, the quartiles, what it is beside the floor, the verdict."""
    cell = line.cells.get(entry.key)
    if not isinstance(cell, Cell):
        why = cell.why if cell else "not measured in this run"
        lost = ["missed"] if entry.ours and line.row.target is not None else []
        return [f"— {notes.mark(why)}", *lost]
    scale, unit = SCALE[line.row.unit], line.row.unit
    parts = [f"{number(cell.median * scale)} {unit}{notes.mark(cell.remark)}"]
    parts.append(f"{number(cell.lower * scale)}–{number(cell.upper * scale)}")
    factor = ratio(line, entry.key)
    if entry.key != FLOOR and factor is not None:
        floor = line.cells[FLOOR]
        assert isinstance(floor, Cell)
        beyond = (cell.median - floor.median) * scale
        parts.append(f"{beyond:+.1f} MiB" if unit == "MiB" else f"{factor:.2f} ×")
    if entry.ours and (said := verdict(line, entry.key)):
        parts.append(said)
    return parts


def to_markdown(lines: Sequence[Line], entries: Sequence[Entry], machine: str) -> str:
    """Return the table for the README, the machine's description under it."""
    notes = Notes()
    heads = ["", *(entry.title for entry in entries), "swnb must reach"]
    out = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for line in lines:
        cells = [line.row.title]
        for entry in entries:
            first, *rest = cell_parts(line, entry, notes)
            cells.append("<br>".join([f"**{first}**" if entry.ours else first, *rest]))
        out.append("| " + " | ".join([*cells, target_of(line.row)]) + " |")
    out += ["", "Median; quartiles; multiple of the floor in the same run. " + machine]
    out += [f"\n[{place}] {text}" for place, text in enumerate(notes.texts, 1)]
    return "\n".join(out) + "\n"


def to_text(lines: Sequence[Line], entries: Sequence[Entry], machine: str) -> str:
    """Return the table for a terminal: each contestant a line under the row's head."""
    notes = Notes()
    width = max((len(entry.title) for entry in entries), default=0)
    out: list[str] = []
    for line in lines:
        asked = "" if line.row.target is None else f"   (swnb: {target_of(line.row)})"
        out.append(line.row.title.replace("`", "") + asked)
        for entry in entries:
            first, *rest = cell_parts(line, entry, notes)
            columns = "".join(f"{part:<17}" for part in rest)
            out.append(f"    {entry.title:<{width}}  {first:<13}  {columns}".rstrip())
        out.append("")
    out += [f"[{place}] {text}" for place, text in enumerate(notes.texts, 1)]
    return "\n".join([*out, machine]) + "\n"


def to_data(lines: Sequence[Line], entries: Sequence[Entry], machine: Mapping[str, str]) -> dict[str, object]:
    """Return everything as data for JSON: seconds and bytes."""
    return {
        "machine": dict(machine),
        "rows": {
            line.row.name: {
                "target": line.row.target,
                "cells": {entry.key: cell_data(line, entry) for entry in entries},
            }
            for line in lines
        },
    }


def cell_data(line: Line, entry: Entry) -> dict[str, object]:
    """Return one cell as data."""
    cell = line.cells.get(entry.key)
    if not isinstance(cell, Cell):
        return {"missing": cell.why if cell else "not measured in this run"}
    data: dict[str, object] = {
        "median": cell.median,
        "lower": cell.lower,
        "upper": cell.upper,
        "count": cell.count,
        "ratio": ratio(line, entry.key),
    }
    if cell.remark:
        data["remark"] = cell.remark
    if entry.ours and (said := verdict(line, entry.key)):
        data["verdict"] = said
    return data
