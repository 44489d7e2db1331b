// @ts-check
/* Parts of the timeline that stand beside its picture: a menu of what is shown, the colours, and what one row says in whole. */
import { make, visible } from "./common.js";
import { json, tree } from "./payload.js";
import { words } from "./timeline_words.js";

/** A menu in which each thing can be hidden; `hidden` is the list that it keeps. */
export function chooser(title, things, hidden, changed) {
  const summary = make("summary", {}, title), list = make("div", { class: "swnb-tl-menu", role: "group", "aria-label": title });
  const element = make("details", { class: "swnb-tl-chooser" }, summary, list);
  const count = () => { summary.textContent = hidden.length ? `${title} (−${hidden.length})` : title; };
  const fill = () => list.replaceChildren(...things().map(([key, label]) => {
    const box = make("input", { type: "checkbox", checked: !hidden.includes(key), onchange: () => {
      if (box.checked) hidden.splice(hidden.indexOf(key), 1);
      else hidden.push(key);
      count();
      changed();
    } });
    return make("label", {}, box, ` ${label}`);
  }));
  element.addEventListener("toggle", () => { if (element.open) fill(); });
  element.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { element.open = false; summary.focus(); }
  });
  count();
  return { element };
}

/** The theme's colours as a canvas takes them; read anew when the theme changes. */
export function paint(root, changed) {
  const probe = make("span", { hidden: true });
  root.append(probe);
  let known = null;
  const read = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const colours = () => {
    if (known) return known;
    known = { text: read("--swnb-text"), line: read("--swnb-line"), faint: read("--swnb-faint"), bad: read("--swnb-bad"), accent: read("--swnb-accent"), hues: [] };
    for (let nth = 0; nth < 8; nth++) {
      probe.className = `swnb-worker-${nth}`;
      known.hues.push(read("--swnb-hue"));
    }
    return known;
  };
  const forget = () => { known = null; changed(); };
  const watch = new MutationObserver(forget), dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  for (const element of [document.documentElement, document.body]) watch.observe(element, { attributes: true, attributeFilter: ["class", "style", "data-jp-theme-light", "data-jp-theme-name"] });
  dark?.addEventListener("change", forget);
  colours.end = () => { watch.disconnect(); dark?.removeEventListener("change", forget); };
  return colours;
}

/** All that is known of a row: who, when, what became of it, the payload as a tree. */
export function explain({ store, row, begin, say, opened, go, close }) {
  const name = (lane) => (lane >= 0 ? store.lanes[lane]?.name || "?" : "?"), end = store.to[begin], [sign, said] = words(store, begin, say);
  const message = store.letter(begin) === "s" || store.letter(row) === "r", told = [];
  const add = (key, value) => { if (value) told.push(make("dt", {}, say(key)), make("dd", {}, value)); };
  const ms = (at) => `${(store.time[at] / 1000).toFixed(3)} s`;
  if (message) {
    add("from → to", `${name(store.letter(begin) === "s" ? store.lane[begin] : store.other[begin])} → ${name(end >= 0 ? store.lane[end] : store.letter(begin) === "s" ? store.other[begin] : store.lane[begin])}`);
    add("sent", store.letter(begin) === "s" ? ms(begin) : "");
    if (end >= 0 && store.letter(end) === "r") add("received", `${ms(end)} (+${(store.time[end] - store.time[begin]).toFixed(1)} ms)`);
    if (end >= 0 && store.letter(end) === "u") add("fate", words(store, end, say).join(" "));
    if (end < 0 && store.letter(begin) === "s") add("fate", say("on its way"));
    const notes = store.more.get(end >= 0 ? end : begin);
    if (Array.isArray(notes) && end >= 0) add("notes", notes.filter((note) => typeof note === "string").map((note) => say(`note.${note}`)).join(", "));
    if (Array.isArray(opened)) { add("channel", visible(`${opened[2] ?? ""}`)); add("size", say("bytes", { n: opened[1] })); }
  } else {
    add("who", name(store.lane[row]));
    add("when", ms(row));
    add("what", `${sign} ${said}`);
  }
  const wire = Array.isArray(opened) ? opened[0] : null, actions = [];
  const jump = (key, at) => actions.push(make("button", { type: "button", "data-do": key, onclick: () => go(at) }, say(key)));
  const more = store.more.get(begin);
  if (message && Array.isArray(more) && more[1] >= 0) jump("its request", more[1]);
  const reply = message && Array.isArray(more) && more[2]?.length ? replyTo(store, begin) : -1;
  if (reply >= 0) jump("its reply", reply);
  if (!message && store.ref[row] >= 0) jump("its cause", store.ref[row]);
  const copied = make("span", { role: "status", class: "swnb-faint" });
  const whole = () => (message ? json(wire) : JSON.stringify({ what: said, who: name(store.lane[row]), seq: store.seq[row] }, null, 2));
  actions.push(make("button", { type: "button", "data-do": "copy", onclick: () => copy(whole(), (done) => { copied.textContent = say(done ? "copied" : "not copied"); }) }, say("copy")));
  actions.push(make("button", { type: "button", "data-do": "close", "aria-label": say("close"), onclick: close }, "✕"));
  return make("div", { class: "swnb-tl-open", role: "region", "aria-label": say("details") }, make("div", { class: "swnb-tl-actions" }, make("strong", {}, store.seq[row] >= 0 ? say("event", { n: store.seq[begin] }) : said), ...actions, copied),
    make("dl", {}, ...told), message ? make("div", { class: "swnb-tl-tree" }, wire ? tree(wire, say) : make("em", { class: "swnb-faint" }, Array.isArray(opened) ? say("bytes not kept", { n: opened[1] }) : "…")) : "");
}

/** The first message on a port that this one carried. */
function replyTo(store, begin) {
  for (let at = begin + 1; at < Math.min(store.total, begin + 5000); at++) {
    const more = store.letter(at) === "s" ? store.more.get(at) : null;
    if (Array.isArray(more) && more[1] === begin) return at;
  }
  return -1;
}

/** Put a text on the clipboard; where a page may not, by way of a field that is selected. */
export function copy(text, done) {
  const byHand = () => {
    const field = make("textarea", { style: "position:fixed;opacity:0", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    let worked = false;
    try { worked = document.execCommand("copy"); } catch { /* not allowed, then */ }
    field.remove();
    done(worked);
  };
  if (!navigator.clipboard) byHand();
  else navigator.clipboard.writeText(text).then(() => done(true), byHand);
}
