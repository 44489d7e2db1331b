// @ts-check
/* Part 4 of 4: a flat table to its value. */
"use strict";

/** @type {(made: any[], item: any) => any} The value that a slot stands for; a hole is the caller's business. */
const value = (made, item) => {
  if (typeof item !== "object" || item === null) return item;
  const what = item[0];
  if (typeof what === "string") return what[0] === "-" ? -BigIntC(`0x${cut(what, 1)}`) : BigIntC(`0x${what}`);
  if (what > 0 && what < made.length) return made[what];
  switch (what) {
    case UNDEFINED: return undefined;
    case NAN: return 0 / 0;
    case NEGATIVE_ZERO: return -0;
    case INFINITY: return 1 / 0;
    case NEGATIVE_INFINITY: return -1 / 0;
  }
  throw new ErrorC(`no node ${what}`);
};

/** @type {(bytes: Uint8Array, Buffer: any, max: number | null) => any} */
const buffer = (bytes, Buffer, max) => {
  if (max === null && Buffer === ArrayBufferC) return viewBuffer(bytes);
  if (!Buffer) throw new ErrorC("this context has no SharedArrayBuffer");
  const made = max === null ? new Buffer(viewLength(bytes)) : new Buffer(viewLength(bytes), { maxByteLength: max });
  viewSet(new Uint8ArrayC(made), bytes);
  return made;
};

/** An empty iterable that owes nothing to Array.prototype. */
const END = { __proto__: null, done: true, value: undefined };
const NOTHING = /** @type {any} */ ({ __proto__: null, [Symbol.iterator]: () => ({ __proto__: null, next: () => END }) });

/** @type {(node: Node) => any} */
const makeError = (node) => {
  const kind = node[1], name = node[2], message = node[3], stack = node[4];
  const isDom = kind === "DOMException" && DOMExceptionC;
  const C = ERRORS[name] || ERRORS[kind] || ErrorC;
  const made = isDom ? new DOMExceptionC(message, name)
    : C === ERRORS.AggregateError ? new C(NOTHING, message) : new C(message);
  if (!isDom && C.prototype.name !== name) put(made, "name", name, false);
  if (!isDom && message === "") delete made.message;
  if (stack !== null) put(made, "stack", stack, false);
  else delete made.stack; // it would tell of this very function
  return made;
};

/** The object of a node, still empty. @type {(node: Node) => any} */
const make = (node) => {
  switch (node[0]) {
    case "O": case "C": return {};
    case "A": case "S": return [];
    case "M": return new MapC();
    case "Z": return new SetC();
    case "D": return new DateC(value([], node[1]));
    case "R": return new RegExpC(node[1], node[2]);
    case "B": return buffer(fromBase64(node[1]), ArrayBufferC, node[2]);
    case "H": return buffer(fromBase64(node[1]), SharedC, node[2]);
    case "E": return makeError(node);
    case "P": return ObjectC(value([], node[1]));
    case "T": return undefined; // needs its buffer
  }
  throw new ErrorC(`unknown tag ${attempt(StringC, node[0])}`);
};

/** @type {(made: any[], node: Node) => any} */
const makeView = (made, node) => {
  const C = VIEWS[node[1]], under = value(made, node[2]);
  if (!C) throw new ErrorC(`this browser has no ${node[1]}`);
  return node[4] === null ? new C(under, node[3]) : new C(under, node[3], node[4]);
};

/** @type {(made: any[], node: Node, target: any) => void} */
const fill = (made, node, target) => {
  switch (node[0]) {
    case "O": for (let i = 1; i < node.length; i += 2) put(target, node[i], value(made, node[i + 1])); break;
    case "C": for (let i = 2; i < node.length; i += 2) put(target, node[i], value(made, node[i + 1])); break;
    case "A": fillArray(made, node, target); break;
    case "S":
      for (let i = 2; i < node.length; i += 2) put(target, node[i], value(made, node[i + 1]));
      target.length = node[1];
      break;
    case "M": for (let i = 1; i < node.length; i += 2) mapSet(target, value(made, node[i]), value(made, node[i + 1])); break;
    case "Z": for (let i = 1; i < node.length; i++) setAdd(target, value(made, node[i])); break;
    case "E":
      if (!isArray(node[6]) || node[6][0] !== HOLE) put(target, "cause", value(made, node[6]), false);
      if (!isArray(node[7]) || node[7][0] !== HOLE) put(target, "errors", value(made, node[7]), false);
      for (let i = 8; i < node.length; i += 2) put(target, node[i], value(made, node[i + 1]));
  }
};

/** @type {(made: any[], node: Node, target: any[]) => void} */
const fillArray = (made, node, target) => {
  for (let i = 1; i < node.length; i++) {
    const item = node[i];
    if (typeof item === "object" && item !== null && item[0] === HOLE) continue;
    if (polluted) put(target, i - 1, value(made, item));
    else target[i - 1] = value(made, item);
  }
  target.length = node.length - 1;
};

/** @type {(wire: Wire | string) => any} A table, or its JSON text. Throws `swnb codec: node N: why`. */
const decode = (wire) => {
  look();
  const table = typeof wire === "string" ? parse(wire) : wire;
  const made = safe([undefined]);
  let at = 0;
  try {
    for (at = 1; at < table.length; at++) made[at] = make(table[at]);
    for (at = 1; at < table.length; at++) if (table[at][0] === "T") made[at] = makeView(made, table[at]);
    for (at = 1; at < table.length; at++) fill(made, table[at], made[at]);
    at = 0;
    return value(made, table[0]);
  } catch (error) { throw new ErrorC(`swnb codec: node ${at}: ${attempt(ownMessage, error)}`); }
};
