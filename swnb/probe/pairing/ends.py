"""Ends of channels: ports, and what a Worker object and its worker have instead. Both ends of a pair are here.

HTML builds dedicated workers on a pair of ports too: an outside one that belongs to the `Worker` object, and an inside one that
belongs to the worker's global scope. So they are the same thing here, but for their names and that they never move.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from swnb.probe.pairing.party import Held, Realm
from swnb.probe.pairing.streams import Inbox, Receipt, Stream, Verdict
from swnb.vocab import MessageFate, MessageVia

UNSEEN = "nobody has seen the other end of this channel"


class End:
    """One end of a channel.

    Attributes
    ----------
    name
        ``port 3a``.
    via
        By which method it sends.
    peer
        The other end.
    maker
        Where the pair was made; of a worker's inside end, the owner.
    holder
        Where it is; None while it is on its way, or nobody has seen it.
    moving
        `seq` of the message that carries it; -1 while none does.
    dead
        Why nothing reaches it any more.
    sure
        Whether it is certain that it is this one.
    unseen
        Whether nobody has ever seen it.
    stray
        Whether it may be elsewhere, where a port came that could not be told.
    used
        Whether anything was posted to it, or came to it.
    url, label
        Of a worker's inside end: the script and the name that its object was made with.
    """

    __slots__ = (
        "dead",
        "holder",
        "inbox",
        "label",
        "maker",
        "moving",
        "name",
        "out",
        "peer",
        "stray",
        "sure",
        "unseen",
        "url",
        "used",
        "via",
    )

    peer: End

    def __init__(self, name: str, via: MessageVia, maker: Realm) -> None:
        self.name = name
        self.via = via
        self.maker = maker
        self.holder: Realm | None = None
        self.moving = -1
        self.dead: str | None = None
        self.sure = True
        self.unseen = False
        self.stray = False
        self.used = False
        self.url = ""
        self.label = ""
        self.out: EndStream | None = None
        self.inbox: EndInbox | None = None

    @property
    def channel(self) -> str:
        """What the conversation is called."""
        if self.via is MessageVia.PORT:
            return self.name[:-1]
        there = self.peer.holder
        return f"{'' if self.holder is None else self.holder.actor}→{self.peer.name if there is None else there.actor}"

    @property
    def expects(self) -> bool:
        """Whether something that came to it, or went from it, is not decided."""
        return bool((self.inbox is not None and self.inbox.queue) or (self.out is not None and self.out.waiting))

    def doubt(self) -> None:
        """It may be another one."""
        self.sure = False
        for out in (self.out, self.peer.out):
            if out is not None:
                out.sure = False

    def stream(self) -> EndStream:
        """Return what it sends."""
        if self.out is None:
            self.out = EndStream(self)
        return self.out

    def arrivals(self) -> EndInbox:
        """Return what came to it."""
        if self.inbox is None:
            self.inbox = EndInbox(self)
        return self.inbox


def pair(one: End, other: End) -> None:
    """Make two ends one channel."""
    one.peer, other.peer = other, one


class EndStream(Stream):
    """What one end of a channel sends. Nothing of it is lost in the middle: it ends with a context, or goes on with the port."""

    __slots__ = ("end",)

    def __init__(self, end: End) -> None:
        super().__init__(end.via, end.channel)
        self.end = end
        self.sure = end.sure and end.peer.sure

    def address(self) -> None:
        """Find out where the other end is now."""
        there = self.end.peer.holder
        to = "" if there is None else there.context.actor
        if to is not self.to:
            self.to = to
            self.channel = self.end.channel

    def in_step(self, realm: Realm) -> bool:
        """Whether the first that waits is the next that comes, wherever the other end is by then."""
        return self.step is not self

    def distrust(self) -> None:
        """Something of it was decided too early: nothing of this channel is certain any more."""
        self.end.doubt()

    def rest(self) -> None:
        """Let go of what only traffic needs: a page may make any number of channels, and does not say when it drops one."""
        there = self.end.peer.inbox
        if there is None or not (there.queue or there.watched):
            self.end.out = self.end.peer.inbox = None

    def verdicts(self, final: bool) -> Iterator[Verdict]:
        """Yield what is known of those that wait."""
        peer = self.end.peer
        if peer.inbox is not None and peer.inbox.queue:
            return
        if peer.dead is not None:
            yield Verdict(MessageFate.GONE, peer.dead)
        elif peer.moving >= 0 and any(sent.seq == peer.moving for sent in self.waiting):
            yield Verdict(MessageFate.GONE, "the port that it would come to was sent through its own channel")
        elif final:
            why = UNSEEN if peer.unseen else "its port is on its way" if peer.holder is None else "it has not arrived"
            yield Verdict(MessageFate.WAITING, why)


class EndInbox(Inbox):
    """What came to one end of a channel."""

    __slots__ = ("end",)

    def __init__(self, end: End) -> None:
        super().__init__()
        self.end = end

    def sources(self) -> Sequence[Stream] | None:
        """Return what the other end sends."""
        return (self.end.peer.stream(),)

    def decidable(self) -> bool:
        """Whether all is known that the other end sent: not while it is on its way, or may be a port that nobody knows."""
        peer = self.end.peer
        if peer.dead is not None or peer.unseen:
            return True
        holder = peer.holder
        return holder is not None and holder.backlog is None and not (peer.via is MessageVia.PORT and holder.strangers)

    def clear_of(self, silent: frozenset[Realm]) -> bool:
        """Whether none of those who did not answer can have sent what is here."""
        return self.end.peer.holder not in silent

    def unheard(self, receipt: Receipt) -> tuple[str, MessageVia, str]:
        """Return actor, method and channel of a message that nobody was heard to send."""
        peer = self.end.peer
        return "" if peer.holder is None else peer.holder.actor, peer.via, peer.channel


class Unknown:
    """A port that is somewhere, and nobody knows yet which it is.

    Attributes
    ----------
    kind
        How it came: ``carried`` by a message that is not paired, ``connect`` in a shared worker, ``window`` by
        ``window.postMessage``; ``owner`` is the end that a dedicated worker begins with.
    facts
        What its context said of it.
    order
        How much was heard when it came.
    cause
        `seq` of the message that brought it.
    senders
        Who may have had it before.
    patience
        At how many quiet moments it could not be told.
    stray
        Whether it may have gone elsewhere since, where a port came that could not be told.
    """

    __slots__ = ("cause", "facts", "kind", "order", "patience", "realm", "senders", "slot", "stray")

    def __init__(self, realm: Realm, slot: int, kind: str, order: int) -> None:
        self.realm = realm
        self.slot = slot
        self.kind = kind
        self.order = order
        self.facts: list[Held] = []
        self.cause: int | None = None
        self.senders: list[Realm] = []
        self.patience = 0
        self.stray = False
