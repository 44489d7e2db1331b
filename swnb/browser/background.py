"""Events that come to a service worker without a page: dispatching them, and what the browser tells of them itself.

A worker that is attached tells more, and more exactly. What is here is for one that is left alone.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from swnb.browser.anchor import Anchor
from swnb.browser.changes import Changes
from swnb.browser.connection import Connection
from swnb.browser.protocol import Message
from swnb.browser.service_workers import Registration
from swnb.vocab import RegistrationId

DISPATCHED: Final = frozenset({"Push event dispatched", "Dispatched sync event", "Dispatched periodicsync event"})
COMPLETED: Final = "Push event completed"
"""Only of a push the browser tells the end; of a sync event it does where a page had registered it, not where it was asked for."""


class Told:
    """What the browser told of one registration's events of one service.

    Attributes
    ----------
    dispatched, completed
        How many events were, since it is listened to.
    statuses
        How each ended that did: ``Success``, ``waitUntil Rejected``, ``Timeout``.
    """

    def __init__(self) -> None:
        self.dispatched = 0
        self.statuses: list[str] = []

    @property
    def completed(self) -> int:
        """How many events are over."""
        return len(self.statuses)


class Background:
    """Dispatches events to the active workers of registrations, through the page that carries the ``ServiceWorker`` domain.

    Parameters
    ----------
    anchor
        That page.
    connection
        Of the browser.
    """

    def __init__(self, anchor: Anchor, connection: Connection) -> None:
        self._anchor = anchor
        self._changes = Changes(connection)
        self._told: dict[tuple[str, RegistrationId], Told] = {}
        self._observed: dict[str, int] = {}
        self._asked: set[str] = set()
        self._recorded: set[str] = set()
        anchor.listen("BackgroundService.backgroundServiceEventReceived", self._received)
        anchor.listen("BackgroundService.recordingStateChanged", self._recording)

    async def dispatch(self, command: str, registration: Registration, params: Message) -> None:
        """Let an event come: ``deliverPushMessage``, ``dispatchSyncEvent``, ``dispatchPeriodicSyncEvent``.

        The browser answers before the event, and the same if there is nobody to whom it could come.
        """
        scope = urlsplit(registration.scope)
        whose = {"origin": f"{scope.scheme}://{scope.netloc}", "registrationId": registration.id}
        await self._anchor.send(f"ServiceWorker.{command}", {**whose, **params})

    async def observe(self, service: str, registration: Registration) -> Told:
        """Listen to what the browser tells of a service from now on; return what it tells of this registration.

        Parameters
        ----------
        service
            ``pushMessaging``, ``backgroundSync``, ``periodicBackgroundSync``.
        """
        await self.keep_observing(service)
        return self._told.setdefault((service, registration.id), Told())

    async def changed(self, timeout_s: float) -> None:
        """Wait until the browser tells something, at most `timeout_s` seconds. Cancelling it is safe."""
        await self._changes.wait(timeout_s)

    async def keep_observing(self, service: str) -> None:
        """Listen through another page, where the one that was listened through is closed."""
        while self._observed.get(service) != self._anchor.takes:  # sending may open one
            if service not in self._observed:
                self._asked.add(service)
            await self._anchor.send("BackgroundService.startObserving", {"service": service})
            await self._anchor.send("BackgroundService.setRecording", {"service": service, "shouldRecord": True})
            self._observed[service] = self._anchor.takes

    async def cease(self, service: str) -> None:
        """Listen no longer. A record that the browser's user had begun goes on."""
        if self._observed.pop(service, None) != self._anchor.takes:
            return
        if service not in self._recorded:
            await self._anchor.send("BackgroundService.setRecording", {"service": service, "shouldRecord": False})
        await self._anchor.send("BackgroundService.stopObserving", {"service": service})

    def _recording(self, params: Message) -> None:
        service = params["service"]
        if service in self._asked:  # the first word after `startObserving` says how it was before
            self._asked.remove(service)
            if params["isRecording"]:
                self._recorded.add(service)

    def _received(self, params: Message) -> None:
        event = params["backgroundServiceEvent"]
        told = self._told.get((event["service"], event["serviceWorkerRegistrationId"]))
        if told is None:
            return
        if event["eventName"] in DISPATCHED:
            told.dispatched += 1
        elif event["eventName"] == COMPLETED:
            told.statuses.append(next((m["value"] for m in event["eventMetadata"] if m["key"] == "Status"), ""))
        self._changes.notify()
