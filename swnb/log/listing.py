"""Events as a list that shows itself, and each event as a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex, overload

from swnb.events import Event, Payload
from swnb.frames import data_frame
from swnb.messages import preview
from swnb.text import moment, mono_moment, text_table, time_of_day

ROWS = 30
"""How many rows a list shows as text: its last ones."""

HEADINGS = ("seq", "time", "kind", "actor", "what")

COMMON = frozenset(Event.__struct_fields__)
"""What each event has; the other fields say what happened."""


def told(event: Event) -> str:
    """Return what an event says beyond its kind and whose it is, in one line."""
    if isinstance(event, Payload):
        to = getattr(event, "to", "")
        return f"{event.channel}{f' to {to}' if to else ''}: {preview(event)}"
    said = []
    for name, default in zip(reversed(event.__struct_fields__), _defaults(event), strict=False):
        value = getattr(event, name)
        if name not in COMMON and value != default and value is not None:
            said.append(f"{name.replace('_', ' ')} {_value(value)}")
    return ", ".join(reversed(said))


def _defaults(event: Event) -> Iterable[object]:
    defaults = event.__struct_defaults__
    return [*reversed(defaults), *[_NONE] * (len(event.__struct_fields__) - len(defaults))]


_NONE = object()


def _value(value: object) -> str:
    if isinstance(value, bytes):
        return f"({len(value):,} bytes)"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value[:9]))}{', …' if len(value) > 9 else ''}]"
    return str(value)


def cells(event: Event) -> tuple[str, ...]:
    """Return an event as the row of a table, as `HEADINGS` says."""
    when = moment(event.t_browser_ms) or mono_moment(event.t_mono_ns)
    return (str(event.seq), time_of_day(when), event.kind, event.actor, told(event))


def table(events: Sequence[Event], before: int = 0) -> str:
    """Return the last events as a text; `before` are left out in front of them."""
    more = f"{before:,} events before these\n" if before else ""
    return more + text_table(HEADINGS, [cells(event) for event in events], widest=90)


class Events(list[Event]):
    """Some events of a log, as they were when they were asked for."""

    what = "events"
    headings = HEADINGS

    @overload
    def __getitem__(self, index: SupportsIndex) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Event | Events:
        found = super().__getitem__(index)
        return Events(found) if isinstance(found, list) else found

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Rows of the table, one for each event."""
        return [cells(event) for event in self]

    def __repr__(self) -> str:
        return table(self[-ROWS:], max(0, len(self) - ROWS)) if self else "no events"

    def to_pandas(self) -> Any:
        """Return a ``pandas.DataFrame``, one row for each event and a column for each field that any of them has.

        Raises
        ------
        SwnbError
            If pandas is not there.
        """
        kinds = dict.fromkeys(type(event) for event in self)
        fields = dict.fromkeys([*_FIRST, *(name for kind in kinds for name in kind.__struct_fields__)])
        columns = {name: [_plain(getattr(event, name, None)) for event in self] for name in fields}
        columns["at"] = [moment(event.t_browser_ms) or mono_moment(event.t_mono_ns) for event in self]
        return data_frame(columns)


_FIRST = ("seq", "at", "kind", "actor")
"""The first columns of a frame."""


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value  # pandas shows members of enumerations by their names
