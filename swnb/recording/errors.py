"""What can go wrong with a recording."""

# ruff: noqa: N818  (named after what happened, as all errors here)
from __future__ import annotations

from swnb.errors import SwnbError


class RecordingError(SwnbError):
    """Something about a recording's file."""


class NotARecording(RecordingError):
    """The file is something else.

    Attributes
    ----------
    path
        Of the file.
    reason
        What it is instead, or why it cannot be read.
    """

    def __init__(self, path: str, reason: str, todo: str = "") -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} is no recording: {reason}",
            todo or "name a file that `%sw record FILE` or `lab.record(path)` wrote",
        )


class RecordingDamaged(RecordingError):
    """A line of it is not what it should be.

    Attributes
    ----------
    path
        Of the file.
    line
        Which one, counted from 1.
    field
        Where in that line: ``event.seq``; ``""`` for all of it.
    reason
        What is wrong there.
    """

    def __init__(self, path: str, line: int, field: str, reason: str) -> None:
        self.path = path
        self.line = line
        self.field = field
        self.reason = reason
        where = f"line {line}, {field}" if field else f"line {line}"
        super().__init__(
            f"{path} is damaged in {where}: {reason}",
            f"the {line - 1:,} lines before it are whole: keep those alone (`head -n {line - 1}`), or record anew",
        )


class RecordingTooNew(RecordingError):
    """It was written by a later swnb.

    Attributes
    ----------
    path
        Of the file.
    format
        The number of its format.
    """

    def __init__(self, path: str, number: int, known: int, by: str) -> None:
        self.path = path
        self.format = number
        who = f" (swnb {by} wrote it)" if by else ""
        super().__init__(
            f"{path} has format {number}{who}, and this swnb reads formats up to {known}",
            "update swnb: `pip install --upgrade swnb`",
        )


class RecordingRefused(RecordingError):
    """It cannot be written there.

    Attributes
    ----------
    path
        Of the file.
    reason
        Why not.
    """

    def __init__(self, path: str, reason: str, todo: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"nothing can be recorded in {path}: {reason}", todo)


class RecordingTaken(RecordingRefused):
    """There is a recording of that name already, or one who is just writing it."""


class RecordingStopped(UserWarning):
    """A recording could not be written any more; what was written is there, and the lab goes on."""
