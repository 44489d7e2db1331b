"""The lines of a recording: each is an object with one key, which says what it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Union

import msgspec

from swnb import values
from swnb.errors import SwnbError
from swnb.events import EVENTS, Event
from swnb.recording.header import End, Header

MAX_LINE: Final = 64 << 20
"""Longest line that is written or read, in bytes."""


class SiteFile(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """What one path of a site answered when the recording began.

    Attributes
    ----------
    origin
        The first label of its host: ``lab``.
    path
        As in the URL.
    sha256, size
        Of the body, the size in bytes.
    type
        Its ``Content-Type``.
    status, headers, delay_s
        As `Site.write` was given them.
    mount
        Prefix of the mounted folder that it is in; ``""`` for what was written.
    kept
        Whether its body is in the recording; it is not where it is too large.
    """

    origin: str
    path: str
    sha256: str
    size: int
    type: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    mount: str = ""
    kept: bool = True


class Body(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """The bytes that a digest stands for: as `text` where they are UTF-8, else as `base64`.

    Attributes
    ----------
    sha256
        In hexadecimal.
    """

    sha256: str
    text: str | None = None
    base64: bytes | None = None

    @classmethod
    def of(cls, sha256: str, content: bytes) -> Body:
        """Make the line of some bytes."""
        try:
            return cls(sha256=sha256, text=content.decode())
        except UnicodeDecodeError:
            return cls(sha256=sha256, base64=content)

    @property
    def content(self) -> bytes:
        """The bytes."""
        return (self.text or "").encode(errors="surrogatepass") if self.base64 is None else self.base64


class Failure(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """The error that a command ended with.

    Attributes
    ----------
    type
        Class of the error.
    what, todo
        Its two lines.
    name, message
        Of a JavaScript error.
    """

    type: str
    what: str = ""
    todo: str = ""
    name: str = ""
    message: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """Describe an error."""
        what, todo = (error.what, error.todo) if isinstance(error, SwnbError) else (str(error), "")
        name, message = getattr(error, "name", ""), getattr(error, "message", "")
        return cls(
            type=type(error).__name__,
            what=what,
            todo=todo,
            name=name if isinstance(name, str) else "",
            message=message if isinstance(message, str) else "",
        )

    def __str__(self) -> str:
        return f"{self.type}: {self.what}" if self.what else self.type


class Command(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """One command that the notebook gave: a verb of the lab, with its arguments and what came of it.

    Attributes
    ----------
    name
        As the API has it: ``open``, ``window.reload``, ``worker.evaluate``, ``clients.claim``, ``site.write``.
    receiver
        Whose verb it is, the name that people use first: ``{"window": "home"}``, ``{"worker": "w1", "scope": …}``.
    given
        Its arguments by name, without those that are as by default, each as a wire of `swnb.values`; `arguments` has them as
        Python values. A client is ``{"client": "c1", "id": …}``, a moment (`Lab.mark`) ``{"after": 3}``: where three commands of
        this recording had ended.
    answer
        What it returned, as such a wire; None where it failed.
    failure
        The error that it ended with; None where it ended well.
    begin_seq, end_seq
        The event of the log that was the next one when it began, and when it ended: the logical clock.
    begin_ns, end_ns
        Monotonic clock, in nanoseconds.
    saw
        The events that it returned: those that a ``wait`` waited for, what became of a push or a click.
    described
        Arguments that could only be described in words, as a function can: such a command cannot be given again. ``result`` is
        among them where that could only be described.
    """

    name: str
    receiver: dict[str, str] = {}
    given: dict[str, list[Any]] = msgspec.field(default={}, name="arguments")
    answer: list[Any] | None = msgspec.field(default=None, name="result")
    failure: Failure | None = msgspec.field(default=None, name="error")
    begin_seq: int = 0
    end_seq: int = 0
    begin_ns: int = 0
    end_ns: int = 0
    saw: tuple[int, ...] = ()
    described: tuple[str, ...] = ()

    @property
    def of(self) -> str:
        """Whose verb it is, in one word: a window's name, ``w1``; ``""`` for the lab itself."""
        return next(iter(self.receiver.values()), "")

    @property
    def arguments(self) -> Mapping[str, object]:
        """Its arguments as Python values; ``of`` is whose verb it is, where it is not the lab's own."""
        decoded = {name: values.decode(wire) for name, wire in self.given.items()}
        return {"of": self.of, **decoded} if self.receiver else decoded

    @property
    def outcome(self) -> object:
        """What came of it: a `Failure`, or what it returned as a Python value."""
        if self.failure is not None:
            return self.failure
        return None if self.answer is None else values.decode(self.answer)

    @property
    def replayable(self) -> bool:
        """Whether it can be given again as it stands."""
        return not set(self.described) - {"result"}

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items() if name != "of")
        return f"{self.of}: {self.name}({said})" if self.of else f"{self.name}({said})"


if TYPE_CHECKING:
    AnyEvent = Event
else:
    AnyEvent = Union[tuple(dict.fromkeys(EVENTS))]  # noqa: UP007  (made of a tuple)
"""Any of the kinds of event; msgspec tells them apart by ``kind``."""


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message stands among what its realm told, if it was written later than it was heard; see `swnb.log.Log.late`.

    Attributes
    ----------
    seq
        Number of its event, which stands in a line before.
    before
        Number of the event that was the next one when it was heard.
    turn
        Which came first of those that were heard there.
    """

    seq: int
    before: int
    turn: int


class Line(msgspec.Struct, omit_defaults=True, gc=False):
    """One line; one of these is set."""

    header: Header | msgspec.UnsetType = msgspec.UNSET
    site: SiteFile | msgspec.UnsetType = msgspec.UNSET
    body: Body | msgspec.UnsetType = msgspec.UNSET
    command: Command | msgspec.UnsetType = msgspec.UNSET
    event: AnyEvent | msgspec.UnsetType = msgspec.UNSET
    late: Late | msgspec.UnsetType = msgspec.UNSET
    end: End | msgspec.UnsetType = msgspec.UNSET


ENCODER: Final = msgspec.json.Encoder()
DECODER: Final = msgspec.json.Decoder(Line)


def line_of(what: Line | Event) -> bytes:
    """Return a line's bytes, its end included."""
    try:
        if isinstance(what, Line):
            return ENCODER.encode(what) + b"\n"
        return b'{"event":' + ENCODER.encode(what) + b"}\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which a page may say and UTF-8 has no bytes for
        plain = msgspec.to_builtins(what if isinstance(what, Line) else Line(event=what), str_keys=True)
        return json.dumps(plain, separators=(",", ":")).encode() + b"\n"
