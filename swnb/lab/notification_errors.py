"""What can go wrong with notifications and clicks on them."""

# ruff: noqa: N818  (named after what happened, as all errors here)
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from swnb.errors import LabError, SwnbError, WaitTimeout, nearest
from swnb.text import short

if TYPE_CHECKING:
    from swnb.lab.notification_data import NotificationData
    from swnb.lab.notification_outcome import Outcome

LISTED = 8
"""How many an error lists."""

WIDEST = 60
"""Characters of a title in an error."""


def called(notification: NotificationData) -> str:
    """Return what an error calls a notification: its number and title."""
    return f"{notification.number} {short(notification.title, WIDEST)!r}"


def listed(shown: Sequence[NotificationData]) -> str:
    """Return those that are shown, in words: the newest ones, the oldest of them first."""
    more = f"{len(shown) - LISTED} more, " if len(shown) > LISTED else ""
    named = [called(each) + (f" (tag {short(each.tag, WIDEST)!r})" if each.tag else "") for each in shown[-LISTED:]]
    return f"shown now: {more}{', '.join(named)}" if shown else "nothing is shown now"


class NotificationUnknown(LabError, IndexError, KeyError):
    """No notification is the one that was asked for.

    Attributes
    ----------
    asked
        A number, an index, a tag or a title; None for the newest one.
    known
        Tags and titles of those that are shown.
    """

    def __init__(self, asked: str | int | None, shown: Sequence[NotificationData], what: str = "") -> None:
        self.asked = asked
        self.known = list(dict.fromkeys(word for each in shown for word in (each.tag, each.title) if word))
        near = nearest(asked, self.known) if isinstance(asked, str) else None
        hint = f"did you mean {short(near, WIDEST)!r}? " if near else ""
        if isinstance(asked, str):
            what = what or f"no notification has the tag or title {short(asked, WIDEST)!r}"
        elif asked is not None:
            what = what or f"there is no notification {asked}"
        wait = "" if shown else "; `%sw wait notification` waits for one"
        super().__init__(what or "no notification is shown", f"{hint}{listed(shown)}{wait}")


class NotificationGone(LabError):
    """The notification was closed, or another one took its place.

    Attributes
    ----------
    number, title
        Which one.
    reason
        Why, in words.
    """

    def __init__(self, notification: NotificationData, shown: Sequence[NotificationData], reason: str = "") -> None:
        self.number = notification.number
        self.title = notification.title
        self.reason = reason or notification.why_gone
        super().__init__(
            f"the notification {called(notification)} is gone: {self.reason}",
            f"{listed(shown)}; a page or worker has to show it anew",
        )

    @classmethod
    def replaced(
        cls, asked: str, notification: NotificationData, shown: Sequence[NotificationData]
    ) -> NotificationGone:
        """Return the error for a title that another one stands in place of."""
        error = cls(notification, shown, "replaced")
        SwnbError.__init__(
            error,
            f"{short(asked, WIDEST)!r} is no longer shown: {called(notification)} took its place, with the same tag",
            f"{listed(shown)}",
        )
        error.title = asked
        return error


class NoSuchAction(LabError):
    """The notification has no such button.

    Attributes
    ----------
    number, title
        Of the notification.
    action
        What was asked for.
    known
        Names and labels that it has.
    """

    def __init__(self, notification: NotificationData, action: str) -> None:
        self.number = notification.number
        self.title = notification.title
        self.action = action
        self.known = [word for each in notification.actions for word in (each.name, each.label) if word]
        near = nearest(action, self.known)
        hint = f"did you mean {near!r}? " if near else ""
        has = ", ".join(map(str, notification.actions))
        super().__init__(
            f"the notification {called(notification)} has no action {short(action, WIDEST)!r}",
            f"{hint}it has: {has}" if has else "it has none: click it without an action",
        )


class ClickDropped(LabError):
    """The browser dispatched nothing, and closed the notification: it does so with a click that it has no use for.

    Attributes
    ----------
    number, title
        Of the notification.
    """

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title
        super().__init__(
            f"the browser dropped the click on the notification {number} {short(title, WIDEST)!r}, and closed it",
            "it does so where the origin may not show notifications (any more), or its page or worker is gone: show it anew",
        )


class NotificationTimeout(WaitTimeout):
    """What was clicked or dismissed is not over: its event did not come, or goes on.

    Attributes
    ----------
    outcome
        What came of it so far.
    """

    def __init__(self, outcome: Outcome, timeout_s: float) -> None:
        self.outcome = outcome
        super().__init__(outcome.asked, timeout_s, outcome.state)
        going = "it goes on, for at most 5 minutes: `%sw wait settled` tells when it is over, --timeout waits longer"
        self.todo = (
            going if outcome.event is not None else "`%sw workers` tells how the workers stand; --timeout waits longer"
        )
