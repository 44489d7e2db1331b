"""What a site served for the scripts of service workers: which bytes, and when.

A browser tells a script's text to debuggers alone, and with one attached a worker runs otherwise. But the bytes came from here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

import msgspec

REVISIONS = 20
"""Bodies that are kept of one URL: the last ones."""

LONGEST = 1 << 20
"""Bytes of a body that is kept; of a longer one it is only known that it was served."""

TOTAL = 64 << 20
"""Bytes of all bodies that a site keeps; the oldest go first."""

URLS = 200
"""Of so many URLs something is kept; the one that was served least lately goes first."""


class ServedScript(msgspec.Struct, frozen=True):
    """A body that was served at one URL, once or several times in a row.

    Attributes
    ----------
    url
        Where, with its query.
    number
        1 for the first body that was served there, 2 for the next one that differs from it.
    body
        Its bytes; None where they are more than `LONGEST`, or were sent encoded.
    size
        Its length in bytes.
    first_ns, last_ns
        When it was served first and last: this process's monotonic clock, in nanoseconds.
    """

    url: str
    number: int
    body: bytes | None
    size: int
    first_ns: int
    last_ns: int

    def text(self) -> str | None:
        """Return it as a browser reads the script of a worker, as UTF-8 whatever the headers say; None where it was not kept."""
        return None if self.body is None else self.body.decode("utf-8-sig", "replace")


class Scripts:
    """The scripts of service workers that a site served. Any thread may read while another serves.

    A main script is told by its request (``Service-Worker: script``), an import by its ``Referer``: the worker. When the
    browser looks for an update it asks for the imports that it knows on behalf of a page; so an import that is known is kept
    whoever asks. An import from another origin has no ``Referer`` that tells, and is not known here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._served: OrderedDict[str, list[ServedScript]] = OrderedDict()
        self._imports: dict[str, dict[str, None]] = {}  # of a main script, in the order in which they were asked for

    # ---- writing ------------------------------------------------------------------------------------------------

    def wants(self, url: str, referrer: str, *, main: bool) -> bool:
        """Tell whether what is served at `url` is the script of a service worker.

        Parameters
        ----------
        referrer
            URL of what asks for it.
        main
            Whether it is asked for as a worker's main script.
        """
        with self._lock:
            if main:
                self._imports.setdefault(url, {})
                return True
            for script, imports in self._imports.items():
                if referrer == script or referrer in imports:  # modules name the one that imports them
                    imports[url] = None
            return any(url in imports for imports in self._imports.values())

    def keep(self, url: str, body: bytes | None, size: int, t_mono_ns: int) -> None:
        """Keep what was served; the same bytes again are the same script."""
        if body is not None and size > LONGEST:
            body = None
        with self._lock:
            kept = self._served.setdefault(url, [])
            self._served.move_to_end(url)
            last = kept[-1] if kept else None
            if last is not None and (last.size, last.body) == (size, body):
                kept[-1] = msgspec.structs.replace(last, last_ns=t_mono_ns)
                return
            shared = next((each.body for each in kept if each.body == body), body)
            number = 1 if last is None else last.number + 1
            kept.append(ServedScript(url, number, shared, size, t_mono_ns, t_mono_ns))
            self._forget()

    def _forget(self) -> None:
        """Let go of what is too much."""
        while len(self._served) > URLS:
            url, _ = self._served.popitem(last=False)
            self._imports.pop(url, None)
            for imports in self._imports.values():
                imports.pop(url, None)
        for kept in self._served.values():
            del kept[:-REVISIONS]
        while self._bytes() > TOTAL:
            oldest = min((kept for kept in self._served.values() if kept), key=lambda kept: kept[0].first_ns)
            del oldest[0]

    def _bytes(self) -> int:
        bodies = {id(each.body): len(each.body) for kept in self._served.values() for each in kept if each.body}
        return sum(bodies.values())

    # ---- reading ------------------------------------------------------------------------------------------------

    def revisions(self, url: str) -> tuple[ServedScript, ...]:
        """Return what is kept of a URL, oldest first."""
        with self._lock:
            return tuple(self._served.get(url, ()))

    def at(self, url: str, t_mono_ns: int) -> ServedScript | None:
        """Return what had been served last at that time; None where that is not known (any more)."""
        return next((each for each in reversed(self.revisions(url)) if each.first_ns <= t_mono_ns), None)

    def imported(self, main: ServedScript, until_ns: int) -> list[ServedScript]:
        """Return what a worker imported: a worker with this main script that had installed by `until_ns`.

        Those are the imports that were served from its main script on.
        """
        begin = main.last_ns if main.last_ns <= until_ns else main.first_ns
        with self._lock:
            urls = tuple(self._imports.get(main.url, ()))
        found = [each for url in urls if (each := self.at(url, until_ns)) is not None]
        return [each for each in found if each.last_ns >= begin]
