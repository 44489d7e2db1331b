"""Writing a recording: each line is in the file, whole, before the next thing happens."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable, Iterable
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Final

from swnb.events import Event
from swnb.recording.errors import RecordingRefused, RecordingTaken
from swnb.recording.files import GZIP, ZSTD
from swnb.recording.lines import MAX_LINE, Body, Line, line_of
from swnb.recording.packing import Packer, packer_for
from swnb.recording.redact import Redactor

try:
    import fcntl
except ImportError:  # pragma: no cover  (Windows: two labs that write one file are not kept apart there)
    fcntl = None  # type: ignore[assignment]

MAX_BODY: Final = 16 << 20
"""Largest body of a site that is kept, in bytes."""

STARTS: Final = (GZIP, ZSTD, b'{"header"')
"""How recordings begin; nothing else is ever overwritten."""


class Writer:
    """Appends lines to a file. Any thread may write; it never raises once it is open.

    Parameters
    ----------
    path
        Of the file; a name that ends with ``.gz`` or ``.zst`` has it packed.
    redactor
        Takes out secrets.
    overwrite
        Whether a recording that is there may be replaced.
    on_failure
        Called once, when the first line cannot be written; nothing is written after it, and all that was stays readable.

    Attributes
    ----------
    path
        Of the file.
    failure
        Why nothing is written any more; None as long as all is well.
    lines, size
        How many lines were written, and bytes.
    left_out
        How many lines are not there, since they were longer than a reader takes, or could not be written as JSON.

    Raises
    ------
    RecordingRefused
        If there is something already, a symbolic link, another writer, or no such folder.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        redactor: Redactor | None = None,
        overwrite: bool = False,
        on_failure: Callable[[OSError], object] = lambda _: None,
    ) -> None:
        self.path = str(Path(path).expanduser().absolute())
        self.redactor = redactor or Redactor(())
        self.failure: OSError | None = None
        self.lines = self.size = self.left_out = 0
        self._bodies: set[str] = set()
        self._on_failure = on_failure
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._packer: Packer = packer_for(self.path)
        self._descriptor: int | None = _opened(self.path, overwrite)

    @property
    def closed(self) -> bool:
        """Whether nothing more is written."""
        return self._descriptor is None

    def event(self, event: Event) -> None:
        """Write an event."""
        self._write((event,))

    def events(self, events: Iterable[Event | Line]) -> None:
        """Write several events at once, and what belongs to them: it costs a fifth of writing each."""
        self._write(events)

    def line(self, line: Line) -> None:
        """Write another line."""
        self._write((line,))

    def body(self, content: bytes) -> tuple[str, int, bool]:
        """Write some bytes, unless they are in the file already.

        Returns
        -------
        tuple
            Their sha256 in hexadecimal and their size, both without secrets, and whether they are in the file: not where they
            are more than `MAX_BODY` bytes.
        """
        if self.redactor:
            with self._lock:
                content = self.redactor.content(content)
        digest, kept = sha256(content).hexdigest(), len(content) <= MAX_BODY
        if kept and digest not in self._bodies:
            self._bodies.add(digest)
            self.line(Line(body=Body.of(digest, content)))
        return digest, len(content), kept

    def _write(self, those: Iterable[Line | Event]) -> None:
        failure: OSError | None = None
        with self._lock:
            if self._descriptor is None or os.getpid() != self._pid:  # a fork's child has its parent's file
                return
            lines = [line for what in those if (line := self._line(what))]
            try:
                if lines:
                    self._append(self._packer.pack(b"".join(lines)))
                    self.lines += len(lines)
            except OSError as error:
                failure = self.failure = error
                self._give_up()
        if failure is not None:
            self._on_failure(failure)

    def _line(self, what: Line | Event) -> bytes:
        """Return a line's bytes; none where no reader would take them."""
        try:
            if self.redactor:
                what = self.redactor.line(what) if isinstance(what, Line) else self.redactor.event(what)
            line = line_of(what)
        except Exception:  # a value that is no JSON, say: one who listens must not fail for what he hears
            line = b""
        if line and len(line) <= MAX_LINE:
            return line
        self.left_out += 1
        return b""

    def _append(self, packed: bytes) -> None:
        assert self._descriptor is not None
        written = 0
        try:
            while written < len(packed):  # a disk that is nearly full takes a part
                written += os.write(self._descriptor, packed[written:] if written else packed)
        finally:
            whole = written == len(packed)
            self.size += written if whole else self._packer.whole(packed[:written])

    def _give_up(self) -> None:
        """Leave the file as it was after the last whole line."""
        assert self._descriptor is not None
        descriptor, self._descriptor = self._descriptor, None
        try:
            os.ftruncate(descriptor, self.size)
        except OSError:  # a line that was cut is no harm: a reader knows it
            pass
        finally:
            os.close(descriptor)

    def close(self, last: Line | None = None) -> None:
        """Write the last line and let the file go; a second call does nothing."""
        if last is not None:
            self.line(last)
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is None or os.getpid() != self._pid:
                return
            try:
                end = self._packer.end()
                if end:
                    os.write(descriptor, end)
            except OSError as error:  # its lines are there; only that this was the end is not
                self.failure = error
            finally:
                os.close(descriptor)


def _opened(path: str, overwrite: bool) -> int:
    """Open a file for appending, of which this process is the only writer."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK"):  # the last: nobody waits for the other end of a pipe
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags if overwrite else flags | os.O_EXCL, 0o666)
    except FileExistsError:
        raise _taken(path, flags & ~os.O_CREAT) from None
    except (OSError, ValueError) as error:
        raise _refused(path, error) from None
    try:
        _claim(path, descriptor)
        if os.fstat(descriptor).st_size:
            if not os.pread(descriptor, 16, 0).startswith(STARTS):
                raise RecordingRefused(path, "what is there is no recording", "give another name")
            os.ftruncate(descriptor, 0)
    except BaseException as error:
        os.close(descriptor)
        if isinstance(error, OSError):
            raise _refused(path, error) from None
        raise
    return descriptor


def _claim(path: str, descriptor: int) -> None:
    """Make sure that nobody else writes it, as long as it is open."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise RecordingRefused(path, "it is no regular file", "give the name of a file")
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordingRefused(
                path, "another lab is writing it", "give another name, or stop the other one"
            ) from None


def _taken(path: str, flags: int) -> RecordingRefused:
    """Return the error for a name that is taken: by a link, by one who is writing, or by what was recorded before."""
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        return _refused(path, error)
    try:
        _claim(path, descriptor)
    except RecordingRefused as refused:
        return refused
    except OSError as error:
        return _refused(path, error)
    finally:
        os.close(descriptor)
    return RecordingTaken(
        path, "it is there already", "give another name, or overwrite=True (`%sw record --overwrite`)"
    )


def _refused(path: str, error: OSError | ValueError) -> RecordingRefused:
    number = getattr(error, "errno", None)
    if number in (errno.ELOOP, errno.EMLINK):
        return RecordingRefused(path, "it is a symbolic link", "name the file that it leads to, or remove the link")
    if number == errno.ENOENT:
        return RecordingRefused(path, "there is no such folder", f"make it: {Path(path).parent}")
    if number == errno.EISDIR:
        return RecordingRefused(path, "it is a folder", "give the name of a file in it")
    return RecordingRefused(path, getattr(error, "strerror", None) or str(error), "give a name where you may write")
