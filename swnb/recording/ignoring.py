"""What a comparison leaves out because somebody said so: kinds of event, fields, paths in payloads, parts of texts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from swnb.errors import InvalidArgument, nearest
from swnb.events import Event
from swnb.log.kinds import classes
from swnb.recording.paths import PAIRS, Steps, parse, removed
from swnb.values.wire import NEGATIVE_ZERO

Ignored = str | re.Pattern[str]
"""What can be left out; see `Ignoring`."""

MARK: Final = "…"
"""What stands for a text, or a value, that is not compared."""


NEEDED: Final = frozenset(("seq", "t_mono_ns", "t_browser_ms", "actor", "cause", "heard", "client", "via"))
"""Fields by which events are put in their places; clocks are never compared anyway."""


class Match(NamedTuple):
    """Events that are left out for what stands in one of their fields.

    Attributes
    ----------
    field
        Name of the field.
    pattern
        Is looked for in the field, as text.
    said
        As the caller wrote it.
    """

    field: str
    pattern: re.Pattern[str]
    said: str


class Ignoring:
    """What is left out of a comparison, and how often it was.

    Parameters
    ----------
    ignore
        Each is one of

        * ``"console"``, ``"worker.running"``, ``"message.*"``: events of that kind, or family;
        * ``"console:line"``: a field of them; ``"*:url"``: of all events;
        * ``"console:text=^took"``: those of them in whose field the regular expression is found;
        * ``"$.token"``, ``"$.users[*].name"``, ``"$..id"``: what stands there in payloads, in arguments and results of calls;
        * ``"re:[0-9]+ ms"``, or a compiled expression: such parts of any text.
    tolerance
        By how much two numbers in payloads, in arguments and results may differ.

    Attributes
    ----------
    counts
        How often each was left out, by what the caller wrote.

    Raises
    ------
    InvalidArgument
        If one of them cannot be read.
    """

    def __init__(self, ignore: Ignored | Iterable[Ignored] = (), tolerance: float = 0.0) -> None:
        if not isinstance(tolerance, int | float) or isinstance(tolerance, bool) or not 0 <= tolerance < float("inf"):
            raise InvalidArgument(f"a tolerance of {tolerance!r} means nothing", "give a number from 0 on, as 0.5")
        self.tolerance = float(tolerance)
        self.kinds: dict[type[Event], str] = {}
        self.fields: dict[type[Event], dict[str, str]] = {}
        self.matches: dict[type[Event], list[Match]] = {}
        self._paths: list[tuple[Steps, str]] = []
        self._texts: list[tuple[re.Pattern[str], str]] = []
        self.counts: Counter[str] = Counter()
        for one in [ignore] if isinstance(ignore, str | re.Pattern) else ignore:
            self._add(one)
            self.counts[_said(one)] = 0

    @property
    def loosens(self) -> bool:
        """Whether payloads have to be opened."""
        return bool(self._paths or self._texts or self.tolerance)

    @property
    def masks(self) -> bool:
        """Whether parts of texts are left out."""
        return bool(self._texts)

    def _add(self, one: Ignored) -> None:
        if isinstance(one, re.Pattern):
            self._texts.append((_usable(one), _said(one)))
        elif not isinstance(one, str):
            raise InvalidArgument(
                f"{one!r} says nothing that could be left out", "give a kind of event, '$.path' or 're:…'"
            )
        elif one.startswith("$"):
            self._paths.append((parse(one), one))
        elif one.startswith("re:"):
            self._texts.append((_usable(_compiled(one[3:])), one))
        elif ":" in one:
            self._add_field(one)
        else:
            self.kinds.update(dict.fromkeys(classes(one), one))

    def _add_field(self, said: str) -> None:
        kind, _, rest = said.partition(":")
        field, equals, pattern = rest.partition("=")
        kinds = classes(kind)
        found = [each for each in kinds if field in each.__struct_fields__ and field not in NEEDED]
        if not found:
            known = sorted({name for each in kinds for name in each.__struct_fields__} - NEEDED)
            near = nearest(field, known)
            hint = f"did you mean {near!r}? " if near is not None else ""
            raise InvalidArgument(
                f"no event of kind {kind!r} has a field {field!r}", f"{hint}fields: {', '.join(known)}"
            )
        for each in found:
            if equals:
                self.matches.setdefault(each, []).append(Match(field, _compiled(pattern), said))
            else:
                self.fields.setdefault(each, {})[field] = said

    # ---- looking ------------------------------------------------------------------------------------------------

    def leaves_out(self, event: Event) -> bool:
        """Whether an event is left out for what stands in it; counts it."""
        for match in self.matches.get(type(event), ()):
            value = getattr(event, match.field)
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
            if match.pattern.search(text) is not None:
                self.counts[match.said] += 1
                return True
        return False

    def text(self, text: str) -> str:
        """Return a text without what is left out."""
        for pattern, said in self._texts:
            text, found = pattern.subn(MARK, text)
            self.counts[said] += found
        return text

    def content(self, content: bytes, numbers: list[float]) -> bytes:
        """Return a payload, a wire of `swnb.values` as JSON, without what is left out; its numbers go to `numbers`.

        A payload that is damaged is taken as a text.
        """
        try:
            wire = json.loads(content)
            if not isinstance(wire, list) or not wire:
                raise ValueError
        except ValueError:
            return self.text(content.decode("utf-8", "replace")).encode("utf-8", "replace")
        return json.dumps(self.wire(wire, numbers)).encode()

    def wire(self, wire: list[Any], numbers: list[float]) -> list[Any]:
        """Do the same with a wire that is decoded."""
        for path, said in self._paths:
            wire, found = removed(wire, path, MARK)
            self.counts[said] += found
        root, *nodes = wire
        if self.tolerance:
            root = _taken(root, numbers)
            nodes = [_without_numbers(node, numbers) for node in nodes]
        if self._texts:
            root = self.text(root) if isinstance(root, str) else root
            nodes = [
                [node[0], *(self.text(item) if isinstance(item, str) else item for item in node[1:])]
                if isinstance(node, list) and node
                else node
                for node in nodes
            ]
        return [root, *nodes]


def _said(one: Ignored) -> str:
    return one if isinstance(one, str) else f"re:{one.pattern}"


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InvalidArgument(f"{pattern!r} is no regular expression: {error}", "mend it") from None


def _usable(pattern: re.Pattern[str]) -> re.Pattern[str]:
    if not isinstance(pattern.pattern, str) or pattern.search("") is not None:
        raise InvalidArgument(
            f"the expression {pattern.pattern!r} is found in an empty text", "write one that needs a character at least"
        )
    return pattern


def _taken(slot: Any, numbers: list[float]) -> Any:
    """Return a slot, with a sign in place of a number, which goes to `numbers`."""
    if slot == [NEGATIVE_ZERO]:
        slot = 0.0
    if isinstance(slot, int | float) and not isinstance(slot, bool):
        numbers.append(float(slot))
        return ["#"]
    return slot


def _without_numbers(node: Any, numbers: list[float]) -> Any:
    """Return a node without the numbers that are values in it; those that are lengths or keys stay."""
    letter = node[0] if isinstance(node, list) and node else None
    if letter in PAIRS:
        first = PAIRS[letter] + 1
        return [
            _taken(item, numbers) if at >= first and (at - first) % 2 == 0 else item for at, item in enumerate(node)
        ]
    if letter in {"A", "Z", "M"}:
        return [letter, *(_taken(item, numbers) for item in node[1:])]
    return node
