"""``swnb completion``: a script by which a shell completes the commands, their options and files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from swnb.cli.options import command
from swnb.cli.terminal import Terminal

if TYPE_CHECKING:
    from argparse import _SubParsersAction

SHELLS: Final = ("bash", "zsh", "tcsh")

FILES: Final = frozenset(("FILE", "PATH", "NOTEBOOK", "A", "B"))
"""How the arguments are called that files are named by."""


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add this command to the parser."""
    parser = command(
        commands,
        "completion",
        "write a script that lets a shell complete what is typed after swnb",
        run,
        more='For bash: eval "$(swnb completion bash)" in ~/.bashrc; for zsh: swnb completion zsh > a folder of $fpath/_swnb.',
    )
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")


def run(arguments: argparse.Namespace) -> int:
    """Write the script."""
    import shtab

    from swnb.cli import build_parser

    parser = build_parser()
    for action in _actions(parser):
        if action.metavar in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # what shtab looks for
    Terminal().line(shtab.complete(parser, shell=arguments.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield what can be typed, below the commands too."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
