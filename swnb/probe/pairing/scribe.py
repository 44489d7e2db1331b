"""Writes what was found out into the log, with shared strings and numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from swnb.events import (
    Event,
    MessageReceived,
    MessageRefused,
    MessageSent,
    MessageUndelivered,
    PortMoved,
    Surprise,
)
from swnb.probe.facts import Refused, Sent
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.streams import Receipt, Stream, content_of
from swnb.vocab import Heard, MessageFate, MessageVia, Pairing

SHARED = 256
"""Up to which number the interpreter itself keeps one object each."""

SIZES = 4096
"""How many different sizes are kept as one object each."""


TURNS = 20
"""Bits of a number of what was heard that tell it apart from what else was heard before the same event."""


class Scribe:
    """Makes the events.

    Parameters
    ----------
    emit
        Appends to the log, and returns the event with its `seq`.
    clock
        Monotonic clock in nanoseconds, for what is concluded and not heard.
    length
        Gives how many events are in the log.
    late
        Takes where messages belong that are written late; see `swnb.log.Log.late`.

    Attributes
    ----------
    written
        How many events.
    """

    def __init__(
        self,
        emit: Callable[[Event], Any],
        clock: Callable[[], int],
        length: Callable[[], int],
        late: dict[int, tuple[int, int]] | None = None,
    ) -> None:
        self._append = emit
        self._clock = clock
        self._length = length
        self._late: dict[int, tuple[int, int]] = {} if late is None else late
        self._place: tuple[int, int] | None = None
        self._newest = 0
        self.written = 0
        self._sizes: dict[int, int] = {}

    def order(self, least: int) -> int:
        """Return a number for what is heard now: at least `least`; its upper bits tell where in the log that was."""
        self._newest = order = self._length() << TURNS
        if order < least:  # `max` takes twice as long, and this is done for each fact
            self._newest = order = least
        return order

    def heard(self, order: int) -> None:
        """Note where in the log a message belongs that is about to be written; None where it is written as it is heard."""
        at_once = order == self._newest and order >> TURNS >= self._length()
        self._place = None if at_once else (order >> TURNS, order & ((1 << TURNS) - 1))

    def _settle(self) -> None:
        """Keep where the message belongs that is written next, if that is elsewhere."""
        self.written += 1
        if self._place is not None:
            self._late[self._length()] = self._place

    def _emit(self, event: Event) -> Any:
        self.written += 1
        return self._append(event)

    def _size(self, size: int) -> int:
        if len(self._sizes) > SIZES:
            self._sizes.clear()
        return self._sizes.setdefault(size, size)

    def sent(
        self, realm: Realm, stream: Stream, fact: Sent, t_mono_ns: int, ports: tuple[str, ...] = ()
    ) -> MessageSent:
        """Write that a message was sent."""
        size = fact.size
        self._settle()
        sent: MessageSent = self._append(
            MessageSent(
                t_mono_ns=t_mono_ns,
                t_browser_ms=realm.clock_ms(fact.t),
                actor=realm.context.actor,
                via=stream.via,
                channel=stream.channel,
                content=content_of(fact),
                size=size if size <= SHARED else self._size(size),
                digest=fact.digest,
                ports=ports,
                to=stream.to,
            )
        )
        return sent

    def inferred(
        self, receipt: Receipt, actor: str, via: MessageVia, channel: str, ports: tuple[str, ...] = ()
    ) -> MessageSent:
        """Write that somebody must have sent what arrived."""
        sent: MessageSent = self._emit(
            MessageSent(
                t_mono_ns=receipt.t_mono_ns,
                actor=actor,
                heard=Heard.INFERRED,
                via=via,
                channel=channel,
                content=receipt.content,
                size=self._size(receipt.fact.size),
                digest=receipt.fact.digest,
                ports=ports,
                to=receipt.realm.context.actor,
            )
        )
        return sent

    def received(self, receipt: Receipt, sent: MessageSent, channel: str, pairing: Pairing) -> MessageReceived:
        """Write that a message arrived."""
        fact = receipt.fact
        receipt.realm.arriving -= 1
        other = sent.content != receipt.content and not fact.failed
        self.heard(receipt.order)
        self._settle()
        received: MessageReceived = self._append(
            MessageReceived(
                t_mono_ns=receipt.t_mono_ns,
                t_browser_ms=receipt.realm.clock_ms(fact.t),
                actor=receipt.realm.context.actor,
                cause=sent.seq,
                via=sent.via,
                channel=channel,
                content=receipt.content if other else b"",
                size=fact.size if other else 0,
                sender=sent.actor,
                pairing=pairing,
                listeners=fact.listeners,
                failed=bool(fact.failed),
            )
        )
        return received

    def refused(self, realm: Realm, via: MessageVia, channel: str, fact: Refused, t_mono_ns: int) -> None:
        """Write that ``postMessage`` threw."""
        self._emit(
            MessageRefused(
                t_mono_ns=t_mono_ns,
                t_browser_ms=realm.clock_ms(fact.t),
                actor=realm.context.actor,
                via=via,
                channel=channel,
                name=fact.name,
                message=fact.message,
            )
        )

    def undelivered(self, sent: MessageSent, fate: MessageFate, why: str) -> None:
        """Write what became of a message that did not arrive."""
        self._emit(
            MessageUndelivered(
                t_mono_ns=self._clock(),
                actor=sent.actor,
                cause=sent.seq,
                heard=Heard.INFERRED,
                channel=sent.channel,
                fate=fate,
                why=why,
            )
        )

    def moved(self, realm: Realm, port: str, former: str, cause: int | None, t_mono_ns: int, sure: bool = True) -> None:
        """Write that a port came to a context."""
        self._emit(
            PortMoved(
                t_mono_ns=t_mono_ns,
                actor=realm.context.actor,
                cause=cause,
                heard=Heard.HEARD if sure else Heard.INFERRED,
                port=port,
                former=former,
            )
        )

    def surprise(self, actor: str, what: str) -> None:
        """Write that something came which cannot be."""
        self._emit(Surprise(t_mono_ns=self._clock(), actor=actor, what=what))
