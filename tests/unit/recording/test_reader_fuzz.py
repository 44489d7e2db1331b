"""The reader takes any bytes: it reads them, or says what is wrong; it never fails otherwise."""

from __future__ import annotations

import gzip
import string
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swnb.events import KINDS, ConsoleWritten, Event
from swnb.recording import FORMAT, Command, Header, Line, Recording, RecordingError, read
from swnb.recording.lines import line_of

from .samples import events, lines, one_of_each, write

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(string.printable + "é\u2028", max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(string.ascii_letters, max_size=6), inner, max_size=4)
    ),
    max_leaves=9,
)
"""Any JSON."""

NAMES = st.sampled_from(
    ["seq", "kind", "name", "level", "text", "cause", "format", "arguments", "sha256", "path", "actor"]
)

SORTS = st.sampled_from([*Line.__struct_fields__, "other"])

LINES = st.dictionaries(
    SORTS, PLAIN | st.dictionaries(NAMES, PLAIN | st.sampled_from([*KINDS]), max_size=5), max_size=2
)
"""Lines that nearly are some."""


def tried(path: Path, content: bytes) -> Recording | RecordingError:
    path.write_bytes(content)
    try:
        found = read(path)
    except RecordingError as error:
        assert error.what and error.todo
        return error
    assert repr(found) and found.names.known() is not None
    assert [event.seq for event in found.events] == sorted(event.seq for event in found.events)
    return found


@SETTINGS
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    tried(tmp_path / "run", content)
    tried(tmp_path / "run", gzip.compress(content)[: len(content) + 5])


@SETTINGS
@given(st.lists(LINES, max_size=6), PLAIN | st.just(FORMAT))
def test_any_lines(tmp_path: Path, drawn: list[dict[str, Any]], number: Any) -> None:
    whole = [{"header": {"format": number}}, *drawn]
    tried(tmp_path / "run", b"".join(msgspec.json.encode(line) + b"\n" for line in whole))


WHOLE = [line_of(line) for line in lines(one_of_each())]


@SETTINGS
@given(st.data())
def test_any_damage(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes of a recording changed, taken out and put in, lines dropped and doubled."""
    chosen = data.draw(st.lists(st.sampled_from(range(len(WHOLE))), min_size=1, max_size=8))
    content = bytearray(WHOLE[0] + b"".join(WHOLE[at] for at in chosen))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    tried(tmp_path / "run", bytes(content))


@SETTINGS
@given(st.lists(st.text(max_size=40), max_size=30), st.sampled_from(["", ".gz", ".zst"]))
def test_any_text_comes_back(tmp_path: Path, texts: list[str], packed: str) -> None:
    heard: list[Event] = [ConsoleWritten(seq=seq, level="log", text=text) for seq, text in enumerate(texts)]
    found = read(write(tmp_path / f"run{packed}", lines(heard)))
    assert list(found.events) == heard and found.complete


@SETTINGS
@given(st.integers(0, 2_000), st.sampled_from([".gz", ".zst"]))
def test_any_cut_of_a_packed_file(tmp_path: Path, size: int, packed: str) -> None:
    content = write(tmp_path / f"whole{packed}", lines(events(60))).read_bytes()
    found = tried(tmp_path / "cut", content[:size])
    if isinstance(found, Recording):
        assert list(found.events) == events(60)[: len(found.events)]


@given(PLAIN)
def test_commands_hold_any_value(value: Any) -> None:
    command = Command(name="x", given={"value": [value]} if not isinstance(value, list | dict | int | float) else {})
    decoded = msgspec.json.decode(line_of(Line(command=command)), type=Line)
    assert decoded.command == command


def test_the_header_is_drawn_as_it_is_written() -> None:
    assert line_of(Line(header=Header(format=FORMAT))).startswith(b'{"header":{"format":1')
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"header":3}', type=Line)
