"""ArrayBuffer and the views on it. Two views on one buffer stay two views on one buffer."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, overload

from .kinds import BigInt

if TYPE_CHECKING:
    import numpy as np

FORMATS: Final = {
    "Int8Array": "b", "Uint8Array": "B", "Uint8ClampedArray": "B", "Int16Array": "h", "Uint16Array": "H",
    "Int32Array": "i", "Uint32Array": "I", "Float16Array": "e", "Float32Array": "f", "Float64Array": "d",
    "BigInt64Array": "q", "BigUint64Array": "Q",
}  # fmt: skip
"""The kinds of typed array and the letter by which ``struct`` and numpy know their elements."""

WIDTHS: Final = {kind: struct.calcsize(f"<{letter}") for kind, letter in FORMATS.items()}
"""Bytes of one element."""


class ArrayBuffer:
    """Raw bytes, as JavaScript's ArrayBuffer.

    Parameters
    ----------
    data
        The bytes; a ``bytearray`` is kept, not copied.
    max_byte_length
        The size up to which the buffer can be resized; None for a buffer of fixed length.
    """

    def __init__(self, data: bytes | bytearray = b"", max_byte_length: int | None = None) -> None:
        if max_byte_length is not None and max_byte_length < len(data):
            raise ValueError(f"{len(data)} bytes are more than max_byte_length {max_byte_length}")
        self._data = data
        self.max_byte_length = max_byte_length

    @property
    def data(self) -> bytearray:
        """The bytes, writable. The first use makes the copy that receiving them did not."""
        if not isinstance(self._data, bytearray):
            self._data = bytearray(self._data)
        return self._data

    def peek(self) -> bytes | bytearray:
        """Return the bytes to read, without a copy."""
        return self._data

    def __len__(self) -> int:
        return len(self._data)

    def __bytes__(self) -> bytes:
        return bytes(self._data)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ArrayBuffer):
            same = type(self) is type(other) and self.max_byte_length == other.max_byte_length
            return same and self._data == other._data
        return self._data == other if isinstance(other, (bytes, bytearray)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __repr__(self) -> str:
        most = "" if self.max_byte_length is None else f", max_byte_length={self.max_byte_length}"
        return f"{type(self).__name__}({_short(self._data)}{most})"


class SharedArrayBuffer(ArrayBuffer):
    """A SharedArrayBuffer's bytes at the moment of crossing: memory is not shared with the browser."""


class View:
    """A window on a buffer: the common part of `TypedArray` and `DataView`.

    Attributes
    ----------
    buffer
        The buffer, which other views may share.
    offset
        Where the view begins, in bytes.
    tracking
        Whether its length follows that of a resizable buffer.
    """

    def __init__(self, kind: str, width: int, buffer: ArrayBuffer, offset: int, length: int | None) -> None:
        room = len(buffer) - offset
        if offset < 0 or offset % width or room < 0:
            raise ValueError(f"{kind} cannot begin at byte {offset} of {len(buffer)}; it needs multiples of {width}")
        self.tracking = length is None and buffer.max_byte_length is not None
        if length is None and not self.tracking:
            length, rest = divmod(room, width)
            if rest:
                raise ValueError(f"{kind}: {room} bytes are not a multiple of {width}; give a length")
        if length is not None and not 0 <= length * width <= room:
            raise ValueError(f"{kind} of length {length} at byte {offset} does not fit into {len(buffer)} bytes")
        self.kind = kind
        self.buffer = buffer
        self.offset = offset
        self._width = width
        self._length = length

    @property
    def length(self) -> int:
        """Number of elements (bytes, for a DataView)."""
        return (len(self.buffer) - self.offset) // self._width if self._length is None else self._length

    @property
    def byte_length(self) -> int:
        """Size of the view in bytes."""
        return self.length * self._width

    def __len__(self) -> int:
        return self.length

    def __bytes__(self) -> bytes:
        return self.tobytes()

    def tobytes(self) -> bytes:
        """Return a copy of the bytes that the view shows."""
        data = self.buffer.peek()
        if self.offset == 0 and len(data) == self.byte_length:
            return bytes(data)
        return bytes(memoryview(data)[self.offset : self.offset + self.byte_length])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, View):
            return (self.kind, self.offset, self.tracking) == (other.kind, other.offset, other.tracking) and (
                self.tobytes() == other.tobytes()
            )
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # mutable


