"""Bind the origin's port. Nothing heavy is imported here."""

from __future__ import annotations

import os
import socket

from swnb.errors import SiteError

BACKLOG = 1024
"""How many connections the kernel keeps until the server accepts them: it may still be importing tornado."""


def bind_loopback(port: int = 0) -> socket.socket:
    """Return a non-blocking socket that listens on 127.0.0.1 and nowhere else.

    Connections that come before the server runs wait in the backlog.

    Parameters
    ----------
    port
        The port, or 0 for any free one.

    Raises
    ------
    SiteError
        The port is taken or out of range.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if port and os.name == "posix":
            # A fixed port can be had again at once after a restart. (On Windows the option would let two share it.)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        bound.listen(BACKLOG)
        bound.setblocking(False)
    except (OSError, OverflowError) as error:
        bound.close()
        raise SiteError(
            f"cannot listen on 127.0.0.1:{port}: {error}", "leave the port out and any free one is taken"
        ) from error
    return bound
