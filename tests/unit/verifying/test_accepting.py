from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from swnb.recording import read
from swnb.verifying.accepting import accept, accept_all
from swnb.verifying.items import VerifyError
from tests.unit.verifying.kept import recorded

NOBODY = 65534


@contextmanager
def as_somebody() -> Iterator[None]:
    """Root may write everywhere: for a moment it is somebody else."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_the_new_one_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old, new = recorded(tmp_path / "old.swnb.jsonl", "a"), recorded(tmp_path / "new.swnb.jsonl", "b")
    old.chmod(0o640)
    accept(new, old)
    assert old.read_bytes() == new.read_bytes()
    assert old.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.swnb.jsonl", "old.swnb.jsonl"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    old, new = recorded(tmp_path / "old.swnb.jsonl", "a"), recorded(tmp_path / "new.swnb.jsonl", "b")
    (tmp_path / "link.swnb.jsonl").symlink_to(old)
    accept(new, tmp_path / "link.swnb.jsonl")
    assert (tmp_path / "link.swnb.jsonl").is_symlink()
    assert old.read_bytes() == new.read_bytes()


def test_what_is_no_recording_is_left_as_it_is(tmp_path: Path) -> None:
    new = recorded(tmp_path / "new.swnb.jsonl", "b")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(VerifyError, match="is no recording, and is left as it is"):
        accept(new, tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="such folders are POSIX's")
def test_in_a_folder_that_is_read_only_the_old_one_stays(tmp_path: Path) -> None:
    folder = Path(mkdtemp(prefix="swnb-read-only-"))
    try:
        new, old = recorded(folder / "new.swnb.jsonl", "b"), recorded(folder / "old.swnb.jsonl", "a")
        folder.chmod(0o555)
        with as_somebody(), pytest.raises(VerifyError, match="cannot be written: Permission denied") as refused:
            accept(new, old)
        assert refused.value.todo == "what was there is there still; give a name where you may write"
        assert [event.text for event in read(old).events] == ["a"]  # type: ignore[attr-defined]
        assert len(list(folder.iterdir())) == 2
    finally:
        folder.chmod(0o755)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_a_disk_that_is_full_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = recorded(tmp_path / "old.swnb.jsonl", "a"), recorded(tmp_path / "new.swnb.jsonl", "b")
    before = old.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(VerifyError, match="No space left on device"):
        accept(new, old)
    assert old.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.swnb.jsonl", "old.swnb.jsonl"]


def test_all_labs_and_no_more(tmp_path: Path) -> None:
    new = [recorded(tmp_path / f"run{number}.swnb.jsonl", str(number)) for number in (1, 2)]
    first = tmp_path / "a.swnb.jsonl"
    for name in ("a.swnb.jsonl", "a-2.swnb.jsonl", "a-3.swnb.jsonl", "a-5.swnb.jsonl"):
        recorded(tmp_path / name, "old")
    assert accept_all(new, first) == [first, tmp_path / "a-2.swnb.jsonl"]
    assert first.read_bytes() == new[0].read_bytes()
    assert (tmp_path / "a-2.swnb.jsonl").read_bytes() == new[1].read_bytes()
    assert not (tmp_path / "a-3.swnb.jsonl").exists()
    assert (tmp_path / "a-5.swnb.jsonl").exists(), "it is of no lab: there is no fourth"


def test_another_notebooks_recording_is_not_taken(tmp_path: Path) -> None:
    new = [recorded(tmp_path / f"run{number}.swnb.jsonl", str(number)) for number in (1, 2)]
    (tmp_path / "a-2.ipynb").touch()
    with pytest.raises(VerifyError, match=r"a-2.swnb.jsonl would be the recording of a-2.ipynb"):
        accept_all(new, tmp_path / "a.swnb.jsonl")
    assert not (tmp_path / "a.swnb.jsonl").exists()
