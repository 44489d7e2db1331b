"""All notifications that came to a lab's desktop: what is heard of them, as events and as records, and what the user does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from time import monotonic_ns
from typing import TYPE_CHECKING, Final

from swnb.desktop.notices import Closed, Invoked, Replaced, Replied, Shown
from swnb.events import Event, NotificationDisplayed, NotificationInvoked, NotificationRemoved, NotificationShown
from swnb.lab.notification_asked import Asked, Following
from swnb.lab.notification_data import Record
from swnb.lab.notification_matching import Display, Matching, Said

if TYPE_CHECKING:
    from swnb.browser.connection import Connection
    from swnb.desktop import Desktop
    from swnb.desktop.notices import Change, Notice
    from swnb.lab.desk import Desk
    from swnb.lab.dispatch_watch import DispatchWatch
    from swnb.lab.notification_outcome import Outcome
    from swnb.log import Log, Mark
    from swnb.probe.dispatched import Dispatched

MOST_GONE: Final = 1_000
"""How many notifications that are gone are remembered; the log has all of them."""

HEARD_WITHIN_S: Final = 0.5
"""How long what a script says of its notification may come behind the notification itself."""


class Book:
    """The notifications of one lab, through all its starts.

    Parameters
    ----------
    log
        Where the events go.

    Attributes
    ----------
    records
        All that are remembered, the newest last.
    following
        What comes of clicks.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._count = 0
        self._gone: deque[int] = deque()
        self._by_number: dict[int, Record] = {}
        self._on_desktop: dict[int, Record] = {}
        self._matching = Matching()
        self._heard = asyncio.Event()  # of the loop of this start
        self._asked: list[Asked] = []  # the newest one
        self._connection: Connection
        self._watch: DispatchWatch | None = None
        self._timeout_s: Callable[[], float]
        self._desk: Desk
        self.following = Following(log)
        self._last_said = -1
        log.on(NotificationShown, self._said)

    def begin(
        self,
        desk: Desk,
        dispatched: Dispatched,
        connection: Connection,
        watch: DispatchWatch | None,
        timeout_s: Callable[[], float],
        since: Mark,
    ) -> None:
        """Hear of a desktop, and tell a worker's events what they follow from.

        Parameters
        ----------
        watch
            Where no worker is heard.
        timeout_s
            Gives the longest wait, in seconds.
        since
            What scripts said from there on belongs to this desktop.
        """
        self._connection, self._watch, self._timeout_s = connection, watch, timeout_s
        connection.on_closed.append(self.following.wake)
        self._on_desktop = {}
        self._matching = Matching()
        self._heard = asyncio.Event()
        self._desk = desk
        desk.on_change.append(self.changed)
        dispatched.clicked_by = self.following.clicked_by
        dispatched.closed_by = self.following.closed_by
        for event in self._log.events(NotificationShown, since=since):
            self._said(event)

    @property
    def records(self) -> tuple[Record, ...]:
        """All that are remembered, the newest last. Any thread may ask."""
        return tuple(self._by_number.values())

    def numbered(self, number: int) -> Record | None:
        """Return one by its number."""
        return self._by_number.get(number)

    # ---- what happens -------------------------------------------------------------------------------------------

    def changed(self, change: Change) -> None:
        """Something came to the desktop, went from it, or was clicked there."""
        notice = change.notice
        match change:
            case Shown():
                self._show(notice)
            case Replaced():
                self._replace(self._on_desktop[notice.id], notice)
            case Closed():
                self._remove(self._on_desktop.pop(notice.id), change.reason.name.lower())
            case Invoked():
                self._invoked(self._on_desktop[notice.id], change.action, None)
            case Replied():
                self._invoked(self._on_desktop[notice.id], "", change.text)

    def _show(self, notice: Notice) -> None:
        self._count += 1
        display = Display(notice)
        record = Record(self._count, [display], partial(_is_available, self._desk))
        self._matching.displayed(display)
        self._on_desktop[notice.id] = self._by_number[record.number] = record
        self._displayed(record, display, replaces=False)

    def _replace(self, record: Record, notice: Notice) -> None:
        display = Display(notice)
        self._matching.displayed(display)
        record.replace(display)
        self._displayed(record, display, replaces=True)

    def _displayed(self, record: Record, display: Display, *, replaces: bool) -> None:
        notice = display.notice
        display.seq = len(self._log)  # who is told of the event looks here for more
        self._log.append(
            NotificationDisplayed(
                t_mono_ns=notice.t_mono_ns,
                cause=None if display.said is None else display.said.event.seq,
                number=record.number,
                title=notice.title,
                body=notice.body,
                origin=notice.origin,
                actions=tuple(button.label for button in notice.buttons),
                replaces=replaces,
            )
        )

    def _said(self, event: Event) -> None:
        assert isinstance(event, NotificationShown)
        if event.seq <= self._last_said:  # of those that came before this was made
            return
        self._last_said = event.seq
        self._matching.heard(Said(event))
        self._heard.set()

    def _remove(self, record: Record, reason: str) -> None:
        record.removed, record.removed_ns = reason, monotonic_ns()
        self._gone.append(record.number)
        if len(self._gone) > MOST_GONE:
            del self._by_number[self._gone.popleft()]
        event = NotificationRemoved(number=record.number, title=record.notice.title, reason=reason)
        self._log.append(event)
        self._asked = [self.following.add(record, event)]

    def _invoked(self, record: Record, key: str, reply: str | None) -> None:
        action = next((each for each in record.actions() if each.key == key), None)
        name = "" if action is None else action.name if action.name is not None else action.label
        event = NotificationInvoked(number=record.number, title=record.notice.title, action=name, reply=reply)
        self._log.append(event)
        self._asked = [self.following.add(record, event)]

    # ---- what the user does -------------------------------------------------------------------------------------

    def do(self, record: Record, act: Callable[[int], None]) -> Asked:
        """Do something to a notification on the desktop; return what is to come of it.

        Parameters
        ----------
        act
            Takes the desktop's own number.
        """
        self._log.act("notification")
        act(record.notice.id)
        return self._asked[0]  # the desktop has told of it meanwhile

    @property
    def desktop(self) -> Desktop:
        """Where they are shown."""
        return self._desk.desktop

    async def watch(self, record: Record) -> None:
        """Let the browser tell of the dispatch, where no worker is heard."""
        page_made = record.said is not None and not record.said.event.persistent
        if self._watch is not None and not page_made:
            await self._watch.begin()

    async def outcome(self, asked: Asked, timeout_s: float | None) -> Outcome:
        """Wait until what follows is over; see `Following.outcome`."""
        limit = self._timeout_s() if timeout_s is None else timeout_s
        return await self.following.outcome(asked, limit, self._connection.check_open)

    def may_be_heard(self, record: Record) -> bool:
        """Tell whether what the script said of a notification may still come."""
        late_ns = monotonic_ns() - record.notice.t_mono_ns
        return record.said is None and self._watch is None and late_ns < HEARD_WITHIN_S * 1e9

    async def heard_of(self, record: Record) -> None:
        """Wait a moment for what the script said of a notification, if that has not come yet."""
        try:
            async with asyncio.timeout(HEARD_WITHIN_S):
                while record.said is None:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            pass


def _is_available(desk: Desk) -> bool:
    return desk.available
