"""Rows by their keys, and by which change each became what it is: so that a front end is told only what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]


class Changes:
    """The newest state of some rows.

    Attributes
    ----------
    number
        Of the newest change; 0 before the first.
    """

    def __init__(self) -> None:
        self.number = 0
        self._rows: dict[str, tuple[int, Row]] = {}
        self._ended: dict[str, int] = {}

    def take(self, now: Mapping[str, Row]) -> None:
        """Take all rows that there are now, in place of those before; all that differs is one change."""
        number = self.number + 1
        for key, row in now.items():
            known = self._rows.get(key)
            if known is None or known[1] != row:
                self._rows[key] = (number, row)
                self._ended.pop(key, None)
                self.number = number
        for key in [key for key in self._rows if key not in now]:
            del self._rows[key]
            self._ended[key] = self.number = number

    def since(self, number: int) -> tuple[int, list[Row], list[str]]:
        """Return the number of the newest change, the rows that changed after `number`, and the keys of those that ended since."""
        rows = [row for changed, row in self._rows.values() if changed > number]
        return self.number, rows, [key for key, changed in self._ended.items() if changed > number]
