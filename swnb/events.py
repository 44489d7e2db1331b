"""Facts that were observed, in the past tense. The probe will add what contexts say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic_ns

from swnb.vocab import RunningStatus, ServiceWorkerState, TargetId, VersionId


@dataclass(frozen=True, kw_only=True)
class Event:
    """One observed fact.

    Attributes
    ----------
    seq
        Its place in the log, from 0.
    t_mono_ns
        Monotonic clock of this process when it was heard, in nanoseconds.
    """

    seq: int = -1
    t_mono_ns: int = 0

    def stamped(self, seq: int) -> Event:
        """Return it with its place in the log and the time."""
        from dataclasses import replace

        return replace(self, seq=seq, t_mono_ns=monotonic_ns())


@dataclass(frozen=True, kw_only=True)
class WorkerStateChanged(Event):
    """A service worker was found (`former` is None) or entered another state."""

    version_id: VersionId
    scope: str
    script_url: str
    state: ServiceWorkerState
    former: ServiceWorkerState | None


@dataclass(frozen=True, kw_only=True)
class WorkerRunningChanged(Event):
    """A service worker's thread started or ended."""

    version_id: VersionId
    scope: str
    script_url: str
    running: RunningStatus


@dataclass(frozen=True, kw_only=True)
class WindowOpened(Event):
    """A window appeared, opened by the lab or by a script."""

    target_id: TargetId
    name: str


@dataclass(frozen=True, kw_only=True)
class WindowNavigated(Event):
    """A window has another document; `url` is the one it was created with."""

    target_id: TargetId
    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class WindowLoaded(Event):
    """A window's document fired ``load``."""

    target_id: TargetId
    name: str


@dataclass(frozen=True, kw_only=True)
class WindowCrashed(Event):
    """A window's renderer crashed; the window shows nothing until it is reloaded."""

    target_id: TargetId
    name: str


@dataclass(frozen=True, kw_only=True)
class WindowDialog(Event):
    """A page opened a dialog (``alert``, ``confirm``, ``prompt``, ``beforeunload``), which was answered at once."""

    target_id: TargetId
    name: str
    type: str
    message: str


@dataclass(frozen=True, kw_only=True)
class WindowClosed(Event):
    """A window is gone."""

    target_id: TargetId
    name: str
