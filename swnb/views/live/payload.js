// @ts-check
/* Payloads, as the flat table that swnb.values describes: in a few characters, as a tree, as JSON. Text only. */
import { make, visible } from "./common.js";

const SPECIAL = { "-1": "undefined", "-2": "", "-3": "NaN", "-4": "-0", "-5": "Infinity", "-6": "-Infinity" };
const MOST_CHILDREN = 200;

/** The beginning of a table, cut anywhere, as a table: what is not there stays undefined. */
export function mended(text) {
  const open = [];
  let quoted = false, escaped = false, safe = 0, closers = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (escaped) escaped = false;
      else if (c === "\\") escaped = true;
      else if (c === '"') quoted = false;
      continue;
    }
    if (c === '"') quoted = true;
    else if (c === "[") { open.push("]"); safe = i + 1; closers = open.toReversed().join(""); }
    else if (c === "]") { open.pop(); safe = i + 1; closers = open.toReversed().join(""); }
    else if (c === ",") { safe = i; closers = open.toReversed().join(""); }
  }
  const tail = text.slice(safe + (text[safe] === "," ? 1 : 0));
  if (quoted && tail.startsWith('"')) { // a text that was cut: as far as it goes
    try {
      const cut = JSON.parse(`${tail.replace(/\\(?:u[0-9a-f]{0,3})?$/i, "")}…"`);
      return JSON.parse(`${text.slice(0, safe)}${text[safe] === "," ? "," : ""}${JSON.stringify(cut)}${closers}`);
    } catch { /* without it, then */ }
  }
  try { return JSON.parse(text.slice(0, safe) + closers); } catch { return null; }
}

/** What a slot says by itself: a text for what is no object, else the number of its node. */
function plain(slot) {
  if (!Array.isArray(slot)) return slot === undefined ? "…" : JSON.stringify(slot);
  const [first] = slot;
  if (first === undefined) return "…";
  if (typeof first === "string") return `${bigint(first)}n`;
  return first > 0 ? first : SPECIAL[first] ?? "?";
}

function bigint(hex) {
  try { return hex.startsWith("-") ? `-${BigInt(`0x${hex.slice(1)}`)}` : `${BigInt(`0x${hex}`)}`; } catch { return hex; }
}

/** The head of a node, its brackets, and what is in it: pairs of a key (null: none) and a slot. */
function parts(node) {
  const pairs = (from) => {
    const found = [];
    for (let i = from; i + 1 < node.length; i += 2) found.push([Array.isArray(node[i]) ? null : `${node[i]}`, node[i + 1], node[i]]);
    return found;
  };
  const items = (from) => node.slice(from).map((slot) => [null, slot]);
  switch (Array.isArray(node) ? node[0] : "") {
    case "O": return ["", "{", "}", pairs(1)];
    case "C": return [`${node[1]} `, "{", "}", pairs(2)];
    case "A": return ["", "[", "]", items(1)];
    case "S": return [`Array(${node[1]}) `, "[", "]", pairs(2)];
    case "M": return ["Map ", "{", "}", pairs(1).map(([, slot, raw]) => [raw, slot])];
    case "Z": return ["Set ", "{", "}", items(1)];
    case "P": return ["boxed ", "(", ")", [[null, node[1]]]];
    case "E": return [`${node[1]}: ${node[3] ?? node[2]}`, "", "", []];
    case "D": return [typeof node[1] === "number" && Number.isFinite(new Date(node[1]).getTime()) ? `Date ${new Date(node[1]).toISOString()}` : "Invalid Date", "", "", []];
    case "R": return [`/${node[1]}/${node[2]}`, "", "", []];
    case "B": case "H": return [`${node[0] === "B" ? "" : "Shared"}ArrayBuffer (${Math.floor((`${node[1]}`.length * 3) / 4)} bytes)`, "", "", []];
    case "T": return [`${node[1]} (${node[4]})`, "", "", []];
    case "L": case "F": return [`${node[0] === "L" ? "Blob" : `File ${node[3]}`} (${node[1]} bytes${node[2] ? `, ${node[2]}` : ""})`, "", "", []];
    case "X": return [`${node[2] || node[1]}`, "", "", []];
    default: return ["…", "", "", []];
  }
}

