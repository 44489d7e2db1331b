"""What Chromium asks early in its start, and the answers in bytes: nothing has to be imported for them.

Until Chromium knows what the service can do it takes all that is shown for vanished, and forgets what it needs for a click. So
it has to be answered at once; but dbus-fast takes 30 ms to import, for which a start has no time.

D-Bus specification, section "Message Protocol". The answers are what dbus-fast writes (a test compares them).
"""

from __future__ import annotations

import struct
from typing import Final

from swnb.desktop.greeting import NOTIFICATIONS

CAPABILITIES: Final = (
    "actions",  # without it, or "body", Chromium uses no desktop at all
    "body",
    "body-hyperlinks",  # the whole origin, scheme and port too; otherwise its host, shortened
    "body-markup",  # what is the page's text can be told from what is Chromium's
    "body-images",  # the page's `image`
    "icon-static",
    "persistence",  # Chromium leaves it to the desktop when a notification goes
    "inline-reply",  # the page's actions of type "text"
)
"""What we say that we can: each entry makes Chromium tell more, and none makes it tell less."""

INFORMATION: Final = ("swnb", "swnb", "1", "1.2")
"""Name, vendor, version, version of the specification."""

HEADER: Final = struct.Struct("<cBBBIII")
METHOD_CALL, METHOD_RETURN, NO_REPLY_EXPECTED = 1, 2, 1
PATH, INTERFACE, MEMBER, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE = 1, 2, 3, 5, 6, 7, 8
"""Codes of header fields."""


def _string(text: bytes) -> bytes:
    """Return a string as it stands at a multiple of four."""
    return len(text).to_bytes(4, "little") + text + bytes(4 - len(text) % 4)


def _written(*texts: str) -> bytes:
    """Return strings one behind the other; behind the last one nothing is filled up."""
    *rest, last = (text.encode() for text in texts)
    return b"".join(map(_string, rest)) + len(last).to_bytes(4, "little") + last + b"\0"


def _array(*texts: str) -> bytes:
    data = _written(*texts)
    return len(data).to_bytes(4, "little") + data


ANSWERS: Final = {
    b"GetCapabilities": (b"as", _array(*CAPABILITIES)),
    b"GetServerInformation": (b"ssss", _written(*INFORMATION)),
}
"""What is answered early: signature and body."""


def frame_length(data: bytes | bytearray, at: int) -> int:
    """Return how long the message is that begins there; 0 where that cannot be told yet, or is for dbus-fast to tell."""
    if len(data) - at < HEADER.size or data[at : at + 1] != b"l":
        return 0
    *_, body, _, fields = HEADER.unpack_from(data, at)
    return HEADER.size + -(-int(fields) // 8) * 8 + int(body)


def is_call(frame: bytes) -> bool:
    """Tell whether a whole message is a call of a method."""
    return frame[1] == METHOD_CALL


def early_answer(frame: bytes, serial: int) -> bytes | None:
    """Return the answer to a whole message with our serial number; None to what is none of these questions."""
    _, kind, flags, _, body, number, length = HEADER.unpack_from(frame)
    if kind != METHOD_CALL or flags & NO_REPLY_EXPECTED or body:
        return None
    fields = _fields(frame, HEADER.size + length)
    sender = fields.get(SENDER)
    if fields.get(INTERFACE) != NOTIFICATIONS.encode() or not sender or fields.get(MEMBER) not in ANSWERS:
        return None
    signature, answer = ANSWERS[fields[MEMBER]]
    head = (
        b"\x05\x01u\0"
        + number.to_bytes(4, "little")
        + b"\x06\x01s\0"
        + len(sender).to_bytes(4, "little")
        + sender
        + b"\0"
    )
    head += bytes(-len(head) % 8) + b"\x08\x01g\0" + bytes([len(signature)]) + signature + b"\0"
    written: bytes = HEADER.pack(b"l", METHOD_RETURN, 0, 1, len(answer), serial, len(head)) + head
    return written + bytes(-len(written) % 8) + answer


def _fields(frame: bytes, end: int) -> dict[int, bytes]:
    """Return the header fields that are text, by code; what is not well-formed ends it, and is for dbus-fast to refuse."""
    found: dict[int, bytes] = {}
    at = HEADER.size
    while at < end:
        code, kind = frame[at], frame[at + 1 : at + 4]
        if kind in (b"\x01s\0", b"\x01o\0"):
            size = int.from_bytes(frame[at + 4 : at + 8], "little")
            found[code] = frame[at + 8 : at + 8 + size]
            at += 8 + size + 1
        elif kind == b"\x01g\0":
            at += 4 + 1 + int.from_bytes(frame[at + 4 : at + 5], "little") + 1
        elif kind == b"\x01u\0":
            at += 8
        else:
            break
        at += -at % 8
    return found
