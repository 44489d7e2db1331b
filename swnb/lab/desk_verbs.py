"""What an `AsyncLab` has of a desktop: notifications, and window interaction."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from swnb.clients.interaction import Interactions
from swnb.errors import BrowserGone, NotStarted
from swnb.events import InteractionGranted
from swnb.lab.desk import Desk
from swnb.vocab import RegistrationId, WorkerRole

if TYPE_CHECKING:
    from swnb.browser.browser import Browser
    from swnb.browser.service_workers import Version
    from swnb.desktop.errors import DesktopLost
    from swnb.desktop.notices import Change
    from swnb.lab.dispatch_watch import DispatchWatch
    from swnb.lab.notification_book import Book
    from swnb.lab.notifications import AsyncNotifications
    from swnb.lab.prepare import Prepared
    from swnb.log import Log
    from swnb.probe.probe import Probe


class DeskVerbs:
    """It is `AsyncLab` that sets what is declared here."""

    log: Log
    probe: Probe | None
    _desk: Desk | None = None
    _book: Book | None = None
    _begin_book: Callable[[], object] | None = None

    @property
    def browser(self) -> Browser:
        """The connection to the browser; see `AsyncLab.browser`."""
        raise NotImplementedError

    def timeout_s(self) -> float:
        """Return the longest wait for an answer, in seconds."""
        raise NotImplementedError

    @property
    def desk(self) -> Desk:
        """The desktop that notifications come to.

        Raises
        ------
        NotStarted
            If the lab is not started.
        """
        if self._desk is None:
            raise NotStarted
        return self._desk

    @property
    def notifications(self) -> AsyncNotifications:
        """The notifications that came to the lab's desktop, newest last: those that are shown, and those that are gone.

        Raises
        ------
        NotStarted
            If the lab was never started.
        DesktopUnavailable
            If it has no desktop.
        """
        from swnb.lab.notifications import AsyncNotifications

        return AsyncNotifications(self.notification_book)

    @property
    def notification_book(self) -> Book:
        """What is known of them; see `notifications`."""
        if self._begin_book is not None:
            self._begin_book()
        if self._book is None:
            raise NotStarted("this")
        if self._desk is not None:
            _ = self._desk.desktop  # raises where there is none
        return self._book

    def _begin_notifications(self, browser: Browser, *, holds: bool) -> None:
        """Follow what comes to the desktop; `probe` and the desk are there."""
        assert self.probe is not None
        desk, dispatched, since, lock = self.desk, self.probe.dispatched, self.log.mark(), Lock()

        def begin() -> Book:
            """Begin to keep the book: there is something for it, or somebody looks. A start is not to wait for that."""
            from swnb.lab.notification_book import Book

            with lock:
                book = self._book = self._book or Book(self.log)
                if first in desk.on_change:
                    desk.on_change.remove(first)
                    watch = None if holds else self._watch(browser, book)
                    book.begin(desk, dispatched, browser.connection, watch, self.timeout_s, since)
            return book

        def first(change: Change) -> None:
            begin().changed(change)

        desk.on_change.append(first)
        self._begin_book = begin
        if not holds:
            begin()

    def _watch(self, browser: Browser, book: Book) -> DispatchWatch:
        """Hear of clicks where no worker is heard."""
        from swnb.lab.dispatch_watch import DispatchWatch

        return DispatchWatch(browser.service_workers.anchor, book.following, self.log, self._active_label)

    def _active_label(self, registration_id: RegistrationId) -> str:
        """Return the label of a registration's active worker, ``""`` where there is none."""
        assert self.probe is not None
        registration = self.browser.service_workers.registrations.get(registration_id)
        version = None if registration is None else registration.version(WorkerRole.ACTIVE)
        return "" if version is None else self.probe.labels.version(version)

    def _secret(self) -> str:
        assert self.probe is not None
        return self.probe.secret

    async def _begin_desk(self, prepared: Prepared) -> Interactions:
        """Take the browser's notifications from now on; return what gives window interaction."""
        self._desk = desk = Desk(prepared.desktop, prepared.no_desktop, self._secret)
        await desk.serve()
        interactions = Interactions(desk.check, self._secret, self._interacts)
        desk.on_private_closed = interactions.closed
        return interactions

    def _tie(self, browser: Browser) -> None:
        """Say of a browser that ends with its bus that this was why; Chromium aborts then, within a second or two."""
        desk, connection = self.desk, browser.connection

        def told(lost: DesktopLost) -> str:
            return f"the bus of its private desktop ended ({lost.reason}), and Chromium does not live without it"

        def explain_end() -> str:
            lost = desk.look()
            return "it ended" if lost is None else told(lost)

        desk.on_lost = lambda lost: connection.close(BrowserGone(told(lost)))
        connection.explain_end = explain_end

    def _interacts(self, version: Version) -> None:
        assert self.probe is not None
        self.log.append(InteractionGranted(actor=self.probe.labels.version(version)))
