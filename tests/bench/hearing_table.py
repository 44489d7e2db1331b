"""The table of hearing: pure functions of what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.bench.hearing_rows import Figure
from tests.bench.table import Notes, number, summarise

COLUMNS = ("with the probe", "without it", "bare pipe", "must be")


def asked(figure: Figure) -> str:
    """Write what a figure must reach."""
    if figure.against == "counts":
        return ", ".join(f"{value:,} {name}" for name, value in figure.must.items())
    if figure.target is None or figure.against == "nothing":
        return "—"
    sign = "≥" if figure.at_least else "≤"
    if figure.against == "itself":
        return f"{sign} {figure.target:g} {figure.unit}"
    return f"{sign} {figure.target:g} × " + ("the bare pipe" if figure.against == "floor" else "without it")


def shown(samples: Sequence[float], unit: str) -> list[str]:
    """Return median and quartiles, ``—`` where nothing was measured."""
    if not samples:
        return ["—"]
    cell = summarise(samples)
    write = (lambda value: f"{value:,.0f}") if abs(cell.median) >= 1000 else number
    spread = [] if cell.lower == cell.upper else [f"{write(cell.lower)}–{write(cell.upper)}"]
    return [f"{write(cell.median)} {unit}".strip(), *spread]


def cells(figure: Figure, notes: Notes) -> list[list[str]]:
    """Return the columns of a figure, each as lines."""
    marks = "".join(notes.mark(text) for text in figure.notes)
    if figure.counts:
        ours = [f"{value:,} {name}" for name, value in figure.counts.items()]
        others = [[""], [""]]
    else:
        ours = shown(figure.probe, figure.unit)
        others = [shown(figure.without, figure.unit), shown(figure.floor, figure.unit)]
        if figure.ratio is not None:
            ours.append(f"{figure.ratio:.2f} ×")
    ours[0] += marks
    if figure.verdict:
        ours.append(figure.verdict)
    return [ours, *others, [asked(figure)]]


def to_markdown(figures: Iterable[Figure], machine: str) -> str:
    """Return the table for the README, the machine's description under it."""
    notes = Notes()
    heads = ["", *COLUMNS]
    out = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for figure in figures:
        (first, *rest), *others = cells(figure, notes)
        ours = "<br>".join([f"**{first}**", *rest])
        out.append("| " + " | ".join([figure.title, ours, *("<br>".join(lines) for lines in others)]) + " |")
    out += ["", "Median; quartiles; multiple of the other side in the same run, by turns. " + machine]
    out += [f"\n[{place}] {text}" for place, text in enumerate(notes.texts, 1)]
    return "\n".join(out) + "\n"


def to_text(figures: Iterable[Figure], machine: str) -> str:
    """Return the table for a terminal."""
    notes = Notes()
    out: list[str] = []
    for figure in figures:
        *columns, (must,) = cells(figure, notes)
        out.append(figure.title.replace("`", "") + ("" if must == "—" else f"   (must be: {must})"))
        for head, lines in zip(COLUMNS, columns, strict=False):
            if any(lines) and lines != ["—"]:
                out.append(f"    {head:<16}" + "".join(f"{line:<19}" for line in lines).rstrip())
        out.append("")
    out += [f"[{place}] {text}" for place, text in enumerate(notes.texts, 1)]
    return "\n".join([*out, machine]) + "\n"
