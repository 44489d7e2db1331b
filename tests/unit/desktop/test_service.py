from __future__ import annotations

from typing import Any

import pytest
from dbus_fast.constants import MessageFlag, MessageType
from dbus_fast.message import Message

from swnb.desktop.early import CAPABILITIES
from swnb.desktop.errors import ActionUnknown, NoticeGone, NoticeUnknown
from swnb.desktop.notices import Change, Closed, CloseReason, Invoked, Replaced, Replied, Shown
from swnb.desktop.service import NotificationService, is_string
from swnb.errors import InvalidArgument

BROWSER = ":1.1"


class Stage:
    """A service; what it sends and tells, in one order."""

    def __init__(self) -> None:
        self.done: list[Message | Change] = []
        self.service = NotificationService(self.done.append, self.done.append)
        self._serial = 0

    def call(self, member: str, signature: str = "", *body: Any, flags: int = 0) -> list[Any]:
        """Let the browser call; return what was sent and told because of it."""
        self._serial += 1
        self.service.receive(
            Message(
                path="/org/freedesktop/Notifications",
                member=member,
                sender=BROWSER,
                signature=signature,
                body=list(body),
                flags=flags,
                serial=self._serial,
            )
        )
        return self.take()

    def notify(
        self, title: str = "t", replaces: int = 0, keys: tuple[str, ...] = ("0", "default"), folder: str = ""
    ) -> list[Any]:
        actions = [part for key in keys for part in (key, f"label of {key}")]
        icon = f"file://{folder}/logo.png" if folder else ""
        return self.call("Notify", "susssasa{sv}i", "Chromium", replaces, icon, title, "", actions, {}, -1)

    def take(self) -> list[Any]:
        taken, self.done[:] = list(self.done), []
        return taken


def gist(message: Message) -> tuple[str | None, tuple[Any, ...]]:
    assert message.destination == BROWSER
    assert message._marshall(False)  # it can be sent
    if message.message_type is MessageType.SIGNAL:
        assert (message.path, message.interface) == ("/org/freedesktop/Notifications", "org.freedesktop.Notifications")
        return message.member, tuple(message.body)
    return message.message_type.name, tuple(message.body)


def test_what_it_is() -> None:
    stage = Stage()
    assert gist(stage.call("GetCapabilities")[0]) == ("METHOD_RETURN", (list(CAPABILITIES),))
    assert gist(stage.call("GetServerInformation")[0]) == ("METHOD_RETURN", ("swnb", "swnb", "1", "1.2"))
    assert gist(stage.call("Ping")[0]) == ("METHOD_RETURN", ())


def test_shown_replaced_clicked_dismissed() -> None:
    stage = Stage()
    answer, shown = stage.notify("one")
    assert gist(answer) == ("METHOD_RETURN", (1,))  # it is answered before it is told
    assert isinstance(shown, Shown)
    assert shown.notice.title == "one"
    assert stage.service.notices == {1: shown.notice}

    answer, replaced = stage.notify("two", replaces=1)
    assert gist(answer) == ("METHOD_RETURN", (1,))
    assert isinstance(replaced, Replaced)
    assert (replaced.before, replaced.notice.title) == (shown.notice, "two")

    stage.service.invoke(1)
    stage.service.invoke(1, "0")
    signal, invoked, button, _ = stage.take()
    assert gist(signal) == ("ActionInvoked", (1, "default"))
    assert gist(button) == ("ActionInvoked", (1, "0"))
    assert invoked == Invoked(replaced.notice, "default")
    assert list(stage.service.notices) == [1]  # a click does not close

    stage.service.close(1)
    signal, closed = stage.take()
    assert gist(signal) == ("NotificationClosed", (1, 2))
    assert closed == Closed(replaced.notice, CloseReason.DISMISSED)
    assert stage.service.notices == {}


def test_closed_by_the_page() -> None:
    stage = Stage()
    _, shown = stage.notify()
    answer, signal, closed = stage.call("CloseNotification", "u", 1)
    assert gist(answer) == ("METHOD_RETURN", ())
    assert gist(signal) == ("NotificationClosed", (1, 3))
    assert closed == Closed(shown.notice, CloseReason.CLOSED)
    (refusal,) = stage.call("CloseNotification", "u", 1)
    assert refusal.message_type is MessageType.ERROR


def test_numbers_are_never_used_again() -> None:
    stage = Stage()
    stage.notify()
    stage.call("CloseNotification", "u", 1)
    assert stage.notify()[0].body == [2]
    assert stage.notify(replaces=9)[0].body == [9]
    assert stage.notify()[0].body == [10]


