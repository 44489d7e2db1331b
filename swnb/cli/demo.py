"""``swnb demo``: a real notebook, executed by a real kernel, drives a real Chromium, and each step is told.

The notebook is `FIRST`, which the wheel carries too. Its cells with a title in ``metadata.swnb.step`` are the steps; what each
one prints must be what is saved in the file, but for ids and times.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from swnb.browser.find import find_chromium, version
from swnb.cli.notebook import Cell, Kernel, NotebookError, Outcome, comparable, read
from swnb.cli.terminal import Terminal
from swnb.vocab import Loop

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FIRST = "01-first-clients.ipynb"


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="run the first notebook in a real kernel with a real Chromium, and tell what happens",
        description="Execute a notebook in a kernel of this Python and tell its steps. Exit status 1 if a cell fails or a "
        "step's output differs from the saved one (ids and times aside).",
    )
    parser.add_argument("notebook", nargs="?", type=Path, help="another notebook than the first one")
    parser.add_argument("--loop", choices=list(Loop), default=Loop.THREAD, help="the loop that the lab lives on")
    parser.add_argument("--timeout", metavar="SECONDS", type=_seconds, default=60.0, help="for each cell (default: 60)")
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


_seconds.__name__ = "number of seconds greater than 0"  # argparse's "invalid … value"


def first_notebook() -> Path:
    """Return the path of the first notebook: in the installed package, or beside it in the repository.

    Raises
    ------
    NotebookError
        If it is in neither.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST).is_file():
            return folder / FIRST
    raise NotebookError(f"{FIRST} is not in this installation", "give the path of a notebook: swnb demo NOTEBOOK")


def run(arguments: argparse.Namespace) -> int:
    """Execute the notebook, tell its steps, return 0 if all was as saved."""
    path = arguments.notebook or first_notebook()
    cells = read(path)
    if not any(cell.step for cell in cells):
        raise NotebookError(f"no cell of {path} is a step", 'give one a title: "metadata": {"swnb": {"step": "…"}}')
    terminal = Terminal()
    browser = version(find_chromium())  # says so, if there is none, before a kernel starts
    began = perf_counter()
    failures = 0
    with Kernel(path.parent, [f"--Lab.loop={arguments.loop}"]) as kernel:
        terminal.line(terminal.styled(_heading(path, perf_counter() - began, browser), "dim"))
        steps = 0
        for cell in cells:
            outcome = kernel.execute(cell.source, timeout_s=arguments.timeout)
            complaint = _complaint(cell, outcome)
            if cell.step or complaint:
                steps += 1
                _tell(terminal, steps, cell, outcome, complaint)
            failures += complaint is not None
            if outcome.error is not None:
                break
    seconds = perf_counter() - began
    verdict = (
        f"{steps} steps, each as saved in the notebook" if not failures else f"{failures} of {steps} steps went wrong"
    )
    terminal.line()
    terminal.line(f"{terminal.mark('failed' if failures else 'ok')} {verdict}; {seconds:.1f} s in all")
    return 1 if failures else 0


def _heading(path: Path, seconds: float, browser: str) -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{path.name} in a kernel of its own (up in {seconds:.1f} s): Python {python}, {browser}"


def _complaint(cell: Cell, outcome: Outcome) -> str | None:
    """Return what is wrong with what a cell did, None for nothing."""
    if outcome.error is not None:
        return f"it failed: {outcome.error}"
    if cell.step is not None and comparable(outcome.text) != comparable(cell.saved):
        return "this differs from what the notebook has saved:"
    return None


def _tell(terminal: Terminal, number: int, cell: Cell, outcome: Outcome, complaint: str | None) -> None:
    title = f"{number:>2}  {cell.step or 'a cell between the steps'}"
    terminal.line()
    terminal.line(f"{terminal.styled(title, 'bold')}  {terminal.styled(f'{outcome.seconds:.2f} s', 'dim')}")
    terminal.block(cell.source, "    ", "blue")
    if outcome.text.strip():
        terminal.line()
        terminal.block(outcome.text.strip("\n"), "      ")
    if complaint is not None:
        terminal.line(f"    {terminal.mark('failed')} {complaint}")
        if outcome.error is None:
            terminal.block(cell.saved.strip("\n") or "(nothing)", "      ", "red")
