"""Facts about the lab's windows, as the browser tells them."""

from __future__ import annotations

from swnb.events.base import Event
from swnb.vocab import TargetId


class WindowEvent(Event, frozen=True, kw_only=True, gc=False, tag="window"):
    """What all facts about a window have.

    Attributes
    ----------
    target_id, name
        CDP's id of the window, and what the lab calls it.
    """

    target_id: TargetId
    name: str


class WindowOpened(WindowEvent, frozen=True, kw_only=True, gc=False, tag="window.opened"):
    """A window appeared, opened by the lab or by a script."""


class WindowNavigated(WindowEvent, frozen=True, kw_only=True, gc=False, tag="window.navigated"):
    """A window has another document; `url` is the one it was created with."""

    url: str


class WindowLoaded(WindowEvent, frozen=True, kw_only=True, gc=False, tag="window.loaded"):
    """A window's document fired ``load``."""


class WindowCrashed(WindowEvent, frozen=True, kw_only=True, gc=False, tag="window.crashed"):
    """A window's renderer crashed; the window shows nothing until it is reloaded."""


class WindowDialog(WindowEvent, frozen=True, kw_only=True, gc=False, tag="window.dialog"):
    """A page opened a dialog (``alert``, ``confirm``, ``prompt``, ``beforeunload``), which was answered at once."""

    type: str
    message: str


class WindowClosed(WindowEvent, frozen=True, kw_only=True, gc=False, tag="window.closed"):
    """A window is gone."""
