"""The live view of registrations: the versions of their workers in motion, their scripts, and what can be done to them."""

from __future__ import annotations

import asyncio
from typing import Any

from swnb.lab.async_lab import AsyncLab
from swnb.views import standing
from swnb.views.live import assets, revisions
from swnb.views.live.acting import told
from swnb.views.live.view import View
from swnb.views.live.worker_acts import act
from swnb.views.live.worker_picture import picture
from swnb.views.live.worker_rows import WorkerRows


class WorkersView(View):
    """Each registration with its versions, at the places of their states; a version's script, and what differs from one before."""

    _esm = assets.esm("workers")
    _css = assets.css("workers")

    def __init__(self, lab: AsyncLab, *, language: str = "en") -> None:
        self.rows = WorkerRows(lab)  # before the feed, which asks for news from now on
        super().__init__(lab, language=language)

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the registrations that changed, and the keys of those that have gone."""
        newest, rows, ended = self.rows.since(number)
        return newest, {"rows": rows, "gone": ended} if rows or ended else None

    async def do(self, verb: str, of: str, given: dict[str, object]) -> None:
        """Call a verb for the registration with the scope `of`, or the worker with that label."""
        await act(self.feed.lab, verb, of)

    def html(self) -> str:
        """Return a picture of each registration, and tables of registrations and workers, as the world has them now."""
        world = self.feed.lab.world
        _, rows, _ = self.rows.since(0)
        return "\n".join(
            [*map(picture, rows), standing.registrations(world.registrations), standing.workers(world.workers)]
        )

    def text(self) -> str:
        """Return the tables as plain text."""
        world = self.feed.lab.world
        return f"{world.registrations}\n\n{world.workers}"

    # ---- scripts ------------------------------------------------------------------------------------------------

    def _asked(self, view: object, content: Any, buffers: object) -> None:
        """Take what a front end asks for; a script is sent when it is asked for."""
        match content:
            case {"do": "source", "id": str(number), "of": str(label), "against": str(against)}:
                if self.feed.loop is None:
                    self.send(self._source(number, label, against))
                else:
                    self.feed.run(self._send_source(number, label, against))
            case _:
                super()._asked(view, content, buffers)

    async def _send_source(self, number: str, label: str, against: str) -> None:
        self.send(await asyncio.to_thread(self._source, number, label, against))  # to compare long files takes a while

    def _source(self, number: str, label: str, against: str) -> dict[str, Any]:
        answer = {"do": "source", "id": number}
        try:
            return answer | revisions.told(self.feed.lab, self.rows, label, against)
        except Exception as failure:  # whatever it is, it is shown where the script would be
            return answer | {"of": label, "error": told(failure)}
