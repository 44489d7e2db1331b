"""What the protocol's ``ServiceWorker`` domain tells: registrations, versions, their states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from swnb.browser.anchor import Anchor
from swnb.browser.changes import Changes
from swnb.browser.protocol import Message
from swnb.browser.targets import Targets
from swnb.vocab import RegistrationId, RunningStatus, ServiceWorkerState, TargetId, VersionId, WorkerRole

STATES = {
    "new": ServiceWorkerState.PARSED,
    "installing": ServiceWorkerState.INSTALLING,
    "installed": ServiceWorkerState.INSTALLED,
    "activating": ServiceWorkerState.ACTIVATING,
    "activated": ServiceWorkerState.ACTIVATED,
    "redundant": ServiceWorkerState.REDUNDANT,
}
"""The protocol's words for the states of the specification."""

ROLES = {
    ServiceWorkerState.INSTALLING: WorkerRole.INSTALLING,
    ServiceWorkerState.INSTALLED: WorkerRole.WAITING,
    ServiceWorkerState.ACTIVATING: WorkerRole.ACTIVE,
    ServiceWorkerState.ACTIVATED: WorkerRole.ACTIVE,
}
"""Which of its registration's workers a version is, by its state. A redundant one is none of them, and one that is only parsed is
none yet: if its script cannot be had, it goes without a word."""


class Version(msgspec.Struct, eq=False):
    """One service worker: one version of a script in one registration.

    Attributes
    ----------
    controlled
        Targets of the windows that it controls, as the browser's bookkeeping has it.
    target_id
        Its thread's target while it runs.
    error
        Last error that the browser reported of it, ``""`` if none.
    start_reason
        Why it is being started, where that is certain; ``""`` otherwise.
    stops
        How often it was seen to stop. One that messages come to runs again at once.
    """

    id: VersionId
    registration_id: RegistrationId
    script_url: str
    state: ServiceWorkerState = ServiceWorkerState.PARSED
    running: RunningStatus = RunningStatus.STOPPED
    target_id: TargetId | None = None
    controlled: tuple[TargetId, ...] = ()
    error: str = ""
    start_reason: str = ""
    stops: int = 0

    @property
    def role(self) -> WorkerRole | None:
        """Which of its registration's workers it is; None before it installs, and once it is redundant."""
        return ROLES.get(self.state)


class WorkerFault(msgspec.Struct, frozen=True):
    """An error of a worker, as the browser reported it; line and column from 1, 0 where they are not known."""

    message: str
    url: str
    line: int
    column: int


class Registration(msgspec.Struct, eq=False):
    """One registration. A deleted one goes on to serve the windows that it controls."""

    id: RegistrationId
    scope: str
    deleted: bool = False
    versions: dict[VersionId, Version] = msgspec.field(default_factory=dict)

    def version(self, role: WorkerRole) -> Version | None:
        """Return its installing, waiting or active worker."""
        found = None
        for version in tuple(self.versions.values()):  # the loop's thread may add one just now
            if version.role is role:
                found = version  # the newest one: an older one with the same state is on its way out
        return found

    @property
    def newest(self) -> Version | None:
        """The worker that was found last."""
        return max(tuple(self.versions.values()), key=lambda version: int(version.id), default=None)

    @property
    def living(self) -> bool:
        """Whether it has a worker that is not redundant.

        Of some that are gone the browser never says so: those whose first install failed, and those that were stopped when
        they were unregistered.
        """
        for version in tuple(self.versions.values()):
            idle = version.running is RunningStatus.STOPPED and not version.controlled
            if version.role is not None and not (self.deleted and idle):
                return True
        return False


