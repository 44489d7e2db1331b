// @ts-check
/* The timeline: a sequence diagram that grows, drawn for what is in sight alone. */
import { hideStill, make, speaker, visible, workerClass } from "./common.js";
import { Timeline } from "./timeline_store.js";
import { HEAD, Place, draw } from "./timeline_draw.js";
import { words } from "./timeline_words.js";
import { chooser, explain, paint } from "./timeline_parts.js";

const LONGEST = 12e6; // pixels that a browser lets an element be high, with room to spare
const ROW = 26;
const AGAIN_MS = 5000;

/** What the kernel told of one model, for all places where it is shown. */
const timelines = new WeakMap();
function timelineOf(model) {
  if (timelines.has(model)) return timelines.get(model);
  const store = new Timeline(), told = { store, opened: new Map(), asked: 0 };
  timelines.set(model, told);
  model.on("msg:custom", (message, buffers) => {
    const packed = buffers?.[0] ? JSON.parse(new TextDecoder().decode(buffers[0])) : message?.rows ?? null;
    if (message?.do === "opened") told.opened.set(message.seq, packed);
    else if (["all", "news", "rows", "ended"].includes(message?.do)) store.take(message, packed);
    else return;
    if (message.do === "rows" || message.do === "all") told.asked = 0;
    for (const listener of store.listeners) listener(message);
  });
  return told;
}

