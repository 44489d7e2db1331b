"""What comes of a click on a notification: which dispatched event follows from it, and when that is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swnb.errors import WaitFailed
from swnb.events import (
    ConsoleWritten,
    Event,
    EventSettled,
    NotificationClicked,
    NotificationClosed,
    NotificationInvoked,
    NotificationRemoved,
    WorkerRunningChanged,
)
from swnb.lab.notification_errors import ClickDropped, NotificationTimeout
from swnb.lab.notification_matching import as_shown
from swnb.lab.notification_outcome import WIDEST, Outcome
from swnb.text import short
from swnb.vocab import Heard, RunningStatus

if TYPE_CHECKING:
    from swnb.lab.notification_data import Record
    from swnb.log import Log
    from swnb.probe.dispatched import Told

MOST: Final = 1_000
"""How many clicks are remembered of which nothing was heard."""


DROPPED_AFTER_S: Final = 2.0
"""How long a click may be dispatched after its notification was closed: a script may have done that, and it comes another way."""


@dataclass(eq=False)
class Asked:
    """A click or a dismissal, and what has come of it so far.

    Attributes
    ----------
    done
        What happened on the desktop.
    origin, title, tag
        By which its event is known; `tag` is None where it is not known.
    is_worker
        Whether a worker gets it, as far as is known.
    stopped
        Whether its worker ended before it was over.
    closed
        Whether the notification was closed meanwhile.
    note
        What is not known, and why.
    """

    done: NotificationInvoked | NotificationRemoved
    origin: str
    title: str
    tag: str | None
    is_worker: bool
    event: NotificationClicked | NotificationClosed | None = None
    settled: EventSettled | None = None
    stopped: bool = False
    closed: bool = False
    note: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def words(self) -> str:
        """What was done."""
        title = short(self.title, WIDEST)
        if isinstance(self.done, NotificationRemoved):
            return f"dismissal of {title!r}"
        action = f", action {short(self.done.action, WIDEST)!r}" if self.done.action else ""
        reply = f", reply {short(self.done.reply, WIDEST)!r}" if self.done.reply is not None else ""
        return f"click on {title!r}{action}{reply}"

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        if self.event is None:
            return False
        return not self.is_worker or self.settled is not None or self.stopped or self.event.heard is Heard.INFERRED

    def fits(self, told: Told) -> bool:
        """Tell whether a script was told of this."""
        same = told.origin == self.origin and as_shown(told.title) == self.title
        return same and self.tag in (None, told.tag)


class Following:
    """Clicks and dismissals of one lab, until they are over.

    Attributes
    ----------
    is_worker
        Tells whether an actor is a service worker.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._clicks: list[Asked] = []
        self._dismissals: list[Asked] = []
        self._by_done: dict[int, Asked] = {}
        self._running: dict[int, Asked] = {}
        log.on((NotificationClicked, NotificationClosed), self._dispatched)
        log.on(EventSettled, self._settled)
        log.on(WorkerRunningChanged, self._worker)

    def add(self, record: Record, done: NotificationInvoked | NotificationRemoved) -> Asked:
        """A notification was clicked, or is gone; remember what may follow from that."""
        said = record.said
        persistent = said is None or said.event.persistent
        asked = Asked(done, record.notice.origin, record.notice.title, record.tag, persistent)
        waiting = self._clicks
        if isinstance(done, NotificationRemoved):
            if done.reason == "closed":  # by a script: nobody is told
                self._closed(done.number)
                return asked
            waiting = self._dismissals
        waiting.append(asked)
        self._by_done[done.seq] = asked
        if len(waiting) > MOST:
            self.forget(waiting[0])
        return asked

    def _closed(self, number: int) -> None:
        for asked in self._clicks:
            if asked.done.number == number:
                asked.closed = True
                asked.changed.set()

    def forget(self, asked: Asked) -> None:
        """Nobody waits any more for something of which nothing has come."""
        for waiting in (self._clicks, self._dismissals):
            if asked in waiting:
                waiting.remove(asked)
        self._by_done.pop(asked.done.seq, None)

    # ---- what follows from what ---------------------------------------------------------------------------------

    def clicked_by(self, told: Told) -> int | None:
        """Return the `seq` of what a dispatched click follows from."""
        fitting = [asked for asked in self._clicks if asked.fits(told)]
        exact = (asked for asked in fitting if getattr(asked.done, "action", "") == told.action)
        return self._taken(self._clicks, next(exact, fitting[0] if fitting else None))

    def closed_by(self, told: Told) -> int | None:
        """Return the `seq` of what a user's closing follows from."""
        return self._taken(self._dismissals, next((asked for asked in self._dismissals if asked.fits(told)), None))

    def inferred(self, origin: str, tag: str, *, dismissed: bool) -> Asked | None:
        """Return the first of which the browser, and no script, says that it was dispatched."""
        waiting = self._dismissals if dismissed else self._clicks
        found = next((asked for asked in waiting if asked.origin == origin and asked.tag in (None, tag)), None)
        if found is not None:
            waiting.remove(found)
        return found

    @staticmethod
    def _taken(waiting: list[Asked], found: Asked | None) -> int | None:
        if found is None:
            return None
        waiting.remove(found)
        return found.done.seq

    # ---- what comes ---------------------------------------------------------------------------------------------

    def _dispatched(self, event: Event) -> None:
        assert isinstance(event, NotificationClicked | NotificationClosed)
        asked = self._by_done.pop(event.cause, None) if event.cause is not None else None
        if asked is None:
            return
        asked.event = event
        asked.is_worker = self._log.names.is_worker(event.actor)
        if not asked.over:
            self._running[event.seq] = asked
        asked.changed.set()

    def _settled(self, event: Event) -> None:
        assert isinstance(event, EventSettled)
        asked = self._running.pop(event.cause, None) if event.cause is not None else None
        if asked is not None:
            asked.settled = event
            asked.changed.set()

    def _worker(self, event: Event) -> None:
        assert isinstance(event, WorkerRunningChanged)
        if event.running is not RunningStatus.STOPPED:
            return
        for seq, asked in list(self._running.items()):
            if asked.event is not None and asked.event.actor == event.actor:
                del self._running[seq]
                asked.stopped = True
                asked.changed.set()

    def wake(self, _: object = None) -> None:
        """Let all who wait look whether the browser is still there."""
        for asked in (*self._clicks, *self._dismissals, *self._running.values()):
            asked.changed.set()

    async def outcome(self, asked: Asked, timeout_s: float, check: Callable[[], None]) -> Outcome:
        """Wait until it is over.

        Parameters
        ----------
        check
            Raises if the browser is gone.

        Raises
        ------
        NotificationTimeout
            After `timeout_s` seconds.
        ClickDropped
            If the browser closed the notification, and dispatched nothing.
        WaitFailed
            If the worker was stopped meanwhile.
        """
        try:
            async with asyncio.timeout(timeout_s) as limit:
                while not asked.over:
                    check()
                    if asked.closed and asked.event is None:
                        limit.reschedule(asyncio.get_running_loop().time() + min(timeout_s, DROPPED_AFTER_S))
                    asked.changed.clear()
                    await asked.changed.wait()
        except TimeoutError:
            self.forget(asked)
            if asked.closed and asked.event is None:
                raise ClickDropped(asked.done.number, asked.title) from None
            raise NotificationTimeout(self._told(asked), timeout_s) from None
        if asked.stopped and asked.event is not None:
            why = f"{asked.event.actor} was stopped before what it waited for had settled"
            failure = WaitFailed(f"{asked.words} to be over", timeout_s, why)
            failure.todo = "the next click starts it again; `%sw events --kind worker` tells who stopped it"
            raise failure
        return self._told(asked)

    def _told(self, asked: Asked) -> Outcome:
        errors: tuple[ConsoleWritten, ...] = ()
        if asked.event is not None:
            actor, since = asked.event.actor, asked.done.seq
            errors = tuple(
                event
                for event in self._log[since:]
                if isinstance(event, ConsoleWritten) and event.actor == actor and event.level == "exception"
            )
        return Outcome(asked.words, asked.done, asked.event, asked.settled, errors, asked.is_worker, asked.note)
