"""Notifications as a sequence, and finding one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar, overload

from swnb.lab.notification_data import HEADINGS, NotificationData, Record
from swnb.lab.notification_errors import NotificationGone, NotificationUnknown
from swnb.text import text_table

N = TypeVar("N", bound=NotificationData)

ROWS: Final = 30
"""How many rows are shown as text: the last ones."""


class NotificationList(Sequence[N]):
    """Notifications, newest last; those that are gone are among them.

    Parameters
    ----------
    records
        Gives what there is now.
    make
        Makes the object of one.
    """

    def __init__(self, records: Callable[[], Sequence[Record]], make: Callable[[Record], N]) -> None:
        self._records = records
        self._make = make

    def __len__(self) -> int:
        return len(self._records())

    def __iter__(self) -> Iterator[N]:
        return iter([self._make(record) for record in self._records()])

    @overload
    def __getitem__(self, index: int | str) -> N: ...
    @overload
    def __getitem__(self, index: slice) -> NotificationList[N]: ...
    def __getitem__(self, index: int | str | slice) -> N | NotificationList[N]:
        records = self._records()
        if isinstance(index, str):
            return self._named(index)
        if isinstance(index, slice):
            return self._some(records[index])
        try:
            return self._make(records[index])
        except IndexError:
            what = f"there is no notification at index {index}: there have been {len(records)}"
            raise NotificationUnknown(index, self.shown, what if records else "there was no notification yet") from None

    def __contains__(self, one: object) -> bool:
        if isinstance(one, str):
            return any(one in (record.tag, record.notice.title) for record in self._records())
        return any(one == self._make(record) for record in self._records())

    @property
    def shown(self) -> NotificationList[N]:
        """Those that are shown just now."""
        return self._some([record for record in self._records() if record.shown])

    @property
    def newest(self) -> N:
        """The newest one that is shown.

        Raises
        ------
        NotificationUnknown
            If none is.
        """
        shown = self.shown
        if not shown:
            raise NotificationUnknown(None, shown)
        return shown[-1]

    def numbered(self, number: int) -> N:
        """Return the one with a number, as tables and events have it.

        Raises
        ------
        NotificationUnknown
            If there is none.
        """
        found = next((record for record in self._records() if record.number == number), None)
        if found is None:
            raise NotificationUnknown(number, self.shown)
        return self._make(found)

    def _some(self, records: Sequence[Record]) -> NotificationList[N]:
        fixed = tuple(records)
        return NotificationList(lambda: fixed, self._make)

    def _named(self, name: str) -> N:
        """Return the newest one with this tag, else with this title; one that is shown rather than one that is gone."""
        newest = tuple(reversed(self._records()))
        for candidates in ([record for record in newest if record.shown], newest):
            for record in candidates:
                if name and record.tag == name:
                    return self._make(record)
            for record in candidates:
                if record.notice.title == name:
                    return self._make(record)
        for record in newest:
            if any(state.notice.title == name for state in record.states):
                raise NotificationGone.replaced(name, self._make(record), self.shown)
        raise NotificationUnknown(name, self.shown)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Rows of the table, one for each."""
        return [each.cells for each in self]

    def __repr__(self) -> str:
        rows = self.rows
        if not rows:
            return "no notifications"
        more = f"{len(rows) - ROWS:,} notifications before these\n" if len(rows) > ROWS else ""
        rows = rows[-ROWS:]
        kept = [i for i in range(len(HEADINGS)) if any(row[i] for row in rows)]
        return more + text_table([HEADINGS[i] for i in kept], [[row[i] for i in kept] for row in rows], widest=40)
