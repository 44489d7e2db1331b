"""A stage for the pairing: contexts, short ways to say what they report, and the log as a transcript."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import msgspec

from swnb.events import Event, MessageReceived, MessageRefused, MessageSent, MessageUndelivered, PortMoved, Surprise
from swnb.probe.fact import Fact
from swnb.probe.facts import Received, Refused, Sent
from swnb.probe.pairing import Pairing, Party

ORIGIN = "http://lab.localhost"
SCRIPT = f"{ORIGIN}/sw.js"

_uids = count(1)


@dataclass(eq=False)
class Actor:
    """A context, as the lab's own would look to the pairing."""

    actor: str
    kind: str = "window"
    url: str = f"{ORIGIN}/"
    origin: str = ORIGIN
    owner: Party | None = None
    epoch: int = 1
    script_url: str = ""
    client_id: str | None = None
    time_origin: float = 0.0
    behind: bool = False
    uid: int = field(default_factory=lambda: next(_uids))


def raw(content: object) -> msgspec.Raw:
    """A payload as an agent would describe it; None is not kept."""
    return msgspec.Raw(b"null" if content is None else json.dumps([content]).encode())


class Stage:
    """Pairing with a log that is a list, and a time that counts facts."""

    def __init__(self) -> None:
        self.log: list[Event] = []
        self.late: dict[int, tuple[int, int]] = {}
        self._t = count(1)
        self.pairing = Pairing(self.append, lambda: 7, self.log.__len__, self.late)
        self._told = 0

    def append(self, event: Event) -> Event:
        self.log.append(event.stamped(len(self.log)))
        return event

    def t(self) -> float:
        return float(next(self._t))

    def open(self, actor: str, kind: str = "window", **given: Any) -> Actor:
        context = Actor(actor, kind, **given)
        if kind == "service":
            context.script_url = context.script_url or SCRIPT
        self.pairing.opened(context)
        return context

    def hear(self, context: Actor, fact: Fact) -> None:
        self.pairing.heard(context, fact, 1)

    def sent(self, context: Actor, channel: tuple[object, ...], content: object, *ports: int, exact: int = 1) -> None:
        digest = "" if content is not None else "d"
        self.hear(context, Sent(self.t(), channel, raw(content), 10, digest, exact, ports))

    def got(
        self,
        context: Actor,
        channel: tuple[object, ...],
        content: object,
        *ports: int,
        source: tuple[object, ...] = (),
        listeners: int = 1,
        failed: int = 0,
    ) -> None:
        digest = "" if content is not None else "d"
        fact = Received(self.t(), channel, raw(content), 10, digest, listeners, ports, source, failed)
        self.hear(context, fact)

    def refuse(self, context: Actor, channel: tuple[object, ...]) -> None:
        self.hear(context, Refused(self.t(), channel, "DataCloneError", "no"))

    def drain(self) -> None:
        """All contexts were asked for all that they knew."""
        self.pairing.settle(self.pairing.moment())

    def final(self) -> None:
        self.pairing.settle(final=True)
        self.check_places()

    def check_places(self) -> None:
        """Whenever messages were written: by their places, those of each context stand in the order in which it told them."""
        told: dict[str, list[tuple[tuple[int, bool, int], float]]] = {}
        for event in self.log:
            if isinstance(event, MessageSent | MessageReceived) and event.t_browser_ms is not None:
                before, turn = self.late.get(event.seq, (-1, 0))
                place = (event.seq, True, 0) if before < 0 else (before, False, turn)
                told.setdefault(event.actor, []).append((place, event.t_browser_ms))
        for actor, messages in told.items():
            times = [time for _, time in sorted(messages)]
            assert times == sorted(times), (actor, sorted(messages))

    def news(self) -> list[str]:
        """What came into the log since this was asked last, as lines."""
        self.check_places()
        events, self._told = self.log[self._told :], len(self.log)
        return [line(event, self.log) for event in events]


def line(event: Event, log: list[Event]) -> str:
    """An event as the line of a transcript."""
    match event:
        case MessageSent():
            said = event.content.decode()[1:-1] or "-"
            ports = f" with {', '.join(event.ports)}" if event.ports else ""
            inferred = "" if event.heard == "heard" else f" ({event.heard})"
            return f"{event.actor or '?'} >> {said}{ports} on {event.channel}{inferred}"
        case MessageReceived():
            sent = log[event.cause] if event.cause is not None else None
            assert isinstance(sent, MessageSent)
            said = (event.content or sent.content).decode()[1:-1] or "-"
            notes = [] if event.pairing == "exact" else [str(event.pairing)]
            notes += ["nobody listened"] if event.listeners == 0 else []
            notes += ["failed"] if event.failed else []
            told = f" ({', '.join(notes)})" if notes else ""
            return f"{event.actor} << {said} of {event.sender or '?'} on {event.channel}{told}"
        case MessageUndelivered():
            sent = log[event.cause] if event.cause is not None else None
            assert isinstance(sent, MessageSent)
            return f"{sent.content.decode()[1:-1] or '-'} {event.fate}: {event.why}"
        case MessageRefused():
            return f"{event.actor} !! {event.name} on {event.channel}"
        case PortMoved():
            return f"{event.port}: {event.former or '.'} -> {event.actor}"
        case Surprise():
            return f"?! {event.actor}: {event.what}"
        case _:
            raise AssertionError(event)
