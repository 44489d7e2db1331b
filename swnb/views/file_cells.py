"""The files of a recording's sites, as cells that serve them again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swnb import values
from swnb.recording import Command, Recording, SiteFile
from swnb.views.command_magics import file_cell, type_of
from swnb.views.literals import content, inline, string

LABEL = re.compile(r"[a-z0-9-]{1,63}")

Told = tuple[bool, str]
"""Whether it is code, and the text."""


class FileCells:
    """Writes files; `beginning` before the lab's start, when none of them is a command."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        later = {_mount(command) for command in recording.commands} - {None}
        self._first = [file for file in recording.site if (file.origin, file.mount) not in later]
        self._later = [file for file in recording.site if (file.origin, file.mount) in later]

    def beginning(self) -> Iterator[Told]:
        """Yield cells for what was served when the recording began."""
        for file in self._first:
            yield self._cell(file, f"site = %sw origin {file.origin}\nsite")

    def mounted(self, command: Command) -> Iterator[Told]:
        """Yield cells for the files of a folder that a command mounted."""
        mount = _mount(command)
        for file in self._later if mount is not None else ():
            if (file.origin, file.mount) == mount:
                yield self._cell(file, "lab.site" if file.origin == "lab" else f"lab.origin({file.origin!r})")

    def _cell(self, file: SiteFile, site: str) -> Told:
        body = self._recording.body(file)
        if not LABEL.fullmatch(file.origin):
            return False, f"{inline(f'{file.origin}: {file.path}')} is not served: no origin can be called so."
        if body is None:
            what = f"{inline(f'{file.origin}: {file.path}')} is not served: its {file.size:,} bytes are not in the recording."
            return False, what
        try:
            text: str | bytes = body.decode()
        except UnicodeDecodeError:
            text = body
        headers = {name: value for name, value in file.headers if name.lower() != "content-type"}
        own = next((value for name, value in file.headers if name.lower() == "content-type"), file.type)
        given = {
            "path": file.path,
            "body": text,
            "headers": headers,
            "status": file.status,
            "delay_s": file.delay_s,
            "content_type": type_of(file.path, text, own),
        }
        cell = file_cell(given, file.origin)
        if cell is not None:
            return True, cell
        written = string(text) if isinstance(text, str) else content(text)
        usual = {"headers": {}, "status": 200, "delay_s": 0.0, "content_type": None}
        more = "".join(f", {name}={given[name]!r}" for name, default in usual.items() if given[name] != default)
        return True, f"{site}.write({file.path!r}, {written}{more})"


def _mount(command: Command) -> tuple[str, str] | None:
    """Return the origin and the prefix that a command mounted a folder at; None for another command."""
    if command.name != "site.mount":
        return None
    try:
        prefix = values.decode(command.given["prefix"])
        return command.receiver["origin"], f"{prefix.rstrip('/')}/"
    except Exception:  # a file of others
        return None
