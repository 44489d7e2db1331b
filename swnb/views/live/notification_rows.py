"""Rows of notifications as a front end is told them: what they are, what came of clicks, and pictures, each told once."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from swnb.events import Event, NotificationDisplayed, NotificationRemoved, NotificationShown
from swnb.lab.notification_data import NotificationData
from swnb.log import Mark
from swnb.text import STARTED_NS
from swnb.views.live.console_rows import sendable
from swnb.views.live.notification_traces import Traces
from swnb.views.markup import Pretty
from swnb.views.phrases import one_line

if TYPE_CHECKING:
    from swnb.desktop.notices import Picture
    from swnb.lab.async_lab import AsyncLab
    from swnb.lab.notification_book import Book
    from swnb.lab.notification_data import Record

Row = dict[str, Any]

MOST_SHOWN = 50
"""How many of those that are still shown have a card: the newest ones."""

HISTORY = 10
"""How many of those that are gone are told: those that went last."""

LONGEST = 2_000
"""Characters of a title or body; more are counted."""

SHORT = 120
"""Characters of `data` in one line."""

PICTURE_MAX_BYTES = 512 << 10
"""Chromium scales pictures down; what is larger all the same is named, and not sent."""


class NotificationRows:
    """The notifications of a lab as rows.

    Reading them begins nothing: there is a book once something came to the desktop, or somebody asked the lab for notifications.
    It belongs to the lab's thread.
    """

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab
        self._seen = Mark(0)
        self._looked = False
        self._number = 0
        self._rows: dict[int, tuple[int, Row]] = {}
        self._left: dict[int, int] = {}
        self._more = 0
        self._more_changed = 0
        self._unsaid: set[int] = set()
        self._pictures: dict[str, tuple[int, str]] = {}
        self._traces = Traces(lab.log)

    @property
    def book(self) -> Book | None:
        """What the lab knows of notifications; None as long as there was none."""
        return self._lab._book

    def since(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the number of the newest change, and what changed after `number`; None for nothing."""
        if self._lab.alive or not self._looked:  # else the last state stays
            self._look()
        rows = [row for changed, row in self._rows.values() if changed > number]
        gone = [key for key, changed in self._left.items() if changed > number]
        self._left = {key: changed for key, changed in self._left.items() if changed > number}
        pictures = {key: data for key, (changed, data) in self._pictures.items() if changed > number}
        if not rows and not gone and self._more_changed <= number:
            return self._number, None
        return self._number, {"rows": rows, "gone": gone, "pictures": pictures, "more": self._more}

    def _look(self) -> None:
        self._looked = True
        book, log = self.book, self._lab.log
        if book is None:  # nothing was shown yet
            self._seen = log.mark()
            return
        changed: set[int] = set()
        for event in log.since(self._seen):
            self._seen = Mark(event.seq + 1)
            self._hear(event, changed)
        for number, (_, row) in self._rows.items():
            record = book.numbered(number)
            if record is None or record.shown != row["shown"]:  # its browser may have ended
                changed.add(number)
        if changed:
            self._compare(book.records, changed)

    def _hear(self, event: Event, changed: set[int]) -> None:
        if isinstance(event, NotificationDisplayed | NotificationRemoved):
            changed.add(event.number)
        elif isinstance(event, NotificationShown):
            changed |= self._unsaid  # it may be what the script says of one of these
        changed |= self._traces.hear(event)

    def _compare(self, records: Sequence[Record], changed: set[int]) -> None:
        number = self._number + 1
        kept = self._kept(records)
        for record in kept:
            known = self._rows.get(record.number)
            if known is not None and record.number not in changed:
                continue
            row = self._row(record, number)
            if known is None or known[1] != row:
                self._rows[record.number] = (number, row)
                self._left.pop(record.number, None)
                self._number = number
        numbers = {record.number for record in kept}
        for key in [key for key in self._rows if key not in numbers]:
            del self._rows[key]
            self._unsaid.discard(key)
            self._left[key] = self._number = number
        more = sum(record.shown for record in records) - sum(record.shown for record in kept)
        if more != self._more:
            self._more, self._more_changed, self._number = more, number, number
        self._forget(numbers)

    def _kept(self, records: Sequence[Record]) -> list[Record]:
        shown = [record for record in records if record.shown]
        gone = sorted(
            (record for record in records if not record.shown), key=lambda one: one.removed_ns or one.first_ns
        )
        return sorted(shown[-MOST_SHOWN:] + gone[-HISTORY:], key=lambda one: one.number)

    def _forget(self, numbers: set[int]) -> None:
        self._traces.keep(numbers)
        used = {row[each]["id"] for _, row in self._rows.values() for each in ("icon", "image") if row[each]}
        for key in [key for key in self._pictures if key not in used]:
            del self._pictures[key]

    def _row(self, record: Record, number: int) -> Row:
        one, notice = NotificationData(record), record.notice
        (self._unsaid.add if record.said is None else self._unsaid.discard)(record.number)
        short, whole = _data(one.data)
        return {
            "number": record.number,
            "title": sendable(one.title, LONGEST),
            "body": sendable(one.body, LONGEST),
            "origin": sendable(one.origin, LONGEST),
            "who": one.actor,
            "worker": self._lab.log.names.is_worker(one.actor),
            "tag": sendable(one.tag or "", LONGEST),
            "data": short,
            "whole": whole,
            "since": one.since.timestamp() * 1000,
            "replaced": record.replaced,
            "stays": notice.require_interaction,
            "shown": record.shown,
            "why": "" if record.shown else record.removed or "ended",
            "went": (record.removed_ns + STARTED_NS) / 1e6 if record.removed_ns else None,
            "icon": self._picture(notice.icon, number),
            "image": self._picture(notice.image, number),
            "actions": [
                {"name": button_name(each.name or each.label), "label": sendable(each.label, 200), "text": each.takes_text}
                for each in one.actions
            ],
            "placeholder": sendable(notice.reply_placeholder or "", 200),
            "outcome": self._traces.row(record.number, one.persistent is not False),
        }  # fmt: skip

    def _picture(self, picture: Picture | None, number: int) -> Row | None:
        """Return what a picture is called, and remember to send it; the id of one that is not sent is empty."""
        if picture is None:
            return None
        size = {"width": picture.width, "height": picture.height, "bytes": len(picture.png)}
        if not picture.width or len(picture.png) > PICTURE_MAX_BYTES:  # it is no PNG, or too large
            return {"id": "", **size}
        key = hashlib.blake2b(picture.png, digest_size=12).hexdigest()
        if key not in self._pictures:
            self._pictures[key] = (number, base64.b64encode(picture.png).decode())
        return {"id": key, **size}


def button_name(value: str) -> str:
    """Return a button's name, or its label, as a front end says it when the button is pressed."""
    return sendable(value, LONGEST)


def _data(value: Any) -> tuple[str, str]:
    """Return ``data`` in one line, and as a whole where that is more."""
    if value is None:
        return "", ""
    whole = sendable(Pretty()(value))
    return (whole, "") if len(whole) <= SHORT and "\n" not in whole else (sendable(one_line(value, SHORT)), whole)
