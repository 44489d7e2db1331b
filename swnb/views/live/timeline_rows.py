"""Rows of the timeline as a front end is told them: one for each event or verb that a sequence diagram shows.

A row is a list of eight: `seq` (-1 for a verb), one letter for what it is, the lane, milliseconds since the first row, the row
that it follows from (-1: none), the other lane (-1: none), a text, and what only this kind has. Letters: ``s`` sent,
``r`` received, ``u`` undelivered, ``x`` refused, ``b`` a client began, ``e`` ended, ``c`` controlled, ``l`` released,
``h`` controllerchange, ``w`` state of a worker, ``n`` running, ``f`` failed, ``a`` call, ``d`` notification shown, ``i`` clicked by
the lab, ``k`` heard by a script, ``p`` push or sync, ``v`` verb.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable
from sys import maxsize
from typing import Any

import msgspec

from swnb import events as e
from swnb.log import Log, Mark
from swnb.text import STARTED_NS, whole_pairs
from swnb.views.clock import wall_ms
from swnb.views.live.lanes import Lanes

Row = tuple[Any, ...]

WHOLE = 240
"""Bytes of a payload's wire up to which it is told at once; of a longer one its beginning, and the rest when it is asked for."""

TEXT = 300
"""Characters of any other text."""

CALLS = ("clients.claim", "clients.openWindow", "skipWaiting", "registration.showNotification", "focus", "navigate")
"""Calls that are shown: those that change something for others."""

SHOWN: frozenset[type[e.Event]] = frozenset(
    {
        e.MessageSent,
        e.MessageReceived,
        e.MessageUndelivered,
        e.MessageRefused,
        e.ClientAppeared,
        e.ClientGone,
        e.ClientControlled,
        e.ClientReleased,
        e.ControllerChange,
        e.WorkerStateChanged,
        e.WorkerRunningChanged,
        e.WorkerFailed,
        e.CallMade,
        e.NotificationShown,
        e.NotificationInvoked,
        e.NotificationClicked,
        e.PushReceived,
        e.SyncReceived,
    }
)


