// @ts-check
/* What a timeline knows: rows in columns, by their numbers; lanes; which rows pass the filter; which arrows cross a place. No DOM. */
import { visible } from "./common.js";

export const BLOCK = 2000; // rows that are asked for at once
const LETTERS = " sruxbeclhwnfadikpv";
const GROUPS = { s: "messages", r: "messages", u: "messages", x: "messages", b: "clients", e: "clients", c: "clients", l: "clients", h: "clients",
  w: "workers", n: "workers", f: "workers", a: "calls", v: "calls", d: "notifications", i: "notifications", k: "notifications", p: "notifications" };
const LEVELS = 6;
const FARTHEST = 2000; // positions that a row may go

export class Timeline {
  constructor() {
    this.total = 0;
    this.ended = false;
    this.lanes = [];
    this.listeners = new Set();
    this.order = null; // positions that pass the filter, ascending; null: all
    this.latest = 0;
    this.version = 0;
    this.clear(1024);
  }

  clear(room) {
    this.code = new Uint8Array(room); // 0: not here yet
    this.seq = new Int32Array(room).fill(-1);
    this.lane = new Int16Array(room).fill(-1);
    this.other = new Int16Array(room).fill(-1);
    this.ref = new Int32Array(room).fill(-1);
    this.to = new Int32Array(room).fill(-1);
    this.time = new Float64Array(room);
    this.sorted = Int32Array.from({ length: room }, (_, at) => at); // position → row: several contexts' facts come nearly in order of time
    this.rank = this.sorted.slice(); // row → position
    this.text = [];
    this.more = new Map();
    this.blocks = new Map(); // block → how many of its rows are here
    this.crossing = Array.from({ length: LEVELS }, () => new Map());
    this.byTime = new Uint32Array(0);
    this.timed = 0;
  }

  grow(room) {
    if (room <= this.code.length) return;
    const size = Math.max(room, 2 * this.code.length);
    for (const name of ["code", "seq", "lane", "other", "ref", "to", "time"]) {
      const former = this[name], made = new former.constructor(size);
      if (name !== "code" && name !== "time") made.fill(-1);
      made.set(former);
      this[name] = made;
    }
    for (const name of ["sorted", "rank"]) {
      const former = this[name], made = Int32Array.from({ length: size }, (_, at) => at);
      made.set(former);
      this[name] = made;
    }
  }

  /** Take what the kernel told; `rows` is what was beside the message. */
  take(message, rows) {
    if (message.do === "ended") this.ended = true;
    else {
      if (message.do === "all" || message.do === "news") this.ended = !!message.ended;
      if (message.do === "all" && message.from < this.total) this.restart(); // a kernel that counts anew
      for (const lane of message.lanes ?? []) this.takeLane(lane, message.do === "all");
      if (typeof message.from === "number") this.total = Math.max(this.total, message.from);
      if (Array.isArray(rows)) this.put(message.first, rows);
    }
    this.version++;
  }

  restart() {
    this.total = this.latest = 0;
    this.lanes = [];
    this.order = null;
    this.clear(1024);
  }

  takeLane([at, name, kind, within, about, spans], whole) {
    const known = this.lanes[at];
    const lane = known && !whole ? known : { at, alive: [[], []], by: [[], []], state: [[], []], running: [[], []] };
    Object.assign(lane, { name: visible(`${name}`), kind: `${kind}`, within, about: visible(`${about}`) });
    for (const [row, what, value] of spans) {
      const of = lane[what];
      if (!Array.isArray(of) || (of[0].length && row < of[0].at(-1))) continue;
      of[0].push(row);
      of[1].push(`${value}`);
    }
    this.lanes[at] = lane;
  }

