"""A recorded command as code: the line or cell of a magic where one says it exactly, else Python."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from swnb import values
from swnb.events import ClientAppeared
from swnb.recording import Command, Recording
from swnb.views import command_magics as magics
from swnb.views.command_table import ARGUMENTS, FIRST, CannotWriteError, check
from swnb.views.known_clients import KnownClients, decoded
from swnb.views.literals import content, python, string

RESERVED: Final = "In Out asyncio base64 datetime exit get_ipython heard lab quit site swnb together"

TAKEN: Final = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *RESERVED.split()))
"""Names that no input may have as a variable of the notebook."""


class Code(NamedTuple):
    """A command as code.

    Attributes
    ----------
    source
        A line, several of them, or a whole cell.
    whole
        Whether it is a cell by itself.
    before
        Python that comes first, ``""`` for none.
    commands
        How many of them it is: a magic may be two.
    """

    source: str
    whole: bool = False
    before: str = ""
    commands: int = 1


class CommandCode:
    """Writes the commands of one recording, in their order.

    Attributes
    ----------
    marks
        Names of variables, by how many commands had ended when each mark was set.
    known
        Where clients come from.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._commands = recording.commands
        inputs = {
            name for command in self._commands for wire in [command.given.get("inputs")] for name in _names_of(wire)
        }
        self._taken = TAKEN | inputs
        self.marks: dict[int, str] = {}
        for at, command in enumerate(self._commands):
            after = mark_of(command)
            if after is not None:
                self.marks[min(after, at)] = self._free(f"mark_{min(after, at)}")
        self._scopes = _scopes(self._commands)
        self._numbered = magics.plainly_numbered(recording.events)
        self.known = KnownClients(self._commands, self._pair, self._free)
        self._names = _names_of_clients(recording)

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        return name

    # ---- which form -------------------------------------------------------------------------------------------------

    def write(self, at: int) -> Code:
        """Write a command.

        Raises
        ------
        CannotWriteError
            If no cell can give it.
        """
        command = self._commands[at]
        check(command)
        try:
            return self._written(at, command)
        except CannotWriteError:
            raise
        except Exception as error:  # a file of others: an argument may be anything
            raise CannotWriteError(f"it cannot be read: {type(error).__name__}") from None

    def _written(self, at: int, command: Command) -> Code:
        variable = self.known.variables.get(at)
        if at in self.known.pairs:
            line = self._pair(at)
            variable = self.known.variables.get(at + 1)
            assert line is not None
            return Code(f"{variable} = {line}" if variable else line, commands=2)
        line = self._magic(at, command)
        before = ""
        if line is not None and command.name.endswith(".evaluate"):
            assigned = self._assigned(command)
            line, before = (None, "") if assigned is None else (line, assigned)
        if line is not None:
            whole = line.startswith("%%")
            return Code(f"{variable} = {line}" if variable and not whole else line, whole, before)
        source = self.python(at)
        return Code(f"{variable} = {source}" if variable else source)

    def _magic(self, at: int, command: Command) -> str | None:
        if command.name.startswith("client.") or command.name not in magics.LINES:
            return None
        if command.name.startswith("notification.") and not self._numbered:
            return None
        given = {name: values.decode(wire) for name, wire in command.given.items()}
        if "mark" in given:
            given["mark"] = self._mark(at)
        if command.name == "site.write":
            given["body"] = self._body(given)
        return magics.LINES[command.name](given, command.receiver, self._scopes[at])

    def _pair(self, at: int) -> str | None:
        """Return the one magic that gives this command, which asks for a client, and the next one, which is the client's."""
        if at + 1 in self.marks or at + 1 >= len(self._commands):
            return None
        get, then = self._commands[at : at + 2]
        if not (then.replayable and get.replayable) or get.receiver != then.receiver or get.failure is not None:
            return None
        if then.begin_ns < get.end_ns or not set(then.given) <= {*ARGUMENTS[then.name], "client"}:
            return None
        try:
            name = values.decode(get.given["client"])
            given = {key: values.decode(wire) for key, wire in then.given.items()}
            return magics.of_client(then.name, name, given, then.receiver, self._scopes[at])
        except Exception:  # a file of others
            return None

    # ---- Python -----------------------------------------------------------------------------------------------------

    def python(self, at: int, lab: str = "lab") -> str:
        """Return a command as an expression of Python.

        Parameters
        ----------
        lab
            How the lab is called: ``lab.asynchronous`` gives a coroutine.
        """
        command = self._commands[at]
        verb = command.name.rpartition(".")[2]
        if command.name.startswith("pyppeteer."):
            told = ", ".join(python(wire) for name, wire in command.given.items() if name.startswith("argument "))
            return f"lab.window({command.receiver['window']!r}).page.{verb}({told})"
        arguments: list[str] = []
        for name, wire in command.given.items():
            if name == "client" and command.name.startswith("client."):
                continue
            text = self._argument(at, command, name, wire)
            bare = name in FIRST and ARGUMENTS[command.name].index(name) == len(arguments)
            arguments.append(text if bare else f"{name}={text}")
        return f"{self._owner(at, command, lab)}.{verb}({', '.join(arguments)})"

    def _argument(self, at: int, command: Command, name: str, wire: list[Any]) -> str:
        value = values.decode(wire)
        if name == "mark":
            return self._mark(at)
        if name == "body":
            body = self._body({"body": value})
            return string(body) if isinstance(body, str) else content(body)
        if name == "client":
            return repr(value) if isinstance(value, str) else self._id(at, value)
        return string(value) if type(value) is str else python(wire)

    def _owner(self, at: int, command: Command, lab: str) -> str:
        family, of = command.name.rpartition(".")[0], command.receiver
        if family in ("client", "clients", "worker"):
            return self._of_worker(at, family, lab)
        if family == "site":
            return "lab.site" if of["origin"] == "lab" else f"lab.origin({of['origin']!r})"
        those = {
            "": lambda: lab,
            "window": lambda: f"{lab}.window({of['window']!r})",
            "registration": lambda: f"{lab}.registration({of['scope']!r})",
            "notification": lambda: f"{lab}.notifications.numbered({int(of['notification'])})",
            "permissions": lambda: f"{lab}.permissions",
        }
        return those[family]()

    def _of_worker(self, at: int, family: str, lab: str) -> str:
        worker = self._worker(at, lab)
        if family != "client":
            return worker if family == "worker" else f"{worker}.clients"
        known = self.known.sources.get(at)
        client = values.decode(self._commands[at].given["client"])
        return known.client if known else f"{worker}.clients.get({self._id(at, client)})"

    def _worker(self, at: int, lab: str) -> str:
        told = magics.which_worker(self._commands[at].receiver, self._scopes[at])
        said = ", ".join(f"{name}={value!r}" for name, value in told.items())
        return f"{lab}.find_worker({said})" if said else f"{lab}.worker"

    def _id(self, at: int, client: Any) -> str:
        """Return the id that a recorded client has in this run."""
        known = self.known.sources.get(at)
        if known is not None:
            return f"{known.client}.id"
        label = str(client["client"])
        return f"lab.world.clients[{self._names.get(label, label)!r}].id"

    # ---- parts ------------------------------------------------------------------------------------------------------

    def _assigned(self, command: Command) -> str | None:
        """Return what sets the variables that a cell takes as inputs; None where it cannot be."""
        wire = command.given.get("inputs")
        inputs = {} if wire is None else values.decode(wire)
        if any(
            name in TAKEN or name.startswith("_") or not name.isascii() or not name.isidentifier() for name in inputs
        ):
            return None
        # each for itself: what two of them share, which only one expression for all could say, is refused by `python`
        whole = python(wire) if wire is not None else ""
        if "values.decode" in whole:
            return None
        return "\n".join(f"{name} = {python(values.encode(value))}" for name, value in inputs.items())

    def _mark(self, at: int) -> str:
        return self.marks[min(mark_of(self._commands[at]) or 0, at)]

    def _body(self, given: Mapping[str, Any]) -> str | bytes:
        told = given.get("body")
        body = self._recording.files.get(str(told.get("sha256"))) if isinstance(told, dict) else told
        if isinstance(body, str):
            return body
        if not isinstance(body, bytes):
            raise CannotWriteError("what it wrote is not in the recording")
        try:
            return body.decode()
        except UnicodeDecodeError:
            return body


def mark_of(command: Command) -> int | None:
    """Return how many commands had ended when the mark was set that a command was given; None for none."""
    told = decoded(command.given.get("mark"))
    after = told.get("after") if isinstance(told, dict) else None
    return max(0, after) if isinstance(after, int) else None


def _names_of(wire: list[Any] | None) -> list[str]:
    told = decoded(wire)
    return list(told) if isinstance(told, dict) else []


def _scopes(commands: Sequence[Command]) -> list[str | None]:
    """Return for each command the scope of the registration that was registered last."""
    found: list[str | None] = []
    scope: str | None = None
    for command in commands:
        found.append(scope)
        if command.name == "register" and command.failure is None:
            told = decoded(command.answer)
            scope = str(told.get("scope")) if isinstance(told, dict) else scope
    return found


def _names_of_clients(recording: Recording) -> dict[str, str]:
    """Return the names of windows by the labels of their clients, of those that showed one document only."""
    named = [(e.name, e.client) for e in recording.events if isinstance(e, ClientAppeared) and e.name is not None]
    labels: dict[str, list[str]] = {}
    for name, label in named:
        labels.setdefault(name, []).append(label)
    return {found[0]: name for name, found in labels.items() if len(found) == 1}
