from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from dbus_fast.constants import NameFlag
from dbus_fast.message import Message

from swnb.desktop.greeting import GREETING, HELLO_SERIAL, NOTIFICATIONS, REQUEST_NAME_SERIAL, greet


def call(serial: int, member: str, **what: Any) -> bytes:
    daemon = "org.freedesktop.DBus"
    message = Message(daemon, "/org/freedesktop/DBus", daemon, member, serial=serial, **what)
    return bytes(message._marshall(False))


def test_the_greeting_is_what_the_library_would_write() -> None:
    wanted = [NOTIFICATIONS, NameFlag.DO_NOT_QUEUE.value]
    hello = call(HELLO_SERIAL, "Hello")
    request_name = call(REQUEST_NAME_SERIAL, "RequestName", signature="su", body=wanted)
    assert b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n" + hello + request_name == GREETING


def test_it_is_said_before_anybody_listens(tmp_path: Path) -> None:
    path = str(tmp_path / "bus")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        with greet(path) as ours, listener.accept()[0] as theirs:
            assert not ours.getblocking()
            assert theirs.recv(1 << 16) == GREETING


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        greet(str(tmp_path / "bus"))