  put(first, rows) {
    this.grow(first + rows.length);
    this.total = Math.max(this.total, first + rows.length);
    rows.forEach(([seq, letter, lane, time, ref, other, text, more], nth) => {
      const at = first + nth, code = LETTERS.indexOf(letter);
      if (code <= 0 || this.code[at]) return;
      this.code[at] = code;
      this.seq[at] = seq; this.lane[at] = lane; this.other[at] = other; this.ref[at] = ref;
      this.time[at] = ref >= 0 && this.code[ref] && this.time[ref] > time ? this.time[ref] : time; // nothing comes before its cause
      this.text[at] = text;
      if (more) this.more.set(at, more);
      if (time > this.latest) this.latest = time;
      const block = Math.floor(at / BLOCK);
      this.blocks.set(block, (this.blocks.get(block) ?? 0) + 1);
      if (ref >= 0 && (letter === "r" || letter === "u")) {
        this.grow(ref + 1);
        this.to[ref] = at;
        this.cross(ref, at);
      }
    });
    const end = Math.min(this.total, first + rows.length + FARTHEST);
    for (let place = Math.max(1, first); place < end; place++) this.sink(place);
    if (this.order) this.filterNew(first, rows.length);
  }

  /** Let what is at a position go before those that are later, as far as rows are here. */
  sink(place) {
    const { sorted, rank, time, code } = this, row = sorted[place];
    if (!code[row]) return;
    let at = place;
    while (at > 0 && place - at < FARTHEST && code[sorted[at - 1]] && time[sorted[at - 1]] > time[row]) {
      sorted[at] = sorted[at - 1];
      rank[sorted[at]] = at;
      at--;
    }
    sorted[at] = row;
    rank[row] = at;
  }

  letter(at) { return LETTERS[this.code[at]] ?? " "; }
  group(at) { return GROUPS[this.letter(at)] ?? ""; }

  /** The block that is asked for next: one that is looked at, else the last that is not whole; -1 where all is here. */
  missing(from = 0, until = 0) {
    const whole = (block) => (this.blocks.get(block) ?? 0) >= Math.min(BLOCK, this.total - block * BLOCK);
    for (let block = Math.floor(from / BLOCK); block * BLOCK < until; block++) if (!whole(block)) return block;
    for (let block = Math.ceil(this.total / BLOCK) - 1; block >= 0; block--) if (!whole(block)) return block;
    return -1;
  }

  /** Whether older rows are still to come; those that have just happened do not count. */
  behind() {
    for (let block = 0; (block + 1) * BLOCK < this.total; block++) if ((this.blocks.get(block) ?? 0) < BLOCK) return true;
    return false;
  }

  // ---- arrows that cross a place: kept by their length, so that few are looked at --------------------------------

  cross(from, to) {
    for (let level = 0, size = 64; level < LEVELS; level++, size *= 8) {
      if (to - from > size && level < LEVELS - 1) continue;
      const bucket = Math.floor(from / size), map = this.crossing[level];
      if (map.has(bucket)) map.get(bucket).push(from, to);
      else map.set(bucket, [from, to]);
      return;
    }
  }

  /** Arrows that begin before row `from` and end after row `until`, at most so many. */
  over(from, until, most) {
    const found = [];
    for (let level = 0, size = 64; level < LEVELS; level++, size *= 8) {
      const last = Math.floor(from / size), first = level === LEVELS - 1 ? 0 : Math.max(0, last - 1);
      for (let bucket = first; bucket <= last; bucket++) {
        const arrows = this.crossing[level].get(bucket) ?? [];
        for (let i = 0; i < arrows.length && found.length < most; i += 2) {
          if (arrows[i] < from && arrows[i + 1] > until && this.passes(arrows[i + 1])) found.push([arrows[i], arrows[i + 1]]);
        }
      }
    }
    return found;
  }

  // ---- the filter -------------------------------------------------------------------------------------------------

  /** Choose: `lanes` and `groups` are sets of what is hidden, `text` what must be in it, `only` a lane that must be part of it. Looks at some rows now, at others when `goOn` is called. */
  filter(lanes, groups, text, textOf, only = -1) {
    this.chosen = { lanes, groups, text: text.toLowerCase(), textOf, only };
    if (!lanes.size && !groups.size && !text && only < 0) { this.order = this.chosen = this.pending = null; return; }
    this.pending = { at: 0, found: [] };
  }

  /** Look at more rows; false once all are looked at. */
  goOn(count = 8000) {
    if (!this.pending) return false;
    const { found } = this.pending, end = Math.min(this.total, this.pending.at + count);
    for (let at = this.pending.at; at < end; at++) if (this.passes(this.sorted[at])) found.push(at);
    this.pending.at = end;
    if (end < this.total) return true;
    this.order = found;
    this.pending = null;
    return false;
  }

