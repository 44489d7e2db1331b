"""From a request that is read to the answer that is sent: what tornado's server and the early one have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import gmtime, monotonic_ns, time
from urllib.parse import urlsplit

from swnb.errors import SiteError
from swnb.origin.answer import Answer, FilePart, Plan, Request, failed, plan
from swnb.origin.routes import Headers
from swnb.origin.scripts import LONGEST
from swnb.origin.site import Site

CHUNK_SIZE = 256 * 1024
"""Bytes of a body that are in flight at once."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def add_to(sites: dict[str, Site], site: Site) -> None:
    """Let `site` be served from now on, under the host of its `Site.url`.

    Raises
    ------
    SiteError
        The host is not below ``localhost``, or another site has it.
    """
    host = urlsplit(site.url).hostname or ""
    if host != f"{site.name}.localhost":
        raise SiteError(f"{site.url} is not the origin of {site.name!r}", f"its host is {site.name}.localhost")
    if sites.setdefault(host, site) is not site:
        raise SiteError(f"there is an origin {host} already", "take that one, or another name")


async def answer_to(
    request: Request,
    sites: Mapping[str, Site],
    port: int,
    before_document: Callable[[], Awaitable[None]] | None,
) -> Answer:
    """Make the answer, when it is due; a fault of ours is one as well, for it is said to whoever asked."""
    try:
        wanted = plan(request, sites, port)
        if request.is_document and before_document is not None:
            await before_document()
        if wanted.delay_s:
            await asyncio.sleep(wanted.delay_s)
        answer = wanted.answer()
        if request.is_script:
            _keep(request, wanted, answer)
    except Exception as error:  # never printed below a cell
        return failed(error)
    return answer


def _keep(request: Request, wanted: Plan, answer: Answer) -> None:
    """Keep what a service worker gets for its script."""
    site = wanted.site
    if site is None or answer.status != 200 or request.method != "GET":
        return
    url = f"{site.url}{wanted.request.target}"
    if not site.scripts.wants(url, request.referrer, main=request.is_worker):
        return
    body = answer.body
    plain = not any(name.lower() == "content-encoding" for name, _ in answer.headers)
    if isinstance(body, FilePart):
        size, content = body.length, body.file.read(body.length) if plain and body.length <= LONGEST else None
    else:
        size, content = len(body), body if plain else None
    site.scripts.keep(url, content, size, monotonic_ns())


def dated(headers: Headers) -> Headers:
    """Add ``Date``, unless the route has one of its own (RFC 9110, 5.6.7: in English, whatever the locale)."""
    if any(name.lower() == "date" for name, _ in headers):
        return headers
    at = gmtime(time())
    day, month = _DAYS[at.tm_wday], _MONTHS[at.tm_mon - 1]
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return (*headers, ("Date", f"{day}, {at.tm_mday:02} {month} {at.tm_year} {clock} GMT"))


def reason_of(status: int) -> str:
    """Return the phrase that stands behind a status."""
    if status == 200:
        return "OK"
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
