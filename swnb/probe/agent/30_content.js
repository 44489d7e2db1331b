// @ts-check
/* What a message carries, as the flat table of `swnb/values/wire.py`, made without running anything of the page's.
 *
 * A sender's value is described after the browser took it (so there is no Proxy in it), by property descriptors alone; a receiver's
 * is fresh from the browser. Both ends of a message give the same text: what structured clone delivers.
 *
 * @typedef {{__proto__: null, value: any, json: string, next: any}} Entry A node to be written; `json` if it is ready.
 * @typedef {{__proto__: null, fresh: boolean, size: number, exact: number, over: boolean, isBroken: boolean, count: number, slots: number,
 *   seen: Map<any, number> | null, last: Entry | null}} Walk
 */
const MOST_SLOTS = 100000, SAMPLE = 4096, HOLES_WRITTEN_OUT = 1000, NUMBER_BYTES = 8, PAIR_BYTES = 16;
const bigintText = method(proto("BigInt"), "toString"), { imul } = Math, numberText = method(proto("Number"), "toString");

/** @type {(text: string, a?: number, b?: number) => string} 64 bits of a text as hexadecimal digits. */
const hash = (text, a = 0x811c9dc5, b = 0x2f0b4c47) => {
  for (let i = 0; i < text.length; i++) {
    const code = charCodeAt(text, i);
    a = imul(a ^ code, 0x01000193);
    b = imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
  }
  return numberText(a >>> 0, 16) + numberText(b >>> 0, 16);
};
/** @type {(text: string) => string} The same of a long text: its length, head, tail and pieces between. */
const hashLong = (text) => {
  const { length } = text;
  let sampled = `${length}:${cut(text, 0, SAMPLE)}${cut(text, length - SAMPLE)}`;
  for (let i = 1; i < 32; i++) { const at = floor(length * i / 32); sampled += cut(text, at, at + 64); }
  return hash(sampled);
};

/** @type {(walk: Walk, value: any, json: string) => string} The slot of a new node. */
const enqueue = (walk, value, json) => {
  const entry = /** @type {Entry} */ ({ __proto__: null, value, json, next: null });
  if (walk.last) walk.last.next = entry;
  walk.last = entry;
  return `[${++walk.count}]`;
};
/** @type {(walk: Walk, kind: string, name: string) => string} What stands where nothing can be known; `exact` is lost. */
const unknown = (walk, kind, name) => {
  walk.exact = 0;
  return enqueue(walk, null, `["X","${kind}","${name}","${name}"]`);
};

/** @type {(walk: Walk, value: string) => string} */
const jsonOf = (walk, value) => {
  walk.isBroken ||= !isWellFormed(value);
  return stringify(value);
};
/** @type {(walk: Walk, value: any) => string} JSON of what stands for a value inside a node. */
const slot = (walk, value) => {
  walk.slots++;
  switch (typeof value) {
    case "string":
      walk.size += 2 * value.length;
      if (value.length <= LIMIT) return jsonOf(walk, value);
      walk.over = true;
      return `"${hashLong(value)}"`;
    case "boolean": walk.size++; return value ? "true" : "false";
    case "number":
      walk.size += NUMBER_BYTES;
      if (value === 0) return 1 / value < 0 ? "[-4]" : "0";
      if (value - value === 0) return `${value}`;
      return value !== value ? "[-3]" : value > 0 ? "[-5]" : "[-6]";
    case "bigint": {
      const digits = bigintText(value, 16);
      walk.size += digits.length >> 1;
      return `["${digits}"]`;
    }
    case "undefined": walk.size++; return "[-1]";
    case "object": break;
    default: return unknown(walk, typeof value, typeof value);
  }
  if (value === null) { walk.size++; return "null"; }
  if (walk.seen === null) walk.seen = new MapC();
  const known = mapGet(walk.seen, value);
  if (known !== undefined) return `[${known}]`;
  mapSet(walk.seen, value, walk.count + 1);
  return enqueue(walk, value, "");
};

/** @type {(walk: Walk, owner: any, key: string) => string | null} The slot of a property; null where it is gone. */
const slotAt = (walk, owner, key) => {
  if (walk.fresh) return slot(walk, owner[key]);
  const found = getOwnPropertyDescriptor(owner, key);
  if (found === undefined) { walk.exact = 0; return null; } // a getter deleted it
  return hasOwn(found, "value") ? slot(walk, found.value) : unknown(walk, "accessor", "");
};

