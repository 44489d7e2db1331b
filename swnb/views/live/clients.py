"""The live table of clients: who controls whom."""

from __future__ import annotations

from swnb.views import standing
from swnb.views.live import assets
from swnb.views.live.acting import act
from swnb.views.live.view import View


class ClientsView(View):
    """Clients as rows that appear, change and go; frames under their window, each with what can be done to it."""

    _esm = assets.esm("clients")
    _css = assets.css("clients")

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the rows that changed, and the keys of those that ended."""
        newest, rows, ended = self.feed.clients.since(number)
        return newest, {"rows": rows, "gone": ended} if rows or ended else None

    async def do(self, verb: str, of: str, given: dict[str, object]) -> None:
        """Call a verb for the client with the label `of`."""
        await act(self.feed.lab, verb, of, given)

    def html(self) -> str:
        """Return the table of clients as the world has them now."""
        return standing.clients(self.feed.lab.world.clients)

    def text(self) -> str:
        """Return the same as plain text."""
        return str(self.feed.lab.world.clients)
