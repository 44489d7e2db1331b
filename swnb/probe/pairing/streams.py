"""What goes from one sender to one address, in order (`Stream`), and what one receiver got (`Inbox`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from swnb.events import MessageSent
from swnb.probe.facts import Received, Sent
from swnb.probe.pairing.party import Realm
from swnb.vocab import MessageFate, MessageVia

Key = bytes | tuple[int, str]
"""By what contents are told apart: themselves, or size and digest where they were not kept."""

NOTHING: frozenset[Any] = frozenset()
"""What most streams have of doubts and of what is not exact; an empty set of their own would cost more than all else."""

ANYTHING: Key = (-1, "")
"""A doubt about every content."""

MANY = 10_000
"""After how many doubtful contents all are doubtful."""

FEW = 32
"""Up to how many waiting messages are counted by looking at each."""


class Receipt(msgspec.Struct):
    """A message that arrived and is not paired yet; `order` counts all that was heard."""

    realm: Realm
    fact: Received
    content: bytes
    t_mono_ns: int
    order: int

    @property
    def key(self) -> Key:
        """By what its content is told apart."""
        return self.content or (self.fact.size, self.fact.digest)


class Verdict(msgspec.Struct, frozen=True):
    """What became of the waiting messages of a stream whose `seq` is at most `upto`."""

    fate: MessageFate
    why: str
    upto: float = float("inf")


def content_of(fact: Sent | Received) -> bytes:
    """Return the content of a fact, ``b""`` where it was not kept."""
    content = bytes(fact.content)
    return b"" if content == b"null" else content


class Stream:
    """What one sender sends to one address. The browser keeps its order.

    Attributes
    ----------
    waiting
        What was sent and is not paired, oldest first.
    step
        The receiver with whom it is in step: the next message that this one receives is the first that waits. None: nothing
        was ever received. Any other object: a stop may have swallowed some.
    breaks
        The last message before each stop of the sender that something may have been lost of: its tail, in one block.
    sole
        Whether all of it goes to one receiver (to one version of a service worker).
    sure
        Whether it is certain who its receiver is.
    doubts, doubtful_upto
        Contents of which one may have been paired wrongly, and the last message for which that matters.
    torn
        Whether the sender ended while it held facts back, so that messages may arrive that nobody heard it send.
    why
        What to say of a message that is found to be lost.
    hungry
        The receiver that has got a message already which nobody was heard to send.
    """

    __slots__ = (
        "_counts",
        "breaks",
        "channel",
        "doubtful_upto",
        "doubts",
        "hungry",
        "sole",
        "step",
        "sure",
        "to",
        "told",
        "torn",
        "via",
        "waiting",
        "watched",
        "why",
        "wild",
    )

    lossy = True
    """Whether what is passed over is lost; a broadcast has other receivers."""

    def __init__(self, via: MessageVia, channel: str, to: str = "") -> None:
        self.via = via
        self.channel = channel
        self.to = to
        self.waiting: deque[MessageSent] = deque()
        self.step: object = None
        self.breaks: list[int] = []
        self.sole = True
        self.sure = True
        self.doubts: set[Key] | frozenset[Key] = NOTHING
        self.doubtful_upto = -1
        self.torn = False
        self.why = "a later message of the same channel arrived"
        self.hungry: Inbox | None = None
        self.watched = False
        self.told = -1
        self.wild: set[int] | frozenset[int] = NOTHING
        self._counts: dict[Key, int] | None = None

    def push(self, sent: MessageSent, exact: int) -> None:
        """Add what was sent."""
        self.waiting.append(sent)
        if not exact:
            if not isinstance(self.wild, set):
                self.wild = set()
            self.wild.add(sent.seq)
        if self._counts is not None:
            self._counts[_key(sent)] = self._counts.get(_key(sent), 0) + 1

    def take(self, at: int) -> MessageSent:
        """Remove what waits at a place, and return it."""
        if at:
            sent = self.waiting[at]
            del self.waiting[at]
        else:
            sent = self.waiting.popleft()
        if isinstance(self.wild, set):
            self.wild.discard(sent.seq)
        if self._counts is not None:
            self._counts[_key(sent)] -= 1
        return sent

    def fits(self, sent: MessageSent, receipt: Receipt) -> bool:
        """Whether a message that waits may be the one that arrived."""
        if len(sent.ports) != len(receipt.fact.ports):
            return False
        if receipt.fact.failed or (self.wild and sent.seq in self.wild):
            return True
        if sent.content:
            return sent.content == receipt.content
        return not receipt.content and sent.size == receipt.fact.size and sent.digest == receipt.fact.digest

    def first(self, receipt: Receipt) -> int | None:
        """Return the place of the first that fits."""
        if self._counts is not None and not self.wild and not receipt.fact.failed and not self._counts.get(receipt.key):
            return None
        return next((at for at, sent in enumerate(self.waiting) if self.fits(sent, receipt)), None)

    def next_places(self) -> list[int]:
        """Return the places of which one is the next for a receiver that is in step: the first, and the first after each stop."""
        places = [0] if self.waiting else []
        for last in self.breaks:
            at = next((at for at, sent in enumerate(self.waiting) if sent.seq > last), None)
            if at and at not in places:
                places.append(at)
        return places

    def stopped(self, why: str) -> None:
        """Mark that the sender was stopped: what it sent last may be lost."""
        self.why = why
        if self.waiting:
            self.breaks.append(self.waiting[-1].seq)

    def unbroken(self) -> bool:
        """Whether nothing may be lost between the first that waits and what comes after it."""
        first = self.waiting[0].seq
        while self.breaks and self.breaks[0] < first:
            del self.breaks[0]
        return not self.breaks

    def many(self, receipt: Receipt) -> bool:
        """Whether more than one of those that wait fits."""
        if self.wild or receipt.fact.failed or len(self.waiting) <= FEW:
            found = (None for sent in self.waiting if self.fits(sent, receipt))
            return next(found, self) is None and next(found, self) is None
        if self._counts is None:
            self._counts = {}
            for sent in self.waiting:
                self._counts[_key(sent)] = self._counts.get(_key(sent), 0) + 1
        return self._counts.get(receipt.key, 0) > 1

    def in_step(self, realm: Realm) -> bool:
        """Whether the first that waits is the next that a receiver gets."""
        if self.step is None:
            return self.starts_with(realm)
        return self.step is realm

    def starts_with(self, realm: Realm) -> bool:
        """Whether a receiver that got nothing yet cannot have missed anything."""
        return True

    def doubt(self, key: Key) -> None:
        """One of those that wait may have been taken for another one of the same content."""
        if not isinstance(self.doubts, set):
            self.doubts = set()
        self.doubts.add(ANYTHING if self.wild or len(self.doubts) > MANY else key)
        if self.waiting:
            self.doubtful_upto = max(self.doubtful_upto, self.waiting[-1].seq)
        if self.sole:
            self.break_step()

    def distrust(self) -> None:
        """Something of it was decided too early: nothing of it is certain any more."""
        self.sure = False

    def trusts(self, key: Key) -> bool:
        """Whether what is of this content cannot have been taken for another."""
        return not self.torn and not (self.doubts and (key in self.doubts or ANYTHING in self.doubts))

    def keep_step(self, realm: Realm, upto: int) -> None:
        """A pair is certain, and was taken out: from here on order is enough."""
        self.step = realm
        self._counts = None
        if self.doubts and upto > self.doubtful_upto:  # all that is doubtful was sent before, and cannot come any more
            self.doubts = NOTHING

    def break_step(self, why: str = "") -> None:
        """Some of what waits may be lost."""
        self.step = self
        self.why = why or self.why

    def rest(self) -> None:
        """Nothing waits at a quiet moment: let go of what is not needed."""

    def verdicts(self, final: bool) -> Iterator[Verdict]:
        """Yield what is known of those that wait."""
        if final:
            yield Verdict(MessageFate.WAITING, "it has not arrived")


class Inbox:
    """What one receiver got from one apparent source, and is not paired.

    Attributes
    ----------
    sole
        Whether nobody but the one stream of `sources` can be meant.
    rash
        Whether something of it was decided before all was heard: its sending may come later, in a stream that is new.
    patience
        How often it was looked at while it was not certain who its sender is.
    """

    __slots__ = ("patience", "queue", "rash", "sole", "watched")

    eager = True
    """Whether order alone is enough while nothing broke it. Otherwise all senders must have told what they did."""

    def __init__(self) -> None:
        self.queue: deque[Receipt] = deque()
        self.sole = True
        self.rash = self.watched = False
        self.patience = 0

    def sources(self) -> Sequence[Stream] | None:
        """Return the streams that what is here may be of; None as long as that is not known."""
        raise NotImplementedError

    def decidable(self) -> bool:
        """Whether it is certain that nothing more is to be heard of what was sent before."""
        return True

    def clear_of(self, silent: frozenset[Realm]) -> bool:
        """Whether none of those who did not answer can have sent what is here."""
        return False

    def paired(self, stream: Stream, sent: MessageSent, realm: Realm, sure: bool) -> None:
        """Learn from a pair."""

    def channel_of(self, sent: MessageSent) -> str:
        """Return the name of the conversation."""
        return sent.channel

    def unheard(self, receipt: Receipt) -> tuple[str, MessageVia, str]:
        """Return actor, method and channel of a message that nobody was heard to send."""
        raise NotImplementedError


def _key(sent: MessageSent) -> Key:
    return sent.content or (sent.size, sent.digest)
