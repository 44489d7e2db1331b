"""Older formats: how their lines become those of the next one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from swnb.recording.header import FORMAT

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: dict[int, Migration] = {}
"""By the number of a format: makes a line of it, as plain JSON, one of the next. Format 1 is the first, so there is none yet.

With each, a file of the older format goes into ``tests/data/recordings``, which is read ever after.
"""


def migrated(line: dict[str, Any], number: int, last: int = FORMAT) -> dict[str, Any]:
    """Return a line of format `number` as one of the `last`.

    Raises
    ------
    LookupError
        If there is no way from one to the other.
    """
    for step in range(number, last):
        line = MIGRATIONS[step](line)
    return line
