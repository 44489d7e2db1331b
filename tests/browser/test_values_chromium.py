"""Both halves of the values against each other, in a real Chromium."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from swnb import values
from swnb.values import (
    ArrayBuffer,
    BigInt,
    JSArray,
    JSBoxed,
    JSError,
    JSHandle,
    JSMap,
    JSObject,
    JSSet,
    RegExp,
    hole,
    undefined,
)
from tests.browser.bare_pipe import BarePipe
from tests.browser.codec_client import Codec, Thrown
from tests.browser.value_tables import EPOCH, FROM_PYTHON, HANDLES, POISON, TO_PYTHON
from tests.unit.value_graphs import graphs, same


@pytest.fixture(scope="module")
def pipe() -> Iterator[BarePipe]:
    with BarePipe() as pipe:
        yield pipe


@pytest.fixture(scope="module")
def codec(pipe: BarePipe) -> Codec:
    return Codec(pipe)


@pytest.mark.parametrize(("expression", "value"), TO_PYTHON, ids=[one[:50] for one, _ in TO_PYTHON])
def test_to_python(codec: Codec, expression: str, value: Any) -> None:
    for text in (False, True):
        found = codec.value(expression, text=text)
        assert same(found, value) or found == value, found
        assert type(found) is type(value)
    wrapped = codec.value(f"[{expression}]")
    assert same(wrapped, [value]) or wrapped == [value]
    if isinstance(value, JSObject):
        assert found.class_name == value.class_name


@pytest.mark.parametrize(("expression", "kind", "description"), HANDLES, ids=[one[:50] for one, _, _ in HANDLES])
def test_described(codec: Codec, expression: str, kind: str, description: str) -> None:
    (found,) = codec.value(f"[{expression}]")
    assert isinstance(found, JSHandle)
    assert (found.kind, found.description) == (kind, description)


def test_a_throwing_getter_stands_where_it_threw(codec: Codec) -> None:
    found = codec.value("{get a() { throw new TypeError('bad'); }, get b() { throw 5; }, c: 1}")
    assert found["a"] == JSHandle("thrown", "TypeError", "TypeError: bad")
    assert found["b"] == JSHandle("thrown", "", "5")
    assert found["c"] == 1


def test_a_proxy_is_what_it_is_seen_as(codec: Codec) -> None:
    assert codec.value("new Proxy({a: 1}, {get: () => 2})") == {"a": 2}
    assert codec.value("new Proxy([1, 2], {})") == [1, 2]


def test_errors(codec: Codec) -> None:
    found = codec.value("Object.assign(new TypeError('x', {cause: undefined}), {extra: 1})")
    assert isinstance(found, JSError)
    assert (found.name, found.message, found.class_name, found.code) == ("TypeError", "x", "TypeError", None)
    assert found.stack is not None
    assert found.stack.startswith("TypeError: x\n    at ")
    assert (found.cause, found.errors, found.props) == (undefined, hole, {"extra": 1})
    found = codec.value("new AggregateError([1, new Error('y')], 'z')")
    assert (found.name, found.errors[0], found.errors[1].message, found.cause) == ("AggregateError", 1, "y", hole)
    found = codec.value("new DOMException('m', 'AbortError')")
    assert (found.name, found.message, found.class_name, found.code) == ("AbortError", "m", "DOMException", 20)
    found = codec.value("new (class Own extends RangeError { name = 'Mine' })('q')")
    assert (found.name, found.message, found.class_name, found.props) == ("Mine", "q", "Own", {})
    found = codec.value("(e => (e.cause = e, e))(new Error(''))")
    assert found.cause is found


@pytest.mark.parametrize(("value", "test"), FROM_PYTHON, ids=[test[:50] for _, test in FROM_PYTHON])
def test_from_python(codec: Codec, value: Any, test: str) -> None:
    assert codec.check(value, test) is True


def test_identity_both_ways(codec: Codec) -> None:
    whole: dict[str, Any] = {"list": []}
    whole["list"] += [whole, whole["list"], JSMap([(whole, whole)])]
    assert codec.check(whole, "x.list[0] === x && x.list[1] === x.list && x.list[2].get(x) === x") is True
    assert same(whole, codec.again(whole))


@pytest.mark.slow
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(value=graphs())
@example(value=[{"": None, "10": 1, "9": 2, "4294967295": 3, "01": 4}])
def test_any_value_goes_round(codec: Codec, value: Any) -> None:
    assert same(value, codec.again(value))


@pytest.mark.slow
def test_a_hundred_thousand_levels_go_round(codec: Codec) -> None:
    deep: list[Any] = []
    inner = deep
    for _ in range(100_000):
        inner.append({"a": []})
        inner = inner[0]["a"]
    assert same(deep, codec.again(deep))


@pytest.mark.slow
def test_sixteen_mebibytes_each_way(codec: Codec) -> None:
    data = bytes(range(256)) * 65536
    answer = codec.call(
        "function (w) { const x = this.decode(w); x[0] = 9; return this.encode(x); }", {"value": values.encode(data)}
    )
    assert len(answer) == 3, "a view, its buffer, and nothing for each element"
    assert values.decode(answer).tobytes() == b"\x09" + data[1:]


def test_a_hostile_page_neither_breaks_nor_watches(pipe: BarePipe) -> None:
    """Every method and getter of the language's own objects is replaced after the codec was made."""
    codec = Codec(pipe, "document.body.append(globalThis.F = document.createElement('iframe')); 0")
    source = json.dumps(values.CODEC_JS)
    made = pipe.call("Runtime.evaluate", expression=f"F.contentWindow.eval({source})")
    codec.handle = codec._result(made)["objectId"]
    inner = {"__proto__": [b"abc", JSMap({1: 2}), JSSet([3]), RegExp("a", "g"), BigInt(-5), JSBoxed("s"), {}]}
    error = JSError("AggregateError", "m", "s", errors=[1], props={"p": 1})
    wire = values.encode([1, hole, inner, EPOCH, ArrayBuffer(b"a", 2), JSArray([5], {"x": 1}), error])
    codec._result(pipe.call("Runtime.evaluate", expression=f"F.contentWindow.eval({json.dumps(POISON)})"))
    answer = codec.call("function (w) { return this.encode(this.decode(w)); }", {"value": wire})
    assert answer == wire
    hits = codec._result(pipe.call("Runtime.evaluate", expression="F.contentWindow.HITS"))["value"]
    assert hits == 0
    probe = "F.contentWindow.eval('try { [].push(1) } catch {} HITS')"
    assert codec._result(pipe.call("Runtime.evaluate", expression=probe))["value"] == 1, "the poison works"
    pipe.call("Runtime.evaluate", expression="F.remove()")


