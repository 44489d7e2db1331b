"""What a kernel or a page said, fit for a terminal."""

from __future__ import annotations

import re

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def without_escapes(text: str) -> str:
    """Return the text without a terminal's colours and without other control characters."""
    return "".join(c for c in ESCAPES.sub("", text) if c.isprintable() or c in "\n\t")
