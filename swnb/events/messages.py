"""Facts about messages: what was sent, what arrived, and what became of the rest."""

from __future__ import annotations

import json
from typing import Any

from swnb.events.base import Event
from swnb.vocab import MessageFate, MessageVia, Pairing


class Payload(Event, frozen=True, kw_only=True, gc=False, tag="payload"):
    """What a message carried, as it was described without touching it.

    Attributes
    ----------
    via
        By which method it went.
    channel
        Which conversation it belongs to: ``home→w1``, ``port 3``, ``BroadcastChannel 'news'``.
    content
        The wire of `swnb.values` as JSON; ``b""`` where it was larger than the limit, or could not be described.
    size
        Its size in bytes, as UTF-16 and raw bytes count; also where the content was not kept.
    """

    via: MessageVia
    channel: str
    content: bytes = b""
    size: int = 0

    @property
    def digest(self) -> str:
        """Of the content where it was not kept, else ``""``."""
        return ""

    @property
    def ports(self) -> tuple[str, ...]:
        """The ends of channels that it carried (``port 3b``), in the order of the transfer list."""
        return ()

    @property
    def data(self) -> Any:
        """The payload as a Python value (see `swnb.values`).

        Raises
        ------
        LookupError
            If it was not kept.
        """
        from swnb import values

        if not self.content:
            raise LookupError(f"this payload of {self.size:,} bytes was not kept; c.Lab.payload_bytes is the limit")
        return values.decode(json.loads(self.content))


class MessageSent(Payload, frozen=True, kw_only=True, gc=False, tag="message.sent"):
    """A context called ``postMessage``, and the browser took it.

    `heard` is ``inferred`` where only the receiving end was heard (``window.postMessage``, a sender that is not attached, one
    that ended before it could tell); then `actor` is ``""`` where nobody knows who it was.

    Attributes
    ----------
    digest
        Of the content where it was not kept, else ``""``.
    ports
        The ends of channels that it carried (``port 3b``), in the order of the transfer list.
    to
        Actor for whom it is meant, where that is known at once; ``""`` for a broadcast or a port whose end nobody has seen.
    """

    digest: str = ""
    ports: tuple[str, ...] = ()
    to: str = ""


class MessageReceived(Payload, frozen=True, kw_only=True, gc=False, tag="message.received"):
    """A ``message`` event was dispatched. `cause` is the `MessageSent` that it was paired with.

    The payload is that of its `cause`, and is not kept twice: `content` and `size` are there only where another one arrived
    than was described when it was sent (the sender's description was not exact).

    Attributes
    ----------
    sender
        Actor that sent it; ``""`` where that is not known.
    pairing
        How sure the pair is. Of an ``unpaired`` message nobody heard the sending; its `cause` is an inferred `MessageSent`.
    listeners
        How many listeners the page or worker had for it; 0 says that nobody listened. -1: not known.
    failed
        Whether it was a ``messageerror``: it could not be deserialized here.
    """

    sender: str = ""
    pairing: Pairing = Pairing.EXACT
    listeners: int = -1
    failed: bool = False


class MessageRefused(Event, frozen=True, kw_only=True, gc=False, tag="message.refused"):
    """``postMessage`` threw, as for what cannot be cloned. Nothing of the payload was looked at.

    Attributes
    ----------
    name, message
        Of the error.
    """

    via: MessageVia
    channel: str
    name: str
    message: str


class MessageUndelivered(Event, frozen=True, kw_only=True, gc=False, tag="message.undelivered"):
    """What became of a message that has not arrived. `cause` is the `MessageSent`.

    A fate that is not final (``waiting``) may be followed by a `MessageReceived` or by another fate.

    Attributes
    ----------
    fate
        What became of it.
    why
        In words: ``the worker was stopped``, ``startMessages() was never called``.
    """

    channel: str
    fate: MessageFate
    why: str


class PortMoved(Event, frozen=True, kw_only=True, gc=False, tag="port.moved"):
    """One end of a ``MessageChannel`` came to another context, or was made (`former` is ``""``).

    Attributes
    ----------
    port
        Which end: ``port 3a``; its other end is ``port 3b``.
    former
        Actor that had it before.
    """

    port: str
    former: str = ""
