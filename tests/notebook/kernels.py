"""Notebooks executed with nbclient, as Jupyter's own tools do it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from swnb.verifying.notebook import output_text

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def execute(notebook: Any, loop: str, *, allow_errors: bool = False, record: Path | None = None) -> list[Any]:
    """Execute all cells in a new kernel whose labs live on `loop`; return the code cells.

    `record` is where its labs are recorded, whole when this returns.
    """
    settings = {"loop": loop, **({} if record is None else {"record": record})}
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        extra_arguments=[f"--Lab.{name}={value}" for name, value in settings.items()],
        allow_errors=allow_errors,
        coalesce_streams=True,  # what a `!command` writes comes in pieces that end anywhere
    )
    client.execute(cwd=str(ROOT / "notebooks"))
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text(cell: Any) -> str:
    return "".join(output_text(output) for output in cell.outputs)


def notebook_of(sources: Sequence[str]) -> Any:
    """Return a notebook of code cells."""
    v4 = nbformat.v4
    cells = [v4.new_code_cell(source) for source in sources]  # type: ignore[no-untyped-call]
    return v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
