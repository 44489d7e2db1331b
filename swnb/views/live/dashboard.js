// @ts-check
/* All views of a lab as one, in tabs or side by side. A view in it has a model as if it stood alone: what it says goes by the one. */
import { hideStill, make, speaker, visible } from "./common.js";
import clients from "./clients.js";
import consoleLines from "./console.js";
import notifications from "./notifications.js";
import timeline from "./timeline.js";
import workers from "./workers.js";

const VIEWS = { clients, timeline, workers, notifications, console: consoleLines };
let shown = 0; // so that each place has ids of its own

/** The model of one view: its own messages, its own part of the state; the rest is the dashboard's. */
function partOf(model, name, listeners) {
  return {
    get: (key) => (key === "state" ? model.get("state")?.views?.[name] ?? {} : key === "still" ? "" : model.get(key)),
    set(key, value) {
      const state = model.get("state") ?? {};
      if (key === "state") model.set("state", { ...state, views: { ...state.views, [name]: value } });
      else model.set(key, value);
    },
    save_changes: () => model.save_changes(),
    send: (say) => model.send({ do: "of", view: name, say }),
    on: (event, listener) => (event === "msg:custom" ? listeners.add(listener) : model.on(event, listener)),
    off: (event, listener) => (event === "msg:custom" ? listeners.delete(listener) : model.off(event, listener)),
  };
}

/** @type {any} */
const widget = {
  render({ model, el }) {
    const say = speaker(model), showStill = hideStill(model), place = `swnb-${Date.now().toString(36)}-${++shown}`;
    const names = (model.get("tabs") ?? []).filter((name) => Object.hasOwn(VIEWS, name));
    const chosen = () => {
      const { layout, tab } = model.get("state") ?? {};
      return { side: layout === "side", tab: names.includes(tab) ? tab : names[0] };
    };
    const choose = (change) => {
      model.set("state", { ...model.get("state"), ...change });
      model.save_changes();
      draw();
    };
    const part = (name) => {
      const id = `${place}-${name}`, body = make("div");
      const dot = make("span", { class: "swnb-dot", "aria-hidden": "true" });
      const tab = make("button", { type: "button", role: "tab", id: `${id}-tab`, "aria-controls": id, onclick: () => choose({ tab: name }) },
        say(`tab.${name}`), dot);
      const heading = make("h3", { id: `${id}-heading` }, say(`tab.${name}`));
      const panel = make("section", { id, class: "swnb-panel" }, heading, body);
      return { name, tab, heading, panel, body, dot, listeners: new Set(), clean: null };
    };
    const parts = new Map(names.map((name) => [name, part(name)]));
    const turn = (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = event.key === "Home" ? 0 : event.key === "End" ? names.length - 1
        : by ? (names.indexOf(chosen().tab) + by + names.length) % names.length : null;
      if (at === null) return;
      event.preventDefault();
      choose({ tab: names[at] });
      parts.get(names[at]).tab.focus();
    };
    const tabs = make("div", { role: "tablist", "aria-label": say("dashboard"), onkeydown: turn }, ...[...parts.values()].map((each) => each.tab));
    const turned = make("button", { type: "button", class: "swnb-arrange", onclick: () => choose({ layout: chosen().side ? "tabs" : "side" }) });
    const panels = make("div", { class: "swnb-panels" }, ...[...parts.values()].map((each) => each.panel));
    el.append(make("div", { class: "swnb-view swnb-dashboard" }, make("div", { class: "swnb-bar" }, tabs, turned), panels));

    const begin = (each) => {
      try {
        each.clean = VIEWS[each.name].render({ model: partOf(model, each.name, each.listeners), el: each.body }) ?? (() => {});
      } catch (error) { // the others go on
        each.clean = () => {};
        each.body.append(make("div", { class: "swnb-error", role: "alert" }, visible(`${error}`)));
      }
    };
    const mark = (each, fresh) => {
      each.dot.textContent = fresh ? " •" : "";
      if (fresh) each.tab.setAttribute("aria-label", `${say(`tab.${each.name}`)}, ${say("tab.new")}`);
      else each.tab.removeAttribute("aria-label");
    };
    const draw = () => {
      const { side, tab } = chosen();
      panels.classList.toggle("swnb-side", side);
      tabs.hidden = side;
      turned.textContent = side ? `▭ ${say("layout.tabs")}` : `▥ ${say("layout.side")}`;
      for (const each of parts.values()) {
        const open = side || each.name === tab;
        each.tab.setAttribute("aria-selected", `${each.name === tab}`);
        each.tab.tabIndex = each.name === tab ? 0 : -1;
        each.heading.hidden = !side;
        each.panel.hidden = !open;
        each.panel.setAttribute("role", side ? "region" : "tabpanel");
        each.panel.setAttribute("aria-labelledby", side ? each.heading.id : each.tab.id);
        if (open) mark(each, false);
        if (open && !each.clean) begin(each);
      }
    };
    const take = (message, buffers) => {
      if (message?.do === "of") for (const listener of [...(parts.get(message.view)?.listeners ?? [])]) listener(message.say, buffers);
      if (message?.do !== "news" && message?.do !== "all") return;
      for (const each of parts.values()) if (each.panel.hidden && message.fresh?.includes(each.name)) mark(each, true);
    };
    model.on("msg:custom", take);
    model.on("change:state", draw);
    panels.addEventListener("swnb-only", () => { if (names.includes("timeline") && !chosen().side) choose({ tab: "timeline" }); });
    draw();
    model.send({ do: "show" });
    return () => {
      model.off("msg:custom", take);
      model.off("change:state", draw);
      for (const each of parts.values()) each.clean?.();
      showStill();
    };
  },
};
export default widget;