class ServiceWorkers:
    """Registrations and versions of the whole browser, kept up to date by the domain's events.

    Parameters
    ----------
    targets
        Of the browser.
    borrow
        Whether windows may carry the domain; see `Anchor`.

    Attributes
    ----------
    anchor
        The page that carries the domain.
    on_state
        Called with a version and its former state when it enters another state (None for one just found).
    on_running
        Called with a version whose running status changed.
    before_stop
        Awaited with a version that is to be stopped, before the browser is asked to.
    """

    def __init__(self, targets: Targets, *, borrow: bool = True) -> None:
        self.registrations: dict[RegistrationId, Registration] = {}
        self.versions: dict[VersionId, Version] = {}
        self.on_state: list[Callable[[Version, ServiceWorkerState | None], None]] = []
        self.on_running: list[Callable[[Version], None]] = []
        self.on_registration: list[Callable[[Registration], None]] = []
        self.on_fault: list[Callable[[Version, WorkerFault], None]] = []
        self.before_stop: list[Callable[[Version], Awaitable[None]]] = []
        self._heard_registrations = self._heard_versions = 0
        self._changes = Changes(targets.root.connection)
        self.anchor = Anchor(
            targets,
            {
                "ServiceWorker.workerRegistrationUpdated": self._registrations_updated,
                "ServiceWorker.workerVersionUpdated": self._versions_updated,
                "ServiceWorker.workerErrorReported": self._error_reported,
            },
            borrow=borrow,
        )

    def _registrations_updated(self, params: Message) -> None:
        if self._heard_registrations != self.anchor.takes:
            self._heard_registrations = self.anchor.takes
            present = {told["registrationId"] for told in params["registrations"]}
            for registration in self.all():
                registration.deleted = registration.deleted or registration.id not in present
        for told in params["registrations"]:
            id_ = RegistrationId(told["registrationId"])
            registration = self.registrations.setdefault(id_, Registration(id_, told["scopeURL"]))
            registration.deleted = told["isDeleted"]
            for version in self.versions.values():
                if version.registration_id == id_:
                    registration.versions[version.id] = version
        for registration in self.all():
            for on_registration in self.on_registration:
                on_registration(registration)
        self._changes.notify()

    def _versions_updated(self, params: Message) -> None:
        if self._heard_versions != self.anchor.takes:
            self._heard_versions = self.anchor.takes
            self._vanished({told["versionId"] for told in params["versions"]})
        for told in params["versions"]:
            id_ = VersionId(told["versionId"])
            known = self.versions.get(id_)
            version = known or Version(id_, RegistrationId(told["registrationId"]), told["scriptURL"])
            self.versions[id_] = version
            registration = self.registrations.get(version.registration_id)
            if registration is not None:
                registration.versions[id_] = version
            self._update(version, told, new=known is None)
        self._changes.notify()

    def _vanished(self, present: set[str]) -> None:
        """Those that ended while no page carried the domain are redundant."""
        gone = {"status": "redundant", "runningStatus": "stopped"}
        for version in tuple(self.versions.values()):
            if version.id not in present and version.state is not ServiceWorkerState.REDUNDANT:
                self._update(version, gone, new=False)

    def _update(self, version: Version, told: Message, *, new: bool) -> None:
        former_state, former_running = version.state, version.running
        version.state = STATES[told["status"]]
        version.running = RunningStatus(told["runningStatus"])
        version.target_id = told.get("targetId")
        version.controlled = tuple(told.get("controlledClients", ()))
        if new or version.state is not former_state:
            for on_state in self.on_state:
                on_state(version, None if new else former_state)
        if version.running is not former_running:
            version.stops += version.running is RunningStatus.STOPPED
            for on_running in self.on_running:
                on_running(version)

    def _error_reported(self, params: Message) -> None:
        told = params["errorMessage"]
        version = self.versions.get(told["versionId"])
        if version is not None:
            where = f" (line {told['lineNumber']})" if told["lineNumber"] > 0 else ""
            version.error = f"{told['errorMessage']}{where}"
            line, column = max(0, told["lineNumber"]), max(0, told.get("columnNumber", 0))
            fault = WorkerFault(told["errorMessage"], told.get("sourceURL", ""), line, column)
            for on_fault in self.on_fault:
                on_fault(version, fault)

    async def changed(self, timeout_s: float) -> None:
        """Wait for the next event of the domain, at most `timeout_s` seconds. Cancelling it is safe."""
        await self._changes.wait(timeout_s)

    def all(self) -> tuple[Registration, ...]:
        """Return all registrations, oldest first; any thread may call it."""
        return tuple(self.registrations.values())

    def by_scope(self, scope: str) -> Registration | None:
        """Return the registration with exactly this scope; the living one where a deleted one still serves clients."""
        found = [registration for registration in self.all() if registration.scope == scope]
        if len(found) == 1:
            return found[0]
        return max(found, key=lambda registration: (not registration.deleted, int(registration.id)), default=None)

    async def start_worker(self, scope: str) -> None:
        """Start the active worker of a scope, if it is stopped."""
        registration = self.by_scope(scope)
        version = registration.version(WorkerRole.ACTIVE) if registration is not None else None
        if version is not None and version.running is RunningStatus.STOPPED:
            version.start_reason = "start_worker"
        await self.anchor.send("ServiceWorker.startWorker", {"scopeURL": scope})

    async def stop_worker(self, version: Version) -> None:
        """Stop one worker's thread."""
        for callback in tuple(self.before_stop):
            await callback(version)
        await self.anchor.send("ServiceWorker.stopWorker", {"versionId": version.id})

    async def update(self, scope: str) -> None:
        """Make the browser look for a new script, as it does by itself after a navigation."""
        await self.anchor.send("ServiceWorker.updateRegistration", {"scopeURL": scope})

    async def skip_waiting(self, scope: str) -> None:
        """Let the waiting worker activate, as DevTools' button does."""
        await self.anchor.send("ServiceWorker.skipWaiting", {"scopeURL": scope})

    async def unregister(self, scope: str) -> None:
        """Remove the registration, as DevTools' button does."""
        await self.anchor.send("ServiceWorker.unregister", {"scopeURL": scope})
