"""A notebook told as a story: each step as it happens, and whether it was as it is saved."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from swnb.cli.terminal import Terminal
from swnb.verifying.kernel import Kernel, Outcome
from swnb.verifying.notebook import Cell, NotebookError, comparable, read


@dataclass(frozen=True)
class Step:
    """One cell that was executed and told.

    Attributes
    ----------
    title
        Of the step.
    cell, outcome
        What was executed, and what it did.
    complaint
        What is wrong with that, None for nothing.
    """

    title: str
    cell: Cell
    outcome: Outcome
    complaint: str | None


@dataclass
class Story:
    """What came of one notebook.

    Attributes
    ----------
    title
        Its file and what it ran with.
    steps
        As far as it came.
    """

    title: str = ""
    steps: list[Step] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """How many steps went wrong."""
        return sum(step.complaint is not None for step in self.steps)


def steps_of(path: Path) -> tuple[Cell, ...]:
    """Return a notebook's cells.

    Raises
    ------
    NotebookError
        If it is none, or none of its cells is a step.
    """
    cells = read(path).cells
    if not any(cell.step for cell in cells):
        raise NotebookError(f"no cell of {path} is a step", 'give one a title: "metadata": {"swnb": {"step": "…"}}')
    return cells


def tell(path: Path, story: Story, terminal: Terminal, *, loop: str, browser: str, timeout_s: float) -> None:
    """Execute a notebook in a kernel of its own; tell its steps, and keep them in the story.

    Raises
    ------
    NotebookError
        If the kernel dies, or a cell does not end in time.
    """
    cells, began = steps_of(path), perf_counter()
    with Kernel(path.parent, {"loop": loop}) as kernel:
        python = ".".join(map(str, sys.version_info[:3]))
        up = f"up in {perf_counter() - began:.1f} s"
        story.title = f"{path.name} in a kernel of its own ({up}): Python {python}, {browser}"
        terminal.line(terminal.styled(story.title, "dim"))
        for step in _executed(kernel, cells, timeout_s):
            story.steps.append(step)
            _show(terminal, len(story.steps), step)


def _executed(kernel: Kernel, cells: Sequence[Cell], timeout_s: float) -> Iterator[Step]:
    """Execute the cells up to one that fails; yield those that are to be told."""
    for cell in cells:
        outcome = kernel.execute(cell.source, timeout_s=timeout_s)
        complaint = _complaint(cell, outcome)
        if cell.step or complaint:
            yield Step(cell.step or "a cell between the steps", cell, outcome, complaint)
        if outcome.error is not None:
            return


def _complaint(cell: Cell, outcome: Outcome) -> str | None:
    """Return what is wrong with what a cell did, None for nothing."""
    if outcome.error is not None:
        return f"it failed: {outcome.error}"
    if cell.step is not None and comparable(outcome.text) != comparable(cell.saved):
        return "this differs from what the notebook has saved:"
    return None


def _show(terminal: Terminal, number: int, step: Step) -> None:
    title = terminal.styled(f"{number:>2}  {step.title}", "bold")
    terminal.line()
    terminal.line(f"{title}  {terminal.styled(f'{step.outcome.seconds:.2f} s', 'dim')}")
    terminal.block(step.cell.source, "    ", "blue")
    if step.outcome.text.strip():
        terminal.line()
        terminal.block(step.outcome.text.strip("\n"), "      ")
    if step.complaint is not None:
        terminal.line(f"    {terminal.mark('failed')} {step.complaint}")
        if step.outcome.error is None:
            terminal.block(step.cell.saved.strip("\n") or "(nothing)", "      ", "red")
