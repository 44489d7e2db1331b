// @ts-check
/* What a timeline's rows say. */
import { short } from "./payload.js";

export function said(store, row) { const more = row >= 0 ? store.more.get(row) : null; return Array.isArray(more) ? more : []; }
export function bad(store, to) { return to >= 0 && said(store, to).includes("messageerror"); }
export function unheard(store, to) { return to >= 0 && said(store, to).includes("unheard"); }

/** What stands beside a row: a sign and words. */
export function words(store, row, say) {
  const text = store.text[row], more = store.more.get(row) ?? 0, of = (lane) => store.lanes[lane]?.name ?? "?";
  switch (store.letter(row)) {
    case "s": {
      const end = store.to[row], notes = said(store, end).map((note) => say(`note.${note}`)), parts = Array.isArray(more) ? more : [];
      const fate = end >= 0 && store.letter(end) === "u" ? `✗ ${say(`fate.${store.text[end]}`)} ` : "";
      return [parts[1] >= 0 ? "↩" : parts[0] ? "⇄" : "", `${notes.length ? `(${notes.join(", ")}) ` : ""}${fate}${short(text, say)}${parts[2]?.length ? ` +${parts[2].map((port) => say("port", { n: port })).join(", ")}` : ""}`];
    }
    case "r": return ["", short(text || (store.ref[row] >= 0 ? store.text[store.ref[row]] : 0), say)];
    case "u": return ["✗", `${say(`fate.${text}`)}${more ? `: ${more}` : ""}`];
    case "x": return ["⚠", `${text}`];
    case "b": return ["●", `${more} ${pathOf(text)}`];
    case "e": return ["○", say("gone", { who: more })];
    case "c": return ["▬", say(text === "claim" ? "claims" : "controls", { who: of(store.other[row]), whom: of(store.lane[row]) })];
    case "l": return ["▭", say("releases", { who: of(store.other[row]), whom: of(store.lane[row]) })];
    case "h": return ["▬", text ? `controllerchange ${pathOf(text)}` : "controllerchange null"];
    case "w": return ["◆", `${text}`];
    case "n": return [text === "running" ? "▶" : text === "stopped" ? "■" : "…", `${say(`running.${text}`)}${text === "running" && more[0] > 1 ? ` #${more[0]}` : ""}${more[1] ? ` (${more[1]})` : ""}`];
    case "f": return ["⚠", `${text}`];
    case "a": return ["ƒ", `${text}()`];
    case "d": return ["⚑", `${text}`];
    case "i": return ["☝", say("clicks", { what: text }) + (more ? ` [${more}]` : "")];
    case "k": return ["★", `notificationclick${more ? ` [${more}]` : ""} ${text}`];
    case "p": return ["✉", `${more} ${text}`];
    case "v": return ["»", more ? `${more}.${text}` : `${text}`];
    default: return ["", "…"];
  }
}

function pathOf(url) {
  const found = /^https?:\/\/([^/]*)(\/.*)$/.exec(`${url}`);
  return !found ? `${url}` : found[1] === "lab.localhost" ? found[2] : found[1] + found[2];
}
