"""The command ``swnb``: ``doctor``, ``demo``, ``kernel``, and what makes, reads and verifies recordings.

Only the standard library is imported until a command needs more, so that ``swnb doctor`` can say what is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from swnb.errors import SwnbError

EPILOG = "In a notebook: %load_ext swnb, then %sw --help."


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; each command sets ``run``."""
    from swnb import __version__
    from swnb.cli import comparing, completion, demo, doctor, kernel, record, recordings, verify

    parser = argparse.ArgumentParser(
        prog="swnb", description="Drive a real Chromium and its service workers from a notebook.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"swnb {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (doctor, demo, kernel, record, recordings, comparing, verify, completion):
        module.add_to(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        What follows ``swnb``; by default this process's own arguments.

    Returns
    -------
    int
        The exit status: 0 for success, 1 for what the command itself reports, 2 for a comparison that has no answer, 130 after
        Ctrl-C. (Wrong arguments end in argparse's ``SystemExit`` with 2.)
    """
    arguments = build_parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except SwnbError as error:
        from swnb.cli.options import tell_error

        tell_error(error, as_json=getattr(arguments, "json", False))
        return 1
    except ModuleNotFoundError as error:
        from swnb.cli.install_hints import pip_command

        print(f"swnb: this needs {error.name}, which is not installed\n  {pip_command(['swnb'])}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("swnb: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, as `head`, has enough
        sys.stderr.close()
        return 1
    return status
