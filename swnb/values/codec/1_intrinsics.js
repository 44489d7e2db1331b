// @ts-check
/* The JavaScript half of swnb's values, part 1 of 4: what is captured before a page can patch it.
 *
 * The parts are joined into one expression, whose value is `{encode, decode}`; `wire.py` has the grammar of the table.
 * The user's code runs where structured clone runs it (getters of own enumerable properties, the `name` of an error,
 * traps of a Proxy) and nowhere else.
 *
 * @typedef {null | boolean | number | string | [number] | [string]} Slot
 * @typedef {any[]} Node A tag, then what the tag says.
 * @typedef {[Slot, ...Node[]]} Wire
 * @typedef {{wire: any[], objects: any[], seen: Map<any, number>, protos: Map<object, Lineage>}} State
 * @typedef {{native: string, name: string, iterator: boolean}} Lineage What a chain of prototypes says.
 */
"use strict";

const UNDEFINED = -1, HOLE = -2, NAN = -3, NEGATIVE_ZERO = -4, INFINITY = -5, NEGATIVE_INFINITY = -6;
const HOLES_WRITTEN_OUT = 1000, DESCRIPTION_CHARACTERS = 500, BASE64_CHUNK_BYTES = 0x6000;

const { getPrototypeOf, setPrototypeOf, getOwnPropertyDescriptor, defineProperty, hasOwn, keys, freeze } = Object;
const ObjectC = Object, ObjectPrototype = Object.prototype, ArrayPrototype = Array.prototype;
const { isArray } = Array, { ownKeys } = Reflect, { isView } = ArrayBuffer, { parse, stringify } = JSON;
const ErrorC = Error, MapC = Map, SetC = Set, DateC = Date, RegExpC = RegExp, BigIntC = BigInt, StringC = String;
const ArrayBufferC = ArrayBuffer, DataViewC = DataView, Uint8ArrayC = Uint8Array;
const clone = globalThis.structuredClone, { btoa, atob, DOMException: DOMExceptionC } = globalThis;
/** @type {(f: any) => any} From a method to a function of `this` and its arguments. */
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
/** @type {(proto: any, name: PropertyKey) => any} */
const getter = (proto, name) => {
  const found = proto && getOwnPropertyDescriptor(proto, name);
  return found && found.get ? uncurry(found.get) : () => { throw new TypeError("absent here"); };
};
/** @type {(proto: any, name: string) => any} */
const method = (proto, name) => (proto && typeof proto[name] === "function" ? uncurry(proto[name]) : undefined);
const G = /** @type {any} */ (globalThis);
const proto = (/** @type {string} */ name) => G[name] && G[name].prototype;

const mapGet = method(proto("Map"), "get"), mapSet = method(proto("Map"), "set");
const mapEach = method(proto("Map"), "forEach"), setEach = method(proto("Set"), "forEach");
const setAdd = method(proto("Set"), "add"), getTime = method(proto("Date"), "getTime");
const bigintText = method(proto("BigInt"), "toString"), symbolText = method(proto("Symbol"), "toString");
const sourceOf = method(proto("Function"), "toString"), cut = method(proto("String"), "slice");
const regexpSource = getter(proto("RegExp"), "source");
const FLAGS = [["d", "hasIndices"], ["g", "global"], ["i", "ignoreCase"], ["m", "multiline"], ["s", "dotAll"],
  ["u", "unicode"], ["v", "unicodeSets"], ["y", "sticky"]].map(([flag, name]) => [flag, getter(proto("RegExp"), name)]);
const unboxers = ["Number", "String", "Boolean", "BigInt"].map((name) => method(proto(name), "valueOf"));
const symbolValue = method(proto("Symbol"), "valueOf");

