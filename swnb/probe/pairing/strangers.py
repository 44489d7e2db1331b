"""Ports that came somewhere without a message that says which they are.

A dedicated worker, a shared worker and its ``connect`` event, and ``window.postMessage`` bring an end of a channel of which the
other side was heard as well; but no fact says that they belong together. They are told by where they were made, and by what went
through them: what arrived first at the one is what waits first at the other. Where one end alone is left, that is proven, once all
is heard that was said before.

A port that came by a window need not be of the one who sent it last: it may have gone through others, unheard and unused, or used,
and may have come back to where it was made. So all ends count of all on such a way, and nothing is proven while what waits may be
what one of them had read.
"""

from __future__ import annotations

from collections.abc import Iterator

from swnb.probe.facts import Received, Sent
from swnb.probe.pairing.ends import End, Unknown
from swnb.probe.pairing.evidence import alike, hidden, origins, receipt_of, sent_away, suits, used_before
from swnb.probe.pairing.ports import Channels
from swnb.vocab import MessageVia

PATIENCE = 8
"""After how many quiet moments the first end that may be meant is taken."""


class Strangers:
    """Finds out which ports they are.

    Parameters
    ----------
    channels
        All ends.
    """

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    @property
    def unsettled(self) -> int:
        """How many facts wait for it."""
        return sum(len(unknown.facts) for unknown in self._channels.unknown)

    def find(self, patient: bool) -> None:
        """Look at each port that nobody knows.

        Parameters
        ----------
        patient
            Whether to count that it was in vain.
        """
        judge = self._channels.judge
        known = [u for u in self._channels.unknown if u.order < judge.drained and _wanted(u, judge.guessing)]
        for unknown in known:
            if not (judge.pending or (judge.stalled and self._held_back(unknown))):
                self._prove(unknown)
        if not (judge.pending or judge.stalled):
            self._by_answers()
        for unknown in known:
            if _open(unknown) and not judge.pending and self._guess(unknown, patient):
                break
        self._channels.unknown = [unknown for unknown in self._channels.unknown if _open(unknown)]
        if judge.guessing or not any(unknown.kind == "owner" for unknown in self._channels.unknown):
            self._drop_terminated()

    def _prove(self, unknown: Unknown) -> None:
        """Place a port where one end alone can be meant."""
        judge = self._channels.judge
        _, before = origins(unknown)
        if any(other.kind == "carried" for other in before):  # which may be an end that nobody is known to hold
            return
        able = [end for end in self._candidates(unknown) if suits(end, unknown, before, judge.drained) is not False]
        if len(able) != 1 or (unknown.kind == "window" and not suits(able[0], unknown, before, judge.drained)):
            return
        if unknown.kind == "owner" or not self._rival(unknown, able[0]):
            self._settle(unknown, able[0], True)

    def _rival(self, unknown: Unknown, end: End) -> bool:
        """Whether what went through a port may have been sent by another one that nobody knows, or that was guessed."""
        receipts = [receipt_of(unknown, held) for held in unknown.facts if isinstance(held[1], Received)][:1]
        receipts += list(end.peer.inbox.queue)[:1] if end.peer.inbox is not None else []
        if not receipts:
            return False
        for realm in self._channels.realms.values():
            for other in realm.ends.values():
                if isinstance(other, Unknown) and other is not unknown:
                    sent = (fact for _, fact, _ in other.facts if isinstance(fact, Sent))
                    if any(alike(fact, receipt) for fact in sent for receipt in receipts):
                        return True
                elif isinstance(other, End) and not other.sure and other.out is not None:
                    out = other.out
                    if any(out.first(receipt) is not None for receipt in receipts):
                        return True
        return False

    def _held_back(self, unknown: Unknown) -> bool:
        """Whether a context has said what is not understood yet, and may have made another end that can be meant."""
        makers = self._channels.realms.values()
        if unknown.kind == "owner":
            return any(realm.backlog is not None and realm.context is unknown.realm.context.owner for realm in makers)
        return any(realm.backlog is not None for realm in makers)

    def _guess(self, unknown: Unknown, patient: bool) -> bool:
        """Take the first end that may be meant, where it could not be told for long; return whether that was done."""
        judge = self._channels.judge
        there = list(self._candidates(unknown))
        unheard = not there and not judge.stalled and unknown.kind != "window"
        urgent = judge.guessing or _holds_up(unknown)
        if not unknown.facts and not urgent:
            return False
        unknown.patience += patient
        if not (unheard or unknown.patience > PATIENCE or urgent):
            return False
        realms, before = origins(unknown)
        able = [end for end in there if suits(end, unknown, before, judge.drained) is not False]
        if unknown.kind == "window":
            able = [end for end in able if suits(end, unknown, before, judge.drained)] or self._usual(unknown)
        for end in (*there, *able):  # whichever is taken, each of them may be it as well
            end.doubt()
        for realm in realms:
            for held in realm.ends.values():
                if isinstance(held, End) or (isinstance(held, Unknown) and held is not unknown):
                    held.stray = True
        self._settle(unknown, able[0] if able else self._channels.foundling(unknown.realm), False)
        return True

    @staticmethod
    def _usual(unknown: Unknown) -> list[End]:
        """Return the port that is usually given away by a window: the second one of its last channel, of which it used none."""
        if unknown.kind == "window" and len(unknown.senders) == 1:
            for end in reversed(unknown.senders[0].ends.values()):
                if isinstance(end, End) and end.name.endswith("b") and not end.used:
                    return [end] if end.peer.holder is end.holder and not end.peer.used else []
        return []

    def _by_answers(self) -> None:
        """Look at it from the other side: what arrived at an end, and nobody sent, was sent by a port that nobody knows."""
        judge = self._channels.judge
        senders: dict[int, tuple[End, list[Unknown]]] = {}
        for unknown in self._channels.unknown:
            sent = next((f for _, f, _ in unknown.facts if isinstance(f, Sent)), None)
            if sent is None or not _open(unknown):
                continue
            for end in self._candidates(unknown):
                if end.peer.inbox is None or not end.peer.inbox.queue or (end.out is not None and end.out.waiting):
                    continue
                if not (end.sure and end.peer.sure):
                    continue
                arrived = end.peer.inbox.queue[0]
                if arrived.order < judge.drained and alike(sent, arrived):
                    senders.setdefault(id(end), (end, []))[1].append(unknown)
        for end, able in senders.values():
            if len(able) != 1 or judge.pending or not _open(able[0]) or self._left(end):
                continue
            if not used_before(end, origins(able[0])[1], judge.drained):
                self._settle(able[0], end, True)

    def _left(self, end: End) -> bool:
        """Whether an end may have been sent away through a port that nobody knows: it may be used where nobody looks for it."""
        if end.holder is not None and any(end.holder.ends.get(slot) is end for slot in sent_away(end.holder)):
            return True
        away = {realm: sent_away(realm) for realm in {unknown.realm for unknown in self._channels.unknown}}
        left = (unknown for unknown in self._channels.unknown if unknown.slot in away[unknown.realm])
        return any(end is able for unknown in left for able in self._candidates(unknown))

    def _settle(self, unknown: Unknown, end: End, sure: bool) -> None:
        if end in self._channels.unplaced:
            self._channels.unplaced.remove(end)
        former = end.holder
        sure = sure and not end.stray
        if former is not None:
            slot = next(slot for slot, held in former.ends.items() if held is end)
            former.ends[slot] = end.name
            if not (sure and end.sure):  # it may be there all the same, and go on being used
                self._channels.hold(former, slot, self._channels.foundling(former))
        if unknown.kind == "owner":
            end.via = MessageVia.OWNER
        came_from = end.maker.actor if former is None and not end.unseen else "" if former is None else former.actor
        t_mono_ns = unknown.facts[0][2] if unknown.facts else 0
        self._channels.place(unknown.realm, unknown.slot, end, came_from, unknown.cause, sure, t_mono_ns)

    def _candidates(self, unknown: Unknown) -> Iterator[End]:
        """Yield the ends that may be meant, by where they were made."""
        context = unknown.realm.context
        if unknown.kind == "window":
            for realm in origins(unknown)[0]:
                for end in realm.ends.values():
                    if (
                        isinstance(end, End)
                        and end.via is MessageVia.PORT
                        and (end.peer.expects or end.stray or not end.sure or hidden(end.peer))
                    ):
                        yield end
            return
        for end in self._channels.unplaced:
            maker = end.maker.context
            if unknown.kind == "owner":
                if end.via is MessageVia.OWNER and maker is context.owner and _same(end.url, context.url):
                    yield end
            elif end.via is MessageVia.PORT and maker.origin == context.origin and _same(end.url, context.url):
                yield end

    def _drop_terminated(self) -> None:
        """Forget the workers that were terminated before anything was heard of them."""
        kept = []
        for end in self._channels.unplaced:
            if end.peer.dead is not None and end.via is MessageVia.OWNER:
                end.dead = end.peer.dead
            else:
                kept.append(end)
        self._channels.unplaced = kept


def _holds_up(unknown: Unknown) -> bool:
    """Whether a context waits to know it, because it sent it on."""
    return unknown.realm.backlog is not None and unknown.realm.stalled[1] == unknown.slot


def _wanted(unknown: Unknown, guessing: bool) -> bool:
    """Whether anything depends on knowing which it is."""
    return bool(unknown.facts) or unknown.kind != "window" or guessing or _holds_up(unknown)


def _open(unknown: Unknown) -> bool:
    """Whether nobody knows yet which it is."""
    return unknown.realm.ends.get(unknown.slot) is unknown


def _same(made: str, url: str) -> bool:
    """Whether a script's URL may be that which a worker object was made with, which may be relative."""
    return made == url or ("://" not in made and not made.startswith("blob:") and url.endswith(made.lstrip("./")))
