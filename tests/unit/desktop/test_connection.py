"""What comes over the bus, on a pair of sockets in place of a daemon."""

from __future__ import annotations

import asyncio
import base64
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from dbus_fast.constants import MessageType
from dbus_fast.message import Message
from dbus_fast.signature import Variant

from swnb.desktop import connection as module
from swnb.desktop.connection import BusConnection
from swnb.desktop.errors import DesktopLost
from swnb.desktop.greeting import HELLO_SERIAL, NOTIFICATIONS, REQUEST_NAME_SERIAL
from tests.unit.desktop.frames import passed_on

LIMIT_S = 30.0
AGREED = b"DATA\r\nOK 0123456789abcdef\r\n"

GOLDEN = base64.b85decode(
    "YykiP1OWg52LJ#7n*aa+0Re9S9smFUFK=>ZFJ^LOWn^V@YjkgLFHUcCX=Z6-VRUJ4ZgT(t0s(UX9RL6TZ*pfYW^!d^WMy+}bZ>AjPH%K+W@%$#bZK"
    "vHa{vGU0|9dY1^@s6PH%K+W_bVr1_5&b9RL6TZ*pfYW^!d^WMy+}bZ>AjPH%K+W@%$#bZKvHa{vGU2mxmR4RdvKb8}&HVS96SeQ5vy000002mk;8L"
    "uhhuZE1CF000000{{R300000000003IG5Abi=Q7Y-RADn1BEP0RR91VgLXDDgXcg2LJ#7WMyVyb!>D12mk;8L1T1jc42g7000000RR91FaQ7m0RR91"
    "c>n+am;e9(2LJ#7b#iBAZew`>0eJuc3IG5AX>DO=Wi4=FbZ7tpa{vGU1^@s6FLZ5iFL(d|0{{R3a$$D>2PkQ2VqtkH00000000000RR91{{R2~0RR91"
    "0{{R3VPazd000001^@s6Ze??HWn=&dVS95Zcw{Mk000007ytkO000000RR91YXATM|NsC0|NsC000000000C)|NsC0"
)
"""A call of Notify, written in full; it has a value of each kind that a hint can have."""

BODY = [
    "Chromium",
    3,
    "",
    "tïtle😀",
    "b",
    ["default", "Activate", "0", "y"],
    {
        "urgency": Variant("y", 1),
        "image-path": Variant("s", "/tmp/x"),
        "raw": Variant("(iibay)", (1, -2, True, b"abc")),
        "nested": Variant("a{s(xd)}", {"k": (-1, 2.5)}),
    },
    -1,
]


class Stage:
    """A connection, the daemon's end of its socket, and what was told."""

    def __init__(self) -> None:
        ours, self.daemon = socket.socketpair()
        ours.setblocking(False)
        self.got: list[Message] = []
        self.lost: list[str] = []
        self.connection = BusConnection(ours, lambda: self.got.append, self.lost.append)

    async def say(self, *parts: bytes) -> None:
        """Say it as the daemon, piece by piece, each one being read before the next."""
        for part in parts:
            await asyncio.get_running_loop().sock_sendall(self.daemon, part)
            self.connection._read()

    async def ready(self) -> None:
        self.connection.attend()
        await asyncio.wait_for(asyncio.shield(self.connection.decoded), LIMIT_S)


def play(act: Callable[[Stage], Awaitable[None]]) -> None:
    async def whole() -> None:
        stage = Stage()
        stage.daemon.setblocking(False)
        with stage.daemon:
            try:
                await act(stage)
            finally:
                stage.connection.close()

    asyncio.run(whole())


def written(message_type: MessageType, serial: int = 9, **what: Any) -> bytes:
    return bytes(Message(message_type=message_type, serial=serial, **what)._marshall(False))


def answer(to: int, signature: str, *body: Any) -> bytes:
    return written(MessageType.METHOD_RETURN, reply_serial=to, signature=signature, body=list(body))


