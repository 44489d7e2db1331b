// @ts-check
/* How a timeline looks: lines on a canvas, for what is in sight alone, and the texts that stand beside them. */
import { bad, unheard, words } from "./timeline_words.js";

export const HEAD = 40; // height of the lanes' names
const CROSSING = 250; // arrows that are drawn of those that begin above and end below
const LABELS = 110;
const ROWS = 6000; // messages that are looked at for one picture
const GAP = 17; // between two texts
const HUES = 8;

/** Where things are. `top` and `left` are what is scrolled away, `unit` the pixels of a row, or of a millisecond. */
export class Place {
  constructor(store, mode, unit, top, left, width, height, lanes, laneWidth) {
    Object.assign(this, { store, mode, unit, top, left, width, height, lanes, laneWidth });
    this.nth = new Map(lanes.map((lane, nth) => [lane.at, nth]));
  }

  y(row) {
    const { store } = this;
    const along = this.mode === "time" ? store.time[row] : store.placeOf(row) + 0.5;
    return along * this.unit - this.top + HEAD + 8;
  }

  x(lane) {
    const nth = this.nth.get(lane);
    return nth === undefined ? -1 : (nth + 0.5) * this.laneWidth - this.left;
  }

  /** Rows in sight, with some above and below. */
  rows() {
    const { store } = this, margin = 40, from = (this.top - HEAD - margin) / this.unit, until = (this.top + this.height + margin) / this.unit;
    if (this.mode === "time") {
      const order = store.timeOrder();
      return { rows: order, first: store.firstAt(from), last: store.firstAt(until) };
    }
    return { rows: null, first: Math.max(0, Math.floor(from)), last: Math.min(store.count, Math.ceil(until)) };
  }
}

const BACKGROUND = { parsed: 0.05, installing: 0.1, installed: 0.16, activating: 0.22, activated: 0.28, redundant: 0 };

/** Draw it all; returns the texts: `{row, x, y, wide, text, sign, of}`. */
export function draw(context, place, colours, say, selected) {
  const { store, width, height } = place;
  context.clearRect(0, 0, width, height);
  const { rows, first, last } = place.rows();
  let low = Infinity, high = -1;
  const arrows = [], marks = [], stamps = new Set(), stride = Math.ceil((last - first) / ROWS); // of very many messages some stand for all
  for (let i = first; i < last; i++) {
    const row = rows ? rows[i] : store.rowAt(i), code = store.code[row];
    if (!code || (code <= 2 && stride > 1 && Math.imul(code === 1 ? row : store.ref[row], 0x9e3779b1) % stride)) continue;
    if (row < low) low = row;
    if (row > high) high = row;
    const letter = store.letter(row);
    if (letter === "r" || letter === "u") arrows.push([store.ref[row], row]);
    else if (letter === "s") { arrows.push([row, store.to[row]]); marks.push(row); }
    else marks.push(row);
    if (letter === "u") marks.push(row);
  }
  if (rows === null) { low = first < store.count ? store.rowAt(first) : 0; high = last > 0 ? store.rowAt(last - 1) ?? 0 : 0; }
  if (place.mode === "time") clock(context, place, colours);
  const before = rows && first > 0 ? rows[first - 1] : -1; // what it did is true still where the picture begins
  if (low > high) [low, high] = [before + 1, before];
  lanes(context, place, colours, before >= 0 ? before : Math.max(0, low), Math.max(high, 0));
  for (const pair of store.over(low, high, CROSSING)) arrows.push(pair);
  const near = related(store, selected);
  const faint = Math.max(0.15, Math.min(1, 150 / arrows.length));
  for (const [from, to] of arrows) {
    const marked = near.has(from) || near.has(to);
    context.globalAlpha = marked ? 1 : faint;
    arrow(context, place, colours, from, to, stamps, marked);
  }
  context.globalAlpha = 1;
  return texts(context, place, colours, say, marks, selected, near);
}

/** The other rows that belong to a selected one: its end, its request, its replies on a port. */
function related(store, selected) {
  const found = new Set();
  if (selected < 0 || selected === undefined) return found;
  const begin = store.ref[selected] >= 0 ? store.ref[selected] : selected;
  found.add(selected).add(begin);
  if (store.to[begin] >= 0) found.add(store.to[begin]);
  const more = store.more.get(begin);
  if (Array.isArray(more) && more[1] >= 0) found.add(more[1]);
  return found;
}

