"""``swnb verify``: recordings and notebooks, run again and compared with what was kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from swnb.cli.options import COMPARED, add_comparing, add_json, add_redact, add_running, cannot_tell, command
from swnb.cli.progress import Bars
from swnb.cli.terminal import MARKS, PLAIN_MARKS, Terminal

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from swnb.cli.tables import Cell
    from swnb.verifying.verdict import Verdict

HEADINGS: Final = ("", "path", "", "verdict", "seconds", "why")

SIGNS: Final = {
    "equal": "ok",
    "accepted": "ok",
    "recorded": "ok",
    "different": "failed",
    "failed": "failed",
    "cannot tell": "warning",
}
"""Of each verdict, the mark of a `Terminal`."""


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add this command to the parser."""
    parser = command(
        commands,
        "verify",
        f"run recordings and notebooks again, and compare with what was kept; {COMPARED}",
        run,
        more="A recording is replayed. A notebook is executed in a fresh kernel, and compared with the recording beside it. "
        "Of a folder: the recordings in it, and the notebooks that have one beside them.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a recording, a notebook, a folder")
    parser.add_argument(
        "--update", action="store_true", help="keep what came now, where it differs or nothing is kept yet"
    )
    parser.add_argument("--jobs", metavar="N", type=_jobs, default=1, help="how many at the same time (default: 1)")
    parser.add_argument("--junit-xml", metavar="FILE", type=Path, help="write the verdicts there, too")
    add_redact(parser)
    add_comparing(parser)
    add_running(parser, timeout="for each cell, and each command of a replay")
    add_json(parser)


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


_jobs.__name__ = "number from 1 on"  # argparse's "invalid … value"


def run(arguments: argparse.Namespace) -> int:
    """Verify all, tell each in a line, then more of those that are not well; return the exit status."""
    from swnb.errors import SwnbError
    from swnb.verifying import junit
    from swnb.verifying.items import found
    from swnb.verifying.many import exit_status, verify_all
    from swnb.verifying.options import Options

    options = Options(
        ignore=tuple(arguments.ignore),
        tolerance=arguments.tolerance,
        redact=tuple(arguments.redact),
        executable=arguments.executable,
        attach=arguments.attach,
        timeout_s=arguments.timeout,
        update=arguments.update,
    )
    try:
        options.check()
        items = found(arguments.paths)
        if arguments.junit_xml is not None:
            junit.write(arguments.junit_xml, [])  # says now, and not after the runs, where it cannot be written
        with Bars() as bars:
            verdicts = verify_all(
                items,
                options,
                jobs=arguments.jobs,
                on_step=lambda item, number, count, words: bars.step(str(item.path), number, count, words),
                on_verdict=lambda verdict: bars.done(str(verdict.item.path)),
            )
        if arguments.junit_xml is not None:
            junit.write(arguments.junit_xml, verdicts)
    except SwnbError as error:
        return cannot_tell(error, as_json=arguments.json)
    status, terminal = exit_status(verdicts), Terminal()
    if arguments.json:
        told = {"status": status, "items": [verdict.plain() for verdict in verdicts]}
        terminal.line(json.dumps(told, ensure_ascii=False))
    else:
        _tell(verdicts, terminal)
    return status


def _tell(verdicts: Sequence[Verdict], terminal: Terminal) -> None:
    from swnb.cli.tables import lines

    for line in lines(terminal, HEADINGS, [_row(verdict, terminal) for verdict in verdicts]):
        terminal.line(line)
    for verdict in verdicts:
        if told := verdict.text(terminal.columns):
            terminal.line()
            terminal.line(told)


def _row(verdict: Verdict, terminal: Terminal) -> list[Cell]:
    kind = SIGNS[verdict.state]
    sign, colour = MARKS[kind]
    return [
        (sign if terminal.unicode else PLAIN_MARKS[kind], colour),
        (str(verdict.item.path), ""),
        (verdict.did, "dim"),
        (str(verdict.state), colour),
        (f"{verdict.seconds:7.1f}", "dim"),
        (verdict.brief, ""),
    ]
