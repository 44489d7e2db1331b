"""When a service worker's agent may hold facts back over several tasks.

Each batch costs the browser about a tenth of a millisecond, so a worker that tells very much is allowed to put the facts of some
milliseconds into one. Nothing tells a worker that it is going to be stopped: the facts it holds back would go with it. It is
allowed, therefore, only as long as nothing tells that a stop may come; before one comes it is told to hold back no more.

The browser stops a worker that is busy when another version takes its place, which begins with that version's installing, or when
its registration is removed. swnb says so before it stops one itself. In a browser that swnb did not start anybody may stop one.
"""

from __future__ import annotations

from contextlib import suppress

from swnb.browser.protocol import Message
from swnb.browser.service_workers import Registration, ServiceWorkers, Version
from swnb.browser.targets import Target, Targets
from swnb.errors import SwnbError
from swnb.vocab import RunningStatus, ServiceWorkerState, TargetId, VersionId

BUSY = 256
"""From which batch of its life on a worker counts as one that tells much."""

PATIENCE_S = 0.25
"""How long a worker that is to be stopped may take to hear it: one in an endless loop never does."""


class Holding:
    """Allows agents of service workers to hold facts back, and takes it back in time.

    Parameters
    ----------
    targets, service_workers
        Of the browser.
    alone
        Whether nobody but swnb can stop a worker there, and the browser itself.
    """

    def __init__(self, targets: Targets, service_workers: ServiceWorkers, *, alone: bool) -> None:
        self._targets = targets
        self._versions = service_workers.versions
        self._registrations = service_workers.registrations
        self._alone = alone
        self._holders: dict[TargetId, Version] = {}
        self._ending: set[VersionId] = set()
        service_workers.on_state.append(self._in_state)
        service_workers.on_running.append(self._runs)
        service_workers.on_registration.append(self._registered)
        service_workers.before_stop.append(self.settle)

    def allow(self, target: Target) -> None:
        """Let a busy worker's agent hold facts back, unless it may be stopped soon."""
        version = next((version for version in self._versions.values() if version.target_id == target.id), None)
        if (
            not self._alone
            or version is None
            or version.state is not ServiceWorkerState.ACTIVATED
            or version.id in self._ending
        ):
            return
        registration = self._registrations.get(version.registration_id)
        if (
            registration is None
            or registration.deleted
            or any(self._replaces(v, version) for v in self._versions.values())
        ):
            return
        self._holders[target.id] = version
        self._tell(target, may=True)

    @staticmethod
    def _replaces(other: Version, version: Version) -> bool:
        """Tell whether a version stands, or will stand, in another one's place."""
        same = other.registration_id == version.registration_id and other is not version
        return same and other.state is not ServiceWorkerState.REDUNDANT

    def _in_state(self, changed: Version, _: ServiceWorkerState | None) -> None:
        for version in tuple(self._holders.values()):
            if self._replaces(changed, version) or changed is version:
                self._forbid(version)

    def _runs(self, version: Version) -> None:
        if version.running is not RunningStatus.STOPPING:  # the life that was to be stopped is over
            self._ending.discard(version.id)

    def _registered(self, registration: Registration) -> None:
        if registration.deleted:
            for version in tuple(self._holders.values()):
                if version.registration_id == registration.id:
                    self._forbid(version)

    def _forbid(self, version: Version) -> None:
        """Take it back, without waiting: what follows takes the browser longer than the worker needs to hear this."""
        for target_id in [target_id for target_id, holder in self._holders.items() if holder is version]:
            del self._holders[target_id]
            target = self._targets.by_id.get(target_id)
            if target is not None:
                self._tell(target, may=False)

    def _tell(self, target: Target, *, may: bool) -> None:
        if target.session.agent is not None:
            target.session.post("Runtime.callFunctionOn", _call(target.session.agent, may=may))

    async def settle(self, version: Version) -> None:
        """Let the agent of a worker that is to be stopped tell all that it holds back, and from here on at once.

        The answer is waited for in any case: all that the agent told before is here with it.
        """
        target = self._targets.by_id.get(version.target_id) if version.target_id is not None else None
        if target is None or target.session.agent is None:
            return
        self._holders.pop(target.id, None)
        self._ending.add(version.id)
        with suppress(SwnbError):  # it is being stopped already, or does not answer
            params = _call(target.session.agent, may=False)
            await target.session.send("Runtime.callFunctionOn", params, timeout_s=PATIENCE_S)


def _call(agent: str, *, may: bool) -> Message:
    return {
        "objectId": agent,
        "functionDeclaration": "function (may) { this.hold(may); }",
        "arguments": [{"value": may}],
    }
