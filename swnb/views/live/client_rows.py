"""Rows of clients as a front end is told them: which have changed since it was told last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swnb.events import Event, MessageReceived, MessageSent
from swnb.log import Mark
from swnb.messages.payloads import preview
from swnb.views.live.changes import Changes, Row
from swnb.vocab import ClientType

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab
    from swnb.world.rows import ClientRow


class ClientRows:
    """The rows of a lab's clients; a window or frame has one row, whatever document it shows.

    Each change has a number, so that any number of views can ask for what is new to them. It belongs to the lab's thread.
    """

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab
        self._seen = Mark(0)
        self._changes = Changes()
        self._nth: dict[str, int] = {}  # in order of first appearance
        self._last: dict[str, MessageSent | MessageReceived] = {}
        self._told: dict[str, list[Any]] = {}

    def since(self, number: int) -> tuple[int, list[Row], list[str]]:
        """Return the number of the newest change, the rows that changed after `number`, and the keys of those that ended since."""
        if self._lab.alive:  # else the last state stays
            self._look()
        return self._changes.since(number)

    def _look(self) -> None:
        log = self._lab.log
        if log.mark() == self._seen:
            return
        for event in log.since(self._seen):
            self._seen = Mark(event.seq + 1)
            if isinstance(event, MessageSent | MessageReceived) and event.actor:
                self._last[event.actor] = event
                self._told.pop(event.actor, None)
        self._changes.take({_key(row): self._row(row) for row in self._lab.world.clients if not row.cached})

    def _row(self, row: ClientRow) -> Row:
        world = self._lab.world
        owner = world.clients[row.owner] if row.owner is not None and row.owner in world.clients else None
        return {
            "key": _key(row),
            "nth": self._nth.setdefault(_key(row), len(self._nth)),
            "label": row.label,
            "name": row.name or "",
            "kind": _kind(row),
            "url": row.location or row.url,
            "controller": row.controller or "",
            "visibility": row.visibility_state or "",
            "focused": row.focused,
            "within": "" if owner is None else _key(owner),
            "since": row.appeared_at.timestamp() * 1000 if row.appeared_at is not None else None,
            "last": self._last_message(row.name or row.label),
        }

    def _last_message(self, actor: str) -> list[Any] | None:
        """Return when the last message came or went, ``to`` or ``from``, whom, and what, in a few characters."""
        event = self._last.get(actor)
        if event is None:
            return None
        told = self._told.get(actor)
        if told is None:
            told = self._told[actor] = self._describe(event)
        return told

    def _describe(self, event: MessageSent | MessageReceived) -> list[Any]:
        payload: Event = event
        if isinstance(event, MessageReceived) and not event.content and event.cause is not None:
            payload = self._lab.log[event.cause]
        what = preview(payload) if isinstance(payload, MessageSent | MessageReceived) else ""
        if isinstance(event, MessageSent):
            return [event.t_browser_ms, "to", event.to, what]
        return [event.t_browser_ms, "from", event.sender, what]


def _key(row: ClientRow) -> str:
    """Return what stays as long as a window, a frame or a worker lives."""
    return row.frame_id or row.label


def _kind(row: ClientRow) -> str:
    if row.type is not ClientType.WINDOW:
        return "shared worker" if row.type is ClientType.SHARED_WORKER else "worker"
    if not row.is_window:
        return "frame"
    return "pop-up" if row.owner is not None else "window"
