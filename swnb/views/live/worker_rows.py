"""Registrations with the versions of their workers, as a front end is told them: which have changed since it was told last."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swnb.events import (
    ClientControlled,
    ClientGone,
    ClientReleased,
    ClientReturned,
    Event,
    RegistrationChanged,
    UpdateFound,
    WindowClosed,
    WindowCrashed,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.log import Mark
from swnb.text import STARTED_NS
from swnb.views.live.changes import Changes, Row
from swnb.vocab import RunningStatus, ServiceWorkerState

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab
    from swnb.world.rows import WorkerRow

Path = list[tuple[ServiceWorkerState, int]]
"""States in the order in which a version entered them, and when: this process's monotonic clock, in nanoseconds."""

KINDS = frozenset(
    {
        *(RegistrationChanged, UpdateFound, WorkerFailed, WorkerRunningChanged, WorkerStateChanged),
        *(ClientControlled, ClientGone, ClientReleased, ClientReturned, WindowClosed, WindowCrashed),
    }
)
"""Events that can change a row; all others cost one look into this set."""

HISTORY = 12
"""How many redundant versions of a registration are told: the last ones."""

ERRORS = 3
"""How many errors of a version are told: the last ones."""


@dataclass(slots=True, eq=False)
class Group:
    """One registration, and the labels of its versions in order of appearance.

    Attributes
    ----------
    key
        ``r1``, ``r2``, …: the browser's ids begin anew with each browser, and a scope may be registered again.
    id
        The browser's; "" as long as it has not told it.
    over
        Whether it is no more, though the browser did not say so.
    """

    key: str
    nth: int
    scope: str
    id: str = ""
    deleted: bool = False
    over: bool = False
    labels: list[str] = field(default_factory=list)


class WorkerRows:
    """A row for each registration, its versions within.

    Each change has a number. Any thread may ask; while the lab lives it is the lab's one that does.
    """

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab
        self._lock = threading.Lock()
        self._seen = Mark(0)
        self._groups: dict[str, Group] = {}
        self._group_of: dict[str, Group] = {}
        self._by_id: dict[str, Group] = {}
        self._paths: dict[str, Path] = {}
        self._changes = Changes()
        self._made = 0

    def since(self, number: int) -> tuple[int, list[Row], list[str]]:
        """Return the number of the newest change, the rows that changed after `number`, and the keys of those that ended since."""
        with self._lock:
            if self._lab.alive or not self._seen.seq:  # else the last state stays
                self._look()
            return self._changes.since(number)

    def path(self, label: str) -> Path:
        """Return the states that a version has gone through, and when."""
        with self._lock:
            return list(self._paths.get(label, ()))

    def before(self, label: str) -> list[str]:
        """Return the labels of the versions that its registration had before, oldest first."""
        with self._lock:
            group = self._group_of.get(label)
            return [] if group is None else group.labels[: group.labels.index(label)]

    # ---- what happened ------------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self._lab.log.mark() == self._seen:
            return
        event, told = None, False
        for event in self._lab.log.since(self._seen):
            if type(event) in KINDS:
                told = True
                self._take(event)
        if event is not None:
            self._seen = Mark(event.seq + 1)
        if told:
            over = [group for group in self._groups.values() if self._is_over(group)]
            for group in over:
                if self._is_empty(group):  # nothing can take it back
                    del self._groups[group.key]
            self._changes.take({group.key: self._row(group) for group in self._groups.values() if group not in over})

    def _take(self, event: Event) -> None:
        match event:
            case RegistrationChanged():
                self._registered(event)
            case UpdateFound():
                self._belongs(event.worker, event.scope, event.registration_id)
            case WorkerStateChanged() if event.actor:
                self._belongs(event.actor, event.scope)
                path = self._paths.setdefault(event.actor, [])
                if not path or path[-1][0] is not event.state:
                    path.append((event.state, event.t_mono_ns))

    def _registered(self, event: RegistrationChanged) -> None:
        group = self._by_id.get(event.registration_id)
        if event.deleted:
            if group is not None:
                group.deleted = True
            return
        if group is not None and not (group.deleted and self._is_empty(group)):
            group.deleted = False  # it was registered again while it still served clients: that takes it back
            return
        for earlier in self._groups.values():  # of the browser's word for some ends nothing is heard
            earlier.over = earlier.over or (earlier.scope == event.scope and self._is_empty(earlier))
        unknown = (
            each for each in self._groups.values() if each.scope == event.scope and not each.id and not each.over
        )
        group = next(unknown, None) or self._new(event.scope)
        group.id = event.registration_id
        self._by_id[group.id] = group

    def _new(self, scope: str) -> Group:
        self._made += 1
        group = self._groups[f"r{self._made}"] = Group(f"r{self._made}", self._made, scope)
        return group

    def _belongs(self, label: str, scope: str, registration_id: str = "") -> None:
        """Put a version into its registration; until that is told, into the newest one of its scope."""
        known = self._group_of.get(label)
        told = self._by_id.get(registration_id) if registration_id else None
        if (known is not None and told is None) or not scope:
            return
        newest = (each for each in reversed(self._groups.values()) if each.scope == scope)
        group = told or next(newest, None) or self._new(scope)
        if group is known:
            return
        if known is not None:
            known.labels.remove(label)
        group.labels.append(label)
        self._group_of[label] = group

    def _is_empty(self, group: Group) -> bool:
        """Whether all its versions, as far as events have been taken, are redundant."""
        paths = (self._paths.get(label) for label in group.labels)
        return all(path and path[-1][0] is ServiceWorkerState.REDUNDANT for path in paths)

    def _is_over(self, group: Group) -> bool:
        """Whether it has gone: it was unregistered, and no version serves anybody."""
        if group.over or not group.deleted:
            return group.over
        rows = (self._lab.world.workers.row(label) for label in group.labels)
        return not any(
            row is not None and row.alive and (row.running is not RunningStatus.STOPPED or row.controlled)
            for row in rows
        )

    # ---- rows ---------------------------------------------------------------------------------------------------

    def _row(self, group: Group) -> Row:
        found = [row for label in group.labels if (row := self._lab.world.workers.row(label)) is not None]
        ended = {row.label for row in [row for row in found if not row.alive][:-HISTORY]}
        versions = [self._version(row) for row in found if row.label not in ended]
        return {
            "key": group.key,
            "nth": group.nth,
            "scope": group.scope,
            "deleted": group.deleted,
            "versions": versions,
        }

    def _version(self, row: WorkerRow) -> Row:
        clients = self._lab.world.clients
        path = self._paths.get(row.label, ())
        return {
            "label": row.label,
            "state": str(row.state),
            "path": [[str(state), (t_mono_ns + STARTED_NS) / 1e6] for state, t_mono_ns in path],
            "running": str(row.running),
            "epoch": row.epoch,
            "reason": row.start_reason,
            "controls": [clients[label].name or label if label in clients else label for label in row.controlled],
            "script": row.script_url,
            "version": row.version_id,
            "errors": list(dict.fromkeys(row.errors))[-ERRORS:],
        }
