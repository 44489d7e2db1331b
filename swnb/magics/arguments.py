"""The arguments that a verb declares, and what the words of a line mean to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from swnb.errors import InvalidArgument
from swnb.magics.near import near
from swnb.magics.words import Line, Word


class Completes(StrEnum):
    """What stands at an argument's place, for tab completion."""

    NOTHING = "nothing"
    VERB = "verb"
    PATH = "path"
    WINDOW = "window"
    CLIENT = "client"
    SCOPE = "scope"
    CONDITION = "condition"
    ACTOR = "actor"
    CHANNEL = "channel"
    KIND = "kind"
    VARIABLE = "variable"
    LAB = "lab"
    ORIGIN = "origin"
    PERMISSION = "permission"
    SETTING = "setting"
    NOTIFICATION = "notification"


@dataclass(frozen=True)
class Argument:
    """One argument of a verb.

    Attributes
    ----------
    name
        ``url``, or ``--scope`` for an option.
    help
        One line without a full stop.
    metavar
        What the value is called in the help; empty for an option without a value.
    short
        Another name of an option: ``-i``.
    required
        Whether it must be there (only without ``--``).
    repeat
        Whether it may be given again; its value is a tuple then.
    count
        How many values follow an option; of more than one, its value is a tuple.
    rest
        Whether it takes all words that are left (only without ``--``), as they were typed.
    choices
        The values that it can have.
    convert
        Makes the value from the text, and raises ValueError with a sentence that says what is expected.
    completes
        What its values are.
    """

    name: str
    help: str
    metavar: str = ""
    short: str = ""
    required: bool = False
    repeat: bool = False
    count: int = 1
    rest: bool = False
    choices: tuple[str, ...] = ()
    convert: Callable[[str], object] = str
    completes: Completes = Completes.NOTHING

    @property
    def dest(self) -> str:
        """Its name as a key: ``include_uncontrolled``."""
        return self.name.lstrip("-").replace("-", "_")

    @property
    def is_option(self) -> bool:
        """Whether it begins with hyphens."""
        return self.name.startswith("-")

    @property
    def takes_value(self) -> bool:
        """Whether a value follows."""
        return bool(self.metavar) or not self.is_option

    @property
    def usage(self) -> str:
        """How it is written: ``[--scope SCOPE]``."""
        if self.is_option:
            names = f"{self.short}/{self.name}" if self.short else self.name
            return f"[{names} {self.metavar}".rstrip() + "]" + (" …" if self.repeat else "")
        name = self.metavar or self.name.upper()
        name = f"{name}…" if self.rest else name
        return name if self.required else f"[{name}]"


