"""How the states that can be waited for are looked at: as they are now, and as they were since the mark."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from swnb.errors import BrowserGone, SwnbError
from swnb.events import (
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientEvent,
    ClientGone,
    ClientReleased,
    ClientReturned,
    Event,
    WorkerEvent,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.lab.conditions import Wish
from swnb.lab.looks import MET, Look, versions_of
from swnb.vocab import Attach, ClientType, Lifecycle, RunningStatus, ServiceWorkerState

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab


ASK_S = 1.0
"""How long a worker is not asked for what the log should have."""

GRACE_S = 0.5
"""How long a page may take to say that it is controlled, when the browser has said so."""


class Standing:
    """How workers and clients stand at a place in the log, folded from its events.

    `World` is the whole of it, and stands at the log's end; a wait goes through what happened since its mark one by one.

    Attributes
    ----------
    states
        Of each worker by its label: its last `WorkerStateChanged`.
    running
        Labels of the workers that have a thread, each with its scope.
    controllers
        Labels of the clients there are, each with that of its worker; None for those that are not controlled.
    actors
        Of each client: the name of its window, where it has one.
    windows, asleep
        Labels of windows and frames; of those in the back/forward cache.
    """

    def __init__(self, lab: AsyncLab, wish: Wish) -> None:
        self.states: dict[str, WorkerStateChanged] = {}
        self.running: dict[str, str] = {}
        self.controllers: dict[str, str | None] = {}
        self._gone: dict[str, str | None] = {}
        self.actors: dict[str, str] = {}
        self.windows: set[str] = set()
        self.asleep: set[str] = set()
        for event in lab.log[: wish.mark]:
            self.apply(event)

    def apply(self, event: Event) -> None:
        """Fold an event."""
        if isinstance(event, ClientEvent):
            self._client(event)
        elif isinstance(event, WorkerStateChanged):
            self.states[event.actor] = event
        elif isinstance(event, WorkerRunningChanged):
            if event.running is RunningStatus.STOPPED:
                self.running.pop(event.actor, None)
            else:
                self.running[event.actor] = event.scope

    def _client(self, event: ClientEvent) -> None:
        if isinstance(event, ClientAppeared):
            self.controllers[event.client] = None
            self.actors[event.client] = event.actor
            if event.type is ClientType.WINDOW:
                self.windows.add(event.client)
        elif isinstance(event, ClientControlled):
            self.controllers[event.client] = event.worker
        elif isinstance(event, ClientReleased):
            self.controllers[event.client] = None
        elif isinstance(event, ClientGone):
            self._gone[event.client] = self.controllers.pop(event.client, None)
        elif isinstance(event, ClientReturned):
            self.controllers[event.client] = self._gone.pop(event.client, None)
        elif isinstance(event, ClientChanged) and event.lifecycle is not None:
            (self.asleep.add if event.lifecycle is Lifecycle.CACHED else self.asleep.discard)(event.client)

    def windows_of(self, worker: str) -> int:
        """Return how many windows and frames a worker controls."""
        awake = self.windows - self.asleep
        return sum(client in awake for client, by in self.controllers.items() if by == worker)


class Active(Look):
    """A worker is activated, now."""

    polls = True

    def __init__(self, lab: AsyncLab, wish: Wish) -> None:
        super().__init__(lab, wish)
        self._standing = None if wish.worker is None else Standing(lab, wish)

    def wakes(self, event: Event) -> bool:
        """Tell whether it is about a worker."""
        return isinstance(event, WorkerEvent)

    async def met(self, events: Sequence[Event]) -> Event | None:
        """Look at the browser's bookkeeping."""
        self.note_failures(events)
        if self._standing is None:
            self.missing = "no worker is activated"
            states = {version.state for version in versions_of(self._lab, self._wish)}
            return MET if ServiceWorkerState.ACTIVATED in states else None
        for event in events:
            self._standing.apply(event)
        last = self._standing.states.get(str(self._wish.worker))
        self.missing = f"{self._wish.worker} is {'not known' if last is None else last.state}"
        return MET if last is not None and last.state is ServiceWorkerState.ACTIVATED else None

    def hopeless(self) -> str:
        """Say so where its install failed."""
        return self.failed_install(self._wish.scope or self._lab.scope)


class StateLook(Look):
    """A state that is looked at event by event since the mark."""

    polls = True

    def __init__(self, lab: AsyncLab, wish: Wish) -> None:
        super().__init__(lab, wish)
        self._standing = Standing(lab, wish)

    def wakes(self, event: Event) -> bool:
        """Tell whether it is about a worker or a client."""
        return isinstance(event, (WorkerEvent, ClientEvent))

    async def met(self, events: Sequence[Event]) -> Event | None:
        """Look at each event, and at how things stand now."""
        for event in events:
            self._standing.apply(event)
            if self._came(event):
                return MET
        return await self._holds()

    def _came(self, event: Event) -> bool:
        """Tell whether the state began with an event that was just applied."""
        raise NotImplementedError

    async def _holds(self) -> Event | None:
        """Return `MET` if it holds now; else say what is missing."""
        raise NotImplementedError


