// @ts-check
/* The kinds of object that have a node of their own. */
const mapEach = method(proto("Map"), "forEach"), setEach = method(proto("Set"), "forEach");
const getTime = method(proto("Date"), "getTime"), regexpSource = getter(proto("RegExp"), "source");
/** @type {[string, (regexp: any) => boolean][]} */
const FLAGS = /** @type {any} */ ([["d", "hasIndices"], ["g", "global"], ["i", "ignoreCase"], ["m", "multiline"], ["s", "dotAll"],
  ["u", "unicode"], ["v", "unicodeSets"], ["y", "sticky"]].map((flag) => [flag[0], getter(proto("RegExp"), flag[1])]));
const TypedProto = getPrototypeOf(proto("Uint8Array")), Uint8ArrayC = Uint8Array;
const viewKind = getter(TypedProto, Symbol.toStringTag), viewBuffer = getter(TypedProto, "buffer");
const viewOffset = getter(TypedProto, "byteOffset"), viewLength = getter(TypedProto, "length");
const dataBuffer = getter(proto("DataView"), "buffer"), dataOffset = getter(proto("DataView"), "byteOffset");
const dataLength = getter(proto("DataView"), "byteLength"), toBase64 = method(proto("Uint8Array"), "toBase64");
const bufferLength = getter(proto("ArrayBuffer"), "byteLength"), bufferMax = getter(proto("ArrayBuffer"), "maxByteLength");
const isResizable = getter(proto("ArrayBuffer"), "resizable"), isDetached = getter(proto("ArrayBuffer"), "detached");
const sharedLength = getter(proto("SharedArrayBuffer"), "byteLength");
const blobSize = getter(proto("Blob"), "size"), blobType = getter(proto("Blob"), "type");
const fileName = getter(proto("File"), "name"), fileModified = getter(proto("File"), "lastModified");
const domCode = getter(proto("DOMException"), "code");

/** @type {(buffer: any, from: number, bytes: number) => string} */
const base64 = (buffer, from, bytes) => toBase64(new Uint8ArrayC(buffer, from, bytes));
/** @type {(walk: Walk, buffer: any) => string} */
const bufferNode = (walk, buffer) => {
  const bytes = bufferLength(buffer);
  if (isDetached(buffer)) { // transferred: its bytes are at the other end
    walk.exact = 0;
    return '["X","detached","ArrayBuffer","ArrayBuffer (transferred)"]';
  }
  walk.size += bytes;
  if (bytes * 4 / 3 <= LIMIT) return `["B","${base64(buffer, 0, bytes)}",${isResizable(buffer) ? bufferMax(buffer) : "null"}]`;
  walk.over = true;
  let sampled = `["B",${bytes},"${base64(buffer, 0, SAMPLE)}${base64(buffer, bytes - SAMPLE, SAMPLE)}`;
  for (let i = 1; i < 32; i++) sampled += base64(buffer, floor((bytes - 64) * i / 32), 64);
  return `${sampled}"]`;
};
/** @type {(walk: Walk, buffer: any) => string} */
const sharedNode = (walk, buffer) => {
  const bytes = sharedLength(buffer);
  walk.exact = 0; // both ends write to it
  walk.size += bytes;
  if (bytes * 4 / 3 <= LIMIT) return `["H","${base64(buffer, 0, bytes)}",null]`;
  walk.over = true;
  return `["H",${bytes}]`;
};
/** @type {(walk: Walk, view: any) => string} */
const viewNode = (walk, view) => {
  const kind = viewKind(view), under = kind ? viewBuffer(view) : dataBuffer(view);
  if (attempt(isDetached, under)) {
    walk.exact = 0;
    return `["X","detached","${kind || "DataView"}","${kind || "DataView"} (transferred)"]`;
  }
  const length = kind ? viewLength(view) : attempt(dataLength, view) || 0;
  const offset = kind ? viewOffset(view) : attempt(dataOffset, view) || 0;
  return `["T","${kind || "DataView"}",${slot(walk, under)},${offset},${length}]`;
};

