"""Facts about notifications, pushes and background sync: what a script shows, what the user does, what a worker hears of it."""

from __future__ import annotations

from swnb.events.base import Event


class PushReceived(Event, frozen=True, kw_only=True, gc=False, tag="push.received"):
    """A ``push`` event; `text` is its data as text, None without data."""

    text: str | None


class SyncReceived(Event, frozen=True, kw_only=True, gc=False, tag="sync.received"):
    """A ``sync`` event, or a ``periodicsync`` event (`periodic`).

    Attributes
    ----------
    tag
        As it was registered with.
    last_chance
        ``SyncEvent.lastChance``.
    """

    tag: str
    periodic: bool = False
    last_chance: bool = False


class NotificationShown(Event, frozen=True, kw_only=True, gc=False, tag="notification.shown"):
    """``showNotification`` or ``new Notification`` was called, and the browser took it.

    Attributes
    ----------
    options
        The script's other options as a wire of `swnb.values`; ``b""`` where they were not kept.
    origin
        Of the script.
    persistent
        False for ``new Notification``: its events come to the page that made it, not to a worker.
    """

    title: str
    tag: str = ""
    options: bytes = b""
    origin: str = ""
    persistent: bool = True


class NotificationDisplayed(Event, frozen=True, kw_only=True, gc=False, tag="notification.displayed"):
    """A notification came to the lab's desktop, or took the place of another there (`replaces`).

    `cause` is the `NotificationShown`, where that was heard before.

    Attributes
    ----------
    number
        Its number on the desktop; one that replaces another has the same.
    title, body
        As the user sees them.
    origin
        Host that it says it is from.
    actions
        Texts of its buttons.
    """

    number: int
    title: str
    body: str = ""
    origin: str = ""
    actions: tuple[str, ...] = ()
    replaces: bool = False


class NotificationInvoked(Event, frozen=True, kw_only=True, gc=False, tag="notification.invoked"):
    """The user clicked a notification on the desktop: the lab did it for them.

    Attributes
    ----------
    number
        Its number on the desktop.
    action
        ``NotificationEvent.action`` that this gives: the name of the button, ``""`` for the notification itself.
    reply
        What was written into its field; None without one.
    """

    number: int
    title: str
    action: str = ""
    reply: str | None = None


class NotificationRemoved(Event, frozen=True, kw_only=True, gc=False, tag="notification.removed"):
    """A notification went from the desktop.

    Attributes
    ----------
    number
        Its number on the desktop.
    reason
        ``expired``, ``dismissed`` (by the user), ``closed`` (by a script or the browser), ``undefined``.
    """

    number: int
    title: str
    reason: str


class NotificationClosed(Event, frozen=True, kw_only=True, gc=False, tag="notification.closed"):
    """A notification was closed: by ``close()``, or ``notificationclose`` was dispatched (`by_user`).

    `cause` is the `NotificationRemoved`, where the lab dismissed it.
    """

    title: str
    tag: str = ""
    by_user: bool = False


class NotificationClicked(Event, frozen=True, kw_only=True, gc=False, tag="notification.clicked"):
    """``notificationclick`` was dispatched in a worker, or ``click`` to a page's own notification.

    `cause` is the `NotificationInvoked`, where the lab clicked.
    """

    title: str
    tag: str = ""
    action: str = ""
    reply: str | None = None


class EventSettled(Event, frozen=True, kw_only=True, gc=False, tag="event.settled"):
    """An event of a worker is over: dispatched, and all settled that was given to its ``waitUntil``; `cause` is its dispatch.

    Attributes
    ----------
    type
        Kind of the event that told of its dispatch: ``notification.clicked``, ``push.received``, …
    failed
        Whether something that it waited for was rejected.
    """

    type: str
    failed: bool = False


class InteractionGranted(Event, frozen=True, kw_only=True, gc=False, tag="interaction.granted"):
    """A verb got window interaction in a worker, by a click on a notification of swnb's own."""
