"""Messages and ports of a run, as steps of its strands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from swnb import events as e
from swnb.recording.strands import Strand
from swnb.recording.texts import COLON
from swnb.vocab import Heard, MessageFate, MessageVia

INFERRED, PORT, BROADCAST = Heard.INFERRED, MessageVia.PORT, MessageVia.BROADCAST


class Place(Protocol):
    """What the strands of a run are to those who add to them."""

    events: list[e.Event]
    current: dict[str, Strand]
    simple: bool
    late: Mapping[int, tuple[int, int]]

    def realm(self, actor: str) -> Strand:
        """Return the realm that an actor is now."""
        ...

    def strand(self, kind: str, owner: str) -> Strand:
        """Return a strand."""
        ...

    def at(self, seq: int | None) -> int | None:
        """Return the place in the log of the event with a number."""
        ...

    def content(self, strand: Strand, at: int, content: bytes) -> bytes:
        """Return a payload as it is compared."""
        ...


class Said:
    """Reads the events of messages.

    What is not compared is not looked at: who is at the other end is told by the cause, and what is heard of one end alone by it.
    """

    def __init__(self, run: Place) -> None:
        self._run = run
        self._events = run.events
        self._simple = run.simple
        self._current: Callable[[str], Strand | None] = run.current.get
        self._ports: dict[str, tuple[str, int]] = {}
        self._ports_of: Counter[str] = Counter()
        self._put_back = run.late
        self._at = run.at
        self.fates: dict[int, tuple[int, e.MessageUndelivered]] = {}

    def sent(self, at: int, event: e.MessageSent) -> None:
        """Add a sending; one that was concluded is no step of anybody: its arrival says all that is known."""
        if event.heard is INFERRED:
            return
        strand = self._current(event.actor)
        if strand is None:
            strand = self._run.realm(event.actor)
        if event.seq in self._put_back:
            strand = self._late(strand, at, event)
        via, content, ports = event.via, event.content, event.ports
        body: object = content
        if not content:
            body = event.size, event.digest
        elif not self._simple or content.find(b"-4") >= 0 or COLON in content:
            body = self._run.content(strand, at, content)
        where: object = 0
        if via is BROADCAST:
            where = event.channel
        elif via is PORT:
            where = self._port(strand, at, event.channel)
        if ports:
            where = (where, *(self._port(strand, at, port) for port in ports))
        strand.ats.append(at)
        strand.words.append(hash((1, via, body, where)))

    def received(self, at: int, event: e.MessageReceived) -> None:
        """Add an arrival, with what was sent."""
        strand = self._current(event.actor)
        if strand is None:
            strand = self._run.realm(event.actor)
        cause = event.cause
        if cause is not None:
            cause = self._at(cause)
        if event.seq in self._put_back:
            strand = self._late(strand, at, event)
        via, content, size, digest, how = event.via, event.content, event.size, "", 0
        if cause is not None:
            sent = self._events[cause]
            if type(sent) is e.MessageSent:
                how = 1 if sent.heard is INFERRED else 2
                if not content:
                    content, size, digest = sent.content, size or sent.size, sent.digest
        if how == 2 and cause is not None:
            strand.cause_ats.append(at)
            strand.causes.append(cause)
        else:
            strand.means(at, self._run.realm(event.sender).key[1] if event.sender else "")
        body: object = content
        if not content:
            body = size, digest
        elif not self._simple or content.find(b"-4") >= 0 or COLON in content:
            body = self._run.content(strand, at, content)
        where: object = 0
        if via is BROADCAST:
            where = event.channel
        elif via is PORT:
            where = self._port(strand, at, event.channel)
        strand.ats.append(at)
        strand.words.append(hash((2, via, body, where, event.listeners, event.failed, how)))

    def _late(self, strand: Strand, at: int, event: e.MessageSent | e.MessageReceived) -> Strand:
        """Return the realm of a message that was written after something later."""
        before, _ = self._put_back[event.seq]
        while strand.former is not None and len(strand) and self._events[strand.ats[0]].seq >= before:
            strand = strand.former
        strand.late.add(at)
        return strand

    def refused(self, at: int, event: e.MessageRefused) -> None:
        """Add a ``postMessage`` that threw."""
        strand = self._run.realm(event.actor)
        strand.add(at, hash((3, event.via, event.name, event.message)))

    def undelivered(self, at: int, event: e.MessageUndelivered) -> None:
        """Note what became of a message: the last word counts."""
        cause = self._run.at(event.cause)
        if cause is not None and event.fate is not MessageFate.WAITING:
            self.fates[cause] = (at, event)

    def tell_fates(self) -> None:
        """Add what became of messages."""
        for cause, (at, event) in sorted(self.fates.items()):
            strand = self._run.strand("fates", self._run.realm(event.actor).key[1])
            strand.follows(at, cause)
            strand.add(at, hash((4, event.fate)))

    # ---- ports --------------------------------------------------------------------------------------------------

    def _port(self, strand: Strand, at: int, port: str) -> tuple[int, str]:
        """Return what an end of a channel is called: by who had it first, and as which of theirs."""
        name = port.rstrip("ab")
        known = self._ports.get(name)
        if known is None:
            owner = strand.key[1]
            self._ports_of[owner] += 1
            known = self._ports[name] = (owner, self._ports_of[owner])
        strand.means(at, known[0])
        return known[1], port[len(name) :]

    def moved(self, at: int, event: e.PortMoved) -> None:
        """Add that a port was made, or came."""
        strand = self._run.strand("ports", self._run.realm(event.actor).key[1])
        name = self._port(strand, at, event.port)
        strand.means(at, self._run.realm(event.former).key[1] if event.former else "")
        cause = self._run.at(event.cause)
        if cause is not None:
            strand.follows(at, cause)
        strand.add(at, hash((5, name)))
