"""From a request to an answer, without I/O but for opening a file.

Two steps, so that a route's delay can lie between them: `plan` says what a request means at the time it comes,
`Plan.answer` makes the answer when it is due.

Nothing is cached unless a route says so: ``Cache-Control: no-store``, no validators, hence no 304 of our own. There is
no ``X-Content-Type-Options: nosniff`` either: what a browser does with a wrong MIME type is the browser's to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import BinaryIO

import msgspec

from swnb.origin import pages
from swnb.origin.files import open_regular
from swnb.origin.mime import BINARY, HTML, TEXT, type_of_name
from swnb.origin.routes import Headers, MountedFile, Redirect, Resolution, Route
from swnb.origin.site import Site

METHODS = ("GET", "HEAD", "POST")
_BODILESS = frozenset({204, 205, 304})
_HOST = re.compile(r"(?P<name>(?:[a-z0-9-]{1,63}\.)+localhost)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_ABSOLUTE = re.compile(r"http://(?P<host>[^/?#]*)(?P<target>.*)", re.IGNORECASE)
_RANGE = re.compile(r"bytes[ \t]*=[ \t]*([0-9]{0,18})[ \t]*-[ \t]*([0-9]{0,18})[ \t]*", re.IGNORECASE)


class Request(msgspec.Struct, frozen=True):
    """What of a request matters here.

    Attributes
    ----------
    method, target
        As in the request's first line; `target` may be absolute.
    host
        ``Host``; ``""`` where there is none.
    range
        ``Range``; None where there is none, or where ``If-Range`` makes it void (nothing served has a validator).
    is_document
        Whether a window is navigated to it (``Sec-Fetch-Dest: document``).
    is_script, is_worker
        Whether it is asked for as a script, a module of a service worker included; as the main script of a service worker.
    referrer
        ``Referer``; ``""`` where there is none.
    """

    method: str
    target: str
    host: str
    range: str | None = None
    is_document: bool = False
    is_script: bool = False
    is_worker: bool = False
    referrer: str = ""

    @classmethod
    def of(cls, method: str, target: str, field: Callable[[str], str | None]) -> Request:
        """Read a request's head; `field` finds a header field, whatever the case of its name."""
        destination = field("Sec-Fetch-Dest")  # which a page cannot set
        return cls(
            method,
            target,
            field("Host") or "",
            field("Range") if field("If-Range") is None else None,
            is_document=destination == "document",
            is_script=destination in {"script", "serviceworker"},
            is_worker=destination == "serviceworker" and field("Service-Worker") == "script",
            referrer=field("Referer") or "",
        )


class FilePart(msgspec.Struct, frozen=True):
    """`length` bytes of an open file from `start` on. Whoever takes it closes the file."""

    file: BinaryIO
    start: int
    length: int


class Answer(msgspec.Struct, frozen=True):
    """A whole answer; `body` is sent for every method but HEAD."""

    status: int
    headers: Headers
    body: bytes | FilePart = b""


class Plan(msgspec.Struct, frozen=True):
    """What a request means: an answer that is known, or a resolution whose answer is made when it is due."""

    request: Request
    site: Site | None = None
    found: Resolution | Answer | None = None

    @property
    def delay_s(self) -> float:
        """Seconds until the answer is due."""
        match self.found:
            case Route():
                return self.found.delay_s
            case MountedFile():
                return self.found.mount.delay_s
            case _:
                return 0.0

    def answer(self) -> Answer:
        """Make the answer; a file is opened now."""
        match self.found:
            case Answer():
                return self.found
            case Route():
                return _of_route(self.found, self.request)
            case MountedFile():
                return _of_file(self.found, self.request) or _not_found(self)
            case Redirect():
                return _complete(302, (("Location", self.found.location),), b"")
            case None:
                return _not_found(self)


