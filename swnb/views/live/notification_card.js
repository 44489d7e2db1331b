// @ts-check
/* One notification as a card: made once, and filled anew where something changed. What a page wrote becomes text. */
import { make, visible, workerClass } from "./common.js";

const LONG = 240; // characters of a text that opens
const ROWS = 8; // line breaks of one
const NAMED = 80; // characters of a title in the name of a button
const PNG = "\x89PNG\r\n\x1a\n", WIDEST = 4096; // pixels
const SIGNS = { waiting: "…", running: "◐", settled: "✓", over: "✓", inferred: "≈", failed: "✗", stopped: "✗" };

/** The picture that these bytes are, for an `img`; null if they are no PNG, or one too large to be drawn. */
export function pictureOf(base64) {
  let bytes;
  try { bytes = atob(`${base64}`); } catch { return null; }
  if (!bytes.startsWith(PNG) || bytes.slice(12, 16) !== "IHDR") return null;
  const side = (at) => [0, 1, 2, 3].reduce((sum, i) => sum * 256 + bytes.charCodeAt(at + i), 0);
  const isDrawn = [side(16), side(20)].every((pixels) => pixels > 0 && pixels <= WIDEST);
  return isDrawn ? `data:image/png;base64,${btoa(bytes)}` : null;
}

const linesOf = (text) => `${text}`.replaceAll("\t", "    ").split("\n").map(visible).join("\n");
const named = (text) => visible(text.length > NAMED ? `${text.slice(0, NAMED)}…` : text);

/** What came of the last click or dismissal, in words. */
function outcomeOf(say, outcome) {
  const { action, reply, state, type, threw = [] } = outcome, took = typeof outcome.ms === "number" ? outcome.ms.toFixed(1) : "?";
  let asked = say(`card.${outcome.asked}`);
  if (action) asked = say("card.action", { action });
  if (typeof reply === "string") asked += `, ${say("card.reply", { text: reply })}`;
  const came = say(`card.${state}`, { type, who: outcome.who || "?", ms: took }), sign = SIGNS[state] ?? "·";
  return make("div", { class: sign === "✗" || threw.length ? "swnb-card-bad" : null },
    make("span", { "aria-hidden": "true" }, `${sign} `), `${asked} → ${came}`,
    ...threw.map((text) => make("div", {}, `⚠ ${say("card.threw", { text })}`)));
}

/** A notification. `view` has the words, the pictures, `act`, and `folds`, which gets what can be opened. */
export class Card {
  constructor(view, number) {
    Object.assign(this, { view, number, shows: new Map() });
    const part = (name, attributes = {}) => (this[name] = make("div", { class: `swnb-card-${name}`, ...attributes }));
    this.age = make("time", { class: "swnb-faint" });
    this.failure = make("div", { class: "swnb-error", role: "alert" });
    this.element = make("li", { class: "swnb-card", "data-number": number },
      part("head"), part("text", { onclick: (event) => this.clicked(event) }), part("facts"), part("buttons"),
      part("outcome", { role: "status" }), this.failure);
  }

  fill(row) {
    const { say } = this.view;
    this.row = row;
    this.element.classList.toggle("swnb-card-gone", !row.shown);
    this.element.setAttribute("aria-label", `${row.number}: ${named(row.title)}`);
    this.part("head", [row.origin, row.who, row.replaced, row.shown, row.why, row.icon], () => this.headOf(row));
    this.part("text", [row.title, row.body, row.image], () => [
      this.written(make("strong", { class: "swnb-card-title" }), row.title, "title"),
      ...(row.body ? [this.written(make("div", { class: "swnb-card-body" }), row.body, "body")] : []),
      ...this.pictured(row.image, "image"),
    ]);
    this.part("facts", [row.tag, row.data, row.whole, row.stays], () => this.factsOf(row));
    this.part("buttons", [row.actions, row.placeholder, row.shown], () => this.buttonsOf(row));
    this.part("outcome", row.outcome ?? null, () => (row.outcome ? [outcomeOf(say, row.outcome)] : []));
  }

  /** Fill a part if what it shows has changed. What is written in its field stays there, and so does the focus. */
  part(name, shows, build) {
    const key = JSON.stringify(shows), place = this[name], focused = place.getRootNode().activeElement;
    if (this.shows.get(name) === key) return;
    this.shows.set(name, key);
    const before = new Map([...place.querySelectorAll("input")].map((input) => [input.dataset.action, input]));
    const had = place.contains(focused) ? focused : null;
    place.replaceChildren(...build());
    for (const input of place.querySelectorAll("input")) {
      const typed = before.get(input.dataset.action);
      if (typed) [input.value, input.selectionStart, input.selectionEnd] = [typed.value, typed.selectionStart, typed.selectionEnd];
    }
    const same = (each) => each.tagName === had?.tagName && each.dataset.action === had.dataset.action && !each.disabled;
    [...place.querySelectorAll("button, input")].find(same)?.focus({ preventScroll: true });
  }

