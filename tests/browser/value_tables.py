"""Each kind of value: how JavaScript makes it and what Python sees, and the other way."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from swnb.values import (
    ArrayBuffer,
    BigInt,
    DataView,
    FarDate,
    InvalidDate,
    JSArray,
    JSBlob,
    JSBoxed,
    JSError,
    JSFile,
    JSMap,
    JSObject,
    JSSet,
    RegExp,
    SharedArrayBuffer,
    SparseArray,
    TypedArray,
    hole,
    undefined,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RESIZABLE = "new ArrayBuffer(4, {maxByteLength: 8})"
WASM = "new WebAssembly.Memory({initial: 0, maximum: 0, shared: true}).buffer"

TO_PYTHON: list[tuple[str, Any]] = [
    ("undefined", undefined),
    ("null", None),
    ("true", True),
    (
        "[NaN, -0, 0, Infinity, -Infinity, 2 ** 53, 1e21, 0.1]",
        [math.nan, -0.0, 0, math.inf, -math.inf, 2.0**53, 1e21, 0.1],
    ),
    ("[12n, -(2n ** 70n), 0n]", [BigInt(12), BigInt(-(2**70)), BigInt(0)]),
    ("['a\\ud800', '\\udc00', '😀', '']", ["a\ud800", "\udc00", "😀", ""]),
    ("new Date(0)", EPOCH),
    (
        "[new Date(NaN), new Date(8.64e15), new Date(-8.64e15)]",
        [InvalidDate(), FarDate(864 * 10**13), FarDate(-864 * 10**13)],
    ),
    ("/a\\/b/dgimsuy", RegExp("a\\/b", "dgimsuy")),
    ("/[a--b]/v", RegExp("[a--b]", "v")),
    (
        "new Map([[1, 1], [true, 2], [1n, 3], [NaN, 4], [-0, 5]])",
        JSMap([(1, 1), (True, 2), (BigInt(1), 3), (math.nan, 4), (0, 5)]),
    ),
    ("new Set([1, true, 1n, 'a', undefined, null])", JSSet([1, True, BigInt(1), "a", undefined, None])),
    ("Object.setPrototypeOf(new Map([[1, 2]]), null)", JSMap({1: 2})),
    ("new (class M extends Map {})([[1, 2]])", JSMap({1: 2})),
    ('JSON.parse(\'{"__proto__": 1, "a": {}}\')', {"__proto__": 1, "a": {}}),
    ("Object.assign(Object.create(null), {a: 1})", {"a": 1}),
    ("{[Symbol('s')]: 1, a: 1, ...Object.defineProperty({}, 'hidden', {value: 1})}", {"a": 1}),
    ("new (class Point { x = 1; #y = 2; get z() { return 3; } })", JSObject({"x": 1}, class_name="Point")),
    ("[1, , 3, ,]", [1, hole, 3, hole]),
    ("Object.assign([1], {a: 2})", JSArray([1], {"a": 2})),
    ("'xay'.match(/a/)", JSArray(["a"], {"index": 1, "input": "xay", "groups": undefined})),
    ("((a) => { a[2 ** 32 - 2] = 1; return a; })([])", SparseArray(2**32 - 1, {2**32 - 2: 1})),
    ("new Array(3000)", [hole] * 3000),
    ("(function () { return arguments; })(1, 2)", {"0": 1, "1": 2}),
    ("new Uint8Array([1, 2]).buffer", ArrayBuffer(b"\1\2")),
    (RESIZABLE, ArrayBuffer(bytes(4), 8)),
    (WASM, SharedArrayBuffer(b"")),
    ("new DataView(new ArrayBuffer(3), 1)", DataView(bytes(3), 1)),
    (
        f"(b => [new Uint8Array(b), new Uint8Array(b, 0, 4)])({RESIZABLE})",
        (lambda b: [TypedArray("Uint8Array", b), TypedArray("Uint8Array", b, 0, 4)])(ArrayBuffer(bytes(4), 8)),
    ),
    (
        "(b => { b.resize(8); return [new Int16Array(b, 2), new Int16Array(b, 2, 3), "
        f"new DataView(b, 1), new DataView(b, 1, 7)]; }})({RESIZABLE})",
        (
            lambda b: [
                TypedArray("Int16Array", b, 2),
                TypedArray("Int16Array", b, 2, 3),
                DataView(b, 1),
                DataView(b, 1, 7),
            ]
        )(ArrayBuffer(bytes(8), 8)),
    ),
    (
        "[Object(1), Object('s'), Object(false), Object(1n)]",
        [JSBoxed(1), JSBoxed("s"), JSBoxed(False), JSBoxed(BigInt(1))],
    ),
    ("new Blob(['abc'], {type: 'text/plain'})", JSBlob(3, "text/plain")),
    ("new File(['a'], 'f.txt', {lastModified: 5})", JSFile(1, "", "f.txt", 5)),
]


HANDLES: list[tuple[str, str, str]] = [
    ("() => 1", "function", "() => 1"),
    ("class A {}", "function", "class A {}"),
    ("Symbol('x')", "symbol", "Symbol(x)"),
    ("Object(Symbol('x'))", "symbol", "Object(Symbol(x))"),
    ("document", "node", "#document"),
    ("Object.assign(document.createElement('div'), {id: 'i', className: ' a  b '})", "node", "div#i.a.b"),
    ("document.createTextNode('x')", "node", "#text"),
    ("document.all", "object", "HTMLAllCollection"),
    ("window", "window", "Window"),
    ("Promise.resolve(1)", "promise", "Promise"),
    ("new WeakMap", "weakmap", "WeakMap"),
    ("new WeakSet", "weakset", "WeakSet"),
    ("new WeakRef({})", "weakref", "WeakRef"),
    ("new MessageChannel().port1", "object", "MessagePort"),
    ("new URL('http://a/')", "object", "URL"),
    ("[].values()", "iterator", "Array Iterator"),
    ("(function* () {})()", "iterator", "Generator"),
    ("(async function* () {})()", "iterator", "AsyncGenerator"),
    ("new Intl.DateTimeFormat", "object", "DateTimeFormat"),
    ("(b => (structuredClone(b, {transfer: [b]}), b))(new ArrayBuffer(1))", "detached", "ArrayBuffer (detached)"),
    ("(u => (u.buffer.transfer(), u))(new Uint8Array(1))", "detached", "Uint8Array (its buffer is detached)"),
    (
        f"(b => {{ const u = new Uint8Array(b, 2, 2); b.resize(1); return u; }})({RESIZABLE})",
        "out-of-bounds",
        "Uint8Array (beyond the end of its buffer)",
    ),
    (
        f"(b => {{ const u = new DataView(b, 2, 2); b.resize(1); return u; }})({RESIZABLE})",
        "out-of-bounds",
        "DataView (beyond the end of its buffer)",
    ),
    ("new Proxy({}, {ownKeys() { throw new TypeError('trap'); }})", "thrown", "TypeError: trap"),
    (
        "(p => (p.revoke(), p.proxy))(Proxy.revocable({}, {}))",
        "thrown",
        "TypeError: Cannot perform 'IsArray' on a proxy that has been revoked",
    ),
]


FROM_PYTHON: list[tuple[Any, str]] = [
    (undefined, "x === undefined"),
    (
        [None, True, -0.0, math.nan, math.inf],
        "x[0] === null && x[1] === true && Object.is(x[2], -0) && Object.is(x[3], NaN) && x[4] === Infinity",
    ),
    ([2**53 - 1, 2.0**53, 0.1, 5e-324], "x[0] === 2 ** 53 - 1 && x[1] === 2 ** 53 && x[2] === 0.1 && x[3] === 5e-324"),
    ([BigInt(-(2**70)), BigInt(0)], "x[0] === -(2n ** 70n) && x[1] === 0n"),
    (["\ud800", "a\udc00b", "😀"], "x[0] === '\\ud800' && x[1] === 'a\\udc00b' && x[2] === '😀'"),
    (EPOCH, "x instanceof Date && x.getTime() === 0"),
    ([InvalidDate(), FarDate(864 * 10**13)], "Object.is(x[0].getTime(), NaN) && x[1].getTime() === 8.64e15"),
    (RegExp("a/b", "giu"), "x instanceof RegExp && x.source === 'a\\\\/b' && x.flags === 'giu' && x.lastIndex === 0"),
    (
        JSMap([(1, 2), (True, 3), (BigInt(1), 4)]),
        "x instanceof Map && x.size === 3 && x.get(1) === 2 && x.get(true) === 3 && x.get(1n) === 4",
    ),
    ({1, "a"}, "x instanceof Set && x.size === 2 && x.has(1)"),
    (
        {"__proto__": 1, "b": {}},
        "Object.hasOwn(x, '__proto__') && Object.getPrototypeOf(x) === Object.prototype && Object.keys(x).length === 2",
    ),
    ((1, hole, undefined), "Array.isArray(x) && x.length === 3 && !(1 in x) && 2 in x"),
    ([hole, hole], "x.length === 2 && Object.keys(x).length === 0"),
    (JSArray([1, hole], {"a": 2}), "x.length === 2 && x.a === 2 && !(1 in x)"),
    (SparseArray(2**32 - 1, {7: "x"}), "x.length === 2 ** 32 - 1 && x[7] === 'x' && Object.keys(x).length === 1"),
    (b"\1\2", "x instanceof Uint8Array && x.join() === '1,2' && x.buffer.byteLength === 2"),
    (ArrayBuffer(b"ab", 9), "x instanceof ArrayBuffer && x.resizable && x.maxByteLength === 9 && x.byteLength === 2"),
    (
        SharedArrayBuffer(b"ab"),
        "Object.prototype.toString.call(x) === '[object SharedArrayBuffer]' && new Uint8Array(x)[1] === 98",
    ),
    (TypedArray("Uint16Array", ArrayBuffer(bytes(4), 8)), "(x.buffer.resize(8), x.length === 4)"),
    (TypedArray("Uint16Array", ArrayBuffer(bytes(4), 8), 0, 2), "(x.buffer.resize(8), x.length === 2)"),
    (TypedArray("Float16Array", b"\0\x3e"), "x instanceof Float16Array && x[0] === 1.5"),
    (TypedArray("BigUint64Array", b"\xff" * 8), "x instanceof BigUint64Array && x[0] === 2n ** 64n - 1n"),
    (TypedArray("Uint8ClampedArray", b"a"), "x instanceof Uint8ClampedArray"),
    (
        (lambda b: [DataView(b, 1), TypedArray("Int8Array", b)])(ArrayBuffer(b"abc")),
        "x[0] instanceof DataView && x[0].byteOffset === 1 && x[0].buffer === x[1].buffer",
    ),
    (
        JSError("TypeError", "m", "the stack", cause=[1]),
        "x instanceof TypeError && x.message === 'm' && x.stack === 'the stack' && x.cause[0] === 1 "
        "&& !Object.keys(x).length",
    ),
    (
        JSError("Mine", "", props={"k": 1}),
        "x.constructor === Error && x.name === 'Mine' && x.message === '' && x.k === 1 && !('cause' in x)",
    ),
    (JSError("AggregateError", "m", errors=[1]), "x instanceof AggregateError && x.errors[0] === 1"),
    (
        JSError("AbortError", "m", class_name="DOMException"),
        "x instanceof DOMException && x.name === 'AbortError' && x.code === 20",
    ),
    ([JSBoxed("s"), JSBoxed(BigInt(1))], "x[0] instanceof String && x[0].length === 1 && x[1] instanceof BigInt"),
    (JSObject({"x": 1}, class_name="Point"), "x.constructor === Object && x.x === 1"),
]


POISON = """
    var HITS = 0;
    {
        const define = Object.defineProperty, describe = Object.getOwnPropertyDescriptor, names = Reflect.ownKeys;
        const hit = () => { HITS++; throw new Error("poison"); };
        const owners = [Array, Map, Set, Object, Function, String, RegExp, Date, Error, BigInt, Symbol, Uint8Array,
            Object.getPrototypeOf(Uint8Array), ArrayBuffer, DataView, Number, Boolean];
        const traps = [[Reflect], [JSON], [globalThis, "structuredClone"]];
        for (const owner of owners) traps.push([owner], [owner.prototype]);
        const plan = [];
        for (const [target, only] of traps) for (const key of only ? [only] : names(target)) {
            const found = describe(target, key);
            if (key === "prototype" || key === "constructor" || !found.configurable) continue;
            if (typeof found.value === "function") plan.push([target, key, {__proto__: null, value: hit}]);
            else if (found.get) plan.push([target, key, {__proto__: null, get: hit, set: hit}]);
        }
        for (const target of [Array.prototype, Object.prototype])
            for (const key of ["0", "1", "2", "value", "get", "toJSON", "text"])
                plan.push([target, key, {__proto__: null, get: hit, set: hit, configurable: true}]);
        const count = plan.length;
        for (let i = count - 1; i >= 0; i--) {
            const one = plan[i], target = one[0], key = one[1], how = one[2];
            plan.length = i;
            define(target, key, how);
        }
        HITS = 0;
    }
"""
