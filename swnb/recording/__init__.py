"""A lab's run in a file: written as it happens, read without running anything.

`read` opens one; `Recording` is what it gives. A file is lines of JSON; `swnb/recording/schema.json` describes each.
"""

from swnb.recording.errors import (
    NotARecording,
    RecordingDamaged,
    RecordingError,
    RecordingRefused,
    RecordingStopped,
    RecordingTaken,
    RecordingTooNew,
)
from swnb.recording.header import FORMAT, Before, End, Header
from swnb.recording.lines import Body, Command, Failure, Late, Line, SiteFile
from swnb.recording.reader import read
from swnb.recording.recording import Recording
from swnb.recording.redact import REDACTED, Redactor
from swnb.recording.unknown import UnknownEvent
from swnb.recording.writer import Writer

__all__ = [
    "FORMAT",
    "REDACTED",
    "Before",
    "Body",
    "Command",
    "End",
    "Failure",
    "Header",
    "Late",
    "Line",
    "NotARecording",
    "Recording",
    "RecordingDamaged",
    "RecordingError",
    "RecordingRefused",
    "RecordingStopped",
    "RecordingTaken",
    "RecordingTooNew",
    "Redactor",
    "SiteFile",
    "UnknownEvent",
    "Writer",
    "read",
]
