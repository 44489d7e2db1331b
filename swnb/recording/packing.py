"""Packing lines, so that whatever was flushed can be unpacked."""

from __future__ import annotations

import zlib
from typing import Final, Protocol

GZIP_LEVEL: Final = 3
"""Packs within a tenth as well as the highest one, in half the time."""


class Packer(Protocol):
    """Packs lines. What was packed and flushed can be unpacked, whatever follows."""

    def pack(self, lines: bytes) -> bytes:
        """Return what has to be written for some lines."""

    def whole(self, packed: bytes) -> int:
        """Return how many bytes of a part of what was packed can be read."""

    def end(self) -> bytes:
        """Return what has to be written at the end."""


class _Plain:
    def pack(self, lines: bytes) -> bytes:
        return lines

    def whole(self, packed: bytes) -> int:
        return packed.rfind(b"\n") + 1

    def end(self) -> bytes:
        return b""


class _Packed:
    def whole(self, packed: bytes) -> int:
        return 0


class _Gzip(_Packed):
    def __init__(self) -> None:
        self._stream = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)

    def pack(self, lines: bytes) -> bytes:
        return self._stream.compress(lines) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._stream.flush()


class _Zstd(_Packed):
    def __init__(self) -> None:
        import zstandard

        self._block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        self._stream = zstandard.ZstdCompressor(level=1).compressobj()

    def pack(self, lines: bytes) -> bytes:
        return self._stream.compress(lines) + self._stream.flush(self._block)

    def end(self) -> bytes:
        return self._stream.flush()


def packer_for(path: str) -> Packer:
    """Return what packs a file of that name."""
    if path.endswith(".gz"):
        return _Gzip()
    return _Zstd() if path.endswith(".zst") else _Plain()
