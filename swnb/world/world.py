"""The fold: what each event changes of what is true."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from swnb.events import (
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientGone,
    ClientIdentified,
    ClientReleased,
    ClientReturned,
    Event,
    MessageReceived,
    MessageSent,
    MessagesStarted,
    MessageUndelivered,
    PortMoved,
    RegistrationChanged,
    Surprise,
    UpdateFound,
    WindowClosed,
    WindowCrashed,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)

from .channels import Channels
from .client_fold import ClientFold
from .views import Clients, Registrations, Workers
from .worker_fold import WorkerFold

KEPT_SURPRISES = 1_000
"""How many of the last surprises are kept."""


class World:
    """What is true now, folded from events alone: the same events give an equal world.

    The lab's thread applies events; any thread may read. No event raises: what no rule has is noted in `surprises`.

    Attributes
    ----------
    clients, workers, registrations, channels
        By their names; see each of them.
    seq
        `Event.seq` of the last event that was applied, -1 before the first.
    on_change
        Called with each event that changed something, after it did.
    """

    def __init__(self) -> None:
        self.clients = Clients()
        self.workers = Workers()
        self.registrations = Registrations()
        self.channels = Channels()
        self.seq = -1
        self.on_change: list[Callable[[Event], object]] = []
        self._surprises: deque[Surprise] = deque(maxlen=KEPT_SURPRISES)
        clients = ClientFold(self.clients, self.workers, self._note)
        workers = WorkerFold(self.clients, self.workers, self.registrations, self._note)
        self._folds: dict[type[Event], Callable[[Any], None]] = {
            Surprise: self._surprises.append,
            ClientAppeared: clients.appeared,
            ClientIdentified: clients.identified,
            ClientChanged: clients.changed,
            ClientControlled: clients.controlled,
            ClientReleased: clients.released,
            MessagesStarted: clients.messages_started,
            ClientGone: clients.gone,
            ClientReturned: clients.returned,
            WindowClosed: clients.window_ended,
            WindowCrashed: clients.window_ended,
            MessageSent: self.channels.sent,
            MessageReceived: self.channels.received,
            MessageUndelivered: self.channels.undelivered,
            PortMoved: self.channels.moved,
            WorkerStateChanged: workers.state,
            WorkerRunningChanged: workers.running,
            WorkerFailed: workers.failed,
            RegistrationChanged: workers.registration,
            UpdateFound: workers.update_found,
        }

    @classmethod
    def of(cls, events: Iterable[Event]) -> World:
        """Return the world that these events, a log's most often, lead to."""
        world = cls()
        for event in events:
            world.apply(event)
        return world

    def apply(self, event: Event) -> None:
        """Take in what an event changes."""
        self.seq = event.seq
        fold = self._folds.get(type(event))
        if fold is None:
            return
        fold(event)
        if self.on_change:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        """Tell all; then raise what one of them raised, for the log to report."""
        failed: Exception | None = None
        for callback in tuple(self.on_change):
            try:
                callback(event)
            except Exception as error:  # the others must hear
                failed = failed or error
        if failed is not None:
            raise failed

    def _note(self, event: Event, what: str) -> None:
        self._surprises.append(Surprise(seq=event.seq, actor=event.actor, cause=event.seq, what=what))

    @property
    def surprises(self) -> tuple[Surprise, ...]:
        """What swnb did not expect: what the log says so of, and events that no rule has here. The last thousand."""
        return tuple(self._surprises)

    def __eq__(self, other: object) -> bool:
        return self._state() == other._state() if isinstance(other, World) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it changes

    def _state(self) -> tuple[object, ...]:
        views = (self.clients, self.workers, self.registrations, self.channels)
        return (self.seq, *(view.all for view in views), self.clients.by_focus, self.surprises)

    def __repr__(self) -> str:
        parts = [repr(view) for view in (self.clients, self.workers, self.registrations, self.channels)]
        parts += [f"surprises: {len(self.surprises)}"] if self._surprises else []
        return "\n\n".join(parts)
