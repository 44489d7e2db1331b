// @ts-check
/* Registrations with their workers' versions. The model keeps what the kernel told; each place where it is shown draws that. */
import { actor, hideStill, make, speaker, visible, workerClass } from "./common.js";
import { LEAVING_MS, PLACES, allow, clock, endLane, fillLane, makeLane, whyNot } from "./worker_lane.js";
import { makeSource } from "./worker_source.js";

/** What the kernel told of one model, for all places where it is shown. */
const stores = new WeakMap();
function storeOf(model) {
  let store = stores.get(model);
  if (store) return store;
  store = { rows: new Map(), ended: false, listeners: new Set() };
  stores.set(model, store);
  model.on("msg:custom", (message) => {
    if (message?.do === "ended") store.ended = true;
    if (message?.do === "news" || message?.do === "all") {
      store.ended = !!message.ended;
      const present = new Set((message.rows ?? []).map((row) => row.key));
      const gone = message.do === "all" ? [...store.rows.keys()].filter((key) => !present.has(key)) : message.gone ?? [];
      for (const key of gone) store.rows.delete(key);
      for (const row of message.rows ?? []) store.rows.set(row.key, row);
    }
    for (const listener of store.listeners) listener(message);
  });
  return store;
}

/** Above the lanes: the states, and in which of them which of a registration's workers is. */
function headOf(say) {
  const roles = [[2, 1, ".installing"], [3, 1, ".waiting"], [4, 2, ".active"]];
  return make("div", { class: "swnb-sw-head", "aria-hidden": "true" },
    ...PLACES.map((state) => make("span", { class: "swnb-sw-state" }, state)),
    ...roles.map(([column, span, role]) => make("span", {
      class: "swnb-sw-role", style: `grid-column: ${column} / span ${span}`, title: say("role", { role }),
    }, make("code", {}, role))));
}

/** One registration: what it shows is made once, and filled when it changes. */
function makeBox(view, row) {
  const { say } = view, lanes = make("div"), past = make("div", { class: "swnb-sw-past" });
  const box = { key: row.key, row, lanes: new Map(), places: lanes, past, retired: new Map(), open: null };
  box.source = makeSource(say, (question) => view.model.send(question), (open) => view.choose(row.key, open));
  const words = { update: say("update"), unregister: say("unregister") };
  box.buttons = Object.entries(words).map(([verb, word]) => make("button", {
    type: "button", "data-verb": verb, "aria-label": visible(`${word}: ${row.scope}`),
    onclick: (event) => view.press(verb, box.row.scope, event.currentTarget),
  }, word));
  box.state = make("span", { class: "swnb-sw-unregistered" });
  box.empty = make("p", { class: "swnb-faint" }, say("no versions"));
  box.press = (verb, label, button) => {
    if (verb === "source") box.source.toggle(label, button);
    else view.press(verb, label, button);
  };
  const title = make("div", { class: "swnb-sw-title" }, make("strong", {}, make("code", {}, row.scope)), box.state,
    make("span", { class: "swnb-sw-acts" }, ...box.buttons));
  const diagram = make("div", { class: "swnb-wide" }, make("div", { class: "swnb-sw-diagram" }, headOf(say), lanes));
  box.element = make("section", {
    class: "swnb-registration", "data-registration": row.key, "aria-label": visible(`${say("registration")} ${row.scope}`),
  }, title, diagram, box.empty, past, box.source.element);
  const open = view.model.get("state")?.open?.[row.key];
  const tab = open?.tab === "source" ? "source" : "diff";
  if (open?.of) box.source.restore({ of: `${open.of}`, tab, against: `${open.against ?? ""}` });
  return box;
}

/** Show a registration as it is now; what changed is seen to move where `moving`. */
function fillBox(view, box, row, moving) {
  const { say, store } = view;
  box.row = row;
  box.element.classList.toggle("swnb-sw-deleted", row.deleted);
  box.state.textContent = row.deleted ? `✗ ${say("unregistered")}` : "";
  for (const button of box.buttons) {
    const why = whyNot(button.dataset.verb, null, row, store.ended);
    allow(button, why && say(why), say(button.dataset.verb));
  }
  const present = new Set(row.versions.map((version) => version.label));
  for (const [label, lane] of box.lanes) if (!present.has(label)) drop(box, lane);
  for (const version of row.versions) {
    const isOver = version.state === "redundant";
    let lane = box.lanes.get(version.label);
    if (!lane && isOver && (!moving || box.retired.has(version.label))) {
      box.retired.set(version.label, version);
      continue;
    }
    if (!lane) {
      lane = makeLane(say, version.label, box.press);
      box.lanes.set(version.label, lane);
      box.places.append(lane.element);
    }
    fillLane(lane, say, version, row, store.ended, moving);
    if (isOver && !lane.leaving) lane.leaving = view.later(() => retire(view, box, lane), LEAVING_MS);
  }
  for (const label of box.retired.keys()) if (!present.has(label)) box.retired.delete(label);
  drawPast(view, box);
  box.empty.hidden = box.lanes.size > 0;
}

function drop(box, lane) {
  endLane(lane);
  lane.element.remove();
  box.lanes.delete(lane.label);
}

