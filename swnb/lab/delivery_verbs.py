"""The verbs of an `AsyncLab` that bring events to workers without a page: push, background sync, periodic sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.vocab import Attach

if TYPE_CHECKING:  # all else is imported by the first delivery: a lab's start is not to wait for it
    from swnb.browser.browser import Browser
    from swnb.browser.service_workers import Registration, Version
    from swnb.clients.registration import AsyncServiceWorkerRegistration
    from swnb.lab.delivering import Deliveries
    from swnb.lab.parcels import Delivery, Parcel
    from swnb.lab.settings import Settings
    from swnb.log import Log
    from swnb.probe.probe import Probe


class DeliveryVerbs:
    """It is `AsyncLab` that sets what is declared here."""

    log: Log
    settings: Settings
    probe: Probe | None
    _deliveries: Deliveries | None = None

    @property
    def browser(self) -> Browser:
        """The connection to the browser; see `AsyncLab.browser`."""
        raise NotImplementedError

    def timeout_s(self) -> float:
        """Return the longest wait for an answer, in seconds."""
        raise NotImplementedError

    def registration(self, scope: str | None = None) -> AsyncServiceWorkerRegistration:
        """Return the registration of a scope; see `AsyncLab.registration`."""
        raise NotImplementedError

    def _find_registration(self, scope: str | None) -> Registration:
        raise NotImplementedError

    def _is_own(self, url: str) -> bool:
        raise NotImplementedError

    async def push(self, data: object = None, *, scope: str | None = None, timeout_s: float | None = None) -> Delivery:
        """Let a push come to the active worker, which is started if it is stopped; return when the event is over.

        That is when its ``push`` listeners were called and all that they gave to ``waitUntil`` settled; with no listener, at once.
        It needs neither a subscription nor a permission, and a push that shows no notification ("silent") has no consequences in
        Chromium, however many there are. (A page's ``pushManager.subscribe()`` asks a push service, and without a network
        Chromium never answers it.) The event brings no window interaction.

        Parameters
        ----------
        data
            What ``event.data`` has. Text as it is; bytes, if they are UTF-8, since Chromium's protocol carries text alone; dicts,
            lists, numbers and booleans as JSON. None is a push without data, and so is ``""``: Chromium makes no empty one, and
            ``event.data`` is null in both.
        scope
            Of this registration (a path or URL), rather than the one that was registered last.
        timeout_s
            Longest wait, in seconds.

        Raises
        ------
        RegistrationUnknown, WorkerMissing
            If there is no such registration (any more), or it has no active worker yet.
        InvalidArgument
            If the data cannot be sent.
        WaitTimeout
            If it is not over in time; it goes on.
        LabError
            If the worker ends in the middle of it.
        """
        from swnb.lab.parcels import Parcel

        return await self._deliver(Parcel.push(data), scope, timeout_s)

    async def sync(
        self, tag: str, *, last_chance: bool = False, scope: str | None = None, timeout_s: float | None = None
    ) -> Delivery:
        """Let a ``sync`` event come to the active worker; return when it is over, as `push` does.

        The page need not have registered it. What a page registers itself (``registration.sync.register(tag)``) comes by itself,
        at once, and is heard as well.

        Parameters
        ----------
        tag
            ``SyncEvent.tag``.
        last_chance
            ``SyncEvent.lastChance``.
        scope, timeout_s
            As for `push`.

        Raises
        ------
        RegistrationUnknown, WorkerMissing, InvalidArgument, WaitTimeout, LabError
            As `push` does.
        """
        from swnb.lab.parcels import Parcel

        return await self._deliver(Parcel.sync(tag, periodic=False, last_chance=last_chance), scope, timeout_s)

    async def periodic_sync(self, tag: str, *, scope: str | None = None, timeout_s: float | None = None) -> Delivery:
        """Let a ``periodicsync`` event come to the active worker; return when it is over, as `push` does.

        For a page's own ``periodicSync.register()`` grant it first: ``lab.permissions.set("periodic-background-sync", "granted")``.

        Raises
        ------
        RegistrationUnknown, WorkerMissing, InvalidArgument, WaitTimeout, LabError
            As `push` does.
        """
        from swnb.lab.parcels import Parcel

        return await self._deliver(Parcel.sync(tag, periodic=True), scope, timeout_s)

    async def _deliver(self, parcel: Parcel, scope: str | None, timeout_s: float | None) -> Delivery:
        from swnb.lab.delivering import Deliveries, check_registered

        browser = self.browser
        limit = self.timeout_s() if timeout_s is None else timeout_s
        if not limit > 0:
            raise InvalidArgument(f"timeout_s is {timeout_s!r}", "give a number of seconds greater than 0")
        self.log.act(parcel.type)
        registration = self._find_registration(scope)
        check_registered(registration)
        self.registration(scope).worker()  # says so where none is active
        if self._deliveries is None:
            assert self.probe is not None
            self._deliveries = Deliveries(browser, self.log, self.probe.labels, self._hears)
        return await self._deliveries.deliver(parcel, registration, limit)

    def _hears(self, version: Version) -> bool:
        """Tell whether a worker's agent says what comes to it."""
        return self.settings.attach is Attach.HOLD and (self.browser.owned or self._is_own(version.script_url))
