"""Channels: who talks by them, and how many messages went, came and were lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from swnb.events import MessageReceived, MessageSent, MessageUndelivered, PortMoved
from swnb.vocab import MessageFate, MessageVia

from .rows import ChannelRow
from .views import View


class _Channel:
    """Counts of one channel, which change with each message; a row is made of them when somebody looks."""

    __slots__ = ("held", "holders", "last", "lost", "name", "received", "seen", "sent", "via")

    def __init__(self, name: str) -> None:
        self.name = name
        self.via: MessageVia | None = None
        self.seen: dict[str, None] = {"": None}  # nobody in particular: of a broadcast
        self.holders: dict[str, str] = {}
        self.held: set[int] = set()
        self.sent = self.received = self.lost = 0
        self.last: MessageSent | MessageReceived | None = None

    @property
    def row(self) -> ChannelRow:
        """The channel as it is now."""
        ends = tuple(self.holders.values()) or tuple(actor for actor in self.seen if actor)
        counts = (self.sent, self.received, self.lost, len(self.held))
        return ChannelRow(self.name, self.via, ends, *counts, self.last)


class Channels(View[ChannelRow]):
    """Channels by name, as `Message.channel` has it."""

    what = "channels"
    one = "channel"
    headings = ("channel", "via", "ends", "sent", "received", "lost", "waiting", "last")

    def __init__(self) -> None:
        super().__init__()
        self._channels: dict[str, _Channel] = {}

    # ---- for the fold -------------------------------------------------------------------------------------------

    def sent(self, event: MessageSent) -> None:
        """A message went."""
        channel = self._channels.get(event.channel) or self._new(event.channel)
        channel.sent += 1
        channel.last = event
        if event.actor not in channel.seen or event.to not in channel.seen:
            self._join(channel, event, event.actor, event.to)

    def received(self, event: MessageReceived) -> None:
        """A message came."""
        channel = self._channels.get(event.channel) or self._new(event.channel)
        channel.received += 1
        channel.last = event
        if channel.held and event.cause is not None:
            channel.held.discard(event.cause)
        if event.actor not in channel.seen or event.sender not in channel.seen:
            self._join(channel, event, event.sender, event.actor)

    def undelivered(self, event: MessageUndelivered) -> None:
        """A message is held up, or will not come any more."""
        channel = self._channels.get(event.channel) or self._new(event.channel)
        place = event.seq if event.cause is None else event.cause
        if event.fate is MessageFate.WAITING:
            channel.held.add(place)
        else:
            channel.held.discard(place)
            channel.lost += 1

    def moved(self, event: PortMoved) -> None:
        """An end of a pair of ports came to somebody: ``port 3a`` is one of the channel ``port 3``."""
        name = event.port[:-1] if event.port[-1:] in ("a", "b") else event.port
        channel = self._channels.get(name) or self._new(name)
        channel.holders[event.port] = event.actor

    def _new(self, name: str) -> _Channel:
        channel = self._channels[name] = _Channel(name)
        return channel

    @staticmethod
    def _join(channel: _Channel, event: MessageSent | MessageReceived, *actors: str) -> None:
        channel.via = channel.via or event.via
        for actor in actors:
            channel.seen[actor] = None

    # ---- for readers --------------------------------------------------------------------------------------------

    @property
    def all(self) -> tuple[ChannelRow, ...]:
        """All channels; they have no end that could be seen."""
        return tuple(channel.row for channel in tuple(self._channels.values()))

    def __iter__(self) -> Iterator[ChannelRow]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self._channels)

    def _find(self, key: str) -> ChannelRow | None:
        channel = self._channels.get(key)
        return None if channel is None else channel.row

    def _names(self) -> Iterable[str]:
        return tuple(self._channels)
