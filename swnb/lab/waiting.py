"""What can be waited for: states, which are looked at now, and events, which are looked for from a mark on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument, SwnbError, WaitTimeout, nearest
from swnb.events import Event, WindowClosed, WindowLoaded, WindowNavigated, WorkerRunningChanged, WorkerStateChanged
from swnb.log import Mark
from swnb.vocab import ClientType, RunningStatus, ServiceWorkerState

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

LOOK_S = 0.05
"""Pause between two looks at what no event tells."""

STATE_CONDITIONS = {
    "active": "a worker is in the state `activated` (of --scope, else any)",
    "controlled": "a window is controlled (--window NAME, else any)",
    "clients N": "the worker controls exactly N windows",
    "stopped": "no worker runs (of --scope, else any)",
}

EVENT_CONDITIONS: dict[str, tuple[str, Callable[[Event], bool]]] = {
    "update": ("a worker was found", lambda e: isinstance(e, WorkerStateChanged) and e.former is None),
    **{
        state: (f"a worker became {state}", lambda e, s=state: isinstance(e, WorkerStateChanged) and e.state == s)  # type: ignore[misc]
        for state in ("installing", "installed", "activating", "activated", "redundant")
    },
    "started": (
        "a worker's thread started",
        lambda e: isinstance(e, WorkerRunningChanged) and e.running is RunningStatus.RUNNING,
    ),
    "ended": (
        "a worker's thread ended",
        lambda e: isinstance(e, WorkerRunningChanged) and e.running is RunningStatus.STOPPED,
    ),
    "navigated": ("a window has another document", lambda e: isinstance(e, WindowNavigated)),
    "loaded": ("a window fired `load`", lambda e: isinstance(e, WindowLoaded)),
    "closed": ("a window closed", lambda e: isinstance(e, WindowClosed)),
}


class Waiting:
    """The verb `wait` of one lab."""

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab

    async def wait(
        self, condition: str, *, scope: str | None, window: str | None, mark: Mark | None, timeout_s: float
    ) -> Event | None:
        """See `AsyncLab.wait`."""
        words = condition.split()
        name = words[0] if words else ""
        deadline = monotonic() + timeout_s
        if name in EVENT_CONDITIONS and len(words) == 1:
            return await self._event(name, scope, window, mark or self._lab.log.acting, deadline, timeout_s)
        look = self._state_condition(words, scope, window)
        while not await look():
            if monotonic() >= deadline:
                raise WaitTimeout(condition, timeout_s, self._now(scope))
            await self._lab.browser.service_workers.changed(min(LOOK_S, max(0.0, deadline - monotonic())))
        return None

    def _state_condition(
        self, words: list[str], scope: str | None, window: str | None
    ) -> Callable[[], Awaitable[bool]]:
        lab = self._lab
        if words == ["active"]:
            return lambda: self._is(any(s is ServiceWorkerState.ACTIVATED for s in self._states(scope)))
        if words == ["controlled"]:
            if window is not None:
                lab.window(window)  # says so if there is none
            return lambda: self._is(self._controlled(window))
        if words == ["stopped"]:
            return lambda: self._is(all(v.running is RunningStatus.STOPPED for v in self._versions(scope)))
        if len(words) == 2 and words[0] == "clients" and words[1].isdigit():
            return lambda: self._has_clients(int(words[1]), scope)
        known = [*(c.split()[0] for c in STATE_CONDITIONS), *EVENT_CONDITIONS]
        near = nearest(words[0], known) if words else None
        hint = f"did you mean {near!r}? " if near and near != words[0] else ""
        raise InvalidArgument(
            f"{' '.join(words)!r} cannot be waited for",
            f"{hint}states: {', '.join(STATE_CONDITIONS)}; events: {', '.join(EVENT_CONDITIONS)}",
        )

    @staticmethod
    async def _is(truth: bool) -> bool:
        return truth

    def _versions(self, scope: str | None) -> list:  # type: ignore[type-arg]
        wanted = None if scope is None else self._lab.absolute(scope)
        found = []
        for registration in self._lab.browser.service_workers.registrations.values():
            if wanted is None or registration.scope == wanted:
                found += list(registration.versions.values())
        return found

    def _states(self, scope: str | None) -> list[ServiceWorkerState]:
        return [version.state for version in self._versions(scope)]

    def _controlled(self, window: str | None) -> bool:
        windows = self._lab.windows if window is None else [self._lab.window(window)]
        controlled = {target for version in self._versions(None) for target in version.controlled}
        return any(w.target_id in controlled for w in windows)

    async def _has_clients(self, number: int, scope: str | None) -> bool:
        try:
            worker = self._lab.find_worker(scope=scope)
            clients = await worker.clients.match_all(type=ClientType.WINDOW)
        except SwnbError:
            return False  # no worker yet; `_now` says so if it stays like that
        return len(clients) == number

    async def _event(
        self, name: str, scope: str | None, window: str | None, mark: Mark, deadline: float, timeout_s: float
    ) -> Event:
        matches = EVENT_CONDITIONS[name][1]
        wanted = None if scope is None else self._lab.absolute(scope)
        log = self._lab.log
        arrived = asyncio.Event()
        callback = lambda _: arrived.set()  # noqa: E731
        log.on_event.append(callback)
        try:
            at = mark
            while True:
                arrived.clear()
                for event in log.since(at):
                    fits = wanted is None or getattr(event, "scope", wanted) == wanted
                    if matches(event) and fits and (window is None or getattr(event, "name", window) == window):
                        return event
                at = log.mark()
                try:
                    async with asyncio.timeout(max(0.0, deadline - monotonic())):
                        await arrived.wait()
                except TimeoutError:
                    raise WaitTimeout(name, timeout_s, self._now(scope)) from None
        finally:
            log.on_event.remove(callback)

    def _now(self, scope: str | None) -> str:
        """Say in words how the workers stand."""
        parts = []
        for version in self._versions(scope):
            error = f" ({version.error})" if version.error else ""
            if version.state is ServiceWorkerState.REDUNDANT and not error:
                error = " (its install failed, or another one replaced it)"
            parts.append(f"{version.script_url} is {version.state}, {version.running}{error}")
        return "; ".join(parts) or (
            "no worker is registered" if scope is None else f"no worker is registered for {scope}"
        )
