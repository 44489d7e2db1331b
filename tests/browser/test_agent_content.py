"""What agents say of a payload: both ends the same, what structured clone delivers, and nothing of the page's is run."""

# One line for one step, as a page would have it in its console.
# ruff: noqa: E501
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from swnb import values
from swnb.probe.facts import Received, Refused, Sent
from swnb.values import ArrayBuffer, BigInt, JSArray, JSBlob, JSError, JSHandle, JSMap, JSSet, RegExp, hole, undefined
from tests.browser.agent_harness import Context, Session, Stage
from tests.unit.value_graphs import same

SEND = """new Promise((done, refused) => { const c = new MessageChannel(); c.port2.onmessage = e => done(1); c.port2.onmessageerror = () => done(2);
  try { c.port1.postMessage(%s); } catch (error) { done(String(error)) } })"""

SAME: list[tuple[str, Any]] = [
    ("'text'", "text"),
    ("'<b>\\u0000\\u2028\\ud800\\n\"'", '<b>\0\u2028\ud800\n"'),
    ("''", ""),
    ("0", 0),
    ("1e21", 1e21),
    ("0.1", 0.1),
    ("true", True),
    ("null", None),
    ("undefined", undefined),
    ("-5n", BigInt(-5)),
    ("{a: 1, b: {c: [1, 'x', null, undefined]}}", {"a": 1, "b": {"c": [1, "x", None, undefined]}}),
    ("{['__proto__']: 1, constructor: 2, 7: 3, toJSON: 4}", {"7": 3, "__proto__": 1, "constructor": 2, "toJSON": 4}),
    ("[1, , 3]", [1, hole, 3]),
    ("Object.assign([1], {x: 2})", JSArray([1], {"x": 2})),
    ("(a => (a[5000] = 1, a.length))([])", 5001),
    ("new Map([[1, new Set([1, 'x'])]])", JSMap([(1, JSSet([1, "x"]))])),
    ("/a+/giu", RegExp("a+", "giu")),
    ("new (class Own { x = 1; get y() { return 2 } #z = 3 })", {"x": 1}),
    ("Object.create(null, {a: {value: 1, enumerable: true}, hidden: {value: 2}})", {"a": 1}),
    ("Object.create(new Proxy({}, {get() { throw 1 }, getOwnPropertyDescriptor() { throw 2 }, getPrototypeOf() { throw 3 }}))", {}),
    ("new ArrayBuffer(3)", ArrayBuffer(bytes(3))),
    ("new Blob(['abc'], {type: 'text/x'})", JSBlob(3, "text/x")),
    ("new (class Sub extends Map {})([[1, 2]])", JSMap([(1, 2)])),
    ("document.createElement('p').getBoundingClientRect()", JSHandle("object", "DOMRect", "DOMRect")),
]  # fmt: skip


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture(scope="module")
def page(stage: Stage) -> Session:
    return stage.open("/content")


@pytest.fixture(autouse=True)
def no_trouble(stage: Stage) -> Iterator[None]:
    yield
    assert not stage.troubles


def sent(page: Session, expression: str) -> tuple[Sent, Received]:
    """Send a value from one port of the page to another; return both ends."""
    before = len(page.of(Sent))
    outcome = page.value(SEND % expression)
    assert outcome == 1, outcome
    page.stage.until(lambda: len(page.of(Sent)) > before and len(page.of(Received)) > before)
    return page.of(Sent)[-1], page.of(Received)[-1]


def data(fact: Sent | Received) -> Any:
    return values.decode(json.loads(bytes(fact.content)))


@pytest.mark.parametrize(("expression", "value"), SAME, ids=[one[:50] for one, _ in SAME])
def test_both_ends_tell_the_same(page: Session, expression: str, value: Any) -> None:
    one, other = sent(page, expression)
    assert bytes(one.content) == bytes(other.content)
    assert (one.size, one.digest, one.exact) == (other.size, "", 1)
    found = data(one)
    assert same(found, value) or found == value, found


def test_circles_and_shared_objects(page: Session) -> None:
    one, other = sent(page, "(o => (o.self = o, o.list = [o, o.b = {}], o))({})")
    found = data(one)
    assert bytes(one.content) == bytes(other.content)
    assert found["self"] is found
    assert found["list"][1] is found["b"]


@pytest.mark.parametrize(
    "fake",
    [
        "class DOMPoint { a = 1 }",
        "new Proxy(class DOMPoint { a = 1 }, {})",
        "(class DOMPoint { constructor() { this.a = 1 } }).bind()",
        "Object.assign(function DOMPoint() { this.a = 1 }, {toString: () => 'function DOMPoint() { [native code] }'})",
    ],
)
def test_a_class_in_the_place_of_the_browsers_is_no_class_of_the_browsers(stage: Stage, fake: str) -> None:
    """What objects of the browser's are called is looked up at the first of them, and the page was there before."""
    page = stage.open("/fake")
    page.value(f"globalThis.Real = DOMPoint; globalThis.DOMPoint = {fake}; 0")
    for end in sent(page, "[new DOMPoint(), new Real(1, 2), new DOMRect(1, 2)]"):
        fake_one, _, rectangle = data(end)
        assert fake_one == {"a": 1}
        assert same(rectangle, JSHandle("object", "DOMRect", "DOMRect"))


