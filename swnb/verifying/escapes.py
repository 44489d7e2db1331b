"""What a kernel or a page said, fit for a terminal."""

from __future__ import annotations

import re

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def without_escapes(text: str) -> str:
    """Return the text without a terminal's colours and without other control characters."""
    plain = ESCAPES.sub("", text)
    if plain.replace("\n", "").replace("\t", "").isprintable():  # as most are, and that is a hundred times as fast
        return plain
    return "".join(c for c in plain if c.isprintable() or c in "\n\t")