def test_a_closed_one_comes_back_under_its_number() -> None:
    stage = Stage()
    stage.notify()
    stage.service.close(1)
    stage.take()
    _, shown = stage.notify("again", replaces=1)
    assert isinstance(shown, Shown)
    stage.service.invoke(1)


def test_a_reply() -> None:
    stage = Stage()
    stage.notify(keys=("inline-reply", "default"))
    stage.service.reply(1, "hällo 😀")
    signal, replied = stage.take()
    assert gist(signal) == ("NotificationReplied", (1, "hällo 😀"))
    assert isinstance(replied, Replied)
    for wrong in ("a\0", "\udfff"):
        with pytest.raises(InvalidArgument):
            stage.service.reply(1, wrong)
    assert stage.take() == []


def test_errors() -> None:
    stage = Stage()
    stage.notify()
    stage.notify(keys=())
    stage.service.close(2, CloseReason.EXPIRED)
    stage.take()
    with pytest.raises(NoticeUnknown) as unknown:
        stage.service.invoke(7)
    assert str(unknown.value) == "there is no notification 7\nshown now: 1"
    with pytest.raises(NoticeGone, match="the notification 2 is closed \\(expired\\)"):
        stage.service.close(2)
    with pytest.raises(ActionUnknown) as action:
        stage.service.invoke(1, "5")
    assert str(action.value) == "the notification 1 has no action '5'\nit has 0, default"
    with pytest.raises(ActionUnknown):
        stage.service.reply(1, "text")
    assert stage.take() == []


def test_calls_that_are_no_calls() -> None:
    stage = Stage()
    for member, signature, body in (("Notify", "s", ("x",)), ("Unheard", "", ()), ("CloseNotification", "s", ("1",))):
        (refusal,) = stage.call(member, signature, *body)
        assert refusal.message_type is MessageType.ERROR
    assert stage.call("GetCapabilities", flags=MessageFlag.NO_REPLY_EXPECTED) == []
    assert stage.call("Unheard", flags=MessageFlag.NO_REPLY_EXPECTED) == []
    stage.service.receive(
        Message.new_signal("/org/freedesktop/DBus", "org.freedesktop.DBus", "NameAcquired", "s", ["x"])
    )
    stage.service.receive(Message(path="/x", member="Ping"))  # the bus would say who calls
    assert stage.take() == []


def test_the_view_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        Stage().service.notices[1] = None  # type: ignore[index]


def test_chromium_closes_what_has_no_number_yet() -> None:
    """It calls CloseNotification(0), and removes the folder: in any order."""
    stage = Stage()
    one, two, _ = (stage.notify(folder=f"/f/{name}")[1].notice for name in "abc")
    assert [each.message_type for each in stage.call("CloseNotification", "u", 0)] == [MessageType.ERROR]
    assert not stage.service.folder_removed("/f/a")
    assert stage.take()[1] == Closed(one, CloseReason.CLOSED)

    assert stage.service.folder_removed("/f/b")
    assert stage.take() == []
    assert stage.call("CloseNotification", "u", 0)[2] == Closed(two, CloseReason.CLOSED)
    stage.service.give_up("/f/b")
    assert list(stage.service.notices) == [3]


def test_chromium_replaces_what_has_no_number_yet() -> None:
    stage = Stage()
    ghost = stage.notify("one", folder="/f/a")[1].notice
    assert stage.service.folder_removed("/f/a")
    stage.notify("two", folder="/f/b")
    stage.service.give_up("/f/a")
    assert stage.take()[1] == Closed(ghost, CloseReason.CLOSED)
    assert list(stage.service.notices) == [2]


def test_removed_folders_that_are_explained() -> None:
    stage = Stage()
    stage.notify(folder="/f/a")
    assert stage.service.folder_removed("/f/a")
    assert isinstance(stage.notify(replaces=1, folder="/f/b")[1], Replaced)
    stage.service.give_up("/f/a")
    assert stage.service.folder_removed("/f/b")
    stage.call("CloseNotification", "u", 1)
    stage.service.give_up("/f/b")
    assert not stage.service.folder_removed("/f/else")
    assert stage.take() == []


def test_what_a_string_can_hold() -> None:
    assert is_string("")
    assert is_string("a\x01\x7f\ufffe\U0001f600")
    assert not is_string("a\0b")
    assert not is_string("\ud800")
