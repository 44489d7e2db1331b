"""How a recording is run again, in words for a report: what to type, and the cells of a notebook."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Final

from swnb.recording import Recording
from swnb.text import visible, whole_pairs
from swnb.views.as_notebook import as_text

MOST: Final = 200_000
"""Characters of cells that a page has with it."""


def commands(recording: Recording) -> str:
    """Return the commands to type, each with what it does."""
    name = visible(whole_pairs(PurePath(recording.path).name))
    file, stem = shlex.quote(name), name.partition(".")[0] or "run"
    before = recording.header.before
    rows = [
        (f"swnb replay {file}", "the commands again, in a fresh browser, and the comparison"),
        (f"swnb replay {file} --executable PATH", "in another Chromium: a comparison of browsers"),
        (f"swnb diff {file} OTHER", "compare it with another recording"),
        (f"swnb export {file} -o {shlex.quote(f'{stem}.ipynb')}", "a notebook whose cells are those below"),
        (f"%sw replay {file}", "the same as the first, in a notebook"),
    ]
    if before is not None and (before.windows or before.registrations):
        rows = rows[2:4]  # it cannot be replayed
    width = max(len(typed) for typed, _ in rows)
    return "\n".join(f"{typed:<{width}}  # {what}" for typed, what in rows)


def cells(recording: Recording) -> str:
    """Return the code of the notebook's cells; of very much the beginning."""
    text = as_text(recording)
    return text if len(text) <= MOST else f"{text[:MOST]}\n… ({len(text):,} characters)"
