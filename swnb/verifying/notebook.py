"""A notebook's file: its cells, what they had put out, and what its metadata declares."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from swnb.errors import SwnbError
from swnb.verifying.escapes import without_escapes

MAY_FAIL: Final = "raises-exception"
"""Tag of a cell that is meant to fail, as Jupyter's own tools have it."""

VARYING = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b(installing|waiting|active): "), "<role>: "),  # a registration that is on its way
    (re.compile(r"\b\d\d:\d\d:\d\d(\.\d+)?\b|\b\d+(\.\d+)? m?s\b"), "<time>"),
    (re.compile(r"^\d+(?= +<time>)", re.M), "<seq>"),  # of events and messages: others happen in between
    (re.compile(r"─+"), "─"),  # whose numbers make a column wider
    (re.compile(r"(?<=\S) {2,}"), "  "),
)
"""What differs between two runs of the same notebook, and what stands for it."""


class NotebookError(SwnbError):
    """A notebook that cannot be read or executed."""


@dataclass
class Cell:
    """One code cell.

    Attributes
    ----------
    source
        What is executed.
    step
        Its title in the story, None where it is not a step (``metadata.swnb.step``).
    saved
        Its output as saved in the file, as plain text.
    result
        What a report calls its output, which it shows before the steps; None for most (``metadata.swnb.result``).
    may_fail
        Whether an exception that ends it is none of the notebook's failures (its tag `MAY_FAIL`).
    """

    source: str
    step: str | None
    saved: str
    result: str | None = None
    may_fail: bool = False


@dataclass(frozen=True)
class Notebook:
    """What a notebook's file says.

    Attributes
    ----------
    cells
        Its code cells, in order.
    ignore
        What a comparison of two of its runs leaves out, as `swnb.recording.compare` takes it (``metadata.swnb.ignore``).
    redact
        What its recordings must not hold (``metadata.swnb.redact``).
    """

    cells: tuple[Cell, ...]
    ignore: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()


def read(path: Path) -> Notebook:
    """Read a notebook; nothing of it is run.

    Raises
    ------
    NotebookError
        If it is missing, no notebook, or its metadata declares something that cannot be understood.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(_cell(cell) for cell in document["cells"] if cell["cell_type"] == "code")
        said = document.get("metadata", {}).get("swnb", {})
        ignore, redact = said.get("ignore", []), said.get("redact", [])
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}", "give the path of a notebook") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotebookError(
            f"{path} is no notebook", "give the path of a file of Jupyter's format 4 (.ipynb)"
        ) from error
    return Notebook(cells, _texts(path, "ignore", ignore), _texts(path, "redact", redact))


def _texts(path: Path, name: str, said: object) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise NotebookError(
            f"what {path} declares as {name!r} is no list of texts",
            f'write it as "metadata": {{"swnb": {{"{name}": ["$.token"]}}}}',
        )
    return tuple(said)


def _cell(cell: dict[str, Any]) -> Cell:
    outputs = "".join(output_text(output) for output in cell.get("outputs", ()))
    metadata = cell.get("metadata", {})
    said = metadata.get("swnb", {})
    return Cell(
        _joined(cell["source"]), said.get("step"), outputs, said.get("result"), MAY_FAIL in metadata.get("tags", ())
    )


def output_text(output: dict[str, Any]) -> str:
    """Return one output (of a file or a message) as plain text, ending in a newline unless it is empty."""
    if "traceback" in output:
        text = "\n".join(output["traceback"])
    elif "data" in output:
        text = _joined(output["data"].get("text/plain", ""))
    else:
        text = _joined(output.get("text", ""))
    text = without_escapes(text)
    return text if not text or text.endswith("\n") else text + "\n"


def output_html(output: dict[str, Any]) -> str:
    """Return one output as HTML: as it is told, or its plain text."""
    html = _joined(output.get("data", {}).get("text/html", ""))
    if html:
        return html
    text = output_text(output).strip("\n")
    return f"<pre>{escape(text)}</pre>" if text else ""


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def comparable(text: str) -> str:
    """Return the text with ids and times replaced, so that two runs can be compared."""
    for pattern, stands in VARYING:
        text = pattern.sub(stands, text)
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))
