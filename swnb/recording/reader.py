"""Reading a recording, whatever became of its file. Reading never runs anything."""

from __future__ import annotations

import json
import re
from os import PathLike
from typing import Any, Final

import msgspec

from swnb.events import KINDS, Event
from swnb.recording import header, migrate
from swnb.recording.collected import Collected
from swnb.recording.errors import NotARecording, RecordingDamaged, RecordingTooNew
from swnb.recording.files import Blocks
from swnb.recording.lines import DECODER, ENCODER, Line
from swnb.recording.recording import Recording
from swnb.recording.unknown import UnknownEvent

BEGINNING: Final = b'{"header":'
"""How a recording begins."""

LINES: Final = frozenset(Line.__struct_fields__)
"""Sorts of lines."""

COMMON: Final = frozenset(Event.__struct_fields__)
"""What each event has, of whatever kind."""

_PLACE: Final = re.compile(r"(.*?)(?: - at `\$\.?(.*)`)?", re.DOTALL)


def read(path: str | PathLike[str]) -> Recording:
    """Open a recording: one that was closed, one that was cut anywhere, one that is still being written.

    Parameters
    ----------
    path
        Of the file. Whether it is packed is seen by what is in it, not by its name.

    Returns
    -------
    Recording
        With all that is whole; `Recording.missing` says in words what is not there.

    Raises
    ------
    NotARecording
        If it is something else, or cannot be read.
    RecordingTooNew
        If a later swnb wrote it.
    RecordingDamaged
        If a line of it, but for a last one that was cut, is not what it should be; it names line and field.
    """
    return _Reader(Blocks(path)).read()


class _Reader:
    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._path = blocks.path
        self._collected = Collected(blocks.path)
        self._line = 0
        self._format = header.FORMAT

    def read(self) -> Recording:
        for block in self._blocks:
            rest = block
            if not self._line:
                first, _, rest = block.partition(b"\n")
                self._begin(first)
            if rest:
                self._block(rest)
        self._tail(self._blocks.tail)
        if self._blocks.trouble:
            self._collected.trouble.append(f"what follows: the packed file ends too early ({self._blocks.trouble})")
        return self._collected.recording()

    def _begin(self, first: bytes) -> None:
        """Look at the first line, before anything else of the file is believed."""
        if not first.lstrip().startswith(b"{"):
            raise NotARecording(self._path, "its first line is no header")
        try:
            plain = _plain(first)
        except ValueError as error:
            raise NotARecording(self._path, f"its first line is no JSON ({error})") from None
        told = plain.get("header") if isinstance(plain, dict) else None
        if not isinstance(told, dict):
            raise NotARecording(self._path, "its first line is no header")
        number = told.get("format")
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise RecordingDamaged(self._path, 1, "header.format", f"{number!r} is no number of a format")
        if number > header.FORMAT:
            raise RecordingTooNew(self._path, number, header.FORMAT, str(told.get("swnb", ""))[:40])
        self._format = number
        self._one(first)

    def _block(self, block: bytes) -> None:
        """Take whole lines, all at once where they are just as they would be written here; that is four times as fast."""
        if self._format == header.FORMAT:
            try:
                lines = DECODER.decode_lines(block)
                if ENCODER.encode_lines(lines) == block and self._collected.take_all(lines):
                    self._line += len(lines)
                    return
            except (ValueError, RecursionError):  # what msgspec raises are ValueErrors; which line it was is seen below
                pass
        for line in block.removesuffix(b"\n").split(b"\n"):
            self._one(line)

    def _one(self, raw: bytes) -> None:
        """Take one line, and keep what is not known of it."""
        self._line += 1
        try:
            plain = _plain(raw)
        except ValueError as error:
            raise self._damaged("", f"it is no JSON ({error})") from None
        if not isinstance(plain, dict):
            raise self._damaged("", "it is no object")
        if self._format < header.FORMAT:
            plain = migrate.migrated(plain, self._format, header.FORMAT)
        sorts = LINES & plain.keys()
        if not sorts:
            self._collected.take_unknown(self._line, plain)
            return
        if len(sorts) > 1:
            raise self._damaged("", f"it is several things at once: {', '.join(sorted(sorts))}")
        (sort,) = sorts
        if sort == "header" and self._line > 1:
            raise self._damaged("header", "a second header; recordings cannot be joined")
        if sort == "event" and self._is_unknown(plain["event"]):
            self._collected.take_event(self._unknown_event(plain["event"]))
            return
        line = self._convert(plain, Line)
        if isinstance(line.event, Event):
            self._check_seq(line.event)
        self._note(plain, sort, getattr(line, sort))
        self._collected.take(line)

    def _convert(self, plain: dict[str, Any], kind: Any, within: str = "") -> Any:
        try:
            return msgspec.convert(plain, kind)
        except msgspec.ValidationError as error:
            matched = _PLACE.fullmatch(str(error))
            reason, field = (matched[1], matched[2] or "") if matched else (str(error), "")
            reason = reason.replace("`", "")
            raise self._damaged(f"{within}{field}", f"{reason[:1].lower()}{reason[1:]}") from None

    def _note(self, plain: dict[str, Any], sort: str, found: object) -> None:
        """Keep the fields that are not known."""
        known = set(type(found).__struct_encode_fields__)  # type: ignore[attr-defined]
        known.add("kind") if sort == "event" else None
        extra = {f"{sort}.{name}": value for name, value in plain[sort].items() if name not in known}
        extra |= {name: value for name, value in plain.items() if name != sort}
        if extra:
            self._collected.extra[self._line] = extra

    @staticmethod
    def _is_unknown(event: object) -> bool:
        kind = event.get("kind") if isinstance(event, dict) else None
        return isinstance(kind, str) and kind not in KINDS

    def _unknown_event(self, plain: dict[str, Any]) -> UnknownEvent:
        common = {name: value for name, value in plain.items() if name in COMMON}
        event: UnknownEvent = self._convert({"kind": "unknown", **common, "raw": plain}, UnknownEvent, "event.")
        self._check_seq(event)
        return event

    def _check_seq(self, event: Event) -> None:
        if event.seq < 0:
            raise self._damaged("event.seq", "the event has no place in the log")

    def _tail(self, tail: bytes) -> None:
        """Look at what follows the last end of a line: a line that was cut, but for its end perhaps."""
        if not self._line:
            if not BEGINNING.startswith(tail[: len(BEGINNING)]):
                raise NotARecording(self._path, "its first line is no header")
            whole = _is_json(tail)
            if whole:
                self._begin(tail)
            elif tail:
                self._collected.trouble.append(f"most of its header, which was cut after {len(tail):,} bytes")
        elif tail and _is_json(tail):
            self._one(tail)
        elif tail:
            self._collected.trouble.append(f"its last line, which was cut after {len(tail):,} bytes")

    def _damaged(self, field: str, reason: str) -> RecordingDamaged:
        return RecordingDamaged(self._path, self._line, field, reason)


def _plain(raw: bytes) -> Any:
    """Return a line as plain JSON.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        try:
            return json.loads(raw)  # takes half of a surrogate pair, which a page may say
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except ValueError:
            raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _is_json(raw: bytes) -> bool:
    try:
        _plain(raw)
    except ValueError:
        return False
    return True
