"""What is answered before dbus-fast is imported is what dbus-fast would answer."""

from __future__ import annotations

from typing import Any

import pytest
from dbus_fast.constants import MessageFlag, MessageType
from dbus_fast.message import Message
from hypothesis import given
from hypothesis import strategies as st

from swnb.desktop.early import ANSWERS, CAPABILITIES, INFORMATION, early_answer, frame_length, is_call
from swnb.desktop.greeting import NOTIFICATIONS
from tests.unit.desktop.frames import passed_on

PATH = "/org/freedesktop/Notifications"


def call(member: str, **what: Any) -> Message:
    fields: dict[str, Any] = {"destination": ":1.0", "path": PATH, "interface": NOTIFICATIONS, "member": member}
    return Message(**{"serial": 12} | fields | what)


@pytest.mark.parametrize(
    "sender", [":1.7", ":1.77", ":1.777", ":1.7777", ":1.77777", ":1.777777", ":1.7777777", ":1.77777777"]
)
@pytest.mark.parametrize(
    ("member", "signature", "body"),
    [("GetCapabilities", "as", [list(CAPABILITIES)]), ("GetServerInformation", "ssss", list(INFORMATION))],
)
def test_it_is_what_the_library_would_write(member: str, signature: str, body: list[Any], sender: str) -> None:
    asked = call(member)
    frame = passed_on(asked, sender)
    asked.sender = sender
    wanted = Message.new_method_return(asked, signature, body)
    wanted.serial = 40_000
    assert early_answer(frame, 40_000) == bytes(wanted._marshall(False))
    assert frame_length(frame, 0) == len(frame)
    assert is_call(frame)


@pytest.mark.parametrize(
    "other",
    [
        call("Notify", signature="u", body=[1]),
        call("GetCapabilities", signature="s", body=["x"]),
        call("GetCapabilities", interface="org.example.Other"),
        call("GetCapabilities", flags=MessageFlag.NO_REPLY_EXPECTED),
        call("GetCapabilities", message_type=MessageType.SIGNAL),
        call("CloseNotification", signature="u", body=[3]),
    ],
    ids=["another", "with a body", "another interface", "no reply", "a signal", "close"],
)
def test_all_else_is_for_the_library(other: Message) -> None:
    frame = passed_on(other, ":1.7")
    assert early_answer(frame, 5) is None
    assert frame_length(frame, 0) == len(frame)
    assert is_call(frame) is (other.message_type is MessageType.METHOD_CALL)


def test_nobody_gets_no_answer() -> None:
    assert early_answer(bytes(call("GetCapabilities")._marshall(False)), 5) is None


@given(st.integers(0, 60), st.binary(max_size=4), st.sampled_from(sorted(ANSWERS)))
def test_broken_frames_raise_nothing(at: int, broken: bytes, member: bytes) -> None:
    frame = bytearray(passed_on(call(member.decode()), ":1.7"))
    frame[at : at + len(broken)] = broken
    length = frame_length(frame, 0)
    if 16 <= length <= len(frame):
        early_answer(bytes(frame[:length]), 5)


def test_an_incomplete_head_has_no_length() -> None:
    frame = passed_on(call("GetCapabilities"), ":1.7")
    assert [frame_length(frame[:size], 0) for size in range(16)] == [0] * 16
    assert frame_length(b"B" + frame[1:], 0) == 0
