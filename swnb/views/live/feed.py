"""What makes live views follow a lab: it looks at most ten times a second what is new, in the lab's own thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar
from weakref import ReferenceType, WeakKeyDictionary, ref

from swnb.events import Event
from swnb.views.live.client_rows import ClientRows

if TYPE_CHECKING:
    from swnb.browser.connection import Connection
    from swnb.lab.async_lab import AsyncLab

T = TypeVar("T")

PERIOD_S = 0.1
"""Between two looks: a view gets at most one message in this time."""

ANSWER_S = 5.0
"""How long another thread waits for the lab's."""

log = logging.getLogger("swnb")


class Still(NamedTuple):
    """What stands in for a view where there is no kernel."""

    html: str
    text: str


FEEDS: WeakKeyDictionary[AsyncLab, ReferenceType[Feed]] = WeakKeyDictionary()
"""One for each lab that somebody views; the lab itself holds it, so that they end together."""


class Follower(Protocol):
    """What is told when there may be something new."""

    def refresh(self) -> None:
        """Look, in the lab's thread."""

    def end(self) -> None:
        """The lab has ended; in its thread, which ends, too."""

    def snapshot(self) -> int:
        """Make the static form anew; return how many views it shows."""


class Feed:
    """Follows one lab for all of its views.

    What happens costs one comparison as long as a look is due anyway; everything else is done once for many events.

    Attributes
    ----------
    clients
        Rows of its clients.
    last
        The newest static form of each kind of view.
    """

    def __init__(self, lab: AsyncLab) -> None:
        self.lab = lab
        self.clients = ClientRows(lab)
        self.last: dict[str, Still] = {}
        self._changing = RLock()  # a view begins in the kernel's thread, and ends in any, when the garbage is collected
        self._followers: tuple[ReferenceType[Follower], ...] = ()
        self._due: asyncio.TimerHandle | None = None
        self._connection: Connection | None = None
        lab.log.on_event.append(self._heard)
        lab.before_stop.append(self._ended)

    @classmethod
    def of(cls, lab: AsyncLab) -> Feed:
        """Return the feed of a lab."""
        known = FEEDS.get(lab)
        feed = None if known is None else known()
        if feed is None:
            feed = cls(lab)
            FEEDS[lab] = ref(feed)
        return feed

    def follow(self, follower: Follower) -> None:
        """Tell it from now on; for as long as anybody holds it."""
        with self._changing:
            self._followers = (*map(ref, self._all()), ref(follower))
        self._await_end()

    def leave(self, follower: Follower) -> None:
        """Tell it nothing any more."""
        with self._changing:
            self._followers = tuple(ref(each) for each in self._all() if each is not follower)

    def snapshot(self) -> int:
        """Make the static forms of all views anew, in the lab's thread; return how many views are displayed."""
        return sum(follower.snapshot() for follower in self._all())

    def _heard(self, _: Event) -> None:
        if self._due is None and self._followers and self.lab.alive:
            self._due = asyncio.get_running_loop().call_later(PERIOD_S, self._look)

    def _look(self) -> None:
        self._due = None
        if not self.lab.alive:
            return  # what comes now is the end of everything; the last state stays
        self._await_end()
        self._each(lambda follower: follower.refresh())

    def _await_end(self) -> None:
        """A lab may be started again, with another browser."""
        connection = self.lab.browser.connection if self.lab.alive else None
        if connection is not None and connection is not self._connection:
            self._connection = connection
            connection.on_closed.append(lambda _: self._ended())

    def _ended(self) -> None:
        """It is about to be stopped, or the browser has gone by itself."""
        if self._due is not None:
            self._due.cancel()
        self._look()  # what happened last
        if self._connection is not None:
            self._connection = None
            self._each(lambda follower: follower.end())

    def _each(self, act: Callable[[Follower], None]) -> None:
        for follower in self._all():
            try:
                act(follower)
            except Exception:  # one that fails must not keep the others from it
                log.exception("a view failed")

    def _all(self) -> list[Follower]:
        return [follower for known in self._followers if (follower := known()) is not None]

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The lab's loop; None where it has ended, or was never started."""
        if not self.lab.alive:
            return None
        loop: asyncio.AbstractEventLoop = self.lab.browser.root.connection.loop
        return None if loop.is_closed() else loop

    def soon(self, act: Callable[[], None]) -> None:
        """Do something in the lab's thread; here, where that has ended: nothing changes any more then."""
        loop = self.loop
        if loop is None:
            act()
        else:
            loop.call_soon_threadsafe(act)

    def ask(self, act: Callable[[], T]) -> T:
        """Return what a function returns in the lab's thread, where what is looked at does not change meanwhile."""
        loop = self.loop
        try:
            own = asyncio.get_running_loop()
        except RuntimeError:
            own = None
        if loop is None or loop is own or not loop.is_running():
            return act()

        async def there() -> T:
            return act()

        try:
            return asyncio.run_coroutine_threadsafe(there(), loop).result(ANSWER_S)
        except TimeoutError:  # a cell of the kernel's own loop runs, and this is asked beside it
            return act()

    def run(self, verb: Coroutine[Any, Any, None]) -> None:
        """Run a verb in the lab's loop, without waiting for it: whoever asks may be the kernel's own thread."""
        loop = self.loop
        if loop is None:
            verb.close()
            return
        asyncio.run_coroutine_threadsafe(verb, loop)