class TypedArray(View, Sequence[Any]):
    """A typed array of JavaScript: a sequence of numbers over a buffer.

    Two are equal if kind, place and bytes are. ``numpy()`` and ``numpy.asarray`` share its memory.

    Parameters
    ----------
    kind
        ``Uint8Array``, ``Float64Array``, …; see `FORMATS`.
    buffer
        The buffer, or bytes to make one of.
    offset
        Where the first element begins, in bytes.
    length
        Number of elements. None: to the end, and on a resizable buffer following it.
    """

    def __init__(
        self, kind: str, buffer: ArrayBuffer | bytes | bytearray, offset: int = 0, length: int | None = None
    ) -> None:
        if kind not in FORMATS:
            raise ValueError(f"{kind!r} is no kind of typed array; known: {', '.join(FORMATS)}")
        whole = buffer if isinstance(buffer, ArrayBuffer) else ArrayBuffer(buffer)
        super().__init__(kind, WIDTHS[kind], whole, offset, length)

    def _at(self, index: int) -> int:
        if not -self.length <= index < self.length:
            raise IndexError(f"index {index} of {self.length} elements")
        return self.offset + (index % self.length) * self._width

    @overload
    def __getitem__(self, index: int) -> int | float: ...
    @overload
    def __getitem__(self, index: slice) -> list[int | float]: ...
    def __getitem__(self, index: int | slice) -> int | float | list[int | float]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self.length))]
        (found,) = struct.unpack_from(f"<{FORMATS[self.kind]}", self.buffer.peek(), self._at(index))
        return self._element(found)

    def _element(self, found: int | float) -> int | float:
        return BigInt(found) if self.kind.startswith("Big") else found

    def __setitem__(self, index: int, value: float) -> None:
        struct.pack_into(f"<{FORMATS[self.kind]}", self.buffer.data, self._at(index), value)

    def __iter__(self) -> Iterator[int | float]:
        return iter(self.tolist())

    def tolist(self) -> list[int | float]:
        """Return the elements; those of the BigInt kinds as `BigInt`."""
        found = struct.unpack_from(f"<{self.length}{FORMATS[self.kind]}", self.buffer.peek(), self.offset)
        return [BigInt(one) for one in found] if self.kind.startswith("Big") else list(found)

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return a writable numpy array on the very memory of the buffer."""
        import numpy

        return numpy.frombuffer(self.buffer.data, f"<{FORMATS[self.kind]}", self.length, self.offset)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        mine = self.numpy()
        if dtype is not None and mine.dtype != dtype:
            if copy is False:
                raise ValueError(f"{self.kind} as {dtype} needs a copy")
            return mine.astype(dtype)
        return mine.copy() if copy else mine

    def __repr__(self) -> str:
        shown = ", ".join(str(one) for one in self[:8])
        return f"{self.kind}({self.length}) [{shown}{', …' if self.length > 8 else ''}]"


class DataView(View):
    """A DataView; take ``bytes(view)`` or the ``struct`` module to read it."""

    def __init__(self, buffer: ArrayBuffer | bytes | bytearray, offset: int = 0, length: int | None = None) -> None:
        whole = buffer if isinstance(buffer, ArrayBuffer) else ArrayBuffer(buffer)
        super().__init__("DataView", 1, whole, offset, length)

    def __repr__(self) -> str:
        return f"DataView({_short(self.tobytes())})"


def _short(data: bytes | bytearray) -> str:
    return repr(bytes(data)) if len(data) <= 16 else f"{bytes(data[:12])!r}… {len(data)} bytes"
