"""What can be waited for: states, which are looked at now, and events, which are looked for from a mark on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from swnb.errors import BrowserGone, InvalidArgument, SwnbError, WaitTimeout, nearest
from swnb.events import Event, WindowClosed, WindowLoaded, WindowNavigated, WorkerRunningChanged, WorkerStateChanged
from swnb.log import Mark
from swnb.vocab import ClientType, RunningStatus, ServiceWorkerState

if TYPE_CHECKING:
    from swnb.browser.service_workers import Version
    from swnb.lab.async_lab import AsyncLab

LOOK_S = 0.05
"""Pause between two looks at what no event tells."""

STATE_CONDITIONS = {
    "active": "a worker is in the state `activated` (of --scope, else of the registration registered last)",
    "controlled": "a window is controlled (--window NAME, else any)",
    "clients N": "the worker controls exactly N windows",
    "stopped": "no worker runs (of --scope, else of the registration registered last)",
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


@dataclass(frozen=True)
class Wish:
    """What is waited for.

    Attributes
    ----------
    condition
        As the user wrote it.
    scope, window
        What it is narrowed down to: a whole URL, and the name of a window; None for any.
    timeout_s, deadline
        How long, in seconds, and until when, by the monotonic clock.
    """

    condition: str
    scope: str | None
    window: str | None
    timeout_s: float
    deadline: float

    @property
    def rest_s(self) -> float:
        """Seconds that are left."""
        return max(0.0, self.deadline - monotonic())

    def fits(self, event: Event) -> bool:
        """Tell whether an event is of the scope and the window that are meant."""
        scope, name = getattr(event, "scope", self.scope), getattr(event, "name", self.window)
        return (self.scope is None or scope == self.scope) and (self.window is None or name == self.window)


class Waiting:
    """The verb `wait` of one lab."""

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab

    async def wait(
        self, condition: str, *, scope: str | None, window: str | None, mark: Mark | None, timeout_s: float
    ) -> Event | None:
        """See `AsyncLab.wait`."""
        whole = None if scope is None else self._lab.absolute(scope)
        wish = Wish(condition, whole, window, timeout_s, monotonic() + timeout_s)
        words = condition.split()
        if len(words) == 1 and words[0] in EVENT_CONDITIONS:
            return await self._event(EVENT_CONDITIONS[words[0]][1], wish, mark or self._lab.log.acting)
        await self._state(self._look(words, wish), wish)
        return None

    # ---- states -------------------------------------------------------------------------------------------------

    async def _state(self, look: Callable[[], Awaitable[str]], wish: Wish) -> None:
        """Look until there is nothing left to say."""
        missing = ""
        try:
            async with asyncio.timeout(wish.timeout_s):
                while missing := await look():
                    await self._lab.browser.service_workers.changed(min(LOOK_S, wish.rest_s))
        except TimeoutError:
            raise self._too_late(wish, missing) from None

    def _look(self, words: list[str], wish: Wish) -> Callable[[], Awaitable[str]]:
        """Return what looks whether a condition holds: it gives "", or what is missing."""
        if words == ["active"]:
            return lambda: self._active(wish)
        if words == ["controlled"]:
            if wish.window is not None:
                self._lab.window(wish.window)  # says so if there is none
            return lambda: self._controlled(wish)
        if words == ["stopped"]:
            return lambda: self._stopped(wish)
        if len(words) == 2 and words[0] == "clients" and words[1].isascii() and words[1].isdigit():
            return lambda: self._has_clients(int(words[1]), wish)
        known = [*(c.split()[0] for c in STATE_CONDITIONS), *EVENT_CONDITIONS]
        near = nearest(words[0], known) if words else None
        hint = f"did you mean {near!r}? " if near and near != words[0] else ""
        raise InvalidArgument(
            f"{' '.join(words)!r} cannot be waited for",
            f"{hint}states: {', '.join(STATE_CONDITIONS)}; events: {', '.join(EVENT_CONDITIONS)}",
        )

    async def _active(self, wish: Wish) -> str:
        states = [version.state for version in self._versions(wish)]
        return "" if ServiceWorkerState.ACTIVATED in states else "no worker is activated"

    async def _stopped(self, wish: Wish) -> str:
        workers = [version for version in self._versions(wish) if version.role is not None]
        running = [version for version in workers if version.running is not RunningStatus.STOPPED]
        return f"{len(running)} of the workers are not stopped" if running else ""

    async def _controlled(self, wish: Wish) -> str:
        windows = self._lab.windows if wish.window is None else [self._lab.window(wish.window)]
        controlled = {target for version in self._versions(wish, every=True) for target in version.controlled}
        if any(w.target_id in controlled for w in windows):
            return ""
        return "no window is controlled" if wish.window is None else f"the window {wish.window!r} is not controlled"

    async def _has_clients(self, number: int, wish: Wish) -> str:
        try:
            clients = await self._lab.find_worker(scope=wish.scope).clients.match_all(type=ClientType.WINDOW)
        except BrowserGone:
            raise
        except SwnbError:
            return "no worker could be asked for its clients"
        return "" if len(clients) == number else f"it controls {len(clients)} windows"

    # ---- events -------------------------------------------------------------------------------------------------

    async def _event(self, matches: Callable[[Event], bool], wish: Wish, mark: Mark) -> Event:
        log = self._lab.log
        connection = self._lab.browser.connection
        arrived = asyncio.Event()

        def wake(_: object) -> None:
            arrived.set()

        log.on_event.append(wake)
        connection.on_closed.append(wake)
        try:
            async with asyncio.timeout(wish.timeout_s):
                while True:
                    arrived.clear()
                    for event in log.since(mark):
                        if matches(event) and wish.fits(event):
                            return event
                    mark = log.mark()
                    connection.check_open()
                    await arrived.wait()
        except TimeoutError:
            raise self._too_late(wish, "") from None
        finally:
            log.on_event.remove(wake)
            connection.on_closed.remove(wake)

    # ---- how things stand ---------------------------------------------------------------------------------------

    def _versions(self, wish: Wish, *, every: bool = False) -> list[Version]:
        """Return the workers of the scope that is meant: by default of the registration that the lab registered last.

        Those of a registration that was unregistered count only where it is all there is.
        """
        service_workers = self._lab.browser.service_workers
        scope = wish.scope if wish.scope is not None or every else self._lab.scope
        found = [r for r in service_workers.all() if scope is None or r.scope == scope]
        found = [r for r in found if not r.deleted] or found
        return [version for registration in found for version in registration.versions.values()]

    def _too_late(self, wish: Wish, missing: str) -> WaitTimeout:
        """Return the error that says in words how the workers stand."""
        parts = [missing] if missing else []
        for version in self._versions(wish):
            error = f" ({version.error})" if version.error else ""
            if version.state is ServiceWorkerState.REDUNDANT and not error:
                error = " (its install failed, or another one replaced it)"
            parts.append(f"{version.script_url} is {version.state}, {version.running}{error}")
        if len(parts) == bool(missing):
            parts.append("no worker is registered" + (f" for {wish.scope}" if wish.scope else ""))
        return WaitTimeout(wish.condition, wish.timeout_s, "; ".join(parts))
