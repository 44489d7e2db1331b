"""Evaluating by the rules of the console, in a window and in a worker."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import swnb
from swnb.errors import EvaluationTimeout, JavaScriptError, TargetGone, ValueNotCloneable
from swnb.values import BigInt, JSHandle, JSObject, undefined
from tests.browser.scenes import EAGER, script

Asked = swnb.Window | swnb.ServiceWorker


@pytest.fixture(scope="module", params=["window", "worker"])
def asked(request: pytest.FixtureRequest, module_lab: swnb.Lab) -> Iterator[Asked]:
    module_lab.site.write("/", "<title>asked</title><p>here</p>", content_type="text/html")
    window = module_lab.open("/")
    module_lab.register(script(module_lab, EAGER), window=window)
    module_lab.wait("active")
    yield window if request.param == "window" else module_lab.worker
    window.close()


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1; 2", 2),
        ("await Promise.resolve(3)", 3),
        ("Promise.resolve({a: [1]})", {"a": [1]}),
        ("const p = Promise.resolve(5); p", 5),
        ("const a = 1; let b = 2; a + b", 3),
        ("const a = 10; let b = 20; a + b", 30),  # declared again
        ("var c = 4", undefined),
        ("function double(x) { return 2 * x }", undefined),
        ("double(21)", 42),
        ("{a: 1}", {"a": 1}),
        ("  {a: 1, b: {c: 2}};  ", {"a": 1, "b": {"c": 2}}),
        ("{}", {}),
        ("{ const q = 6; q + 1 }", 7),  # no object, so a block
        ("{a: 1}; {b: 2}", 2),
        ("({a: await 1})", {"a": 1}),
        ("if (true) { 8 } else { 9 }", 8),
        ("", undefined),
        ("// only a comment", undefined),
        ("1 // a comment at the end", 1),
        ("`unbroken\nlines`", "unbroken\nlines"),
        ("for (let i = 0; i < 3; i++) i * i", 4),
        ("await null; await 1; 'top-level'", "top-level"),
    ],
)  # fmt: skip
def test_the_console_s_rules(asked: Asked, source: str, value: object) -> None:
    result = asked.evaluate(source)
    assert result == value and type(result) is type(value)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("undefined", undefined), ("null", None), ("1n << 80n", BigInt(1 << 80)), ("-0", -0.0), ("Infinity", math.inf),
        ("new Date(0)", datetime(1970, 1, 1, tzinfo=UTC)), ("[1, [2]]", [1, [2]]), ("'\\ud800'", "\ud800"),
        ("new class Point { x = 1 }", JSObject({"x": 1}, class_name="Point")), ("new Map([[1, 2]]).get(1)", 2), ("true", True),
    ],
)  # fmt: skip
def test_results_of_every_kind(asked: Asked, source: str, value: object) -> None:
    assert asked.evaluate(source) == value
    assert math.copysign(1, asked.evaluate("-0")) == -1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "kind"), [("() => 1", "function"), ("Symbol('s')", "symbol"), ("self", None), ("new WeakMap", None)]
)
def test_what_cannot_be_taken_is_described(asked: Asked, source: str, kind: str | None) -> None:
    handle = asked.evaluate(source)
    assert isinstance(handle, JSHandle)
    assert kind is None or handle.kind == kind
    assert isinstance(asked.evaluate(f"[{source}]"), list)


def test_inputs_become_globals(asked: Asked) -> None:
    inputs: dict[str, Any] = {"limit": 3, "$x_1": [1, b"\1"], "ünï": {"a": None}}
    assert asked.evaluate("[limit, $x_1[0], $x_1[1][0], ünï.a]", inputs=inputs) == [3, 1, 1, None]
    assert asked.evaluate("limit") == 3
    assert asked.evaluate("name + 1", inputs={"name": 4}) == 5  # not window.name, which would make a string of it


def test_inputs_reach_names_that_were_declared(asked: Asked) -> None:
    asked.evaluate("let shadowed = 1; const fixed = 1")
    assert asked.evaluate("shadowed", inputs={"shadowed": 2}) == 2
    assert asked.evaluate("fixed", inputs={"fixed": 2}) == 2


@pytest.mark.parametrize("name", ["1a", "a b", "class", "await", "", "a-b", "a;b"])
def test_inputs_with_names_that_are_none(asked: Asked, name: str) -> None:
    with pytest.raises(swnb.InvalidArgument):
        asked.evaluate("1", inputs={name: 1})


def test_inputs_whose_name_is_taken(asked: Asked) -> None:
    taken = "location" if isinstance(asked, swnb.Window) else "undefined"
    with pytest.raises(swnb.InvalidArgument):
        asked.evaluate("1", inputs={taken: 1})


def test_inputs_that_cannot_be_sent(asked: Asked) -> None:
    for value, path in (({"a": [object()]}, r'data\["a"\]\[0\]'), (2**60, "data"), ({1: 2}, "data")):
        with pytest.raises(ValueNotCloneable, match=path):
            asked.evaluate("1", inputs={"data": value})


def thrown(asked: Asked, source: str) -> JavaScriptError:
    with pytest.raises(JavaScriptError) as caught:
        asked.evaluate(source)
    return caught.value


def test_an_error_in_a_nested_function(asked: Asked) -> None:
    error = thrown(
        asked, "function inner() {\n  throw new RangeError('deep');\n}\nconst outer = () => inner();\nouter()"
    )
    assert (error.name, error.message, error.line, error.column) == ("RangeError", "deep", 2, 9)
    assert error.source_line == "  throw new RangeError('deep');"
    assert [(f.function, f.line) for f in error.frames] == [("inner", 2), ("outer", 4), ("", 5)]
    assert error.value.name == "RangeError"  # type: ignore[attr-defined]
    assert "line 2, column 9" in "\n".join(error._render_traceback_())


def test_the_line_of_another_cell_is_not_taken_for_one_of_this(asked: Asked) -> None:
    asked.evaluate("\n\nfunction elsewhere() { throw new Error('there') }")
    error = thrown(asked, "1;\n  elsewhere()")
    assert (error.line, error.column, error.source_line) == (2, 3, "  elsewhere()")
    assert [f.function for f in error.frames] == ["elsewhere", ""]
    assert error.frames[0].url.startswith("cell-") and error.frames[1].url == ""


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [("let x = ;", 1, 9), ("f(\n  b", 2, 3), ("{a: 1", 1, 6), ("\n\n  }", 3, 3), ("await (", 1, 8)],
)
def test_syntax_errors_have_a_place(asked: Asked, source: str, line: int, column: int) -> None:
    error = thrown(asked, source)
    assert (error.name, error.line, error.column) == ("SyntaxError", line, column)


def test_rejected_promises_and_refusals_of_the_browser(asked: Asked) -> None:
    assert thrown(asked, "Promise.reject(new TypeError('no'))").message == "no"
    assert thrown(asked, "await new Promise((_, r) => setTimeout(() => r(new Error('late')), 1))").message == "late"
    error = thrown(asked, "\nstructuredClone(() => 1)")
    assert (error.name, error.line) == ("DataCloneError", 2)
    assert error.value.class_name == "DOMException"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("source", "value"), [("throw 'text'", "text"), ("throw null", None), ("throw {a: 1}", {"a": 1}), ("throw 5n", 5)]
)
def test_what_is_thrown_need_not_be_an_error(asked: Asked, source: str, value: object) -> None:
    error = thrown(asked, source)
    assert (error.name, error.value) == ("", value)
    assert error.message == f"thrown: {error.value!r}"


def test_an_error_with_traps(asked: Asked) -> None:
    error = thrown(asked, "const e = new Error('x'); for (const k of ['name', 'message', 'stack', 'cause'])"
                          " Object.defineProperty(e, k, {get() { throw 1 }}); throw e")  # fmt: skip
    assert isinstance(error.what, str)
    assert asked.evaluate("1") == 1


def test_an_endless_loop_is_ended(asked: Asked) -> None:
    with pytest.raises(EvaluationTimeout, match="the execution was terminated"):
        asked.evaluate("for (;;);", timeout_s=0.2)
    assert asked.evaluate("'usable'") == "usable"


def test_a_promise_that_never_settles(asked: Asked) -> None:
    with pytest.raises(EvaluationTimeout, match="a promise is still pending"):
        asked.evaluate("new Promise(() => {})", timeout_s=0.2)
    assert asked.evaluate("'usable'") == "usable"


def test_64_mib_each_way(asked: Asked) -> None:
    size = 64 << 20
    assert asked.evaluate("long.length", inputs={"long": "x" * size}) == size
    text = asked.evaluate("const sent = long; delete globalThis.long; sent")
    assert isinstance(text, str) and len(text) == size and set(text[:: 1 << 16]) == {"x"}


def test_deep_nesting_and_circles(asked: Asked) -> None:
    depth = 20_000
    nested = asked.evaluate("let n = null; for (let i = 0; i < 20000; i++) n = [n]; n")
    for _ in range(depth):
        assert isinstance(nested, list)
        nested = nested[0]
    assert nested is None
    circle = asked.evaluate("const o = {}; o.self = o; o")
    assert isinstance(circle, dict) and circle["self"] is circle


def test_evaluations_at_once_do_not_mix(module_lab: swnb.Lab, asked: Asked) -> None:
    inner = asked._window if isinstance(asked, swnb.Window) else asked._worker

    async def all_at_once() -> list[object]:
        return await asyncio.gather(*(inner.evaluate(f"await null; [{i}, {{i: {i}}}]") for i in range(50)))

    assert module_lab.run(all_at_once) == [[i, {"i": i}] for i in range(50)]


PATCH = """
const targets = [Array.prototype, JSON, Promise.prototype, Promise, Object, Reflect, Map.prototype, Date.prototype];
const broken = targets.map(target => Object.getOwnPropertyNames(target).filter(name =>
  typeof Object.getOwnPropertyDescriptor(target, name).value == 'function'));
