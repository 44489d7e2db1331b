"""Reading a file in blocks of whole lines, packed or not, however it ends."""

from __future__ import annotations

import errno
import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from os import PathLike
from typing import Final

from swnb.recording.errors import NotARecording, RecordingDamaged
from swnb.recording.lines import MAX_LINE

BLOCK: Final = 1 << 20
"""How much is read at once, in bytes."""

FIRST_LINE: Final = 1 << 20
"""Longest first line: what goes on for longer is no header, and need not be read to its end."""

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"


class Blocks:
    """The lines of a file, block by block.

    Attributes
    ----------
    path
        Of the file, as it was given.
    tail
        What follows the last end of a line: a line that was cut, ``b""`` without one. There once all is read.
    trouble
        In words, why a packed file ended before its end; ``""`` where it did not.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.tail = b""
        self.trouble = ""
        self._lines = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks that end where a line ends.

        Raises
        ------
        NotARecording
            If it cannot be read, or begins with no line.
        RecordingDamaged
            If a line is endless.
        """
        parts: list[bytes] = []
        held = 0
        for chunk in self._chunks():
            cut = chunk.rfind(b"\n") + 1
            if cut:
                block = b"".join([*parts, chunk[:cut]])
                self._lines += block.count(b"\n")
                yield block
                parts, held = [], 0
            parts.append(chunk[cut:])
            held += len(chunk) - cut
            self._check(held)
        self.tail = b"".join(parts)

    def _check(self, held: int) -> None:
        if not self._lines and held > FIRST_LINE:
            raise NotARecording(self.path, f"its first {held:,} bytes have no line's end")
        if held > MAX_LINE:
            raise RecordingDamaged(self.path, self._lines + 1, "", f"it is longer than {MAX_LINE:,} bytes")

    def _chunks(self) -> Iterator[bytes]:
        with os.fdopen(self._open(), "rb") as file:
            sign = file.peek(4)[:4]
            if sign.startswith(GZIP):
                yield from self._unpacked(gzip.GzipFile(fileobj=file).read1, EOFError, gzip.BadGzipFile, zlib.error)
            elif sign == ZSTD:
                import zstandard

                # who packs may ask for a window of any size: 128 MB is the most that is granted here
                unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
                stream = unpacker.stream_reader(file, read_across_frames=True)
                yield from self._unpacked(stream.read1, zstandard.ZstdError)
            else:
                yield from self._read(file.read)

    def _open(self) -> int:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
            reason = getattr(error, "strerror", None) or str(error)
            todo = (
                "look at the name" if getattr(error, "errno", 0) == errno.ENOENT else "look at the file's permissions"
            )
            raise NotARecording(self.path, reason, todo) from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise NotARecording(self.path, "it is no regular file")
        return descriptor

    def _read(self, read: Callable[[int], bytes]) -> Iterator[bytes]:
        try:
            while chunk := read(BLOCK):
                yield chunk
        except OSError as error:
            raise NotARecording(self.path, error.strerror or str(error), "look at the disk that it is on") from None

    def _unpacked(self, read: Callable[[int], bytes], *broken: type[Exception]) -> Iterator[bytes]:
        """Yield what is packed, a block at a time, so that what unpacks to a thousand times its size is never all in memory."""
        try:
            while chunk := read(BLOCK):
                yield chunk
        except broken as error:
            self.trouble = str(error)
        except OSError as error:
            raise NotARecording(self.path, error.strerror or str(error), "look at the disk that it is on") from None
