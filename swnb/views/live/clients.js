// @ts-check
/* The live table of clients. The model keeps what the kernel told; each place where it is shown draws that. */
import { actor, ago, hideStill, make, speaker, visible, workerClass } from "./common.js";

const LEAVING_MS = 1200; // how long a row that ended still stands there, struck through
const NEW_MS = 1500;

/** What the kernel told of one model, for all places where it is shown. */
const stores = new WeakMap();
function storeOf(model) {
  let store = stores.get(model);
  if (store) return store;
  store = { rows: new Map(), ended: false, listeners: new Set() };
  stores.set(model, store);
  const take = (message) => {
    if (message?.do === "ended") {
      store.ended = true;
      for (const listener of store.listeners) listener();
    }
    if (message?.do !== "news" && message?.do !== "all") return;
    store.ended = !!message.ended;
    const gone = new Set(message.gone ?? []);
    const present = new Set((message.rows ?? []).map((row) => row.key));
    if (message.do === "all") {
      for (const key of store.rows.keys()) if (!present.has(key)) gone.add(key);
    }
    for (const key of gone) store.rows.delete(key);
    for (const row of message.rows ?? []) store.rows.set(row.key, row);
    for (const listener of store.listeners) listener(present, gone);
  };
  model.on("msg:custom", take);
  return store;
}

const SIGNS = { window: "▭", "pop-up": "⧉", frame: "▣", worker: "⚙", "shared worker": "⚙⚙" };

/** Rows in the order of their windows, frames after the one that they are in. */
function inOrder(rows) {
  const within = new Map();
  for (const row of [...rows.values()].sort((one, other) => one.nth - other.nth)) {
    const owner = row.within !== row.key && rows.has(row.within) && row.kind !== "pop-up" ? row.within : "";
    if (!within.has(owner)) within.set(owner, []);
    within.get(owner).push(row);
  }
  const placed = [];
  const place = (owner, level) => {
    for (const row of within.get(owner) ?? []) {
      placed.push([row, level]);
      if (level < 20) place(row.key, level + 1);
    }
  };
  place("", 0);
  return placed;
}

