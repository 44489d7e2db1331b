"""What was read of a recording so far, and what is missing of it at the end."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from operator import attrgetter
from typing import Any, Final

import msgspec

from swnb.events import Event
from swnb.log import Events
from swnb.recording.header import End, Header
from swnb.recording.lines import Body, Command, Late, Line, SiteFile
from swnb.recording.recording import Recording

MOST_UNKNOWN: Final = 10_000
"""How many lines of an unknown sort are kept; a file may hold any number."""

OTHER_BYTES: Final = "other bytes stand there"
"""What is said of a file that somebody changed in the recording: it can be served, and is another one."""

_SEQ = attrgetter("seq")


class Collected:
    """The lines of one file, sorted by what they are."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.header: Header | None = None
        self.trouble: list[str] = []
        self.extra: dict[int, dict[str, Any]] = {}
        self._events = Events()
        self._commands: list[Command] = []
        self._site: list[SiteFile] = []
        self._bodies: dict[str, bytes] = {}
        self._late: dict[int, tuple[int, int]] = {}
        self._end: End | None = None
        self._unknown = 0

    def take_all(self, lines: list[Line]) -> bool:
        """Take a block of lines; False, and nothing is taken, where one of them has to be looked at."""
        events: list[Event] = [line.event for line in lines if line.event is not msgspec.UNSET]
        if events and min(map(_SEQ, events)) < 0:
            return False
        if len(events) != len(lines):
            others = [line for line in lines if line.event is msgspec.UNSET]
            if any(line.header is not msgspec.UNSET or line == Line() for line in others):
                return False
            for line in others:
                self._take_other(line)
        self._events.extend(events)
        return True

    def take(self, line: Line) -> None:
        """Take one line."""
        if isinstance(line.event, Event):
            self._events.append(line.event)
        else:
            self._take_other(line)

    def take_event(self, event: Event) -> None:
        """Take an event of an unknown kind."""
        self._events.append(event)

    def _take_other(self, line: Line) -> None:
        if isinstance(line.command, Command):
            self._commands.append(line.command)
        elif isinstance(line.site, SiteFile):
            self._site.append(line.site)
        elif isinstance(line.body, Body):
            self._bodies[line.body.sha256] = line.body.content
        elif isinstance(line.late, Late):
            self._late[line.late.seq] = line.late.before, line.late.turn
        elif isinstance(line.end, End):
            self._end = line.end
        elif isinstance(line.header, Header):
            self.header = line.header

    def take_unknown(self, number: int, line: dict[str, Any]) -> None:
        """Keep a line of an unknown sort as it is."""
        self._unknown += 1
        if self._unknown <= MOST_UNKNOWN:
            self.extra[number] = line

    def recording(self) -> Recording:
        """Return all of it, once all is read."""
        missing = [*self._before(), *self._events_missing(), *self._bodies_missing(), *self.trouble]
        if self._unknown > MOST_UNKNOWN:
            missing.append(f"{self._unknown - MOST_UNKNOWN:,} lines of a sort that this swnb does not know")
        if self._end is None:
            missing.append("its end: it is still being written, or whoever wrote it was killed")
        elif self._end.left_out:
            missing.append(f"{self._end.left_out:,} lines that could not be written")
        if self.header is None:
            missing.insert(0, "its header, and all that follows")
        return Recording(
            self.path,
            self.header or Header(),
            events=self._events,
            late=self._late,
            commands=sorted(self._commands, key=lambda command: (command.begin_seq, command.begin_ns)),
            site=self._site,
            files=self._bodies,
            end=self._end,
            missing=missing,
            extra=self.extra,
        )

    # ---- what is missing ----------------------------------------------------------------------------------------

    def _before(self) -> Iterable[str]:
        before = None if self.header is None else self.header.before
        if before is not None:
            there = ", ".join([*before.windows, *before.registrations])
            yield f"what led to its beginning: the lab had run before, and there was {there}"

    def _events_missing(self) -> Iterable[str]:
        """Put the events in order, and say which are not there."""
        first = 0 if self.header is None else self.header.seq
        after = first if self._end is None else self._end.seq
        seqs = list(map(_SEQ, self._events))
        if seqs != list(range(first, first + len(seqs))):
            if seqs != sorted(seqs):
                yield "the order of its events: they are sorted by their numbers here"
                self._events.sort(key=_SEQ)
                seqs.sort()
            yield from _gaps(seqs, first)
        last = seqs[-1] + 1 if seqs else first
        if last < after:
            yield f"the last {_events(last, after)}"

    def _bodies_missing(self) -> Iterable[str]:
        bodies = self._bodies
        for file in self._site:
            if not file.kept:
                yield f"the body of {file.path} ({file.size:,} bytes), which was too large to be kept"
            elif file.sha256 not in bodies:
                yield f"the body of {file.path}"
        for command in self._commands:
            digest = written(command)
            if digest is not None and digest not in bodies:
                yield f"the body of {command.arguments.get('path')}, which was written by a command"
        for digest, content in bodies.items():
            if sha256(content).hexdigest() != digest:
                yield f"the body with the digest {digest[:12]}…: {OTHER_BYTES}"


def written(command: Command) -> str | None:
    """Return the digest of the body that a command wrote to a site; None of any other command."""
    if command.name != "site.write":
        return None
    body = command.given.get("body") or [None]
    node = body[1] if len(body) > 1 else None
    if not isinstance(node, list) or node[:2] != ["O", "sha256"] or len(node) < 3:
        return None
    return str(node[2])


def _gaps(seqs: list[int], first: int) -> Iterable[str]:
    expected, double, told = first, 0, 0
    for seq in seqs:
        if seq > expected:
            told += 1
            if told <= 10:
                yield _events(expected, seq)
        elif seq < expected:
            double += 1
        expected = max(expected, seq + 1)
    if told > 10:
        yield f"events in {told - 10:,} more places"
    if double:
        yield f"certainty: {double:,} events have the number of another one"


def _events(first: int, after: int) -> str:
    return f"event {first:,}" if after == first + 1 else f"events {first:,} to {after - 1:,}"
