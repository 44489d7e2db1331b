"""``swnb doctor``: what is here, what is missing, and the command that brings it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from swnb.cli import checks, trial
from swnb.cli.checks import Finding, Status
from swnb.cli.terminal import Terminal

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser(
        "doctor",
        help="say what is here, what is missing, and the command that brings it",
        description="Say which Chromium, sandbox, bus and packages are here, try a start, and name the command that "
        "brings what is missing. Exit status 0 if swnb is usable here, 1 if not.",
    )
    parser.add_argument(
        "--executable", metavar="PATH", help="the Chromium to look at, instead of the one that is found"
    )
    parser.add_argument("--no-start", action="store_true", help="do not try to start a lab")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write JSON")
    form.add_argument(
        "--commands", action="store_true", help="write only the commands that bring what is missing; no start"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything, write the report, return 0 if swnb is usable here."""
    looks: dict[str, checks.Check] = {
        "python": checks.python,
        "packages": checks.packages,
        "kernel": checks.kernels,
        "chromium": partial(checks.chromium, arguments.executable),
        "sandbox": checks.sandbox,
        "shm": checks.memory,
        "bus": checks.bus,
    }
    if not arguments.no_start and not arguments.commands:
        looks["start"] = partial(trial.start, arguments.executable)
    findings = checks.run_checks(looks)
    if arguments.commands:
        return _write_commands(findings)
    if arguments.json:
        return _write_json(findings)
    return _write_text(findings, Terminal())


def usable(findings: Iterable[Finding]) -> bool:
    """Return whether nothing failed."""
    return all(finding.status is not Status.FAILED for finding in findings)


def _write_commands(findings: Iterable[Finding]) -> int:
    found = list(findings)
    for finding in found:
        if finding.todo and finding.status in (Status.FAILED, Status.WARNING):
            Terminal().line(finding.todo if finding.is_command else f"# {finding.name}: {finding.todo}")
    return 0 if usable(found) else 1


def _write_json(findings: Iterable[Finding]) -> int:
    found = list(findings)
    report = {"usable": usable(found), "findings": [asdict(finding) for finding in found]}
    Terminal().line(json.dumps(report, indent=2))
    return 0 if report["usable"] else 1


def _write_text(findings: Iterable[Finding], terminal: Terminal) -> int:
    found = []
    for finding in findings:  # one by one: the start takes a moment
        found.append(finding)
        terminal.line(f"{terminal.mark(finding.status)} {finding.name:<11} {finding.text}")
        if finding.todo:
            sign = "$ " if finding.is_command else ""
            terminal.line(
                " " * 14 + terminal.styled(sign + finding.todo, "dim" if finding.status is Status.INFO else "bold")
            )
    terminal.line()
    if usable(found):
        terminal.line(f"{terminal.mark('ok')} swnb is usable here")
        return 0
    failed = ", ".join(dict.fromkeys(f.name for f in found if f.status is Status.FAILED))
    terminal.line(f"{terminal.mark('failed')} swnb is not usable here yet: {failed}")
    return 1
