// @ts-check
/* The live console: its tools, and the list that follows what comes, or stands still. */
import { hideStill, make, speaker } from "./common.js";
import { GROUPS, filterOf, groupOf, passing, storeOf } from "./console_store.js";
import { Lines, copied, plain } from "./console_lines.js";

const TYPED_MS = 250; // after so long without a key the text to look for is used

const SIGNS = { errors: "✗", warnings: "⚠", messages: "›", verbose: "…", surprises: "‼" };

/** What chooses the lines. */
class Tools {
  constructor(say, choose, verbs) {
    Object.assign(this, { say, offered: "" });
    const toggle = (group) => choose(({ hidden = [] }) => ({
      hidden: GROUPS.filter((each) => hidden.includes(each) !== (each === group)),
    }));
    this.groups = new Map(GROUPS.map((group) => [group, make("button", {
      type: "button", "data-group": group, onclick: () => toggle(group),
    })]));
    this.who = make("select", {
      "aria-label": say("who"), onchange: () => choose({ actor: this.who.value === "*" ? undefined : this.who.value.slice(1) }),
    });
    this.text = make("input", { type: "search", placeholder: say("console.find"), "aria-label": say("console.find"),
      spellcheck: "false", oninput: () => {
        clearTimeout(this.later);
        this.later = setTimeout(() => choose({ text: this.text.value || undefined }), TYPED_MS);
      } });
    this.follow = make("button", { type: "button", "data-verb": "follow", onclick: verbs.follow });
    const button = (verb) => make("button", { type: "button", "data-verb": verb, onclick: verbs[verb] }, say(`console.${verb}`));
    this.element = make("div", { class: "swnb-console-tools", role: "toolbar", "aria-label": say("console") },
      this.who, ...this.groups.values(), this.text,
      make("span", { class: "swnb-console-verbs" }, this.follow, button("copy"), button("clear")));
  }

  /** Show what is chosen, and what there is to choose from. */
  show(state, lines) {
    const counts = new Map(), names = new Set(state.actor === undefined ? [] : [state.actor]), hidden = state.hidden ?? [];
    for (const line of lines) {
      if (line.gap || line.id <= (state.after ?? 0)) continue;
      names.add(line.actor);
      counts.set(groupOf(line), (counts.get(groupOf(line)) ?? 0) + line.count);
    }
    this.offer([...names].sort(), state.actor);
    for (const [group, button] of this.groups) {
      button.setAttribute("aria-pressed", `${!hidden.includes(group)}`);
      button.hidden = group === "surprises" && !counts.has(group) && !hidden.includes(group);
      this.label(button, `${SIGNS[group]} ${this.say(group)} ${counts.get(group) ?? 0}`);
    }
    if (this.text.getRootNode().activeElement !== this.text) this.text.value = state.text ?? "";
  }

  offer(names, actor) {
    const { say, who } = this, key = JSON.stringify(names);
    if (this.offered !== key) {
      this.offered = key;
      const option = (name) => make("option", { value: `=${name}` }, name || say("browser"));
      who.replaceChildren(make("option", { value: "*" }, say("console.all")), ...names.map(option));
    }
    who.value = actor === undefined ? "*" : `=${actor}`;
  }

  /** Show whether the list follows, and how many lines have come since it does not. */
  following(isOn, waiting) {
    this.follow.setAttribute("aria-pressed", `${isOn}`);
    const more = waiting ? ` (${this.say("console.new", { n: waiting })})` : "";
    this.label(this.follow, `${isOn ? "▶" : "❚❚"} ${this.say("console.follow")}${more}`);
  }

  label(button, text) {
    if (button.textContent !== text) button.textContent = text;
  }
}

