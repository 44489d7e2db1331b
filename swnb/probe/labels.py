"""What people call clients and workers: ``c1``, ``c2``, …, ``w1``, ``w2``, … in order of first appearance."""

from __future__ import annotations

from swnb.browser.service_workers import ServiceWorkers, Version
from swnb.vocab import ServiceWorkerState, TargetId, VersionId

ACTIVE = (ServiceWorkerState.ACTIVATING, ServiceWorkerState.ACTIVATED)


class Labels:
    """Gives labels, and knows whose they are.

    A worker's thread is attached before the browser's bookkeeping says which version of which registration it is; the label is
    given to whichever of the two comes first, and the other one joins it.

    Parameters
    ----------
    former
        Those of the browser that the lab had before: none of them is given again.
    """

    def __init__(self, service_workers: ServiceWorkers, former: Labels | None = None) -> None:
        self._service_workers = service_workers
        self._clients: int = 0 if former is None else former._clients
        self._workers: int = 0 if former is None else former._workers
        self._of_version: dict[VersionId, str] = {}
        self._of_target: dict[TargetId, str] = {}
        self._unclaimed: dict[TargetId, str] = {}

    def next_client(self) -> str:
        """Return the next client's label."""
        self._clients += 1
        return f"c{self._clients}"

    def _next_worker(self) -> str:
        self._workers += 1
        return f"w{self._workers}"

    def version(self, version: Version) -> str:
        """Return a worker's label."""
        known = self._of_version.get(version.id)
        if known is None:
            target = version.target_id
            known = self._of_target.get(target, "") if target is not None else ""
            if not known:
                known = self._claimed(version.script_url) or self._next_worker()
            self._of_version[version.id] = known
        if version.target_id is not None:
            self._of_target[version.target_id] = known
            self._unclaimed.pop(version.target_id, None)
        return known

    def _claimed(self, script_url: str) -> str:
        """Take a label that was given to a thread of this script, whose version was not known then."""
        for target, url in self._unclaimed.items():
            if url == script_url:
                del self._unclaimed[target]
                return self._of_target[target]
        return ""

    def target(self, target_id: TargetId, url: str) -> str:
        """Return the label of a worker's thread."""
        version = self.version_of(target_id, url)
        if version is not None:
            label = self.version(version)
        else:
            label = self._of_target.get(target_id) or self._next_worker()
            self._unclaimed[target_id] = url
        self._of_target[target_id] = label
        return label

    def version_of(self, target_id: TargetId, url: str) -> Version | None:
        """Return the version that a thread is of: as the bookkeeping tells, else the one of that script that has none yet."""
        versions = list(self._service_workers.versions.values())
        for version in versions:
            if version.target_id == target_id:
                return version
        label = self._of_target.get(target_id)
        if label is not None:
            return next((v for v in versions if self._of_version.get(v.id) == label), None)
        for version in reversed(versions):
            if (
                version.script_url == url
                and version.target_id is None
                and version.state is not ServiceWorkerState.REDUNDANT
                and version.id not in self._of_version
            ):
                return version
        return None

    def controller(self, script_url: str, client_url: str, not_: str | None = None) -> str | None:
        """Return the label of the worker that a page calls its controller: the active one of the script whose scope fits best.

        Parameters
        ----------
        not_
            Who it cannot be: a page that tells of another controller has another one. The browser's bookkeeping comes another
            way and may be late, so that the new one can still be called installed there.
        """
        states = ACTIVE if not_ is None else (*ACTIVE, ServiceWorkerState.INSTALLED)
        best: tuple[int, int, str] | None = None
        for version in self._service_workers.versions.values():
            if version.script_url != script_url or version.state not in states:
                continue
            if not_ is not None and self.version(version) == not_:
                continue
            registration = self._service_workers.registrations.get(version.registration_id)
            scope = registration.scope if registration is not None else ""
            rank = (len(scope) if client_url.startswith(scope) else -1, int(version.id), self.version(version))
            best = rank if best is None or rank[:2] > best[:2] else best
        return not_ if best is None else best[2]

    def in_state(self, script_url: str, state: str) -> str | None:
        """Return the label of the worker of a script that is in a state; None unless it is certain which one is meant."""
        found = [v for v in self._service_workers.versions.values() if v.script_url == script_url]
        exactly = [version for version in found if version.state == state]
        living = [version for version in found if version.state is not ServiceWorkerState.REDUNDANT]
        for candidates in (exactly, living):
            if candidates:
                return self.version(candidates[0]) if len(candidates) == 1 else None
        return None

    def successor(self, version: Version) -> str | None:
        """Return the label of the active worker of the same registration; None where there is none."""
        for other in self._service_workers.versions.values():
            if other.registration_id == version.registration_id and other.state in ACTIVE:
                return self.version(other)
        return None
