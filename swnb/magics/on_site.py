"""Verbs of what the origins serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument, SiteError
from swnb.magics.arguments import Argument, Completes, seconds, whole
from swnb.magics.call import Call
from swnb.magics.near import near
from swnb.magics.verbs import Form, verb

if TYPE_CHECKING:
    from swnb.origin.routes import Mount, Route
    from swnb.origin.site import Site
    from swnb.views.listing import Content, Listing

GROUP = "The site"

ORIGIN = Argument(
    "--origin", "the site of http://NAME.localhost/ rather than the lab's own", "NAME", completes=Completes.ORIGIN
)
HEADER = Argument("--header", "one more header of the answer: 'Name: value'", "HEADER", repeat=True)
DELAY = Argument("--delay", "wait this long before the answer", "SECONDS", convert=seconds)


def _site(call: Call) -> Site:
    """Return the site that is meant; a lab that is to be started has it already."""
    lab, origin = call.labs.to_be(call.arguments.text("lab")), call.arguments.text("origin")
    return lab.site if origin is None else lab.origin(origin)


def _headers(call: Call) -> dict[str, str]:
    headers: dict[str, str] = {}
    for header in call.arguments.many("header"):
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise InvalidArgument(f"{header!r} is no header", "write it as --header 'Name: value'")
        if name.strip() in headers:
            raise SiteError(f"the header {name.strip()} is given twice", "give it once")
        headers[name.strip()] = value.strip()
    return headers


@verb(
    "file",
    "As a cell: serve the lines below at a path. As a line: show what is served there.",
    Argument("path", "where, as in a URL: /sw.js", required=True, completes=Completes.PATH),
    HEADER,
    Argument("--status", "status of the answer, 200 unless given", "NUMBER", convert=whole),
    DELAY,
    Argument("--type", "MIME type in place of the one that the path's ending gives", "MIME"),
    ORIGIN,
    Argument("--remove", "as a line: serve it no longer"),
    group=GROUP,
    forms=(Form.CELL, Form.LINE),
    example="%%sw file /sw.js --header 'Service-Worker-Allowed: /'",
)
def file(call: Call) -> Route | Content | None:
    """Write, show or remove one path of a site."""
    given, site = call.arguments, _site(call)
    path = given.need("path")
    if call.body is not None:
        if given.flag("remove"):
            raise InvalidArgument("--remove is for the line `%sw file`", "write it with one %, and no lines below")
        status = given.number("status")
        return site.write(
            path,
            call.body,
            headers=_headers(call),
            status=200 if status is None else int(status),
            delay_s=given.number("delay") or 0.0,
            content_type=given.text("type"),
        )
    changing = [name for name in ("header", "status", "delay", "type") if name in given.values]
    if changing:
        raise InvalidArgument(f"--{changing[0]} is for the cell `%%sw file`", "write it with two %, and the file below")
    if given.flag("remove"):
        site.remove(path)
        return None
    return _show(site, path)


def _show(site: Site, path: str) -> Content:
    from swnb.origin.routes import MountedFile, Route
    from swnb.views.listing import Content

    found = site.resolve(path)
    if isinstance(found, Route):
        said = [f"{site.url}{found.path}", str(found.status), *(f"{n}: {v}" for n, v in found.headers)]
        said += [f"after {found.delay_s:g} s"] if found.delay_s else []
        return Content("  ".join(said), _text(found.body))
    if isinstance(found, MountedFile):
        return Content(f"{site.url}{path}  from {found.file}", _text(found.file.read_bytes()))
    known = [*(route.path for route in site.routes), *(mount.prefix for mount in site.mounts)]
    meant = near(path, known)
    hint = f"did you mean {meant}? " if meant else ""
    raise SiteError(f"nothing is served at {site.url}{path}", f"{hint}there is: {', '.join(known) or 'nothing'}")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"{len(body)} bytes that are no text"


@verb(
    "mount",
    "Serve the files of a folder below a path, as they are on disk.",
    Argument("prefix", "below which path: / or /app/", required=True, completes=Completes.PATH),
    Argument("folder", "which folder of this machine", required=True),
    HEADER,
    DELAY,
    ORIGIN,
    group=GROUP,
    example="%sw mount /app/ ./dist",
)
def mount(call: Call) -> Mount:
    """Mount a folder."""
    given = call.arguments
    delay_s = given.number("delay") or 0.0
    return _site(call).mount(given.need("prefix"), given.need("folder"), headers=_headers(call), delay_s=delay_s)


@verb(
    "routes",
    "Everything that is served: files written from cells, and folders.",
    ORIGIN,
    group=GROUP,
    example="%sw routes",
)
def routes(call: Call) -> Listing[Route | Mount]:
    """List routes and mounts, of all sites or of one."""
    from swnb.views.listing import Listing

    sites = [_site(call)] if call.arguments.text("origin") else call.lab.asynchronous.sites
    rows: list[tuple[Route | Mount, list[str]]] = []
    for site in sites:
        for route in site.routes:
            headers = "; ".join(f"{name}: {value}" for name, value in route.headers)
            delay = f"{route.delay_s:g} s" if route.delay_s else ""
            rows.append(
                (route, [site.url + route.path, str(route.status), f"{len(route.body):,} bytes", delay, headers])
            )
        for folder in site.mounts:
            headers = "; ".join(f"{name}: {value}" for name, value in folder.headers)
            delay = f"{folder.delay_s:g} s" if folder.delay_s else ""
            rows.append((folder, [site.url + folder.prefix, "", str(folder.folder), delay, headers]))
    return Listing.of("routes", ("url", "status", "what", "delay", "headers"), rows)


@verb(
    "origin",
    "The site of another origin, http://NAME.localhost/, made on first use.",
    Argument("name", "first label of its host", required=True, completes=Completes.ORIGIN),
    group=GROUP,
    example="%sw origin other",
)
def origin(call: Call) -> Site:
    """Return another origin's site."""
    return call.labs.to_be(call.arguments.text("lab")).origin(call.arguments.need("name"))
