"""Options that several commands have, and how they tell what went wrong."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from swnb.errors import SwnbError

CANNOT_TELL: Final = 2
"""Exit status of a comparison that has no answer."""

COMPARED: Final = "status 0 equal, 1 different, 2 could not tell"


def command(
    commands: _SubParsersAction[Any],
    name: str,
    what: str,
    run: Callable[[argparse.Namespace], int],
    *,
    more: str = "",
) -> argparse.ArgumentParser:
    """Add a command; `more` stands in its own help alone."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}. {more}".strip()
    )
    parser.set_defaults(run=run)
    return parser


def add_comparing(parser: argparse.ArgumentParser) -> None:
    """Add what a comparison leaves out."""
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="WHAT",
        help="leave out: console, console:line, $.token, re:PATTERN (repeatable)",
    )
    parser.add_argument(
        "--tolerance", type=float, default=0.0, metavar="N", help="by how much numbers in payloads may differ"
    )


def add_running(parser: argparse.ArgumentParser, *, timeout: str) -> None:
    """Add what a run is made with."""
    parser.add_argument("--executable", metavar="PATH", help="another Chromium: then it is a comparison of browsers")
    parser.add_argument(
        "--attach", choices=("hold", "detached"), help="another policy of attaching than the recorded one"
    )
    parser.add_argument("--timeout", metavar="SECONDS", type=seconds, default=60.0, help=f"{timeout} (default: 60)")


def add_redact(parser: argparse.ArgumentParser) -> None:
    """Add what a recording must not hold."""
    parser.add_argument(
        "--redact",
        action="append",
        default=[],
        metavar="WHAT",
        help="what must not be written: a regular expression, or a path in payloads as $.token (repeatable)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the form for machines."""
    parser.add_argument("--json", action="store_true", help="the answer as JSON, in one line")


def seconds(text: str) -> float:
    """Return a length of time."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


seconds.__name__ = "number of seconds greater than 0"  # argparse's "invalid … value"


def tell_error(error: SwnbError, *, as_json: bool = False, **more: object) -> None:
    """Tell an error in two lines, and to machines as JSON beside them."""
    print("swnb:", str(error).replace("\n", "\n  "), file=sys.stderr)
    if as_json:
        print(json.dumps({**more, "error": error.what, "todo": error.todo}))


def cannot_tell(error: SwnbError, *, as_json: bool) -> int:
    """Tell why a comparison has no answer; return the exit status."""
    tell_error(error, as_json=as_json, equal=None, why=error.what)
    return CANNOT_TELL
