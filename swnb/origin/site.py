"""One origin as data: what was written from cells, which folders are mounted, and what a request finds there."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from swnb.errors import SiteError, nearest
from swnb.origin.files import INDEX, locate
from swnb.origin.mime import type_of_written
from swnb.origin.paths import Target, canonical
from swnb.origin.routes import (
    Headers,
    Mount,
    MountedFile,
    Redirect,
    Resolution,
    Route,
    checked_body,
    checked_delay,
    checked_headers,
    checked_status,
)
from swnb.origin.scripts import Scripts

__all__ = ["Mount", "MountedFile", "Redirect", "Resolution", "Route", "Site"]

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Site:
    """What one origin serves. Any thread may write while another resolves.

    Parameters
    ----------
    name
        The first label of its host: ``lab`` of ``lab.localhost``.
    url
        Its origin, ``http://lab.localhost``, with a port where the browser's hosts cannot be mapped.

    Attributes
    ----------
    scripts
        What it served for the scripts of service workers.

    Raises
    ------
    SiteError
        The name is not a label of a host.
    """

    def __init__(self, name: str, url: str) -> None:
        if not isinstance(name, str) or not _LABEL.fullmatch(name):
            raise SiteError(
                f"{name!r} cannot be the name of an origin",
                "use lower-case letters, digits and inner hyphens, 63 at most",
            )
        self.name = name
        self.url = url
        self._lock = threading.Lock()
        self._routes: dict[str, Route] = {}
        self._mounts: dict[str, Mount] = {}
        self.scripts = Scripts()

    def __repr__(self) -> str:
        with self._lock:
            return f"<Site {self.url} routes={len(self._routes)} mounts={len(self._mounts)}>"

    def write(
        self,
        path: str,
        body: str | bytes,
        *,
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        delay_s: float = 0.0,
        content_type: str | None = None,
    ) -> Route:
        """Serve `body` at `path` from now on, in place of what was written there before.

        Parameters
        ----------
        path
            Begins with ``/``. With a query it answers that query alone; without, it answers any query that was not
            written itself. ``/index.html`` answers ``/`` as well, and so for each folder.
        body
            Text (sent as UTF-8) or bytes, sent exactly. Nothing of it is sent where `status` allows no body
            (204, 205, 304).
        headers
            Besides ``Cache-Control: no-store``, which one of the same name replaces.
        status
            200 to 599. For a redirect add the header ``Location``.
        delay_s
            Seconds from a request to its answer.
        content_type
            In place of the one that the path's extension gives; ``""`` sends none.

        Raises
        ------
        SiteError
            The path, the body or a header cannot be served.
        InvalidArgument
            `status` or `delay_s` is out of its range.
        """
        key = str(_checked(path))
        content = checked_body(key, body)
        kept = checked_headers(headers)
        typed = _with_type(kept, content_type, type_of_written(key.partition("?")[0], body))
        route = Route(key, content, typed, checked_status(status), checked_delay(delay_s))
        with self._lock:
            self._routes[key] = route
        return route

    def mount(
        self,
        prefix: str,
        folder: str | os.PathLike[str],
        *,
        headers: Mapping[str, str] | None = None,
        delay_s: float = 0.0,
    ) -> Mount:
        """Serve the files of `folder` below `prefix`, as they are on disk at each request.

        What was written wins over files, and the longest prefix over shorter ones. A link is followed where it stays
        within the folder.

        Raises
        ------
        SiteError
            There is no such folder, or the prefix or a header cannot be served.
        InvalidArgument
            `delay_s` is out of its range.
        """
        target = _checked(prefix)
        if target.query is not None:
            raise SiteError(f"{prefix!r} has a query, and a folder has none", "mount it at a path: '/' or '/app/'")
        key = target.path.rstrip("/") + "/"
        mount = Mount(key, _checked_folder(folder), checked_headers(headers), checked_delay(delay_s))
        with self._lock:
            self._mounts[key] = mount
        return mount

    def remove(self, path: str) -> None:
        """Serve what was written at `path`, or else what is mounted there, no longer.

        Raises
        ------
        SiteError
            Nothing was written or mounted there.
        """
        target = _checked(path)
        with self._lock:
            if self._routes.pop(str(target), None) or self._mounts.pop(target.path.rstrip("/") + "/", None):
                return
            known = [*self._routes, *self._mounts]
        near = nearest(str(target), known)
        hint = f"did you mean {near}? " if near else ""
        raise SiteError(f"nothing was written or mounted at {path}", f"{hint}there is: {', '.join(known) or 'nothing'}")

    @property
    def routes(self) -> tuple[Route, ...]:
        """What is written now, in the order of the first writing."""
        with self._lock:
            return tuple(self._routes.values())

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The mounted folders, the longest prefix first."""
        with self._lock:
            return tuple(sorted(self._mounts.values(), key=lambda mount: -len(mount.prefix)))

    def resolve(self, target: str | bytes) -> Resolution | None:
        """Return what a request's path and query find, None where that is nothing. Bad paths find nothing."""
        try:
            asked = canonical(target)
        except ValueError:
            return None
        return self._written(asked) or self._mounted(asked) or self._folder_of_written(asked)

    def _written(self, asked: Target) -> Route | None:
        with self._lock:
            route = self._routes.get(str(asked)) or self._routes.get(asked.path)
            if route is None and asked.path.endswith("/"):
                route = self._routes.get(asked.path + INDEX)
            return route

    def _mounted(self, asked: Target) -> MountedFile | Redirect | None:
        for mount in self.mounts:
            if asked.path.startswith(mount.prefix):
                found = locate(mount, asked.path)
            elif asked.path + "/" == mount.prefix:
                found = Redirect(mount.prefix)
            else:
                continue
            return _with_query(found, asked) if isinstance(found, Redirect) else found
        return None

    def _folder_of_written(self, asked: Target) -> Redirect | None:
        with self._lock:
            there = f"{asked.path}/{INDEX}" in self._routes
        return _with_query(Redirect(asked.path + "/"), asked) if there else None


def _with_query(redirect: Redirect, asked: Target) -> Redirect:
    return redirect if asked.query is None else Redirect(f"{redirect.location}?{asked.query}")


def _with_type(headers: Headers, content_type: str | None, guessed: str) -> Headers:
    """Return `headers` with the one ``Content-Type`` that was asked for, or the guessed one."""
    has_own = any(name.lower() == "content-type" for name, _ in headers)
    if has_own and content_type is not None:
        raise SiteError("content_type and a header Content-Type are both given", "give one of them")
    chosen = guessed if content_type is None else content_type
    if has_own or not chosen:
        return headers
    return (*checked_headers({"Content-Type": chosen}), *headers)


def _checked(path: str) -> Target:
    if not isinstance(path, str):
        raise SiteError(f"the path is a {type(path).__name__}", "give text that begins with '/': '/sw.js'")
    try:
        return canonical(path)
    except ValueError as error:
        raise SiteError(
            f"the path {path!r} cannot be served: {error}", "write it as in a URL: '/sw.js', '/app/index.html'"
        ) from None


def _checked_folder(folder: str | os.PathLike[str]) -> Path:
    try:
        path = Path(folder).expanduser().absolute()
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError, TypeError, RuntimeError) as error:  # no access, a NUL, no path at all, no such home
        raise SiteError(f"the folder {folder!r} cannot be read: {error}", "name a folder of this machine") from None
    if is_folder:
        return path
    if is_there:
        raise SiteError(f"{path} is a file, not a folder", "mount its folder, or write the file's content at a path")
    raise SiteError(f"there is no folder {path}", f"make it, or name another; relative to {Path.cwd()}")
