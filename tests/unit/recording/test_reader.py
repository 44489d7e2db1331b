"""Reading a recording, whatever became of its file."""

from __future__ import annotations

import gzip
import json
import os
import random
import tracemalloc
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import pytest
import zstandard

from swnb.events import ConsoleWritten, Event, WorkerStateChanged
from swnb.recording import (
    FORMAT,
    Before,
    Body,
    Failure,
    Header,
    Line,
    NotARecording,
    RecordingDamaged,
    RecordingTooNew,
    UnknownEvent,
    read,
)
from swnb.recording.collected import MOST_UNKNOWN
from swnb.recording.lines import line_of

from .samples import COMMANDS, PICTURE, SCRIPT, events, lines, one_of_each, recording, write


def raw(*more: Any, header: dict[str, Any] | None = None) -> bytes:
    """A recording's bytes: a header, and lines as plain JSON."""
    first = {"header": {"format": FORMAT, "swnb": "0.1.0"} if header is None else header}
    return b"".join(msgspec.json.encode(line) + b"\n" for line in (first, *more))


def event(seq: int, **fields: Any) -> dict[str, Any]:
    return {"event": {"kind": "console", "seq": seq, "level": "log", "text": f"{seq}", **fields}}


def made(folder: Path, content: bytes) -> Path:
    path = folder / "run.swnb.jsonl"
    path.write_bytes(content)
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    found = recording(tmp_path / "run.swnb.jsonl")
    assert found.missing == () and found.complete and found.extra == {} and found.redacted == 0
    assert list(found.events) == events(9)
    assert found.commands == COMMANDS
    assert found.late == {4: (3, 0)}
    assert found.header.chromium == "Chrome/156.0" and found.header.format == FORMAT
    assert [(file.path, found.body(file)) for file in found.site] == [("/sw.js", SCRIPT), ("/picture", PICTURE)]
    assert found.end is not None and found.end.seq == 9
    assert "9 events, 3 commands (Chrome/156.0, swnb 0.1.0)" in repr(found)


def test_every_kind_of_event_comes_back_with_its_type(tmp_path: Path) -> None:
    kept = one_of_each()
    found = read(write(tmp_path / "run", lines(kept)))
    assert list(found.events) == kept
    assert list(map(type, found.events)) == list(map(type, kept))


def test_a_command_as_values() -> None:
    opened, failed, waited = COMMANDS
    assert opened.arguments == {"url": "/", "name": "home"} and opened.outcome == "home" and opened.replayable
    assert failed.arguments == {"of": "w1", "source": "nope"} and failed.of == "w1"
    assert isinstance(failed.outcome, Failure) and str(failed.outcome) == "JavaScriptError: ReferenceError: nope"
    assert not waited.replayable and waited.arguments["mark"] == {"after": 1}
    assert str(failed) == "w1: worker.evaluate(source='nope')"


def test_names_of_who_took_part(tmp_path: Path) -> None:
    found = read(write(tmp_path / "run", lines(one_of_each())))
    label = next(one.actor for one in found.events if isinstance(one, WorkerStateChanged))
    assert label in found.names.known()


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_packed_files_are_known_by_what_is_in_them(tmp_path: Path, packed: str) -> None:
    path = write(tmp_path / f"run.swnb.jsonl{packed}", lines(events(50)))
    moved = path.rename(tmp_path / "another name")
    assert list(read(moved).events) == events(50) and read(moved).complete


