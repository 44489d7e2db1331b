"""Keeping what came now in the place of what was kept before: all at once, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from swnb.recording.filenames import numbered, stem_of
from swnb.recording.writer import STARTS
from swnb.verifying.items import NOTEBOOK, VerifyError, following


def accept(new: Path, path: Path) -> None:
    """Let a recording stand in the place of another one, or where there is none yet.

    It is written beside it first, and then takes its name: whatever happens, one of the two is there, and whole. A symbolic link
    stays one; it is what it leads to that is replaced.

    Raises
    ------
    VerifyError
        If it cannot be written there, or what is there is no recording.
    """
    place = path.resolve()
    try:
        if place.exists() and not is_recording(place):
            raise VerifyError(f"{path} is no recording, and is left as it is", "give another name")
        beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        try:
            with beside.open("xb") as file, new.open("rb") as source:
                shutil.copyfileobj(source, file)
                file.flush()
                os.fsync(file.fileno())
            if place.exists():
                beside.chmod(place.stat().st_mode & 0o777)
            beside.replace(place)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise VerifyError(
            f"{path} cannot be written: {error.strerror or error}",
            "what was there is there still; give a name where you may write",
        ) from None


def accept_all(new: Sequence[Path], first: Path) -> list[Path]:
    """Keep the recordings of a notebook's labs, where that of the first one belongs in `first`; take those away that are too many.

    Returns
    -------
    list of Path
        Where they are now.

    Raises
    ------
    VerifyError
        If one of them cannot be written, or its name is that of another notebook's recording.
    """
    former = list(following(first))
    places = [numbered(first, number) for number in range(1, len(new) + 1)]
    for place in places[1:]:
        other = place.with_name(stem_of(place) + NOTEBOOK)
        if other.is_file():
            raise VerifyError(
                f"{place} would be the recording of {other.name}", "give one of the two notebooks another name"
            )
    for source, place in zip(new, places, strict=True):
        accept(source, place)
    for path in former[len(new) :]:
        try:
            path.unlink()
        except OSError as error:
            raise VerifyError(
                f"{path} is of a lab that is not started any more, and cannot be taken away: {error.strerror}",
                "remove it",
            ) from None
    return places


def is_recording(path: Path) -> bool:
    """Whether a file begins as recordings do; an empty one counts as one.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        begin = file.read(16)
    return not begin or begin.startswith(STARTS)
