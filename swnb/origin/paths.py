"""Paths of URLs in one canonical form, so that what was written and what is asked can be compared as strings."""

from __future__ import annotations

import os
import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec

_PATH_SAFE = "-._~!$&'()*+,;=:@"
_QUERY_SAFE = _PATH_SAFE + "/?%[]{}|\\^`"
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


class Target(msgspec.Struct, frozen=True):
    """The path and query of a URL, canonical: two spellings of one address are equal.

    Attributes
    ----------
    path
        Begins with ``/``; percent-encoded where it must be and nowhere else, in upper-case hexadecimal.
    query
        What follows ``?``, or None where there is no ``?``.
    """

    path: str
    query: str | None

    def __str__(self) -> str:
        return self.path if self.query is None else f"{self.path}?{self.query}"


def canonical(raw: str | bytes) -> Target:
    """Return the canonical form of a path, with or without a query.

    Raises
    ------
    ValueError
        With the reason as its text: no browser would ask for it, or it leads out of the site.
    """
    given = _encoded(raw)
    _refuse(given)
    path, mark, query = given.partition(b"?")
    segments = [unquote_to_bytes(segment) for segment in path.split(b"/")]
    for segment in segments:
        if segment in {b".", b".."}:
            raise ValueError(f"it has a segment {segment.decode()!r}, which a browser takes away before it asks")
        if b"\\" in segment or b"\x00" in segment:
            raise ValueError("it has a backslash or a NUL in it")
    joined = "/".join(quote_from_bytes(segment, safe=_PATH_SAFE) for segment in segments)
    if not mark:
        return Target(joined, None)
    quoted = quote_from_bytes(query, safe=_QUERY_SAFE)
    return Target(joined, _ESCAPE.sub(lambda found: found[0].upper(), quoted))


def names_within(relative: str) -> list[str] | None:
    """Return a canonical relative path as names of files, or None where no file can have such a name.

    The last name is ``""`` where the path ends with ``/``.
    """
    names = [os.fsdecode(unquote_to_bytes(segment)) for segment in relative.split("/")]
    if "" in names[:-1] or any("/" in name for name in names):
        return None
    return names


def _encoded(raw: str | bytes) -> bytes:
    if isinstance(raw, bytes):
        return raw
    try:
        return raw.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"it has a lone surrogate at index {error.start}") from None


def _refuse(given: bytes) -> None:
    if not given.startswith(b"/"):
        raise ValueError("it does not begin with '/'")
    if given.startswith(b"//"):
        raise ValueError("it begins with '//', which a browser takes for another host")
    if b"#" in given:
        raise ValueError("it has a fragment ('#'), which a browser never sends; a '#' in a name is written %23")
    if _CONTROL.search(given):
        raise ValueError("it has a control character in it")
