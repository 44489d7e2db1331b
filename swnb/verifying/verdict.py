"""What came of verifying one item, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from swnb.verifying.escapes import without_escapes
from swnb.verifying.items import Item

if TYPE_CHECKING:
    from swnb.recording.comparison import Comparison
    from swnb.recording.environments import Change

IN_SHORT: Final = 100
"""Characters of what is told in one line of a table; a sentence loses its end."""


INDENT: Final = "  "

NARROWEST: Final = 60
"""Characters of two timelines beside each other; on a narrower screen they are folded."""


class State(StrEnum):
    """How an item stands."""

    EQUAL = "equal"
    ACCEPTED = "accepted"
    RECORDED = "recorded"
    DIFFERENT = "different"
    FAILED = "failed"
    UNSURE = "cannot tell"


WRONG: Final = frozenset((State.DIFFERENT, State.FAILED))


@dataclass(frozen=True)
class Part:
    """One recording and the run that it was compared with.

    Attributes
    ----------
    path
        Of the recording that is kept.
    comparison
        The first run is the kept one, the second the one that came now.
    environment
        In what the two were made differently.
    notes
        What the replay says: commands that could not be given again, facts that did not come.
    """

    path: Path
    comparison: Comparison
    environment: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What came of one item.

    Attributes
    ----------
    item
        What was verified.
    did
        What was done: ``executed``, ``replayed``, or ``""`` where nothing could be.
    state
        How it stands.
    seconds
        How long all of it took.
    parts
        For each recording that could be compared, what came of it.
    failure, todo
        What went wrong beside the comparisons, and what to do about it; ``""`` for nothing.
    kept
        What was written.
    """

    item: Item
    did: str
    state: State
    seconds: float = 0.0
    parts: tuple[Part, ...] = ()
    failure: str = ""
    todo: str = ""
    kept: tuple[Path, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing is wrong, and nothing is left open."""
        return self.state not in WRONG and self.state is not State.UNSURE

    @property
    def brief(self) -> str:
        """In a line: what went wrong, or where the runs part, or what was written."""
        if self.failure:
            return _line(self.failure)
        if self.kept and self.good:
            return _line(", ".join(path.name for path in self.kept))
        for part in self.parts:
            if part.comparison.equal is None:
                return _line(part.comparison.why)
            if not part.comparison.equal and part.comparison.divergence is not None:
                return _line(part.comparison.divergence.words)
        return ""

    def text(self, columns: int | None = None) -> str:
        """Return all there is to say about one that is not well, as plain text; ``""`` for one that is.

        Parameters
        ----------
        columns
            How many characters fit in a line, for timelines beside each other; None for as many as they like.
        """
        if self.good:
            return ""
        lines = [f"{self.item.path}: {self.state}"]
        if self.failure:
            lines += [f"  {self.failure}", *([f"  {self.todo}"] if self.todo else [])]
        for part in self.parts:
            lines += self._told(part, None if columns is None else columns - len(INDENT))
        return without_escapes("\n".join(lines))

    def _told(self, part: Part, columns: int | None) -> list[str]:
        if part.comparison.equal:
            return []
        second = "this run of the notebook" if self.item.is_notebook else "its replay"
        lines = [f"  the first run: {part.path}; the second run: {second}"]
        lines += [f"{INDENT}{line}".rstrip() for line in comparison_text(part.comparison, columns).splitlines()]
        if part.notes or part.environment:
            lines.append("")
        lines += [f"  {note}" for note in part.notes]
        lines += [f"  made with another {change}" for change in part.environment]
        return lines

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "path": str(self.item.path),
            "did": self.did,
            "verdict": str(self.state),
            "seconds": round(self.seconds, 3),
            "failure": self.failure,
            "todo": self.todo,
            "kept": [str(path) for path in self.kept],
            "recordings": [_plain(part) for part in self.parts],
        }


def comparison_text(comparison: Comparison, columns: int | None = None) -> str:
    """Return the answer of a comparison as plain text, its timelines no wider than so many characters."""
    told, beside = str(comparison), comparison.side_by_side()
    if columns is None or not beside:
        return told
    return told.removesuffix(beside) + comparison.side_by_side(width=max(columns, NARROWEST))


def plain_comparison(comparison: Comparison) -> dict[str, Any]:
    """Return the answer of a comparison as JSON has it."""
    divergence = comparison.divergence
    return {
        "equal": comparison.equal,
        "why": comparison.why,
        "verdict": comparison.verdict,
        "ignored": dict(comparison.ignored),
        "divergence": None if divergence is None else divergence.words,
    }


def _plain(part: Part) -> dict[str, Any]:
    return {
        "path": str(part.path),
        **plain_comparison(part.comparison),
        "notes": list(part.notes),
        "environment": [change._asdict() for change in part.environment],
    }


def _line(text: str) -> str:
    line = " ".join(without_escapes(text).split())
    return line if len(line) <= IN_SHORT else f"{line[: IN_SHORT - 1]}…"
