"""Drive a real Chromium from a notebook, and evaluate the Clients API inside its service workers.

``%load_ext swnb`` brings the magics ``%sw`` and ``%%sw``; `Lab` and `AsyncLab` are the same from Python. Importing this package
costs nothing: what is named here is imported on first use, so that the browser starts before the rest is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from swnb.clients.data import ClientList as ClientList
    from swnb.clients.interaction import InteractionDenied as InteractionDenied
    from swnb.desktop.errors import ActionUnknown as ActionUnknown
    from swnb.desktop.errors import DesktopLost as DesktopLost
    from swnb.desktop.errors import DesktopUnavailable as DesktopUnavailable
    from swnb.desktop.errors import NoticeGone as NoticeGone
    from swnb.desktop.errors import NoticeUnknown as NoticeUnknown
    from swnb.errors import *  # noqa: F403  (all of them are public)
    from swnb.lab.async_lab import AsyncLab as AsyncLab
    from swnb.lab.facade import Client as Client
    from swnb.lab.facade import Clients as Clients
    from swnb.lab.facade import ServiceWorker as ServiceWorker
    from swnb.lab.facade import ServiceWorkerRegistration as ServiceWorkerRegistration
    from swnb.lab.facade import Window as Window
    from swnb.lab.facade import WindowClient as WindowClient
    from swnb.lab.lab import Lab as Lab
    from swnb.lab.notification_errors import ClickDropped as ClickDropped
    from swnb.lab.notification_errors import NoSuchAction as NoSuchAction
    from swnb.lab.notification_errors import NotificationGone as NotificationGone
    from swnb.lab.notification_errors import NotificationTimeout as NotificationTimeout
    from swnb.lab.notification_errors import NotificationUnknown as NotificationUnknown
    from swnb.lab.sync_notifications import Notification as Notification
    from swnb.lab.sync_notifications import Notifications as Notifications
    from swnb.lab.sync_replay import replay as replay
    from swnb.values import BigInt as BigInt
    from swnb.values import JSArray as JSArray
    from swnb.values import JSError as JSError
    from swnb.values import JSMap as JSMap
    from swnb.values import JSObject as JSObject
    from swnb.values import JSSet as JSSet
    from swnb.values import RegExp as RegExp
    from swnb.values import TypedArray as TypedArray
    from swnb.values import undefined as undefined
    from swnb.vocab import ClientType as ClientType
    from swnb.vocab import FrameType as FrameType
    from swnb.vocab import ServiceWorkerState as ServiceWorkerState
    from swnb.vocab import VisibilityState as VisibilityState
    from swnb.vocab import WorkerRole as WorkerRole

HOMES = {
    "AsyncLab": "swnb.lab.async_lab",
    "Lab": "swnb.lab.lab",
    **dict.fromkeys(
        ("Client", "Clients", "ServiceWorker", "ServiceWorkerRegistration", "Window", "WindowClient"), "swnb.lab.facade"
    ),
    **dict.fromkeys(("Notification", "Notifications"), "swnb.lab.sync_notifications"),
    **dict.fromkeys(
        ("ClickDropped", "NoSuchAction", "NotificationGone", "NotificationTimeout", "NotificationUnknown"),
        "swnb.lab.notification_errors",
    ),
    "ClientList": "swnb.clients.data",
    "InteractionDenied": "swnb.clients.interaction",
    "replay": "swnb.lab.sync_replay",
    **dict.fromkeys(
        ("ActionUnknown", "DesktopLost", "DesktopUnavailable", "NoticeGone", "NoticeUnknown"), "swnb.desktop.errors"
    ),
    **dict.fromkeys(
        ("BigInt", "JSArray", "JSError", "JSMap", "JSObject", "JSSet", "RegExp", "TypedArray", "undefined"),
        "swnb.values",
    ),
    **dict.fromkeys(("ClientType", "FrameType", "ServiceWorkerState", "VisibilityState", "WorkerRole"), "swnb.vocab"),
}
"""Where the names of this package live. Every error of `swnb.errors` is one of them, too."""


def __getattr__(name: str) -> Any:
    if name == "recording":  # a room of its own: `swnb.recording.read(path)`
        return import_module("swnb.recording")
    home = HOMES.get(name)
    if home is None and not name.startswith("_"):
        errors = import_module("swnb.errors")
        if isinstance(getattr(errors, name, None), type):
            home = "swnb.errors"
    if home is None:
        raise AttributeError(f"module 'swnb' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def views_of(lab: AsyncLab) -> Any:
    """Return the live views of a lab; `Lab.views` is this."""
    from swnb.views.live.views import Views

    return Views(lab)


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES, "SwnbError"])


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Bring ``%sw`` and ``%%sw`` into a shell: ``%load_ext swnb``."""
    from swnb.magics import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics out again and end the labs that they started."""
    from swnb.magics import unload

    unload(shell)