/** One place where the console is shown. */
class Console {
  constructor(model, el) {
    const say = speaker(model), list = make("div", {
      class: "swnb-lines", role: "log", "aria-live": "off", "aria-label": say("console"), tabindex: "0",
      onscroll: () => this.scrolled(),
    });
    Object.assign(this, { model, say, list, store: storeOf(model) });
    Object.assign(this, { drawn: [], frozenAt: 0, lastTop: 0, isScrolled: false, look: "" });
    this.lines = new Lines(say, list, (details, id) => this.folds(details, id));
    this.tools = new Tools(say, (change) => this.choose(change), {
      copy: () => this.copy(), follow: () => this.follow(), clear: () => this.choose({ after: this.store.newest }),
    });
    this.count = make("span", { class: "swnb-faint" });
    this.told = make("span", { class: "swnb-faint", role: "status" });
    this.note = make("div", { class: "swnb-faint", role: "status" });
    const keydown = (event) => { // a notebook has keys of its own
      if (event.target.matches("input") || !(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
    };
    this.root = make("div", { class: "swnb-view swnb-console", onkeydown: keydown }, this.tools.element, list,
      make("div", { class: "swnb-console-foot" }, this.count, this.told), this.note);
    el.append(this.root);
    this.sized = new ResizeObserver(() => this.end()); // it was in a tab that was not seen
    this.sized.observe(list);
  }

  get state() { return this.model.get("state") ?? {}; }

  get isStill() { return !!this.state.frozen || this.isScrolled; }

  /** What its viewer chose; undefined takes it back. */
  choose(change) {
    const state = { ...this.state, ...(typeof change === "function" ? change(this.state) : change) };
    this.model.set("state", Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)));
    this.model.save_changes();
    for (const listener of this.store.listeners) listener();
  }

  folds(details, id) {
    const open = () => this.state.open ?? [];
    details.open = open().includes(id);
    details.addEventListener("toggle", () => {
      if (details.open === open().includes(id)) return;
      const others = open().filter((each) => each !== id);
      this.isScrolled ||= details.open; // who reads it wants it to stand still
      this.choose({ open: details.open ? [...others, id].slice(-50) : others });
    });
    return details;
  }

  follow() {
    const isFollowing = !this.isStill;
    this.isScrolled = false;
    this.choose({ frozen: isFollowing || undefined });
  }

  async copy() {
    const lines = this.drawn;
    const done = await copied(lines.map((line) => plain(this.say, line)).join("\n"), this.root);
    this.told.textContent = done ? this.say("console.copied", { n: lines.length }) : this.say("console.not copied");
  }

  get isAtEnd() { return this.list.scrollHeight - this.list.clientHeight - this.list.scrollTop < 4; }

  /** Show the newest line, if that is what its viewer wants. */
  end() {
    const { list } = this;
    if (!this.isStill) list.scrollTop = list.scrollHeight;
    this.lastTop = list.scrollTop;
  }

  /** Who reads what is further up wants it to stand still; at the end, to follow again. */
  scrolled() {
    const { list, isAtEnd } = this, isUp = list.scrollTop < this.lastTop;
    if (!list.clientHeight) return; // it is not seen
    this.lastTop = list.scrollTop;
    if (this.state.frozen || (this.isScrolled ? !isAtEnd : isAtEnd || !isUp)) return;
    this.isScrolled = !isAtEnd;
    this.draw();
  }

  draw() {
    const { state, store, isStill } = this;
    if (!isStill || !this.frozenAt || this.frozenAt > store.newest) this.frozenAt = store.newest;
    this.tools.show(state, store.lines);
    this.tools.following(!isStill, store.newest - this.frozenAt);
    this.note.textContent = store.ended ? this.say("ended") : "";
    const look = JSON.stringify([this.frozenAt, state.actor, state.hidden, state.text, state.after]);
    if (isStill && look === this.look) return;
    this.look = look;
    this.drawn = passing(isStill ? store.lines.filter((line) => line.id <= this.frozenAt) : store.lines, filterOf(state));
    this.lines.draw(this.drawn);
    const shown = this.drawn.reduce((sum, line) => sum + (line.gap ? 0 : line.count), 0);
    const some = this.say("console.some", { n: shown, all: store.newest });
    this.count.textContent = store.newest ? some : this.say("no console lines");
    this.end();
  }
}

/** @type {any} */
const widget = {
  render({ model, el }) {
    const place = new Console(model, el), showStill = hideStill(model), draw = () => place.draw();
    place.store.listeners.add(draw);
    model.on("change:state", draw); // another front end's viewer chose
    draw();
    model.send({ do: "show" });
    return () => {
      clearTimeout(place.tools.later);
      place.sized.disconnect();
      place.store.listeners.delete(draw);
      model.off("change:state", draw);
      showStill();
    };
  },
};
export default widget;