const ERROR_NAMES = { __proto__: null, EvalError: 1, RangeError: 1, ReferenceError: 1, SyntaxError: 1, TypeError: 1, URIError: 1 };
/** @type {(walk: Walk, error: any) => string} As structured clone makes it anew: one of the seven, without further properties. */
const errorNode = (walk, error) => {
  const parent = getPrototypeOf(error);
  const known = parent !== null && mapGet(KINDS, parent) === errorNode;
  if (!known && !walk.fresh) walk.exact = 0; // its name may be anything's
  const own = ownData(error, "name"), inherited = known ? ownData(parent, "name") : undefined;
  const found = typeof own === "string" ? own : typeof inherited === "string" ? inherited : "Error";
  const name = found in ERROR_NAMES ? found : "Error", message = ownData(error, "message");
  learnStacks();
  const stack = getOwnPropertyDescriptor(error, "stack");
  const written = stack && (stack.get === stackGetter && stackGetter ? apply(stackGetter, error, []) : ownData(error, "stack"));
  const cause = getOwnPropertyDescriptor(error, "cause");
  const because = cause === undefined ? "[-2]" : slotAt(walk, error, "cause");
  const words = typeof message === "string" ? message : "", lines = typeof written === "string" ? written : null;
  walk.size += 2 * (name.length + words.length + (lines === null ? 0 : lines.length));
  return `["E","${name}","${name}",${jsonOf(walk, words)},${lines === null ? "null" : jsonOf(walk, lines)},null,${because},[-2]]`;
};
/** @type {(walk: Walk, error: any) => string} */
const exceptionNode = (walk, error) => {
  const name = domName(error), message = domMessage(error);
  walk.size += 2 * (name.length + message.length);
  return `["E","DOMException",${jsonOf(walk, name)},${jsonOf(walk, message)},null,${domCode(error)},[-2],[-2]]`;
};

/** @type {(walk: Walk, value: any) => string} */
const mapNode = (walk, value) => {
  let json = '["M"';
  mapEach(value, (/** @type {any} */ item, /** @type {any} */ key) => {
    if (walk.slots <= MOST_SLOTS) json += `,${slot(walk, key)},${slot(walk, item)}`;
  });
  return `${json}]`;
};
/** @type {(walk: Walk, value: any) => string} */
const setNode = (walk, value) => {
  let json = '["Z"';
  setEach(value, (/** @type {any} */ item) => { if (walk.slots <= MOST_SLOTS) json += `,${slot(walk, item)}`; });
  return `${json}]`;
};
/** @type {(walk: Walk, value: any) => string} */
const regexpNode = (walk, value) => {
  let flags = "";
  for (let i = 0; i < FLAGS.length; i++) if (attempt(FLAGS[i][1], value)) flags += FLAGS[i][0];
  return `["R",${jsonOf(walk, regexpSource(value))},"${flags}"]`;
};
/** @type {(walk: Walk, value: any) => string} */
const blobNode = (walk, value) => {
  const size = blobSize(value), head = `${size},${quote(blobType(value))}`, name = attempt(fileName, value);
  walk.size += size;
  return name === undefined ? `["L",${head}]` : `["F",${head},${quote(name)},${fileModified(value)}]`;
};
/** @type {(name: string) => (walk: Walk, value: any) => string} */
const boxNode = (name) => {
  const unbox = method(proto(name), "valueOf");
  return (walk, value) => `["P",${slot(walk, unbox(value))}]`;
};
/** @type {(walk: Walk, value: any) => string} */
const plainNode = (walk, value) => pairs(walk, value, '["O"');
/** Classes that are only named. They are looked for when there is an object to name: the browser makes each of them on first use. */
const NAMED = ["MessagePort", "ImageBitmap", "ImageData", "ReadableStream", "WritableStream", "TransformStream", "OffscreenCanvas",
  "DOMPoint", "DOMPointReadOnly", "DOMRect", "DOMRectReadOnly", "DOMQuad", "DOMMatrix", "DOMMatrixReadOnly", "FileList",
  "CryptoKey", "VideoFrame", "AudioData", "RTCDataChannel", "FileSystemHandle", "FileSystemFileHandle", "FileSystemDirectoryHandle",
  "QuotaExceededError"];

