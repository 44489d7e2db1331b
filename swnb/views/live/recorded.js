// @ts-check
/* A view of what is over: it stands in a page without a kernel, and is answered from what the page has. */

/** The model of a timeline, on rows and payloads that are here: see `swnb.views.report`. */
class Recorded {
  constructor({ words, rows, lanes, payloads }) {
    this.told = { rows, lanes, payloads };
    this.values = { words, state: {}, still: "", of: "" };
    this.listeners = new Set();
  }

  get(key) { return this.values[key]; }
  set(key, value) { this.values[key] = value; }
  save_changes() {}
  on(event, listener) { if (event === "msg:custom") this.listeners.add(listener); }
  off(event, listener) { this.listeners.delete(listener); }
  say(message) { setTimeout(() => { for (const listener of [...this.listeners]) listener(message); }); }

  send(asked) {
    const { rows, lanes, payloads } = this.told, all = rows.length;
    if (asked.do === "hello") this.say({ do: "hello" });
    if (asked.do === "show") this.say({ do: "all", from: all, first: Math.max(0, all - 400), rows: rows.slice(-400), lanes, ended: false });
    if (asked.do === "rows") this.say({ do: "rows", first: asked.first, rows: rows.slice(asked.first, asked.first + 2000) });
    if (asked.do === "open") this.say({ do: "opened", seq: asked.seq, rows: payloads[asked.seq] ?? [null, 0, ""] });
  }
}

const place = document.getElementById("timeline"), told = document.getElementById("told");
if (place && told) {
  widget.render({ model: new Recorded(JSON.parse(`${told.textContent}`)), el: place });
  document.documentElement.classList.add("living"); // the picture is for pages where nothing may run
}
