// @ts-check
/* How lines of a console look: in the document, and as text that is copied. */
import { make, visible, workerClass } from "./common.js";
import { groupOf } from "./console_store.js";

const FOLDED = 600; // characters of a text that opens
const ROWS = 8; // line breaks of one
const SIGNS = {
  error: "✗", assert: "✗", exception: "✗", warn: "⚠", info: "ℹ", debug: "…", verbose: "…", trace: "↳", surprise: "‼", dir: "▤",
  dirxml: "▤", table: "▦", startGroup: "▾", startGroupCollapsed: "▸", endGroup: "▴", clear: "⌫", count: "#", timeEnd: "◷",
};

const signOf = (line) => (Object.hasOwn(SIGNS, line.level) ? SIGNS[line.level] : "›");
const textOf = (text) => `${text}`.replaceAll("\t", "    ").split("\n").map(visible).join("\n");
const timesOf = (line) => (line.count > 1 ? `×${line.count}` : "");

function wordOf(say, line) {
  if (line.level === "exception") return say("uncaught");
  return line.level === "surprise" ? say("surprise") : `${line.level}`;
}

function timeOf(ms) {
  const time = new Date(ms), parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${parts.map((part) => `${part}`.padStart(2, "0")).join(":")}.${`${time.getMilliseconds()}`.padStart(3, "0")}`;
}

/** Make the element of a line. `folds` gets what can be opened. */
function drawn(say, line, folds) {
  const attributes = { class: `swnb-line swnb-line-${line.gap ? "gap" : groupOf(line)}`, "data-id": line.id };
  if (line.gap) return make("div", attributes, `⋯ ${say("console.gap", { n: line.count })}`);
  const who = /^w\d+$/.test(line.actor) ? `swnb-line-who ${workerClass(line.actor)}` : "swnb-line-who";
  return make("div", { ...attributes, "data-level": line.level },
    make("time", { class: "swnb-faint" }, timeOf(line.t)),
    make("span", { class: who, title: visible(line.actor) }, line.actor || say("browser")),
    make("span", { class: "swnb-line-level" }, make("span", { "aria-hidden": "true" }, `${signOf(line)} `), wordOf(say, line)),
    text(say, line, folds), make("span", { class: "swnb-line-count" }, timesOf(line)),
    make("code", { class: "swnb-line-place swnb-faint", title: visible(line.place) }, line.place.replace(/^https?:\/\//, "")));
}

function text(say, line, folds) {
  const whole = textOf(line.text), element = make("div", { class: "swnb-line-text", dir: "auto" });
  if (whole.length <= FOLDED && whole.split("\n").length <= ROWS) element.textContent = whole;
  else {
    const begin = make("span"), rest = make("span");
    begin.textContent = whole.slice(0, FOLDED / 2).split("\n").slice(0, ROWS / 2).join("\n");
    rest.textContent = whole.slice(begin.textContent.length);
    const count = make("span", { class: "swnb-faint" }, ` … ${say("characters", { n: whole.length })}`);
    element.append(folds(make("details", {}, make("summary", {}, begin, count), rest), line.id));
  }
  return element;
}

/** A line as text, to be copied. */
export function plain(say, line) {
  if (line.gap) return `⋯ ${say("console.gap", { n: line.count })}`;
  const parts = [timeOf(line.t), visible(line.actor || say("browser")), `${signOf(line)} ${wordOf(say, line)}`, textOf(line.text)];
  return [...parts, timesOf(line), visible(line.place)].filter(Boolean).join("  ");
}

/** The lines that are in the document. */
export class Lines {
  constructor(say, list, folds) {
    Object.assign(this, { say, list, folds, drawn: new Map() });
  }

  /** Draw these, in order. Elements of lines that were there stay. */
  draw(lines) {
    const wanted = new Set(lines.map((line) => line.id));
    for (const [id, { element }] of this.drawn) {
      if (wanted.has(id)) continue;
      element.remove();
      this.drawn.delete(id);
    }
    let next = this.list.firstElementChild;
    for (const line of lines) {
      const known = this.drawn.get(line.id);
      if (known && known.line !== line) this.again(known, line);
      const element = known?.element ?? drawn(this.say, line, this.folds);
      if (!known) this.drawn.set(line.id, { element, line });
      if (element === next) next = next.nextElementSibling;
      else this.list.insertBefore(element, next);
    }
  }

  /** The same line came again, or the kernel told it anew. */
  again(known, line) {
    known.line = line;
    if (line.gap) return;
    known.element.querySelector("time").textContent = timeOf(line.t);
    known.element.querySelector(".swnb-line-count").textContent = timesOf(line);
  }
}

/** Copy a text, also where a page has no clipboard of its own: it is not of a secure origin. Return whether that was allowed. */
export async function copied(value, near) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch { /* not allowed, or not there */ }
  const area = make("textarea", { class: "swnb-copying", "aria-hidden": "true", tabindex: "-1" });
  const focused = near.getRootNode().activeElement;
  area.value = value;
  near.append(area);
  area.select();
  try { return document.execCommand("copy"); } catch { return false; } finally {
    area.remove();
    focused?.focus();
  }
}
