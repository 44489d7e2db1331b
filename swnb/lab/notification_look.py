"""How `wait` looks for a notification, by its tag or title."""

from __future__ import annotations

from collections.abc import Sequence

from swnb.events import Event, NotificationDisplayed, NotificationShown
from swnb.lab.looks import Look
from swnb.lab.notification_data import Record
from swnb.lab.notification_matching import Display
from swnb.text import short


class NotificationLook(Look):
    """A notification that came to the desktop, or took another one's place there.

    The desktop has no tag and no data: what the script said of it comes by another way, and is waited for.
    """

    _waiting: tuple[NotificationDisplayed, ...] = ()
    _others = 0

    @property
    def _name(self) -> str:
        return " ".join(self._wish.words[1:])

    def wakes(self, event: Event) -> bool:
        """Tell whether one came, or a script said what it has shown."""
        return isinstance(event, NotificationDisplayed | NotificationShown)

    async def met(self, events: Sequence[Event]) -> Event | None:
        """Return the first one that fits."""
        undecided: list[NotificationDisplayed] = []
        for event in (*self._waiting, *(e for e in events if isinstance(e, NotificationDisplayed))):
            fits = self._fits(event)
            if fits:
                return event
            if fits is None:
                undecided.append(event)
            else:
                self._others += 1
        self._waiting = tuple(undecided)
        self.polls = bool(undecided)
        which = f" with the tag or title {short(self._name, 60)!r}" if self._name else ""
        self.missing = f"no notification{which} came to the desktop"
        if self._others or undecided:
            self.missing += f", but {self._others + len(undecided):,} other"
        return None

    def _fits(self, event: NotificationDisplayed) -> bool | None:
        """Tell whether it is the one; None as long as that is not known."""
        book = self._lab.notification_book
        record = book.numbered(event.number)
        display = None if record is None else _state(record, event)
        if record is None or display is None:  # long gone
            return not self._name or event.title == self._name
        if display.said is None and display is record.states[-1] and book.may_be_heard(record):
            return None
        tag = None if display.said is None else display.said.event.tag
        return self._name in ("", tag, event.title)


def _state(record: Record, event: NotificationDisplayed) -> Display | None:
    return next((state for state in reversed(record.states) if state.seq == event.seq), None)
