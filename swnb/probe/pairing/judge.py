"""Decides which of the messages that were sent is the one that arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from swnb.events import MessageSent
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.scribe import Scribe
from swnb.probe.pairing.streams import Inbox, Receipt, Stream
from swnb.vocab import MessageFate, Pairing


class Carrier(Protocol):
    """Who is told where the ports went that messages carry."""

    def departed(self, sent: MessageSent) -> None:
        """A message left that carries ports."""
        ...

    def arrived(self, sent: MessageSent, receipt: Receipt, seq: int, sure: bool) -> None:
        """A message was paired that carried ports; `seq` is that of its arrival."""
        ...

    def lost(self, sent: MessageSent, why: str) -> None:
        """A message that carried ports will not arrive."""
        ...

    def foundlings(self, receipt: Receipt) -> tuple[str, ...]:
        """Return names for the ports of a message that nobody was heard to send."""
        ...


class Judge:
    """Pairs, and says what became of the rest.

    Attributes
    ----------
    now
        How much was heard, of facts and of contexts.
    drained
        What arrived before this much was heard was sent by what is heard.
    pending
        How many facts can be understood now, and were not yet.
    stalled
        How many contexts said what cannot be understood yet.
    silent
        Contexts that were asked for all that they knew, and did not answer.
    forced
        The receipt that is decided although there are such contexts.
    guessing
        Whether nothing more will be heard, and what cannot be known may be guessed.
    final
        Whether all is decided, known or not.
    carrier
        Who follows the ports.
    """

    def __init__(self, scribe: Scribe) -> None:
        self.scribe = scribe
        self.carrier: Carrier | None = None
        self.now = 0
        self.pending = 0
        self.drained: float = 0
        self.stalled = 0
        self.silent: frozenset[Realm] = frozenset()
        self.forced: Receipt | None = None
        self.guessing = False
        self.final = False
        self._inboxes: list[Inbox] = []
        self._streams: list[Stream] = []

    # ---- pairs --------------------------------------------------------------------------------------------------

    def look(self, inbox: Inbox) -> None:
        """Pair what can be paired of what came to an inbox."""
        queue = inbox.queue
        while queue:
            receipt = queue[0]
            sources = inbox.sources()
            if sources is None:
                break
            if len(sources) == 1 and inbox.sole and inbox.eager:
                stream = sources[0]
                if stream.sole and not stream.doubts and stream.in_step(receipt.realm):
                    if not stream.waiting:
                        stream.hungry = inbox
                    elif stream.breaks and not stream.unbroken():
                        pass
                    elif stream.fits(stream.waiting[0], receipt):
                        queue.popleft()
                        self._pair(inbox, receipt, stream, True)
                        continue
                    else:
                        stream.break_step()
            if not self._decide(inbox, receipt, sources):
                break
        if queue and not inbox.watched:
            inbox.watched = True
            self._inboxes.append(inbox)

    def _decide(self, inbox: Inbox, receipt: Receipt, sources: Sequence[Stream]) -> bool:
        """Decide without order, once all is heard that was sent before; return whether anything was decided."""
        if receipt.order >= self.drained or self.pending:
            return False
        blind = self.stalled > 0 or not inbox.decidable()
        if blind and not self.final and self.forced is not receipt:
            return False
        if self.silent and not self.final and not inbox.clear_of(self.silent):
            return False
        found = self._find(receipt, sources, True) or self._find(receipt, sources, False)
        inbox.queue.popleft()
        inbox.rash = inbox.rash or blind
        for source in sources if blind else ():
            source.distrust()  # its sending may be heard later, and must not be taken for that of another
        if found is None:
            self.unpaired(inbox, receipt)
            return True
        stream, at, several = found
        sure = not several and not blind and all(s.trusts(receipt.key) for s in sources)
        alone = len(sources) == 1 and inbox.sole and stream.sole and not (blind or stream.torn or stream.doubts)
        if sure or alone:
            while at and stream.sole:  # what it did not get by now will not come any more
                self._pass_over(stream)
                at -= 1
        else:
            for source in sources:
                source.doubt(receipt.key)
        self._pair(inbox, receipt, stream, sure, at)
        return True

    def _find(self, receipt: Receipt, sources: Sequence[Stream], stepwise: bool) -> tuple[Stream, int, bool] | None:
        """Return the stream and the place of the earliest that fits, and whether others do.

        The earliest, always: so that what really arrived later is never taken away by what arrived before it.
        """
        best: tuple[Stream, int] | None = None
        several = False
        for stream in sources:
            if stepwise and stream.sole and stream.in_step(receipt.realm):
                places = [at for at in stream.next_places() if stream.fits(stream.waiting[at], receipt)]
                at, more = places[0] if places else None, len(places) > 1
            else:
                at = stream.first(receipt)
                more = at is not None and stream.many(receipt)
            if at is None:
                continue
            several = several or more or best is not None
            if best is None or stream.waiting[at].seq < best[0].waiting[best[1]].seq:
                best = stream, at
        return None if best is None else (*best, several)

    def _pair(self, inbox: Inbox, receipt: Receipt, stream: Stream, sure: bool, at: int = 0) -> None:
        sent = stream.take(at)
        if sure and stream.sole:
            stream.keep_step(receipt.realm, sent.seq)
        else:
            stream.break_step()
        sure = sure and stream.sure and not inbox.rash
        pairing = Pairing.EXACT if sure else Pairing.AMBIGUOUS
        event = self.scribe.received(receipt, sent, inbox.channel_of(sent), pairing)
        inbox.paired(stream, sent, receipt.realm, sure)
        if sent.ports and self.carrier is not None:
            self.carrier.arrived(sent, receipt, event.seq, sure)

    def _pass_over(self, stream: Stream) -> None:
        sent = stream.take(0)
        if stream.lossy:
            self.lose(sent, MessageFate.LOST, stream.why)

    def unpaired(self, inbox: Inbox, receipt: Receipt) -> None:
        """Write that a message arrived which nobody was heard to send."""
        ports = self.carrier.foundlings(receipt) if receipt.fact.ports and self.carrier is not None else ()
        sent = self.scribe.inferred(receipt, *inbox.unheard(receipt), ports)
        event = self.scribe.received(receipt, sent, sent.channel, Pairing.UNPAIRED)
        if ports and self.carrier is not None:
            self.carrier.arrived(sent, receipt, event.seq, False)

    def lose(self, sent: MessageSent, fate: MessageFate, why: str) -> None:
        """Write that a message will not arrive; its ports are lost with it."""
        self.scribe.undelivered(sent, fate, why)
        if sent.ports and self.carrier is not None:
            self.carrier.lost(sent, why)

    # ---- what waits ---------------------------------------------------------------------------------------------

    def sent(self, stream: Stream, sent: MessageSent, exact: int) -> None:
        """Take in what was sent, and pair it if it has arrived."""
        if sent.ports and self.carrier is not None:
            self.carrier.departed(sent)
        stream.push(sent, exact)
        if not stream.watched:
            stream.watched = True
            self._streams.append(stream)
        if stream.hungry is not None:
            hungry, stream.hungry = stream.hungry, None
            self.look(hungry)

    def undecided(self) -> int:
        """Return how many messages arrived that are not in the log yet."""
        return sum(len(inbox.queue) for inbox in self._inboxes)

    def look_at_all(self) -> None:
        """Look again at all that arrived and is not decided."""
        for inbox in tuple(self._inboxes):
            self.look(inbox)
        for inbox in self._inboxes:
            inbox.watched = bool(inbox.queue)
        self._inboxes = [inbox for inbox in self._inboxes if inbox.watched]

    def force(self) -> bool:
        """Decide the oldest receipt that holds a context up, though it cannot be certain; return whether there was one."""
        heads = [inbox for inbox in self._inboxes if inbox.queue and inbox.queue[0].fact.ports]
        heads.sort(key=lambda inbox: inbox.queue[0].order)
        before = self.undecided()
        for inbox in heads:
            self.forced = inbox.queue[0]
            self.look(inbox)
            self.forced = None
            if self.undecided() < before:
                return True
        return False

    def fates(self) -> None:
        """Say what became of what waits, where that is known."""
        for stream in tuple(self._streams):
            if stream.waiting:
                for verdict in tuple(stream.verdicts(self.final)):
                    self._judge(stream, verdict.fate, verdict.why, verdict.upto)
        for stream in self._streams:
            stream.watched = bool(stream.waiting)
            if not stream.watched:
                stream.rest()
        self._streams = [stream for stream in self._streams if stream.watched]

    def _judge(self, stream: Stream, fate: MessageFate, why: str, upto: float) -> None:
        waiting = stream.waiting
        if fate is MessageFate.WAITING:
            for sent in waiting:
                if stream.told < sent.seq <= upto:
                    self.scribe.undelivered(sent, fate, why)
            stream.told = max(stream.told, waiting[-1].seq) if waiting else stream.told
            return
        while waiting and waiting[0].seq <= upto:
            self.lose(stream.take(0), fate, why)
