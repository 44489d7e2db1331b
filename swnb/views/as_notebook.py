"""A recording as a notebook: the cells that give its commands again. Nothing of it is run here.

Everything in a file of others is text: what becomes code are the commands that `swnb.views.command_table` knows, their arguments as
literals; what becomes Markdown stands in code spans and blocks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final

from swnb.lab.settings import Settings
from swnb.recording import REDACTED, Command, Recording
from swnb.views.command_code import CommandCode
from swnb.views.command_groups import groups, together
from swnb.views.command_table import CannotWriteError
from swnb.views.file_cells import FileCells
from swnb.views.literals import fenced, inline, joined, option, word
from swnb.views.pauses import HEARD, WAITING, heard_before

LINES: Final = 8
"""How many short commands share a cell at most."""

FOREIGN: Final = ("executable", "connect", "headed", "open_network", "arguments", "sandbox")
"""Settings of the recorded lab that are not those of the new one: they are the other machine's, or open something."""

MODULES: Final = ("asyncio", "base64", "datetime", "swnb")

LANGUAGE: Final[dict[str, Any]] = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def notebook(recording: Recording) -> dict[str, Any]:
    """Return the notebook that gives the commands of a recording again, as JSON of Jupyter's format 4.5.

    A cell whose command failed in the recorded run is tagged ``raises-exception``, one in which something was taken out
    ``redacted``. What no cell can give is told in a cell of its own.
    """
    return {"cells": _Notebook(recording).cells(), "metadata": LANGUAGE, "nbformat": 4, "nbformat_minor": 5}


def written(recording: Recording) -> str:
    """Return the notebook as the text of its file."""
    return json.dumps(notebook(recording), indent=1) + "\n"


def as_text(recording: Recording) -> str:
    """Return the cells' code, with an empty line between two cells."""
    return "\n\n".join(str(cell["source"]) for cell in notebook(recording)["cells"] if cell["cell_type"] == "code")


