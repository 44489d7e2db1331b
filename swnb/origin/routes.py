"""What can stand at a path of a site: values without behaviour, and the checks of what a user gives for them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from swnb.errors import InvalidArgument, SiteError

Headers = tuple[tuple[str, str], ...]

_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2 token
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # RFC 9110, 5.5: one line of Latin-1
_FRAMING = frozenset({"connection", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade"})


class Route(msgspec.Struct, frozen=True):
    """What was written at one path.

    Attributes
    ----------
    path
        Canonical, with its query where it was written with one.
    body
        The very bytes that are served.
    headers
        What the user asked for, and ``Content-Type`` (left out where it was given as ``""``).
    status
        200 to 599. With 204, 205 and 304 no body is sent.
    delay_s
        Seconds from a request to its answer.
    """

    path: str
    body: bytes
    headers: Headers = ()
    status: int = 200
    delay_s: float = 0.0

    def __repr__(self) -> str:
        return f"Route({self.path!r}, {len(self.body)} bytes, {self.headers}, {self.status}, delay_s={self.delay_s})"


class Mount(msgspec.Struct, frozen=True):
    """A folder whose files stand below a path.

    Attributes
    ----------
    prefix
        Canonical, with a ``/`` at its end.
    folder
        Absolute.
    headers, delay_s
        For each of its files.
    """

    prefix: str
    folder: Path
    headers: Headers = ()
    delay_s: float = 0.0


class MountedFile(msgspec.Struct, frozen=True):
    """A file that a request was resolved to.

    Attributes
    ----------
    file
        Its real path, free of links, which lies within the mount's folder.
    name
        The name it was asked by, which says its type.
    mount
        The mount that it belongs to.
    """

    file: Path
    name: str
    mount: Mount


class Redirect(msgspec.Struct, frozen=True):
    """A folder that was asked for without the slash at its end."""

    location: str


Resolution = Route | MountedFile | Redirect


def checked_headers(headers: Mapping[str, str] | None) -> Headers:
    """Return headers as they can be sent.

    Raises
    ------
    SiteError
        A name or value that HTTP cannot carry, a name given twice, or a header that the server itself must set.
    """
    seen: dict[str, tuple[str, str]] = {}
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise SiteError(f"the header {name!r}: {value!r} is not text", "names and values of headers are strings")
        if not _FIELD_NAME.fullmatch(name):
            raise SiteError(f"{name!r} is not the name of a header", "a name is letters, digits and hyphens")
        if not _FIELD_VALUE.fullmatch(value):
            raise SiteError(
                f"the header {name} cannot carry {value!r}",
                "a value is one line of Latin-1 text; encode other text, for example with urllib.parse.quote",
            )
        if name.lower() in _FRAMING:
            raise SiteError(f"the header {name} belongs to the connection", "leave it out: the server sets it itself")
        if name.lower() in seen:
            raise SiteError(f"the header {name} is given twice", "names of headers do not differ by case")
        seen[name.lower()] = (name, value.strip(" \t"))
    return tuple(seen.values())


def checked_delay(delay_s: float) -> float:
    """Return `delay_s`, refused with `InvalidArgument` where it is no number of seconds from 0 up."""
    if isinstance(delay_s, bool) or not isinstance(delay_s, int | float) or not math.isfinite(delay_s) or delay_s < 0:
        raise InvalidArgument(f"delay_s is {delay_s!r}", "give seconds: 0 or more")
    return float(delay_s)


def checked_status(status: int) -> int:
    """Return `status`, refused with `InvalidArgument` where no whole answer can have it."""
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise InvalidArgument(f"status is {status!r}", "give a number from 200 to 599")
    return int(status)


def checked_body(path: str, body: str | bytes) -> bytes:
    """Return `body` as bytes, text as UTF-8; refused with `SiteError` where it is neither or cannot be encoded."""
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if not isinstance(body, str):
        raise SiteError(f"the body of {path} is a {type(body).__name__}", "give text (str) or bytes")
    try:
        return body.encode()
    except UnicodeEncodeError as error:
        place = body.count("\n", 0, error.start) + 1
        raise SiteError(
            f"the body of {path} has a lone surrogate in line {place} (index {error.start}), which UTF-8 cannot hold",
            "take it out, or give the bytes yourself",
        ) from None
