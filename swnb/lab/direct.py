"""Commands that are not awaited: what a site is told to serve, another origin, and calls of pyppeteer's objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from swnb.lab.async_lab import AsyncLab
from swnb.lab.commands import LISTENING, Listener, listeners, telling
from swnb.lab.heard_verbs import Parameters
from swnb.lab.hearing import Hearing
from swnb.lab.sync_hearing import SyncHearing
from swnb.lab.sync_windows import PyppeteerObject
from swnb.log import Mark
from swnb.origin.routes import Mount
from swnb.origin.site import Site


def install() -> None:
    """Listen to them; a second call does nothing."""
    if hasattr(Site.write, "command"):
        return
    Site.write = _site_verb(Site.write, "site.write")  # type: ignore[method-assign]
    Site.mount = _site_verb(Site.mount, "site.mount")  # type: ignore[method-assign]
    Site.remove = _site_verb(Site.remove, "site.remove")  # type: ignore[method-assign]
    AsyncLab.origin = _origin(AsyncLab.origin)  # type: ignore[method-assign, assignment]
    Hearing.mark = _mark(Hearing.mark)  # type: ignore[method-assign, assignment]
    SyncHearing.mark = _mark(SyncHearing.mark)  # type: ignore[method-assign, assignment]
    PyppeteerObject.__getattr__ = _attribute(PyppeteerObject.__getattr__)  # type: ignore[method-assign]


def _those_of(site: Site) -> tuple[Listener, ...]:
    """Return who hears of what a site is told."""
    if not LISTENING:
        return ()
    labs = (those[0].lab for those in tuple(LISTENING.values()))
    return next((listeners(lab.log) for lab in labs if any(site is one for one in lab.sites)), ())


def _site_verb(verb: Callable[..., Any], name: str) -> Callable[..., Any]:
    parameters = Parameters(verb)

    @wraps(verb)
    def called(self: Site, *args: Any, **kwargs: Any) -> Any:
        those = _those_of(self)
        if not those:
            return verb(self, *args, **kwargs)
        given = parameters.given(args, kwargs)
        body = given.get("body")
        if isinstance(body, bytearray | memoryview):
            body = bytes(body)
        if isinstance(body, str | bytes):
            del given["body"]
        if "folder" in given:
            given["folder"] = str(given["folder"])
        with telling(those, name, lambda _: {"origin": self.name}, given) as ending:
            ending.body = body if isinstance(body, str | bytes) else None
            found = verb(self, *args, **kwargs)
            for listener in those if isinstance(found, Mount) else ():
                listener.recorder.folder(self, found)
        return found

    called.command = name  # type: ignore[attr-defined]
    return called


def _origin(verb: Callable[[AsyncLab, str], Site]) -> Callable[[AsyncLab, str], Site]:
    @wraps(verb)
    def called(self: AsyncLab, name: str) -> Site:
        those, known = listeners(self.log), self.sites
        if not those:
            return verb(self, name)
        with telling(those, "origin", lambda _: {}, {"name": name}) as ending:
            site = verb(self, name)
            ending.counts = site not in known  # else it was only looked up
        return site

    return called


def _mark(verb: Callable[[Any], Mark]) -> Callable[[Any], Mark]:
    """Return a verb that is no command, and of which the next ones may speak."""

    @wraps(verb)
    def called(self: Hearing | SyncHearing) -> Mark:
        mark = verb(self)
        for listener in LISTENING.get(id(self.log), ()):
            listener.teller.marked(mark)
        return mark

    return called


def _attribute(getter: Callable[[PyppeteerObject, str], Any]) -> Callable[[PyppeteerObject, str], Any]:
    """Return the getter of pyppeteer's attributes; its functions are told of when they are called.

    They are called through the bridge here. On the kernel's own loop pyppeteer's very objects are used, and of these nothing is
    heard.
    """

    @wraps(getter)
    def attribute(self: PyppeteerObject, name: str) -> Any:
        value = getter(self, name)
        lab = getattr(self._caller, "asynchronous", None)
        if not LISTENING or lab is None or not callable(value) or isinstance(value, PyppeteerObject):
            return value

        @wraps(value)
        def called(*args: Any, **kwargs: Any) -> Any:
            those = listeners(lab.log)
            if not those:
                return value(*args, **kwargs)
            of = _window_of(lab, self._inner)
            given = {**{f"argument {at}": arg for at, arg in enumerate(args, 1)}, **kwargs}
            if not of:  # an element, say, of which a replay knows nothing
                given["of"] = self._inner
            with telling(those, f"pyppeteer.{type(self._inner).__name__}.{name}", lambda _: of, given) as ending:
                ending.result = value(*args, **kwargs)
            return ending.result

        return called

    return attribute


def _window_of(lab: AsyncLab, page: Any) -> dict[str, str]:
    """Return the window that a pyppeteer page shows."""
    target_id = getattr(getattr(page, "target", None), "_targetId", None)
    name = next((window.name for window in lab.windows if window.target_id == target_id), None)
    return {} if name is None else {"window": name}
