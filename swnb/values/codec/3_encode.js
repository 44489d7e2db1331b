// @ts-check
/* Part 3 of 4: any value to a flat table. */
"use strict";

/** @type {(state: State, value: any) => Slot} What stands for `value` inside a node; objects get a node of their own, later. */
const slot = (state, value) => {
  switch (typeof value) {
    case "string": case "boolean": return value;
    case "number":
      if (value === 0) return 1 / value < 0 ? [NEGATIVE_ZERO] : 0;
      if (value !== value) return [NAN];
      return value === 1 / 0 ? [INFINITY] : value === -1 / 0 ? [NEGATIVE_INFINITY] : value;
    case "bigint": return [bigintText(value, 16)];
    case "undefined": if (value === undefined) return [UNDEFINED]; break; // document.all goes on
    case "object": if (value === null) return null;
  }
  const known = mapGet(state.seen, value);
  if (known !== undefined) return [known];
  const index = state.wire.length;
  mapSet(state.seen, value, index);
  state.wire[index] = null;
  state.objects[index] = value;
  return [index];
};

/** @type {(state: State, node: Node) => Slot} A node that is ready and that nothing else refers to. */
const attach = (state, node) => {
  state.wire[state.wire.length] = node;
  return [state.wire.length - 1];
};

/** @type {(error: any) => Node} What stands where a getter or a trap threw. */
const thrown = (error) => {
  if (typeof error !== "object" || error === null) return handle("thrown", "", attempt(StringC, error) || "");
  const name = lineage(undefined, getPrototypeOf(error)).name;
  const message = attempt(domMessage, error) ?? ownData(error, "message");
  return handle("thrown", name, typeof message === "string" && message ? `${name}: ${message}` : name);
};

/** @type {(state: State, node: Node, value: any) => Node} Own enumerable string keys, as structured clone takes them. */
const pairs = (state, node, value) => {
  const names = keys(value);
  let end = node.length;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    let item;
    try {
      item = value[name];
      if (item === undefined && !hasOwn(value, name)) continue; // an earlier getter deleted it
      item = slot(state, item);
    } catch (error) { item = attach(state, attempt(thrown, error) || handle("thrown", "", "")); }
    node[end++] = name;
    node[end++] = item;
  }
  return node;
};

/** @type {(state: State, value: any[]) => Node} */
const encodeArray = (state, value) => {
  const { length } = value, names = keys(value);
  // Index keys come first, in order: where the last of `length` keys is the last index there is no hole and no extra.
  const dense = names.length === length && (length === 0 || names[length - 1] === StringC(length - 1));
  if (!dense) return encodeSparse(state, value, length, names);
  const node = safe(["A"]);
  for (let i = 0; i < length; i++) {
    try { node[i + 1] = slot(state, value[i]); } catch (error) { node[i + 1] = attach(state, thrown(error)); }
  }
  return node;
};

/** @type {(state: State, value: any[], length: number, names: string[]) => Node} */
const encodeSparse = (state, value, length, names) => {
  const all = pairs(state, safe([]), value), last = names[names.length - 1];
  const extras = last !== undefined && !(isIndex(last) && +last < length);
  if (extras || length - names.length > HOLES_WRITTEN_OUT) {
    const node = safe(["S", length]);
    for (let i = 0; i < all.length; i += 2) {
      node[i + 2] = isIndex(all[i]) && +all[i] < length ? +all[i] : all[i];
      node[i + 3] = all[i + 1];
    }
    return node;
  }
  const node = safe(["A"]);
  for (let i = 1; i <= length; i++) node[i] = [HOLE];
  for (let i = 0; i < all.length; i += 2) node[+all[i] + 1] = all[i + 1];
  return node;
};

/** @type {(protos: Map<object, Lineage> | undefined, start: any) => Lineage} */
const lineage = (protos, start) => {
  const known = protos && mapGet(protos, start);
  if (known) return known;
  let native = "", name = "", iterator = false;
  for (let p = start; p !== null; p = getPrototypeOf(p)) {
    const maker = ownData(p, "constructor");
    if (p === IteratorProto || p === AsyncIteratorProto) { iterator = true; native ||= "Iterator"; }
    if (typeof maker !== "function") continue;
    const label = ownData(maker, "name");
    if (!name && typeof label === "string") name = label;
    if (label === "Object" && getPrototypeOf(p) === null) continue;
    if (!native && cut(sourceOf(maker), -17) === "{ [native code] }") native = label || "?";
  }
  let tag;
  for (let p = iterator ? start : null; p !== null && typeof tag !== "string"; p = getPrototypeOf(p)) {
    tag = ownData(p, toStringTag);
  }
  const found = { native, name: typeof tag === "string" ? tag : name || "Object", iterator };
  if (protos) mapSet(protos, start, found);
  return found;
};

