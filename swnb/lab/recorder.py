"""A recording that is being written: a lab's sites, what the notebook does and what is heard, as it happens."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import monotonic_ns
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from swnb.events import Surprise
from swnb.lab.commands import INSIDE, hush, listen
from swnb.lab.environment import describe, now
from swnb.lab.quiet import quiet
from swnb.log import Mark
from swnb.recording import End, Late, Line, RecordingStopped, SiteFile

if TYPE_CHECKING:
    from swnb.events import Event
    from swnb.lab.async_lab import AsyncLab
    from swnb.origin.routes import Mount
    from swnb.origin.site import Site
    from swnb.recording import Command, Writer

MOST_FILES: Final = 2_000
"""How many files of a mounted folder are kept at most."""


class AsyncRecorder:
    """A recording that is being written. It ends with `stop`, with ``async with``, or with its lab.

    Attributes
    ----------
    path
        Of the file.
    """

    def __init__(self, lab: AsyncLab, writer: Writer, since: int) -> None:
        self.path = writer.path
        self._lab = lab
        self._writer = writer
        self._next = since
        self._since = since
        self._late = len(lab.log.late)
        self._commands = 0
        self._due = False
        self._lock = threading.Lock()
        connection = lab.browser.connection
        self._loop, self._loop_thread = connection.loop, connection.loop_thread

    # ---- beginning and end --------------------------------------------------------------------------------------

    def begin(self, chromium: str) -> None:
        """Write what there is, and hear of all that comes."""
        self._writer.line(Line(header=describe(self._lab, chromium, self._next)))
        for site in self._lab.sites:
            self._site(site)
        listen(self._lab, self)
        self._lab.log.on_event.append(self._heard)
        self._catch_up()

    async def stop(self) -> None:
        """End it, once all that was done so far is heard, and what is under way is over; a second call does nothing."""
        if not self.closed and self._lab.alive:
            token = INSIDE.set(True)  # this wait is none of the notebook's
            try:
                with suppress(Exception):  # its browser may end just now; this is the end in any case
                    await quiet(self._lab)
            finally:
                INSIDE.reset(token)
        self.close()

    def close(self) -> None:
        """End it as it stands; a second call does nothing."""
        if self._heard in self._lab.log.on_event:
            self._lab.log.on_event.remove(self._heard)
        hush(self._lab, self)
        if not self._writer.closed:
            self._catch_up()
            writer = self._writer
            end = End(
                ended=now(),
                t_mono_ns=monotonic_ns(),
                seq=self._next,
                redacted=writer.redactor.count,
                left_out=writer.left_out,
            )
            writer.close(Line(end=end))

    async def __aenter__(self) -> AsyncRecorder:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    # ---- how it stands ------------------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Whether nothing more is written: it was ended, or could not go on (see `failure`)."""
        return self._writer.closed

    @property
    def failure(self) -> str:
        """Why it could not go on; ``""`` where all is well."""
        failure = self._writer.failure
        return "" if failure is None else (failure.strerror or str(failure))

    @property
    def events(self) -> int:
        """How many events were written."""
        return self._next - self._since

    @property
    def commands(self) -> int:
        """How many commands were written."""
        return self._commands

    @property
    def redacted(self) -> int:
        """How many passages were taken out before they were written."""
        return self._writer.redactor.count

    def __repr__(self) -> str:
        state = f"failed: {self.failure}" if self.failure else "ended" if self.closed else "recording"
        redacted = f", {self.redacted:,} passages redacted" if self.redacted else ""
        return (
            f"<{type(self).__name__} {self.path} {state}: {self.events:,} events, {self.commands:,} commands{redacted}>"
        )

    # ---- what is written ----------------------------------------------------------------------------------------

    def _heard(self, _: Event) -> None:
        """Write what was heard in this turn of the loop at its end, all at once; before that no verb can return."""
        if self._due:
            return
        if threading.get_ident() == self._loop_thread:
            self._due = True
            self._loop.call_soon(self._catch_up)
        else:
            self._catch_up()

    def _catch_up(self) -> None:
        """Write all that was heard and is not written."""
        self._due = False
        with self._lock:
            new = list(self._lab.log.since(Mark(self._next)))
            if new:
                self._next = new[-1].seq + 1
                late = self._lab.log.late
                put_back = islice(late.items(), self._late, None)
                told = [Line(late=Late(seq=seq, before=before, turn=turn)) for seq, (before, turn) in put_back]
                self._late += len(told)
                self._writer.events([*new, *told])

    def command(self, command: Command, body: object = None) -> None:
        """Write a command; `body` is what it gave to a site, text or bytes, which makes it another type where none is said."""
        if isinstance(body, str | bytes):
            content = body.encode(errors="surrogatepass") if isinstance(body, str) else body
            digest, size, _ = self._writer.body(content)
            bytes_ = [] if isinstance(body, str) else ["bytes", True]
            path = {name: command.given[name] for name in ("path",) if name in command.given}
            given = {**path, "body": [[1], ["O", "sha256", digest, "size", size, *bytes_]]}
            command = replace(command, given={**given, **command.given})
        self._commands += 1
        self._catch_up()  # what it led to stands before it
        self._writer.line(Line(command=command))

    def _site(self, site: Site) -> None:
        for route in site.routes:
            self._file(site, route.path, route.body, headers=route.headers, status=route.status, delay_s=route.delay_s)
        for mount in site.mounts:
            self.folder(site, mount)

    def _file(self, site: Site, path: str, content: bytes, **fields: Any) -> None:
        digest, size, kept = self._writer.body(content)
        headers = dict(fields.get("headers", ()))
        type_ = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        self._writer.line(
            Line(site=SiteFile(origin=site.name, path=path, sha256=digest, size=size, kept=kept, type=type_, **fields))
        )

    def folder(self, site: Site, mount: Mount) -> None:
        """Write the files of a mounted folder as they are now."""
        fields = {"mount": mount.prefix, "headers": mount.headers, "delay_s": mount.delay_s}
        for number, file in enumerate(_files(mount.folder)):
            if number == MOST_FILES:
                rest = SiteFile(origin=site.name, path=f"{mount.prefix}…", sha256="", size=0, kept=False)
                self._writer.line(Line(site=rest))
                return
            with suppress(OSError):  # it is gone, or not ours to read
                path = mount.prefix + file.relative_to(mount.folder).as_posix()
                self._file(site, path, file.read_bytes(), **fields)

    def tell_failure(self, error: OSError) -> None:
        """Tell, once, that nothing more is recorded. The lab goes on."""
        what = f"nothing more is recorded in {self.path}: {error.strerror or error}; what was written can be read"

        def told() -> None:
            self.close()
            self._lab.log.append(Surprise(what=what))
            warnings.warn(what, RecordingStopped, stacklevel=2)

        with suppress(RuntimeError):  # the loop is over, and nobody hears of it any more
            self._loop.call_soon_threadsafe(told)


def _files(folder: Path) -> Iterable[Path]:
    """Yield the files of a folder that can be served, in the order of their names."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if (Path(root) / name).is_file():
                yield Path(root) / name