def test_files_packed_by_other_programs(tmp_path: Path) -> None:
    content = write(tmp_path / "plain", lines(events(50))).read_bytes()
    half = content.index(b"\n", len(content) // 2) + 1
    path = made(tmp_path, gzip.compress(content[:half]) + gzip.compress(content[half:]))
    assert list(read(path).events) == events(50)
    path = made(tmp_path, zstandard.compress(content[:half]) + zstandard.compress(content[half:]))
    assert list(read(path).events) == events(50)


def test_it_is_read_while_it_is_written_and_again(tmp_path: Path) -> None:
    whole = lines(events(9))
    path = write(tmp_path / "run", whole[:-1])
    found = read(path)
    assert list(found.events) == events(9)
    assert found.missing == ("its end: it is still being written, or whoever wrote it was killed",)


# ---- cut, swapped, changed ----------------------------------------------------------------------------------------


def test_a_file_cut_at_every_byte_opens_and_says_what_is_missing(tmp_path: Path) -> None:
    content = write(tmp_path / "whole", lines(events(6))).read_bytes()
    path = tmp_path / "cut"
    ends = [at + 1 for at, byte in enumerate(content) if byte == 10]
    events_by_end = {end: content[:end].count(b'{"event":') for end in ends}
    for size in range(len(content)):
        path.write_bytes(content[:size])
        found = read(path)
        whole = max((end for end in ends if end <= size + 1), default=0)  # a last line may lack nothing but its end
        assert len(found.events) == events_by_end.get(whole, 0)
        assert found.complete == (size == len(content) - 1)
        if size < ends[0] - 1:
            assert found.missing[0] == "its header, and all that follows" and found.header == Header()


@pytest.mark.parametrize("packed", [".gz", ".zst"])
def test_a_packed_file_cut_anywhere_holds_what_was_flushed_before(tmp_path: Path, packed: str) -> None:
    path = write(tmp_path / f"whole{packed}", lines(events(30)))
    content, cut, most = path.read_bytes(), tmp_path / "cut", 0
    for size in range(0, len(content), 7):
        cut.write_bytes(content[:size])
        try:
            found = read(cut)
        except NotARecording:
            assert size < 8  # not even the sign of packing is whole
            continue
        assert list(found.events) == events(30)[: len(found.events)]
        assert len(found.events) >= most and not found.complete
        most = len(found.events)
    assert most == 30


def test_swapped_lines(tmp_path: Path) -> None:
    first, *others = write(tmp_path / "whole", lines(events(30))).read_bytes().splitlines(keepends=True)
    for seed in range(20):
        shuffled = random.Random(seed).sample(others, len(others))
        found = read(made(tmp_path, first + b"".join(shuffled)))
        assert list(found.events) == events(30) and found.commands == COMMANDS
        assert found.missing == ("the order of its events: they are sorted by their numbers here",)
    with pytest.raises(NotARecording, match="its first line is no header"):
        read(made(tmp_path, others[0] + first + b"".join(others[1:])))


def test_lines_that_are_gone(tmp_path: Path) -> None:
    gone = {1, 2, 4, 7, 8}
    kept = [
        line
        for line in lines(events(9))
        if not (isinstance(line, Event) and line.seq in gone)
        and not (isinstance(line, Line) and isinstance(line.body, Body) and line.body.content == PICTURE)
    ]
    found = read(write(tmp_path / "run", kept))
    assert found.missing == ("events 1 to 2", "event 4", "the last events 7 to 8", "the body of /picture")


def test_a_body_that_is_another_one(tmp_path: Path) -> None:
    content = write(tmp_path / "run", lines(events(3))).read_bytes().replace(b"skipWaiting", b"skipNothing")
    assert any("other bytes stand there" in what for what in read(made(tmp_path, content)).missing)


def test_an_event_twice(tmp_path: Path) -> None:
    found = read(made(tmp_path, raw(event(0), event(1), event(1), {"end": {"seq": 2}})))
    assert len(found.events) == 3
    assert "certainty: 1 events have the number of another one" in found.missing


def test_what_was_there_before(tmp_path: Path) -> None:
    before = Before(windows={"home": "http://lab.localhost/"}, registrations={"http://lab.localhost/": "/sw.js"})
    (first, *others) = lines([])
    assert isinstance(first, Line) and isinstance(first.header, Header)
    header = msgspec.structs.replace(first.header, before=before, seq=5)
    found = read(write(tmp_path / "run", [Line(header=header), *others]))
    assert found.missing[0] == (
        "what led to its beginning: the lab had run before, and there was home, http://lab.localhost/"
    )


# ---- what is not known, and what is wrong -------------------------------------------------------------------------


def test_unknown_fields_are_kept(tmp_path: Path) -> None:
    content = raw(
        event(0), event(1, colour="red"), {"command": {"name": "x", "mood": [1]}, "more": 3}, {"end": {"seq": 2}}
    )
    found = read(made(tmp_path, content))
    assert found.extra == {3: {"event.colour": "red"}, 4: {"command.mood": [1], "more": 3}}
    assert [type(one) for one in found.events] == [ConsoleWritten, ConsoleWritten] and found.complete


def test_unknown_events_are_kept_in_their_places(tmp_path: Path) -> None:
    told = {"kind": "worker.dreamt", "seq": 1, "actor": "w1", "of": ["sheep"]}
    found = read(made(tmp_path, raw(event(0), {"event": told}, event(2), {"end": {"seq": 3}})))
    dreamt = found.events[1]
    assert isinstance(dreamt, UnknownEvent) and found.complete
    assert (dreamt.kind, dreamt.seq, dreamt.actor, dreamt.raw) == ("worker.dreamt", 1, "w1", told)
    assert "worker.dreamt" in repr(found.events)


def test_unknown_lines_are_kept_up_to_a_number(tmp_path: Path) -> None:
    found = read(made(tmp_path, raw(*({"note": n} for n in range(MOST_UNKNOWN + 5)), {"end": {}})))
    assert len(found.extra) == MOST_UNKNOWN and found.extra[2] == {"note": 0}
    assert found.missing == ("5 lines of a sort that this swnb does not know",)


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (event("1"), "event.seq", "expected int, got str"),  # type: ignore[arg-type]
        (event(-1), "event.seq", "the event has no place in the log"),
        ({"event": {"kind": "console", "seq": 1, "level": "log"}}, "event", "object missing required field text"),
        ({"event": {"kind": "console", "seq": 1, "level": 3, "text": ""}}, "event.level", "expected str, got int"),
        ({"event": {"seq": 1}}, "event", "object missing required field kind"),
        (
            {"event": {"kind": "message.sent", "seq": 1, "via": "x", "channel": ""}},
            "event.via",
            "invalid enum value 'x'",
        ),
        ({"event": {"kind": "who.knows", "seq": "1"}}, "event.seq", "expected int, got str"),
        ({"event": {"kind": "who.knows"}}, "event.seq", "the event has no place in the log"),
        ({"event": []}, "event", "expected object, got array"),
        ({"command": {"name": "x", "arguments": {"a": 1}}}, "command.arguments[...]", "expected array, got int"),
        ({"command": {}}, "command", "object missing required field name"),
        ({"site": {"origin": "lab", "path": 1}}, "site.path", "expected str, got int"),
        ({"body": {"sha256": "a", "base64": "?"}}, "body.base64", "invalid base64 encoded string"),
        ({"end": 3}, "end", "expected object, got int"),
        ({"late": {"seq": 1, "before": "0", "turn": 0}}, "late.before", "expected int, got str"),
        ({"late": {"seq": 1}}, "late", "object missing required field before"),
        ({"header": {"format": 1}}, "header", "a second header; recordings cannot be joined"),
        ({"event": {}, "end": {}}, "", "it is several things at once: end, event"),
        ([1], "", "it is no object"),
        ("text", "", "it is no object"),
    ],
)
def test_wrong_types_name_line_and_field(tmp_path: Path, line: Any, field: str, reason: str) -> None:
    path = made(tmp_path, raw(event(0), line, event(2)))
    with pytest.raises(RecordingDamaged) as caught:
        read(path)
    assert (caught.value.line, caught.value.field) == (3, field)
    assert caught.value.reason.startswith(reason)
    what, todo = str(caught.value).split("\n")
    assert f"line 3{', ' if field else ''}{field}" in what and todo


