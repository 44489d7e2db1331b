"""Paths inside payloads, as ``$.users[*].token``: a part of JSONPath, on the wires of `swnb.values`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from swnb.errors import InvalidArgument

_STEP: Final = re.compile(
    r"""(?P<deep>\.\.)?(?:(?(deep)|\.)(?P<name>[^.\[\]*'"]+)|(?(deep)|\.)(?P<any>\*)|\[(?P<all>\*)\]
      |\[(?P<index>\d+)\]|\[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\])""",
    re.VERBOSE,
)

PAIRS: Final = {"O": 1, "C": 2, "S": 2, "E": 8}
"""Where the properties begin in nodes that have some."""


class Step(NamedTuple):
    """One step of a path.

    Attributes
    ----------
    key
        Name of a property, or an index; None for all.
    deep
        Whether it is looked for at any depth.
    """

    key: str | int | None
    deep: bool = False


Steps = tuple[Step, ...]


def parse(text: str) -> Steps:
    """Return a path: ``$`` is the whole, ``.name``, ``['a name']``, ``[0]``, ``.*``, ``[*]`` and ``..name`` lead into it.

    Raises
    ------
    InvalidArgument
        If it is none.
    """
    steps: list[Step] = []
    at = 1
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise InvalidArgument(
                f"{text!r} is no path: it cannot be read from {text[at:]!r} on",
                "write it as $.token, $.users[*].name or $..password; a regular expression does not begin with $",
            )
        index, name = match["index"], match["quoted"] if match["quote"] else match["name"]
        steps.append(Step(int(index) if index else name, bool(match["deep"])))
        at = match.end()
    return tuple(steps)


Place = tuple[int, int]
"""Which slot: index of a node, and the place in it. The whole value is ``(0, 0)``."""


def removed(wire: list[Any], path: Steps, mark: str) -> tuple[list[Any], int]:
    """Return a wire in which `mark` stands wherever the path leads, and how often; the wire itself stays as it is."""
    places: dict[Place, None] = {(0, 0): None}
    for step in path:
        places = dict.fromkeys(found for place in places for found in _followed(wire, place, step))
    if not places:
        return wire, 0
    copy = [list(node) if isinstance(node, list) else node for node in wire]
    for node, at in places:
        if node:
            copy[node][at] = mark
        else:
            copy[0] = mark
    _forget(copy)
    return copy, len(places)


def _followed(wire: list[Any], place: Place, step: Step) -> Iterator[Place]:
    """Yield where one step leads from a slot."""
    start = _node(wire, place)
    pending, seen = [start], {start}
    while pending:
        at = pending.pop()
        if at is None:
            continue
        for key, found in _children(wire[at]):
            if step.key is None or key == step.key:
                yield (at, found)
            if step.deep:
                below = _node(wire, (at, found))
                if below not in seen:  # values may go in circles
                    seen.add(below)
                    pending.append(below)


def _node(wire: list[Any], place: Place) -> int | None:
    """Return the index of the node that a slot refers to."""
    slot = wire[0] if place[0] == 0 else wire[place[0]][place[1]]
    number = slot[0] if isinstance(slot, list) and len(slot) == 1 else None
    return number if isinstance(number, int) and 0 < number < len(wire) and isinstance(wire[number], list) else None


def _children(node: list[Any]) -> Iterator[tuple[object, int]]:
    """Yield the keys of a node with the places of their slots."""
    letter = node[0] if node else None
    if letter in PAIRS:
        for at in range(PAIRS[letter], len(node) - 1, 2):
            yield node[at], at + 1
    elif letter in {"A", "Z"}:
        yield from ((at - 1, at) for at in range(1, len(node)))
    elif letter == "M":
        yield from (
            (node[at] if isinstance(node[at], str | int) else None, at + 1) for at in range(1, len(node) - 1, 2)
        )


def _forget(wire: list[Any]) -> None:
    """Empty the nodes that nothing leads to any more: what was taken out would still stand in them."""
    reached: set[int] = set()
    pending = [wire[0]]
    while pending:
        slot = pending.pop()
        if not (isinstance(slot, list) and len(slot) == 1 and isinstance(slot[0], int)) or slot[0] in reached:
            continue
        if 0 < slot[0] < len(wire):
            reached.add(slot[0])
            node = wire[slot[0]]
            pending += [item for item in node if isinstance(item, list)] if isinstance(node, list) else []
    for at in range(1, len(wire)):
        if at not in reached:
            wire[at] = ["O"]
