"""The commands of two runs, one by one: what the notebook did, and what it got."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final, NamedTuple

import msgspec

from swnb import values
from swnb.errors import SwnbError, one_line
from swnb.events import Event
from swnb.recording.canonical import Run
from swnb.recording.causality import RULES
from swnb.recording.ignoring import Ignoring
from swnb.recording.lines import ENCODER, Command, Failure
from swnb.text import short, visible

WIDEST: Final = 100
"""Characters of a command in a sentence."""

_CLOCK: Final = re.compile(r"\b\d\d:\d\d:\d\d(\.\d+)?\b|\b\d+(\.\d+)? m?s\b")
"""Times of day and durations, as swnb's own errors tell them."""

STATES: Final = frozenset(("EvaluationTimeout", "NotificationTimeout", "WaitFailed", "WaitTimeout"))
"""Errors that tell how all stood at that moment: that it came to one of them is what counts."""

_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")
_WORD: Final = re.compile(r"[\w-]*", re.ASCII)
_QUOTED: Final = re.compile(rb'"([\w-]*)"')


class Order(NamedTuple):
    """One command as it is compared.

    Attributes
    ----------
    given
        Its name and arguments, as JSON.
    got
        What came of it.
    numbers
        Those that are compared with a tolerance.
    """

    given: str
    got: str
    numbers: tuple[float, ...]


class Orders:
    """Reads commands as they are compared: clients and workers are named as both runs name them, ids by whose they are.

    Parameters
    ----------
    names
        A number for each actor, the same in both runs.

    Attributes
    ----------
    names, ignoring
        As given.
    texts
        Of the run.
    """

    def __init__(self, run: Run, names: Mapping[str, int], ignoring: Ignoring) -> None:
        self.names = names
        self.ignoring = ignoring
        self.texts = run.texts
        self._known = run.realms.known

    def of(self, command: Any) -> Order:
        """Return a command as it is compared."""
        numbers: list[float] = []
        given = self._text({"name": command.name, "arguments": dict(sorted(command.arguments.items()))}, numbers)
        return Order(given, self._text(command.outcome, numbers), tuple(numbers))

    def _text(self, value: object, numbers: list[float]) -> str:
        try:
            wire = values.encode(self._plain(value))
        except (SwnbError, RecursionError, TypeError, ValueError):
            return self._clean(_ADDRESS.sub("", repr(value)))
        root, *nodes = self.ignoring.wire(wire, numbers)
        named = [self._named(root), *([node[0], *map(self._named, node[1:])] if node else node for node in nodes)]
        return self._clean(json.dumps(named))

    def _named(self, item: Any) -> Any:
        """Return the item of a node, with the number of an actor in place of its label."""
        if isinstance(item, str) and item in self.names and item in self._known:
            return f"\x00{self.names[item]}\x00"
        return item

    def _clean(self, text: str) -> str:
        found: list[str] = []
        text = self.texts.clean(text, found)
        return f"{text}{[self.names.get(owner) for owner in found]}" if found else text

    def _plain(self, value: object) -> object:
        """Return a value without what is never compared; an event by what is compared of it."""
        if isinstance(value, Event):
            rule = RULES.get(type(value))
            fields = () if rule is None else (*rule.fields, *rule.actors)
            return {
                "kind": value.kind,
                "actor": value.actor,
                **{name: _simple(getattr(value, name)) for name in fields},
            }
        if isinstance(value, BaseException):
            value = Failure.of(value)
        if isinstance(value, Failure):
            what = "" if value.type in STATES else _CLOCK.sub("", value.message or value.what)
            return {"error": value.type, "name": value.name, "what": what}
        if isinstance(value, msgspec.Struct):
            return msgspec.to_builtins(value)
        if isinstance(value, dict) and type(value) is dict:
            told = {str(key): self._plain(item) for key, item in value.items()}
            if "client" in told and isinstance(
                told.get("id"), str
            ):  # whose an id is, may have been known a moment later
                del told["client"]
            return told
        if type(value) in {list, tuple}:
            return [self._plain(item) for item in value]  # type: ignore[attr-defined]
        return value