@pytest.mark.parametrize("junk", [b"", b"{", b"\x00\xff", b'{"event":nul}', b"[" * 100_000, b'"' + b"\xff" * 9 + b'"'])
def test_junk_between_lines(tmp_path: Path, junk: bytes) -> None:
    path = made(tmp_path, raw(event(0)) + junk + b"\n" + raw(event(1))[-40:])
    with pytest.raises(RecordingDamaged, match=r"is damaged in line 3: it is no JSON"):
        read(path)


@pytest.mark.parametrize(
    "content",
    [
        b"\n",
        b"hello",
        b"[1,2]\n",
        b"{}\n",
        b'{"header":3}\n',
        b'{"header"\n',
        b'{"cells": [], "nbformat": 4}\n',
        b"\x7fELF\x00\n",
        b"\x1f\x8bno gzip at all",
        b"\x28\xb5\x2f\xfdno zstd at all",
    ],
)
def test_what_is_no_recording(tmp_path: Path, content: bytes) -> None:
    path = made(tmp_path, content)
    if content[:2] == b"\x1f\x8b" or content[:4] == b"\x28\xb5\x2f\xfd":
        found = read(path)  # one of which nothing is left but the sign of its packing
        assert not found.events and not found.complete
    else:
        with pytest.raises(NotARecording, match=r"run\.swnb\.jsonl is no recording: its first line is no"):
            read(path)


