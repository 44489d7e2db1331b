"""Lines of a console as a front end is told them: the newest ones, each told once."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from swnb.events import ConsoleWritten, Event, Surprise, WorkerFailed
from swnb.log import Mark
from swnb.text import whole_pairs
from swnb.views.clock import wall_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from swnb.log import Log

Row = dict[str, Any]

MOST = 1_000
"""Lines that are kept here, and that one message has at most; of lines that are the same one behind the other, one."""

LONGEST = 4_000
"""Characters of a line's text; more are counted."""

LONGEST_URL = 300

BUDGET = 400_000
"""Characters of all texts in one message, about."""

MOST_ERRORS = 200
"""Of so many different errors is remembered how often they were told."""

UNCAUGHT = re.compile(r"^Uncaught (?:\(in promise\) )?")


def sendable(value: str, longest: int = LONGEST) -> str:
    """Return a text that a kernel can send, cut where it is too long: UTF-8 has no bytes for half of a surrogate pair."""
    if len(value) > longest:
        value = f"{value[:longest]}… ({len(value):,} characters)"
    return whole_pairs(value)


@dataclass(eq=False)
class Line:
    """What somebody wrote, as often as it came without anything else between.

    Attributes
    ----------
    number
        Of the first time, from 1; all that was ever written is counted.
    count
        How often it came; the times have consecutive numbers.
    when_ms
        The last time, in milliseconds since 1970.
    level
        The console's method; ``exception`` for what nobody caught, ``surprise`` for what swnb did not expect.
    """

    number: int
    when_ms: float
    actor: str
    level: str
    text: str
    url: str = ""
    line: int = 0
    column: int = 0
    count: int = 1

    @property
    def last(self) -> int:
        """Number of the last time."""
        return self.number + self.count - 1

    @property
    def place(self) -> str:
        """Where the script stood: ``http://lab.localhost/sw.js:3:9``; ``""`` where that is not known."""
        return ":".join([self.url, *(str(n) for n in (self.line, self.column) if n)]) if self.url else ""

    def same(self, other: Line) -> bool:
        """Tell whether it says the same again."""
        return (self.text, self.level, self.actor, self.url, self.line, self.column) == (
            other.text, other.level, other.actor, other.url, other.line, other.column
        )  # fmt: skip

    def row(self, since: int) -> Row:
        """Return it as it is sent to a view that knows all up to a number: `count` is how often it came after that."""
        return {
            "id": self.number,
            "count": self.last - max(since, self.number - 1),
            "t": self.when_ms,
            "actor": self.actor,
            "level": self.level,
            "text": self.text,
            "place": self.place,
        }


@dataclass(eq=False)
class Told:
    """An error as a line, and how often each of those who tell of it did so."""

    line: Line
    ways: Counter[str] = field(default_factory=Counter)


class ConsoleRows:
    """The newest lines of a log: what contexts wrote to their consoles, errors that nobody caught, and surprises.

    Any thread may ask.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._seen = Mark(0)
        self._lines: deque[Line] = deque(maxlen=MOST)
        self._newest = 0
        self._errors: dict[tuple[str, str, int, str], Told] = {}
        self._lock = Lock()

    def since(self, number: int) -> tuple[int, list[Row]]:
        """Return the number of the newest line, and the last lines after `number`; gaps between their numbers were left out."""
        with self._lock:
            self._look()
            rows: list[Row] = []
            left = BUDGET
            for line in reversed(self._lines):
                if line.last <= number or (left <= 0 and rows):
                    break
                left -= len(line.text) + len(line.url)
                rows.append(line.row(number))
            return self._newest, rows[::-1]

    def last(self, count: int) -> tuple[list[Line], int]:
        """Return the last lines, the newest last, and how many there were in all, repeated ones counted each time."""
        with self._lock:
            self._look()
            return list(self._lines)[-count:], self._newest

    def _look(self) -> None:
        seq = self._seen.seq - 1
        for event in self._log.since(self._seen):
            seq = event.seq
            read = READERS.get(type(event))
            if read is not None:
                self._add(event, read(event, self._newest + 1))
        self._seen = Mark(seq + 1)

    def _add(self, event: Event, line: Line) -> None:
        if line.level == "exception" and self._is_known(event, line):
            return
        before = self._lines[-1] if self._lines else None
        self._newest += 1
        if before is not None and before.same(line):
            before.count += 1
            before.when_ms = line.when_ms
        else:
            self._lines.append(line)

    def _is_known(self, event: Event, line: Line) -> bool:
        """Tell whether this error was told already: of a worker's, the console and the bookkeeping tell, which does so twice.

        They do so in any order. What each of them tells as often as another one is the same.
        """
        key = (line.actor, line.url, line.line, UNCAUGHT.sub("", line.text.partition("\n")[0]))
        told = self._errors.setdefault(key, Told(line))
        if len(self._errors) > MOST_ERRORS:
            del self._errors[next(iter(self._errors))]
        way = "console" if isinstance(event, ConsoleWritten) else "column" if line.column else "line"
        before = max(told.ways.values(), default=0)
        told.ways[way] += 1
        if told.ways[way] > before:
            told.line = line
            return False
        if way == "console":  # which has the stack, too
            told.line.text, told.line.column = line.text, line.column
        return True


def _written(event: Any, number: int) -> Line:
    url = sendable(event.url, LONGEST_URL)
    text = sendable(event.text)
    return Line(number, wall_ms(event), event.actor, event.level, text, url, event.line, event.column)


def _failed(event: Any, number: int) -> Line:
    url = sendable(event.url, LONGEST_URL)
    text = sendable(event.message)
    return Line(number, wall_ms(event), event.actor, "exception", text, url, event.line, event.column)


def _surprised(event: Any, number: int) -> Line:
    return Line(number, wall_ms(event), event.actor, "surprise", sendable(event.what))


READERS: dict[type[Event], Callable[[Any, int], Line]] = {
    ConsoleWritten: _written,
    WorkerFailed: _failed,
    Surprise: _surprised,
}
"""How a line is made of an event."""