class _Notebook:
    """Makes the cells of one recording."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._commands = recording.commands
        self._code = CommandCode(recording)
        self._files = FileCells(recording)
        self._made: list[dict[str, Any]] = []
        self._lines: list[str] = []
        self._waits = False

    def cells(self) -> list[dict[str, Any]]:
        """Return all cells."""
        self._before()
        self._all_commands()
        self._end()
        body, self._made = self._made, []
        self._text(self._head())
        source = "\n".join(cell["source"] for cell in body if cell["cell_type"] == "code")
        needed = [name for name in MODULES if f"{name}." in source or (name == "asyncio" and self._waits)]
        self._cell("\n".join(["%load_ext swnb", *(f"import {name}" for name in needed)]))
        for is_code, text in self._files.beginning():
            self._cell(text) if is_code else self._text(text)
        self._cell(self._start())
        if self._waits:
            self._cell(HEARD)
        return [{"id": f"cell-{number:05}", **cell} for number, cell in enumerate((*self._made, *body), start=1)]

    # ---- cells ------------------------------------------------------------------------------------------------------

    def _text(self, markdown: str) -> None:
        self._flush()
        self._made.append({"cell_type": "markdown", "metadata": {}, "source": markdown})

    def _cell(self, source: str, *tags: str) -> None:
        self._flush()
        if self._recording.redacted and REDACTED in source:
            tags = (*tags, "redacted")
        metadata = {"tags": list(tags)} if tags else {}
        self._made.append(
            {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source}
        )

    def _line(self, source: str) -> None:
        """Add a line to the cell that short commands share."""
        self._lines.append(source)
        if len(self._lines) >= LINES:
            self._flush()

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            self._cell("\n".join(lines))

    # ---- the beginning ----------------------------------------------------------------------------------------------

    def _head(self) -> str:
        recording, header = self._recording, self._recording.header
        made = [text for text in (header.began, header.chromium, header.swnb and f"swnb {header.swnb}") if text]
        told = [
            "# A recorded run",
            f"Made of {inline(PurePath(recording.path).name)}: {len(self._commands):,} commands, "
            f"{len(recording.events):,} events ({', '.join(map(inline, made)) or 'nobody knows what with'}). The cells give the "
            "same commands to a fresh browser; whether that was the same run is found out by `swnb verify`, or by "
            "`%sw record` in a cell behind the start and `swnb diff`.",
        ]
        if recording.missing:
            told.append("**Missing in the recording**, and so here:")
            told.append("\n".join(f"- {inline(what)}" for what in recording.missing))
        if recording.redacted:
            told.append(
                f"{recording.redacted:,} passages were taken out before they were written: {inline(REDACTED)} stands in their "
                "place. The cells that have such a passage are tagged `redacted`; what depends on it goes another way."
            )
        foreign = [
            f"{name}={header.configuration[name]!r}"
            for name in FOREIGN
            if header.configuration.get(name) not in (None, Settings.DEFAULTS[name], [])
        ]
        if foreign:
            told.append(f"Settings that are not taken over: {', '.join(map(inline, foreign))}.")
        return "\n\n".join(told)

    def _start(self) -> str:
        header = self._recording.header
        configured = header.configuration
        options = ["lab = %sw start"]
        if header.lab not in ("", "lab"):
            options.append(option("--lab", header.lab) or "")
        options.append(option("--attach", header.attach if header.attach in ("hold", "detached") else "hold") or "")
        for name, written_as in (("timeout_s", "--timeout"), ("payload_bytes", "--payload-bytes")):
            value = configured.get(name)
            if isinstance(value, type(Settings.DEFAULTS[name])) and value != Settings.DEFAULTS[name]:
                options.append(option(written_as, value) or "")
        if configured.get("at_once") is True:
            options.append(" --at-once")
        if any(command.name.startswith("pyppeteer.") for command in self._commands):
            options.append(" --loop thread")  # on the kernel's loop its objects are awaited
        return "".join(options)

    def _before(self) -> None:
        """Write what brings about what was there already when the recording began."""
        before = self._recording.header.before
        if before is None or not (before.windows or before.registrations):
            return
        self._text(
            "The recording began when something was there already. It is opened and registered here, as far as that is told."
        )
        for name, url in before.windows.items():
            self._line(joined("%sw open ", word(url), option("--as", name)) or f"lab.open({url!r}, name={name!r})")
        for scope, script in before.registrations.items():
            line = joined("%sw register ", word(script), option("--scope", scope))
            self._line(line or f"lab.register({script!r}, scope={scope!r})")

    # ---- commands ---------------------------------------------------------------------------------------------------

    def _all_commands(self) -> None:
        heard = heard_before(self._recording)
        for group in groups(self._commands):
            first = group[0]
            if first in heard and self._commands[first].name not in WAITING:
                self._wait_for(heard[first])
            for at in group:
                if at in self._code.marks:
                    self._line(f"{self._code.marks[at]} = lab.mark()")
            if len(group) > 1:
                self._at_once(group)
                continue
            self._one(first)

    def _wait_for(self, counts: Counter[str]) -> None:
        self._waits = True
        self._flush()
        self._line(f"await heard({dict(sorted(counts.items()))})")

    def _at_once(self, group: Sequence[int]) -> None:
        cell = together(self._code, self._commands, group)
        if cell is None:
            self._text("The next commands were given at the same time; here they are one after the other.")
            for at in group:
                self._one(at)
            return
        failed = any(self._commands[at].failure is not None for at in group)
        self._cell(cell, *(["raises-exception"] if failed else []))

    def _one(self, at: int) -> None:
        if at - 1 in self._code.known.pairs:
            return  # it was given with the one before it
        command = self._commands[at]
        try:
            code = self._code.write(at)
        except CannotWriteError as reason:
            self._text(f"Command {at + 1:,} is not given here: {inline(str(reason))}\n\n{fenced(_shown(command))}")
            for is_code, text in self._files.mounted(command):
                self._cell(text) if is_code else self._text(text)
            return
        if code.before:
            self._cell(code.before)
        failed = any(each.failure is not None for each in self._commands[at : at + code.commands])
        if failed:
            self._cell(code.source, "raises-exception")
        elif code.whole or "\n" in code.source:
            self._cell(code.source)
        else:
            self._line(code.source)

    def _end(self) -> None:
        if self._recording.end is None:
            self._text("The recording breaks off here. The lab goes on: `%sw stop` ends it.")
            return
        last = heard_before(self._recording).get(len(self._commands))
        if last is not None:
            self._wait_for(last)
        self._cell("%sw stop")


def _shown(command: Command) -> str:
    try:
        return str(command)
    except Exception:  # a file of others: its arguments may be anything
        return command.name
