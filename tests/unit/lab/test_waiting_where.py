"""The expression language of ``where``: what it says of messages, what it refuses, and that nothing gets out of it."""

from __future__ import annotations

import json

import pytest

from swnb import values
from swnb.errors import InvalidArgument
from swnb.events import MessageReceived, MessageSent
from swnb.lab.where import Where
from swnb.log import Log
from swnb.messages import Message
from swnb.values import BigInt, JSError, JSMap, JSSet, undefined
from swnb.vocab import MessageVia

USER = {"id": "7", "name": "Ann", "tags": ["a", "b"], "n": 5, "nested": {"deep": [{"x": 1}]}, "none": None, "yes": True}


def message(data: object) -> Message:
    content = json.dumps(values.encode(data)).encode()
    via = MessageVia.SERVICE_WORKER
    sent = MessageSent(actor="home", to="w1", via=via, channel="home→w1", content=content, size=len(content))
    received = MessageReceived(actor="w1", sender="home", via=via, channel="home→w1")
    log = Log()
    log.append(sent)
    return Message(log.names, sent, received, None)


@pytest.mark.parametrize(
    ("text", "data", "holds"),
    [
        ("data", "anything", True),
        ("data", "", False),
        ("data == 5", 5, True),
        ("data == 5", BigInt(5), True),
        ("data.n > 3", USER, True),
        ("data.n > 5", USER, False),
        ("2 < data.n < 6", USER, True),
        ("2 < data.n < 5", USER, False),
        ("data['name'] == 'Ann' and sender == \"home\"", USER, True),
        ("data.name.startswith('A') and data.name.endswith('nn')", USER, True),
        ("data.name.lower() == 'ann'", USER, True),
        ("data.tags[-1] == 'b'", USER, True),
        ("'a' in data.tags", USER, True),
        ("'z' not in data.tags", USER, True),
        ("len(data.tags) == 2 == data.tags.length", USER, True),
        ("data.nested.deep[0].x == 1", USER, True),
        ("data.nested == {'deep': [{'x': 1}]}", USER, True),
        ("data.none == null and data.yes == true", USER, True),
        ("data.none is None", USER, True),
        ("data.missing == 1", USER, False),
        ("not data.get('missing')", USER, True),
        ("data.missing or True", USER, False),
        ("data == undefined", undefined, True),
        ("data < 'a'", 5, False),
        ("data[99]", [1], False),
        ("data.n", 5, False),
        ("data.x", "text", False),
        ("data.message == 'no'", JSError("TypeError", "no"), True),
        ("data['k'] == 1", JSMap([("k", 1)]), True),
        ("1 in data", JSSet([1, 2]), True),
        ("data == -1", -1, True),
        ("data in [1, 2, 3]", 2, True),
        ("data in (1, 2)", 3, False),
        ("data in {1, 2}", 2, True),
        ("receiver == 'worker' or receiver == 'w1'", 0, True),
        ("channel == 'home→w1' and via == 'ServiceWorker.postMessage' and size > 0", 0, True),
        ("  data == 5  ", 5, True),
        ("data.size == 1", {"size": 1}, True),
        ("data.keys", {"a": 1}, False),
        ("'a' in data.keys()", {"a": 1}, True),
        ("data.__class__", "text", False),
        ("data.__class__ or ().__class__", {"__proto__": 1}, False),
        ("data.__class__ == 1", {"__class__": 1}, True),
    ],
)
def test_what_holds(text: str, data: object, holds: bool) -> None:
    assert Where(text)(message(data)) is holds


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "open('/etc/passwd')",
        "data.__class__.__mro__[1].__subclasses__()",
        "''.format(data)",
        "'{0.__class__}'.format(data)",
        "data.items()",
        "data.pop('a')",
        "data.update({})",
        "lambda: 1",
        "[x for x in data]",
        "{x: 1 for x in data}",
        "(x := 1)",
        "f'{data}'",
        "9 ** 9 ** 9",
        "'a' * 10 ** 9",
        "data + data",
        "data if data else data",
        "await data",
        "yield",
        "data[1:2]",
        "data[1, 2]",
        "...",
        "1j",
        "~data",
        "print(data)",
        "len(data, data)",
        "len(obj=data)",
        "{**data}",
        "[*data]",
        "data @ data",
        "not " * 500 + "data",
        "data" + "[0]" * 100,
        "date == 1",
        "home == sender",
    ],
)
def test_what_is_refused_before_any_message_comes(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Where(text)
    assert len(str(caught.value).split("\n")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "data ==",
        "data && 1",
        "data = 1",
        "import os",
        "a; b",
        "(" * 3000,
        "(" * 500,
        "\0",
        "\ud800 == 1",
        "x" * 5000,
        "1 +",
    ],
)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Where(text)
    assert len(str(caught.value).split("\n")) == 2


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("data.a && data.b", "it is Python: && is and"),
        ("data === 1", "=== is =="),
        ("dat == 1", "did you mean data"),
        ("sender == home", 'texts in quotes: "home"'),
    ],
)
def test_a_slip_is_told_what_was_meant(text: str, hint: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Where(text)
    assert hint in str(caught.value)


def test_a_method_is_called_on_texts_and_objects_only() -> None:
    where = Where("data.startswith('a')")
    assert not where(message(b"abc"))
    assert not where(message([1]))
    assert where(message("abc"))


def test_what_went_wrong_is_remembered_until_the_next() -> None:
    where = Where("data.n > 3")
    assert not where(message({"m": 1}))
    assert where.trouble == "there is no 'n'"
    assert not where(message({"n": "text"}))
    assert "not supported" in where.trouble
    assert where(message({"n": 4}))
    assert where.trouble == ""


def test_a_payload_that_is_too_deep_is_no_match() -> None:
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    cyclic: list[object] = []
    cyclic.append(cyclic)
    assert Where("data == data")(message(deep))
    assert not Where("data == [[[[[]]]]]")(message(cyclic))
    assert not Where("data == {'a': data}")(message(cyclic))


def test_a_payload_that_was_not_kept_is_null() -> None:
    sent = MessageSent(actor="home", to="w1", via=MessageVia.PORT, channel="port 1", size=10**9, digest="0")
    unkept = Message(Log().names, sent, None, None)
    assert Where("data is None and size == 1000000000")(unkept)
