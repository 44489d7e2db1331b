"""How the files of recordings are called."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SUFFIXES: Final = (".swnb.jsonl", ".swnb.jsonl.gz", ".swnb.jsonl.zst")
"""How recordings are called, the plain ones first."""

PACKED: Final = frozenset((".gz", ".zst"))


def suffix_of(path: Path) -> str:
    """Return the suffix by which a file is a recording; ``""`` for any other one."""
    return next((suffix for suffix in SUFFIXES if path.name.endswith(suffix) and path.name != suffix), "")


def stem_of(path: Path) -> str:
    """Return a file's name without the suffix of recordings, or else without the last one it has."""
    suffix = suffix_of(path)
    return path.name.removesuffix(suffix) if suffix else path.stem


def numbered(first: Path, number: int) -> Path:
    """Return where the recording of a later lab belongs, by its number from 1, where that of the first one does in `first`."""
    if number == 1:
        return first
    suffix = suffix_of(first) or _suffix(first)
    return first.with_name(f"{first.name.removesuffix(suffix)}-{number}{suffix}")


def _suffix(path: Path) -> str:
    """Return the suffix of a file that is called otherwise: what it is packed with, and what is packed."""
    inner = Path(path.stem).suffix if path.suffix in PACKED else ""
    return f"{inner}{path.suffix}" if inner[1:].isalpha() else path.suffix
