"""Small recordings and notebooks, made without a browser and without a kernel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from swnb.events import ConsoleWritten
from swnb.recording import Command, End, Header, Line, Writer


def recorded(path: Path, *texts: str, redacted: int = 0, end: bool = True, overwrite: bool = False) -> Path:
    """Write the recording of a run in which a window wrote these texts to its console."""
    writer = Writer(path, overwrite=overwrite)
    writer.line(Line(header=Header(format=1, swnb="0.1.0", chromium="Chrome/156", lab="lab")))
    writer.line(Line(command=Command(name="open", given={"url": ["/"], "name": ["home"]}, answer=["home"])))
    writer.events(
        ConsoleWritten(seq=seq, t_mono_ns=seq, actor="home", level="log", text=text) for seq, text in enumerate(texts)
    )
    writer.close(Line(end=End(seq=len(texts), redacted=redacted)) if end else None)
    return path


def notebook(path: Path, *sources: str, tags: Sequence[str] = (), **declared: Any) -> Path:
    """Write a notebook; what is `declared` goes to its metadata."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "metadata": {"tags": list(tags)},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for source in sources
    ]
    metadata = {"swnb": declared} if declared else {}
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    return path
