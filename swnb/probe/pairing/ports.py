"""Ports over contexts: which number in which context is which end of which channel.

Numbers are of one context alone. A pair is made in one context, where its two numbers are told together. A port that stands at
place i of the transfer list of a message is the one that stands at place i of what arrived. What a context says of a number
before that pair is found waits with the number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

from swnb.events import MessageSent
from swnb.probe.fact import Fact
from swnb.probe.facts import Connected, Ports, Refused, Sent, Terminated, WorkerMade
from swnb.probe.pairing.ends import End, Unknown, pair
from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.streams import Inbox, Receipt
from swnb.vocab import MessageFate, MessageVia

CLOSED = "the port was closed"
OWNER = 0
"""The slot of a dedicated worker's own end."""


class Channels:
    """All pairs of ends.

    Parameters
    ----------
    later
        Called with a context, and with facts of it that can be understood now.

    Attributes
    ----------
    unplaced
        Ends of workers' channels that nobody was seen to hold, oldest first.
    unknown
        Ports that came somewhere without a message that could be paired.
    """

    def __init__(self, judge: Judge, realms: Mapping[int, Realm], later: Callable[[Realm, Unknown], None]) -> None:
        self.judge = judge
        self.realms = realms
        self._later = later
        self._pairs = count(1)
        self.unplaced: list[End] = []
        self.unknown: list[Unknown] = []
        self._moving: dict[int, list[End]] = {}
        self._found: list[End] = []
        self._leaving: tuple[Realm, tuple[int, ...], list[End]] | None = None
        self._ended: list[Realm] = []

    # ---- pairs --------------------------------------------------------------------------------------------------

    def _new_pair(self, realm: Realm) -> tuple[End, End]:
        number = next(self._pairs)
        one, other = (End(f"port {number}{letter}", MessageVia.PORT, realm) for letter in "ab")
        pair(one, other)
        return one, other

    def _free(self, realm: Realm, slot: int) -> None:
        if slot in realm.ends:
            raise ValueError(f"number {slot} is another port already")

    def hold(self, realm: Realm, slot: int, end: End) -> None:
        """Let a context have an end under a number."""
        realm.ends[slot] = end
        end.holder = realm

    def made(self, realm: Realm, fact: Ports, t_mono_ns: int) -> None:
        """A MessageChannel was made."""
        self._free(realm, fact.one)
        self._free(realm, fact.other)
        if fact.one == fact.other or min(fact.one, fact.other) < 1:
            raise ValueError("two ports with one number")
        for slot, end in zip((fact.one, fact.other), self._new_pair(realm), strict=True):
            self.hold(realm, slot, end)
            self.judge.scribe.moved(realm, end.name, "", None, t_mono_ns)

    def worker_made(self, realm: Realm, fact: WorkerMade, t_mono_ns: int) -> None:
        """A Worker or SharedWorker object was made; who is at its other end is to be found out."""
        if fact.kind == "shared":
            self._free(realm, fact.port)
            outside, inside = self._new_pair(realm)
            self.hold(realm, fact.port, outside)
            self.judge.scribe.moved(realm, outside.name, "", None, t_mono_ns)
        else:
            self._free(realm, -fact.worker)
            outside = End("its owner", MessageVia.WORKER, realm)
            inside = End(f"worker {fact.worker}", MessageVia.OWNER, realm)
            pair(outside, inside)
            self.hold(realm, -fact.worker, outside)
        inside.url, inside.label = fact.url, fact.name
        self.unplaced.append(inside)

    def opened(self, realm: Realm) -> None:
        """A context appeared. A dedicated worker begins with an end of its own."""
        if realm.context.kind == "dedicated":
            self._expect(realm, OWNER, "owner")

    def connected(self, realm: Realm, fact: Connected) -> None:
        """A shared worker got a port."""
        self._free(realm, fact.port)
        self._expect(realm, fact.port, "connect")

    def _expect(self, realm: Realm, slot: int, kind: str) -> Unknown:
        unknown = Unknown(realm, slot, kind, self.judge.now)
        realm.ends[slot] = unknown
        if kind != "carried":
            self.unknown.append(unknown)
        return unknown

    def foundling(self, realm: Realm) -> End:
        """Make an end whose other one nobody has seen."""
        end, other = self._new_pair(realm)
        end.sure = False
        other.unseen = True
        return end

    # ---- facts --------------------------------------------------------------------------------------------------

    def end(self, realm: Realm, channel: tuple[object, ...], fact: Fact, t_mono_ns: int, order: int) -> End | None:
        """Return which end a fact is about; None where that is not known yet, and the fact waits."""
        number = channel[1] if channel[0] == "pt" else None
        slot = number if type(number) is int and number > 0 else _slot(channel)
        end = realm.ends.get(slot)
        if type(end) is End:
            return end
        if isinstance(end, Unknown):
            end.facts.append((order, fact, t_mono_ns))
            return None
        if end is None:
            if channel[0] != "pt":  # a port may come by what nobody listens to: `AudioWorkletNode.port`
                self.judge.scribe.surprise(realm.actor, f"{channel[0]} {abs(slot)} was never seen to be made")
            end = self.foundling(realm)
            self.hold(realm, slot, end)
        if isinstance(end, str):  # gone from here: its context may go on posting to it, and nothing happens
            gone, _ = self._new_pair(realm)
            gone.name, gone.dead = end, "the port was not here any more"
            return gone
        return end

    def sent(self, end: End, realm: Realm, fact: Sent, t_mono_ns: int, ports: tuple[str, ...]) -> None:
        """Take in what was posted to an end."""
        end.used = True
        stream = end.stream()
        stream.address()
        sent = self.judge.scribe.sent(realm, stream, fact, t_mono_ns, ports)
        if end.dead is not None:
            self.departed(sent)
            self.judge.lose(sent, MessageFate.GONE, end.dead)
        else:
            self.judge.sent(stream, sent, fact.exact)

    def refused(self, end: End, realm: Realm, fact: Refused, t_mono_ns: int) -> None:
        """Take in that ``postMessage`` threw."""
        stream = end.stream()
        stream.address()
        self.judge.scribe.refused(realm, stream.via, stream.channel, fact, t_mono_ns)

    def inbox(self, end: End) -> Inbox:
        """Return where a message came to."""
        end.used = True
        return end.arrivals()

    def port_closed(self, end: End) -> None:
        """``close()`` was called."""
        end.dead = end.dead or CLOSED

    def terminated(self, realm: Realm, fact: Terminated) -> None:
        """``terminate()`` was called: nothing comes from the worker any more, and nothing is sent to it."""
        end = realm.ends.get(-fact.worker)
        if isinstance(end, End):
            end.dead = end.dead or "the worker was terminated"

    # ---- moving -------------------------------------------------------------------------------------------------

    def leaving(self, realm: Realm, numbers: tuple[int, ...]) -> tuple[str, ...] | int:
        """Return the names of the ends that a context sends away; the number of the first that nobody knows yet."""
        ends: list[End] = []
        for slot in numbers:
            end = realm.ends.get(slot)
            if isinstance(end, Unknown):
                return slot
            if not isinstance(end, End):
                self.judge.scribe.surprise(realm.actor, f"port {slot} was sent away, and was not here")
                end = self.foundling(realm)
            ends.append(end)
        self._leaving = realm, numbers, ends
        return tuple(end.name for end in ends)

    def departed(self, sent: MessageSent) -> None:
        """Let the ports that were found to be leaving go with a message."""
        if self._leaving is None:
            return
        realm, numbers, ends = self._leaving
        self._leaving = None
        for slot, end in zip(numbers, ends, strict=True):
            realm.ends[slot] = end.name
            end.holder = None
            end.moving = sent.seq
        self._moving[sent.seq] = ends

    def coming(self, realm: Realm, numbers: tuple[int, ...]) -> None:
        """Ports came with a message that is to be paired."""
        for slot in numbers:
            known = realm.ends.get(slot)
            if known is None:
                self._expect(realm, slot, "carried")
            elif not (isinstance(known, Unknown) and known.kind == "carried"):
                self.judge.scribe.surprise(realm.actor, f"number {slot} is another port already")

    def strange(self, realm: Realm, numbers: tuple[int, ...], senders: list[Realm], cause: int) -> None:
        """Ports came by ``window.postMessage``, whose sending nobody hears."""
        for slot in numbers:
            self._free(realm, slot)
            unknown = self._expect(realm, slot, "window")
            unknown.cause = cause
            unknown.senders = senders
            for sender in senders:
                sender.strangers += 1

    def foundlings(self, receipt: Receipt) -> tuple[str, ...]:
        """Return names for the ports of a message that nobody was heard to send."""
        self._found = [self.foundling(receipt.realm) for _ in receipt.fact.ports]
        return tuple(end.name for end in self._found)

    def arrived(self, sent: MessageSent, receipt: Receipt, seq: int, sure: bool) -> None:
        """A message was paired that carried ports."""
        ends = self._moving.pop(sent.seq, None) or self._found
        self._found = []
        for slot, end in zip(receipt.fact.ports, ends, strict=False):
            self.place(receipt.realm, slot, end, sent.actor, seq, sure, receipt.t_mono_ns)

    def place(
        self, realm: Realm, slot: int, end: End, former: str, cause: int | None, sure: bool, t_mono_ns: int
    ) -> None:
        """It is known which end a context holds under a number."""
        unknown = realm.ends.get(slot)
        end.moving = -1
        if unknown is not None and not isinstance(unknown, Unknown):  # its context ended before, and did not wait
            end.doubt()
            end.unseen = True
            return
        self.hold(realm, slot, end)
        end.unseen = False
        if not sure or (isinstance(unknown, Unknown) and unknown.stray):
            end.doubt()
        if end.via is MessageVia.PORT:
            self.judge.scribe.moved(realm, end.name, former, cause, t_mono_ns, end.sure)
        if isinstance(unknown, Unknown):
            for sender in unknown.senders:
                sender.strangers -= 1
            self._later(realm, unknown)
        if realm.ended is not None:
            self._ended.append(realm)

    def give_up(self, realm: Realm) -> None:
        """A context ended, and waits no more to know which port it sent away."""
        self.place(realm, realm.stalled[1], self.foundling(realm), "", None, False, 0)

    def lost(self, sent: MessageSent, why: str) -> None:
        """A message that carried ports will not arrive."""
        for end in self._moving.pop(sent.seq, ()):
            end.moving = -1
            end.dead = end.dead or f"the message that carried the port did not arrive: {why}"

    def closed(self, realm: Realm) -> None:
        """A context ended, and its ports with it."""
        self._ended.append(realm)

    def returned(self, realm: Realm) -> None:
        """A context came back, and its ports with it."""
        self._ended = [other for other in self._ended if other is not realm]
        for end in realm.ends.values():
            if isinstance(end, End) and end.dead == realm.ended:
                end.dead = None

    def bury(self) -> None:
        """Let the ends go that ended contexts held, unless one of them may have gone elsewhere unheard."""
        for realm in self._ended:
            if not realm.strangers or self.judge.final:
                for end in realm.ends.values():
                    if isinstance(end, End):
                        end.dead = end.dead or realm.ended or CLOSED
        self._ended = [realm for realm in self._ended if realm.strangers]


def _slot(channel: tuple[object, ...]) -> int:
    """Return under which number a context knows an end."""
    if channel[0] == "ow":
        return OWNER
    number = channel[1]
    if not isinstance(number, int) or number < 1:
        raise ValueError(f"{number!r} is no number of a port")
    return number if channel[0] == "pt" else -number