/** A payload in about so many characters. `told` is what the kernel told at once: a table, the beginning of one, or a size. */
export function short(told, say, most = 60) {
  if (typeof told === "number") return told ? say("bytes not kept", { n: told }) : "";
  const wire = typeof told === "string" ? mended(told) : told;
  if (!Array.isArray(wire)) return typeof told === "string" ? "…" : "";
  let left = most;
  const seen = [];
  const of = (slot, level) => {
    const text = plain(slot);
    if (typeof text === "string") { left -= text.length; return text.length > most ? `${text.slice(0, most - 1)}…` : text; }
    if (seen.includes(text) || level > 4 || left <= 0) return "…";
    seen.push(text);
    const [head, begin, end, inside] = parts(wire[text]);
    left -= head.length + 2;
    const shown = [];
    for (const [key, value] of inside) {
      if (left <= 0) { shown.push("…"); break; }
      const name = key === null ? "" : `${Array.isArray(key) ? of(key, level + 1) : key}: `;
      left -= name.length + 2;
      shown.push(name + of(value, level + 1));
    }
    seen.pop();
    return head + begin + shown.join(", ") + end;
  };
  const text = visible(of(wire[0], 0));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** A payload as a tree that opens; what is within is made when it is opened. */
export function tree(wire, say) {
  const of = (name, slot, level) => {
    const text = plain(slot), label = name === null ? [] : [make("span", { class: "swnb-key" }, name), ": "];
    if (typeof text === "string") return make("div", { class: "swnb-leaf" }, ...label, make("code", {}, text));
    const [head, begin, end, inside] = parts(wire[text]);
    if (!inside.length) return make("div", { class: "swnb-leaf" }, ...label, make("code", {}, `${head}${begin}${end}`));
    const summary = make("summary", {}, ...label, make("code", {}, short([[text], ...wire.slice(1)], say, 80)));
    const details = make("details", {}, summary);
    const fill = (from) => {
      inside.slice(from, from + MOST_CHILDREN).forEach(([key, value], nth) => {
        const of_key = Array.isArray(key) ? short([key, ...wire.slice(1)], say, 40) : key;
        details.append(of(of_key ?? (begin === "[" ? `${from + nth}` : null), value, level + 1));
      });
      const rest = inside.length - from - MOST_CHILDREN;
      if (rest > 0) {
        const more = make("button", { type: "button", onclick: () => { more.remove(); fill(from + MOST_CHILDREN); } }, say("more", { n: rest }));
        details.append(more);
      }
    };
    details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) fill(0); });
    if (level === 0) details.open = true;
    return details;
  };
  return Array.isArray(wire) ? of(null, wire[0], 0) : make("span", {});
}

/** A payload as text of JSON: what JSON has no word for is a text. */
export function json(wire) {
  if (!Array.isArray(wire)) return "null";
  const within = new Set();
  const of = (slot) => {
    if (!Array.isArray(slot)) return slot ?? null;
    const text = plain(slot);
    if (typeof text === "string") return text === "" ? null : text;
    if (within.has(text)) return "[circular]";
    const [head, begin, , inside] = parts(wire[text]);
    if (!begin) return head;
    within.add(text);
    let made;
    if (head.startsWith("Map")) made = inside.map(([key, value]) => [Array.isArray(key) ? of(key) : key, of(value)]);
    else if (begin === "[" || head.startsWith("Set")) made = inside.map(([, value]) => of(value));
    else if (begin === "(") made = of(inside[0][1]);
    else { made = Object.create(null); for (const [key, value] of inside) made[key] = of(value); }
    within.delete(text);
    return made;
  };
  return JSON.stringify(of(wire[0]), null, 2);
}
