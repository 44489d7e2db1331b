"""The objects of a lab as plain values, as a recording keeps them: a window is its name, a client its label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec

from swnb import values
from swnb.clients.data import ClientData, ClientList
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker
from swnb.events import ClientIdentified, Event
from swnb.lab.notification_outcome import Outcome
from swnb.lab.parcels import Delivery
from swnb.lab.windows import AsyncWindow
from swnb.log import Mark
from swnb.messages.message import Message
from swnb.text import short

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

MAX_RESULT: Final = 4 << 20
"""Largest result that is kept whole, in bytes of JSON; of a larger one it is its digest."""

Wire = list[Any]


class Teller:
    """Says what the objects of one lab are.

    Parameters
    ----------
    lab
        Whose they are.
    """

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab
        self._clients: dict[str, str] = {}
        self._seen = 0
        self._ends: list[int] = []
        self._marks: dict[int, tuple[Mark, int]] = {}
        self._kinds: tuple[tuple[type, Callable[[Any], object]], ...] = (
            (AsyncWindow, lambda window: window.name),
            (AsyncServiceWorker, self.worker),
            (AsyncServiceWorkerRegistration, lambda one: {"scope": one.scope, "updateViaCache": one.update_via_cache}),
            (ClientData, self._client),
            (Mark, lambda mark: {"after": self._after(mark)}),
            (Event, lambda event: {"kind": event.kind, "actor": event.actor}),
            (Message, lambda message: {"sender": message.from_actor, "receiver": message.to_actor}),
            (Delivery, lambda delivery: {"type": delivery.type, "worker": delivery.worker, "failed": delivery.failed}),
            (Outcome, lambda outcome: {"asked": outcome.asked, "type": outcome.type, "failed": outcome.failed}),
        )

    def ended(self, seq: int) -> None:
        """A command ended, before event `seq` of the log: a mark is known by how many did before it."""
        self._ends.append(seq)

    def marked(self, mark: Mark) -> None:
        """A mark is made now: its number of commands is certain, whatever is still to be heard of them."""
        self._marks[id(mark)] = (mark, len(self._ends))

    def _after(self, mark: Mark) -> int:
        """Return how many commands had ended where a mark was made; by its place in the log, if nobody saw that."""
        known = self._marks.get(id(mark))
        return sum(end <= mark.seq for end in self._ends) if known is None else known[1]

    def client(self, client_id: str) -> str | None:
        """Return the label of the client with an id of the browser's; None where it is not known."""
        log = self._lab.log
        for event in log.since(Mark(self._seen)):
            self._seen = event.seq + 1
            if isinstance(event, ClientIdentified):
                self._clients[event.id] = event.client
        return self._clients.get(client_id)

    def worker(self, worker: AsyncServiceWorker) -> dict[str, str]:
        """Return what a worker is known by, its label first."""
        probe = self._lab.probe
        label = "" if probe is None else probe.labels.version(worker._version)
        role = "" if worker.role is None else str(worker.role)
        return {"worker": label, "scope": worker.scope, "script_url": worker.script_url, "role": role}

    def plain(self, value: object) -> object:
        """Return a value with plain ones in place of the lab's objects."""
        if value is None or type(value) in (str, int, float, bool):
            return value
        if isinstance(value, ClientList):
            return [self._client(client) for client in value]
        for kind, tell in self._kinds:
            if isinstance(value, kind):
                return tell(value)
        return value

    def _client(self, client: ClientData) -> dict[str, object]:
        told: dict[str, object] = {"client": self.client(client.id)}
        fields = ("name", "id", "url", "type", "frame_type", "controlled", "visibility_state", "focused")
        told.update({name: getattr(client, name) for name in fields if hasattr(client, name)})
        return told

    # ---- wires --------------------------------------------------------------------------------------------------

    def arguments(self, given: Mapping[str, object]) -> tuple[dict[str, Wire], tuple[str, ...]]:
        """Return arguments as wires, and the names of those that could only be described."""
        wires: dict[str, Wire] = {}
        described = []
        for name, value in given.items():
            try:
                wires[name] = _wire(self.plain(value))
            except Exception:  # whatever an object of the user's does: its verb is not to fail for a recording
                wires[name] = [description(value)]
                described.append(name)
        return wires, tuple(described)

    def result(self, value: object) -> tuple[Wire, bool]:
        """Return a result as a wire: itself, its digest where it is large; and whether it is mere words, for no plain value."""
        try:
            wire = _wire(self.plain(value))
        except Exception:  # as for arguments
            return [description(value)], True
        if isinstance(wire[0], list) or (isinstance(wire[0], str) and len(wire[0]) > MAX_RESULT // 8):
            with suppress(UnicodeEncodeError):  # half of a surrogate pair, which is written otherwise
                content = msgspec.json.encode(wire)
                if len(content) > MAX_RESULT:
                    return _wire(digest_of(content)), False
        return wire, False


def seen(result: object) -> tuple[int, ...]:
    """Return the events that a result is, by their places in the log."""
    events: tuple[Event | None, ...] = ()
    if isinstance(result, Event):
        events = (result,)
    elif isinstance(result, Message):
        events = (result.sent, result.received)
    elif isinstance(result, Delivery):
        events = (result.event,)
    elif isinstance(result, Outcome):
        events = (result.done, result.event, result.settled)
    return tuple(event.seq for event in events if event is not None)


def _wire(value: object) -> Wire:
    return [value] if value is None or type(value) in (str, bool) else values.encode(value)


def digest_of(content: bytes) -> dict[str, object]:
    """Return what stands for bytes that are not there."""
    from hashlib import sha256

    return {"sha256": sha256(content).hexdigest(), "size": len(content)}


def description(value: object) -> str:
    """Return a value in words, where it cannot be written itself."""
    name = getattr(value, "__qualname__", None)
    try:
        text = f"{type(value).__name__} {name}" if isinstance(name, str) else repr(value)
    except Exception as error:  # it cannot even say what it is
        text = f"<{type(value).__name__}: {type(error).__name__}>"
    return short(text, 200)