def test_without_native_base64(pipe: BarePipe) -> None:
    codec = Codec(
        pipe,
        "globalThis.kept = [Uint8Array.prototype.toBase64, Uint8Array.fromBase64];"
        "delete Uint8Array.prototype.toBase64; delete Uint8Array.fromBase64; 0",
    )
    try:
        data = bytes(range(256)) * 400
        assert codec.again(data).tobytes() == data
    finally:
        pipe.call("Runtime.evaluate", expression="[Uint8Array.prototype.toBase64, Uint8Array.fromBase64] = kept; 0")


def test_in_another_realm(codec: Codec) -> None:
    frame = "(f => (document.body.append(f), f.contentWindow))(document.createElement('iframe'))"
    inside = (
        "[{a: 1}, new Map([[1, 2]]), [1], new Date(0), new Error('x'), /a/g, "
        "new (class Q { z = 1 }), new Uint8Array([7])]"
    )
    found = codec.value(f"{frame}.eval({json.dumps(inside)})")
    assert found[:4] == [{"a": 1}, JSMap({1: 2}), [1], EPOCH]
    assert type(found[0]) is dict
    assert (found[4].message, found[5], found[6].class_name) == ("x", RegExp("a", "g"), "Q")
    assert list(found[7]) == [7]


def test_a_window_of_another_origin(codec: Codec) -> None:
    frame = (
        "(f => (f.sandbox = '', f.srcdoc = 'x', document.body.append(f), "
        "new Promise(r => f.onload = () => r(f.contentWindow))))"
    )
    params = {"expression": f"{frame}(document.createElement('iframe')).then(w => globalThis.W = [w, w.location])"}
    codec.pipe.call("Runtime.evaluate", **params, awaitPromise=True)
    assert [one.description for one in codec.value("W")] == [
        "Window (of another origin)",
        "Location (of another origin)",
    ]


def test_in_a_worker(codec: Codec) -> None:
    script = f"const c = {values.CODEC_JS}; postMessage(JSON.stringify(c.encode(c.decode(WIRE))))"
    wire = values.encode({"a": [b"x", JSError("TypeError", "m"), JSMap([(BigInt(1), undefined)])]})
    source = json.dumps(script.replace("WIRE", json.dumps(wire)))
    made = f"new Promise(r => new Worker(URL.createObjectURL(new Blob([{source}]))).onmessage = e => r(e.data))"
    answer = codec.pipe.call("Runtime.evaluate", expression=made, awaitPromise=True)["result"]["value"]
    found = values.decode(answer)
    assert found["a"][0].tobytes() == b"x"
    assert found["a"][1].message == "m"
    assert found["a"][2] == JSMap([(BigInt(1), undefined)])


@pytest.mark.parametrize(
    ("value", "path"), [({"r": [RegExp("(", "")]}, 'value["r"][0]'), ([RegExp("a", "zz")], "value[0]")]
)
def test_what_the_browser_cannot_make_has_a_path(codec: Codec, value: Any, path: str) -> None:
    wire = values.encode(value)
    with pytest.raises(Thrown) as caught:
        codec.call("function (w) { this.decode(w); }", {"value": wire})
    error = values.not_cloneable(wire, str(caught.value))
    assert error is not None
    assert error.path == path
    assert "Invalid" in error.reason


def test_getters_run_once(codec: Codec) -> None:
    found = codec.value("(n => [{get a() { return ++n; }}, {get b() { return n; }}])(0)")
    assert found == [{"a": 1}, {"b": 1}]


def test_base64_is_what_python_reads(codec: Codec) -> None:
    wire = codec.call("function () { return this.encode(new Uint8Array([251, 255, 254])); }")
    assert wire[2] == ["B", base64.b64encode(bytes([251, 255, 254])).decode(), None]
