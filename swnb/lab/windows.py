"""The windows of a lab: opened by it, or by the scripts of those that it opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from swnb.browser.changes import Changes
from swnb.browser.protocol import Message
from swnb.browser.realm import Realm
from swnb.browser.targets import Target, Targets
from swnb.errors import InvalidArgument, LabError, TargetGone, WindowUnknown
from swnb.events import WindowClosed, WindowCrashed, WindowLoaded, WindowNavigated, WindowOpened
from swnb.log import Log
from swnb.vocab import TargetId

if TYPE_CHECKING:
    from pyppeteer.page import Page


class LoadFailed(LabError):  # noqa: N818  (what browsers call it)
    """A document could not be loaded: nobody answers there, or not in time."""


class AsyncWindow:
    """A top-level window.

    Attributes
    ----------
    name
        As given with ``lab.open(…, name=…)``; a pop-up is called after its opener.
    target_id
        CDP's id of it, which stays when it navigates.
    creation_url
        URL that its document was created with, after redirects, with its fragment: its client's ``url``. None where that is
        not certain (after going back to a document from the back/forward cache).
    """

    def __init__(self, windows: AsyncWindows, target: Target, name: str) -> None:
        self._windows = windows
        self._target = target
        self._loads = 0
        self._unreachable = ""
        self._changes = Changes(target.session.connection)
        self.name = name
        self.target_id: TargetId = target.id
        self.creation_url: str | None = target.url
        self.realm = Realm(target.session)
        target.session.subject = f"the window {name!r}"
        target.session.on("Page.frameNavigated", self._navigated)
        target.session.on("Page.loadEventFired", self._loaded)
        target.session.on("Inspector.targetCrashed", self._crashed)

    @property
    def url(self) -> str:
        """Its current URL, as the browser last told it; ``history.pushState`` changes it."""
        return self._target.url

    @property
    def closed(self) -> bool:
        """Whether it is gone."""
        return self.target_id not in self._windows.targets.by_id

    @property
    def crashed(self) -> bool:
        """Whether its renderer crashed; `reload` brings it back."""
        return self._target.session.gone == "crashed"

    def __repr__(self) -> str:
        state = " (closed)" if self.closed else " (crashed)" if self.crashed else ""
        return f"<{type(self).__name__} {self.name!r} {self.url}{state}>"

    # ---- what the browser tells ---------------------------------------------------------------------------------

    def _navigated(self, event: Message) -> None:
        frame = event["frame"]
        if frame.get("parentId"):
            return
        if self._target.session.gone == "crashed":
            self._target.session.regain()
        restored = event.get("type") == "BackForwardCacheRestore"
        self.creation_url = None if restored else frame["url"] + frame.get("urlFragment", "")
        self._unreachable = frame.get("unreachableUrl", "")
        self._windows.log.append(
            WindowNavigated(target_id=self.target_id, name=self.name, url=frame["url"] + frame.get("urlFragment", ""))
        )

    def _loaded(self, _: Message) -> None:
        self._loads += 1
        self._windows.log.append(WindowLoaded(target_id=self.target_id, name=self.name))
        self._changes.notify()

    def _crashed(self, _: Message) -> None:
        self._windows.log.append(WindowCrashed(target_id=self.target_id, name=self.name))
        self._changes.notify()

    # ---- verbs --------------------------------------------------------------------------------------------------

    async def evaluate(
        self, source: str, *, inputs: Mapping[str, object] | None = None, timeout_s: float | None = None
    ) -> object:
        """Evaluate JavaScript in the window's document by the console's rules; see `Realm.evaluate`."""
        limit = self._windows.timeout_s() if timeout_s is None else timeout_s
        return await self.realm.evaluate(source, inputs=inputs, timeout_s=limit)

    async def reload(self, *, bypass: bool = False) -> AsyncWindow:
        """Reload, and wait until it is loaded. With `bypass` as with Shift: the document is then not controlled."""
        loads = self._loads
        self._target.session.regain()  # a crashed window answers to this one command
        await self._target.session.send("Page.reload", {"ignoreCache": bypass}, timeout_s=self._windows.timeout_s())
        return await self.loaded(loads)

    async def goto(self, url: str) -> AsyncWindow:
        """Navigate as from the address bar, and wait until it is loaded."""
        loads = self._loads
        where = self._windows.absolute(url)
        answer = await self._target.session.send("Page.navigate", {"url": where}, timeout_s=self._windows.timeout_s())
        if answer.get("errorText"):
            raise LoadFailed(f"{where} could not be loaded: {answer['errorText']}", NETWORK)
        if "loaderId" not in answer:
            return self  # only the fragment changed
        return await self.loaded(loads)

    async def loaded(self, after: int = 0) -> AsyncWindow:
        """Wait until the document has fired ``load`` more than `after` times."""
        deadline = monotonic() + self._windows.timeout_s()
        while self._loads <= after:
            if self.closed or self._target.session.gone:
                raise TargetGone(f"the window {self.name!r}", self._target.session.gone or "was closed")
            rest = deadline - monotonic()
            if rest <= 0:
                raise LoadFailed(
                    f"{self.url} has not loaded within {self._windows.timeout_s():g} s (the window {self.name!r} stays open)",
                    "look for what it waits for, or give it longer: timeout_s",
                )
            await self._changes.wait(rest)
        if self._unreachable:
            raise LoadFailed(f"{self._unreachable} could not be loaded (the window shows an error page)", NETWORK)
        return self

    async def close(self) -> None:
        """Close it. A second call does nothing."""
        if await self._windows.targets.close(self._target):
            deadline = monotonic() + self._windows.timeout_s()
            while not self.closed and monotonic() < deadline:
                await self._windows.changed(0.2)

    @property
    async def page(self) -> Page:
        """The pyppeteer ``Page`` of this window, on this connection; made on first use."""
        return await self._windows.page_of(self._target)


NETWORK = (
    "pages reach only http://*.localhost unless the network is opened: open_network=True, `%sw start --open-network`"
)


class AsyncWindows:
    """All windows of a lab, by name; and the memory of which clients were seen when.

    Parameters
    ----------
    targets, log
        Of the lab.
    base_url
        What paths are relative to.
    timeout_s
        Gives the longest wait, in seconds.
    page_of
        Gives the pyppeteer page of a target.
    """

    MEMORY = 10_000

    def __init__(
        self,
        targets: Targets,
        log: Log,
        base_url: Callable[[], str],
        timeout_s: Callable[[], float],
        page_of: Callable[[Target], Any],
    ) -> None:
        self.targets = targets
        self.log = log
        self.timeout_s = timeout_s
        self.page_of = page_of
        self._base_url = base_url
        self._by_target: dict[TargetId, AsyncWindow] = {}
        self._ignored: set[TargetId] = set()
        self._expected_name: str | None = None
        self._opening = asyncio.Lock()
        self._seen: dict[str, tuple[str, str]] = {}
        self._changes = Changes(targets.root.connection)

    def ignore(self, target: Target) -> None:
        """Leave a page out: it is swnb's own, or was there before the lab."""
        self._ignored.add(target.id)

    def start(self) -> None:
        """Begin to follow the targets."""
        self.targets.on_attached.append(self._attached)
        self.targets.on_detached.append(self._detached)

    def _attached(self, target: Target) -> None:
        if target.type != "page" or target.id in self._ignored:
            return
        name = None
        if target.opener_id is None:  # a pop-up that comes just now must not take the name
            name, self._expected_name = self._expected_name, None
        opener = self._by_target.get(target.opener_id) if target.opener_id else None
        window = AsyncWindow(self, target, self.free_name(name or (f"{opener.name}-popup" if opener else "window")))
        self._by_target[target.id] = window
        target.session.post("Page.enable")
        self.log.append(WindowOpened(target_id=target.id, name=window.name))
        self._changes.notify()

    def _detached(self, target: Target) -> None:
        window = self._by_target.pop(target.id, None)
        if window is not None:
            self.log.append(WindowClosed(target_id=target.id, name=window.name))
            window._changes.notify()
            self._changes.notify()

    async def changed(self, timeout_s: float) -> None:
        """Wait for the next window that appears or goes, at most `timeout_s` seconds."""
        await self._changes.wait(timeout_s)

    def absolute(self, url: str) -> str:
        """Return a path or URL as a whole URL of the lab's site."""
        return urljoin(self._base_url() + "/", url)

    def free_name(self, name: str) -> str:
        """Return `name`, or `name` with a number where a window has it already."""
        taken = {window.name for window in self.windows()}
        number = 2
        free = name
        while free in taken:
            free = f"{name}{number}"
            number += 1
        return free

    async def open(self, url: str, name: str | None) -> AsyncWindow:
        """Open a window of its own and wait until it is loaded."""
        if name is not None and self.window(name) is not None:
            raise InvalidArgument(
                f"a window is already named {name!r}", f"close it (`%sw close {name}`), or choose another name"
            )
        async with self._opening:
            self._expected_name = name
            target = await self.targets.create_window(self.absolute(url), timeout_s=self.timeout_s())
        window = self._by_target[target.id]
        return await window.loaded()

    # ---- the mirror's directory ---------------------------------------------------------------------------------

    def windows(self) -> list[AsyncWindow]:
        """Return the open windows, oldest first."""
        return list(self._by_target.values())

    def window(self, name: str) -> AsyncWindow | None:
        """Return the window of that name, or None."""
        return next((window for window in self.windows() if window.name == name), None)

    def named(self, name: str) -> AsyncWindow:
        """Return the window of that name.

        Raises
        ------
        WindowUnknown
            If there is none.
        """
        window = self.window(name)
        if window is None:
            raise WindowUnknown(name, [window.name for window in self.windows()])
        return window

    def saw(self, rows: Any) -> None:
        """Note that these clients were there just now."""
        now = datetime.now().strftime("%H:%M:%S")
        for row in rows:
            self._seen.pop(row[0], None)
            self._seen[row[0]] = (row[1], now)
        while len(self._seen) > self.MEMORY:
            del self._seen[next(iter(self._seen))]

    def last_seen(self, client_id: str) -> tuple[str, str]:
        """Return URL and local time of day of when a client was last seen; empty strings if never."""
        return self._seen.get(client_id, ("", ""))