const TypedProto = getPrototypeOf(Uint8Array.prototype), BufferProto = ArrayBuffer.prototype;
const kindOf = getter(TypedProto, Symbol.toStringTag), viewBuffer = getter(TypedProto, "buffer");
const viewOffset = getter(TypedProto, "byteOffset"), viewLength = getter(TypedProto, "length");
const viewKeys = method(TypedProto, "keys"), viewSet = method(TypedProto, "set");
const subarray = method(TypedProto, "subarray");
const dataBuffer = getter(DataView.prototype, "buffer"), dataOffset = getter(DataView.prototype, "byteOffset");
const dataLength = getter(DataView.prototype, "byteLength");
const bufferLength = getter(BufferProto, "byteLength"), bufferMax = getter(BufferProto, "maxByteLength");
const isResizable = getter(BufferProto, "resizable"), isDetached = getter(BufferProto, "detached");
const resize = method(BufferProto, "resize");
// Without cross-origin isolation the constructor is hidden, not absent.
const SharedC = G.SharedArrayBuffer || (() => {
  try {
    return getPrototypeOf(new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer).constructor;
  } catch { return undefined; }
})();
const sharedProto = SharedC && SharedC.prototype;
const sharedLength = getter(sharedProto, "byteLength"), sharedMax = getter(sharedProto, "maxByteLength");
const isGrowable = getter(sharedProto, "growable");
const nativeToBase64 = method(Uint8Array.prototype, "toBase64");
const nativeFromBase64 = G.Uint8Array.fromBase64 && G.Uint8Array.fromBase64.bind(Uint8Array);
const fromCharCode = String.fromCharCode.bind(String), charCodeAt = method(proto("String"), "charCodeAt");
const { apply } = Reflect;

const blobSize = getter(proto("Blob"), "size"), blobType = getter(proto("Blob"), "type");
const fileName = getter(proto("File"), "name"), fileModified = getter(proto("File"), "lastModified");
const domName = getter(proto("DOMException"), "name"), domMessage = getter(proto("DOMException"), "message");
const domCode = getter(proto("DOMException"), "code");
const nodeName = getter(proto("Node"), "nodeName"), localName = getter(proto("Element"), "localName");
const elementId = getter(proto("Element"), "id"), attribute = method(proto("Element"), "getAttribute");
const isError = G.Error.isError ||
  ((/** @type {any} */ v) => v instanceof ErrorC || (DOMExceptionC && v instanceof DOMExceptionC));
const IteratorProto = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));
const AsyncIteratorProto = getPrototypeOf(getPrototypeOf(getPrototypeOf((async function* () {})())));
const { hasInstance, isConcatSpreadable, toStringTag } = Symbol;

/** @type {Record<string, any>} */
const ERRORS = { __proto__: null }, VIEWS = { __proto__: null };
for (const name of ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
  "AggregateError"]) ERRORS[name] = G[name];
for (const name of ["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32", "Float16", "Float32",
  "Float64", "BigInt64", "BigUint64"]) VIEWS[`${name}Array`] = G[`${name}Array`];
VIEWS.DataView = DataViewC;

/** True while a page has put an indexed property on Array.prototype or Object.prototype, which plain writes would meet. */
let polluted = false;
const isIndex = (/** @type {any} */ key) => typeof key === "string" && key === StringC(/** @type {any} */ (key) >>> 0);
const look = () => { polluted = isIndex(ownKeys(ArrayPrototype)[0]) || isIndex(ownKeys(ObjectPrototype)[0]); };
/** @type {(items: any[]) => any[]} The same array, safe to append to. */
const safe = (items) => (polluted ? setPrototypeOf(items, null) : items);
/** @type {(target: object, key: PropertyKey, value: any, enumerable?: boolean) => void} CreateDataProperty. */
const put = (target, key, value, enumerable = true) => {
  const how = /** @type {any} */ ({ __proto__: null, value, enumerable, writable: true, configurable: true });
  defineProperty(target, key, how);
};
/** @type {(owner: object, key: PropertyKey) => any} An own data property's value; no getter is called. */
const ownData = (owner, key) => {
  const found = getOwnPropertyDescriptor(owner, key);
  return found && hasOwn(found, "value") ? found.value : undefined;
};
/** @type {(f: Function, v: any) => any} */
const attempt = (f, v) => { try { return f(v); } catch { return undefined; } };
const shorten = (/** @type {string} */ text) =>
  (text.length > DESCRIPTION_CHARACTERS ? `${cut(text, 0, DESCRIPTION_CHARACTERS)}…` : text);
/** @type {(kind: string, name: string, description: string) => Node} */
const handle = (kind, name, description) => ["X", kind, name, shorten(description)];

const toBase64 = (/** @type {Uint8Array} */ bytes) => {
  if (nativeToBase64) return nativeToBase64(bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += BASE64_CHUNK_BYTES) {
    text += btoa(apply(fromCharCode, undefined, /** @type {any} */ (subarray(bytes, at, at + BASE64_CHUNK_BYTES))));
  }
  return text;
};
const fromBase64 = (/** @type {string} */ text) => {
  if (nativeFromBase64) return nativeFromBase64(text);
  const binary = atob(text), bytes = new Uint8ArrayC(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = charCodeAt(binary, i);
  return bytes;
};