function lanes(context, place, colours, low, high) {
  const { store } = place, bottom = place.height;
  for (const lane of place.lanes) {
    const x = place.x(lane.at);
    if (x < -place.laneWidth || x > place.width + place.laneWidth) continue;
    const cuts = new Set([low]);
    for (const what of ["alive", "by", "state", "running"]) {
      const [from] = lane[what];
      let k = from.length;
      while (k > 0 && from[k - 1] > low) { k--; if (from[k] <= high) cuts.add(from[k]); if (cuts.size > 400) break; }
    }
    const ordered = [...cuts].sort((one, other) => one - other);
    ordered.forEach((row, nth) => {
      const y0 = nth ? place.y(row) : 0, y1 = nth + 1 < ordered.length ? place.y(ordered[nth + 1]) : bottom;
      if (y1 > y0) piece(context, place, colours, lane, row, x, y0, y1);
    });
  }
}

/** Lines at round times. */
function clock(context, place, colours) {
  const raw = 70 / place.unit, ten = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].find((each) => each * ten >= raw) * ten;
  context.strokeStyle = context.fillStyle = colours.line;
  context.lineWidth = 1;
  context.font = "11px sans-serif";
  for (let at = Math.max(0, Math.floor(place.top / place.unit / step) * step); at * place.unit < place.top + place.height; at += step) {
    const y = Math.round(at * place.unit - place.top + HEAD + 8) + 0.5;
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(place.width, y);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = colours.faint;
    context.fillText(step >= 1000 ? `${(at / 1000).toFixed(0)} s` : step >= 1 ? `${(at / 1000).toFixed(3)} s` : `${at.toFixed(2)} ms`, 4, y - 3);
  }
}

/** One piece of a lane, in which nothing changes. */
function piece(context, place, colours, lane, row, x, y0, y1) {
  const { store } = place, by = store.at(lane, "by", row);
  if (lane.kind === "service worker") {
    const state = store.at(lane, "state", row), hue = colours.hues[hueOf(lane.name)];
    context.globalAlpha = BACKGROUND[state] ?? 0;
    context.fillStyle = hue;
    context.fillRect(x - place.laneWidth * 0.32, y0, place.laneWidth * 0.64, y1 - y0);
    context.globalAlpha = 1;
    const running = store.at(lane, "running", row);
    if (!state || state === "redundant") return;
    rail(context, x, y0, y1, hue, running === "running" ? 2.5 : 1, running === "running" ? [] : running === "starting" ? [4, 3] : [1, 7]);
    return;
  }
  const living = lane.kind === "notebook" || lane.kind === "unknown" || store.at(lane, "alive", row);
  if (!living) return;
  rail(context, x, y0, y1, colours.line, 1.5, []);
  if (by) {
    context.fillStyle = colours.hues[hueOf(by)];
    context.fillRect(x - 3, y0, 6, y1 - y0);
  }
}

function rail(context, x, y0, y1, colour, wide, dashes) {
  context.strokeStyle = colour;
  context.lineWidth = wide;
  context.setLineDash(dashes);
  context.lineDashOffset = y0;
  context.beginPath();
  context.moveTo(x, y0);
  context.lineTo(x, y1);
  context.stroke();
  context.setLineDash([]);
}

export function hueOf(label) {
  const number = Number.parseInt(label.slice(1), 10);
  return Number.isFinite(number) ? (number - 1) % HUES : HUES - 1;
}

/** An arrow between two rows; `to` is -1 where nothing arrived. Many that would be the same line are one. */
function arrow(context, place, colours, from, to, stamps, marked) {
  const { store } = place;
  const sender = from >= 0 && store.code[from] ? store.lane[from] : store.other[to];
  const fate = to >= 0 && store.letter(to) === "u";
  const receiver = to >= 0 ? store.lane[to] : store.other[from];
  if (receiver < 0 && to < 0) return;
  const x0 = place.x(sender), x1 = place.x(receiver);
  if (x0 < 0 && x1 < 0 && !(place.nth.has(sender) && place.nth.has(receiver))) return;
  if (!place.nth.has(sender) || !place.nth.has(receiver)) return;
  if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > place.width) return;
  const known = from >= 0 && (store.code[from] || place.mode === "order");
  const y1 = to >= 0 ? place.y(to) : place.y(from) + Math.min(18, place.unit * 0.8), y0 = known ? place.y(from) : y1;
  const key = (((sender * 1024 + receiver) * 8192 + (Math.round(y0) & 8191)) * 8192) + (Math.round(y1) & 8191);
  if (stamps.has(key) && !marked) return;
  stamps.add(key);
  const more = from >= 0 ? store.more.get(from) : null, channel = Array.isArray(more) ? more[0] : 0;
  const colour = fate || bad(store, to) ? colours.bad : typeof channel === "number" && channel > 0 ? colours.hues[(channel + 3) % HUES] : typeof channel === "string" ? colours.accent : colours.text;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = marked ? 3 : 1.25;
  context.setLineDash(to < 0 ? [2, 4] : fate ? [6, 4] : typeof channel === "string" ? [8, 2, 2, 2] : []);
  context.beginPath();
  if (sender === receiver) {
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0 + 46, y0, x0 + 46, y1, x0 + 4, y1);
  } else {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
  context.setLineDash([]);
  if (place.mode === "time" || place.unit > 4) tip(context, x0, y0, x1, y1, sender === receiver, fate, to < 0 || unheard(store, to));
}

