"""What there is to verify: recordings, and notebooks with the recordings of their labs beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from swnb.errors import SwnbError
from swnb.recording.filenames import SUFFIXES, numbered, stem_of, suffix_of

NOTEBOOK: Final = ".ipynb"

NUMBERED: Final = re.compile(r"(.+)-([2-9]|[1-9]\d+)", re.DOTALL)
"""The name of the recording of a notebook's second lab, or a later one."""

LEFT_OUT: Final = frozenset(("node_modules", "__pycache__"))
"""Folders in which nothing is looked for, beside the hidden ones."""


class VerifyError(SwnbError):
    """Something cannot be verified, or not be kept."""


@dataclass(frozen=True)
class Item:
    """One thing to verify.

    Attributes
    ----------
    path
        Of the notebook; of the recording, where that is replayed alone.
    recordings
        What it is compared with: the recording itself; of a notebook one for each of its labs, in the order of their starts, and
        none where there is none.
    trouble
        Why it cannot be said what it is compared with; ``""`` as a rule.
    """

    path: Path
    recordings: tuple[Path, ...]
    trouble: str = ""

    @property
    def is_notebook(self) -> bool:
        """Whether it is executed, and not replayed."""
        return self.path.suffix == NOTEBOOK


def following(first: Path) -> Iterator[Path]:
    """Yield the recordings of a notebook's labs that are there; one that is another notebook's own is none of them."""
    for number in count(1):
        path = numbered(first, number)
        if not path.is_file() or (number > 1 and path.with_name(stem_of(path) + NOTEBOOK).is_file()):
            return
        yield path


def of_notebook(path: Path) -> Item:
    """Return a notebook with the recordings beside it."""
    firsts = [first for suffix in SUFFIXES if (first := path.with_name(path.stem + suffix)).is_file()]
    if len(firsts) > 1:
        names = " and ".join(each.name for each in firsts)
        return Item(path, tuple(firsts), f"several recordings are beside it: {names}")
    return Item(path, tuple(following(firsts[0])) if firsts else ())


def owner(recording: Path) -> Path | None:
    """Return the notebook that a recording is kept beside; None for one that is alone."""
    stem = stem_of(recording)
    own = recording.with_name(stem + NOTEBOOK)
    if own.is_file():
        return own
    matched = NUMBERED.fullmatch(stem)
    notebook = None if matched is None else recording.with_name(matched[1] + NOTEBOOK)
    return (
        notebook
        if notebook is not None and notebook.is_file() and recording in of_notebook(notebook).recordings
        else None
    )


def item_of(path: Path) -> Item:
    """Return what a file is that somebody named: a notebook, or else a recording."""
    return of_notebook(path) if path.suffix == NOTEBOOK else Item(path, (path,))


def found(paths: Iterable[str | Path]) -> list[Item]:
    """Return what there is to verify.

    A file that is named is what it is, whatever is beside it. A folder has the recordings in it and below that are alone, and the
    notebooks that have a recording beside them.

    Raises
    ------
    VerifyError
        If a path is missing, or nothing is found in a folder.
    """
    items: dict[Path, Item] = {}
    for path in map(Path, paths):
        if path.is_dir():
            within = [item for file in _files(path) if (item := inside(file)) is not None]
            if not within:
                raise VerifyError(
                    f"there is nothing to verify in {path}",
                    "it has no recording (NAME.swnb.jsonl), and no notebook with one beside it; `swnb record NOTEBOOK` makes one",
                )
        elif path.is_file():
            within = [item_of(path)]
        elif path.exists() or path.is_symlink():
            raise VerifyError(f"{path} is no file that can be read", "name a recording, a notebook or a folder")
        else:
            raise VerifyError(f"{path} is not there", "name a recording, a notebook or a folder")
        for item in within:
            items.setdefault(item.path.absolute(), item)
    return list(items.values())


def inside(file: Path) -> Item | None:
    """Return what a file of a folder is; None for one that is no item of its own."""
    if file.suffix == NOTEBOOK:
        item = of_notebook(file)
        return item if item.recordings else None
    return Item(file, (file,)) if suffix_of(file) and owner(file) is None else None


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in LEFT_OUT)
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and path.is_file():
                yield path
