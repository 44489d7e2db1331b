"""``swnb demo``: real notebooks, executed by real kernels, drive a real Chromium, and each step is told.

The notebooks are those of `STORIES`, which the wheel carries too. Their cells with a title in ``metadata.swnb.step`` are the
steps; what each one prints must be what is saved in the file, but for ids and times. All of it is kept in a report.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from swnb.browser.find import find_chromium, version
from swnb.cli.options import seconds
from swnb.cli.report import prepared, written
from swnb.cli.story import Story, steps_of, tell
from swnb.cli.terminal import Terminal
from swnb.verifying.notebook import NotebookError
from swnb.vocab import Loop

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FIRST = "01-first-clients.ipynb"
CHAT = "03-chat.ipynb"
STORIES = (FIRST, CHAT)

REPORT = "swnb-demo.html"


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="run two notebooks in real kernels with a real Chromium, and tell what happens",
        description="Execute notebooks in kernels of this Python, tell their steps, and keep them in a report. Without a "
        f"notebook: {FIRST}, and {CHAT}, in which notifications are clicked. Exit status 1 if a cell fails or a step's output "
        "differs from the saved one (ids and times aside).",
    )
    parser.add_argument("notebook", nargs="?", type=Path, help="another notebook than these")
    parser.add_argument("--loop", choices=list(Loop), default=Loop.THREAD, help="the loop that the lab lives on")
    parser.add_argument("--timeout", metavar="SECONDS", type=seconds, default=60.0, help="for each cell (default: 60)")
    parser.add_argument(
        "--report", metavar="FILE", type=Path, default=Path(REPORT), help=f"where the report goes (default: {REPORT})"
    )
    parser.set_defaults(run=run)


def notebook(name: str) -> Path:
    """Return the path of one of our notebooks: in the installed package, or beside it in the repository.

    Raises
    ------
    NotebookError
        If it is in neither.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / name).is_file():
            return folder / name
    raise NotebookError(f"{name} is not in this installation", "give the path of a notebook: swnb demo NOTEBOOK")


def run(arguments: argparse.Namespace) -> int:
    """Execute the notebooks, tell their steps, return 0 if all was as saved."""
    paths = [arguments.notebook] if arguments.notebook else [notebook(name) for name in STORIES]
    for path in paths:
        steps_of(path)
    terminal = Terminal()
    browser = version(find_chromium())  # says so, if there is none, before a kernel starts
    report = prepared(arguments.report)
    left_out = None if arguments.notebook else _cannot_click()
    if left_out is not None:
        paths.remove(notebook(CHAT))
    began = perf_counter()
    stories: list[Story] = []
    try:
        for path in paths:
            if stories:
                terminal.line()
            stories.append(Story())
            tell(path, stories[-1], terminal, loop=arguments.loop, browser=browser, timeout_s=arguments.timeout)
    finally:
        verdict = _verdict(stories, perf_counter() - began)
        if any(story.steps for story in stories):  # else it would say that all of nothing went well
            written(report, stories, verdict)
        elif not report.stat().st_size:
            report.unlink()
    terminal.line()
    if left_out is not None:
        terminal.line(f"{terminal.mark('warning')} {CHAT} is left out: {left_out}")
    failed = any(story.failures for story in stories)
    terminal.line(f"{terminal.mark('failed' if failed else 'ok')} {verdict}")
    terminal.line(f"{terminal.mark('info')} the report, with its clients and messages: {report}")
    return 1 if failed else 0


def _cannot_click() -> str | None:
    """Return why no notification can be clicked here, and what to do; None where it can."""
    from swnb.cli.checks import Status, bus

    found = next((finding for finding in bus() if finding.status is not Status.OK), None)
    return None if found is None else f"{found.text.partition(';')[0]}: {found.todo}".removesuffix(": ")


def _verdict(stories: Sequence[Story], seconds: float) -> str:
    steps, failures = sum(len(story.steps) for story in stories), sum(story.failures for story in stories)
    where = "the notebook" if len(stories) == 1 else "the notebooks"
    said = f"{failures} of {steps} steps went wrong" if failures else f"{steps} steps, each as saved in {where}"
    return f"{said}; {seconds:.1f} s in all"
