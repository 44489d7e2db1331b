// @ts-check
/* Part 2 of 4: the kinds of object that have a node of their own. */
"use strict";

/** @type {(view: any) => boolean} A typed array beyond the end of its buffer, or on a detached one. */
const isOut = (view) => { try { viewKeys(view); return false; } catch { return true; } };

/** @type {(view: any, buffer: any, kind: string) => boolean} Whether the view's length follows its buffer's. */
const isTracking = (view, buffer, kind) => {
  if (attempt(isGrowable, buffer)) { // a clone of it would share its memory, so only the end can tell
    const size = kind === "DataView" ? 1 : VIEWS[kind].BYTES_PER_ELEMENT, rest = sharedLength(buffer);
XX < size && rest < sharedMax(buffer);
  }
  if (!attempt(isResizable, buffer)) return false;
  const measure = () => (kind === "DataView" ? attempt(dataLength, twin) : isOut(twin) ? undefined : viewLength(twin));
  const twin = clone(view), under = kind === "DataView" ? dataBuffer(twin) : viewBuffer(twin);
  const before = measure(), now = bufferLength(under), most = bufferMax(under);
  if (now < most) { resize(under, most); if (measure() !== before) return true; }
  if (now > 0) resize(under, now - 1);
  const after = measure();
  return after !== undefined && after !== before;
};

/** @type {(state: State, view: any) => Node} */
const encodeView = (state, view) => {
  const kind = kindOf(view) || "DataView", isData = kind === "DataView";
  const buffer = isData ? dataBuffer(view) : viewBuffer(view);
  if (attempt(isDetached, buffer)) return handle("detached", kind, `${kind} (its buffer is detached)`);
  if (isData ? attempt(dataLength, view) === undefined : isOut(view)) {
    return handle("out-of-bounds", kind, `${kind} (beyond the end of its buffer)`);
  }
  const offset = isData ? dataOffset(view) : viewOffset(view), length = isData ? dataLength(view) : viewLength(view);
  return ["T", kind, slot(state, buffer), offset, isTracking(view, buffer, kind) ? null : length];
};

/** @type {(tag: string, buffer: any, max: number | null, name: string, bytes: number) => Node} */
const encodeBytes = (tag, buffer, max, name, bytes) => {
  try { return [tag, toBase64(new Uint8ArrayC(buffer)), max]; } catch (error) {
    return handle("too-large", name, `${name}(${bytes}) (${attempt(ownMessage, error)})`);
  }
};
const ownMessage = (/** @type {any} */ error) => ownData(error, "message");

/** @type {(error: any) => string | null} The stack, unless a getter of the page's own stands in its place. */
const stackOf = (error) => {
  for (let p = error; p !== null; p = getPrototypeOf(p)) {
    const found = getOwnPropertyDescriptor(p, "stack");
    if (!found) continue;
    if (hasOwn(found, "value")) return typeof found.value === "string" ? found.value : null;
    const native = found.get && cut(sourceOf(found.get), -17) === "{ [native code] }";
    const text = native ? apply(/** @type {any} */ (found.get), error, []) : null;
    return typeof text === "string" ? text : null;
  }
  return null;
};

const TAKEN = ["name", "message", "stack", "cause", "errors"];
/** @type {(state: State, error: any, info: Lineage) => Node} */
const encodeError = (state, error, info) => {
  const code = attempt(domCode, error);
  const isDom = code !== undefined;
  let name = isDom ? domName(error) : attempt((/** @type {any} */ e) => e.name, error);
  let message = isDom ? domMessage(error) : undefined;
  for (let p = error; p !== null && message === undefined; p = getPrototypeOf(p)) message = ownData(p, "message");
  if (typeof name !== "string") name = info.name;
  message = typeof message === "object" || typeof message === "function" ? "" : StringC(message ?? "");
  const isData = (/** @type {string} */ key) => hasOwn(getOwnPropertyDescriptor(error, key) || {}, "value");
  const field = (/** @type {string} */ key) => (isData(key) ? slot(state, ownData(error, key)) : [HOLE]);
  const stack = attempt(stackOf, error) ?? null, kind = isDom ? "DOMException" : info.name;
  const node = safe(["E", kind, name, message, stack, code ?? null, field("cause"), field("errors")]);
  const names = keys(error);
  for (let i = 0, end = node.length; i < names.length; i++) {
    let taken = false;
    for (let j = 0; j < TAKEN.length; j++) taken ||= TAKEN[j] === names[i];
    if (taken || !isData(names[i])) continue;
    node[end++] = names[i];
    node[end++] = slot(state, ownData(error, names[i]));
  }
  return node;
};

/** Each throws at once where the value is none of its kind. @type {Record<string, (state: State, value: any) => Node>} */
const BRANDS = /** @type {any} */ ({
  __proto__: null,
  Map(state, value) {
    const node = safe(["M"]);
    let end = 1;
    mapEach(value, (/** @type {any} */ item, /** @type {any} */ key) => {
      node[end++] = slot(state, key);
      node[end++] = slot(state, item);
    });
    return node;
  },
  Set(state, value) {
    const node = safe(["Z"]);
    let end = 1;
    setEach(value, (/** @type {any} */ item) => { node[end++] = slot(state, item); });
    return node;
  },
  Date: (state, value) => ["D", slot(state, getTime(value))],
  RegExp(_, value) {
    const source = regexpSource(value);
    let flags = "";
    for (let i = 0; i < FLAGS.length; i++) if (attempt(/** @type {any} */ (FLAGS[i][1]), value)) flags += FLAGS[i][0];
    return ["R", source, flags];
  },
  ArrayBuffer(_, value) {
    const bytes = bufferLength(value);
    if (attempt(isDetached, value)) return handle("detached", "ArrayBuffer", "ArrayBuffer (detached)");
    return encodeBytes("B", value, attempt(isResizable, value) ? bufferMax(value) : null, "ArrayBuffer", bytes);
  },
  SharedArrayBuffer(_, value) {
    const bytes = sharedLength(value);
    return encodeBytes("H", value, attempt(isGrowable, value) ? sharedMax(value) : null, "SharedArrayBuffer", bytes);
  },
  Blob(_, value) {
    const size = blobSize(value), name = attempt(fileName, value);
    return name === undefined ? ["L", size, blobType(value)] : ["F", size, blobType(value), name, fileModified(value)];
  },
  Number: (state, value) => ["P", slot(state, unboxers[0](value))],
  String: (state, value) => ["P", slot(state, unboxers[1](value))],
  Boolean: (state, value) => ["P", slot(state, unboxers[2](value))],
  BigInt: (state, value) => ["P", slot(state, unboxers[3](value))],
  Symbol: (_, value) => handle("symbol", "Symbol", `Object(${symbolText(symbolValue(value))})`),
  Node(_, value) {
    const local = attempt(localName, value);
    if (local === undefined) return handle("node", lineage(undefined, getPrototypeOf(value)).name, nodeName(value));
    const id = elementId(value), classes = attribute(value, "class") || "";
    let text = "", gap = true;
    for (let i = 0; i < classes.length; i++) {
      const blank = classes[i] === " " || classes[i] === "\n" || classes[i] === "\t";
      if (!blank) text += gap ? `.${classes[i]}` : classes[i];
      gap = blank;
    }
    return handle("node", lineage(undefined, getPrototypeOf(value)).name, local + (id ? `#${id}` : "") + text);
  },
});
const BRAND_NAMES = keys(BRANDS);
