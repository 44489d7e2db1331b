"""``swnb show``, ``diff``, ``report`` and ``export``: what a recording holds, without running it; and ``replay``, which runs it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swnb.cli.terminal import Terminal
from swnb.verifying.escapes import without_escapes

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Callable, Sequence

    from swnb.errors import SwnbError
    from swnb.recording import Command, Recording
    from swnb.recording.comparison import Comparison

BAD = ("surprise", "worker.error", "message.undelivered", "message.refused", "window.crashed")

COLOURS = {"message": "blue", "worker": "green", "client": "bold", "call": "dim", "console": "dim"}
"""Of a family of events."""


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add these commands to the parser."""
    show = _command(commands, "show", "what a recording holds, in time", run_show)
    show.add_argument("file", help="a recording")
    show.add_argument(
        "--kind", action="append", metavar="KIND", help="only this kind of event: message, worker.state, … (repeatable)"
    )
    show.add_argument("--json", action="store_true", help="one JSON object a line")

    diff = _command(
        commands,
        "diff",
        "whether two recordings are the same run; status 0 equal, 1 different, 2 could not tell",
        run_diff,
    )
    diff.add_argument("one", metavar="A", help="a recording")
    diff.add_argument("other", metavar="B", help="another one")
    diff.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="WHAT",
        help="leave out: console, console:line, $.token, re:PATTERN",
    )
    diff.add_argument(
        "--tolerance", type=float, default=0.0, metavar="N", help="by how much numbers in payloads may differ"
    )
    diff.add_argument("--json", action="store_true", help="the answer as JSON")

    _add_replay(commands)
    _add_writers(commands)


def _add_replay(commands: _SubParsersAction[Any]) -> None:
    replay = _command(
        commands,
        "replay",
        "give a recording's commands again, in a fresh browser, and compare; status as of diff",
        run_replay,
    )
    replay.add_argument("file", help="a recording")
    replay.add_argument(
        "-o", "--output", metavar="FILE", help="where the new run is recorded (default: nowhere for long)"
    )
    replay.add_argument("--executable", metavar="PATH", help="another Chromium: then it is a comparison of browsers")
    replay.add_argument(
        "--attach", choices=("hold", "detached"), help="another policy of attaching than the recorded one"
    )
    replay.add_argument("--ignore", action="append", default=[], metavar="WHAT", help="as of diff")
    replay.add_argument("--json", action="store_true", help="the answer as JSON")


def _add_writers(commands: _SubParsersAction[Any]) -> None:
    report = _command(commands, "report", "write a page that tells of a recording and stands by itself", run_report)
    report.add_argument("file", help="a recording")
    report.add_argument("-o", "--output", metavar="FILE", help="where it is written (default: beside the recording)")

    export = _command(commands, "export", "write a recording for other programs", run_export)
    export.add_argument("file", help="a recording")
    export.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="where it is written: .mmd, .svg, .json, .csv, .parquet"
    )
    export.add_argument(
        "--form", choices=("mermaid", "svg", "trace", "csv", "parquet"), help="instead of what the file's name says"
    )


