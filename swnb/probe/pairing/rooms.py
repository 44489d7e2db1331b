"""BroadcastChannels: one message is sent, any number of objects of the same name and origin get it.

An object may have been made just too late for a message, and nobody can tell from outside. So what an object gets of another one
begins anywhere in what that one sent, but from then on nothing is missing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from swnb.events import MessageSent
from swnb.probe.facts import BroadcastMade, Received, Refused, Sent
from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.streams import Inbox, Receipt, Stream
from swnb.vocab import MessageFate, MessageVia

NOBODY = "nobody else has this channel"
ENDED = "those who had this channel ended"
MISSED = "nobody got it"


class RoomStream(Stream):
    """What one object sends, as one other object may get it."""

    __slots__ = ()

    lossy = False

    def rest(self) -> None:
        """Stay: it is in step with its receiver."""


class Member(Inbox):
    """A BroadcastChannel object, and what came to it.

    Attributes
    ----------
    streams
        What it may get, by the object that sends it.
    open, asleep, closed_at
        Whether it can still get something; whether it could, if its context came back; how much was heard when it ended.
    made_at, joined
        How much was heard when it was made; whether all that others say by now is said later than that.
    out
        How its own messages are written.
    """

    __slots__ = ("asleep", "closed_at", "joined", "made_at", "open", "out", "realm", "room", "streams")

    eager = False

    def __init__(self, room: Room, realm: Realm, made_at: int) -> None:
        super().__init__()
        self.room = room
        self.realm = realm
        self.open = True
        self.asleep = False
        self.closed_at = -1
        self.made_at = made_at
        self.joined = False
        self.streams: dict[Member, RoomStream] = {}
        self.out = Stream(MessageVia.BROADCAST, room.channel)

    def sources(self) -> Sequence[Stream] | None:
        """Return what the other objects sent."""
        found = [stream for stream in self.streams.values() if stream.waiting or stream.doubts]
        self.sole = len(found) == 1
        return found

    def paired(self, stream: Stream, sent: MessageSent, realm: Realm, sure: bool) -> None:
        """Somebody got it."""
        self.room.unheard.pop(sent.seq, None)

    def unheard(self, receipt: Receipt) -> tuple[str, MessageVia, str]:
        """Return actor, method and channel of a message that nobody was heard to send."""
        return "", MessageVia.BROADCAST, self.room.channel

    def stream_from(self, sender: Member) -> RoomStream:
        """Return what another object sends, as this one may get it."""
        stream = self.streams.get(sender)
        if stream is None:
            stream = self.streams[sender] = RoomStream(MessageVia.BROADCAST, self.room.channel)
            if not self.joined:
                stream.break_step()
        return stream


class Room:
    """All objects of one name and origin.

    Attributes
    ----------
    recent
        What was sent so lately that an object may be heard of later which got it; with its sender, whether its content is
        exact, and how much was heard.
    unheard
        What nobody got, with whether there was anybody else.
    """

    def __init__(self, name: str) -> None:
        self.channel = f"BroadcastChannel {name!r}"
        self.members: dict[tuple[int, int], Member] = {}
        self.recent: deque[tuple[MessageSent, Member, int, int]] = deque()
        self.unheard: dict[int, tuple[MessageSent, bool]] = {}


class Rooms:
    """All BroadcastChannels."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._rooms: dict[tuple[str, str], Room] = {}
        self._of: dict[tuple[int, int], Member] = {}

    def made(self, realm: Realm, fact: BroadcastMade) -> None:
        """An object was made or closed."""
        key = (realm.order, fact.object)
        if not fact.open:
            member = self._of.get(key)
            if member is not None:
                member.open, member.closed_at = False, self._judge.now
            return
        if key in self._of:
            raise ValueError(f"number {fact.object} is another BroadcastChannel already")
        origin = realm.context.origin
        room = self._rooms.setdefault((origin, fact.name), Room(fact.name))
        member = self._of[key] = room.members[key] = Member(room, realm, self._judge.now)
        for sent, sender, exact, _ in room.recent:
            self._offer(member, sender, sent, exact)

    def _member(self, realm: Realm, channel: tuple[object, ...]) -> Member:
        number = channel[2]
        if not isinstance(number, int):
            raise TypeError(f"{number!r} is no number of a BroadcastChannel")
        member = self._of.get((realm.order, number))
        if member is None:
            self._judge.scribe.surprise(realm.actor, f"BroadcastChannel {number} was never seen to be made")
            self.made(realm, BroadcastMade(0.0, number, str(channel[1]), 1))
            member = self._of[realm.order, number]
        return member

    def sent(self, realm: Realm, fact: Sent, t_mono_ns: int, ports: tuple[str, ...]) -> None:
        """Take in what was posted: every other object may get it."""
        member = self._member(realm, fact.channel)
        room = member.room
        sent = self._judge.scribe.sent(realm, member.out, fact, t_mono_ns, ports)
        room.unheard[sent.seq] = (sent, False)
        for other in room.members.values():
            if other is not member:  # one that is closed may have got it before
                self._offer(other, member, sent, fact.exact)
        room.recent.append((sent, member, fact.exact, self._judge.now))

    def _offer(self, member: Member, sender: Member, sent: MessageSent, exact: int) -> None:
        member.stream_from(sender).push(sent, exact)
        if member.open and sent.seq in member.room.unheard:
            member.room.unheard[sent.seq] = (sent, True)

    def refused(self, realm: Realm, fact: Refused, t_mono_ns: int) -> None:
        """Take in that ``postMessage`` threw."""
        member = self._member(realm, fact.channel)
        self._judge.scribe.refused(realm, MessageVia.BROADCAST, member.room.channel, fact, t_mono_ns)

    def inbox(self, realm: Realm, fact: Received) -> Inbox:
        """Return where a message came to."""
        return self._member(realm, fact.channel)

    def closed(self, realm: Realm) -> None:
        """A context ended, and its objects with it."""
        for member in self._of.values():
            if member.realm is realm and member.open:
                member.open, member.asleep, member.closed_at = False, True, self._judge.now

    def returned(self, realm: Realm) -> None:
        """A context came back, and its objects with it."""
        for member in self._of.values():
            if member.realm is realm and member.asleep:
                member.open, member.asleep = True, False

    def tidy(self) -> None:
        """Say what nobody got, and let go of what is over."""
        for room in self._rooms.values():
            while room.recent and room.recent[0][3] < self._judge.drained:
                sent = room.recent.popleft()[0]
                if sent.seq in room.unheard and not room.unheard[sent.seq][1]:
                    self._lose(room, sent, NOBODY)
            for key, member in tuple(room.members.items()):
                if not (member.open or member.queue) and member.closed_at < self._judge.drained:
                    del room.members[key], self._of[key]
            alone = not any(member.open or member.queue for member in room.members.values())
            if self._judge.final or (alone and not room.recent):
                for sent, _ in tuple(room.unheard.values()):
                    self._lose(room, sent, ENDED if alone else MISSED)
            self._let_go(room)
            for member in room.members.values():
                member.joined = member.joined or member.made_at < self._judge.drained
        self._rooms = {key: room for key, room in self._rooms.items() if room.members}

    @staticmethod
    def _let_go(room: Room) -> None:
        """Forget what those sent who are no more, once all of it was got."""
        for member in room.members.values():
            for sender, stream in tuple(member.streams.items()):
                if sender not in room.members.values() and not stream.waiting:
                    del member.streams[sender]

    def _lose(self, room: Room, sent: MessageSent, why: str) -> None:
        del room.unheard[sent.seq]
        self._judge.lose(sent, MessageFate.GONE if why is ENDED else MessageFate.LOST, why)
