"""A notebook executed in a fresh kernel, each of its labs recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from swnb.errors import one_line
from swnb.recording.filenames import numbered
from swnb.verifying.items import VerifyError
from swnb.verifying.kernel import CellTimeout, Kernel, KernelDied, KernelUnusable, Outcome
from swnb.verifying.notebook import Cell, Notebook
from swnb.verifying.stop import Stop

NO_BROWSER: Final = frozenset(("BrowserNotFound", "BrowserUnusable", "BrowserStartFailed"))
"""Errors by which a cell says that nothing could be tried: they are no answer about the notebook."""

LONGEST_LINE: Final = 100

OnCell = Callable[[int, int, str], object]
"""Is told which cell begins, from 1, of how many, and its first line."""


@dataclass
class Ran:
    """What came of executing a notebook.

    Attributes
    ----------
    recordings
        Of its labs, in the order of their starts, each in a temporary place.
    failure
        What went wrong, ``""`` for nothing; `todo` is the line that follows it.
    tried
        Whether its cells could be tried: where there is no kernel or no browser, they could not.
    cells
        How many were executed.
    seconds
        How long they took.
    """

    recordings: tuple[Path, ...] = ()
    failure: str = ""
    todo: str = ""
    tried: bool = True
    cells: int = 0
    seconds: float = field(default=0.0, compare=False)


def execute(
    path: Path,
    notebook: Notebook,
    into: Path,
    *,
    settings: dict[str, object],
    timeout_s: float,
    stop: Stop | None = None,
    on_cell: OnCell = lambda number, count, words: None,
) -> Ran:
    """Execute a notebook up to its end, or to the first cell that fails; its recordings are whole then, since the kernel has ended.

    Parameters
    ----------
    into
        Where the first recording is written; those of further labs are beside it (see `numbered`).
    settings
        Of its labs.
    timeout_s
        For each cell.

    Raises
    ------
    Stopped
        If all is to end.
    """
    ran = Ran()
    try:
        with Kernel(path.absolute().parent, {**settings, "record": str(into)}, quiet=True, stop=stop) as kernel:
            for number, cell in enumerate(notebook.cells, 1):
                on_cell(number, len(notebook.cells), _first_line(cell))
                ran.cells = number
                outcome = _executed(kernel, cell, number, timeout_s)
                ran.seconds += outcome.seconds
                if outcome.error is not None and not cell.may_fail:
                    ran.failure = one_line(f"cell {number} raised {outcome.error}: {_what(outcome)}".rstrip(": "))
                    ran.todo = one_line(_todo(outcome) or f"its first line: {_first_line(cell)}")
                    ran.tried = outcome.error not in NO_BROWSER
                    break
    except (CellTimeout, KernelDied, KernelUnusable) as error:
        ran.failure, ran.todo, ran.tried = error.what, error.todo, not isinstance(error, KernelUnusable)
    ran.recordings = _written(into)
    return ran


def _executed(kernel: Kernel, cell: Cell, number: int, timeout_s: float) -> Outcome:
    """Execute a cell; what goes wrong with the kernel says in which one."""
    try:
        return kernel.execute(cell.source, timeout_s=timeout_s)
    except KernelDied:
        raise KernelDied(f"the kernel died in cell {number}", f"its first line: {_first_line(cell)}") from None
    except CellTimeout as error:
        raise CellTimeout(
            f"cell {number} did not end within {timeout_s:g} s", f"{error.todo}; its first line: {_first_line(cell)}"
        ) from None


def unrecorded(path: Path) -> VerifyError:
    """Return the error of a notebook that ran well and left no recording."""
    return VerifyError(
        f"{path} started no lab that could be recorded",
        "its labs are to be started by `%sw start`",
    )


def _written(first: Path) -> tuple[Path, ...]:
    found: list[Path] = []
    while (path := numbered(first, len(found) + 1)).is_file():
        found.append(path)
    return tuple(found)


def _first_line(cell: Cell) -> str:
    line = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return one_line(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…")


def _what(outcome: Outcome) -> str:
    return outcome.said.strip().partition("\n")[0]


def _todo(outcome: Outcome) -> str:
    """Return what swnb's own errors say in their second line."""
    return outcome.said.strip().partition("\n")[2].strip()
