"""The lanes of a timeline: one for each actor, with what is true of it from which row on."""

from __future__ import annotations

from typing import Any

from swnb import events as e
from swnb.vocab import ClientType, FrameType

NOTEBOOK = "notebook"


class Lane:
    """One actor.

    Attributes
    ----------
    name, kind
        As people call it; ``window``, ``frame``, ``worker``, ``shared worker``, ``service worker``, ``notebook`` or ``unknown``.
    within
        The lane of the page that it belongs to; -1: of none.
    about
        The script of a worker.
    spans
        ``[row, what, value]``, ascending: from that row on ``alive`` (a client's label, "" for none), ``by`` (the worker that
        controls it), ``state`` or ``running`` (of a service worker).
    changed
        The last row that changed it.
    """

    __slots__ = ("about", "changed", "kind", "name", "spans", "within")

    def __init__(self, name: str, kind: str, within: int, row: int) -> None:
        self.name = name
        self.kind = kind
        self.within = within
        self.about = ""
        self.spans: list[tuple[int, str, str]] = []
        self.changed = row

    def note(self, row: int, what: str, value: str) -> None:
        """From that row on it is so."""
        self.spans.append((row, what, value))
        self.changed = row


class Lanes:
    """All lanes; they are numbered in the order of their first appearance, 0 is the notebook.

    Attributes
    ----------
    actors
        The number of each actor's lane.
    """

    def __init__(self) -> None:
        self.all = [Lane(NOTEBOOK, NOTEBOOK, -1, 0)]
        self.actors: dict[str, int] = {}
        self._frames: dict[str, int] = {}
        self._clients: dict[str, int] = {}

    def of(self, actor: str) -> int:
        """Return the lane of an actor that was seen; the one of nobody known where it was not."""
        lane = self.actors.get(actor)
        return self._add(actor, "unknown", -1, 0) if lane is None else lane

    def known(self, actor: str) -> int:
        """Return the lane of an actor; -1 where it has none."""
        return self.actors.get(actor, -1)

    def since(self, row: int) -> list[list[Any]]:
        """Return the lanes that changed from `row` on: number, name, kind, within, about, the spans that are new."""
        return [
            [at, lane.name, lane.kind, lane.within, lane.about, [span for span in lane.spans if span[0] >= row]]
            for at, lane in enumerate(self.all)
            if lane.changed >= row
        ]

    def notebook(self, row: int) -> None:
        """The notebook does something."""
        self.all[0].changed = row

    def take(self, event: e.Event, row: int) -> None:
        """See what an event changes, and that all whom it names have lanes."""
        kind = type(event)
        if kind is e.MessageSent:
            if event.actor not in self.actors:
                self._ensure(event.actor, row)
            if event.to and event.to not in self.actors:  # type: ignore[attr-defined]
                self._ensure(event.to, row)  # type: ignore[attr-defined]
        elif kind is e.MessageReceived:
            self._ensure(event.actor, row)
            if event.sender:  # type: ignore[attr-defined]
                self._ensure(event.sender, row)  # type: ignore[attr-defined]
        else:
            self._take_other(event, row)

    def _take_other(self, event: e.Event, row: int) -> None:
        match event:
            case e.ClientAppeared():
                self._appeared(event, row)
            case e.ClientGone():
                self._note(self._clients.get(event.client), row, "alive", "")
            case e.ClientControlled():
                self._ensure(event.worker, row, "service worker")
                self._note(self._clients.get(event.client), row, "by", event.worker)
            case e.ClientReleased():
                self._ensure(event.worker, row, "service worker")
                self._note(self._clients.get(event.client), row, "by", "")
            case e.WorkerStateChanged():
                self._ensure(event.actor, row, "service worker")
                self.all[self.actors[event.actor]].about = event.script_url
                self._note(self.actors[event.actor], row, "state", event.state)
            case e.WorkerRunningChanged():
                self._ensure(event.actor, row, "service worker")
                self._note(self.actors[event.actor], row, "running", event.running)
            case e.NotificationInvoked():
                self.notebook(row)
            case e.MessageUndelivered() if not event.actor:
                pass  # it is told in the lane where the message was meant to arrive
            case _:
                self._ensure(event.actor, row)

    def _note(self, lane: int | None, row: int, what: str, value: str) -> None:
        if lane is not None:
            self.all[lane].note(row, what, value)

    def _appeared(self, event: e.ClientAppeared, row: int) -> None:
        """A document begins where another one was in the same frame, or a client that is new."""
        actor, within = event.actor or event.client, -1
        if event.type is ClientType.WINDOW:
            kind = "frame" if event.frame_type is FrameType.NESTED else "window"
        else:
            kind = "shared worker" if event.type is ClientType.SHARED_WORKER else "worker"
        if event.owner is not None and kind != "window":
            within = self._clients.get(event.owner, -1)
        lane = (
            self._frames.get(event.frame_id) if event.frame_id and actor not in self.actors else self.actors.get(actor)
        )
        if lane is None:
            lane = self._add(actor, kind, within, row)
        self.actors[actor] = self._clients[event.client] = lane
        if event.frame_id:
            self._frames[event.frame_id] = lane
        told = self.all[lane]
        told.name, told.kind, told.within = actor, kind, within
        told.note(row, "alive", event.client)
        told.note(row, "by", "")

    def _ensure(self, actor: str, row: int, kind: str = "unknown") -> None:
        lane = self.actors.get(actor)
        if lane is None:
            self._add(actor, kind, -1, row)

    def _add(self, actor: str, kind: str, within: int, row: int) -> int:
        lane = self.actors[actor] = len(self.all)
        self.all.append(Lane(actor or "?", kind, within, row))
        return lane
