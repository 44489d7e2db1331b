"""One evaluated source: how it is sent, and which place in it an error means."""

from __future__ import annotations

import re
from typing import Any
from zlib import crc32

from swnb import values
from swnb.browser.protocol import Message
from swnb.errors import JavaScriptError, StackFrame

FRAME = re.compile(
    r"^\s+at (?:async )?(?:(?P<function>.*?) \()?(?P<url>[^()\n]*?):(?P<line>\d+):(?P<column>\d+)\)?$", re.MULTILINE
)

SEEMS_OBJECT = re.compile(r"\s*\{(.*)\}[\s;]*", re.DOTALL)


class Cell:
    """A source that is evaluated.

    It goes out with a name of its own (``//# sourceURL``), made of its text: so a frame of another cell, whose function this one
    calls, is told from its own, while the same text evaluated again is the same script to V8.

    Attributes
    ----------
    source
        As the user wrote it; "" for swnb's own expressions.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._url = f"cell-{crc32(source.encode('utf-8', 'surrogatepass')):08x}"
        self._shift = 0

    @property
    def expression(self) -> str:
        """What is sent."""
        source = self.source if not self._shift else f"({self.source.rstrip().rstrip(';').rstrip()})"
        return source if "sourceURL=" in source else f"{source}\n//# sourceURL={self._url}"

    @property
    def as_object(self) -> str | None:
        """An expression that compiles if the source is an object literal rather than a block; None if it does not look like one.

        The rule is DevTools': what begins and ends with a brace is an object where that is possible.
        """
        found = SEEMS_OBJECT.fullmatch(self.source)
        if found is None:
            return None
        depth = 0
        for brace in re.findall(r"[{}]", found[1]):
            depth += 1 if brace == "{" else -1
            if depth < 0:
                return None  # the first brace is closed before the end
        return f"async () => ({{{found[1]}\n}})"

    def take_as_object(self) -> None:
        """Send it in parentheses from now on."""
        self._shift = 1

    def error(self, details: Message, thrown: object) -> JavaScriptError:
        """Return the error for what was thrown.

        Parameters
        ----------
        details
            The protocol's ``ExceptionDetails``.
        thrown
            What was thrown, as a Python value.
        """
        remote = details.get("exception", {})
        description = str(remote.get("description", details.get("text", "")))
        frames = [self._frame(found) for found in FRAME.finditer(description)]
        line, column = self._place(details, remote, frames)
        name, message = _words(remote, description, thrown)
        return JavaScriptError(
            name,
            message,
            line=line,
            column=column,
            source_line=self._line(line),
            frames=frames,
            value=thrown,
        )

    def _frame(self, found: re.Match[str]) -> StackFrame:
        line, column = int(found["line"]), int(found["column"])
        url = "" if found["url"] in (self._url, "<anonymous>") else found["url"]
        return StackFrame(found["function"] or "", url, line, column - (self._shift if line == 1 and not url else 0))

    def _place(self, details: Message, remote: Message, frames: list[StackFrame]) -> tuple[int, int]:
        """Line and column in the source, from 1; (0, 0) where the error came from elsewhere."""
        if not self.source:
            return 0, 0
        if remote.get("className") == "SyntaxError" and "scriptId" in details:
            line, column = details["lineNumber"] + 1, details["columnNumber"] + 1
            lines = self.source.split("\n")
            if line > len(lines):  # the end came too early; what V8 points at is the line that was added
                return len(lines), len(lines[-1]) + 1
            return line, column - (self._shift if line == 1 else 0)
        for frame in frames:
            if not frame.url:
                return frame.line, frame.column
        return 0, 0

    def _line(self, line: int) -> str:
        lines = self.source.split("\n")
        return lines[line - 1] if 0 < line <= len(lines) else ""


def _words(remote: Message, description: str, thrown: Any) -> tuple[str, str]:
    """Name and message of what was thrown; of what is no error the name is ``""``."""
    if isinstance(thrown, values.JSError):
        return thrown.name, thrown.message
    if remote.get("subtype") != "error":
        return "", f"thrown: {thrown!r}"
    first = description.split("\n", 1)[0]
    name, colon, message = first.partition(": ")
    return (name, message) if colon else ("", first)
