"""``swnb show``, ``report`` and ``export``: what a recording holds, without running it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swnb.cli.options import add_json, command
from swnb.cli.progress import waiting
from swnb.cli.terminal import Terminal
from swnb.verifying.escapes import without_escapes

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from swnb.events import Event
    from swnb.recording import Recording

BAD = ("surprise", "worker.error", "message.undelivered", "message.refused", "window.crashed")

COLOURS = {"message": "blue", "worker": "green", "client": "bold", "call": "dim", "console": "dim"}
"""Of a family of events."""


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add these commands to the parser."""
    show = command(commands, "show", "what a recording holds, in time", run_show)
    show.add_argument("file", metavar="FILE", help="a recording")
    show.add_argument(
        "--kind", action="append", metavar="KIND", help="only this kind of event: message, worker.state, … (repeatable)"
    )
    show.add_argument("--json", action="store_true", help="one JSON object a line")

    report = command(commands, "report", "write a page that tells of a recording and stands by itself", run_report)
    report.add_argument("file", metavar="FILE", help="a recording")
    report.add_argument("-o", "--output", metavar="FILE", help="where it is written (default: beside the recording)")
    add_json(report)

    export = command(commands, "export", "write a recording for other programs", run_export)
    export.add_argument("file", metavar="FILE", help="a recording")
    export.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        required=True,
        help="where it is written: .mmd, .svg, .json, .csv, .parquet; or .ipynb, the notebook that gives the commands again",
    )
    export.add_argument(
        "--form",
        choices=("mermaid", "svg", "trace", "csv", "parquet", "notebook"),
        help="instead of what the file's name says",
    )
    add_json(export)


def _read(path: str) -> Recording:
    from swnb.recording import read

    with waiting(f"reading {path}"):
        return read(path)


def run_show(arguments: argparse.Namespace) -> int:
    """Tell each event in a line."""
    import msgspec

    from swnb.log.kinds import classes
    from swnb.recording import UnknownEvent
    from swnb.views.clock import wall_ms

    wanted = classes(arguments.kind) if arguments.kind else None
    recording, terminal = _read(arguments.file), Terminal()
    known = [event for event in recording.events if not isinstance(event, UnknownEvent)]
    begin = wall_ms(known[0]) if known else 0.0
    if not arguments.json:
        terminal.line(terminal.styled(without_escapes(repr(recording)), "bold"))
    for event in known:
        if wanted is not None and type(event) not in wanted:
            continue
        terminal.line(msgspec.json.encode(event).decode() if arguments.json else _line(terminal, event, begin))
    return 0


def _line(terminal: Terminal, event: Event, begin_ms: float) -> str:
    """Return an event in a line, with its time since the first one."""
    from swnb.views.clock import wall_ms
    from swnb.views.phrases import phrase

    colour = "red" if event.kind in BAD else COLOURS.get(event.kind.partition(".")[0], "")
    when, kind = f"{(wall_ms(event) - begin_ms) / 1000:9.3f}", f"{event.kind:<24}"
    styled = terminal.styled(kind, colour) if colour else kind
    told, actor = without_escapes(phrase(event)).replace("\n", " "), without_escapes(event.actor)
    return f"{event.seq:>6} {terminal.styled(when, 'dim')}  {styled} {actor:<12} {told}"


def run_report(arguments: argparse.Namespace) -> int:
    """Write a report."""
    from swnb.errors import SwnbError
    from swnb.views import run_again
    from swnb.views.recorded import log_of
    from swnb.views.report import report

    recording = _read(arguments.file)
    path = Path(arguments.output or f"{arguments.file}.html")
    files = [
        (f"{file.origin}: {file.path}", body) for file in recording.site if (body := recording.body(file)) is not None
    ]
    with waiting(f"writing {path}"):
        made = report(
            log_of(recording),
            title=Path(arguments.file).name,
            environment=_environment(recording),
            files=files,
            replay=run_again.commands(recording),
            cells=run_again.cells(recording),
        )
    try:
        path.write_text(made, "utf-8")
    except OSError as error:
        raise SwnbError(f"{path} cannot be written: {error.strerror or error}", "name another file") from None
    return _written(path, as_json=arguments.json)


def _environment(recording: Recording) -> list[tuple[str, str]]:
    """Return what a recording was made with, as a report tells it."""
    header = recording.header
    told = [
        ("swnb", header.swnb),
        ("Chromium", header.chromium),
        ("Python", header.python),
        ("platform", header.platform),
        ("attach", header.attach),
        ("locale", header.locale),
        ("began", header.began),
        ("probe", header.probe),
    ]
    return [*told, *sorted(header.packages.items()), *(("missing", what) for what in recording.missing)]


def run_export(arguments: argparse.Namespace) -> int:
    """Write an export."""
    from swnb.views.exports import export

    recording = _read(arguments.file)
    with waiting(f"writing {arguments.output}"):
        path = export(recording, arguments.output, arguments.form)
    return _written(path, as_json=arguments.json)


def _written(path: Path, *, as_json: bool) -> int:
    size = path.stat().st_size
    Terminal().line(json.dumps({"path": str(path), "bytes": size}) if as_json else f"{path}: {size:,} bytes")
    return 0
