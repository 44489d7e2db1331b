"""The first words on a bus, all in one go: who we are, hello, and which name we want. Light to import.

Chromium asks once, early in its start, whether somebody owns ``org.freedesktop.Notifications``. If nobody does it shows
notifications by its own means for as long as it lives. So the name has to be owned before its question is read. To ask
for it step by step would take three round trips with a daemon that has only just been started. Said at once, into the
backlog of its socket, it is the first thing that the daemon reads: the order is certain, and nobody waits.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Final

NOTIFICATIONS: Final = "org.freedesktop.Notifications"
"""The name that a desktop's notification service owns; its interface is called the same."""

HELLO_SERIAL: Final = 1

REQUEST_NAME_SERIAL: Final = 2

DAEMON_FIELDS: Final = (
    b"\x01\x01o\x00\x15\x00\x00\x00/org/freedesktop/DBus\x00\x00\x00"
    b"\x02\x01s\x00\x14\x00\x00\x00org.freedesktop.DBus\x00\x00\x00\x00"
)
"""Path and interface of what is called: the daemon itself."""

DESTINATION: Final = b"\x06\x01s\x00\x14\x00\x00\x00org.freedesktop.DBus\x00\x00\x00\x00"

HELLO: Final = (
    b"l\x01\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00m\x00\x00\x00"
    + DAEMON_FIELDS
    + b"\x03\x01s\x00\x05\x00\x00\x00Hello\x00\x00\x00"
    + DESTINATION
)

REQUEST_NAME: Final = (
    b"l\x01\x00\x01\x28\x00\x00\x00\x02\x00\x00\x00\x80\x00\x00\x00"
    + DAEMON_FIELDS
    + b"\x03\x01s\x00\x0b\x00\x00\x00RequestName\x00\x00\x00\x00\x00"
    + DESTINATION
    + b"\x08\x01g\x00\x02su\x00"
    + b"\x1d\x00\x00\x00org.freedesktop.Notifications\x00\x00\x00\x04\x00\x00\x00"  # 4: refuse rather than queue
)

GREETING: Final = b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n" + HELLO + REQUEST_NAME
"""What is said: the SASL handshake (mechanism EXTERNAL), then the calls ``Hello`` and ``RequestName``.

D-Bus specification, sections "Authentication Protocol" and "Message Bus Messages". The handshake needs no user's number: the
kernel tells it to the daemon. The calls are what dbus-fast writes, which would take 30 ms to import (a test compares them).
"""


def greet(path: str) -> socket.socket:
    """Connect to the Unix socket at `path` and say the greeting; return the connection, non-blocking.

    Raises
    ------
    OSError
        Nobody listens there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
        with suppress(BrokenPipeError):  # the daemon ended at once: reading tells so
            connection.sendall(GREETING)
        connection.setblocking(False)
    except BaseException:
        connection.close()
        raise
    return connection