/** @type {any} */
const widget = {
  render({ model, el }) {
    const say = speaker(model), store = storeOf(model), { act, end } = actor(model);
    const showStill = hideStill(model);
    const caption = make("caption"), body = make("tbody"), failure = make("div", { class: "swnb-error", role: "alert" });
    const head = ["name", "kind", "url", "controlled by", "state", "last message", "age", "actions"];
    const table = make("table", { class: "swnb-clients" }, caption,
      make("thead", {}, make("tr", {}, ...head.map((key) => make("th", { scope: "col" }, say(key))))), body);
    const note = make("div", { class: "swnb-faint", role: "status" });
    const desk = make("div");
    const root = make("div", { class: "swnb-view swnb-clients-view" }, make("div", { class: "swnb-wide" }, table), desk, failure, note);
    el.append(root);

    /** Drawn rows, by key: the element, and what it shows. */
    const drawn = new Map();

    const doIt = async (verb, row, given, button) => {
      failure.textContent = "";
      button?.setAttribute("aria-busy", "true");
      try { await act(verb, row.label, given); } catch (error) {
        failure.textContent = visible(`${say(verb === "post" ? "post a message" : verb)}, ${row.name || row.label}: `) + error.message;
      } finally { button?.removeAttribute("aria-busy"); }
    };
    /** Ask for a text below the table, where no change of a row disturbs it. */
    const ask = (key, verb, label, from) => {
      const { row } = drawn.get(key), whom = `${say(verb === "post" ? "post a message" : verb)}: ${row.name || row.label}`;
      const input = make("input", { type: "text", placeholder: label, "aria-label": `${whom}, ${label}`, size: "48" });
      const close = () => { desk.replaceChildren(); from.focus(); };
      const submit = (event) => {
        event.preventDefault();
        doIt(verb, (drawn.get(key) ?? { row }).row, { text: input.value });
        close();
      };
      const keydown = (event) => {
        event.stopPropagation(); // a notebook has keys of its own
        if (event.key === "Escape") close();
      };
      desk.replaceChildren(make("form", { onsubmit: submit, onkeydown: keydown }, make("label", {}, `${whom} `, input),
        make("button", { type: "submit" }, say("send")), make("button", { type: "button", onclick: close }, say("cancel"))));
      input.focus();
    };
    /** Show only its messages: in a timeline of this lab, where one is on the page; else here. */
    let asked = "";
    const only = (row) => {
      const event = new CustomEvent("swnb-only", { bubbles: true, cancelable: true, detail: { of: model.get("of"), actor: row.name || row.label } });
      if (!root.dispatchEvent(event)) return;
      asked = row.label;
      model.send({ do: "messages", of: row.label });
    };
    const list = (message) => {
      if (message?.do !== "messages" || message.of !== asked) return;
      asked = "";
      const close = () => desk.replaceChildren(), rows = message.rows ?? [];
      const lines = rows.map(([when, way, whom, what, became]) => make("tr", {}, make("td", {}, when ? new Date(when).toLocaleTimeString() : ""),
        make("td", {}, `${way === "to" ? "→" : "←"} ${whom || "?"}`), make("td", {}, make("code", {}, what)), make("td", { class: "swnb-faint" }, became)));
      desk.replaceChildren(make("div", { role: "region", "aria-label": say("only its messages") }, make("strong", {}, `${say("only its messages")}: ${message.of} `),
        make("button", { type: "button", "aria-label": say("close"), onclick: close }, "✕"),
        rows.length ? make("div", { class: "swnb-last" }, make("table", {}, make("tbody", {}, ...lines))) : make("div", { class: "swnb-faint" }, say("no messages"))));
    };
    model.on("msg:custom", list);
    const button = (key, verb, sign, label, run) => make("button", {
      type: "button", title: label, "aria-label": `${label}: ${drawn.get(key)?.row.name || drawn.get(key)?.row.label || ""}`,
      onclick: (event) => run(event.currentTarget), "data-verb": verb,
    }, sign);
    const actions = (row) => {
      const { key } = row, found = [];
      if (!row.kind.endsWith("worker")) {
        found.push(button(key, "focus", "◎", say("focus"), (it) => doIt("focus", drawn.get(key).row, {}, it)));
        found.push(button(key, "navigate", "→", say("navigate"), (it) => ask(key, "navigate", say("address"), it)));
      }
      if (row.name) found.push(button(key, "reload", "↻", say("reload"), (it) => doIt("reload", drawn.get(key).row, {}, it)));
      found.push(button(key, "post", "✉", say("post a message"), (it) => ask(key, "post", say("message"), it)));
      found.push(button(key, "only", "≡", say("only its messages"), () => only(drawn.get(key).row)));
      if (row.name) found.push(button(key, "close", "✕", say("close"), (it) => doIt("close", drawn.get(key).row, {}, it)));
      return found;
    };
    const lastOf = (row) => {
      if (!row.last) return [];
      const [when, way, whom, what] = row.last, arrow = way === "to" ? "→" : "←";
      return [make("span", { "aria-label": say(way, { who: whom || "?" }) }, `${arrow} ${whom || "?"}`), " ",
        make("code", { title: when ? new Date(when).toLocaleTimeString() : null }, what)];
    };
    const stateOf = (row) => [row.visibility, row.focused ? say("focused") : ""].filter(Boolean).join(", ");
    const fill = (entry, row, level) => {
      const cells = entry.element.children;
      entry.row = row;
      entry.element.classList.toggle("swnb-uncontrolled", !row.controller);
      entry.element.dataset.client = row.label;
      cells[0].replaceChildren(make("span", { class: "swnb-inset", style: `padding-left:${1.2 * level}em` }, level ? "└ " : "",
        make("strong", {}, row.name || row.label)), row.name ? make("span", { class: "swnb-faint" }, ` ${row.label}`) : "");
      cells[1].replaceChildren(make("span", { "aria-hidden": "true" }, `${SIGNS[row.kind] ?? "·"} `), say(row.kind));
      cells[2].replaceChildren(make("code", {}, row.url));
      cells[3].replaceChildren(row.controller ? make("span", { class: workerClass(row.controller) }, `● ${row.controller}`)
        : make("span", { class: "swnb-faint" }, `○ ${say("uncontrolled")}`));
      cells[4].textContent = stateOf(row);
      cells[5].replaceChildren(...lastOf(row));
      if (entry.named !== row.name) {
        entry.named = row.name;
        entry.buttons.replaceChildren(...actions(row));
      }
    };
    const tick = () => {
      for (const { row, element } of drawn.values()) element.children[6].textContent = row.since ? ago(say, row.since) : "";
    };
    const draw = (changed = new Set(), gone = new Set()) => {
      for (const key of gone) {
        const entry = drawn.get(key);
        if (!entry) continue;
        drawn.delete(key);
        entry.element.classList.add("swnb-gone");
        for (const each of entry.element.querySelectorAll("button")) each.disabled = true;
        setTimeout(() => entry.element.remove(), LEAVING_MS);
      }
      let before = null;
      for (const [row, level] of inOrder(store.rows)) {
        let entry = drawn.get(row.key);
        const isNew = !entry;
        if (!entry) {
          const buttons = make("span");
          entry = { element: make("tr", {}, ...head.map(() => make("td"))), row, buttons, named: null };
          entry.element.lastElementChild.append(buttons);
          drawn.set(row.key, entry);
        }
        if (isNew || entry.row !== row || entry.level !== level) {
          fill(entry, row, level);
          entry.level = level;
          if (changed.has(row.key)) {
            entry.element.classList.remove("swnb-new", "swnb-changed");
            entry.element.classList.add(isNew ? "swnb-new" : "swnb-changed");
            setTimeout(() => entry.element.classList.remove("swnb-new", "swnb-changed"), NEW_MS);
          }
        }
        const next = before ? before.nextElementSibling : body.firstElementChild;
        if (next !== entry.element) {
          if (before) before.after(entry.element);
          else body.prepend(entry.element);
        }
        before = entry.element;
      }
      const controlled = [...store.rows.values()].filter((row) => row.controller).length;
      const some = store.rows.size === 1 ? say("clients.one", { k: controlled }) : say("clients.some", { n: store.rows.size, k: controlled });
      caption.textContent = store.rows.size ? some : say("no clients");
      note.textContent = store.ended ? say("ended") : "";
      tick();
    };

    store.listeners.add(draw);
    const clock = setInterval(tick, 1000);
    draw();
    model.send({ do: "show" });
    return () => {
      clearInterval(clock);
      store.listeners.delete(draw);
      model.off("msg:custom", list);
      end();
      showStill();
    };
  },
};
export default widget;
