"""The notifications of a lab, for synchronous code."""

from __future__ import annotations

from swnb.lab.caller import Caller
from swnb.lab.notification_data import NotificationData
from swnb.lab.notification_list import NotificationList
from swnb.lab.notification_outcome import Outcome
from swnb.lab.notifications import AsyncNotification, AsyncNotifications


class Notification(NotificationData):
    """A notification that came to the lab's desktop; see `AsyncNotification`."""

    def __init__(self, caller: Caller, notification: AsyncNotification) -> None:
        super().__init__(notification._record)
        self._caller = caller
        self._notification = notification

    def click(self, action: str | None = None, *, reply: str | None = None, timeout_s: float | None = None) -> Outcome:
        """Click it, and wait until what that leads to is over; see `AsyncNotification.click`."""
        return self._caller.run(self._notification.click, action, reply=reply, timeout_s=timeout_s)

    def dismiss(self, *, timeout_s: float | None = None) -> Outcome:
        """Close it as the user would, and wait until what that leads to is over; see `AsyncNotification.dismiss`."""
        return self._caller.run(self._notification.dismiss, timeout_s=timeout_s)


class Notifications(NotificationList[Notification]):
    """The notifications that came to the lab's desktop, newest last; see `AsyncNotifications`."""

    def __init__(self, caller: Caller, notifications: AsyncNotifications) -> None:
        super().__init__(notifications._records, lambda record: Notification(caller, notifications._make(record)))
