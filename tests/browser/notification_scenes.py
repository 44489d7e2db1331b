"""What tests of notifications and clicks begin with."""

from __future__ import annotations

import json

import swnb
from swnb.events import NotificationDisplayed
from tests.browser.scenes import EAGER, controlled

HEARS = """
globalThis.heard = [];
for (const type of ['notificationclick', 'notificationclose'])
  addEventListener(type, e => heard.push([type, e.notification.title, e.action, e.reply, e.isTrusted]));
"""
"""Remembers what came to the worker."""


def hearing(lab: swnb.Lab, more: str = "") -> swnb.Window:
    """Open the window `home`, which a worker controls that remembers what came to it."""
    lab.run(lab.asynchronous.desk.desktop.ready)  # a browser that does not know its desktop yet forgets what it shows
    window = controlled(lab, source=EAGER + HEARS + more)
    lab.wait("controlled home")
    return window


def show(
    lab: swnb.Lab, title: str = "T", options: str = "{}", *, window: swnb.Window | None = None
) -> swnb.Notification:
    """Let the worker show a notification, or the page of a window; return it once it is there."""
    mark = lab.mark()
    text = json.dumps(title)
    if window is None:
        lab.worker.evaluate(f"await registration.showNotification({text}, {options}); 0")
    else:
        window.evaluate(f"await (await navigator.serviceWorker.ready).showNotification({text}, {options}); 0")
    return came(lab, mark)


def came(lab: swnb.Lab, mark: swnb.log.Mark) -> swnb.Notification:
    """Return the first notification since a mark."""
    event = lab.wait("notification", mark=mark)
    assert isinstance(event, NotificationDisplayed)
    return lab.notifications.numbered(event.number)


def heard(lab: swnb.Lab) -> object:
    """Return what came to the worker, in order; it begins anew then."""
    return lab.worker.evaluate("heard.splice(0)")
