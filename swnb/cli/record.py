"""``swnb record``: a notebook is executed in a fresh kernel, and the recording of its labs kept."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swnb.cli.options import add_json, add_redact, add_running, command, tell_error
from swnb.cli.progress import Bars
from swnb.cli.terminal import Terminal
from swnb.verifying.escapes import without_escapes

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from swnb.verifying.executing import Ran


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add this command to the parser."""
    parser = command(
        commands,
        "record",
        "execute a notebook in a fresh kernel and keep the recording of its labs",
        run,
        more="Of a second lab it is in NAME-2.swnb.jsonl. Status 1 if a cell fails; the recording up to there is kept.",
    )
    parser.add_argument(
        "notebook", metavar="NOTEBOOK", type=Path, help="a notebook whose labs are started by %%sw start"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="where it is kept (default: NAME.swnb.jsonl beside the notebook)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the recordings that are there already")
    add_redact(parser)
    add_running(parser, timeout="for each cell")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Execute the notebook, keep what was recorded, return 0 if no cell failed."""
    from tempfile import TemporaryDirectory

    from swnb.recording.filenames import SUFFIXES, suffix_of
    from swnb.verifying.accepting import accept_all
    from swnb.verifying.executing import execute, unrecorded
    from swnb.verifying.items import NOTEBOOK
    from swnb.verifying.notebook import read
    from swnb.verifying.options import Options

    path: Path = arguments.notebook
    first: Path = arguments.output or path.with_name(path.name.removesuffix(NOTEBOOK) + SUFFIXES[0])
    notebook = read(path)
    options = Options(
        redact=tuple(arguments.redact),
        executable=arguments.executable,
        attach=arguments.attach,
        timeout_s=arguments.timeout,
    ).of(notebook)
    options.check()
    _check_free(first, overwrite=arguments.overwrite)
    with TemporaryDirectory(prefix="swnb-record-", ignore_cleanup_errors=True) as folder:
        with Bars() as bars:
            ran = execute(
                path,
                notebook,
                Path(folder) / f"run{suffix_of(first) or SUFFIXES[0] + _packing(first)}",
                settings=options.settings(),
                timeout_s=options.timeout_s,
                on_cell=lambda number, count, words: bars.step(path.name, number, count, words),
            )
        if not ran.recordings and not ran.failure:
            raise unrecorded(path)
        kept = accept_all(ran.recordings, first) if ran.recordings else []
    return _tell(path, ran, kept, as_json=arguments.json)


def _packing(path: Path) -> str:
    return path.suffix if path.suffix in (".gz", ".zst") else ""


def _check_free(first: Path, *, overwrite: bool) -> None:
    """Refuse what is there already, before a run is waited for."""
    from swnb.verifying.accepting import is_recording
    from swnb.verifying.items import VerifyError, following

    if not first.absolute().parent.is_dir():
        raise VerifyError(f"{first} cannot be written: there is no such folder", f"make it: {first.parent}")
    for path in following(first):
        if not is_recording(path):
            raise VerifyError(f"{path} is there already, and no recording", "give another name: --output FILE")
        if not overwrite:
            raise VerifyError(f"{path} is there already", "--overwrite replaces it, --output FILE keeps it")


def _tell(path: Path, ran: Ran, kept: list[Path], *, as_json: bool) -> int:
    """Tell what was kept, and what went wrong; return the exit status."""
    from swnb.verifying.items import VerifyError

    told = [_described(each) for each in kept]
    if ran.failure:
        where = ", ".join(str(each) for each in kept)
        upto = f"; the recording up to there is kept: {where}" if kept else "; nothing was recorded"
        tell_error(VerifyError(f"{path}: {ran.failure}", f"{ran.todo}{upto}"), as_json=as_json, recordings=told)
        return 1
    terminal = Terminal()
    if as_json:
        terminal.line(json.dumps({"notebook": str(path), "cells": ran.cells, "recordings": told}, ensure_ascii=False))
        return 0
    for each in told:
        redacted = f", {each['redacted']:,} passages redacted" if each["redacted"] else ""
        terminal.line(
            without_escapes(
                f"{each['path']}: {each['events']:,} events, {each['commands']:,} commands{redacted}, {each['bytes']:,} bytes"
            )
        )
    return 0


def _described(path: Path) -> dict[str, Any]:
    from swnb.recording import read

    recording = read(path)
    return {
        "path": str(path),
        "bytes": path.stat().st_size,
        "events": len(recording.events),
        "commands": len(recording.commands),
        "redacted": recording.redacted,
        "missing": list(recording.missing),
    }
