"""The registry of verbs: everything that is known of ``%sw VERB`` at one place, for help, completion and the documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.magics.arguments import Argument, Completes
from swnb.magics.near import near

if TYPE_CHECKING:
    from swnb.magics.call import Call

Handler = Callable[["Call"], object]


class Form(StrEnum):
    """How a verb is written."""

    LINE = "%sw"
    CELL = "%%sw"


@dataclass(frozen=True)
class Verb:
    """One verb.

    Attributes
    ----------
    name
        What follows ``%sw``.
    help
        One sentence.
    group
        Heading under which the documentation lists it.
    forms
        Whether it is a line, a cell, or both.
    arguments
        In the order of the help.
    example
        A line that works.
    handler
        Carries it out and returns its result.
    """

    name: str
    help: str
    group: str
    forms: tuple[Form, ...]
    arguments: tuple[Argument, ...]
    example: str
    handler: Handler

    @property
    def usage(self) -> str:
        """One line: ``%sw open [URL] [--as NAME]``."""
        ordered = sorted(self.arguments, key=lambda a: a.is_option)
        words = [("/".join(self.forms)), self.name, *(a.usage for a in ordered)]
        return " ".join(words)

    @property
    def everything(self) -> tuple[Argument, ...]:
        """Its own arguments, and those that every verb has."""
        return (*self.arguments, *COMMON)


LAB = Argument("--lab", "the lab that is meant, where there are several", "NAME", completes=Completes.LAB)
HELP = Argument("--help", "show this")
COMMON = (LAB, HELP)

MODULES = (
    "lab",
    "site",
    "windows",
    "workers",
    "clients",
    "notifications",
    "deliveries",
    "log",
    "views",
    "recording",
    "cells",
)
"""Where the verbs are, in the order of the documentation: ``swnb.magics.on_lab`` and so on."""

_registry: dict[str, Verb] = {}


def verb(
    name: str, help: str, *arguments: Argument, group: str, example: str, forms: tuple[Form, ...] = (Form.LINE,)
) -> Callable[[Handler], Handler]:
    """Register the decorated function as a verb's handler."""

    def register(handler: Handler) -> Handler:
        _registry[name] = Verb(name, help, group, forms, arguments, example, handler)
        return handler

    return register


def verbs() -> dict[str, Verb]:
    """Return all verbs by name, in the order of the documentation."""
    places = {import_module(f"swnb.magics.on_{module}").__name__: place for place, module in enumerate(MODULES)}
    # whichever module was imported first: the order is that of `MODULES`
    return dict(sorted(_registry.items(), key=lambda item: places[item[1].handler.__module__]))


def find(name: str, form: Form) -> Verb:
    """Return the verb of that name.

    Raises
    ------
    InvalidArgument
        If there is none, with the nearest one, or if it has another form.
    """
    known = verbs()
    found = known.get(name)
    if found is None:
        meant = near(name, known)
        hint = f"did you mean `{meant}`? " if meant else ""
        raise InvalidArgument(f"`{form}` has no verb {name!r}", f"{hint}`%sw --help` lists the verbs")
    if form not in found.forms:
        if form is Form.CELL:
            raise InvalidArgument(
                f"`{name}` is a verb of a line, and this is a cell", f"write `%sw {name} …`, with one %"
            )
        raise InvalidArgument(
            f"`{name}` is a verb of a cell: what it needs comes in the lines below it",
            f"begin the cell with `%%sw {name} …`, with two %",
        )
    return found


class Help(str):
    """Text that shows itself as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def overview() -> Help:
    """Return the list of all verbs."""
    lines = ["%sw VERB …    (%sw VERB --help says more; ` #` begins a comment, `;` at the end shows nothing)"]
    group = ""
    width = max(len(name) for name in verbs())
    for each in verbs().values():
        if each.group != group:
            group = each.group
            lines += ["", group]
        mark = "%%" if each.forms == (Form.CELL,) else "% " if len(each.forms) == 1 else "%,%%"
        lines.append(f"  {mark:<5}{each.name:<{width}}  {each.help}")
    return Help("\n".join(lines))


def explain(each: Verb) -> Help:
    """Return the help of one verb."""
    rows = []
    for argument in sorted(each.everything, key=lambda a: a.is_option):
        name = argument.metavar or argument.name.upper()
        if argument.is_option:
            names = f"{argument.short}, {argument.name}" if argument.short else argument.name
            name = f"{names} {argument.metavar}".rstrip()
        choices = f" ({', '.join(argument.choices)})" if argument.choices else ""
        rows.append((name, argument.help + choices))
    width = max(len(name) for name, _ in rows)
    return Help(
        "\n".join(
            [each.usage, "", each.help, "", *(f"  {n:<{width}}  {h}" for n, h in rows), "", f"example: {each.example}"]
        )
    )


def markdown() -> str:
    """Return the table of all verbs in Markdown, for the documentation."""
    lines: list[str] = []
    group = ""
    for each in verbs().values():
        if each.group != group:
            group = each.group
            lines += ["", f"**{group}**", "", "| verb | what it does |", "|---|---|"]
        usage = each.usage.replace("|", "\\|")
        lines.append(f"| `{usage}` | {each.help.replace('|', chr(92) + '|')} |")
    return "\n".join(lines).strip() + "\n"
