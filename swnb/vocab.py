"""The words of the specifications as Python enumerations and identifiers.

Every member's value is the very string that the browser uses, so that
``ClientType.WINDOW == "window"`` holds and a member can be sent as it is.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

ClientId = NewType("ClientId", str)
"""``Client.id``: the browser's uuid of an environment; it changes when a window navigates."""

TargetId = NewType("TargetId", str)
"""CDP ``Target.TargetID``; it stays when a window navigates, and is never a client's id."""

SessionId = NewType("SessionId", str)
"""CDP ``Target.SessionID`` of one flat session."""

RegistrationId = NewType("RegistrationId", str)
"""CDP ``ServiceWorker.RegistrationID``."""

VersionId = NewType("VersionId", str)
"""CDP id of one service worker (one script version of one registration)."""


class ClientType(StrEnum):
    """Service Workers, ``enum ClientType``."""

    WINDOW = "window"
    WORKER = "worker"
    SHARED_WORKER = "sharedworker"
    ALL = "all"


class FrameType(StrEnum):
    """Service Workers, ``enum FrameType``. Chromium never answers ``auxiliary``: a pop-up is ``top-level`` there."""

    AUXILIARY = "auxiliary"
    TOP_LEVEL = "top-level"
    NESTED = "nested"
    NONE = "none"


class VisibilityState(StrEnum):
    """HTML, ``enum DocumentVisibilityState``."""

    VISIBLE = "visible"
    HIDDEN = "hidden"


class ServiceWorkerState(StrEnum):
    """Service Workers, ``enum ServiceWorkerState``."""

    PARSED = "parsed"
    INSTALLING = "installing"
    INSTALLED = "installed"
    ACTIVATING = "activating"
    ACTIVATED = "activated"
    REDUNDANT = "redundant"


class RunningStatus(StrEnum):
    """CDP ``ServiceWorker.ServiceWorkerVersionRunningStatus``: whether the worker has a thread now."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


class WorkerRole(StrEnum):
    """Which of a registration's three workers is meant."""

    INSTALLING = "installing"
    WAITING = "waiting"
    ACTIVE = "active"


class WorkerType(StrEnum):
    """HTML, ``enum WorkerType``."""

    CLASSIC = "classic"
    MODULE = "module"


class UpdateViaCache(StrEnum):
    """Service Workers, ``enum ServiceWorkerUpdateViaCache``."""

    IMPORTS = "imports"
    ALL = "all"
    NONE = "none"


class Loop(StrEnum):
    """On which event loop a lab lives."""

    THREAD = "thread"
    KERNEL = "kernel"


AGENT_URL = "swnb-agent.js"
"""What the frames of swnb's own scripts are known by. It shows in debuggers, never in a page."""


class Attach(StrEnum):
    """Whether a lab attaches to service workers. That is part of an experiment: an attached one is never stopped for being idle."""

    HOLD = "hold"
    DETACHED = "detached"


class Heard(StrEnum):
    """How a fact came to be known."""

    HEARD = "heard"
    INFERRED = "inferred"


class MessageVia(StrEnum):
    """By which method a message goes."""

    SERVICE_WORKER = "ServiceWorker.postMessage"
    CLIENT = "Client.postMessage"
    PORT = "MessagePort.postMessage"
    BROADCAST = "BroadcastChannel.postMessage"
    WORKER = "Worker.postMessage"
    OWNER = "DedicatedWorkerGlobalScope.postMessage"
    WINDOW = "window.postMessage"


class Pairing(StrEnum):
    """How sure it is that a message which arrived is the one that was sent."""

    EXACT = "exact"
    AMBIGUOUS = "ambiguous"
    UNPAIRED = "unpaired"


class MessageFate(StrEnum):
    """What became of a message that has not arrived."""

    LOST = "lost"
    GONE = "gone"
    WAITING = "waiting"


class ControlReason(StrEnum):
    """How a client came under a worker's control."""

    LOAD = "load"
    CLAIM = "claim"
    ACTIVATION = "activation"
    UNKNOWN = "unknown"


class Lifecycle(StrEnum):
    """States of a document: those of HTML's readiness and of the Page Lifecycle."""

    LOADING = "loading"
    READY = "ready"
    LOADED = "loaded"
    FROZEN = "frozen"
    CACHED = "cached"
