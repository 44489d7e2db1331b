"""Verbs of notifications: what the lab's desktop shows, and clicking it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.errors import NotStarted
from swnb.magics.arguments import Argument, Completes
from swnb.magics.call import Call
from swnb.magics.living import LANGUAGE, LIVE, asked_live, live
from swnb.magics.on_workers import TIMEOUT
from swnb.magics.verbs import verb

if TYPE_CHECKING:
    from swnb.lab.notification_list import NotificationList
    from swnb.lab.notification_outcome import Outcome
    from swnb.lab.sync_notifications import Notification
    from swnb.views.live.view import View

GROUP = "Notifications"

WHICH = Argument(
    "notification",
    "its number, tag or title; -1 is the newest of all; without it, the newest one that is shown",
    "N|TAG|TITLE",
    completes=Completes.NOTIFICATION,
)


def _chosen(call: Call) -> Notification:
    asked = call.arguments.text("notification")
    found = call.lab.notifications
    if asked is None:
        return found.newest
    if asked[:1] == "-" and asked[1:].isdecimal() and len(asked) < 9:
        return found[int(asked)]
    if asked.isdecimal() and len(asked) < 9 and asked not in found:
        return found.numbered(int(asked))
    return found[asked]


@verb(
    "notifications",
    "What came to the lab's desktop, newest last: what is still shown, and what is gone. With --live as it comes and goes.",
    Argument("--shown", "only those that are still shown"),
    LIVE,
    LANGUAGE,
    group=GROUP,
    example="%sw notifications",
)
def notifications(call: Call) -> NotificationList[Notification] | View:
    """List the notifications."""
    if asked_live(call):
        return live(call, "notifications")
    lab = call.labs.get(call.arguments.text("lab"))
    if lab is None:
        raise NotStarted(f"`{call.command}`")
    if lab.alive:
        lab.settle()  # what the pages did by now is shown
    return lab.notifications.shown if call.arguments.flag("shown") else lab.notifications[:]


@verb(
    "click",
    "Click a notification, or a button of it; return when `notificationclick`, and what its `waitUntil` was given, is over.",
    WHICH,
    Argument("--action", "name or label of a button, rather than the notification itself", "ACTION"),
    Argument("--reply", "write this into its field for a reply", "TEXT"),
    TIMEOUT,
    group=GROUP,
    example="%sw click chat --action reply --reply 'On my way'",
)
def click(call: Call) -> Outcome:
    """Click."""
    given = call.arguments
    return _chosen(call).click(given.text("action"), reply=given.text("reply"), timeout_s=call.timeout_s)


@verb(
    "dismiss",
    "Close a notification as the user would; return when `notificationclose` in the worker is over.",
    WHICH,
    TIMEOUT,
    group=GROUP,
    example="%sw dismiss chat",
)
def dismiss(call: Call) -> Outcome:
    """Dismiss."""
    return _chosen(call).dismiss(timeout_s=call.timeout_s)
