"""Messages as a daemon passes them on: with the name of their sender, which clients do not write."""

from __future__ import annotations

import struct

from dbus_fast.message import Message


def passed_on(message: Message, sender: str) -> bytes:
    """Return a message in bytes, with its sender."""
    frame = bytes(message._marshall(False))
    (length,) = struct.unpack_from("<I", frame, 12)
    body = frame[16 + length + -length % 8 :]
    fields = frame[16 : 16 + length]
    fields += bytes(-len(fields) % 8) + b"\x07\x01s\0" + struct.pack("<I", len(sender)) + sender.encode() + b"\0"
    return frame[:12] + struct.pack("<I", len(fields)) + fields + bytes(-len(fields) % 8) + body