@pytest.mark.parametrize("number", [0, -1, "1", None, True, 1.5])
def test_a_format_that_is_none(tmp_path: Path, number: Any) -> None:
    with pytest.raises(RecordingDamaged, match=r"line 1, header\.format"):
        read(made(tmp_path, raw(header={"format": number})))


def test_a_format_of_the_future(tmp_path: Path) -> None:
    header = {"format": FORMAT + 1, "swnb": "9.0", "chromium": ["not", "a", "text"]}
    with pytest.raises(RecordingTooNew) as caught:
        read(made(tmp_path, raw({"who": "knows"}, header=header)))
    assert str(caught.value).endswith(
        f"has format {FORMAT + 1} (swnb 9.0 wrote it), and this swnb reads formats up to {FORMAT}\n"
        "update swnb: `pip install --upgrade swnb`"
    )


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(recording(tmp_path / "run").path)
    assert read(tmp_path / "link").complete  # reading follows a link
    for path, reason in (
        (tmp_path / "nothing", "No such file"),
        (tmp_path, "it is no regular file"),
        (tmp_path / "pipe", "it is no regular file"),
        (Path("/dev/zero"), "it is no regular file"),
        ("a\0b", "null"),
    ):
        with pytest.raises(NotARecording, match=reason):
            read(path)


def test_halves_of_surrogate_pairs_come_back(tmp_path: Path) -> None:
    said = ConsoleWritten(seq=0, level="log", text="half \ud83d and “whole” \U0001f600")
    content = raw() + line_of(said) + line_of(ConsoleWritten(seq=1, level="log", text="next"))
    found = read(made(tmp_path, content))
    assert found.events[0] == said and len(found.events) == 2


# ---- rubbish, size and speed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", [b"", raw(), raw(event(0))], ids=["nothing", "header", "event"])
def test_a_gigabyte_of_rubbish(tmp_path: Path, begin: bytes) -> None:
    """Zeros, of which the disk need hold none: refused at once, with a bounded part of it in memory."""
    path = made(tmp_path, begin)
    os.truncate(path, 1 << 30)
    tracemalloc.start()
    started = perf_counter()
    try:
        with pytest.raises((NotARecording, RecordingDamaged)):
            read(path)
        took, (_, most) = perf_counter() - started, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 200 << 20 and took < 5


def test_what_unpacks_to_a_gigabyte(tmp_path: Path) -> None:
    packer = zstandard.ZstdCompressor().compressobj()
    content = packer.compress(raw()) + b"".join(packer.compress(bytes(1 << 24)) for _ in range(64)) + packer.flush()
    assert len(content) < 200_000
    with pytest.raises(RecordingDamaged, match="line 2: it is longer than"):
        read(made(tmp_path, content))


@pytest.mark.slow
def test_opening_costs_less_than_thrice_the_decoding_of_its_lines(tmp_path: Path) -> None:
    count = 60_000
    path = write(tmp_path / "run", lines(events(count)))
    raws = path.read_bytes().splitlines()
    ratios = []
    for _ in range(3):
        started = perf_counter()
        for line in raws:
            msgspec.json.decode(line)
        middle = perf_counter()
        assert len(read(path).events) == count
        ratios.append((perf_counter() - middle) / (middle - started))
    assert min(ratios) < 3


@pytest.mark.slow
def test_an_event_takes_less_than_a_kilobyte(tmp_path: Path) -> None:
    count = 30_000
    path = write(tmp_path / "run", lines(events(count)))
    tracemalloc.start()
    try:
        found = read(path)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.events) == count and kept / count < 1024


def test_lines_written_otherwise_are_read_too(tmp_path: Path) -> None:
    """As by another program, with spaces, and in another order of keys."""
    content = write(tmp_path / "whole", lines(one_of_each())).read_bytes()
    respaced = b"".join(json.dumps(json.loads(line), sort_keys=True).encode() + b"\n" for line in content.splitlines())
    found, whole = read(made(tmp_path, respaced)), read(tmp_path / "whole")
    assert list(found.events) == list(whole.events) and found.commands == whole.commands and found.complete
    assert found.files == whole.files and found.extra == {}
