"""What can be sent to a worker, and what became of it in words."""

from __future__ import annotations

import pytest

from swnb.errors import InvalidArgument
from swnb.events import ConsoleWritten, PushReceived, SyncReceived
from swnb.lab.parcels import Delivery, Parcel, check_tag, text_of


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("as it is\n", "as it is\n"),
        ("", ""),
        (None, ""),
        (b"", ""),
        ("ü😀".encode(), "ü😀"),
        (bytearray(b"a"), "a"),
        (memoryview(b"a"), "a"),
        ({"a": [1, "ü", None]}, '{"a":[1,"ü",null]}'),
        ((1, True), "[1,true]"),
        (0.5, "0.5"),
        ("half \ud800", "half \ud800"),
    ],
    ids=repr,
)
def test_text(data: object, text: str) -> None:
    assert text_of(data) == text


def circular() -> list[object]:
    value: list[object] = []
    value.append(value)
    return value


def deep() -> object:
    value: object = 1
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "data", [b"\x80", {1}, object(), float("inf"), {"a": b"x"}, {(1, 2): 3}, circular(), deep()], ids=lambda _: ""
)
def test_no_text(data: object) -> None:
    with pytest.raises(InvalidArgument, match="cannot be pushed") as caught:
        text_of(data)
    assert len(str(caught.value).split("\n")) == 2


@pytest.mark.parametrize("tag", [None, 1, b"tag", "half \udc00"])
def test_no_tag(tag: object) -> None:
    with pytest.raises(InvalidArgument, match="tag"):
        check_tag(tag)


def test_parcels_know_their_dispatch() -> None:
    push, sync = Parcel.push("a"), Parcel.sync("a", periodic=False, last_chance=True)
    periodic = Parcel.sync("a", periodic=True)
    assert push.params == {"data": "a"}
    assert sync.params == {"tag": "a", "lastChance": True}
    assert periodic.params == {"tag": "a"}
    heard = [
        PushReceived(text="another"),
        SyncReceived(tag="a"),
        SyncReceived(tag="a", periodic=True),
        SyncReceived(tag="b"),
    ]
    assert [[parcel.is_it(event) for event in heard] for parcel in (push, sync, periodic)] == [
        [True, False, False, False],
        [False, True, False, False],
        [False, False, True, False],
    ]


def test_a_delivery_in_words() -> None:
    event = PushReceived(text="a", actor="w1")
    thrown = ConsoleWritten(level="exception", text="Error: \u202eno\n    at sw.js:1")
    assert repr(Delivery("push", "w1", event, False)) == "<push to w1: settled>"
    assert repr(Delivery("push", "w1", event, True, (thrown,))) == (
        "<push to w1: something that it waited for was rejected; uncaught: Error: ·no>"
    )
    assert "its end is not told" in repr(Delivery("sync", "w1", SyncReceived(tag="a"), None))
