"""What JavaScript has and Python lacks: one small value class each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar, final

import msgspec

T = TypeVar("T")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MAX_TIME_MS: Final = 8_640_000_000_000_000
"""ECMA-262, *time values*: a Date reaches 100,000,000 days to either side of 1970."""


STANDARD_ERRORS: Final = frozenset(
    ["AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"]
)


class _Only:
    """A value of which there is one, as None; it is false, and copies and pickles to itself."""

    def __bool__(self) -> bool:
        return False

    def __copy__(self) -> _Only:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> _Only:
        return self

    def __reduce__(self) -> str:
        return repr(self)


@final
class Undefined(_Only):
    """JavaScript's ``undefined``; the one instance is `undefined`."""

    def __repr__(self) -> str:
        return "undefined"


@final
class Hole(_Only):
    """An index of an array at which nothing is; the one instance is `hole`."""

    def __repr__(self) -> str:
        return "hole"


undefined: Final = Undefined()
hole: Final = Hole()


class BigInt(int):
    """An ``int`` that goes back to JavaScript as a BigInt. Arithmetic gives plain ``int``."""

    def __repr__(self) -> str:
        try:
            return f"BigInt({int.__repr__(self)})"
        except ValueError:  # more digits than Python prints
            return f"BigInt({int(self):#x})"

    def __str__(self) -> str:
        return int.__repr__(self)


class RegExp(msgspec.Struct, frozen=True):
    """A regular expression of JavaScript. Its ``lastIndex`` stays behind, as in structured clone."""

    source: str
    flags: str = ""

    def __repr__(self) -> str:
        return f"/{self.source}/{self.flags}"


class FarDate(msgspec.Struct, frozen=True, order=True):
    """A Date outside the years 1 to 9999, which ``datetime`` lacks.

    Attributes
    ----------
    time_ms
        Milliseconds since 1970-01-01 UTC.
    """

    time_ms: int

    def __post_init__(self) -> None:
        if not -MAX_TIME_MS <= self.time_ms <= MAX_TIME_MS:
            raise ValueError(f"a JavaScript Date reaches ±{MAX_TIME_MS} ms, not {self.time_ms}")


class InvalidDate(msgspec.Struct, frozen=True):
    """A Date whose time is NaN."""


def date_from_ms(time_ms: int) -> datetime | FarDate:
    """Return the Date of a time value, as ``datetime`` (UTC) where that can hold it."""
    try:
        return EPOCH + timedelta(milliseconds=time_ms)
    except OverflowError:
        return FarDate(time_ms)


class JSObject(dict[str, T], Generic[T]):
    """The own properties of an instance of a class. It goes back as a plain object, as structured clone makes it.

    Attributes
    ----------
    class_name
        Name of its class, by the chain of prototypes.
    """

    def __init__(self, *args: Any, class_name: str = "Object", **properties: T) -> None:
        super().__init__(*args, **properties)
        self.class_name = class_name

    def __repr__(self) -> str:
        return f"{self.class_name} {super().__repr__()}"

    def copy(self) -> JSObject[T]:
        """Return a shallow copy."""
        return JSObject(self, class_name=self.class_name)


class JSArray(list[T], Generic[T]):
    """An array with properties beside its indices, as the result of ``match``. It equals a list only if it has none.

    Attributes
    ----------
    extra
        Those properties, in order.
    """

    def __init__(self, items: Any = (), extra: dict[str, Any] | None = None) -> None:
        super().__init__(items)
        self.extra: dict[str, Any] = {} if extra is None else extra

    def __eq__(self, other: object) -> bool:
        mine = getattr(self, "extra", {})
        theirs = getattr(other, "extra", {})
        return super().__eq__(other) and mine == theirs

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # mutable, as every list

    def __repr__(self) -> str:
        return f"{super().__repr__()} + {self.extra!r}" if self.extra else super().__repr__()


@dataclass
class SparseArray:
    """An array with so many holes that a list would be a waste.

    Attributes
    ----------
    length
        JavaScript's ``length``, at most 2**32 - 1.
    items
        What is there, by index, ascending.
    extra
        Properties beside the indices.
    """

    length: int
    items: dict[int, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Any:
        if not -self.length <= index < self.length:
            raise IndexError(index)
        return self.items.get(index % self.length, hole)


@dataclass
class JSError:
    """An Error or DOMException as a value: it is not raised.

    Attributes
    ----------
    name, message
        As in JavaScript.
    stack
        The text of the stack, None where there is none.
    class_name
        The class by the chain of prototypes; ``DOMException`` for the browser's own refusals. Of an error made in
        Python: the standard class of that name, else ``Error``.
    code
        ``DOMException.code`` (0 for the newer names); None for every other error.
    cause
        What caused it; `hole` where the error has no ``cause``, since a cause may be ``undefined``.
    errors
        ``AggregateError.errors``, else `hole`.
    props
        Its other own properties.
    """

    name: str = "Error"
    message: str = ""
    stack: str | None = field(default=None, repr=False)
    class_name: str = ""
    code: int | None = None
    cause: Any = hole
    errors: Any = hole
    props: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.class_name = self.class_name or (self.name if self.name in STANDARD_ERRORS else "Error")

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name

    def __repr__(self) -> str:
        return f"<{self}>"


class JSBoxed(msgspec.Struct, frozen=True):
    """A primitive in its object: ``new String("a")``, ``Object(1n)``."""

    value: str | bool | int | float | BigInt


class JSBlob(msgspec.Struct, frozen=True):
    """A Blob by its size in bytes and its type. Its bytes stay in the browser; it cannot go back."""

    size: int
    type: str


class JSFile(JSBlob, frozen=True):
    """A File: a Blob with a name and the time of its last change (ms since 1970). It cannot go back."""

    name: str
    last_modified_ms: int


class JSHandle(msgspec.Struct, frozen=True):
    """What cannot cross, described: a function, a symbol, a DOM node, a promise, a port. It cannot go back.

    Attributes
    ----------
    kind
        ``function``, ``symbol``, ``node``, ``promise``, ``weakmap``, ``weakset``, ``weakref``, ``iterator``,
        ``window``, ``detached`` and ``out-of-bounds`` (buffers and views), ``too-large``, ``thrown`` (a getter or
        a trap threw), else ``object``.
    class_name
        Name of its class.
    description
        What DevTools would show, shortened.
    """

    kind: str
    class_name: str
    description: str

    def __repr__(self) -> str:
        return f"<{self.kind} {self.description}>"
