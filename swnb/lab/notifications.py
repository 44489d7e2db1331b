"""The notifications of a lab, for asynchronous code: what is shown, and clicking it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.lab.notification_data import NotificationAction, NotificationData, Record
from swnb.lab.notification_errors import NoSuchAction, NotificationGone
from swnb.lab.notification_list import NotificationList
from swnb.lab.notification_outcome import Outcome

if TYPE_CHECKING:
    from swnb.lab.notification_book import Book


class AsyncNotification(NotificationData):
    """A notification that came to the lab's desktop.

    One that is replaced by its tag stays the same one: it has the new title, and `replaced` counts.
    """

    def __init__(self, book: Book, record: Record) -> None:
        super().__init__(record)
        self._book = book

    async def click(
        self, action: str | None = None, *, reply: str | None = None, timeout_s: float | None = None
    ) -> Outcome:
        """Click it, as the user would, and wait until what that leads to is over.

        That is ``notificationclick`` in the active worker, and all that its ``waitUntil`` was given; of a page's own
        ``new Notification`` it is ``click``. It stays shown, so that it can be clicked again, unless the script closes it.

        Parameters
        ----------
        action
            Name or label of a button; by default the notification itself is clicked.
        reply
            What to write into its field for a reply.
        timeout_s
            How long to wait; by default the lab's own limit, in seconds.

        Returns
        -------
        Outcome
            Which event was dispatched to whom, whether what it waited for was rejected, and what listeners threw.

        Raises
        ------
        NotificationGone
            If it is no longer shown.
        NoSuchAction
            If it has no such button.
        NotificationTimeout
            If it is not over in time. It goes on.
        ClickDropped
            If the browser had no use for the click: the origin may not show notifications any more.
        WaitFailed
            If the worker was stopped before it was over.
        """
        self._check()
        if action and reply is None and not any(action == each.label for each in self.actions):
            await self._book.heard_of(self._record)  # only the script knows the names
        button = self._button(action, reply)
        return await self._done(partial(self._press, button, reply), timeout_s)

    async def dismiss(self, *, timeout_s: float | None = None) -> Outcome:
        """Close it, as the user would, and wait until ``notificationclose`` in the worker is over; see `click`.

        Of a page's own ``new Notification`` it is ``close``.
        """
        return await self._done(self._close, timeout_s)

    def _check(self) -> None:
        if not self.shown:
            raise NotificationGone(self, AsyncNotifications(self._book).shown)

    async def _done(self, act: Callable[[int], None], timeout_s: float | None) -> Outcome:
        self._check()
        await self._book.watch(self._record)
        self._check()  # it may have gone meanwhile
        return await self._book.outcome(self._book.do(self._record, act), timeout_s)

    def _press(self, button: NotificationAction | None, reply: str | None, desktop_id: int) -> None:
        desktop = self._book.desktop
        if button is None:
            desktop.invoke(desktop_id)
        elif button.takes_text:
            desktop.reply(desktop_id, reply or "")
        else:
            desktop.invoke(desktop_id, button.key)

    def _close(self, desktop_id: int) -> None:
        self._book.desktop.close(desktop_id)

    def _button(self, action: str | None, reply: str | None) -> NotificationAction | None:
        """Return the button that is meant; None for the notification itself."""
        fields = [each for each in self.actions if each.takes_text]
        if not action:
            if reply is None:
                return None
            if not fields:
                raise InvalidArgument(
                    f"the notification {self.number} {self.title!r} has no field for a reply",
                    'the script gives it one: `actions: [{type: "text", action: "reply", title: "Reply"}]`',
                )
            return fields[0]
        found = next((each for each in self.actions if each.name == action), None)
        found = found or next((each for each in self.actions if each.label == action), None)
        if found is None:
            raise NoSuchAction(self, action)
        if found.takes_text and reply is None:
            raise InvalidArgument(
                f"the action {action!r} is a field for a reply", "give a text: reply=…, or --reply TEXT"
            )
        if not found.takes_text and reply is not None:
            where = f"; {fields[0]} is one" if fields else ""
            raise InvalidArgument(f"the action {action!r} is no field for a reply", f"leave the reply away{where}")
        return found


class AsyncNotifications(NotificationList[AsyncNotification]):
    """The notifications that came to the lab's desktop, newest last: those that are still shown, and those that are gone.

    ``lab.notifications[-1]`` is the newest one, ``lab.notifications["chat"]`` the one with that tag or title.
    """

    def __init__(self, book: Book) -> None:
        super().__init__(lambda: book.records, partial(AsyncNotification, book))