for (let i = 0; i < targets.length; i++) {
  for (let j = 0; j < broken[i].length; j++) targets[i][broken[i][j]] = () => { throw new Error('patched') };
}
0"""


def answers(window: swnb.Window) -> None:
    got = window.evaluate("({a: [1, new Date(5), new Map], b: 1n})")
    assert isinstance(got, dict) and got["b"] == 1 and len(got["a"]) == 3
    assert window.evaluate("input.length", inputs={"input": [1, 2]}) == 2
    assert thrown(window, "throw new Error('own')").message == "own"


def test_a_page_that_patches_its_intrinsics(lab: swnb.Lab) -> None:
    lab.site.write("/", "plain", content_type="text/html")
    window = lab.open("/")
    answers(window)
    window.evaluate(PATCH)
    answers(window)


def test_a_page_that_patched_some_intrinsics_before_it_was_asked(lab: swnb.Lab) -> None:
    patch = "JSON.parse = JSON.stringify = Promise.prototype.then = Promise.resolve = () => { throw 1 }"
    lab.site.write("/patched", f"<script>{patch}</script>", content_type="text/html")
    answers(lab.open("/patched"))


def test_a_page_that_took_away_what_values_build_on(lab: swnb.Lab) -> None:
    lab.site.write(
        "/hostile", "<script>delete Reflect.ownKeys; Function.prototype.call = null</script>", content_type="text/html"
    )
    window = lab.open("/hostile")
    assert window.evaluate("1 + 1") == 2
    with pytest.raises(swnb.SwnbError, match="has changed what swnb's script there builds on"):
        window.evaluate("[1]")


@pytest.mark.parametrize("end", ["location.href = '/elsewhere'", "location.reload()", "close()"])
def test_a_window_that_goes_while_it_is_asked(lab: swnb.Lab, end: str) -> None:
    lab.site.write("/", "here", content_type="text/html")
    lab.site.write("/elsewhere", "there", content_type="text/html")
    window = lab.open("/") if end != "close()" else popped(lab)
    with pytest.raises(TargetGone, match=r"navigated while it was asked|was closed"):
        window.evaluate(f"setTimeout(() => {{ {end} }}, 20); new Promise(() => {{}})", timeout_s=10)
    if end != "close()":
        assert window.evaluate("1") == 1


def popped(lab: swnb.Lab) -> swnb.Window:
    """Return a window that a script opened, and which a script may close."""
    opener = lab.open("/", name="opener")
    start = lab.mark()
    opener.evaluate("open('/elsewhere', 'p', 'popup'); 0")
    lab.wait("loaded", window="opener-popup", mark=start)
    return lab.window("opener-popup")
