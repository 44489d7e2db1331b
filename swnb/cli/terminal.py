"""How the commands write: plain text, colours only on a terminal that wants them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34"}

MARKS = {"ok": ("✓", "green"), "info": ("·", "dim"), "warning": ("!", "yellow"), "failed": ("✗", "red")}

PLAIN_MARKS = {"ok": "ok", "info": "--", "warning": "!!", "failed": "XX"}

IN_A_KERNEL = "JPY_PARENT_PID"
"""Jupyter sets it for kernels. A cell's ``!command`` writes to a terminal of which nobody sees the screen."""


def is_screen(stream: TextIO) -> bool:
    """Whether somebody looks at a screen of so many columns, on which what is written can be written over."""
    return stream.isatty() and IN_A_KERNEL not in os.environ


class Terminal:
    """Where a command writes to.

    Parameters
    ----------
    stream
        By default stdout.
    colour
        By default only on a terminal, and not where ``NO_COLOR`` is set.
    """

    def __init__(self, stream: TextIO | None = None, colour: bool | None = None) -> None:
        self.stream = stream or sys.stdout
        wanted = self.stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.colour = wanted if colour is None else colour
        self.unicode = (self.stream.encoding or "").lower().replace("-", "") in ("utf8", "utf16")

    @property
    def columns(self) -> int | None:
        """How many characters fit in a line; None where nobody looks at a screen."""
        return shutil.get_terminal_size().columns if is_screen(self.stream) else None

    def styled(self, text: str, *styles: str) -> str:
        """Return the text with styles (see `STYLES`), or as it is where there are no colours."""
        if not self.colour or not styles:
            return text
        return f"\x1b[{';'.join(STYLES[style] for style in styles)}m{text}\x1b[0m"

    def mark(self, kind: str) -> str:
        """Return the sign of ``ok``, ``info``, ``warning`` or ``failed``."""
        sign, style = MARKS[kind]
        return self.styled(sign if self.unicode else PLAIN_MARKS[kind], style)

    def line(self, text: str = "") -> None:
        """Write one line; what the stream's encoding lacks becomes ``?``."""
        encoding = self.stream.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding), file=self.stream, flush=True)

    def block(self, text: str, indent: str = "    ", *styles: str) -> None:
        """Write lines, each indented."""
        for line in text.rstrip("\n").split("\n"):
            self.line((indent + self.styled(line, *styles)).rstrip())