class TimelineRows:
    """What a timeline shows of a log. Rows are numbered from 0 and stay as they are; each is made when it is asked for.

    Attributes
    ----------
    lanes
        One for each actor.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._seen = 0
        self._acts = 0
        self._keys = array("q")  # 2 × seq + 1 of an event, 2 × seq of a verb before it: ascending
        self._verbs: dict[int, int] = {}
        self._asked: dict[int, int] = {}  # port → the row of the message that carried its end
        self._begin_ms: float | None = None
        self.lanes = Lanes()
        self._tell: dict[type[e.Event], Callable[[Any], Row]] = {
            e.MessageSent: self._sent,
            e.MessageReceived: self._received,
            e.MessageUndelivered: lambda x: self._row(x, "u", x.fate, clipped(x.why), lane=self._of_cause(x.cause)),
            e.MessageRefused: lambda x: self._row(x, "x", clipped(f"{x.name}: {x.message}")),
            e.ClientAppeared: lambda x: self._row(x, "b", clipped(x.url), x.client),
            e.ClientGone: lambda x: self._row(x, "e", "", x.client),
            e.ClientControlled: lambda x: self._row(x, "c", x.reason, x.client, other=self.lanes.of(x.worker)),
            e.ClientReleased: lambda x: self._row(x, "l", "", x.client, other=self.lanes.of(x.worker)),
            e.ControllerChange: lambda x: self._row(x, "h", clipped(x.script_url or ""), x.state or ""),
            e.WorkerStateChanged: lambda x: self._row(x, "w", x.state),
            e.WorkerRunningChanged: lambda x: self._row(x, "n", x.running, [x.epoch, clipped(x.reason)]),
            e.WorkerFailed: lambda x: self._row(x, "f", clipped(x.message)),
            e.CallMade: lambda x: self._row(x, "a", clipped(x.function)),
            e.NotificationShown: lambda x: self._row(x, "d", clipped(x.title)),
            e.NotificationInvoked: lambda x: self._row(x, "i", clipped(x.title), clipped(x.action), lane=0),
            e.NotificationClicked: lambda x: self._row(x, "k", clipped(x.title), clipped(x.action)),
            e.PushReceived: lambda x: self._row(x, "p", clipped(x.text or ""), "push"),
            e.SyncReceived: lambda x: self._row(x, "p", clipped(x.tag), "sync"),
        }

    def __len__(self) -> int:
        return len(self._keys)

    # ---- taking in ----------------------------------------------------------------------------------------------

    def look(self) -> int:
        """Take in what the log has got since; return how many rows there are."""
        log, keys, lanes = self._log, self._keys, self.lanes
        seq, acts, known = self._seen, log.acts, lanes.actors
        next_act = acts[self._acts].seq if self._acts < len(acts) else maxsize
        for event in log.since(Mark(seq)):
            while next_act <= seq:
                self._take_act()
                next_act = acts[self._acts].seq if self._acts < len(acts) else maxsize
            kind = type(event)
            if kind is e.MessageReceived:
                if event.actor not in known or event.sender not in known:  # type: ignore[attr-defined]
                    lanes.take(event, len(keys))
                keys.append(2 * seq + 1)
            elif kind in SHOWN and (kind is not e.CallMade or event.function.endswith(CALLS)):  # type: ignore[attr-defined]
                lanes.take(event, len(keys))
                if kind is e.MessageSent and event.ports:  # type: ignore[attr-defined]
                    for port in event.ports:  # type: ignore[attr-defined]
                        self._asked.setdefault(port_number(port), len(keys))
                keys.append(2 * seq + 1)
            seq += 1
        self._seen = seq
        while self._acts < len(acts) and acts[self._acts].seq <= seq:
            self._take_act()
        return len(keys)

    def _take_act(self) -> None:
        act = self._log.acts[self._acts]
        if act.verb not in ("", "notification"):  # that of a notification is an event, too
            self.lanes.notebook(len(self._keys))
            self._verbs[len(self._keys)] = self._acts
            self._keys.append(2 * act.seq)
        self._acts += 1

    def row_of(self, seq: int | None) -> int:
        """Return the row of an event; -1 where it has none."""
        if seq is None:
            return -1
        at = bisect_left(self._keys, 2 * seq + 1)
        return at if at < len(self._keys) and self._keys[at] == 2 * seq + 1 else -1

    # ---- telling ------------------------------------------------------------------------------------------------

    def packed(self, first: int, last: int) -> bytes:
        """Return the rows from `first` to before `last` as JSON."""
        return msgspec.json.encode([self.made(at) for at in range(first, last)])

    def made(self, at: int) -> Row:
        """Return one row."""
        verb = self._verbs.get(at)
        if verb is not None:
            act = self._log.acts[verb]
            of = self.lanes.known(act.of) if act.of else -1
            return (-1, "v", 0, self._since((act.t_mono_ns + STARTED_NS) / 1e6), -1, of, clipped(act.verb), act.of)
        event = self._log[self._keys[at] >> 1]
        return self._tell[type(event)](event)

    def _since(self, when_ms: float) -> float:
        if self._begin_ms is None:
            verb = self._verbs.get(0)
            if verb is None:
                self._begin_ms = wall_ms(self._log[self._keys[0] >> 1])
            else:
                self._begin_ms = (self._log.acts[verb].t_mono_ns + STARTED_NS) / 1e6
        return round(when_ms - self._begin_ms, 3)

    def _row(
        self, event: e.Event, letter: str, text: str = "", more: object = 0, lane: int | None = None, other: int = -1
    ) -> Row:
        lane = self.lanes.of(event.actor) if lane is None else lane
        return (event.seq, letter, lane, self._since(wall_ms(event)), self.row_of(event.cause), other, text, more)

    def _of_cause(self, cause: int | None) -> int:
        """Return the lane where a message was meant to arrive."""
        sent = self._log[cause] if cause is not None else None
        if not isinstance(sent, e.MessageSent):
            return self.lanes.of("")
        return self.lanes.of(sent.to or sent.actor)

    def _sent(self, event: e.MessageSent) -> Row:
        to = self.lanes.of(event.to) if event.to else -1
        channel, text = channel_of(event.channel), wire(event)
        more: Any = 0
        if channel or event.ports:
            asked = self._asked.get(channel, -1) if isinstance(channel, int) else -1
            more = [channel, asked, [port_number(port) for port in event.ports]]
        when = self._since(wall_ms(event))
        return (event.seq, "s", self.lanes.of(event.actor), when, self.row_of(event.cause), to, text, more)

    def _received(self, event: e.MessageReceived) -> Row:
        said = ["messageerror"] if event.failed else []
        said += ["unheard"] if event.listeners == 0 else []
        said += [event.pairing] if event.pairing != "exact" else []
        other = self.lanes.of(event.sender) if event.sender else -1
        return (
            event.seq,
            "r",
            self.lanes.of(event.actor),
            self._since(wall_ms(event)),
            self.row_of(event.cause),
            other,
            wire(event) if event.content else 0,
            said or 0,
        )


def clipped(text: str) -> str:
    """Return a text that can be sent, and is not long."""
    text = text if len(text) <= TEXT else f"{text[:TEXT]}…"
    return whole_pairs(text)


def wire(payload: e.Payload) -> object:
    """Return what is told of a payload at once: its wire; the beginning of a long one, as text; its size where it was not kept."""
    content = payload.content
    if not content:
        return payload.size
    return msgspec.Raw(content) if len(content) <= WHOLE else content[:WHOLE].decode("utf-8", "ignore")


def port_number(port: str) -> int:
    """Return the number in ``port 3`` or ``port 3b``."""
    return int("".join(c for c in port if c.isdigit()) or 0)


def channel_of(channel: str) -> int | str:
    """Return the number of a port, the name of a BroadcastChannel, 0 for everything else."""
    if channel.startswith("port "):
        return port_number(channel)
    return clipped(channel) if channel.startswith("BroadcastChannel") else 0
