"""Secrets, taken out before anything is written."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
import msgspec.inspect

from swnb import values
from swnb.errors import InvalidArgument, SwnbError
from swnb.events import Event, PushReceived
from swnb.recording.lines import Body, Command, Failure, Line
from swnb.recording.paths import Steps, parse, removed

REDACTED: Final = "[redacted]"
"""What stands in a secret's place."""

E = TypeVar("E", bound=Event)

STRUCTURE: Final = {"sha256", "probe", "began", "ended"}
"""Fields of lines that are no text of anybody's."""

BYTES: Final = {"B", "H"}
"""Nodes that hold the bytes of a buffer."""

SHA256: Final = re.compile(r"[0-9a-f]{64}")
"""The digest of a file, whose content was cleaned before: it could not be found any more by another one."""

DIGEST: Final = re.compile(r"[0-9a-f]{1,16}")
"""The digest of a payload that was too large to be kept; by any other one it would be another payload."""


class Redactor:
    """Takes secrets out of lines, and counts them.

    Parameters
    ----------
    what
        Regular expressions, which are looked for in every text that is written; and paths inside payloads, which begin with
        ``$``: ``$.token``, ``$.users[*].name``, ``$..password``. A path takes out whatever stands there in the payload of a
        message, the arguments and results of calls, and those of commands. Digests stay.

    Attributes
    ----------
    count
        How many passages were taken out.

    Raises
    ------
    InvalidArgument
        If one of them cannot be read, or would be found in an empty text.
    """

    def __init__(self, what: Iterable[str | re.Pattern[str]]) -> None:
        if isinstance(what, str | re.Pattern):  # one alone, which would be taken apart into its letters
            what = [what]
        self.count = 0
        self._patterns: list[re.Pattern[str]] = []
        self._paths: list[Steps] = []
        for one in what:
            if isinstance(one, str) and one.startswith("$"):
                self._paths.append(parse(one))
            else:
                self._patterns.append(_compiled(one))

    def __bool__(self) -> bool:
        return bool(self._patterns or self._paths)

    def text(self, text: str) -> str:
        """Return a text without what the expressions find."""
        for pattern in self._patterns:
            text, found = pattern.subn(REDACTED, text)
            self.count += found
        return text

    def content(self, content: bytes) -> bytes:
        """Return bytes without what the expressions find; those that are no UTF-8 are searched as Latin-1."""
        try:
            return self.text(content.decode()).encode()
        except UnicodeDecodeError:
            return self.text(content.decode("latin-1")).encode("latin-1")

    def event(self, event: E) -> E:
        """Return an event without secrets; the very same where it has none."""
        changed = {}
        for name, clean in _plan(type(event)):
            value = getattr(event, name)
            if value:
                cleaned = clean(self, value)
                if cleaned != value:
                    changed[name] = cleaned
        return msgspec.structs.replace(event, **changed) if changed else event

    def line(self, line: Line) -> Line:
        """Return a line without secrets."""
        if isinstance(line.body, Body):
            return line  # its digest is of what is there: `Writer.body` cleans it before
        if isinstance(line.command, Command):
            return Line(command=self._command(line.command))
        return msgspec.convert(self._walk(msgspec.to_builtins(line)), Line)

    def _command(self, command: Command) -> Command:
        failure = command.failure
        return msgspec.structs.replace(
            command,
            receiver=self._walk(command.receiver),
            given={
                name: wire if name == "body" and is_kept(command, wire) else self.wire(wire)
                for name, wire in command.given.items()
            },
            answer=None if command.answer is None else self.wire(command.answer),
            failure=failure if failure is None else msgspec.convert(self._walk(msgspec.to_builtins(failure)), Failure),
        )

    def _walk(self, value: Any) -> Any:
        """Go through plain JSON."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self._walk(item) for item in value]
        if isinstance(value, dict):
            return {key: item if key in STRUCTURE else self._walk(item) for key, item in value.items()}
        return value

    # ---- payloads -----------------------------------------------------------------------------------------------

    def payload(self, content: bytes) -> bytes:
        """Return a payload, a wire as JSON, without secrets. One that is damaged is searched as a text."""
        try:
            wire = json.loads(content)
        except ValueError:
            return self.content(content)
        if not isinstance(wire, list) or not wire:
            return self.content(content)
        before = self.count
        cleaned = self.wire(wire)
        return content if self.count == before else json.dumps(cleaned, separators=(",", ":")).encode()

    def wire(self, wire: list[Any]) -> list[Any]:
        """Return a wire without what paths and expressions find in it."""
        for path in self._paths:
            wire, found = removed(wire, path, REDACTED)
            self.count += found
        if isinstance(wire[0], str):
            return [self.json_text(wire[0]), *wire[1:]]
        return [wire[0], *map(self._node, wire[1:])] if self._patterns else wire

    def json_text(self, text: str) -> str:
        """Return a text, which may be JSON that the paths lead into."""
        if self._paths and text.lstrip()[:1] in ("{", "["):
            try:
                wire = values.encode(json.loads(text))
            except (ValueError, RecursionError, SwnbError):
                return self.text(text)
            before = self.count
            for path in self._paths:
                wire, found = removed(wire, path, REDACTED)
                self.count += found
            if self.count != before:
                text = json.dumps(values.decode(wire), ensure_ascii=False, separators=(",", ":"))
        return self.text(text)

    def _node(self, node: Any) -> Any:
        """Return a node; its first item says what it is."""
        if not isinstance(node, list) or not node:  # a table of an agent's that is damaged
            return self.text(node) if isinstance(node, str) else node
        if node[0] in BYTES and len(node) > 1 and isinstance(node[1], str):
            return [node[0], self._base64(node[1]), *node[2:]]
        return [node[0], *(self.text(item) if isinstance(item, str) else item for item in node[1:])]

    def _base64(self, text: str) -> str:
        """Return the bytes of a buffer: as many as before, since views count them, with ``*`` for each that is taken out."""
        try:
            content = b64decode(text, validate=True)
        except ValueError:
            return self.text(text)
        try:
            shown, coding = content.decode(), "utf-8"
        except UnicodeDecodeError:
            shown, coding = content.decode("latin-1"), "latin-1"
        before = self.count
        for pattern in self._patterns:
            shown, found = pattern.subn(lambda match: "*" * len(match[0].encode(coding)), shown)
            self.count += found
        return text if self.count == before else b64encode(shown.encode(coding)).decode()


def is_kept(command: Command, wire: list[Any]) -> bool:
    """Whether an argument is what stands for the body of a file: its digest and its size."""
    match wire:
        case [[1], ["O", "sha256", str(digest), "size", int(), *rest]] if rest in ([], ["bytes", True]):
            return command.name == "site.write" and SHA256.fullmatch(digest) is not None
        case _:
            return False


def _digest(redactor: Redactor, text: str) -> str:
    return text if DIGEST.fullmatch(text) else redactor.text(text)


def _compiled(one: object) -> re.Pattern[str]:
    if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
        pattern = one
    elif isinstance(one, str):
        try:
            pattern = re.compile(one)
        except re.error as error:
            raise InvalidArgument(
                f"{one!r} is no regular expression: {error}", "mend it; re.escape(text) makes one of any text"
            ) from None
    else:
        raise InvalidArgument(
            f"{one!r} cannot be redacted",
            "give regular expressions ('Bearer \\\\w+') and paths in payloads ('$.token')",
        )
    if pattern.search("") is not None:
        raise InvalidArgument(
            f"the expression {pattern.pattern!r} is found in an empty text", "write one that needs a character at least"
        )
    return pattern


Clean = Callable[[Redactor, Any], Any]


@cache
def _plan(kind: type[Event]) -> tuple[tuple[str, Clean], ...]:
    """Return which fields of an event hold text, and how each is cleaned. What is an enumeration is nobody's text."""
    plan: list[tuple[str, Clean]] = []
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    for field in info.fields:
        options = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
        for option in options:
            if isinstance(option, msgspec.inspect.StrType):
                text = Redactor.json_text if kind is PushReceived else Redactor.text
                plan.append((field.name, _digest if field.name == "digest" else text))
            elif isinstance(option, msgspec.inspect.BytesType):
                plan.append((field.name, Redactor.payload))
            elif isinstance(option, msgspec.inspect.VarTupleType):
                plan.append((field.name, lambda redactor, texts: tuple(map(redactor.text, texts))))
    return tuple(plan)
