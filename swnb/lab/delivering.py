"""How an event is brought to a service worker, and when it is over: a push, a background sync."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from msgspec import structs

from swnb.browser.background import Background, Told
from swnb.errors import LabError, RegistrationUnknown, SwnbError, WaitTimeout
from swnb.events import (
    ConsoleWritten,
    Event,
    EventSettled,
    PushReceived,
    RegistrationChanged,
    SyncReceived,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.lab.parcels import PUSHES, Delivery, Parcel
from swnb.vocab import Heard, RunningStatus, WorkerRole

if TYPE_CHECKING:
    from swnb.browser.browser import Browser
    from swnb.browser.service_workers import Registration, Version
    from swnb.log import Log
    from swnb.probe.labels import Labels

LOOK_S: Final = 0.2
"""Pause between two looks at what nobody tells of a worker that is left alone."""

WAKING: Final = (
    PushReceived,
    SyncReceived,
    EventSettled,
    WorkerRunningChanged,
    WorkerStateChanged,
    RegistrationChanged,
)


class Deliveries:
    """Brings events to the active workers of one browser.

    Parameters
    ----------
    browser
        Its connection and bookkeeping.
    log, labels
        What is heard, and how workers are called there.
    heard
        Tells whether a worker says itself what comes to it.
    """

    def __init__(self, browser: Browser, log: Log, labels: Labels, heard: Callable[[Version], bool]) -> None:
        self._connection = browser.connection
        self._log = log
        self._labels = labels
        self._heard = heard
        self._background = Background(browser.service_workers.anchor, browser.connection)
        self._taken: set[int] = set()
        self._running: dict[str, int] = {}

    async def deliver(self, parcel: Parcel, registration: Registration, timeout_s: float) -> Delivery:
        """Bring it; return when the event is over: its listeners were called, and what they gave to ``waitUntil`` settled.

        Raises
        ------
        WaitTimeout
            If it is not over in time; it goes on.
        RegistrationUnknown
            If the registration was removed.
        LabError
            If the worker ended in the middle of it.
        """
        check_registered(registration)
        version = registration.version(WorkerRole.ACTIVE)
        assert version is not None
        if self._heard(version):
            return await self._hearing(parcel, registration, timeout_s)
        return await self._left_alone(parcel, registration, timeout_s)

    # ---- a worker that tells ------------------------------------------------------------------------------------

    async def _hearing(self, parcel: Parcel, registration: Registration, timeout_s: float) -> Delivery:
        place, began = self._log.mark(), None
        errors: list[ConsoleWritten] = []
        try:
            async with asyncio.timeout(timeout_s):
                with self._woken() as arrived:
                    await self._background.dispatch(parcel.command, registration, parcel.params)
                    while True:
                        arrived.clear()
                        self._connection.check_open()
                        events, place = list(self._log.since(place)), self._log.mark()
                        for event in events:
                            if began is None:
                                began = self._begins(event, parcel, registration)
                            elif isinstance(event, EventSettled) and event.cause == began.seq:
                                return Delivery(parcel.type, began.actor, began, event.failed, tuple(errors))
                            elif event.actor == began.actor and event.seq > began.seq:
                                check_alive(event, parcel)
                                if isinstance(event, ConsoleWritten) and event.level == "exception":
                                    errors.append(event)
                        if began is None:
                            check_registered(registration)
                        await arrived.wait()
        except TimeoutError:
            raise too_late(parcel, registration, timeout_s, None if began is None else began.actor) from None

    def _begins(self, event: Event, parcel: Parcel, registration: Registration) -> PushReceived | SyncReceived | None:
        """Return an event of the log, if it is the dispatch of ours."""
        if not isinstance(event, PushReceived | SyncReceived) or not parcel.is_it(event) or event.seq in self._taken:
            return None
        if event.actor not in {self._labels.version(version) for version in registration.versions.values()}:
            return None
        self._taken.add(event.seq)  # of two that are the same, each caller gets one
        return event

    @contextmanager
    def _woken(self) -> Iterator[asyncio.Event]:
        """Give what is set at each event that is worth a look, and when the browser goes."""
        arrived = asyncio.Event()

        def wake(what: object) -> None:
            if not isinstance(what, Event) or isinstance(what, WAKING):
                arrived.set()

        on_event, on_closed = self._log.on_event, self._connection.on_closed
        on_event.append(wake)
        on_closed.append(wake)
        try:
            yield arrived
        finally:
            on_event.remove(wake)
            on_closed.remove(wake)

    # ---- a worker that is left alone ----------------------------------------------------------------------------

    async def _left_alone(self, parcel: Parcel, registration: Registration, timeout_s: float) -> Delivery:
        background, service = self._background, parcel.service
        self._running[service] = self._running.get(service, 0) + 1
        told = await background.observe(service, registration)
        try:
            return await self._told(parcel, registration, told, timeout_s)
        finally:
            self._running[service] -= 1
            if not self._running[service] and (service != PUSHES or told.completed >= told.dispatched):
                await background.cease(service)

    async def _told(self, parcel: Parcel, registration: Registration, told: Told, timeout_s: float) -> Delivery:
        """Go by what the browser tells: that an event was dispatched, and of a push how it ended, but not which one."""
        deadline, due = monotonic() + timeout_s, told.dispatched + 1
        before = told.dispatched - told.completed
        began: PushReceived | SyncReceived | None = None
        await self._background.dispatch(parcel.command, registration, parcel.params)
        while True:
            if began is None and told.dispatched >= due:
                began = structs.replace(parcel.fact, actor=self._label(registration), heard=Heard.INFERRED)
                self._log.append(began)
            if began is not None and parcel.service != PUSHES:
                return Delivery(parcel.type, began.actor, began, None)
            if began is not None and told.completed >= due:
                failed = told.statuses[due - 1] != "Success"
                over = EventSettled(actor=began.actor, cause=began.seq, type=began.kind, failed=failed)
                self._log.append(structs.replace(over, heard=Heard.INFERRED))
                return Delivery(parcel.type, began.actor, began, failed)
            if began is None:
                check_registered(registration)
            rest = deadline - monotonic()
            if rest <= 0:
                raise too_late(parcel, registration, timeout_s, began.actor if began else None, before)
            await self._background.changed(min(rest, LOOK_S))
            await self._background.keep_observing(parcel.service)

    def _label(self, registration: Registration) -> str:
        version = registration.version(WorkerRole.ACTIVE) or registration.newest
        return "" if version is None else self._labels.version(version)


def check_registered(registration: Registration) -> None:
    """Check that events can still come to it.

    Raises
    ------
    RegistrationUnknown
        If it is unregistered, or its first install failed.
    """
    if registration.deleted or not registration.living:
        error = RegistrationUnknown(registration.scope, [])
        what = f"{registration.scope} is not registered any more: no event comes to its worker"
        SwnbError.__init__(error, what, "register it again: `%sw register /sw.js --in WINDOW`")
        raise error


def check_alive(event: Event, parcel: Parcel) -> None:
    """Look whether an event of the worker says that it ended.

    Raises
    ------
    LabError
        If it does: nobody will tell of the end of what it was doing.
    """
    if isinstance(event, WorkerRunningChanged) and event.running is RunningStatus.STOPPED:
        raise LabError(
            f"{event.actor} was stopped before the {parcel.type} event was over",
            "what it had not done by then is not done; `%sw events --kind worker` tells what happened to it",
        )


def too_late(
    parcel: Parcel, registration: Registration, timeout_s: float, label: str | None, others: int = 0
) -> WaitTimeout:
    """Return the error that says how things stand.

    `label` is whose event goes on, None where it did not begin; `others` is how many more go on, and it may be theirs that do.
    """
    if label is not None and others > 0:
        state = f"it still runs in {label}, or one of {others} before it does: the browser tells no difference"
    elif label is not None:
        state = f"it still runs in {label}: what was given to `waitUntil` has not settled"
    else:
        workers = [f"{v.script_url} is {v.state}, {v.running}" for v in registration.versions.values() if v.role]
        state = f"it was not dispatched; {', '.join(workers) or f'{registration.scope} has no worker'}"
    return WaitTimeout(f"{parcel.type} event over", timeout_s, state)
