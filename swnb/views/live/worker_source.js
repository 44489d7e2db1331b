// @ts-check
/* The script of a version, and what differs from a version before: text, asked for when it is opened. */
import { make, visible } from "./common.js";
import { clock } from "./worker_lane.js";

let asked = 0;

/** A line of a script as text; a tab stays one. */
const plain = (line) => document.createTextNode(`${line}`.split("\t").map(visible).join("\t"));

const number = (n) => make("td", { class: "swnb-sw-number", "aria-hidden": "true" }, n || "");

function sourceTable(say, file) {
  const rows = file.source.map((line, nth) => make("tr", {}, number(nth + 1), make("td", {}, make("code", {}, plain(line)))));
  const label = visible(`${say("source")}: ${file.url}`);
  return make("table", { class: "swnb-sw-code", "aria-label": label }, make("tbody", {}, ...rows));
}

function diffTable(say, file, of, before) {
  const signs = { "+": say("line.added"), "-": say("line.removed"), "@": say("line.place") };
  const rows = file.lines.map(([sign, then, now, line]) => {
    const shown = sign === "@" ? "" : sign;
    const mark = make("td", { class: "swnb-sw-sign" }, signs[sign]
      ? make("span", { role: "img", "aria-label": signs[sign] }, shown) : shown);
    return make("tr", { "data-sign": sign }, number(then), number(now), mark, make("td", {}, make("code", {}, plain(line))));
  });
  const label = visible(say("diff of", { of, before }) + `: ${file.url}`);
  return make("table", { class: "swnb-sw-code swnb-sw-diff", "aria-label": label }, make("tbody", {}, ...rows));
}

const CHANGES = { same: "=", changed: "±", new: "+", removed: "−", unknown: "?", long: "?" };

/** One file of a version: its head, and its lines. */
function fileOf(say, file, told, tab) {
  const head = [make("code", {}, file.url)];
  if (file.imported) head.push(make("span", { class: "swnb-faint" }, say("imported")));
  if (tab === "diff" && file.change) {
    head.push(make("span", { "data-change": file.change }, `${CHANGES[file.change] ?? "?"} ${say(`change.${file.change}`)}`));
  }
  if (file.served) head.push(make("span", { class: "swnb-faint" }, say("served", { n: file.bytes, when: clock(file.served) })));
  const parts = [make("div", { class: "swnb-sw-file" }, ...head)];
  if (file.why) parts.push(make("p", { class: "swnb-faint" }, say(file.why)));
  else if (tab === "source" && file.change !== "removed") {
    parts.push(sourceTable(say, file));
    if (file.more) parts.push(make("p", { class: "swnb-faint" }, say("lines.more", { n: file.more })));
  } else if (file.change === "changed") {
    parts.push(diffTable(say, file, told.of, told.before));
    if (file.moreLines) parts.push(make("p", { class: "swnb-faint" }, say("lines.more", { n: file.moreLines })));
  }
  return parts;
}

/**
 * A place below a registration where the script of one version can be open.
 *
 * `ask` sends a question; `chosen` is called with what the viewer chose, or null, whenever that changes.
 */
export function makeSource(say, ask, chosen) {
  const element = make("div", { class: "swnb-sw-source", role: "region", hidden: true });
  const panel = { element, open: null, id: "", shown: "", told: null, from: null };
  const close = () => {
    panel.open = null;
    element.hidden = true;
    element.replaceChildren();
    chosen(null);
    panel.from?.focus();
  };
  const change = (more) => {
    panel.open = { ...panel.open, ...more };
    chosen(panel.open);
    if ("against" in more) panel.ask();
    else panel.draw();
  };
  panel.ask = () => {
    panel.id = `${Date.now().toString(36)}.${Math.random().toString(36).slice(2)}.${++asked}`;
    ask({ do: "source", id: panel.id, of: panel.open.of, against: panel.open.against ?? "" });
  };
  /** Open a version, or close it where it is open. */
  panel.toggle = (of, from) => {
    if (panel.open?.of === of) return close();
    panel.from = from;
    panel.restore({ of, tab: "diff", against: "" });
    return chosen(panel.open);
  };
  panel.restore = (open) => {
    panel.open = open;
    panel.told = null;
    panel.shown = "";
    element.hidden = false;
    element.replaceChildren(make("p", { class: "swnb-faint" }, `${open.of} …`));
    panel.ask();
  };
  panel.take = (message) => {
    if (!panel.open || message.id !== panel.id) return;
    const told = JSON.stringify({ ...message, id: "" });
    if (told === panel.shown) return; // nothing new: what is selected stays selected
    panel.shown = told;
    panel.told = message;
    panel.draw();
  };
  panel.draw = () => panel.told && drawSource(say, panel, change, close);
  return panel;
}

function drawSource(say, panel, change, close) {
  const { told, element, open } = panel, had = element.contains(document.activeElement) ? document.activeElement.dataset.part : "";
  element.setAttribute("aria-label", visible(`${say("source")}: ${told.of}`));
  const shut = make("button", {
    type: "button", "data-part": "close", "aria-label": say("close"), title: say("close"), onclick: close,
  }, "✕");
  if (told.error) {
    element.replaceChildren(shut, make("div", { class: "swnb-error", role: "alert" }));
    element.lastElementChild.textContent = told.error;
    return;
  }
  const tab = told.before ? open.tab : "source";
  const tabs = [["diff", say("diff")], ["source", say("source")]].map(([name, word]) => make("button", {
    type: "button", "data-part": name, "aria-pressed": `${tab === name}`, onclick: () => change({ tab: name }),
  }, word));
  const choice = make("select", {
    "data-part": "against", "aria-label": say("compared with"), onkeydown: (event) => event.stopPropagation(),
    onchange: (event) => change({ against: event.currentTarget.value }),
  }, ...told.earlier.map((label) => make("option", { value: label, selected: label === told.before }, label)));
  const bar = make("div", { class: "swnb-sw-bar" }, make("strong", {}, told.of), ...(told.before ? tabs : []),
    ...(told.before && tab === "diff" ? [make("label", {}, `${say("compared with")} `, choice)] : []), shut);
  if (!told.before) bar.insertBefore(make("span", { class: "swnb-faint" }, say("no version before")), shut);
  element.replaceChildren(bar, ...told.files.flatMap((file) => fileOf(say, file, told, tab)));
  if (had) element.querySelector(`[data-part="${had}"]`)?.focus();
}
