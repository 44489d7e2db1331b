"""Where a recorded command has its client from: the command before it that answered with that client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from swnb import values
from swnb.recording import Command

ANSWERING: Final = ("clients.get", "clients.match_all", "clients.open_window", "client.focus", "client.navigate")
"""Commands whose answer is a client, or several."""


class Source(NamedTuple):
    """How a client can be had again.

    Attributes
    ----------
    at
        Number of the command that answers with it.
    client
        An expression for it, of the variable that holds that answer.
    """

    at: int
    client: str


class KnownClients:
    """Finds the variables that a notebook needs.

    Parameters
    ----------
    commands
        Of the recording.
    pair
        Tells whether a command and the next one are what one magic gives.
    free
        Makes a name one that is free.

    Attributes
    ----------
    pairs
        Commands that are given together with the next one.
    variables
        By number of a command, the variable that its answer has to be in.
    sources
        By number of a command, where its client comes from.
    """

    def __init__(
        self, commands: Sequence[Command], pair: Callable[[int], str | None], free: Callable[[str], str]
    ) -> None:
        self.pairs: set[int] = set()
        self.variables: dict[int, str] = {}
        self.sources: dict[int, Source] = {}
        self._free = free
        self._answered: dict[str, tuple[int, str]] = {}
        at = 0
        while at < len(commands):
            if self._is_pair(commands, at) and pair(at) is not None:
                self.pairs.add(at)
                self._needs(at, commands[at])
                self._keep(at + 1, commands[at + 1])
                at += 2
            else:
                self._needs(at, commands[at])
                self._keep(at, commands[at])
                at += 1

    @staticmethod
    def _is_pair(commands: Sequence[Command], at: int) -> bool:
        """Whether a command gets the client that the next one is about."""
        if commands[at].name != "clients.get" or at + 1 == len(commands):
            return False
        then = commands[at + 1]
        if then.name not in ("client.post_message", "client.focus", "client.navigate"):
            return False
        return [id_ for id_, _ in _answers(commands[at])] == [_asked(then)]

    def _needs(self, at: int, command: Command) -> None:
        asked = _asked(command)
        if asked is None or asked not in self._answered:
            return
        source, place = self._answered[asked]
        variable = self.variables.setdefault(source, self._free(f"client_{source}"))
        self.sources[at] = Source(source, place.format(variable))

    def _keep(self, at: int, command: Command) -> None:
        for id_, place in _answers(command):
            self._answered[id_] = (at, place)


def _asked(command: Command) -> str | None:
    """Return the id of the client that a command is about; None where it is not told by its id."""
    if not command.name.startswith(("client.", "clients.")):
        return None
    told = decoded(command.given.get("client"))
    id_ = told.get("id") if isinstance(told, dict) else None
    return id_ if isinstance(id_, str) else None


def _answers(command: Command) -> Iterator[tuple[str, str]]:
    """Yield the ids of the clients that a command answered with, and how each is had from the answer."""
    if command.name not in ANSWERING or command.failure is not None:
        return
    told = decoded(command.answer)
    if isinstance(told, dict) and isinstance(told.get("id"), str):
        yield told["id"], "{}"
    elif isinstance(told, list):
        names = [each.get("name") if isinstance(each, dict) else None for each in told]
        for place, each in enumerate(told):
            if isinstance(each, dict) and isinstance(each.get("id"), str):
                name = names[place]
                alone = isinstance(name, str) and names.count(name) == 1
                literal = repr(name).replace("{", "{{").replace("}", "}}")
                found = f"next(each for each in {{}} if each.name == {literal})" if alone else f"{{}}[{place}]"
                yield each["id"], found


def decoded(wire: list[Any] | None) -> Any:
    """Return the value of a wire; None for none, and for what is no wire."""
    try:
        return None if wire is None else values.decode(wire)
    except Exception:  # a file of others
        return None