/** A redundant version leaves the diagram; below it there is still a word of it. */
function retire(view, box, lane) {
  const had = lane.element.contains(document.activeElement);
  drop(box, lane);
  box.retired.set(lane.label, lane.version);
  drawPast(view, box);
  box.empty.hidden = box.lanes.size > 0;
  if (had) box.past.querySelector(`[data-worker="${CSS.escape(lane.label)}"]`)?.focus();
}

/** The short line of versions that are redundant; each opens its script. */
function drawPast(view, box) {
  const { say } = view;
  const known = new Map([...box.past.querySelectorAll("button")].map((button) => [button.dataset.worker, button]));
  const versions = [...box.retired.values()];
  const shown = versions.map((version) => known.get(version.label) ?? make("button", {
    type: "button", "data-worker": version.label, class: workerClass(version.label),
    title: [clock(version.path.at(-1)?.[1] ?? 0), version.script, ...version.errors].map(visible).join(", "),
    "aria-label": visible(`${version.label}: redundant, ${say("source")}`),
    onclick: (event) => box.press("source", version.label, event.currentTarget),
  }, make("span", { class: "swnb-sw-struck" }, version.label), version.errors.length ? " ⚠" : ""));
  if ([...known.keys()].join() === versions.map((version) => version.label).join()) return;
  box.past.replaceChildren(...(shown.length ? [make("span", { class: "swnb-faint" }, `✗ ${say("past")}: `), ...shown] : []));
}

/** Take a registration away that has gone: it is seen to go. */
function leave(view, box) {
  box.element.classList.add("swnb-sw-gone");
  box.state.textContent = `✗ ${view.say("unregistered")}`;
  for (const button of box.element.querySelectorAll("button")) allow(button, view.say("why.unregistered"), "");
  view.later(() => {
    for (const lane of [...box.lanes.values()]) drop(box, lane);
    box.element.remove();
  }, LEAVING_MS);
}

/** What is open anew after something was told: a version that installs has a script, a new one may be compared. */
function askAgain(box, row) {
  const at = row.versions.findIndex((version) => version.label === box.source.open?.of);
  const sign = at < 0 ? "" : JSON.stringify(row.versions.slice(0, at + 1).map((version) => [version.label, version.path.length]));
  if (box.source.open && sign !== box.open && box.open !== null) box.source.ask();
  box.open = box.source.open ? sign : null;
}

function draw(view, message) {
  const { store, boxes, say } = view, moving = message?.do === "news";
  for (const [key, box] of boxes) {
    if (store.rows.has(key)) continue;
    boxes.delete(key);
    leave(view, box);
  }
  const rows = [...store.rows.values()].sort((one, other) => one.nth - other.nth);
  for (const row of rows) {
    let box = boxes.get(row.key);
    if (!box) {
      box = makeBox(view, row);
      boxes.set(row.key, box);
      view.list.append(box.element);
    }
    if (!message || message.do !== "news" || box.row !== row || !box.filled) fillBox(view, box, row, moving);
    box.filled = true;
    askAgain(box, row);
  }
  const versions = rows.flatMap((row) => row.versions).filter((version) => version.state !== "redundant").length;
  view.caption.textContent = rows.length ? say("workers.some", { n: rows.length, k: versions }) : say("no registrations");
  view.note.textContent = store.ended ? say("ended") : "";
}

/** @type {any} */
const widget = {
  render({ model, el }) {
    const say = speaker(model), store = storeOf(model), { act, end } = actor(model), showStill = hideStill(model);
    const timers = new Set(), failure = make("div", { class: "swnb-error", role: "alert" });
    const caption = make("div", { class: "swnb-faint" }), list = make("div");
    const note = make("div", { class: "swnb-faint", role: "status" });
    el.append(make("div", { class: "swnb-view swnb-workers" }, caption, list, failure, note));
    const view = { model, say, store, list, caption, note, boxes: new Map() };
    view.later = (then, ms) => {
      const timer = setTimeout(() => { timers.delete(timer); then(); }, ms);
      timers.add(timer);
      return timer;
    };
    view.choose = (key, open) => {
      const state = model.get("state") ?? {};
      const { [key]: _, ...others } = state.open ?? {};
      model.set?.("state", { ...state, open: open ? { ...others, [key]: open } : others });
      model.save_changes?.();
    };
    view.press = async (verb, of, button) => {
      failure.textContent = "";
      if (button.getAttribute("aria-disabled") === "true") {
        note.textContent = button.title;
        return;
      }
      button.setAttribute("aria-busy", "true");
      try { await act(verb, of); } catch (error) {
        failure.textContent = visible(`${say(verb)}, ${of}: `) + error.message;
      } finally { button.removeAttribute("aria-busy"); }
    };
    const listen = (message) => {
      if (message?.do === "source") for (const box of view.boxes.values()) box.source.take(message);
      else if (["all", "news", "ended"].includes(message?.do)) draw(view, message);
    };
    store.listeners.add(listen);
    draw(view, null);
    model.send({ do: "show" });
    return () => {
      for (const timer of timers) clearTimeout(timer);
      for (const box of view.boxes.values()) for (const lane of box.lanes.values()) endLane(lane);
      store.listeners.delete(listen);
      end();
      showStill();
    };
  },
};
export default widget;
