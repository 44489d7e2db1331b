"""The answer of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from swnb.recording.timelines import Timelines


@dataclass(frozen=True)
class Divergence:
    """The first difference of two runs, in causal order.

    Attributes
    ----------
    actor
        Whose: a window's name, ``c2``, ``w1``; ``notebook`` for a command.
    strand
        Kind of strand: ``realm``, ``console``, ``state``, …
    position
        Which event of the strand, from 0.
    one, other
        What the two runs have there: an event, or a command; None where a run has nothing any more.
    words
        In a sentence.
    """

    actor: str
    strand: str
    position: int
    one: object
    other: object
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Comparison:
    """What came of a comparison.

    Attributes
    ----------
    equal
        Whether the two runs are equal; None where that cannot be told.
    why
        Why it cannot be told; ``""`` where it can.
    divergence
        The first difference of what happened; that of the commands, where nothing else differs. None for equal runs.
    commands
        The first difference of the commands; None where they are equal.
    differing
        In how many strands the runs differ.
    events
        How many events were compared, of the first run and of the second.
    ignored
        How many events, fields, values or texts were left out: by what the caller asked for; and events that are never compared, by
        their kinds.
    """

    equal: bool | None
    why: str = ""
    divergence: Divergence | None = None
    commands: Divergence | None = None
    differing: int = 0
    events: tuple[int, int] = (0, 0)
    ignored: Mapping[str, int] = field(default_factory=dict)
    _timelines: Timelines | None = field(default=None, repr=False, compare=False)

    @property
    def status(self) -> int:
        """Exit status: 0 equal, 1 different, 2 could not tell."""
        return {True: 0, False: 1, None: 2}[self.equal]

    @property
    def verdict(self) -> str:
        """The answer in a line."""
        one, other = self.events
        count = f"{one:,} events" if one == other else f"{one:,} and {other:,} events"
        if self.equal:
            return f"equal ({count})"
        if self.equal is None:
            return f"cannot tell: {self.why}"
        strands = f", {self.differing:,} strands differ" if self.differing > 1 else ""
        return f"different ({count}{strands})"

    def side_by_side(self, rows: int = 24, width: int = 150) -> str:
        """Return both timelines from shortly before the divergence on, beside each other, as plain text; ``""`` for equal runs.

        Parameters
        ----------
        rows
            How many at most.
        width
            Of a line, in characters.
        """
        return "" if self._timelines is None else self._timelines.text(rows, width)

    def __str__(self) -> str:
        lines = [self.verdict]
        if self.divergence is not None:
            lines.append(self.divergence.words)
        if self.commands is not None and self.commands is not self.divergence:
            lines.append(f"the commands differ, too: {self.commands.words}")
        told = ", ".join(f"{what}: {count:,}" for what, count in self.ignored.items() if count)
        if told:
            lines.append(f"left out: {told}")
        beside = self.side_by_side()
        return "\n".join([*lines, "", beside] if beside else lines)
