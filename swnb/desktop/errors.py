"""What can go wrong between the lab and its private desktop."""

# ruff: noqa: N818  (named after what happened, as all errors here)
from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from swnb.errors import LabError, SwnbError

INSTALL: Final = "install dbus-daemon (Debian, Ubuntu: `apt-get install dbus`) and start anew; `swnb doctor` says more"


class DesktopUnavailable(SwnbError):
    """There can be no desktop here: notifications cannot be seen or clicked.

    Attributes
    ----------
    reason
        Why not.
    """

    def __init__(self, reason: str, todo: str = INSTALL) -> None:
        self.reason = reason
        super().__init__(f"this lab has no desktop for notifications: {reason}", todo)


class DesktopLost(SwnbError):
    """The desktop was there and ended. Chromium cannot live without it, and ends.

    Attributes
    ----------
    reason
        How it ended.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"the lab's desktop is gone: {reason}",
            "its browser ends with it; start anew: `%sw start`, or a new Lab()",
        )


class NoticeUnknown(LabError):
    """No notification ever had that number.

    Attributes
    ----------
    notice_id
        What was asked for.
    known
        The numbers of those that are shown now.
    """

    def __init__(self, notice_id: int, known: Sequence[int]) -> None:
        self.notice_id = notice_id
        self.known = list(known)
        shown = ", ".join(map(str, self.known[:12])) + (" …" if len(self.known) > 12 else "") or "none"
        super().__init__(f"there is no notification {notice_id}", f"shown now: {shown}")


class NoticeGone(LabError):
    """The notification was closed before.

    Attributes
    ----------
    notice_id
        Its number.
    reason
        How it was closed, in a word.
    """

    def __init__(self, notice_id: int, reason: str) -> None:
        self.notice_id = notice_id
        self.reason = reason
        super().__init__(f"the notification {notice_id} is closed ({reason})", "the page or worker has to show it anew")


class ActionUnknown(LabError):
    """A notification has no such action.

    Attributes
    ----------
    notice_id
        Its number.
    action
        What was asked for.
    known
        The keys that it has.
    """

    def __init__(self, notice_id: int, action: str, known: Sequence[str]) -> None:
        self.notice_id = notice_id
        self.action = action
        self.known = list(known)
        super().__init__(
            f"the notification {notice_id} has no action {action!r}", f"it has {', '.join(self.known) or 'none'}"
        )
