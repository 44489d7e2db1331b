// @ts-check
/* Notifications as cards, newest first. The model keeps what the kernel told; each place where it is shown draws that. */
import { actor, ago, hideStill, make, speaker } from "./common.js";
import { Card, pictureOf } from "./notification_card.js";

const STAYS_MS = 6000; // how long a card that is gone stands among the others before it goes to the history
const NEW_MS = 1500;
const TICK_MS = 500;

const stores = new WeakMap();
/** What the kernel told of one model, for all places where it is shown. */
function storeOf(model) {
  let store = stores.get(model);
  if (store) return store;
  store = { rows: new Map(), pictures: new Map(), leaving: new Map(), more: 0, ended: false, told: false, listeners: new Set() };
  stores.set(model, store);
  model.on("msg:custom", (message) => {
    if (message?.do === "ended") store.ended = true;
    else if (message?.do === "news" || message?.do === "all") take(store, message);
    else return;
    for (const listener of store.listeners) listener();
  });
  return store;
}

function take(store, message) {
  const rows = message.rows ?? [], isAll = message.do === "all", present = new Set(rows.map((row) => row.number));
  store.ended = !!message.ended;
  store.isNews = !isAll;
  if (isAll || "more" in message) store.more = message.more ?? 0;
  for (const [id, data] of Object.entries(message.pictures ?? {})) store.pictures.set(id, pictureOf(data));
  for (const number of isAll ? [...store.rows.keys()].filter((each) => !present.has(each)) : message.gone ?? []) {
    store.rows.delete(number);
    store.leaving.delete(number);
  }
  for (const row of rows) {
    const before = store.rows.get(row.number), wasShown = before ? before.shown : store.told && !isAll;
    if (wasShown && !row.shown) store.leaving.set(row.number, Date.now() + STAYS_MS);
    store.rows.set(row.number, row);
  }
  const used = new Set([...store.rows.values()].flatMap((row) => [row.icon?.id, row.image?.id]));
  for (const id of store.pictures.keys()) if (!used.has(id)) store.pictures.delete(id);
  store.told = true;
}

/** One place where notifications are shown. */
class Notifications {
  constructor(model, el) {
    const say = speaker(model), { act, end } = actor(model), store = storeOf(model);
    Object.assign(this, { model, say, act, end, store, cards: new Map() });
    this.caption = make("div", { class: "swnb-faint", role: "status" });
    this.note = make("div", { class: "swnb-faint", role: "status" });
    this.list = make("ul", { class: "swnb-cards", role: "list", "aria-label": say("notifications"), tabindex: "-1" });
    this.former = make("ul", { class: "swnb-cards swnb-cards-former", role: "list" });
    this.summary = make("summary");
    this.history = this.folds(make("details", {}, this.summary, this.former), "history");
    const keydown = (event) => { // a notebook has keys of its own
      if (event.target.matches("input") || !(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
    };
    el.append(make("div", { class: "swnb-view swnb-notifications", onkeydown: keydown },
      this.caption, this.list, this.history, this.note));
  }

  /** Let what can be opened be as its viewer left it. */
  folds(details, name) {
    const open = () => (this.model.get("state") ?? {}).open ?? [];
    details.open = open().includes(name);
    details.addEventListener("toggle", () => {
      if (details.open === open().includes(name)) return;
      const others = open().filter((each) => each !== name);
      this.model.set("state", { ...this.model.get("state"), open: details.open ? [...others, name].slice(-50) : others });
      this.model.save_changes();
    });
    return details;
  }

  isFormer(row) { return !row.shown && !((this.store.leaving.get(row.number) ?? 0) > Date.now()); }

  /** Take the focus out of a card whose buttons go: to the next one that has some. */
  keepFocus({ element }) {
    if (!element.contains(element.getRootNode().activeElement)) return;
    const others = [...this.list.children].filter((each) => each !== element && !each.classList.contains("swnb-card-gone"));
    const after = others.find((each) => element.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
    ((after ?? others.at(-1))?.querySelector("[data-verb=click]") ?? this.list).focus({ preventScroll: true });
  }

  draw() {
    const { store, say, cards } = this, rows = [...store.rows.values()].sort((one, other) => other.number - one.number);
    for (const [number, card] of cards) {
      if (store.rows.has(number)) continue;
      this.keepFocus(card);
      card.element.remove();
      cards.delete(number);
    }
    for (const row of rows) this.fill(row);
    const former = rows.filter((row) => this.isFormer(row));
    this.place(this.list, rows.filter((row) => !former.includes(row)));
    this.place(this.former, former);
    const shown = rows.filter((row) => row.shown).length + store.more;
    this.caption.textContent = rows.length ? say("card.some", { n: shown }) : say("no notifications");
    if (store.more) this.caption.textContent += `, ${say("card.more", { n: store.more })}`;
    this.summary.textContent = say("card.history", { n: former.length });
    this.history.hidden = !former.length;
    this.note.textContent = store.ended ? say("ended") : "";
    this.tick();
  }

  fill(row) {
    const known = this.cards.get(row.number), card = known ?? new Card(this, row.number);
    if (known?.row === row) return;
    this.cards.set(row.number, card);
    if (known?.row.shown && !row.shown) this.keepFocus(card);
    card.fill(row);
    if (known || !row.shown || !this.store.isNews) return;
    card.element.classList.add("swnb-card-new");
    setTimeout(() => card.element.classList.remove("swnb-card-new"), NEW_MS);
  }

  place(list, rows) {
    let next = list.firstElementChild;
    for (const { number } of rows) {
      const { element } = this.cards.get(number);
      if (element === next) next = next.nextElementSibling;
      else list.insertBefore(element, next);
    }
  }

  tick() {
    for (const { age, row } of this.cards.values()) age.textContent = row.since ? ago(this.say, row.since) : "";
  }

  /** Send cards to the history when their time has come. */
  look() {
    const isDue = ({ row, element }) => element.parentNode === this.list && this.isFormer(row);
    if ([...this.cards.values()].some(isDue)) this.draw();
    else this.tick();
  }
}

/** @type {any} */
const widget = {
  render({ model, el }) {
    const place = new Notifications(model, el), showStill = hideStill(model), draw = () => place.draw();
    const clock = setInterval(() => place.look(), TICK_MS);
    place.store.listeners.add(draw);
    draw();
    model.send({ do: "show" });
    return () => {
      clearInterval(clock);
      place.store.listeners.delete(draw);
      place.end();
      showStill();
    };
  },
};
export default widget;