/** By the brand that throws for all others. @type {[string, (value: any) => any, (walk: Walk, value: any) => string][]} */
const BRANDS = /** @type {any} */ ([
  ["Map", getter(proto("Map"), "size"), mapNode], ["Set", getter(proto("Set"), "size"), setNode],
  ["Date", getTime, (/** @type {Walk} */ walk, /** @type {any} */ value) => `["D",${slot(walk, getTime(value))}]`],
  ["RegExp", getter(proto("RegExp"), "hasIndices"), regexpNode],
  ["ArrayBuffer", bufferLength, bufferNode], ["SharedArrayBuffer", sharedLength, sharedNode],
  ["Number", method(proto("Number"), "valueOf"), boxNode("Number")], ["String", method(proto("String"), "valueOf"), boxNode("String")],
  ["Boolean", method(proto("Boolean"), "valueOf"), boxNode("Boolean")],
  ["BigInt", method(proto("BigInt"), "valueOf"), boxNode("BigInt")],
  ["Blob", blobSize, blobNode], ["File", fileName, blobNode], ["DOMException", domCode, exceptionNode],
]);
/** How an object is written, by its prototype. @type {Map<object, (walk: Walk, value: any) => string>} */
const KINDS = new MapC();
mapSet(KINDS, ObjectPrototype, plainNode);
for (let i = 0; i < BRANDS.length; i++) if (proto(BRANDS[i][0])) mapSet(KINDS, proto(BRANDS[i][0]), BRANDS[i][2]);
for (const name of ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"]) {
  mapSet(KINDS, proto(name), errorNode);
}
for (const name of ["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32", "Float16", "Float32", "Float64",
  "BigInt64", "BigUint64"]) if (proto(`${name}Array`)) mapSet(KINDS, proto(`${name}Array`), viewNode);
mapSet(KINDS, proto("DataView"), viewNode);
let areNamed = false;
/** A page may have put a class of its own in the place of one of them by now; but none that is written as a native of that name. */
const nameKinds = () => {
  areNamed = true;
  for (let i = 0; i < NAMED.length; i++) {
    const name = NAMED[i], found = ownData(G, name);
    if (typeof found !== "function" || apply(nativeToString, found, []) !== `function ${name}() { [native code] }`) continue;
    mapSet(KINDS, found.prototype, () => `["X","object","${name}","${name}"]`);
  }
};
/** Prototypes whose objects were found to be no natives. */
const plainParents = new WeakSetC(), setAdd = method(proto("WeakSet"), "add"), setHas = method(proto("WeakSet"), "has");

/** @type {(walk: Walk, value: any, parent: object | null) => string} Of a class of the page's, or of another realm. */
const strangeNode = (walk, value, parent) => {
  if (isView(value)) return viewNode(walk, value);
  if (isError && isError(value)) return attempt(domCode, value) === undefined ? errorNode(walk, value) : exceptionNode(walk, value);
  if (parent === null || setHas(plainParents, parent)) return plainNode(walk, value);
  for (let i = 0; i < BRANDS.length; i++) {
    if (attempt(BRANDS[i][1], value) !== undefined) return BRANDS[i][2](walk, value);
  }
  if (!areNamed) nameKinds();
  const named = mapGet(KINDS, parent);
  if (named !== undefined && named !== plainNode) return named(walk, value);
  setAdd(plainParents, parent);
  return plainNode(walk, value);
};
/** @type {(walk: Walk, value: any) => string} */
const nodeOf = (walk, value) => {
  if (isArray(value)) return arrayNode(walk, value);
  const parent = getPrototypeOf(value), known = parent === null ? undefined : mapGet(KINDS, parent);
  if (known === undefined) return strangeNode(walk, value, parent);
  if (known === plainNode) return plainNode(walk, value);
  try { return known(walk, value); } catch { return strangeNode(walk, value, null); } // another's prototype, put on a plain object
};