class Stopped(StateLook):
    """No worker runs."""

    def _running(self) -> list[str]:
        label, scope = self._wish.worker, self._wish.scope or self._lab.scope
        running = self._standing.running.items()
        return [w for w, its in running if label in (None, w) and (label is not None or scope in (None, its))]

    def _came(self, event: Event) -> bool:
        if not isinstance(event, WorkerRunningChanged) or event.running is not RunningStatus.STOPPED:
            return False
        scope = self._wish.scope or self._lab.scope
        meant = event.actor == self._wish.worker if self._wish.worker is not None else scope in (None, event.scope)
        return meant and not self._running()

    async def _holds(self) -> Event | None:
        label = self._wish.worker
        if label is not None:
            self.missing = f"{label} is not stopped"
            return MET if label in self._standing.states and not self._running() else None
        workers = [version for version in versions_of(self._lab, self._wish) if version.role is not None]
        running = [version for version in workers if version.running is not RunningStatus.STOPPED]
        self.missing = f"{len(running)} of the workers are not stopped" if running else ""
        return None if running else MET


class Controlled(StateLook):
    """A client is controlled."""

    def __init__(self, lab: AsyncLab, wish: Wish) -> None:
        super().__init__(lab, wish)
        name = wish.window
        self._told_at: float | None = None
        self._is_window = name is None or any(window.name == name for window in lab.windows)
        if name is not None and not self._is_window:
            known = {e.client for e in lab.log.events(ClientAppeared) if isinstance(e, ClientAppeared)}
            if name not in known:
                lab.window(name)  # says so that there is none

    def _came(self, event: Event) -> bool:
        if not isinstance(event, ClientControlled):
            return False
        state = self._standing.states.get(event.worker)
        if self._wish.scope is not None and (state is None or state.scope != self._wish.scope):
            return False
        name = self._wish.window
        if name is None:
            return event.actor != event.client  # frames and workers have no other name
        return name in (event.actor, event.client)

    async def _holds(self) -> Event | None:
        name = self._wish.window
        if not self._is_window:
            self.missing = f"{name} is not controlled"
            return MET if self._standing.controllers.get(str(name)) is not None else None
        windows = self._lab.windows if name is None else [self._lab.window(name)]
        versions = versions_of(self._lab, self._wish, every=True)
        controlled = {target for version in versions for target in version.controlled}
        self.missing = "no window is controlled" if name is None else f"the window {name!r} is not controlled"
        if not any(window.target_id in controlled for window in windows):
            self._told_at = None
            return None
        return MET if self._page_knows() else None

    def _page_knows(self) -> bool:
        """Tell whether the page has said so, too: the browser's bookkeeping runs a moment ahead, and some pages never say it."""
        standing = self._standing
        actors = {standing.actors[client] for client, by in standing.controllers.items() if by is not None}
        if actors & ({self._wish.window} if self._wish.window is not None else set(standing.actors.values())):
            return True
        self._told_at = monotonic() if self._told_at is None else self._told_at
        return monotonic() - self._told_at > GRACE_S


class Clients(StateLook):
    """The worker controls a number of windows.

    What the log has of it is looked at first: asking the worker is a call that it would not have had without us.
    """

    def __init__(self, lab: AsyncLab, wish: Wish) -> None:
        super().__init__(lab, wish)
        self._number = int(wish.words[1])
        self._next_ask = monotonic() + ASK_S

    def _came(self, event: Event) -> bool:
        changes = isinstance(event, ClientEvent)
        return changes and self._counted() == self._number

    async def _holds(self) -> Event | None:
        number = self._counted()
        if number != self._number and self._lab.settings.attach is Attach.HOLD and monotonic() > self._next_ask:
            number = await self._asked()
            self._next_ask = monotonic() + ASK_S
        self.missing = "no worker could be asked for its clients" if number is None else f"it controls {number} windows"
        return MET if number == self._number else None

    def _counted(self) -> int | None:
        """Return how many windows the worker that is meant controls, as the log has it."""
        try:
            version_id = self._lab.find_worker(scope=self._wish.scope).version_id
        except BrowserGone:
            raise
        except SwnbError:
            return None
        label = next((w for w, e in self._standing.states.items() if e.version_id == version_id), "")
        return self._standing.windows_of(label)

    async def _asked(self) -> int | None:
        """Return how many windows the worker lists."""
        try:
            worker = self._lab.find_worker(scope=self._wish.scope)
            return len(await worker.clients.match_all(type=ClientType.WINDOW))
        except BrowserGone:
            raise
        except SwnbError:
            return None
