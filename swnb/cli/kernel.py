"""``swnb kernel``: a Jupyter kernel that has the extension loaded."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swnb.cli.terminal import Terminal
from swnb.errors import SwnbError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

KERNEL_NAME = "swnb"

EXTENSION = "--InteractiveShellApp.extra_extensions=swnb"
"""Loads the extension beside those of the user's own configuration."""


class KernelSpecError(SwnbError):
    """A kernel specification that cannot be installed or removed."""


def add_to(commands: _SubParsersAction[Any]) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser(
        "kernel",
        help="install or remove a Jupyter kernel with the extension loaded",
        description="A Jupyter kernel with the extension loaded: %sw is there without %load_ext.",
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb, run, what in (("install", install, "install it"), ("remove", remove, "remove it again")):
        one = verbs.add_parser(verb, help=what, description=f"{what.capitalize()}.")
        place = one.add_mutually_exclusive_group()
        place.add_argument(
            "--user", action="store_true", help="for this user (the default outside a virtual environment)"
        )
        place.add_argument(
            "--sys-prefix", action="store_true", help="beside this Python (the default in a virtual environment)"
        )
        place.add_argument("--prefix", metavar="FOLDER", help="in FOLDER/share/jupyter/kernels")
        one.add_argument("--name", default=KERNEL_NAME, help="its name (default: %(default)s)")
        one.set_defaults(run=run)


def folder(arguments: argparse.Namespace) -> Path:
    """Return the folder of the kernel that the arguments mean.

    Raises
    ------
    KernelSpecError
        If its name is none.
    """
    from jupyter_core.paths import jupyter_data_dir

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", arguments.name):
        raise KernelSpecError(f"{arguments.name!r} is no name of a kernel", "letters, digits, and - . _ between them")
    if arguments.prefix is not None:
        share = Path(arguments.prefix).expanduser().absolute() / "share" / "jupyter"
    elif arguments.sys_prefix or (not arguments.user and sys.prefix != sys.base_prefix):
        share = Path(sys.prefix) / "share" / "jupyter"
    else:
        share = Path(jupyter_data_dir())
    name: str = arguments.name
    return share / "kernels" / name.lower()


def install(arguments: argparse.Namespace) -> int:
    """Write the kernel's specification; one of the same name is replaced if it is swnb's."""
    from ipykernel.kernelspec import get_kernel_dict

    where = folder(arguments)
    if where.exists() and not _is_ours(where):
        raise KernelSpecError(f"{where} is another program's kernel", "choose another name: --name NAME")
    spec = get_kernel_dict()
    spec["argv"] = [*spec["argv"], EXTENSION]
    spec["display_name"] = "Python 3 + swnb" if arguments.name == KERNEL_NAME else f"Python 3 + swnb ({arguments.name})"
    try:
        where.mkdir(parents=True, exist_ok=True)
        (where / "kernel.json").write_text(json.dumps(spec, indent=1) + "\n")
    except OSError as error:
        raise KernelSpecError(
            f"{where} cannot be written: {error.strerror}", "choose another place: --user or --prefix FOLDER"
        ) from error
    terminal = Terminal()
    terminal.line(f"{terminal.mark('ok')} kernel {where.name!r} installed in {where}")
    terminal.line(f"  in JupyterLab it is called {spec['display_name']!r}; %sw works in it without %load_ext")
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Remove the kernel's specification, if it is swnb's."""
    import shutil

    where = folder(arguments)
    if not where.exists():
        raise KernelSpecError(
            f"there is no kernel at {where}", "say where it is: --user, --sys-prefix or --prefix FOLDER"
        )
    if not _is_ours(where):
        raise KernelSpecError(
            f"{where} is another program's kernel", "it stays; `jupyter kernelspec remove` removes any"
        )
    try:
        shutil.rmtree(where)
    except OSError as error:
        raise KernelSpecError(f"{where} cannot be removed: {error.strerror}", "remove it by hand") from error
    terminal = Terminal()
    terminal.line(f"{terminal.mark('ok')} kernel {where.name!r} removed from {where}")
    return 0


def installed() -> Path | None:
    """Return the folder of an installed kernel of that name, if there is one of swnb's."""
    from jupyter_client.kernelspec import KernelSpecManager

    where = KernelSpecManager().find_kernel_specs().get(KERNEL_NAME)
    return Path(where) if where and _is_ours(Path(where)) else None


def _is_ours(where: Path) -> bool:
    try:
        return EXTENSION in json.loads((where / "kernel.json").read_text())["argv"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