@pytest.mark.parametrize("size", [1, 3, 15, 16, 17, 100, 10_000])
@pytest.mark.parametrize("early", [True, False])
def test_messages_come_in_pieces(size: int, early: bool) -> None:
    stream = AGREED + GOLDEN + answer(HELLO_SERIAL, "s", ":1.0") + GOLDEN
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]

    async def act(stage: Stage) -> None:
        if early:
            stage.connection.decode()
        await stage.say(*pieces)
        assert early or stage.got == []
        await stage.ready()
        assert stage.lost == []
        assert [(each.member, each.serial, each.signature) for each in stage.got] == [
            ("Notify", 7, "susssasa{sv}i")
        ] * 2
        assert stage.got[0].body == BODY

    play(act)


def acquired() -> bytes:
    bus = "org.freedesktop.DBus"
    what: dict[str, Any] = {"path": "/org/freedesktop/DBus", "interface": bus, "sender": bus, "member": "NameAcquired"}
    return written(MessageType.SIGNAL, **what, signature="s", body=[NOTIFICATIONS])


@pytest.mark.parametrize("early", [True, False])
def test_the_name_is_ours(early: bool) -> None:
    async def act(stage: Stage) -> None:
        if early:
            stage.connection.decode()
        await stage.say(AGREED, answer(HELLO_SERIAL, "s", ":1.0"))
        assert not stage.connection.owned.done()
        signal = acquired()
        await stage.say(signal[:-10], signal[-10:])  # in the middle of the name
        assert stage.connection.owned.done() is not early
        await stage.say(answer(REQUEST_NAME_SERIAL, "u", 1))
        await asyncio.wait_for(stage.connection.owned, LIMIT_S)
        await stage.ready()
        assert [each.member for each in stage.got] == ["NameAcquired"]

    play(act)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(REQUEST_NAME_SERIAL, "u", 3), "its name is taken"),
        (
            written(
                MessageType.ERROR, reply_serial=HELLO_SERIAL, error_name="a.b", signature="s", body=["go away"]
            ),
            "it refused the greeting: ['go away']",
        ),
    ],
)  # fmt: skip
def test_the_name_is_not_ours(said: bytes, reason: str) -> None:
    async def act(stage: Stage) -> None:
        await stage.say(AGREED + said)
        await stage.ready()
        assert stage.lost == [reason]
        assert not stage.connection.is_open
        with pytest.raises(DesktopLost, match="the lab's desktop is gone"):
            await stage.connection.owned

    play(act)


def test_it_is_decoded_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IMPORTED_AFTER_S", 0.01)

    async def act(stage: Stage) -> None:
        await stage.say(AGREED + GOLDEN)
        await asyncio.wait_for(stage.connection.decoded, LIMIT_S)
        assert len(stage.got) == 1

    play(act)


def asked(member: str, serial: int) -> bytes:
    path = "/org/freedesktop/Notifications"
    return passed_on(Message(path=path, interface=NOTIFICATIONS, member=member, serial=serial), ":1.7")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_questions_are_answered_before_anything_is_decoded(size: int) -> None:
    said = AGREED + acquired() + asked("GetServerInformation", 3) + answer(HELLO_SERIAL, "s", ":1.0")
    said += asked("GetCapabilities", 4)
    pieces = [said[start : start + size] for start in range(0, len(said), size)]

    async def act(stage: Stage) -> None:
        await stage.say(*pieces)
        written = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(stage.daemon, 1 << 16), LIMIT_S)
        assert b"inline-reply" in written
        assert written.count(b"\x06\x01s\0\x04\0\0\0:1.7\0") == 2
        assert not stage.connection.decoded.done()
        assert stage.connection._importing is None
        await stage.say(GOLDEN)  # which is for dbus-fast, so it is imported now
        await asyncio.wait_for(stage.connection.decoded, LIMIT_S)
        assert [each.member for each in stage.got] == ["NameAcquired", "Notify"]
        assert stage.lost == []

    play(act)