/** @type {any} */
const widget = {
  render({ model, el }) {
    const say = speaker(model), told = timelineOf(model), { store } = told, showStill = hideStill(model);
    const chosen = { mode: "order", unit: 0, time: 0, hidden: [], groups: [], text: "", only: "", follow: true, at: 0, selected: -1, ...(model.get("state") ?? {}) };
    let pending = 0, saving, arranging, standing = [], standingOf = -1, place, ending = false, waiting = false;
    const drawn = new Map();

    // ---- what stands there --------------------------------------------------------------------------------------
    const canvas = make("canvas", { "aria-hidden": "true" }), heads = make("div", { class: "swnb-tl-heads" });
    const labels = make("div", { class: "swnb-tl-labels", role: "list", "aria-label": say("timeline") });
    const front = make("div", { class: "swnb-tl-front" }, canvas, labels, heads), ground = make("div", { class: "swnb-tl-ground" }, front);
    const scroller = make("div", { class: "swnb-tl-scroller", tabindex: "0", role: "group", "aria-label": `${say("timeline")}. ${say("timeline keys")}` }, ground);
    const note = make("span", { class: "swnb-faint", role: "status" }), desk = make("div", { class: "swnb-tl-desk" });
    const button = (key, sign, run, pressed) => make("button", { type: "button", title: say(key), "aria-label": say(key), "aria-pressed": pressed ?? null, "data-do": key, onclick: run }, sign);
    const follow = button("follow", `⤓ ${say("follow")}`, () => {
      chosen.follow = !chosen.follow;
      follow.setAttribute("aria-pressed", `${chosen.follow}`); // the button answers in the next frame, the picture in the one after
      if (chosen.follow) setTimeout(soon);
      keep();
    }, "true");
    const mode = button("by time", `◷ ${say("by time")}`, () => turn(), "false");
    const text = make("input", { type: "search", placeholder: say("filter"), "aria-label": say("filter"), size: "14", value: chosen.text,
      oninput: () => { chosen.text = text.value; refilter(); }, onkeydown: (event) => event.stopPropagation() });
    const actors = chooser(say("actors"), () => store.standing().map((lane) => [lane.name, lane.name]), chosen.hidden, () => refilter());
    const groups = chooser(say("kinds"), () => ["messages", "clients", "workers", "calls", "notifications"].map((group) => [group, say(group)]), chosen.groups, () => refilter());
    const alone = make("button", { type: "button", hidden: true, "data-do": "only", onclick: () => { chosen.only = ""; refilter(); } });
    const bar = make("div", { class: "swnb-tl-bar", role: "toolbar", "aria-label": say("timeline") }, follow, mode, button("zoom out", "−", () => zoom(1 / 1.5)), button("zoom in", "+", () => zoom(1.5)),
      button("fit", `⇕ ${say("fit")}`, () => fit()), text, actors.element, groups.element, alone, note);
    const root = make("div", { class: "swnb-view swnb-timeline" }, bar, scroller, desk);
    el.append(root);
    const colours = paint(root, () => soon());

    const rowUnit = () => Math.min(chosen.unit || ROW, LONGEST / Math.max(1, store.count));
    const timeUnit = () => Math.min(chosen.time || Math.max(0.02, (scroller.clientHeight - HEAD - 20) / Math.max(1, Math.min(store.latest, 2000))), LONGEST / Math.max(1, store.latest));
    const unit = () => (chosen.mode === "time" ? timeUnit() : rowUnit());
    const along = () => (chosen.mode === "time" ? store.latest : store.count);

    // ---- drawing ------------------------------------------------------------------------------------------------
    const soon = () => { if (!pending && !ending) pending = requestAnimationFrame(render); };
    const lanesNow = () => {
      if (standingOf !== store.version) {
        const hidden = new Set(chosen.hidden);
        standing = store.standing().filter((lane) => !hidden.has(lane.name));
        standingOf = store.version;
      }
      return standing;
    };
    function render() {
      pending = 0;
      const width = scroller.clientWidth, height = scroller.clientHeight;
      if (!width || !height) return; // it is in a tab that is not shown
      if (store.goOn()) soon();
      const lanes = lanesNow(), laneWidth = Math.max(112, Math.min(320, width / Math.max(1, lanes.length)));
      const tall = Math.max(height, Math.ceil(along() * unit()) + HEAD + 40), wide = Math.max(width, Math.ceil(laneWidth * lanes.length));
      if (ground.style.height !== `${tall}px`) ground.style.height = `${tall}px`;
      if (ground.style.width !== `${wide}px`) ground.style.width = `${wide}px`;
      if (chosen.follow && scroller.scrollTop < tall - height - 1) scroller.scrollTop = tall - height;
      const ratio = globalThis.devicePixelRatio || 1;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        front.style.width = canvas.style.width = `${width}px`;
        front.style.height = canvas.style.height = `${height}px`;
      }
      const context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      place = new Place(store, chosen.mode, unit(), scroller.scrollTop, scroller.scrollLeft, width, height, lanes, laneWidth);
      labelled(draw(context, place, colours(), say, chosen.selected));
      clearTimeout(arranging);
      arranging = setTimeout(arrange, 300);
      headed(lanes, laneWidth);
      describe();
      ask();
    }
    function labelled(found) {
      const present = new Set(found.map(({ row }) => row));
      for (const [row, element] of drawn) if (!present.has(row)) { element.remove(); drawn.delete(row); }
      for (const { row, x, align, y, wide, sign, text: words_, of, arrow, near } of found) {
        let element = drawn.get(row);
        if (!element) {
          element = make("div", { role: "listitem", "data-row": row, class: `swnb-tl-label swnb-tl-${of}${arrow ? " swnb-tl-arrow" : ""}` });
          drawn.set(row, element);
          labels.append(element);
        }
        const shown = visible(`${sign ? `${sign} ` : ""}${words_}`);
        if (element.textContent !== shown) { element.textContent = shown; element.title = shown; }
        element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y - 9)}px) translateX(${align}%)`;
        element.style.maxWidth = `${Math.round(Math.max(24, wide))}px`;
        element.classList.toggle("swnb-tl-selected", row === chosen.selected);
        element.classList.toggle("swnb-tl-near", near && row !== chosen.selected);
      }
    }
    /** Once nothing moves, the texts stand in the document as they stand in the picture: who listens hears them in order. */
    const arrange = () => {
      if (labels.contains(document.getSelection()?.anchorNode ?? null)) return;
      const at = (element) => new DOMMatrix(element.style.transform).m42;
      const there = [...labels.children], ordered = [...there].sort((one, other) => at(one) - at(other));
      if (ordered.some((element, nth) => element !== there[nth])) labels.append(...ordered);
    };
    function headed(lanes, laneWidth) {
      const inSight = lanes.filter((lane) => { const x = place.x(lane.at); return x > -laneWidth && x < place.width + laneWidth; });
      const key = `${inSight.map((lane) => `${lane.at}${lane.name}${lane.kind}${lane.about}`).join()}|${laneWidth}`;
      if (heads.dataset.key !== key) {
        heads.dataset.key = key;
        heads.replaceChildren(...inSight.map((lane) => make("div", { class: lane.kind === "service worker" ? workerClass(lane.name) : "swnb-tl-head", style: `width:${laneWidth - 8}px`, "data-lane": lane.at },
          make("strong", {}, lane.kind === "notebook" ? say("notebook") : lane.name), make("span", { class: "swnb-faint" }, lane.kind === "service worker" ? lane.about.replace(/^https?:\/\/lab\.localhost/, "") : lane.kind === "notebook" ? "" : say(lane.kind)))));
      }
      inSight.forEach((lane, nth) => { heads.children[nth].style.transform = `translateX(${Math.round(place.x(lane.at) - laneWidth / 2 + 4)}px)`; });
    }
    function describe() {
      follow.setAttribute("aria-pressed", `${chosen.follow}`);
      mode.setAttribute("aria-pressed", `${chosen.mode === "time"}`);
      const here = store.order ? say("some of", { k: store.count.toLocaleString(), n: store.total.toLocaleString() }) : say("rows", { n: store.total.toLocaleString() });
      const shown = [here, store.behind() ? say("loading") : "", store.pending ? say("filtering") : "", store.ended ? say("ended") : ""].filter(Boolean).join(" · ");
      if (note.textContent !== shown) note.textContent = shown;
    }
    /** Rows that are not here yet, one block at a time; those in sight first. */
    function ask() {
      if (told.asked && Date.now() - told.asked < AGAIN_MS) return;
      const { first, last, rows } = place.rows();
      const block = rows || store.order ? store.missing() : store.missing(first, last);
      if (block < 0) return;
      told.asked = Date.now();
      waiting = true;
      model.send({ do: "rows", first: block * 2000 });
    }

    // ---- what one does --------------------------------------------------------------------------------------------
    const keep = () => {
      clearTimeout(saving);
      saving = setTimeout(() => {
        if (place && !chosen.follow) chosen.at = place.rows().first;
        model.set("state", { ...chosen });
        model.save_changes();
      }, 300);
    };
    function refilter() {
      const hidden = new Set(chosen.hidden), ids = new Set(store.lanes.filter((lane) => lane && hidden.has(lane.name)).map((lane) => lane.at));
      standingOf = -1;
      const only = chosen.only ? store.lanes.find((lane) => lane?.name === chosen.only)?.at ?? -1 : -1;
      alone.hidden = only < 0;
      alone.textContent = `${visible(say("only", { who: chosen.only }))} ✕`;
      store.filter(ids, new Set(chosen.groups), chosen.text, (row) => { const [, said] = words(store, row, say); return `${said} ${store.lanes[store.lane[row]]?.name ?? ""} ${store.lanes[store.other[row]]?.name ?? ""}`; }, only);
      soon();
      keep();
    }
    /** Zoom, so that what is at `y` stays there. */
    function zoom(factor, y = scroller.clientHeight / 2) {
      const before = unit(), anchor = (scroller.scrollTop + y - HEAD) / before;
      if (chosen.mode === "time") chosen.time = Math.max(1e-4, Math.min(400, before * factor));
      else chosen.unit = Math.max(0.02, Math.min(80, before * factor));
      render();
      if (!chosen.follow) scroller.scrollTop = anchor * unit() - y + HEAD;
      soon();
      keep();
    }
    function fit() {
      const room = scroller.clientHeight - HEAD - 40;
      if (chosen.mode === "time") chosen.time = room / Math.max(1, store.latest);
      else chosen.unit = room / Math.max(1, store.count);
      soon();
      keep();
    }
    function turn() {
      const rows = place?.rows(), middle = rows ? Math.floor((rows.first + rows.last) / 2) : 0, row = rows?.rows ? rows.rows[middle] : store.rowAt(middle);
      chosen.mode = chosen.mode === "time" ? "order" : "time";
      render();
      if (!chosen.follow && row !== undefined) bring(row);
      keep();
    }
    function bring(row) {
      const at = (chosen.mode === "time" ? store.time[row] : store.placeOf(row)) * unit();
      scroller.scrollTop = at - scroller.clientHeight / 2 + HEAD;
      soon();
    }
    function select(row, bringIt = false) {
      chosen.selected = row;
      desk.replaceChildren();
      if (row >= 0) {
        if (bringIt) { chosen.follow = false; const y = place?.y(row) ?? 0; if (y < HEAD + 20 || y > scroller.clientHeight - 30) bring(row); }
        open(row);
      }
      soon();
      keep();
    }
    function open(row) {
      const begin = (store.letter(row) === "r" || store.letter(row) === "u") && store.ref[row] >= 0 ? store.ref[row] : row, seq = store.seq[begin];
      desk.replaceChildren(explain({ store, row, begin, say, opened: told.opened.get(seq), go: (other) => select(other, true), close: () => { select(-1); scroller.focus(); } }));
      if (seq >= 0 && "srx".includes(store.letter(row)) && !told.opened.has(seq)) model.send({ do: "open", seq });
    }
    const step = (by) => {
      const last = store.count - 1;
      if (last < 0) return;
      let at = chosen.selected < 0 ? last + (by < 0 ? 1 : 0) : store.placeOf(chosen.selected);
      for (at += by; at >= 0 && at <= last; at += by) {
        const row = store.rowAt(at);
        if (!store.code[row]) return;
        if (store.letter(row) !== "r") { select(row, true); return; }
      }
    };
    const keys = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Home: () => { chosen.follow = false; scroller.scrollTop = 0; }, End: () => { chosen.follow = true; }, "+": () => zoom(1.5), "-": () => zoom(1 / 1.5),
      t: turn, f: () => { chosen.follow = !chosen.follow; }, 0: fit, Escape: () => select(-1), c: () => desk.querySelector("[data-do=copy]")?.click(),
      Enter: () => desk.querySelector("summary, button")?.focus(), PageDown: () => { chosen.follow = false; scroller.scrollTop += scroller.clientHeight * 0.8; }, PageUp: () => { chosen.follow = false; scroller.scrollTop -= scroller.clientHeight * 0.8; },
      ArrowLeft: () => { scroller.scrollLeft -= 60; }, ArrowRight: () => { scroller.scrollLeft += 60; } };
    scroller.addEventListener("keydown", (event) => {
      const run = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
      event.stopPropagation(); // a notebook has keys of its own
      if (!run) return;
      event.preventDefault();
      run();
      soon();
      keep();
    });
    desk.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Escape") { select(-1); scroller.focus(); } });
    labels.addEventListener("click", (event) => {
      const row = event.target.closest?.("[data-row]")?.dataset.row;
      if (row !== undefined && !globalThis.getSelection?.()?.toString()) select(Number(row) === chosen.selected ? -1 : Number(row));
    });
    scroller.addEventListener("wheel", (event) => {
      if (event.ctrlKey) { event.preventDefault(); zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientY - scroller.getBoundingClientRect().top); }
      else if (event.deltaY < 0) chosen.follow = false;
    }, { passive: false });
    let lastTop = 0;
    scroller.addEventListener("scroll", () => {
      const end = scroller.scrollHeight - scroller.clientHeight;
      if (scroller.scrollTop < lastTop - 1 && scroller.scrollTop < end - 2) chosen.follow = false;
      lastTop = scroller.scrollTop;
      soon();
    }, { passive: true });

    // ---- news -------------------------------------------------------------------------------------------------------
    let restored = chosen.follow;
    const heard = (message) => {
      if (message.do === "opened") { if (chosen.selected >= 0) open(chosen.selected); return; }
      if (message.do === "all" && (chosen.hidden.length || chosen.groups.length || chosen.text || chosen.only)) refilter();
      if (message.do === "rows") waiting = false;
      soon();
      if (!restored && store.count) { restored = true; render(); if (place) scroller.scrollTop = chosen.mode === "time" ? chosen.at : chosen.at * unit(); }
    };
    store.listeners.add(heard);
    /** Another view of this lab, on this page, asks for one actor's messages. */
    const onlyOf = (event) => {
      if (event.detail?.of !== model.get("of") || !root.isConnected) return;
      event.preventDefault();
      chosen.only = `${event.detail.actor}`;
      refilter();
      root.scrollIntoView?.({ block: "nearest" });
    };
    document.addEventListener("swnb-only", onlyOf);
    const seen = new ResizeObserver(() => soon());
    seen.observe(scroller);
    const again = setInterval(() => { if (waiting && place && scroller.clientHeight) ask(); }, AGAIN_MS);
    soon();
    model.send({ do: "show" });
    return () => {
      ending = true;
      cancelAnimationFrame(pending);
      clearInterval(again);
      clearTimeout(saving);
      clearTimeout(arranging);
      seen.disconnect();
      colours.end();
      store.listeners.delete(heard);
      document.removeEventListener("swnb-only", onlyOf);
      showStill();
    };
  },
};
export default widget;
