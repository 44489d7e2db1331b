"""The lab for synchronous code: the same verbs, without ``await``."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from swnb.errors import AlreadyStarted, Interrupted, NotStarted
from swnb.lab.interrupts import on_interrupt
from swnb.lab.prepare import prepare
from swnb.lab.settings import Settings
from swnb.lab.sync_deliveries import SyncDeliveries
from swnb.lab.sync_hearing import SyncHearing
from swnb.lab.sync_recording import SyncRecordings
from swnb.vocab import Loop, UpdateViaCache, WorkerRole, WorkerType

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab
    from swnb.lab.bridge import Bridge
    from swnb.lab.facade import Clients, PyppeteerObject, ServiceWorker, ServiceWorkerRegistration, Window
    from swnb.lab.sync_notifications import Notifications
    from swnb.origin.site import Site

P = ParamSpec("P")
T = TypeVar("T")


class Lab(SyncDeliveries, SyncRecordings, SyncHearing):
    """A browser with an origin of its own, to be used as ``with swnb.Lab() as lab:``.

    Parameters
    ----------
    name
        What it is called where there are several.
    **settings
        See `Settings`; ``loop="kernel"`` lets it live on the loop that is running.
    """

    running: ClassVar[set[Lab]] = set()
    """Labs that are started and not stopped. They are kept here, so that one that nobody names any more ends properly."""

    def __init__(self, name: str = "lab", **settings: object) -> None:
        self.name = name
        self.settings = Settings(**settings)
        self._given = settings
        self._async: AsyncLab | None = None
        self._bridge: Bridge | None = None
        self._pid = 0

    # ---- beginning and end --------------------------------------------------------------------------------------

    def start(self) -> Lab:
        """Start browser and origin; see `AsyncLab.start`."""
        if self._bridge is not None:
            if self.alive:
                raise AlreadyStarted(self.name)
            self.stop()  # its browser died
        noted: list[bool] = []
        with on_interrupt(lambda: noted.append(True)):  # a short step that must not be torn
            prepared = prepare(self.settings)  # Chromium starts while the other modules are imported
            try:
                import swnb.lab.facade  # noqa: F401 (the first window would wait for it)
                from swnb.lab.bridge import KernelLoop, LoopThread

                lab = self.asynchronous
                self._bridge = LoopThread() if self.settings.loop is Loop.THREAD else KernelLoop()
            except BaseException:
                prepared.discard()
                raise
        self._pid = os.getpid()
        try:
            if noted:
                raise Interrupted
            self._bridge.run(lab.start(prepared))
        except BaseException:
            try:
                self.stop()
            finally:
                prepared.discard()
            raise
        if not Lab.running:
            atexit.register(_stop_all)
        Lab.running.add(self)
        return self

    def stop(self) -> None:
        """End browser and origin; a second call does nothing. What was written to the sites stays."""
        bridge, self._bridge = self._bridge, None
        Lab.running.discard(self)
        if not Lab.running:
            atexit.unregister(_stop_all)
        if bridge is None or self._pid != os.getpid():  # after a fork the browser is the parent's
            return
        if bridge.loop.is_closed():  # a kernel's loop may end before the interpreter does
            self.asynchronous.abandon()
            return
        try:
            bridge.run(self.asynchronous.stop(), shielded=True)
        finally:
            bridge.close()

    def __enter__(self) -> Lab:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def started(self) -> bool:
        """Whether it has a browser (which may have died since)."""
        return self._bridge is not None

    @property
    def alive(self) -> bool:
        """Whether it has a browser that answers."""
        return self._bridge is not None and self.asynchronous.alive

    @property
    def asynchronous(self) -> AsyncLab:
        """The `AsyncLab` behind it."""
        if self._async is None:
            from swnb.lab.async_lab import AsyncLab

            self._async = AsyncLab(self.name, **self._given)
        return self._async

    def __repr__(self) -> str:
        return repr(self.asynchronous).replace("<Async", "<", 1)

    # ---- bringing verbs to their end (`facade.Caller`) ----------------------------------------------------------

    def run(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an asynchronous verb of this lab on its loop."""
        if self._bridge is None:
            raise NotStarted(getattr(verb, "__name__", "this verb"))
        return self._bridge.run(self._settled(verb(*args, **kwargs)))

    async def _settled(self, verb: Coroutine[Any, Any, T]) -> T:
        """Run a verb; when it is done, so is what is heard of it."""
        result = await verb
        await self.asynchronous.catch_up()
        return result

    def ask(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Drive a verb that only asks a realm in this thread, or run it where that cannot be had."""
        return self._asked(lambda: verb(*args, **kwargs), getattr(verb, "__name__", "this verb"), ids=True)

    def ask_early(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as `ask`, and do not wait for the ids of clients that begin by it: they come into log and world a moment later."""
        return self._asked(lambda: verb(*args, **kwargs), getattr(verb, "__name__", "this verb"), ids=False)

    def _asked(self, make: Callable[[], Coroutine[Any, Any, T]], name: str, *, ids: bool) -> T:
        bridge = self._bridge
        if bridge is None:
            raise NotStarted(name)
        lab = self.asynchronous
        try:
            return bridge.ask(lab.browser.connection.exchange, make)
        finally:
            if lab.probe is not None and not lab.probe.is_settled(ids=ids) and self._bridge is bridge:
                bridge.run(lab.catch_up(ids=ids))

    @property
    def awaits_pages(self) -> bool:
        """Whether pyppeteer's objects are awaited in a cell."""
        return self.settings.loop is Loop.KERNEL

    @property
    def _live(self) -> AsyncLab:
        if self._bridge is None:
            raise NotStarted
        return self.asynchronous

    # ---- origins and windows ------------------------------------------------------------------------------------

    @property
    def site(self) -> Site:
        """What ``http://lab.localhost/`` serves. It can be written to before the start and after the end."""
        return self.asynchronous.site

    def origin(self, name: str) -> Site:
        """Return the site of ``http://NAME.localhost/``; see `AsyncLab.origin`."""
        return self.asynchronous.origin(name)

    @property
    def windows(self) -> list[Window]:
        """The open windows, oldest first."""
        from swnb.lab.facade import Window

        return [Window(self, window) for window in self._live.windows]

    def window(self, name: str) -> Window:
        """Return the window of that name; see `AsyncLab.window`."""
        from swnb.lab.facade import Window

        return Window(self, self._live.window(name))

    def open(self, url: str = "/", *, name: str | None = None) -> Window:
        """Open a window of its own and wait until it is loaded; see `AsyncLab.open`."""
        from swnb.lab.facade import Window

        return Window(self, self.run(self._live.open, url, name=name))

    @property
    def pyppeteer(self) -> PyppeteerObject | Any:
        """Pyppeteer's ``Browser`` on this connection, as `Window.page` is its ``Page``."""
        from swnb.lab.facade import PyppeteerObject

        browser = self.run(self._live.pyppeteer)
        return browser if self.awaits_pages else PyppeteerObject(self, browser)

    @property
    def notifications(self) -> Notifications:
        """The notifications that came to the lab's desktop, newest last; see `AsyncLab.notifications`."""
        from swnb.lab.sync_notifications import Notifications

        return Notifications(self, self.asynchronous.notifications)

    # ---- workers ------------------------------------------------------------------------------------------------

    def register(
        self,
        url: str,
        *,
        scope: str | None = None,
        window: Window | str | None = None,
        type: WorkerType | str = WorkerType.CLASSIC,
        update_via_cache: UpdateViaCache | str = UpdateViaCache.IMPORTS,
    ) -> ServiceWorkerRegistration:
        """``navigator.serviceWorker.register(…)``, called in a window; see `AsyncLab.register`."""
        from swnb.lab.facade import ServiceWorkerRegistration, Window

        page = window._window if isinstance(window, Window) else window
        registration = self.run(
            self._live.register, url, scope=scope, window=page, type=type, update_via_cache=update_via_cache
        )
        return ServiceWorkerRegistration(self, registration)

    @property
    def registrations(self) -> list[ServiceWorkerRegistration]:
        """All registrations of the browser, oldest first."""
        from swnb.lab.facade import ServiceWorkerRegistration

        return [ServiceWorkerRegistration(self, registration) for registration in self._live.registrations]

    def registration(self, scope: str | None = None) -> ServiceWorkerRegistration:
        """Return the registration of a scope; see `AsyncLab.registration`."""
        from swnb.lab.facade import ServiceWorkerRegistration

        return ServiceWorkerRegistration(self, self._live.registration(scope))

    @property
    def worker(self) -> ServiceWorker:
        """The worker of the registration that the lab registered last; see `AsyncLab.worker`."""
        return self.find_worker()

    def find_worker(self, *, role: WorkerRole | str | None = None, scope: str | None = None) -> ServiceWorker:
        """Return one worker of a registration; see `AsyncLab.find_worker`."""
        from swnb.lab.facade import ServiceWorker

        return ServiceWorker(self, self._live.find_worker(role=role, scope=scope))

    @property
    def clients(self) -> Clients:
        """``self.clients`` of `worker`."""
        return self.worker.clients


def _stop_all() -> None:
    """End the labs that nobody stopped, at the interpreter's exit: the browsers would end by themselves, their profiles stay.

    Neither a loop nor an executor works any more then, and Jupyter gives a kernel little time: they are killed.
    """
    for lab in list(Lab.running):
        lab.asynchronous.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=Lab.running.clear)  # a child's end is not its parent's