def test_views_share_their_buffer(page: Session) -> None:
    one, other = sent(page, "(b => [new Uint8Array(b, 1, 2), new DataView(b), b])(new Uint8Array([1, 2, 3, 4]).buffer)")
    view, _, buffer = data(one)
    assert bytes(one.content) == bytes(other.content)
    assert list(view) == [2, 3]
    assert view.buffer is buffer


def test_errors(page: Session) -> None:
    for made, name in (
        ("new TypeError('m')", "TypeError"),
        ("Object.assign(new Error('m', {cause: 1}), {extra: 2})", "Error"),
        ("new RangeError('m')", "RangeError"),
    ):
        one, other = sent(page, made)
        found = data(other)
        assert isinstance(found, JSError)
        assert (found.name, found.message) == (name, "m")
        assert bytes(one.content) == bytes(other.content)
        assert one.exact == 1


def test_an_accessor_is_not_asked_again(page: Session) -> None:
    one, _ = sent(page, "{get a() { return globalThis.asked = (globalThis.asked || 0) + 1 }, b: 1}")
    assert one.exact == 0
    assert data(one)["b"] == 1
    assert page.value("asked") == 1


def test_what_was_transferred_is_not_there_any_more(page: Session) -> None:
    one, other = sent(page, "...(b => [{b, v: new Uint8Array(b)}, [b]])(new ArrayBuffer(5))")
    assert one.exact == 0
    assert data(one)["b"].kind == "detached"
    assert data(other)["b"] == ArrayBuffer(bytes(5))


def test_what_cannot_be_cloned_is_not_looked_at(page: Session) -> None:
    outcome = page.value(SEND % "new Proxy({}, new Proxy({}, {get(_, name) { globalThis.trapped = String(name) }}))")
    assert "could not be cloned" in outcome
    assert page.value("globalThis.trapped") is None
    assert page.of(Refused)[-1].name == "DataCloneError"
    for value in ("() => 1", "{f() {}}", "Symbol('s')", "document"):
        assert "could not be cloned" in page.value(SEND % value)


BIG = [
    ("'x'.repeat(100000)", 200_000),
    ("'\\u00e9'.repeat(70000)", 140_000),
    ("new ArrayBuffer(100 << 20)", 100 << 20),
    ("new Uint8Array(1 << 20)", 1 << 20),
    ("Array.from({length: 50000}, (_, i) => i)", 8 * 50_000),
    ("Array.from({length: 3000}, (_, i) => ({id: i, name: 'n' + i, list: [i]}))", None),
    ("Object.fromEntries(Array.from({length: 1000000}, (_, i) => ['k' + i, i]))", 16 * 1_000_000),
    ("new Map(Array.from({length: 200000}, (_, i) => [i, i]))", None),
    ("new Array(1e8)", None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("expression", "size"), BIG, ids=[one[:40] for one, _ in BIG])
def test_beyond_the_limit_there_is_a_digest(page: Session, expression: str, size: int | None) -> None:
    one, other = sent(page, expression)
    assert bytes(one.content) == bytes(other.content) == b"null"
    assert one.digest == other.digest != ""
    assert one.size == other.size
    assert size is None or one.size == size
    changed, _ = sent(page, f"(x => typeof x === 'string' ? x + 'y' : [x, 1])({expression})")
    assert changed.digest != one.digest


def test_a_difference_in_the_middle_changes_the_digest(page: Session) -> None:
    one, _ = sent(page, "'a'.repeat(70000)")
    other, _ = sent(page, "'a'.repeat(69999) + 'b'")
    assert one.digest != other.digest


@pytest.mark.slow
def test_ten_thousand_levels(page: Session) -> None:
    deep = "(n => { let v = []; for (let i = 0; i < n; i++) v = [v]; return v })"
    one, other = sent(page, f"{deep}(2000)")
    assert bytes(one.content) == bytes(other.content)
    found, levels = data(one), 0
    while found:
        found, levels = found[0], levels + 1
    assert levels == 2000
    assert page.value(SEND % f"{deep}(10000)").startswith("RangeError: Failed to execute"), "as the browser refuses it"
    assert page.of(Refused)[-1].name == "RangeError"


def test_the_limit_is_a_setting() -> None:
    with Stage(limit=100) as small:
        window = small.open("/small")
        one, other = sent(window, "'x'.repeat(90)")
        assert data(one) == data(other) == "x" * 90
        one, other = sent(window, "'x'.repeat(120)")
        assert one.digest == other.digest != ""
        assert one.size == 240
        one, other = sent(window, "{a: 'x'.repeat(50), b: 'y'.repeat(50)}")
        assert one.digest == other.digest != ""


def last(page: Session) -> Context:
    return page.contexts[-1]


def test_an_agent_that_fails_is_a_fact_and_the_page_goes_on() -> None:
    with Stage() as stage:
        assert stage.source
        stage.source = stage.source.replace(
            "const describe = (value, fresh = false) => {",
            "const describe = (value, fresh = false) => { if (value === 7) null.x;",
        )
        page = stage.open("/trouble")
        assert (
            page.value(
                "new Promise(done => { const c = new MessageChannel(); c.port2.onmessage = e => done(e.data); c.port1.postMessage(7) })"
            )
            == 7
        )
        assert [fact.where for fact in stage.troubles] == ["postMessage", "message"]
        assert "Cannot read properties of null" in stage.troubles[0].what