  filterNew(first, count) {
    if (this.pending) return;
    const end = this.order.length ? this.order.at(-1) : -1;
    if (first > end && this.total === first + count) { for (let at = first; at < first + count; at++) if (this.passes(this.sorted[at])) this.order.push(at); }
    else this.pending = { at: 0, found: [] }; // history came
  }

  passes(at) {
    if (!this.code[at]) return !this.chosen;
    if (!this.chosen) return true;
    const { lanes, groups, text, only } = this.chosen, letter = this.letter(at);
    const sent = (letter === "r" || letter === "u") && this.ref[at] >= 0 && this.code[this.ref[at]] ? this.ref[at] : at;
    if (groups.has(this.group(at)) || lanes.has(this.lane[at]) || lanes.has(this.lane[sent])) return false;
    if (letter !== "v" && (lanes.has(this.other[at]) || lanes.has(this.other[sent]))) return false;
    if (only >= 0 && only !== this.lane[at] && only !== this.other[at] && only !== this.lane[sent] && only !== this.other[sent] && only !== this.lane[this.to[sent]]) return false;
    return !text || this.chosen.textOf(sent).toLowerCase().includes(text);
  }

  // ---- places -----------------------------------------------------------------------------------------------------

  get count() { return this.order ? this.order.length : this.total; }
  rowAt(place) { return this.sorted[this.order ? this.order[place] : place]; }

  /** How many shown rows are before a row. */
  placeOf(row) {
    const at = row < this.rank.length ? this.rank[row] : row;
    if (!this.order) return at;
    let low = 0, high = this.order.length;
    while (low < high) { const mid = (low + high) >> 1; if (this.order[mid] < at) low = mid + 1; else high = mid; }
    return low;
  }

  /** Rows that are here and pass, by their time. They come nearly in order, so that sorting them is putting a few in place. */
  timeOrder() {
    if (this.timed === this.version && this.byTimeOf === this.order) return this.byTime;
    const rows = [];
    for (let place = 0; place < this.count; place++) { const row = this.rowAt(place); if (this.code[row]) rows.push(row); }
    const { time } = this;
    for (let i = 1; i < rows.length; i++) {
      const row = rows[i];
      let k = i;
      while (k > 0 && time[rows[k - 1]] > time[row]) { rows[k] = rows[k - 1]; k--; }
      rows[k] = row;
    }
    this.byTime = rows;
    this.timed = this.version;
    this.byTimeOf = this.order;
    return rows;
  }

  /** Index of the first row in `timeOrder` that is not before a time. */
  firstAt(when) {
    const rows = this.timeOrder();
    let low = 0, high = rows.length;
    while (low < high) { const mid = (low + high) >> 1; if (this.time[rows[mid]] < when) low = mid + 1; else high = mid; }
    return low;
  }

  /** What is true of a lane at a row: the last value at or before it. */
  at(lane, what, row) {
    const [rows, values] = lane[what], { rank } = this, place = rank[row] ?? row;
    let low = 0, high = rows.length;
    while (low < high) { const mid = (low + high) >> 1; if ((rank[rows[mid]] ?? rows[mid]) <= place) low = mid + 1; else high = mid; }
    return low ? values[low - 1] : "";
  }

  /** Lanes in the order in which they stand: the notebook, pages with what is in them, workers. */
  standing() {
    const within = new Map();
    for (const lane of this.lanes) {
      if (!lane) continue;
      const owner = lane.within >= 0 && lane.within !== lane.at && this.lanes[lane.within] ? lane.within : lane.kind === "service worker" ? -2 : lane.kind === "unknown" ? -3 : -1;
      within.set(owner, [...(within.get(owner) ?? []), lane]);
    }
    const placed = new Set();
    const place = (owner) => { for (const lane of within.get(owner) ?? []) if (!placed.has(lane)) { placed.add(lane); place(lane.at); } };
    [-1, -2, -3].forEach(place);
    return [...placed];
  }
}
