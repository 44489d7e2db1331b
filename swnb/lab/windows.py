"""The windows of a lab: opened by it, or by the scripts of those that it opened."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from time import localtime, monotonic, strftime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from swnb.browser.anchor import Anchor
from swnb.browser.changes import Changes
from swnb.browser.exchange import NeedsLoop
from swnb.browser.service_workers import Version
from swnb.browser.targets import Target, Targets
from swnb.errors import InvalidArgument, SwnbError, WindowUnknown
from swnb.events import WindowClosed, WindowOpened, WorkerVisited
from swnb.lab.window import AsyncWindow, LoadFailed
from swnb.log import Log
from swnb.vocab import ClientId, TargetId

if TYPE_CHECKING:
    from pyppeteer.page import Page

    from swnb.probe.probe import Probe

__all__ = ["AsyncWindow", "AsyncWindows", "LoadFailed"]


LABELS = re.compile(r"worker|[cw][1-9][0-9]*")
"""What the log and the world call workers and clients."""

IDENTIFY_S = 0.5
"""How long a verb waits for the ids of clients that are about to be found out."""


def absolute(base_url: str, url: str) -> str:
    """Return a path or URL as a whole URL.

    Raises
    ------
    InvalidArgument
        If it cannot be one.
    """
    try:
        return urljoin(base_url + "/", url)
    except ValueError as error:
        raise InvalidArgument(
            f"{url!r} is no URL: {error}", "give a path of the site (/index.html), or a whole URL"
        ) from None


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
    probe
        Hears the windows; set once it is there.
    any_yet
        Whether this browser has had any window of the lab's.
    adopts
        Tells whether a window that nobody here opened is the lab's; in a browser that others use it may be theirs.
    """

    MEMORY = 10_000

    def __init__(
        self,
        targets: Targets,
        log: Log,
        base_url: Callable[[], str],
        timeout_s: Callable[[], float],
        page_of: Callable[[Target], Awaitable[Page]],
        adopts: Callable[[Target], bool],
    ) -> None:
        self.log = log
        self.timeout_s = timeout_s
        self.page_of = page_of
        self._targets = targets
        self._adopts = adopts
        self._base_url = base_url
        self._by_target: dict[TargetId, AsyncWindow] = {}
        self._ignored: set[TargetId] = set()
        self._expected: list[str | None] = []
        self._opening = asyncio.Lock()
        self._introductions: set[asyncio.Task[None]] = set()
        self._seen: dict[str, tuple[str, float]] = {}
        self._changes = Changes(targets.root.connection)
        self.probe: Probe | None = None
        self.any_yet = False

    def ignore(self, target: Target) -> None:
        """Leave a page out: it is swnb's own, or was there before the lab."""
        self._ignored.add(target.id)

    def start(self) -> None:
        """Begin to follow the targets."""
        self._targets.on_attached.append(self._attached)
        self._targets.on_detached.append(self._detached)

    def _attached(self, target: Target) -> None:
        if target.type != "page" or target.id in self._ignored or Anchor.is_own(target):
            return
        opener = self._by_target.get(target.opener_id) if target.opener_id else None
        name = None
        if target.opener_id is None and self._expected:  # a pop-up that comes just now must not take the name
            name = self._expected.pop()
        elif opener is None and not self._adopts(target):
            self.ignore(target)
            return
        window = AsyncWindow(self, target, self.free_name(name or (f"{opener.name}-popup" if opener else "window")))
        self._by_target[target.id] = window
        self.any_yet = True
        introduction = asyncio.get_running_loop().create_task(window.introduce())
        self._introductions.add(introduction)
        introduction.add_done_callback(self._introductions.discard)
        self.log.append(WindowOpened(target_id=target.id, name=window.name))
        self._changes.notify()

    def _detached(self, target: Target) -> None:
        self._ignored.discard(target.id)
        window = self._by_target.pop(target.id, None)
        if window is not None:
            self.log.append(WindowClosed(target_id=target.id, name=window.name))
            window.ended()
            self._changes.notify()

    def name_of(self, target_id: TargetId) -> str | None:
        """Return the name of the window with this target; None for a page that is not the lab's."""
        window = self._by_target.get(target_id)
        return None if window is None else window.name

    def client_id_of(self, target: Target) -> ClientId | None:
        """Return the id of the client that a window's document is, where it was found out."""
        return None if self.probe is None else self.probe.client_id_of(target)

    async def identify(self) -> None:
        """Wait a moment for ids that are about to be found out."""
        if self.probe is not None and not self.probe.is_settled():
            if self._targets.root.connection.exchange.driving:
                raise NeedsLoop
            await self.probe.drain(IDENTIFY_S)

    def visited(self, version: Version) -> None:
        """Note that a worker that is otherwise left alone is attached for one call."""
        if self.probe is not None:
            self.log.append(WorkerVisited(actor=self.probe.labels.version(version), version_id=version.id))

    def is_open(self, target: Target) -> bool:
        """Tell whether the browser still has it."""
        return target.id in self._targets.by_id and self._targets.root.connection.closed is None

    async def close_target(self, target: Target, timeout_s: float) -> bool:
        """Close it and wait until it is gone; False if it was gone before, or still is there after `timeout_s` seconds."""
        if not await self._targets.close(target):
            return False
        deadline = monotonic() + timeout_s
        while self.is_open(target) and monotonic() < deadline:
            await self._changes.wait(deadline - monotonic())
        return not self.is_open(target)

    def absolute(self, url: str) -> str:
        """Return a path or URL as a whole URL of the lab's site."""
        return absolute(self._base_url(), url)

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
        whole = self.absolute(url)
        if name is not None and LABELS.fullmatch(name):
            raise InvalidArgument(
                f"no window can be named {name!r}: so the log calls its workers and clients", "choose another name"
            )
        async with self._opening:
            if name is not None and self.window(name) is not None:
                raise self._name_taken(name)
            self._expected = [name]
            creating = asyncio.ensure_future(self._targets.create_window(whole, timeout_s=self.timeout_s()))
            try:
                target = await asyncio.shield(creating)
            except asyncio.CancelledError:
                creating.add_done_callback(self._discard)
                with suppress(SwnbError):
                    await creating  # a moment; the name must not go to another window
                raise
            finally:
                self._expected = []
        try:
            return await self._by_target[target.id].loaded()
        except asyncio.CancelledError:
            self._targets.post_close(target)
            raise

    def _discard(self, creating: asyncio.Task[Target]) -> None:
        """Close a window that nobody waits for any more."""
        if not creating.cancelled() and creating.exception() is None:
            self._targets.post_close(creating.result())

    @staticmethod
    def _name_taken(name: str) -> InvalidArgument:
        return InvalidArgument(
            f"a window is already named {name!r}", f"close it (`%sw close {name}`), or choose another name"
        )

    # ---- the mirror's directory ---------------------------------------------------------------------------------

    def windows(self) -> list[AsyncWindow]:
        """Return the open windows, oldest first."""
        return list(self._by_target.values())

    def strangers(self) -> bool:
        """Tell whether the browser has pages that are none of these windows, as another's browser has."""
        return bool(self._ignored)

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

    def act(self, verb: str) -> None:
        """An acting verb begins: events are waited for from here on."""
        self.log.act(verb)

    def saw(self, rows: Iterable[Sequence[Any]]) -> None:
        """Note that these clients were there just now."""
        now = time()
        for row in rows:
            self._seen[row[0]] = (row[1], now)
        if len(self._seen) > self.MEMORY:
            newest = sorted(self._seen.items(), key=lambda seen: seen[1][1])[-self.MEMORY // 2 :]
            self._seen = dict(newest)

    def last_seen(self, client_id: str) -> tuple[str, str]:
        """Return URL and local time of day of when a client was last seen; empty strings if never."""
        url, when = self._seen.get(client_id, ("", 0.0))
        return url, strftime("%H:%M:%S", localtime(when)) if when else ""
