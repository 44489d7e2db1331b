"""One message, as a view of the events of its two ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from swnb.events import MessageReceived, MessageSent, MessageUndelivered, Payload
from swnb.names import Names
from swnb.text import moment, mono_moment, text_table, time_of_day
from swnb.vocab import Heard, MessageFate, MessageVia, Pairing

from .payloads import data_or_none, preview

HEADINGS = ("seq", "sent", "from", "to", "channel", "data", "received")


class Message:
    """One message from one sender to one receiver. A view of two or three events of the log, made anew for each look.

    A broadcast is one message for each receiver.

    Attributes
    ----------
    sent
        The event of its sending; None where only its arrival was heard.
    received
        The event of its arrival; None where it has not arrived.
    undelivered
        The event that says why it has not arrived; None where it has, or nothing is known.
    """

    __slots__ = ("_names", "received", "sent", "undelivered")

    def __init__(
        self,
        names: Names,
        sent: MessageSent | None,
        received: MessageReceived | None,
        undelivered: MessageUndelivered | None,
    ) -> None:
        self._names = names
        self.sent = sent
        self.received = received
        self.undelivered = undelivered

    @property
    def _payload(self) -> Payload:
        payload = self.sent or self.received
        assert payload is not None
        return payload

    @property
    def seq(self) -> int:
        """Place in the log of its sending, or of its arrival where that alone was heard."""
        return self._payload.seq

    @property
    def sender(self) -> str:
        """Who sent it: a window's name, ``c2``, ``worker`` or ``w1``; "" where that is not known."""
        return self._names.shown(self.from_actor)

    @property
    def receiver(self) -> str:
        """Who got it, or for whom it was meant; "" for a broadcast that nobody got, or a port whose end nobody has seen."""
        return self._names.shown(self.to_actor)

    @property
    def from_actor(self) -> str:
        """The sender as events call it: ``home``, ``c2``, ``w1``."""
        if self.sent is not None:
            return self.sent.actor
        return self.received.sender if self.received is not None else ""

    @property
    def to_actor(self) -> str:
        """The receiver as events call it."""
        if self.received is not None:
            return self.received.actor
        return self.sent.to if self.sent is not None else ""

    @property
    def channel(self) -> str:
        """Which conversation it belongs to: ``home→w1``, ``port 3``, ``BroadcastChannel 'news'``."""
        payload = (
            self.received or self.sent
        )  # a client that was not known yet when it was sent to was so when it heard it
        assert payload is not None
        return payload.channel

    @property
    def via(self) -> MessageVia:
        """By which method it went."""
        return self._payload.via

    @property
    def ports(self) -> tuple[str, ...]:
        """Channels of the ports that it carried."""
        return self._payload.ports

    @property
    def size(self) -> int:
        """Size of the payload in bytes, also where it was not kept."""
        return self._payload.size

    @property
    def digest(self) -> str:
        """Of the payload where it was not kept, else ``""``."""
        return self._payload.digest

    @property
    def _kept(self) -> Payload:
        """The end that kept the payload: the receiving one where it differs."""
        return self.received if self.received is not None and self.received.content else self._payload

    @property
    def data(self) -> Any:
        """The payload as a Python value, as `MessageEvent.data` has it.

        Raises
        ------
        LookupError
            If it was not kept.
        """
        return self._kept.data

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent, in UTC by the sender's clock; None where that was not heard."""
        return None if self.sent is None else moment(self.sent.t_browser_ms)

    @property
    def received_at(self) -> datetime | None:
        """When it arrived, in UTC by the receiver's clock; None: never delivered."""
        if self.received is None:
            return None
        return moment(self.received.t_browser_ms) or mono_moment(self.received.t_mono_ns)

    @property
    def fate(self) -> MessageFate | None:
        """What became of it, where it has not arrived and that is known."""
        return None if self.received is not None or self.undelivered is None else self.undelivered.fate

    @property
    def why(self) -> str:
        """Its fate in words, ``""`` without one."""
        return "" if self.received is not None or self.undelivered is None else self.undelivered.why

    @property
    def heard(self) -> Heard:
        """``heard`` if each end that is known told of itself, ``inferred`` if one was concluded from the other."""
        ends = (self.sent, self.received)
        told = all(end.heard is Heard.HEARD for end in ends if end is not None)
        return Heard.HEARD if told else Heard.INFERRED

    @property
    def pairing(self) -> Pairing | None:
        """How sure it is that what arrived is what was sent; None where it has not arrived."""
        return None if self.received is None else self.received.pairing

    @property
    def listeners(self) -> int:
        """How many listeners it found; 0: nobody listened, -1: not known."""
        return -1 if self.received is None else self.received.listeners

    @property
    def failed(self) -> bool:
        """Whether it arrived as a ``messageerror``."""
        return self.received is not None and self.received.failed

    @property
    def data_or_none(self) -> Any:
        """The payload, or None where it was not kept."""
        return data_or_none(self._kept)

    # ---- as text ------------------------------------------------------------------------------------------------

    @property
    def outcome(self) -> str:
        """Whether it arrived, in a few words."""
        if self.received is None:
            return "on its way" if self.fate is None else f"{self.fate}: {self.why}" if self.why else str(self.fate)
        notes = [time_of_day(self.received_at)]
        notes += ["messageerror"] if self.failed else []
        notes += ["nobody listened"] if self.listeners == 0 else []
        notes += [str(self.pairing)] if self.pairing is not Pairing.EXACT else []
        return ", ".join(notes)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table, as `HEADINGS` says."""
        sent, data = time_of_day(self.sent_at), preview(self._kept)
        return (str(self.seq), sent, self.sender or "?", self.receiver or "?", self.channel, data, self.outcome)

    def __repr__(self) -> str:
        return text_table(HEADINGS, [self.cells])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return self.sent is other.sent and self.received is other.received and self.undelivered is other.undelivered

    def __hash__(self) -> int:
        return hash((self.seq, self.received is not None and self.received.seq))