/** @type {Record<string, string>} */
const HANDLE_KINDS = /** @type {any} */ ({
  __proto__: null, Promise: "promise", WeakMap: "weakmap", WeakSet: "weakset", WeakRef: "weakref", Window: "window",
});

/** @type {(state: State, value: any) => Node | undefined} */
const branded = (state, value) => {
  for (let i = 0; i < BRAND_NAMES.length; i++) {
    const node = attempt(() => BRANDS[BRAND_NAMES[i]](state, value), 0);
    if (node) return node;
  }
  return undefined;
};

/** @type {(state: State, node: Node, value: any) => Node} One without keys may be a Map that was given another prototype. */
const encodePlain = (state, node, value) => {
  const empty = node.length, filled = pairs(state, node, value);
  if (filled.length > empty) return filled;
  const twin = attempt(clone, value); // no keys: no getter runs
  return twin && getPrototypeOf(twin) === ObjectPrototype ? filled : branded(state, value) || filled;
};

/** @type {(state: State, value: any, parent: any) => Node} An object whose prototype is not this realm's Object.prototype. */
const encodeSpecial = (state, value, parent) => {
  if (isView(value)) return encodeView(state, value);
  const info = parent === null ? { native: "", name: "Object", iterator: false } : lineage(state.protos, parent);
  if (isError(value)) return encodeError(state, value, info);
  if (parent === null && hasOwn(value, hasInstance) && hasOwn(value, isConcatSpreadable)) {
    const kind = attempt(() => hasOwn(value, "postMessage"), 0) ? "Window" : "Location"; // others throw there
    return handle("window", kind, `${kind} (of another origin)`);
  }
  if (!info.native) return encodePlain(state, safe(info.name === "Object" ? ["O"] : ["C", info.name]), value);
  const likely = BRANDS[info.native], first = likely && attempt(() => likely(state, value), 0);
  const kind = info.iterator ? "iterator" : HANDLE_KINDS[info.native] || "object";
  return first || branded(state, value) || handle(kind, info.name, info.name);
};

/** @type {(state: State, value: any) => Node} */
const encodeNode = (state, value) => {
  try {
    if (typeof value === "function") return handle("function", "Function", sourceOf(value));
    if (typeof value === "symbol") return handle("symbol", "Symbol", symbolText(value));
    if (isArray(value)) return encodeArray(state, value);
    const parent = getPrototypeOf(value);
    const plain = parent === ObjectPrototype && !isView(value) && !isError(value);
    return plain ? encodePlain(state, safe(["O"]), value) : encodeSpecial(state, value, parent);
  } catch (error) { return attempt(thrown, error) || handle("thrown", "", ""); }
};

const BASE64_IN_TEXT = 65536;
/** @type {(wire: any[]) => boolean} Whether JSON text is the faster form: not for buffers, nor where a page listens in. */
const fitsText = (wire) => {
  if ("toJSON" in ArrayPrototype) return false;
  for (let i = 1, total = 0; i < wire.length; i++) {
    const node = wire[i];
    if ((node[0] === "B" || node[0] === "H") && (total += node[1].length) > BASE64_IN_TEXT) return false;
  }
  return typeof wire[0] !== "string";
};

/**
 * Never throws: what cannot cross is described where it stands.
 * @type {(root: any, options?: {text?: boolean}) => Wire | string} With `text`, JSON text of the table where that is faster.
 */
const encode = (root, options) => {
  look();
  /** @type {State} */
  const state = { wire: safe([null]), objects: safe([]), seen: new MapC(), protos: new MapC() };
  state.wire[0] = slot(state, root);
  for (let i = 1; i < state.wire.length; i++) {
    if (state.wire[i] === null) state.wire[i] = encodeNode(state, state.objects[i]);
  }
  return options && options.text && fitsText(state.wire) ? stringify(state.wire) : /** @type {Wire} */ (state.wire);
};