  /** Write a page's text with its line breaks; a long one opens. */
  written(element, value, name) {
    const { say } = this.view, whole = linesOf(value), count = say("characters", { n: whole.length });
    element.setAttribute("dir", "auto");
    if (whole.length <= LONG && whole.split("\n").length <= ROWS) element.textContent = whole;
    else {
      const begin = make("span"), rest = make("div", { class: "swnb-card-whole", dir: "auto" });
      begin.textContent = `${whole.slice(0, LONG / 2).split("\n").slice(0, ROWS / 2).join("\n")}… `;
      rest.textContent = whole;
      const summary = make("summary", {}, begin, make("span", { class: "swnb-faint" }, count));
      element.append(this.view.folds(make("details", {}, summary, rest), `${this.number}.${name}`));
    }
    return element;
  }

  pictured(told, kind) {
    if (!told) return [];
    const { say, store } = this.view, src = store.pictures.get(told.id), what = say(kind), size = `${told.width} × ${told.height}`;
    if (src) return [make("img", { class: `swnb-card-${kind}`, src, alt: `${what}, ${size}`, draggable: "false" })];
    return [make("span", { class: "swnb-faint" }, say("card.picture", { what, size }))];
  }

  headOf(row) {
    const { say } = this.view, found = this.pictured(row.icon, "icon");
    found.push(make("span", { class: "swnb-faint" }, `${row.number}`), make("code", { dir: "auto" }, row.origin));
    if (row.who) found.push(make("span", { class: row.worker ? workerClass(row.who) : null }, make("bdi", {}, row.who)));
    found.push(this.age);
    if (row.replaced) found.push(make("span", { class: "swnb-faint" }, say("card.replaced", { n: row.replaced })));
    if (!row.shown) found.push(make("span", { class: "swnb-card-why" }, `○ ${say(`gone.${row.why}`)}`));
    else found.push(this.button("dismiss", "", "✕", say("card.dismiss"), {}));
    return found;
  }

  factsOf(row) {
    const found = [], fact = (name, value) => found.push(make("div", {}, make("span", { class: "swnb-faint" }, `${name} `), value));
    if (row.tag) fact("tag", this.written(make("code"), row.tag, "tag"));
    if (row.data && row.whole) {
      const whole = make("pre", { dir: "auto" });
      whole.textContent = linesOf(row.whole);
      const details = make("details", {}, make("summary", {}, make("code", {}, row.data)), whole);
      fact("data", this.view.folds(details, `${this.number}.data`));
    } else if (row.data) fact("data", make("code", {}, row.data));
    if (row.stays) fact("requireInteraction", make("code", {}, "true"));
    return found;
  }

  button(verb, action, text, label, given) {
    const name = `${label}: ${named(this.row.title)}`;
    return make("button", { type: "button", "data-verb": verb, "data-action": action, "aria-label": name, title: visible(label),
      disabled: !this.row.shown, onclick: (event) => this.press(verb, given, event.currentTarget) }, make("bdi", {}, text));
  }

  buttonsOf(row) {
    const { say } = this.view;
    return [this.button("click", "", say("card.click it"), say("card.click it"), {}), ...(row.actions ?? []).map((action) => {
      const { name } = action, label = named(action.label || name || "?");
      if (action.text) return this.replyTo(row, name, label);
      return this.button("click", name, label, say("card.action", { action: label }), { action: name });
    })];
  }

  replyTo(row, name, label) {
    const { say } = this.view, what = `${say("card.action", { action: label })}: ${named(row.title)}`;
    const input = make("input", { type: "text", placeholder: visible(row.placeholder || label), "data-action": name,
      "aria-label": what, disabled: !row.shown });
    const send = make("button", { type: "submit", "data-verb": "reply", "data-action": name, disabled: !row.shown }, say("send"));
    const submit = async (event) => {
      event.preventDefault();
      const reply = input.value, isDone = await this.press("click", { action: name, reply }, send);
      const field = [...this.buttons.querySelectorAll("input")].find((each) => each.dataset.action === name);
      if (isDone && field?.value === reply) field.value = "";
    };
    return make("form", { onsubmit: submit }, make("label", {}, make("bdi", {}, label), input), send);
  }

  /** The card itself was clicked; not to select some of it, and not a part of it that opens. */
  clicked(event) {
    const selection = document.getSelection();
    const isMarked = selection && !selection.isCollapsed && this.text.contains(selection.anchorNode);
    if (this.row.shown && !isMarked && !event.target.closest("details")) this.press("click", {}, this.text);
  }

  async press(verb, given, place) {
    this.failure.textContent = "";
    place.setAttribute("aria-busy", "true");
    try {
      await this.view.act(verb, `${this.number}`, given);
      return true;
    } catch (error) {
      this.failure.textContent = linesOf(error.message);
      return false;
    } finally { place.removeAttribute("aria-busy"); }
  }
}