/** @type {(walk: Walk, names: string[]) => boolean} Whether these are too many to be written, and were counted instead. */
const tooMany = (walk, names) => {
  if (names.length * 6 <= LIMIT && walk.slots + names.length <= MOST_SLOTS) return false;
  walk.over = true;
  walk.size += PAIR_BYTES * names.length;
  return true;
};
/** @type {(walk: Walk, value: any, json: string) => string} A node of own enumerable properties; `json` is its beginning. */
const pairs = (walk, value, json) => {
  const names = keys(value);
  if (tooMany(walk, names)) return `${json},${names.length},${quote(names[0])},${quote(names[names.length - 1])}]`;
  for (let i = 0; i < names.length; i++) {
    const item = slotAt(walk, value, names[i]);
    if (item === null) continue;
    walk.size += 2 * names[i].length;
    json += `,${jsonOf(walk, names[i])},${item}`;
  }
  return `${json}]`;
};

/** @type {(walk: Walk, value: any[]) => string} */
const arrayNode = (walk, value) => {
  const { length } = value;
  if (length * 2 > LIMIT) {
    walk.over = true;
    const size = walk.size + NUMBER_BYTES * length;
    let sampled = `["A",${length}`;
    for (let i = 0; i < length; i += (length >> 6) + 1) {
      sampled += hasOwn(value, `${i}`) ? `,${slotAt(walk, value, `${i}`)}` : ",[-2]";
    }
    walk.size = size;
    return `${sampled}]`;
  }
  const names = keys(value);
  if (names.length !== length || (length !== 0 && names[length - 1] !== `${length - 1}`)) return sparseNode(walk, value, names);
  let json = '["A"';
  for (let i = 0; i < length; i++) json += `,${slotAt(walk, value, names[i]) ?? "[-2]"}`;
  return `${json}]`;
};
/** @type {(name: string | undefined, length: number) => boolean} */
const isIndexOf = (name, length) => name !== undefined && name === `${+name >>> 0}` && +name < length;
/** @type {(walk: Walk, value: any[], names: string[]) => string} Holes, and properties that are no elements. */
const sparseNode = (walk, value, names) => {
  const { length } = value;
  const extras = names.length > 0 && !isIndexOf(names[names.length - 1], length);
  let json = extras || length - names.length > HOLES_WRITTEN_OUT ? `["S",${length}` : '["A"';
  if (json[1] === '"' && json[2] === "A") {
    for (let i = 0, at = 0; i < length; i++) {
      json += names[at] === `${i}` ? `,${slotAt(walk, value, names[at++]) ?? "[-2]"}` : ",[-2]";
    }
    return `${json}]`;
  }
  for (let i = 0; i < names.length; i++) {
    const item = slotAt(walk, value, names[i]);
    if (item !== null) json += `,${isIndexOf(names[i], length) ? names[i] : jsonOf(walk, names[i])},${item}`;
  }
  return `${json}]`;
};

/**
 * As JSON of its own where half a surrogate pair is in it: not every reader of facts takes the escape for one.
 * @type {(json: string, isBroken: boolean) => Raw}
 */
const contentOf = (json, isBroken) => raw(isBroken ? stringify(json) : json);

/** @type {(walk: Walk, json: string, first: any) => [Raw | null, number, string, number]} Write the nodes, in their order. */
const finish = (walk, json, first) => {
  let digest = "", nodes = 0;
  for (let entry = first; entry !== null; entry = entry.next) {
    if (walk.slots > MOST_SLOTS) { walk.over = true; walk.size += PAIR_BYTES * (walk.count - nodes); break; }
    nodes++;
    const node = entry.json || nodeOf(walk, entry.value);
    if (digest) continue; // beyond the limit only the size counts
    json += `,${node}`;
    if (walk.over || json.length >= LIMIT) { digest = hash(json); walk.over = true; }
  }
  if (!walk.over) return [contentOf(`${json}]`, walk.isBroken), walk.size, "", walk.exact];
  return [null, walk.size, digest || hash(json), walk.exact];
};

let lastText = /** @type {string | null} */ (null), lastFound = /** @type {[Raw | null, number, string, number]} */ ([null, 0, "", 1]);
/**
 * Describe what was sent, or (`fresh`) what arrived: content, size in bytes, digest where there is no content, and whether both
 * ends must agree.
 * @type {(value: any, fresh?: boolean) => [Raw | null, number, string, number]}
 */
const describe = (value, fresh = false) => {
  if (typeof value === "string" && value.length < LIMIT) {
    if (value === lastText) return lastFound; // what is passed on, or posted to everybody
    const json = `[${stringify(value)}]`;
    lastText = value;
    return lastFound = json.length <= LIMIT ? [contentOf(json, !isWellFormed(value)), 2 * value.length, "", 1]
      : [null, 2 * value.length, hash(json), 1];
  }
  /** @type {Walk} */
  const walk = { __proto__: null, fresh, size: 0, exact: 1, over: false, isBroken: false, count: 0, slots: 0, seen: null, last: null };
  const root = slot(walk, value);
  return finish(walk, `[${root}`, walk.last);
};