def plan(request: Request, sites: Mapping[str, Site], port: int) -> Plan:
    """Say what a request means to `sites` (by host name), which are served on `port`."""
    absolute = _ABSOLUTE.fullmatch(request.target)
    host, target = (absolute["host"], absolute["target"] or "/") if absolute else (request.host, request.target)
    named = _HOST.fullmatch(host)
    if named is None or named["port"] not in {None, str(port)}:
        return Plan(request, found=_misdirected())
    name = named["name"].lower()
    site = sites.get(name)
    if site is None:
        return Plan(request, found=_html(404, pages.no_such_origin(name)))
    if request.method not in METHODS:
        refused = _html(405, pages.method_refused(request.method, target), ("Allow", ", ".join(METHODS)))
        return Plan(request, site, refused)
    found: Resolution | Answer | None = site.resolve(target.encode("latin-1", "replace"))
    return Plan(Request(request.method, target, host, request.range), site, found or _of_its_own(target))


def failed(error: Exception) -> Answer:
    """Say that swnb itself failed at making an answer."""
    return _html(500, pages.failed(f"{type(error).__name__}: {error}"))


def _of_its_own(target: str) -> Answer | None:
    """Return what a site answers where nothing was written: a page for ``/``, and no icon."""
    path = target.partition("?")[0]
    if path == "/":
        return _html(200, pages.welcome())
    return _complete(204, (), b"") if path == "/favicon.ico" else None


def _misdirected() -> Answer:
    text = "421 Misdirected Request: this origin answers for the hosts of its own sites only.\n"
    return _complete(421, (("Content-Type", TEXT),), text.encode())


def _not_found(wanted: Plan) -> Answer:
    assert wanted.site is not None
    return _html(404, pages.not_found(wanted.site.name, wanted.site.url, wanted.request.target))


def _html(status: int, page: bytes, *more: tuple[str, str]) -> Answer:
    return _complete(status, (("Content-Type", HTML), *more), page)


def _of_route(route: Route, request: Request) -> Answer:
    if route.status != 200:
        return _complete(route.status, route.headers, route.body)
    size = len(route.body)
    part = _part(request, size)
    if part is None:
        return _complete(200, route.headers, route.body, ranges=True)
    if not part:
        return _unsatisfiable(route.headers, size)
    return _partial(route.headers, part, size, route.body[part.start : part.stop])


def _of_file(found: MountedFile, request: Request) -> Answer | None:
    opened = open_regular(found.file)
    if opened is None:
        return None
    file, size = opened
    headers = found.mount.headers
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers = (("Content-Type", type_of_name(found.name) or BINARY), *headers)
    part = _part(request, size)
    if part is None:
        return _complete(200, headers, FilePart(file, 0, size), ranges=True)
    if not part:
        file.close()
        return _unsatisfiable(headers, size)
    return _partial(headers, part, size, FilePart(file, part.start, len(part)))


def _part(request: Request, size: int) -> range | None:
    """Return the bytes that one ``Range`` asks for (RFC 9110, 14.1.2), empty where it cannot be satisfied.

    None means the whole: no range, one that is not understood, or several at once.
    """
    asked = _RANGE.fullmatch(request.range) if request.range is not None and request.method == "GET" else None
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:
        return range(max(0, size - int(asked[2])), size)
    first, last = int(asked[1]), int(asked[2] or size - 1)
    if asked[2] and last < first:
        return None
    return range(first, min(last + 1, size))


def _partial(headers: Headers, part: range, size: int, body: bytes | FilePart) -> Answer:
    where = ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size}")
    return _complete(206, (*headers, where), body, ranges=True)


def _unsatisfiable(headers: Headers, size: int) -> Answer:
    kept = tuple(pair for pair in headers if pair[0].lower() != "content-type")
    return _complete(416, (*kept, ("Content-Range", f"bytes */{size}")), b"", ranges=True)


def _complete(status: int, headers: Headers, body: bytes | FilePart, *, ranges: bool = False) -> Answer:
    """Add the headers that every answer has, where the route does not say otherwise."""
    if status in _BODILESS:
        body = b""
    length = body.length if isinstance(body, FilePart) else len(body)
    general = [("Cache-Control", "no-store")]
    if ranges:
        general.append(("Accept-Ranges", "bytes"))
    given = {name.lower() for name, _ in headers}
    added = [pair for pair in general if pair[0].lower() not in given]
    if status not in {204, 304}:
        added.append(("Content-Length", str(length)))
    return Answer(status, (*headers, *added), body)
