"""The timeline: a sequence diagram of who says what to whom, that grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from swnb.events import MessageReceived, Payload
from swnb.views import sequence
from swnb.views.live import assets
from swnb.views.live.timeline_rows import TimelineRows
from swnb.views.live.view import View

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

AT_ONCE = 400
"""Rows that a front end is given when it begins: the last ones. It asks for others, as it needs them."""

MOST = 2_000
"""Rows in one message."""

WHOLE = 1 << 20
"""Bytes of a payload that are told when it is opened."""


class TimelineView(View):
    """A sequence diagram: a lane for each actor, an arrow for each message, marks for what else happened.

    The front end has the last rows at once, and asks for the others; what it is sent does not grow with the log.
    """

    _esm = assets.esm("timeline")
    _css = assets.css("timeline")

    def __init__(self, lab: AsyncLab, *, language: str = "en") -> None:
        self.rows = TimelineRows(lab.log)
        super().__init__(lab, language=language)

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return how many rows there are, and of those after `number` the last ones, with the lanes that changed."""
        rows = self.rows
        count = rows.look() if self.feed.lab.alive else len(rows)
        if count == number:
            return count, None
        first = max(number, count - (MOST if number else AT_ONCE))
        return count, {"first": first, "lanes": rows.lanes.since(number), "packed": rows.packed(first, count)}

    def _asked(self, view: object, content: Any, buffers: object) -> None:
        match content:
            case {"do": "rows", "first": int(first)}:
                self.feed.soon(lambda: self._tell_rows(first))
            case {"do": "open", "seq": int(seq)}:
                self.feed.soon(lambda: self._open(seq))
            case _:
                super()._asked(view, content, buffers)

    def _tell_rows(self, first: int) -> None:
        """Tell rows that a front end has not got yet: history, or what one message had no room for."""
        first = max(0, min(first, len(self.rows)))
        last = min(first + MOST, len(self.rows))
        self._tell({"do": "rows", "first": first, "packed": self.rows.packed(first, last)})

    def _open(self, seq: int) -> None:
        """Tell the whole of a payload, as JSON that the front end reads."""
        log = self.feed.lab.log
        event = log[seq] if 0 <= seq < len(log) else None
        if isinstance(event, MessageReceived) and not event.content and event.cause is not None:
            event = log[event.cause]
        content = event.content if isinstance(event, Payload) else b""
        kept = msgspec.Raw(content if content and len(content) <= WHOLE else b"null")
        size = event.size if isinstance(event, Payload) else 0
        channel = event.channel if isinstance(event, Payload) else ""
        packed = msgspec.json.encode([kept, size, str(channel).encode("utf-8", "replace").decode()])
        self._tell({"do": "opened", "seq": seq, "packed": packed})

    def html(self) -> str:
        """Return the last rows as a picture, and the last messages as a table."""
        return sequence.html(self.feed.lab.log, self.rows)

    def text(self) -> str:
        """Return the last messages as a table."""
        return repr(self.feed.lab.log.messages())
