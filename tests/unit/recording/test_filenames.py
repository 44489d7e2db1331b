"""How recordings are called, those of a second lab, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from swnb.recording.filenames import numbered, stem_of, suffix_of


@pytest.mark.parametrize(
    ("name", "suffix", "stem"),
    [
        ("a.swnb.jsonl", ".swnb.jsonl", "a"),
        ("1.5 a.swnb.jsonl.gz", ".swnb.jsonl.gz", "1.5 a"),
        ("a.swnb.jsonl.zst", ".swnb.jsonl.zst", "a"),
        ("a.jsonl", "", "a"),
        (".swnb.jsonl", "", ".swnb"),
    ],
)
def test_how_recordings_are_called(name: str, suffix: str, stem: str) -> None:
    assert (suffix_of(Path(name)), stem_of(Path(name))) == (suffix, stem)


def test_where_the_recordings_of_further_labs_are() -> None:
    assert numbered(Path("x/a.swnb.jsonl.gz"), 1) == Path("x/a.swnb.jsonl.gz")
    assert numbered(Path("x/1.5.swnb.jsonl.gz"), 3) == Path("x/1.5-3.swnb.jsonl.gz")
    assert numbered(Path("x/1.5-a.swnb.jsonl"), 2) == Path("x/1.5-a-2.swnb.jsonl")
    assert numbered(Path("x/run.jsonl"), 2) == Path("x/run-2.jsonl")
    assert numbered(Path("x/1.5-a.jsonl.gz"), 2) == Path("x/1.5-a-2.jsonl.gz")
    assert numbered(Path("x/1.5.zst"), 2) == Path("x/1.5-2.zst")
    assert numbered(Path("run"), 2) == Path("run-2")