@dataclass
class Parsed:
    """The arguments of one call, by `Argument.dest`."""

    values: dict[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return a value that is text, or None where it was not given."""
        value = self.values.get(name)
        assert value is None or isinstance(value, str)
        return value

    def need(self, name: str) -> str:
        """Return the text of a required argument."""
        value = self.text(name)
        assert value is not None
        return value

    def number(self, name: str) -> float | None:
        """Return a value that is a number, or None where it was not given."""
        value = self.values.get(name)
        assert value is None or isinstance(value, int | float)
        return value

    def flag(self, name: str) -> bool:
        """Return whether an option without a value was given."""
        return bool(self.values.get(name))

    def many(self, name: str) -> tuple[str, ...]:
        """Return all values of an argument that may be repeated."""
        value = self.values.get(name, ())
        assert isinstance(value, tuple)
        return value


def seconds(text: str) -> float:
    """Convert a number of seconds that is not negative."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError("a number of seconds")
    return value


def positive_seconds(text: str) -> float:
    """Convert a number of seconds greater than 0."""
    try:
        value = seconds(text)
    except ValueError:
        value = 0.0
    if value == 0:
        raise ValueError("a number of seconds greater than 0")
    return value


def is_number(text: str) -> bool:
    """Tell whether a text is a whole number, of a size that means something."""
    return text.isdecimal() and len(text) <= 18


def whole(text: str) -> int:
    """Convert a whole number."""
    if not is_number(text):
        raise ValueError("a whole number")
    return int(text)


def positive(text: str) -> int:
    """Convert a whole number greater than 0."""
    if not is_number(text) or int(text) == 0:
        raise ValueError("a whole number greater than 0")
    return int(text)


PLACEHOLDER = re.compile(r"\{[^\W\d]\w*\}|\$[^\W\d]\w*|\$\{")


def literal(text: str) -> str:
    """Convert a window's name or a URL, in which a Python variable is not put in as a shell's magics do."""
    if PLACEHOLDER.search(text):
        raise ValueError('what is meant: nothing is expanded here; in Python: `lab.open(f"/{i}", name=f"w{i}")`')
    return text


def parse(line: Line, words: Sequence[Word], arguments: Sequence[Argument], command: str) -> Parsed:
    """Return the values of `words` for the declared `arguments`.

    Parameters
    ----------
    line
        The whole line, of which `words` are a part.
    command
        What the user typed so far, for errors: ``%sw open``.

    Raises
    ------
    InvalidArgument
        An unknown option, a missing or superfluous argument, a value that cannot be.
    """
    parser = _Parser(arguments, command)
    return parser.parse(line, list(words))


class _Parser:
    def __init__(self, arguments: Sequence[Argument], command: str) -> None:
        self.command = command
        self.options = {name: a for a in arguments if a.is_option for name in (a.name, a.short) if name}
        self.places = [a for a in arguments if not a.is_option]
        self.parsed = Parsed()

    def parse(self, line: Line, left: list[Word]) -> Parsed:
        plain: list[Word] = []
        ends_in_rest = bool(self.places) and self.places[-1].rest
        while left:
            word = left.pop(0)
            name, equals, value = word.text.partition("=")
            if word.text == "--":
                plain += left
                break
            if name in self.options:
                self.take_option(self.options[name], name, value if equals else None, left)
            elif _looks_like_option(word.text, rest=ends_in_rest and bool(plain)):
                raise self.unknown_option(name)
            else:
                plain.append(word)
        self.take_places(plain, line.text)
        return self.parsed

    def unknown_option(self, name: str) -> InvalidArgument:
        known = [a.name for a in dict.fromkeys(self.options.values())]
        typed = name.lstrip("-")  # the hyphens are no likeness
        begun = {a.lstrip("-")[: len(typed)]: a for a in reversed(known)}  # --inklude: the beginning of a long one
        meant = begun.get(near(typed, begun) or "")
        hint = f"did you mean {meant}? " if meant else ""
        return InvalidArgument(f"`{self.command}` has no option {name}", f"{hint}options: {', '.join(known)}")

    def take_option(self, option: Argument, name: str, value: str | None, left: list[Word]) -> None:
        values = self.parsed.values
        if not option.takes_value:
            if value is not None:
                raise InvalidArgument(f"{name} of `{self.command}` takes no value", f"write {name} alone")
            values[option.dest] = True
            return
        given = [] if value is None else [value]
        while len(given) < option.count:
            if not left or left[0].text in self.options:
                usage = f"{name} {option.metavar}: {option.help}"
                needed = "a value" if option.count == 1 else f"{option.count} values"
                raise InvalidArgument(f"{name} of `{self.command}` needs {needed}", usage)
            given.append(left.pop(0).text)
        each = tuple(self.converted(option, name, one) for one in given)
        converted = each[0] if option.count == 1 else each
        if option.repeat:
            values[option.dest] = (*self.parsed.many(option.dest), converted)
        elif option.dest in values:
            raise InvalidArgument(f"{name} of `{self.command}` is given twice", "give it once")
        else:
            values[option.dest] = converted

    def converted(self, argument: Argument, name: str, value: str) -> object:
        what = f"{name} of `{self.command}` cannot be {value!r}"
        if argument.choices and value not in argument.choices:
            meant = near(value, argument.choices)
            hint = f"did you mean {meant}? " if meant else ""
            raise InvalidArgument(what, f"{hint}one of {', '.join(argument.choices)}")
        try:
            return argument.convert(value)
        except ValueError as error:
            raise InvalidArgument(what, f"give {error}") from None

    def take_places(self, plain: list[Word], text: str) -> None:
        see = f"`{self.command} --help` shows how it is used"
        for place in self.places:
            called = place.metavar or place.name.upper()
            if not plain:
                if place.required:
                    raise InvalidArgument(f"`{self.command}` needs {called}: {place.help}", see)
            elif place.rest:
                self.parsed.values[place.dest] = text[plain[0].start : plain[-1].end]
                plain.clear()
            else:
                self.parsed.values[place.dest] = self.converted(place, called, plain.pop(0).text)
        if plain:
            raise InvalidArgument(f"`{self.command}` does not know what to do with {plain[0].text!r}", see)


def _looks_like_option(text: str, *, rest: bool) -> bool:
    if text.startswith("--"):
        return len(text) > 2
    return not rest and text[:1] == "-" and text[1:2].isalpha()
