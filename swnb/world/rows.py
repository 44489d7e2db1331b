"""What is known of one client, worker, registration or channel at one moment. Rows are replaced, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from swnb.events import MessageReceived, MessageSent
from swnb.text import moment, time_of_day
from swnb.vocab import (
    ClientId,
    ClientType,
    FrameType,
    Heard,
    Lifecycle,
    MessageVia,
    RunningStatus,
    ServiceWorkerState,
    TargetId,
    VersionId,
    VisibilityState,
    WorkerRole,
)

ROLES = {
    ServiceWorkerState.INSTALLING: WorkerRole.INSTALLING,
    ServiceWorkerState.INSTALLED: WorkerRole.WAITING,
    ServiceWorkerState.ACTIVATING: WorkerRole.ACTIVE,
    ServiceWorkerState.ACTIVATED: WorkerRole.ACTIVE,
}
"""Which of its registration's workers one is, by its state."""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client: a document, a dedicated or a shared worker.

    Attributes
    ----------
    label
        ``c1``, ``c2``, … in order of first appearance.
    url
        ``Client.url``: the one it was created with.
    type, frame_type
        ``Client.type``, ``WindowClient.frameType``.
    origin
        Serialized; ``"null"`` for an opaque one.
    target, frame_id
        CDP's ids; a frame's target is its page's, unless it is of another site.
    name
        Of the window; None for frames and workers.
    id
        ``Client.id``; None where it is not known.
    id_heard
        Whether that id is certain: ``inferred`` ones were told by URL, owner and order of creation.
    location
        Its address now (``history.pushState``, fragments).
    ancestor_origins
        Parent first.
    controller
        ``w1``, ``w2``, … of the worker that controls it; None for none.
    visibility_state, focused
        ``WindowClient.visibilityState``, ``WindowClient.focused``.
    lifecycle
        Of the document; None where it has told nothing yet.
    messages_started
        Whether its queue of messages from workers is open.
    owner
        The client that it belongs to: parent of a frame, creator of a dedicated worker, opener of a pop-up.
    former, successor
        The clients before and after it in the same frame.
    alive
        Whether it has not ended. One in the back/forward cache lives.
    appeared_at
        In UTC.
    """

    label: str
    url: str
    type: ClientType
    frame_type: FrameType
    origin: str
    target: TargetId
    frame_id: str = ""
    name: str | None = None
    id: ClientId | None = None
    id_heard: Heard = Heard.HEARD
    location: str = ""
    ancestor_origins: tuple[str, ...] = ()
    controller: str | None = None
    visibility_state: VisibilityState | None = None
    focused: bool = False
    lifecycle: Lifecycle | None = None
    messages_started: bool = False
    owner: str | None = None
    former: str | None = None
    successor: str | None = None
    alive: bool = True
    appeared_at: datetime | None = None

    @property
    def cached(self) -> bool:
        """Whether it sleeps in the back/forward cache."""
        return self.lifecycle is Lifecycle.CACHED

    @property
    def is_window(self) -> bool:
        """Whether it is the document of a window, a pop-up included, and not of a frame."""
        return self.type is ClientType.WINDOW and self.frame_type is not FrameType.NESTED

    @property
    def state(self) -> str:
        """How it is, in a few words."""
        if not self.alive:
            return "gone"
        words = [str(self.visibility_state)] if self.visibility_state is not None else []
        words += ["focused"] if self.focused else []
        words += [str(self.lifecycle)] if self.lifecycle in (Lifecycle.CACHED, Lifecycle.FROZEN) else []
        return ", ".join(words)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        kind = self.type if self.type is not ClientType.WINDOW else f"{self.type} ({self.frame_type})"
        sure = "?" if self.id_heard is Heard.INFERRED else ""
        identity = f"{self.id}{sure}" if self.id is not None else ""
        return (self.label, self.name or "", kind, self.location, self.controller or "", self.state, identity)


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A service worker: one version of a script in one registration.

    Attributes
    ----------
    label
        ``w1``, ``w2``, … in order of first appearance.
    version_id
        CDP's id.
    scope, script_url, state
        As in the specification; `scope` is "" where the browser has not told it.
    running
        Whether it has a thread now.
    epoch
        How often it has been started.
    start_reason
        Why it was started last, where that is known.
    controlled
        Labels of the clients that it controls, in the order in which it came to them.
    errors
        Messages of its last errors, oldest first; at most a hundred.
    registration_id
        CDP's id of its registration, where the browser has told it.
    """

    label: str
    version_id: VersionId
    scope: str
    script_url: str
    state: ServiceWorkerState = ServiceWorkerState.PARSED
    running: RunningStatus = RunningStatus.STOPPED
    epoch: int = 0
    start_reason: str = ""
    controlled: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    registration_id: str = ""

    @property
    def alive(self) -> bool:
        """Whether it is not redundant."""
        return self.state is not ServiceWorkerState.REDUNDANT

    @property
    def role(self) -> WorkerRole | None:
        """Which of its registration's workers it is; None before it installs and once it is redundant."""
        return ROLES.get(self.state)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        errors = f"{len(self.errors)}: {self.errors[-1]}" if self.errors else ""
        thread = f"{self.running} (start {self.epoch})" if self.epoch else str(self.running)
        return (self.label, self.script_url, self.state, thread, ", ".join(self.controlled), self.scope, errors)


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """A service worker registration.

    Attributes
    ----------
    scope
        Its URL.
    id
        CDP's; "" where the browser has not told it.
    installing, waiting, active
        Labels of its workers, None for none.
    deleted
        Whether it was unregistered; it lives on while clients use it.
    """

    scope: str
    id: str = ""
    installing: str | None = None
    waiting: str | None = None
    active: str | None = None
    deleted: bool = False

    @property
    def alive(self) -> bool:
        """Whether it was not unregistered."""
        return not self.deleted

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        gone = "unregistered" if self.deleted else ""
        return (self.scope, self.installing or "", self.waiting or "", self.active or "", gone)


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A conversation: a pair of a page and a worker, a pair of ports, a name of BroadcastChannels.

    Attributes
    ----------
    name
        As `Message.channel`.
    via
        By which method its first message went.
    ends
        Actors that are at its ends: of ports those that have them now, else all that were heard or meant.
    sent, received, lost, waiting
        How many messages: calls of ``postMessage``, events that arrived, those that never will, those that are held up.
    last
        The event of the last message on it.
    """

    name: str
    via: MessageVia | None = None
    ends: tuple[str, ...] = ()
    sent: int = 0
    received: int = 0
    lost: int = 0
    waiting: int = 0
    last: MessageSent | MessageReceived | None = None

    @property
    def alive(self) -> bool:
        """Channels have no end that could be seen."""
        return True

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        when = "" if self.last is None else time_of_day(moment(self.last.t_browser_ms))
        counts = (str(self.sent), str(self.received), str(self.lost or ""), str(self.waiting or ""))
        return (self.name, self.via or "", ", ".join(self.ends), *counts, when)
