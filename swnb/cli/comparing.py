"""``swnb diff``, which compares two recordings, and ``swnb replay``, which runs one again and compares."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swnb.cli.options import COMPARED, add_comparing, add_json, add_running, cannot_tell, command
from swnb.cli.progress import Bars, waiting
from swnb.cli.terminal import Terminal
from swnb.verifying.escapes import without_escapes

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Sequence

    from swnb.recording.comparison import Comparison
    from swnb.recording.environments import Change


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add these commands to the parser."""
    diff = command(commands, "diff", f"whether two recordings are the same run; {COMPARED}", run_diff)
    diff.add_argument("one", metavar="A", help="a recording")
    diff.add_argument("other", metavar="B", help="another one")
    add_comparing(diff)
    add_json(diff)

    replay = command(
        commands,
        "replay",
        "give a recording's commands again, in a fresh browser, and compare; status as of diff",
        run_replay,
    )
    replay.add_argument("file", metavar="FILE", help="a recording")
    replay.add_argument(
        "-o", "--output", metavar="FILE", help="where the new run is recorded (default: nowhere for long)"
    )
    add_running(replay, timeout="for each command")
    add_comparing(replay)
    add_json(replay)


def run_diff(arguments: argparse.Namespace) -> int:
    """Compare two recordings; what cannot be read cannot be told, either."""
    from swnb.errors import SwnbError
    from swnb.recording import read
    from swnb.recording.compare import compare
    from swnb.recording.environments import differences

    try:
        with waiting(f"comparing {arguments.one} with {arguments.other}"):
            one, other = read(arguments.one), read(arguments.other)
            answer = compare(one, other, ignore=arguments.ignore, tolerance=arguments.tolerance)
    except SwnbError as error:
        return cannot_tell(error, as_json=arguments.json)
    return _tell(answer, differences(one.header, other.header), as_json=arguments.json)


def run_replay(arguments: argparse.Namespace) -> int:
    """Replay a recording; how far it is, is told on a terminal."""
    from tempfile import TemporaryDirectory

    from swnb.errors import SwnbError
    from swnb.recording import read
    from swnb.verifying.options import Options
    from swnb.verifying.replaying import replayed
    from swnb.verifying.verify import compared

    options = Options(
        ignore=tuple(arguments.ignore),
        tolerance=arguments.tolerance,
        executable=arguments.executable,
        attach=arguments.attach,
        timeout_s=arguments.timeout,
    )
    with TemporaryDirectory(prefix="swnb-replay-") as folder:
        new = Path(arguments.output or f"{folder}/again.swnb.jsonl")
        try:
            options.check()
            with waiting(f"reading {arguments.file}"):
                recording = read(arguments.file)
            with Bars() as bars:
                done = replayed(
                    recording,
                    new,
                    options,
                    watch=lambda number, count, words: bars.step("replay", number, count, words),
                )
            part = compared(Path(arguments.file), recording, done.recording, options, done)
        except SwnbError as error:
            return cannot_tell(error, as_json=arguments.json)
        return _tell(part.comparison, part.environment, as_json=arguments.json, notes=done.notes)


def _tell(answer: Comparison, environment: Sequence[Change], *, as_json: bool, notes: Sequence[str] = ()) -> int:
    """Tell what came of a comparison; return the exit status."""
    from swnb.verifying.verdict import comparison_text, plain_comparison

    terminal = Terminal()
    if as_json:
        told = {
            **plain_comparison(answer),
            "notes": list(notes),
            "environment": [change._asdict() for change in environment],
        }
        terminal.line(json.dumps(told, ensure_ascii=False))
        return answer.status
    for note in notes:
        terminal.line(f"{terminal.mark('warning')} {without_escapes(note)}")
    for change in environment:
        terminal.line(f"{terminal.mark('info')} made with another {without_escapes(str(change))}")
    terminal.line(without_escapes(comparison_text(answer, terminal.columns)))
    return answer.status
