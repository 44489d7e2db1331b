from __future__ import annotations

import os
from pathlib import Path

import pytest

from swnb.verifying.items import Item, VerifyError, found, inside, item_of, owner


def touched(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def test_a_folder_has_recordings_that_are_alone_and_notebooks_with_one_beside_them(tmp_path: Path) -> None:
    touched(tmp_path, "a.ipynb", "a.swnb.jsonl", "a-2.swnb.jsonl", "a-4.swnb.jsonl", "b.ipynb", "deep/c.swnb.jsonl.gz")
    touched(tmp_path, ".hidden/d.swnb.jsonl", ".e.swnb.jsonl", "node_modules/f.swnb.jsonl", "g.jsonl", "notes.txt")
    (tmp_path / "h.swnb.jsonl").mkdir()
    assert found([tmp_path]) == [
        Item(tmp_path / "a-4.swnb.jsonl", (tmp_path / "a-4.swnb.jsonl",)),
        Item(tmp_path / "a.ipynb", (tmp_path / "a.swnb.jsonl", tmp_path / "a-2.swnb.jsonl")),
        Item(tmp_path / "deep/c.swnb.jsonl.gz", (tmp_path / "deep/c.swnb.jsonl.gz",)),
    ]


def test_a_recording_of_another_notebook_is_none_of_the_second_lab(tmp_path: Path) -> None:
    one, two, kept, other = touched(tmp_path, "a.ipynb", "a-2.ipynb", "a.swnb.jsonl", "a-2.swnb.jsonl")
    assert item_of(one).recordings == (kept,)
    assert item_of(two).recordings == (other,)
    assert (owner(kept), owner(other)) == (one, two)


def test_a_file_that_is_named_is_what_it_is(tmp_path: Path) -> None:
    notebook, recording, bare = touched(tmp_path, "a.ipynb", "a.swnb.jsonl", "b.ipynb")
    assert found([recording, notebook, bare, str(recording)]) == [
        Item(recording, (recording,)),
        Item(notebook, (recording,)),
        Item(bare, ()),
    ]
    assert inside(recording) is None
    assert inside(bare) is None


def test_two_recordings_of_one_lab_are_told(tmp_path: Path) -> None:
    notebook, *_ = touched(tmp_path, "a.ipynb", "a.swnb.jsonl", "a.swnb.jsonl.zst")
    assert item_of(notebook).trouble == "several recordings are beside it: a.swnb.jsonl and a.swnb.jsonl.zst"


def test_a_path_that_is_missing_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="nowhere is not there"):
        found([tmp_path / "nowhere"])
    touched(tmp_path, "b.ipynb")
    with pytest.raises(VerifyError, match="there is nothing to verify in ") as refused:
        found([tmp_path])
    assert "swnb record NOTEBOOK" in refused.value.todo


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.swnb.jsonl")
    with pytest.raises(VerifyError, match="is no file that can be read"):
        found([tmp_path / "a.swnb.jsonl"])
    with pytest.raises(VerifyError, match="nothing to verify"):
        found([tmp_path])
