// @ts-check
/* The lines that the kernel told, kept for all places where a console is shown; and which of them pass a filter. */

const KEPT = 5000; // lines that are remembered
export const DRAWN = 1000; // lines that are in the document, at most

const GROUP_OF = {
  error: "errors", assert: "errors", exception: "errors", warn: "warnings", debug: "verbose", verbose: "verbose",
  trace: "verbose", endGroup: "verbose", profile: "verbose", profileEnd: "verbose", surprise: "surprises",
};

/** Groups of levels that are shown or hidden together. */
export const GROUPS = ["errors", "warnings", "messages", "verbose", "surprises"];

/** The group that a line's level belongs to. */
export const groupOf = (line) => (Object.hasOwn(GROUP_OF, line.level) ? GROUP_OF[line.level] : "messages");

const stores = new WeakMap();

/** What the kernel told of one model. */
export function storeOf(model) {
  let store = stores.get(model);
  if (store) return store;
  store = { lines: [], newest: 0, ended: false, listeners: new Set() };
  stores.set(model, store);
  model.on("msg:custom", (message) => {
    if (message?.do === "ended") store.ended = true;
    else if (message?.do === "news" || message?.do === "all") take(store, message);
    else return;
    for (const listener of store.listeners) listener();
  });
  return store;
}

const lastOf = (line) => (line ? line.id + line.count - 1 : 0);

/** Lines come in order, each with the number of its first time; what is missing between their numbers was left out. */
function take(store, message) {
  const { lines } = store, told = message.lines ?? [];
  store.ended = !!message.ended;
  if (message.do === "all") {
    const first = told.length ? told[0].id : 0; // what is older than that is known, and stays
    while (lines.length && lines.at(-1).id >= first) lines.pop();
    store.newest = lastOf(lines.at(-1));
  }
  for (const row of told) {
    const last = lines.at(-1);
    if (last && last.id === row.id && !last.gap) {
      lines[lines.length - 1] = { ...last, count: last.count + row.count, t: row.t };
    } else {
      const missing = row.id - store.newest - 1;
      if (missing > 0) lines.push({ id: store.newest + 1, count: missing, gap: true });
      lines.push({ ...row, text: `${row.text}`, search: "" });
    }
    store.newest = lastOf(lines.at(-1));
  }
  if (lines.length > KEPT) lines.splice(0, lines.length - KEPT);
}

/** Tell what passes: an actor, groups of levels, a text; and what came after the list was cleared. */
export function filterOf(state) {
  const hidden = new Set(state.hidden ?? []), { actor } = state, after = Number(state.after) || 0;
  const text = `${state.text ?? ""}`.toLowerCase();
  return (line) => {
    if (line.id <= after) return false;
    if (line.gap) return !text && actor === undefined;
    if (hidden.has(groupOf(line)) || (actor !== undefined && line.actor !== actor)) return false;
    line.search ||= text && `${line.text}\n${line.actor}\n${line.place}`.toLowerCase();
    return !text || line.search.includes(text);
  };
}

/** The last lines that pass, as many as are drawn, the newest last. */
export function passing(lines, passes) {
  const found = [];
  for (let at = lines.length - 1; at >= 0 && found.length < DRAWN; at--) if (passes(lines[at])) found.push(lines[at]);
  return found.reverse();
}