def test_the_other_order_of_bytes() -> None:
    body = struct.pack(">I", 70_000)
    fields = struct.pack(">BB1sBI", 1, 1, b"o", 0, 2) + b"/x\0" + bytes(5)
    fields += struct.pack(">BB1sBI", 3, 1, b"s", 0, 1) + b"M\0" + bytes(6)
    fields += struct.pack(">BB1sBB1sB", 8, 1, b"g", 0, 1, b"u", 0)
    head = struct.pack(">4BIII", ord("B"), 1, 1, 1, len(body), 3, len(fields)) + fields

    async def act(stage: Stage) -> None:
        await stage.say(AGREED + head + bytes(-len(head) % 8) + body)
        await stage.ready()
        (message,) = stage.got
        assert (message.path, message.member, message.serial, message.body) == ("/x", "M", 3, [70_000])

    play(act)


def nested(depth: int) -> bytes:
    """A call whose argument is a variant in a variant in a variant…"""
    signature = struct.pack("<BB1sBB1sB", 8, 1, b"g", 0, 1, b"v", 0)
    body = b"\1v\0" * depth + b"\1y\0\0"
    return b"l\1\0\1" + struct.pack("<III", len(body), 1, len(signature)) + signature + b"\0" + body


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request",
        b"l\1\0\1" + struct.pack("<III", 1 << 27, 1, 16) + bytes(16),
        b"l\1\0\1" + struct.pack("<III", 0, 1, 8) + b"\3\1s\0\xff\0\0\0",
        b"l\1\0\1" + struct.pack("<III", 4, 1, 0) + bytes(4),
        b"l\x09\0\1" + struct.pack("<III", 0, 1, 0),
        nested(100_000),
    ],
)
def test_what_is_no_message(data: bytes) -> None:
    async def act(stage: Stage) -> None:
        await stage.say(AGREED + GOLDEN + data)
        await stage.ready()
        (reason,) = stage.lost
        assert reason.startswith("it does not speak D-Bus: ")
        assert len(stage.got) == 1  # what came before it

    play(act)


def test_a_handshake_that_fails() -> None:
    async def act(stage: Stage) -> None:
        await stage.say(b"DATA\r\nREJECTED EXTERNAL\r\n")
        assert stage.lost == ["it answers b'REJECTED EXTERNAL' to the handshake"]

    play(act)


def test_the_bus_ends_before_anything_is_decoded() -> None:
    async def act(stage: Stage) -> None:
        await stage.say(AGREED + GOLDEN)
        stage.daemon.close()
        stage.connection._read()
        await stage.ready()
        stage.connection.decode()
        stage.connection.send(Message(path="/x", member="M"))
        assert (stage.lost, stage.got) == (["its dbus-daemon ended"], [])

    play(act)


def test_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError("No module named 'dbus_fast'")

    monkeypatch.setattr(module, "import_module", missing)

    async def act(stage: Stage) -> None:
        await stage.ready()
        assert stage.lost == ["what decodes its messages cannot be imported: No module named 'dbus_fast'"]

    play(act)


def test_what_is_sent_arrives_and_is_counted() -> None:
    async def act(stage: Stage) -> None:
        stage.daemon.setblocking(True)
        text = "x" * (8 << 20)  # more than a socket takes at once
        for _ in range(2):
            stage.connection.send(Message.new_signal("/x", "a.b", "C", "s", [text]))
        expected = sum(
            len(written(MessageType.SIGNAL, path="/x", interface="a.b", member="C", signature="s", body=[text]))
            for _ in range(2)
        )

        def read() -> bytes:
            with stage.daemon.makefile("rb") as file:
                return file.read(expected)

        data = await asyncio.to_thread(read)
        assert struct.unpack_from("<I", data, 8) == (REQUEST_NAME_SERIAL + 1,)
        assert struct.unpack_from("<I", data, expected // 2 + 8) == (REQUEST_NAME_SERIAL + 2,)

    play(act)