def _command(
    commands: _SubParsersAction[Any], name: str, what: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    parser.set_defaults(run=run)
    return parser


def _read(path: str) -> Recording:
    from swnb.recording import read

    return read(path)


def run_show(arguments: argparse.Namespace) -> int:
    """Tell each event in a line."""
    from swnb.log.kinds import classes
    from swnb.recording import UnknownEvent
    from swnb.views.clock import wall_ms
    from swnb.views.phrases import phrase

    recording, terminal = _read(arguments.file), Terminal()
    wanted = classes(arguments.kind) if arguments.kind else None
    events = [event for event in recording.events if wanted is None or type(event) in wanted]
    known = [event for event in recording.events if not isinstance(event, UnknownEvent)]
    begin = wall_ms(known[0]) if known else 0.0
    if not arguments.json:
        terminal.line(terminal.styled(without_escapes(repr(recording)), "bold"))
    for event in events:
        if isinstance(event, UnknownEvent):
            continue
        if arguments.json:
            import msgspec

            terminal.line(msgspec.json.encode(event).decode())
            continue
        colour = "red" if event.kind in BAD else COLOURS.get(event.kind.partition(".")[0], "")
        when, kind = f"{(wall_ms(event) - begin) / 1000:9.3f}", f"{event.kind:<24}"
        styles = [colour] if colour else []
        told, actor = without_escapes(phrase(event)).replace("\n", " "), without_escapes(event.actor)
        terminal.line(
            f"{event.seq:>6} {terminal.styled(when, 'dim')}  {terminal.styled(kind, *styles)} {actor:<12} {told}"
        )
    return 0


def run_diff(arguments: argparse.Namespace) -> int:
    """Compare two recordings; what cannot be read cannot be told, either."""
    from swnb.errors import SwnbError
    from swnb.recording.compare import compare

    try:
        one, other = _read(arguments.one), _read(arguments.other)
        answer = compare(one, other, ignore=arguments.ignore, tolerance=arguments.tolerance)
    except SwnbError as error:
        return _cannot_tell(error)
    return _tell(answer, as_json=arguments.json)


def _cannot_tell(error: SwnbError) -> int:
    print("swnb:", str(error).replace("\n", "\n  "), file=sys.stderr)
    return 2


def _tell(answer: Comparison, *, as_json: bool, notes: Sequence[str] = ()) -> int:
    """Tell what came of a comparison; return the exit status."""
    terminal = Terminal()
    if as_json:
        told = {
            "equal": answer.equal,
            "why": answer.why,
            "verdict": answer.verdict,
            "ignored": dict(answer.ignored),
            "notes": list(notes),
        }
        told["divergence"] = None if answer.divergence is None else str(answer.divergence)
        terminal.line(json.dumps(told, ensure_ascii=False))
    else:
        for note in notes:
            terminal.line(f"{terminal.mark('warning')} {without_escapes(note)}")
        terminal.line(without_escapes(str(answer)))
    return answer.status


def run_replay(arguments: argparse.Namespace) -> int:
    """Replay a recording; how far it is, is told on a terminal."""
    import asyncio
    import tempfile

    from swnb.errors import SwnbError
    from swnb.lab.replay import replay

    settings = {} if arguments.executable is None else {"executable": arguments.executable}
    with tempfile.TemporaryDirectory(prefix="swnb-replay-") as folder:
        path = arguments.output or f"{folder}/again.swnb.jsonl"
        try:
            recording = _read(arguments.file)
            progress = Progress(len(recording.commands))
            made = replay(
                recording, path, attach=arguments.attach, ignore=arguments.ignore, on_command=progress, **settings
            )
            done = asyncio.run(made)
        except SwnbError as error:
            return _cannot_tell(error)
        progress.end()
        return _tell(done.comparison, as_json=arguments.json, notes=done.notes)


class Progress:
    """Tells how far a replay is, in one line of a terminal; nothing elsewhere."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._shown = sys.stderr.isatty()

    def __call__(self, number: int, command: Command) -> None:
        """Tell that a command begins."""
        if self._shown:
            told = without_escapes(str(command)).replace("\n", " ")[:60]
            print(f"\r\x1b[K{number + 1}/{self._count}  {told}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def run_report(arguments: argparse.Namespace) -> int:
    """Write a report."""
    from swnb.errors import SwnbError
    from swnb.views.recorded import log_of
    from swnb.views.report import report

    recording = _read(arguments.file)
    header = recording.header
    path = Path(arguments.output or f"{arguments.file}.html")
    told = [
        ("swnb", header.swnb),
        ("Chromium", header.chromium),
        ("Python", header.python),
        ("platform", header.platform),
    ]
    told += [("attach", header.attach), ("locale", header.locale), ("began", header.began), ("probe", header.probe)]
    told += sorted(header.packages.items())
    told += [("missing", what) for what in recording.missing]
    files = [
        (f"{file.origin}: {file.path}", body) for file in recording.site if (body := recording.body(file)) is not None
    ]
    made = report(
        log_of(recording),
        title=Path(arguments.file).name,
        environment=told,
        files=files,
    )
    try:
        path.write_text(made, "utf-8")
    except OSError as error:
        raise SwnbError(f"{path} cannot be written: {error.strerror or error}", "name another file") from None
    Terminal().line(f"{path}: {path.stat().st_size:,} bytes")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write an export."""
    from swnb.views.exports import export
    from swnb.views.recorded import log_of

    path = export(log_of(_read(arguments.file)), arguments.output, arguments.form)
    Terminal().line(f"{path}: {path.stat().st_size:,} bytes")
    return 0