function tip(context, x0, y0, x1, y1, self, fate, hollow) {
  const angle = self ? Math.PI : Math.atan2(y1 - y0, x1 - x0), ends = x1 - Math.sign(x1 - x0) * 4;
  const x = self ? x0 + 4 : ends, y = self ? y1 : y1 - Math.tan(angle) * Math.sign(x1 - x0) * 4;
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.beginPath();
  if (fate) { context.moveTo(-9, -5); context.lineTo(1, 5); context.moveTo(-9, 5); context.lineTo(1, -5); context.lineWidth = 2; context.stroke(); }
  else {
    context.moveTo(-9, -4.5); context.lineTo(0, 0); context.lineTo(-9, 4.5);
    if (hollow) context.stroke(); else { context.closePath(); context.fill(); }
  }
  context.restore();
}

/** The texts in sight, as many as there is room for; bars and marks are drawn on the way. */
function texts(context, place, colours, say, marks, selected, near) {
  const { store } = place, taken = new Set(), boxes = [], found = [];
  const add = (row) => {
    const y = place.y(row);
    if (y < HEAD - 12 || y > place.height + 12) return;
    const letter = store.letter(row), lane = store.lane[row], x0 = place.x(lane);
    if (!place.nth.has(lane)) return;
    let x1 = x0;
    const other = letter === "s" ? (store.to[row] >= 0 ? store.lane[store.to[row]] : store.other[row]) : letter === "c" ? store.other[row] : -1;
    if (other >= 0 && place.nth.has(other)) x1 = place.x(other);
    if (letter === "c" && x1 !== x0) bar(context, colours.hues[hueOf(store.lanes[store.other[row]]?.name ?? "")], x0, x1, y);
    if (letter === "h") bar(context, colours.accent, x0 - 26, x0 + 26, y);
    const left = Math.min(x0, x1), self = x0 === x1, wide = self ? place.laneWidth - 14 : Math.min(Math.abs(x1 - x0) - 28, place.laneWidth * 1.6);
    const x = self ? (letter === "s" ? x0 + 40 : x0) : x1 > x0 ? x0 + 12 : x0 - 12; // beside the sender
    const align = self ? (letter === "s" ? 0 : -50) : x1 > x0 ? 0 : -100;
    if (left > place.width || Math.max(x0, x1) + wide / 2 < 0) return;
    const slot = Math.round(left / 40) * 10000 + Math.floor(y / GAP);
    if (found.length >= LABELS || (taken.has(slot) && row !== selected)) return;
    taken.add(slot);
    const [sign, text] = words(store, row, say), size = Math.min(wide, 7 * (text.length + sign.length) + 18), begin = x + (align / 100) * size;
    if (boxes.some(([l, r, at]) => begin < r && begin + size > l && Math.abs(at - y) < GAP)) return;
    boxes.push([begin, begin + size, y]);
    if (letter === "v" && store.other[row] >= 0 && place.nth.has(store.other[row])) thread(context, x0, place.x(store.other[row]), y, colours.line);
    if (text || sign) found.push({ row, x, align, y: self || letter === "c" ? y : y - 8, wide, sign, text, of: letter, arrow: !self && letter !== "c", near: near.has(row) });
  };
  if (selected >= 0) add(selected);
  for (const row of marks) if (row !== selected) add(row);
  return found;
}

/** A thin line to the lane that a verb acts on. */
function thread(context, x0, x1, y, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([1, 3]);
  context.beginPath();
  context.moveTo(x0, y);
  context.lineTo(x1, y);
  context.stroke();
  context.setLineDash([]);
}

function bar(context, colour, x0, x1, y) {
  context.strokeStyle = colour;
  context.lineWidth = 5;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(x0, y);
  context.lineTo(x1, y);
  context.stroke();
  context.lineCap = "butt";
}
