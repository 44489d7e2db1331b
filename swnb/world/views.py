"""Rows by their names. Any thread may read while the lab's one goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from swnb.errors import InvalidArgument
from swnb.names import LISTED, WORKER, NameUnknown
from swnb.text import text_table
from swnb.vocab import WorkerRole

from .rows import ClientRow, RegistrationRow, WorkerRow

ROWS = 60
"""How many rows a view shows as text: its last ones."""


class _Row(Protocol):
    @property
    def alive(self) -> bool: ...
    @property
    def cells(self) -> tuple[str, ...]: ...


R = TypeVar("R", bound=_Row)


class View(Generic[R]):
    """Rows by their names; iterating gives the rows that live now, in order of first appearance.

    ``in`` asks for those that live; what has ended can still be looked up by its label.
    """

    what = "things"
    one = "nothing"
    headings: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._rows: dict[str, R] = {}
        self._living: dict[str, R] = {}

    def put(self, key: str, row: R) -> R:
        """Replace a row; for the fold alone."""
        self._rows[key] = row
        if row.alive:
            self._living[key] = row
        else:
            self._living.pop(key, None)
        return row

    def row(self, key: str | None) -> R | None:
        """Return the row of a label, or None."""
        return None if key is None else self._rows.get(key)

    @property
    def all(self) -> tuple[R, ...]:
        """All rows, with those that have ended."""
        return tuple(self._rows.values())

    def _find(self, key: str) -> R | None:
        return self._rows.get(key)

    def _names(self) -> Iterable[str]:
        return tuple(self._living)

    def __getitem__(self, key: str) -> R:
        found = self._find(key)
        if found is None:
            raise NameUnknown(key, self._names(), f"no {self.one}")
        return found

    def get(self, key: str) -> R | None:
        """Return the row of that name, or None."""
        return self._find(key)

    def __contains__(self, key: object) -> bool:
        found = self._find(key) if isinstance(key, str) else None
        return found is not None and found.alive

    def __iter__(self) -> Iterator[R]:
        return iter(tuple(self._living.values()))

    def __len__(self) -> int:
        return len(self._living)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Rows of the table, of what lives."""
        return [row.cells for row in self]

    def __repr__(self) -> str:
        rows = [row.cells for row in tuple(self)[-ROWS:]]
        before = f"{len(self) - ROWS:,} {self.what} before these\n" if len(self) > ROWS else ""
        return before + text_table(self.headings, rows) if rows else f"no {self.what}"


class Clients(View[ClientRow]):
    """Clients by label (``c1``), `Client.id`, name of the window, or target of the window.

    A name and a target mean the document that the window shows.
    """

    what = "clients"
    one = "client"
    headings = ("label", "name", "type", "url", "controller", "state", "id")

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[str, str] = {}
        self._focus: dict[str, None] = {}

    def put(self, key: str, row: ClientRow) -> ClientRow:
        """Replace a row; for the fold alone."""
        if row.id is not None:
            self._by_id[row.id] = key
        return super().put(key, row)

    def focus(self, label: str) -> None:
        """A client got the focus; for the fold alone."""
        self._focus.pop(label, None)
        self._focus[label] = None

    def unfocus(self, label: str) -> None:
        """A client ended; for the fold alone."""
        self._focus.pop(label, None)

    @property
    def by_focus(self) -> tuple[ClientRow, ...]:
        """Living clients that have had the focus, the last one first."""
        rows = (self._living.get(label) for label in reversed(tuple(self._focus)))
        return tuple(row for row in rows if row is not None)

    def _find(self, key: str) -> ClientRow | None:
        row = self._rows.get(key) or self.row(self._by_id.get(key))
        if row is not None:
            return row
        found: ClientRow | None = None
        for row in self:
            if row.name == key or (row.target == key and row.is_window):
                # The last one that is awake is shown: the others sleep in the back/forward cache.
                found = row if found is None or found.cached or not row.cached else found
        return found

    def _names(self) -> Iterable[str]:
        return dict.fromkeys([*(row.name for row in self if row.name is not None), *self._living])


class Workers(View[WorkerRow]):
    """Service workers by label (``w1``) or CDP's version id.

    While there is one scope ``worker`` is its active one, else its newest.
    """

    what = "service workers"
    one = "service worker"
    headings = ("label", "script", "state", "thread", "controls", "scope", "errors")

    def _find(self, key: str) -> WorkerRow | None:
        found = self._rows.get(key)
        if found is None and key == WORKER:
            return self._the_one()
        return found or next((row for row in reversed(self.all) if row.version_id == key), None)

    def _the_one(self) -> WorkerRow | None:
        rows = tuple(self) or self.all
        scopes = {row.scope for row in rows if row.scope}
        if len(scopes) > 1:
            told = ", ".join(f"{row.label} ({row.scope})" for row in rows[:LISTED])
            raise InvalidArgument(f"{WORKER!r} could be a worker of any of {len(scopes)} scopes", f"say which: {told}")
        ranked = [*rows, *(row for row in rows if row.role is WorkerRole.ACTIVE)]
        return ranked[-1] if ranked else None

    def __contains__(self, key: object) -> bool:
        try:
            return super().__contains__(key)
        except InvalidArgument:
            return False


class Registrations(View[RegistrationRow]):
    """Registrations by scope."""

    what = "registrations"
    one = "registration"
    headings = ("scope", "installing", "waiting", "active", "state")
