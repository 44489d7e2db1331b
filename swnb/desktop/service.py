"""The service ``org.freedesktop.Notifications``: which notifications are shown, and what is said about them. No I/O.

Desktop Notifications Specification 1.2, section "Protocol", with what KDE added for replies.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic_ns
from types import MappingProxyType
from typing import Any, Final

from dbus_fast.constants import ErrorType, MessageFlag, MessageType
from dbus_fast.message import Message

from swnb.desktop.early import CAPABILITIES, INFORMATION
from swnb.desktop.errors import ActionUnknown, NoticeGone, NoticeUnknown
from swnb.desktop.greeting import NOTIFICATIONS
from swnb.desktop.notices import (
    DEFAULT_ACTION,
    INLINE_REPLY,
    Change,
    Closed,
    CloseReason,
    Invoked,
    Notice,
    Replaced,
    Replied,
    Shown,
    read_notice,
)
from swnb.errors import InvalidArgument

PATH: Final = "/org/freedesktop/Notifications"

ZERO_CLOSE_NS: Final = 500_000_000
"""How long a call that closes the number 0 may be the reason of a folder's removal, in nanoseconds."""


def is_string(text: str) -> bool:
    """Return whether D-Bus can carry `text`: a daemon ends a connection on which another one comes."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


class NotificationService:
    """What is shown, and the answers to calls.

    Parameters
    ----------
    send
        Takes each message that is to be sent.
    on_change
        Called with each change, after the messages that belong to it were sent.

    Attributes
    ----------
    notices
        What is shown now, by number, the oldest first; it cannot be changed through this view.
    """

    def __init__(self, send: Callable[[Message], None], on_change: Callable[[Change], None]) -> None:
        self._send = send
        self._on_change = on_change
        self._shown: dict[int, Notice] = {}
        self._closed: dict[int, CloseReason] = {}
        self._last_id = 0
        self._folders: dict[str, int] = {}
        self._unexplained: dict[str, None] = {}  # removed folders, in order
        self._zero_closes_ns: list[int] = []
        self.notices = MappingProxyType(self._shown)

    def receive(self, message: Message) -> None:
        """Take a message from the bus: answer a call; signals are the daemon's, and say nothing here."""
        if message.message_type is not MessageType.METHOD_CALL or not message.sender:
            return
        match message.member, message.signature:
            case "Notify", "susssasa{sv}i":
                self._notify(message)
            case "CloseNotification", "u":
                self._close_notification(message)
            case "GetCapabilities", "":
                self._answer(message, "as", list(CAPABILITIES))
            case "GetServerInformation", "":
                self._answer(message, "ssss", *INFORMATION)
            case "Ping", "":
                self._answer(message)
            case "Notify" | "CloseNotification", _:
                self._refuse(message, ErrorType.INVALID_ARGS, f"{message.member} with {message.signature!r}")
            case _:
                self._refuse(message, ErrorType.UNKNOWN_METHOD, f"no method {message.member}")

    def invoke(self, notice_id: int, action: str = DEFAULT_ACTION) -> None:
        """Do as if the user had chosen an action; a notification stays, as the specification of the web has it.

        Raises
        ------
        NoticeUnknown, NoticeGone, ActionUnknown
            There is no such notification, no longer, or it has no such action.
        """
        notice = self._find(notice_id)
        self._check_action(notice, action)
        self._signal(notice, "ActionInvoked", "us", notice_id, action)
        self._on_change(Invoked(notice, action))

    def reply(self, notice_id: int, text: str) -> None:
        """Do as if the user had written `text` into the notification's field.

        Raises
        ------
        NoticeUnknown, NoticeGone, ActionUnknown
            There is no such notification, no longer, or it has no such field.
        InvalidArgument
            `text` has U+0000 or half of a surrogate pair, which D-Bus has no bytes for.
        """
        if not is_string(text):
            raise InvalidArgument("a reply cannot have U+0000 or a lone surrogate", "leave the character out")
        notice = self._find(notice_id)
        self._check_action(notice, INLINE_REPLY)
        self._signal(notice, "NotificationReplied", "us", notice_id, text)
        self._on_change(Replied(notice, text))

    def close(self, notice_id: int, reason: CloseReason = CloseReason.DISMISSED) -> None:
        """Do as if the user had dismissed it, or it had expired.

        Raises
        ------
        NoticeUnknown, NoticeGone
            There is no such notification, or no longer.
        """
        self._remove(self._find(notice_id), reason)

    def folder_removed(self, folder: str) -> bool:
        """Take note that Chromium removed a notification's folder: it knows that notification no more.

        It has closed or replaced it, and says so on the bus. But as long as it has not read the answer to ``Notify``, it
        does not know the number: it closes 0, or shows another one in place of replacing, and a ghost would stay here.

        Returns
        -------
        bool
            Whether it is not explained yet; `give_up` has to be called some time later.
        """
        if folder not in self._folders:
            return False
        self._unexplained[folder] = None
        self._explain()
        return folder in self._unexplained

    def give_up(self, folder: str) -> None:
        """Close the notification of a removed folder, if nothing on the bus has explained it until now."""
        if folder in self._unexplained:
            self._remove(self._shown[self._folders[folder]], CloseReason.CLOSED)

    def _explain(self) -> None:
        oldest_ns = monotonic_ns() - ZERO_CLOSE_NS
        self._zero_closes_ns = [when for when in self._zero_closes_ns if when > oldest_ns]
        while self._zero_closes_ns and self._unexplained:
            self._zero_closes_ns.pop(0)
            self.give_up(next(iter(self._unexplained)))

    def _forget_folder(self, notice: Notice) -> None:
        self._folders.pop(notice.folder, None)
        self._unexplained.pop(notice.folder, None)

    def _notify(self, call: Message) -> None:
        replaced = call.body[1]
        if replaced:
            notice_id = replaced
            self._last_id = max(self._last_id, replaced)
        else:
            self._last_id = notice_id = self._last_id + 1
        notice = read_notice(call.body, notice_id, call.sender or "", monotonic_ns())
        before = self._shown.get(notice_id)
        if before is not None:
            self._forget_folder(before)
        if notice.folder:
            self._folders[notice.folder] = notice_id
        self._shown[notice_id] = notice
        self._closed.pop(notice_id, None)
        self._answer(call, "u", notice_id)
        self._on_change(Shown(notice) if before is None else Replaced(notice, before))

    def _close_notification(self, call: Message) -> None:
        notice = self._shown.get(call.body[0])
        if notice is None:  # closed by the user in the meantime, or its number was not known yet
            self._refuse(call, ErrorType.INVALID_ARGS, "it is not shown")
            if call.body[0] == 0:
                self._zero_closes_ns.append(monotonic_ns())
                self._explain()
            return
        self._answer(call)
        self._remove(notice, CloseReason.CLOSED)

    def _remove(self, notice: Notice, reason: CloseReason) -> None:
        del self._shown[notice.id]
        self._forget_folder(notice)
        self._closed[notice.id] = reason
        self._signal(notice, "NotificationClosed", "uu", notice.id, reason)
        self._on_change(Closed(notice, reason))

    def _find(self, notice_id: int) -> Notice:
        if (notice := self._shown.get(notice_id)) is not None:
            return notice
        if (reason := self._closed.get(notice_id)) is not None:
            raise NoticeGone(notice_id, reason.name.lower())
        raise NoticeUnknown(notice_id, list(self._shown))

    @staticmethod
    def _check_action(notice: Notice, action: str) -> None:
        known = [each.key for each in notice.actions]
        if action not in known:
            raise ActionUnknown(notice.id, action, known)

    def _answer(self, call: Message, signature: str = "", *body: Any) -> None:
        if not call.flags & MessageFlag.NO_REPLY_EXPECTED:
            self._send(Message.new_method_return(call, signature, list(body)))

    def _refuse(self, call: Message, error: ErrorType, text: str) -> None:
        if not call.flags & MessageFlag.NO_REPLY_EXPECTED:
            self._send(Message.new_error(call, error, text))

    def _signal(self, notice: Notice, member: str, signature: str, *body: Any) -> None:
        """Tell the one whose notification it is."""
        signal = Message.new_signal(PATH, NOTIFICATIONS, member, signature, list(body))
        signal.destination = notice.sender
        self._send(signal)
