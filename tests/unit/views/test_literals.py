"""Texts and values as cells have them: whatever they are, they come through IPython and the magics as they were."""

from __future__ import annotations

import datetime
import json
from base64 import b64decode
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("IPython")  # not among what unit tests need on each interpreter

from hypothesis import example, given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

import swnb
from swnb import values
from swnb.magics.arguments import Parsed, parse
from swnb.magics.on_clients import message_of
from swnb.magics.verbs import Form, find
from swnb.magics.words import split
from swnb.views import literals
from tests.unit.value_graphs import graphs, same, trees

HOSTILE = [
    "", " ", "-x", "--as", "--help", "it's", '"', "'\"", "a\nb", "a # b", "#", ";", "/a;", "{name}", "$name", "${x}", "?", "/x?",
    "/x??", "!ls", "%sw stop", "%%", "\\", "a\\", "a=%b", "a=!b", "(", "[", "`", "\u2028", "\x0c", "\r", "\u202e", "é", "🙂",
    "\ud800",
]  # fmt: skip

texts = st.sampled_from(HOSTILE) | st.text(max_size=12) | st.lists(st.sampled_from(HOSTILE), max_size=3).map("".join)


def typed(source: str) -> tuple[str, str | None]:
    """Return the line after ``%sw`` and what is below it, as IPython hands them to the magic."""
    calls: list[tuple[str, str | None]] = []
    shell = SimpleNamespace(
        run_line_magic=lambda name, line, **_: calls.append((line, None)),
        run_cell_magic=lambda name, line, body: calls.append((line, body)),
    )
    exec(TransformerManager().transform_cell(source), {"get_ipython": lambda: shell})  # type: ignore[no-untyped-call]
    assert len(calls) == 1
    return calls[0]


def arguments(source: str) -> tuple[str, Parsed, str | None]:
    """Return the verb, its arguments and what is below the line, by the parser that the magics use."""
    line, body = typed(source)
    found = split(line)
    assert not found.silent
    verb = find(found.words[0].text, Form.LINE if body is None else Form.CELL)
    return verb.name, parse(found, found.words[1:], verb.everything, verb.name), body


@given(texts, texts)
@example("/a;", "home")
def test_a_word_is_one_argument(url: str, name: str) -> None:
    line = literals.joined("%sw open ", literals.word(url), literals.option("--as", name))
    if line is not None:
        verb, found, _ = arguments(line)
        assert verb == "open"
        assert found.values == {"url": url, "as": name}


@pytest.mark.parametrize("text", ["/", "/sw.js", "http://a.localhost/?q=1", "it's", "a b", "#1", "data.n > 3", "/x?"])
def test_usual_words_are_words(text: str) -> None:
    assert literals.word(text) is not None


@given(texts)
def test_a_condition_is_taken_as_it_was_typed(condition: str) -> None:
    line = literals.joined("%sw wait ", literals.plain(condition), literals.option("--timeout", 2.5))
    if line is not None:
        assert arguments(line)[1].values == {"condition": condition, "timeout": 2.5}
    assert literals.plain("message home *") == "message home *"


@given(trees | texts | st.dictionaries(texts, texts))
def test_a_message_is_taken_as_it_was_typed(message: Any) -> None:
    text = literals.json_text(message)
    if text is not None:
        found = arguments(f"%sw post home {text}")[1]
        assert values.encode(message_of(found.need("message"), {})) == values.encode(message)
    assert literals.json_text({"say": ["hello", 1, None]}) == '{"say": ["hello", 1, null]}'


bodies = st.lists(
    texts
    | st.sampled_from([">>> 1", "... 2", "  >>> 3", "In [1]: x", "...: y", "%%sw worker", "  indented", "\t\ttabs"]),
    max_size=5,
).map("\n".join)


@given(bodies)
@example("\n\n")
@example("%%sw file /x\n")
@example("\n>>> not a prompt\n")
def test_what_is_below_a_line_is_kept_exactly(body: str) -> None:
    cell = literals.cell("%%sw file /x", body)
    if cell is not None:
        stored = json.loads(json.dumps(cell))
        assert typed(stored) == ("file /x", body)
    assert literals.cell("%%sw file /x", "a\n\n") == "%%sw file /x\na\n\n"
    assert literals.cell("%%sw file /x", "a\n") == "%%sw file /x\na"


@given(bodies | texts | st.text())
def test_a_string_is_kept_exactly(text: str) -> None:
    source = f"found = {literals.string(text)}"
    names: dict[str, object] = {}
    exec(TransformerManager().transform_cell(source), names)  # type: ignore[no-untyped-call]
    assert names["found"] == text
    assert source.isprintable() or set(source) - {"\n", "\t"} == {c for c in source if c.isprintable()}


@given(st.binary(max_size=100))
def test_bytes(data: bytes) -> None:
    import base64

    assert eval(literals.content(data), {"base64": base64}) == data


@given(trees | graphs())
def test_a_value_comes_back_with_its_identities(value: Any) -> None:
    import base64

    wire = json.loads(json.dumps(values.encode(value)))
    found = eval(literals.python(wire), {"swnb": swnb, "base64": base64, "datetime": datetime})
    assert values.encode(found) == wire
    assert same(value, values.decode(values.encode(found)))


def test_values_are_written_as_people_write_them() -> None:
    told = {
        "n": swnb.BigInt(2),
        "at": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        "bytes": b"\x00\xff",
        "set": swnb.JSSet([1]),
        "map": swnb.JSMap([({}, swnb.undefined)]),
        "regexp": swnb.RegExp("a+", "g"),
        "nan": float("nan"),
    }
    assert literals.python(values.encode(told)) == (
        "{'n': swnb.BigInt(2), 'at': datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc), 'bytes': b'\\x00\\xff', "
        "'set': swnb.JSSet([1]), 'map': swnb.JSMap([({}, swnb.values.undefined)]), 'regexp': swnb.RegExp('a+', 'g'), "
        "'nan': float('nan')}"
    )
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    assert literals.python(values.encode(deep)).startswith("swnb.values.decode(")
    assert b64decode(literals.content(bytes(100))[len("base64.b64decode('") : -2]) == bytes(100)


@given(st.text() | st.sampled_from(["`", "``x`", "~~~~", "<b>", "\n# head", "[a](javascript:x)"]))
def test_markdown_is_text(text: str) -> None:
    span, block = literals.inline(text), literals.fenced(text)
    assert "\n" not in span
    ticks = len(span) - len(span.lstrip("`"))
    assert "`" * ticks not in span[ticks:-ticks] and span.endswith("`" * ticks)
    fence = block.partition("text\n")[0]
    assert block.endswith(f"\n{fence}") and fence not in block[len(fence) : -len(fence)]
