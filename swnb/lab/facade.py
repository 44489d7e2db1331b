"""The objects of a lab for synchronous code. Each verb is the asynchronous one of the same name, brought to its end.

`Caller.ask` is for what only asks a realm: it is driven in the calling thread where that is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from swnb.clients.client import client_type
from swnb.clients.data import ClientData, ClientList, WindowClientData
from swnb.clients.mirror import Mirror
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker
from swnb.lab.windows import AsyncWindow
from swnb.vocab import ClientType, RunningStatus, ServiceWorkerState, UpdateViaCache, WorkerRole

if TYPE_CHECKING:
    from pyppeteer.page import Page

P = ParamSpec("P")
T = TypeVar("T")


class Caller(Protocol):
    """Brings asynchronous verbs to their end."""

    def run(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb on the lab's loop."""

    def ask(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Drive a verb that only asks a realm in this thread, or run it where that cannot be had."""

    @property
    def awaits_pages(self) -> bool:
        """Whether pyppeteer's objects are awaited in a cell (the kernel bridge) rather than called through the bridge."""


@dataclass(frozen=True)
class Client(ClientData):
    """A dedicated or shared worker that is a client, or what all clients share; see `AsyncClient`."""

    owner: Clients = field(repr=False, compare=False)

    def post_message(self, message: object) -> None:
        """``Client.postMessage(message)``; see `AsyncClient.post_message`."""
        self.owner.call(self.owner.mirror.post_message, self.id, message)


@dataclass(frozen=True)
class WindowClient(WindowClientData, Client):
    """A window, frame or pop-up that is a client; see `AsyncWindowClient`."""

    def focus(self) -> WindowClient:
        """``WindowClient.focus()``; see `AsyncWindowClient.focus`."""
        client = self.owner.call(self.owner.mirror.focus, self.id)
        assert isinstance(client, WindowClient)
        return client

    def navigate(self, url: str) -> WindowClient | None:
        """``WindowClient.navigate(url)``; see `AsyncWindowClient.navigate`."""
        client = self.owner.call(self.owner.mirror.navigate, self.id, url)
        assert client is None or isinstance(client, WindowClient)
        return client


class Clients:
    """``self.clients`` of one worker; see `AsyncClients`."""

    def __init__(self, caller: Caller, worker: AsyncServiceWorker) -> None:
        self.call = caller.ask
        self.mirror: Mirror[Client] = worker.clients.mirror_of(
            lambda *row: Client(*row, self), lambda *row: WindowClient(*row[:6], self, *row[6:])
        )

    def match_all(
        self, *, type: ClientType | str = ClientType.WINDOW, include_uncontrolled: bool = False
    ) -> ClientList[Client]:
        """``Clients.matchAll({type, includeUncontrolled})``; see `AsyncClients.match_all`."""
        return self.call(self.mirror.match_all, client_type(type), include_uncontrolled)

    def get(self, id_or_name: str) -> Client | None:
        """``Clients.get(id)``; see `AsyncClients.get`."""
        return self.call(self.mirror.find, id_or_name)

    def claim(self) -> None:
        """``Clients.claim()``; see `AsyncClients.claim`."""
        self.call(self.mirror.claim)

    def open_window(self, url: str) -> WindowClient | None:
        """``Clients.openWindow(url)``; see `AsyncClients.open_window`."""
        client = self.call(self.mirror.open_window, url)
        assert client is None or isinstance(client, WindowClient)
        return client


class ServiceWorker:
    """``ServiceWorker``: one version of a script in one registration; see `AsyncServiceWorker`."""

    def __init__(self, caller: Caller, worker: AsyncServiceWorker) -> None:
        self._caller = caller
        self._worker = worker

    @property
    def clients(self) -> Clients:
        """``self.clients`` in this worker."""
        return Clients(self._caller, self._worker)

    @property
    def script_url(self) -> str:
        """``ServiceWorker.scriptURL``."""
        return self._worker.script_url

    @property
    def state(self) -> ServiceWorkerState:
        """``ServiceWorker.state``, now."""
        return self._worker.state

    @property
    def running(self) -> RunningStatus:
        """Whether it has a thread now."""
        return self._worker.running

    @property
    def role(self) -> WorkerRole | None:
        """Which of its registration's workers it is; None once it is redundant."""
        return self._worker.role

    @property
    def scope(self) -> str:
        """Scope of its registration."""
        return self._worker.scope

    @property
    def version_id(self) -> str:
        """The browser's number of it."""
        return self._worker.version_id

    def __repr__(self) -> str:
        return repr(self._worker).replace("<Async", "<", 1)

    def evaluate(
        self, source: str, *, inputs: Mapping[str, object] | None = None, timeout_s: float | None = None
    ) -> object:
        """Evaluate JavaScript in the worker; see `AsyncServiceWorker.evaluate`."""
        return self._caller.ask(self._worker.evaluate, source, inputs=inputs, timeout_s=timeout_s)

    def post_message(self, message: object, *, window: str | None = None) -> None:
        """``ServiceWorker.postMessage(message)``, called in a page; see `AsyncServiceWorker.post_message`."""
        self._caller.run(self._worker.post_message, message, window=window)

    def stop(self) -> None:
        """Stop its thread; see `AsyncServiceWorker.stop`."""
        self._caller.run(self._worker.stop)

    def start(self) -> None:
        """Start its thread, if it is stopped."""
        self._caller.run(self._worker.start)


class ServiceWorkerRegistration:
    """``ServiceWorkerRegistration``: a scope and its up to three workers; see `AsyncServiceWorkerRegistration`."""

    def __init__(self, caller: Caller, registration: AsyncServiceWorkerRegistration) -> None:
        self._caller = caller
        self._registration = registration

    def _sync(self, worker: AsyncServiceWorker | None) -> ServiceWorker | None:
        return None if worker is None else ServiceWorker(self._caller, worker)

    @property
    def scope(self) -> str:
        """``scope``."""
        return self._registration.scope

    @property
    def update_via_cache(self) -> UpdateViaCache | None:
        """``updateViaCache``, where it is known."""
        return self._registration.update_via_cache

    @property
    def unregistered(self) -> bool:
        """Whether it was unregistered; it goes on to serve the clients that it controls."""
        return self._registration.unregistered

    @property
    def installing(self) -> ServiceWorker | None:
        """``installing``."""
        return self._sync(self._registration.installing)

    @property
    def waiting(self) -> ServiceWorker | None:
        """``waiting``."""
        return self._sync(self._registration.waiting)

    @property
    def active(self) -> ServiceWorker | None:
        """``active``."""
        return self._sync(self._registration.active)

    @property
    def redundant(self) -> list[ServiceWorker]:
        """Its workers that are redundant, oldest first."""
        return [ServiceWorker(self._caller, worker) for worker in self._registration.redundant]

    def worker(self, role: WorkerRole | str = WorkerRole.ACTIVE) -> ServiceWorker:
        """Return the worker in a role; see `AsyncServiceWorkerRegistration.worker`."""
        return ServiceWorker(self._caller, self._registration.worker(role))

    def __repr__(self) -> str:
        return repr(self._registration).replace("<Async", "<", 1)

    def update(self, *, window: str | None = None) -> ServiceWorkerRegistration:
        """``update()``, called in a page; see `AsyncServiceWorkerRegistration.update`."""
        self._caller.run(self._registration.update, window=window)
        return self

    def unregister(self, *, window: str | None = None) -> bool:
        """``unregister()``, called in a page; see `AsyncServiceWorkerRegistration.unregister`."""
        return self._caller.run(self._registration.unregister, window=window)

    def navigation_preload(self) -> dict[str, object]:
        """``navigationPreload.getState()``; see `AsyncServiceWorkerRegistration.navigation_preload`."""
        return self._caller.run(self._registration.navigation_preload)

    def skip_waiting(self) -> None:
        """Let the waiting worker activate, as DevTools' button does."""
        self._caller.run(self._registration.skip_waiting)


class Window:
    """A top-level window; see `AsyncWindow`."""

    def __init__(self, caller: Caller, window: AsyncWindow) -> None:
        self._caller = caller
        self._window = window

    @property
    def name(self) -> str:
        """Its name in the lab."""
        return self._window.name

    @property
    def target_id(self) -> str:
        """CDP's id of it, which stays when it navigates."""
        return self._window.target_id

    @property
    def url(self) -> str:
        """Its current URL, as the browser last told it."""
        return self._window.url

    @property
    def creation_url(self) -> str | None:
        """URL that its document was created with: its client's ``url``."""
        return self._window.creation_url

    @property
    def closed(self) -> bool:
        """Whether it is gone."""
        return self._window.closed

    @property
    def crashed(self) -> bool:
        """Whether its renderer crashed; `reload` brings it back."""
        return self._window.crashed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Window) and other._window is self._window

    def __hash__(self) -> int:
        return hash(self._window)

    def __repr__(self) -> str:
        return repr(self._window).replace("<Async", "<", 1)

    def evaluate(
        self, source: str, *, inputs: Mapping[str, object] | None = None, timeout_s: float | None = None
    ) -> object:
        """Evaluate JavaScript in the window's document; see `AsyncWindow.evaluate`."""
        return self._caller.ask(self._window.evaluate, source, inputs=inputs, timeout_s=timeout_s)

    def reload(self, *, bypass: bool = False) -> Window:
        """Reload, and wait until it is loaded; see `AsyncWindow.reload`."""
        self._caller.run(self._window.reload, bypass=bypass)
        return self

    def goto(self, url: str) -> Window:
        """Navigate as from the address bar; see `AsyncWindow.goto`."""
        self._caller.run(self._window.goto, url)
        return self

    def close(self) -> None:
        """Close it. A second call does nothing."""
        self._caller.run(self._window.close)

    @property
    def page(self) -> Page | PyppeteerObject:
        """The pyppeteer ``Page``. On the kernel bridge the object itself, whose calls are awaited in a cell; on the thread
        bridge one whose calls go through the bridge and return their results.
        """  # noqa: D205

        async def get() -> Page:
            return await self._window.page

        page = self._caller.run(get)
        return page if self._caller.awaits_pages else PyppeteerObject(self._caller, page)


class PyppeteerObject:
    """An object of pyppeteer's, seen from another thread: each call is carried out on the lab's loop, and awaited there."""

    def __init__(self, caller: Caller, inner: Any) -> None:
        self._caller = caller
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if not callable(value):
            return self._wrapped(value)

        async def on_loop(args: Any, kwargs: Any) -> Any:
            result = value(*args, **kwargs)
            return await result if isawaitable(result) else result

        def call(*args: Any, **kwargs: Any) -> Any:
            args = tuple(arg._inner if isinstance(arg, PyppeteerObject) else arg for arg in args)
            return self._wrapped(self._caller.run(on_loop, args, kwargs))

        call.__doc__ = value.__doc__
        call.__name__ = name
        return call

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._wrapped(item) for item in value]
        module = type(value).__module__ or ""
        return PyppeteerObject(self._caller, value) if module.startswith("pyppeteer") else value

    def __dir__(self) -> list[str]:
        return dir(self._inner)

    def __repr__(self) -> str:
        return f"<{type(self._inner).__name__} through the bridge>"
