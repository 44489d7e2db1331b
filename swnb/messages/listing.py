"""Many messages, as a list that shows itself."""

from __future__ import annotations

from typing import Any, SupportsIndex, overload

from swnb.frames import data_frame
from swnb.text import text_table

from .message import HEADINGS, Message

ROWS = 30
"""How many rows a list shows as text: its last ones."""


class Messages(list[Message]):
    """Messages in the order of their sending. A list, as things were when it was made."""

    @overload
    def __getitem__(self, index: SupportsIndex) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> Messages: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Message | Messages:
        found = super().__getitem__(index)
        return Messages(found) if isinstance(found, list) else found

    what = "messages"
    headings = HEADINGS

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Rows of the table, one for each message."""
        return [message.cells for message in self]

    def __repr__(self) -> str:
        if not self:
            return "no messages"
        before = f"{len(self) - ROWS:,} messages before these\n" if len(self) > ROWS else ""
        return before + text_table(HEADINGS, self[-ROWS:].rows)

    def to_pandas(self) -> Any:
        """Return a ``pandas.DataFrame``, one row for each message; `data` is None where it was not kept.

        Raises
        ------
        SwnbError
            If pandas is not there.
        """
        plain = ("seq", "sender", "receiver", "channel", "via", "size", "fate", "why", "pairing", "listeners", "failed")
        columns: dict[str, list[Any]] = {name: [_plain(getattr(m, name)) for m in self] for name in plain}
        columns["data"] = [message.data_or_none for message in self]
        columns["sent_at"] = [message.sent_at for message in self]
        columns["received_at"] = [message.received_at for message in self]
        columns["heard"] = [str(message.heard) for message in self]
        return data_frame(columns)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value  # pandas shows members of enumerations by their names
