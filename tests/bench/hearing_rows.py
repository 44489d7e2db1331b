"""The rows of hearing: what is measured, how much of it, what must be reached, and what came out. Pure, light to import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Final, Literal

Verdict = Literal["met", "missed", ""]
Against = Literal["without", "floor", "itself", "counts", "nothing"]


@dataclass(frozen=True)
class Row:
    """One measurement, in a process of its own.

    Attributes
    ----------
    name
        On the command line.
    size, quick_size
        How much is done for the counts: messages each way, facts, clients, stops.
    rounds, quick_rounds
        How often each side is timed, in turn.
    limit_s
        When its process is given up.
    """

    name: str
    size: int
    quick_size: int
    rounds: int
    quick_rounds: int
    limit_s: float = 1800.0


ROWS: Final[tuple[Row, ...]] = (
    Row("messages", 100_000, 4_000, 9, 2),
    Row("facts", 60_000, 6_000, 7, 2),
    Row("clients", 200, 200, 7, 1),
    Row("stops", 1_000, 50, 1, 1),
    Row("clicks", 1_000, 30, 9, 2),
)


@dataclass
class Figure:
    """One line of the table.

    Attributes
    ----------
    name, title
        For data, and for people.
    unit
        Of what is measured: ``ms``, ``s``, ``bytes``, ``facts/s``; "" for counts.
    against
        What the target is about: the median beside the one without the probe, beside the bare pipe's, the value `itself`, the
        `counts`, or nothing.
    target
        A number that must not be passed: from above where `at_least`, else from below; None where nothing is asked.
    probe, without, floor
        Samples with the probe, of the same page without it, of the bare pipe.
    counts, must
        What was counted; what some of it must be.
    notes
        Footnotes.
    """

    name: str
    title: str
    unit: str = ""
    against: Against = "nothing"
    target: float | None = None
    at_least: bool = False
    probe: list[float] = field(default_factory=list)
    without: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    must: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """The median with the probe over that of the other side."""
        other = self.floor if self.against == "floor" else self.without
        return median(self.probe) / median(other) if self.probe and other and median(other) > 0 else None

    @property
    def verdict(self) -> Verdict:
        """Whether the target is reached, as measured, not as rounded."""
        if self.against == "nothing":
            return ""
        if self.against == "counts":
            return "met" if all(self.counts.get(name) == number for name, number in self.must.items()) else "missed"
        reached = self.ratio if self.against != "itself" else median(self.probe) if self.probe else None
        assert self.target is not None
        if reached is None:
            return "missed"
        return "met" if (reached >= self.target if self.at_least else reached <= self.target) else "missed"

    def to_data(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "ratio": self.ratio, "verdict": self.verdict}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Figure:
        """Return it from JSON."""
        return cls(**{name: value for name, value in data.items() if name not in ("ratio", "verdict")})


def missed(figures: Iterable[Figure]) -> list[str]:
    """Return the names of those that miss their target."""
    return [figure.name for figure in figures if figure.verdict == "missed"]