class Alike:
    """Tells of most commands that are the same in both runs that they are, by their bytes alone: nine in ten need no other look.

    That can be told where nothing is loosened, of commands in which nothing stands that may be an id, and no actor that the other
    run calls otherwise.
    """

    def __init__(self, one: Orders, other: Orders) -> None:
        names, others = one.names, other.names
        moved = {label for label in names.keys() | others.keys() if names.get(label) != others.get(label)}
        plain = all(map(_WORD.fullmatch, moved))
        self._may = plain and not one.ignoring.loosens and one.texts.quick and other.texts.quick
        self._moved = {label.encode() for label in moved}

    def same(self, mine: Any, theirs: Any) -> bool:
        """Whether two commands are certainly the same; False where they have to be looked at."""
        if not self._may or type(mine) is not Command or type(theirs) is not Command:
            return False
        told = _bytes(mine)
        return (
            told != b""
            and told == _bytes(theirs)
            and told.find(b"-4") < 0
            and self._moved.isdisjoint(_QUOTED.findall(told))
        )


def _bytes(command: Command) -> bytes:
    try:
        return ENCODER.encode((command.name, command.receiver, command.given, command.answer, command.failure))
    except (ValueError, TypeError, OverflowError):  # half of a surrogate pair, most often
        return b""


def _simple(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value


class Parted(NamedTuple):
    """The first difference of the commands.

    Attributes
    ----------
    position
        Which command, from 0.
    one, other
        The commands; None where a run has no more.
    words
        In a sentence.
    """

    position: int
    one: Any
    other: Any
    words: str


def first_difference(
    readers: tuple[Orders, Orders], commands: tuple[Sequence[Any], Sequence[Any]], tolerance: float
) -> Parted | None:
    """Return the first command in which two runs differ; None where they do not."""
    alike = Alike(*readers)
    for position, (mine, theirs) in enumerate(zip_longest(*commands)):
        if alike.same(mine, theirs):
            continue
        if mine is None or theirs is None:
            command = mine or theirs
            which, other = ("first", "second") if theirs is None else ("second", "first")
            words = f"the {which} run has the command {_shown(command)} after all that the {other} one has"
            return Parted(position, mine, theirs, words)
        one, two = readers[0].of(mine), readers[1].of(theirs)
        if one.given != two.given:
            words = f"command {position + 1} of the second run was {_shown(theirs)}, that of the first {_shown(mine)}"
            return Parted(position, mine, theirs, words)
        if one.got != two.got or not _near(one.numbers, two.numbers, tolerance):
            got, before = _result(theirs.outcome), _result(mine.outcome)
            words = f"in the second run the command {_shown(theirs)} {got}; in the first run it {before}"
            return Parted(position, mine, theirs, words)
    return None


def _near(one: Iterable[float], other: Iterable[float], tolerance: float) -> bool:
    return all(
        mine is not None and theirs is not None and (mine == theirs or abs(mine - theirs) <= tolerance)
        for mine, theirs in zip_longest(one, other)
    )


def _shown(command: Any) -> str:
    said = ", ".join(f"{name}={_brief(value)}" for name, value in command.arguments.items())
    return short(one_line(visible(f"{command.name}({said})")), WIDEST)


def _result(outcome: object) -> str:
    failed = isinstance(outcome, BaseException) or type(outcome).__name__ == "Failure"
    return short(one_line(visible(f"{'failed' if failed else 'gave'}: {_brief(outcome)}")), WIDEST)


def _brief(value: object) -> str:
    try:
        return str(value) if isinstance(value, BaseException | msgspec.Struct) else repr(value)
    except Exception:  # nested too deeply, most often
        return f"<{type(value).__name__}>"
