"""Files of each format there was are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from swnb.events import ConsoleWritten
from swnb.recording import Command, header, migrate, read
from swnb.recording.lines import line_of

from .samples import COMMANDS, DATA, PICTURE, SCRIPT

FILES = sorted(DATA.glob("format-*.jsonl"))


def test_there_is_a_file_for_each_format() -> None:
    assert [path.name for path in FILES] == [f"format-{number + 1}.swnb.jsonl" for number in range(header.FORMAT)]
    assert sorted(migrate.MIGRATIONS) == list(range(1, header.FORMAT))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_read_whole(path: Path) -> None:
    found = read(path)
    assert found.missing == () and found.extra == {}
    assert found.commands == COMMANDS
    assert set(found.files.values()) == {SCRIPT, PICTURE}
    kinds = [json.loads(line)["event"]["kind"] for line in path.read_text().splitlines() if line.startswith('{"event"')]
    assert [event.kind for event in found.events] == kinds and len(kinds) > 40


def test_the_format_that_is_written_is_the_one_that_was_kept() -> None:
    """A change of what is written shows here: does an older reader still understand it?"""
    path = FILES[-1]
    found = read(path)
    raws = [raw for raw in path.read_bytes().splitlines(keepends=True) if raw.startswith(b'{"event"')]
    assert [line_of(event) for event in found.events] == raws


def test_an_older_format_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it will be: in formats 1 and 2 of this test a console's line had other names."""

    def second(line: dict[str, Any]) -> dict[str, Any]:
        if "said" in line:
            return {
                "event": {"kind": "console", "level": "log", "seq": line["said"]["n"], "words": line["said"]["text"]}
            }
        return line

    def third(line: dict[str, Any]) -> dict[str, Any]:
        event = line.get("event")
        return {"event": {**event, "text": event.pop("words")}} if event else line

    monkeypatch.setattr(header, "FORMAT", 3)
    monkeypatch.setattr(migrate, "MIGRATIONS", {1: second, 2: third})
    path = tmp_path / "run"
    written = [
        {"header": {"format": 1}},
        {"said": {"n": 0, "text": "hello"}},
        {"command": {"name": "x"}},
        {"end": {"seq": 1}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in written))
    found = read(path)
    assert list(found.events) == [ConsoleWritten(seq=0, level="log", text="hello")] and found.complete
    assert found.commands == (Command(name="x"),)
