"""The live table of clients: who controls whom."""

from __future__ import annotations

from typing import Any

from swnb.messages.payloads import preview
from swnb.views import standing
from swnb.views.live import assets
from swnb.views.live.acting import act
from swnb.views.live.view import View

LAST = 50
"""Messages of one client that are told: the last ones."""


class ClientsView(View):
    """Clients as rows that appear, change and go; frames under their window, each with what can be done to it."""

    _esm = assets.esm("clients")
    _css = assets.css("clients")

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the rows that changed, and the keys of those that ended."""
        newest, rows, ended = self.feed.clients.since(number)
        return newest, {"rows": rows, "gone": ended} if rows or ended else None

    def _asked(self, view: object, content: Any, buffers: object) -> None:
        match content:
            case {"do": "messages", "of": str(label)}:
                self.feed.soon(lambda: self._tell_messages(label))
            case _:
                super()._asked(view, content, buffers)

    def _tell_messages(self, label: str) -> None:
        """Tell the last messages of one client: when, ``to`` or ``from``, whom, what, what became of it."""
        world, log = self.feed.lab.world, self.feed.lab.log
        row = world.clients.get(label)
        actor = (row.name or row.label) if row is not None else ""
        found = [m for m in log.messages() if actor and actor in (m.from_actor, m.to_actor)][-LAST:]
        rows = [
            [
                None if m.sent_at is None else m.sent_at.timestamp() * 1000,
                "to" if m.from_actor == actor else "from",
                m.receiver if m.from_actor == actor else m.sender,
                "" if (payload := m.sent or m.received) is None else preview(payload),
                m.outcome,
            ]
            for m in found
        ]
        self.send({"do": "messages", "of": label, "rows": rows})

    async def do(self, verb: str, of: str, given: dict[str, object]) -> None:
        """Call a verb for the client with the label `of`."""
        await act(self.feed.lab, verb, of, given)

    def html(self) -> str:
        """Return the table of clients as the world has them now."""
        return standing.clients(self.feed.lab.world.clients)

    def text(self) -> str:
        """Return the same as plain text."""
        return str(self.feed.lab.world.clients)
