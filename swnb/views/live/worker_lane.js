// @ts-check
/* One version of a worker: a token that goes from state to state, what is known of it, and its buttons. */
import { make, visible, workerClass } from "./common.js";

export const PLACES = ["parsed", "installing", "installed", "activating", "activated", "redundant"];
const RUNNING = { running: "●", stopped: "○", starting: "◔", stopping: "◕" };
const STEP_MS = 420; // as long as the style sheet's transition and a moment more: each state is seen
const FIRST_MS = 120;
export const LEAVING_MS = 2500; // how long a redundant version still stands there

/** The time of day, to the millisecond. */
export function clock(ms) {
  const when = new Date(ms), padded = (n, length = 2) => `${n}`.padStart(length, "0");
  const [h, m, s] = [when.getHours(), when.getMinutes(), when.getSeconds()].map((n) => padded(n));
  return `${h}:${m}:${s}.${padded(when.getMilliseconds(), 3)}`;
}

/** How long after another moment something was. */
function later(ms) {
  if (ms < 1000) return `+${Math.round(ms)} ms`;
  return ms < 60_000 ? `+${(ms / 1000).toFixed(1)} s` : `+${Math.round(ms / 60_000)} min`;
}

const isCalm = () => globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Why a button makes no sense now, as the key of a phrase; "" where it does. */
export function whyNot(verb, version, row, ended) {
  if (ended) return "ended";
  if (verb === "update" || verb === "unregister") return row.deleted ? "why.unregistered" : "";
  if (version.state === "redundant") return "why.redundant";
  if (verb === "skip waiting") return version.state === "installed" ? "" : "why.not waiting";
  const idle = version.running === "stopped";
  if (verb === "stop") return idle ? "why.stopped" : "";
  if (!idle) return "why.runs";
  return version.state === "activated" || version.state === "activating" ? "" : "why.not active";
}

/** Let a button act, or say why it does not; it can be reached by keyboard in both cases. */
export function allow(button, why, title) {
  button.title = why || title;
  if (why) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

/** Put the token to a place, by its number. */
function stand(lane, place) {
  lane.token.style.left = `${((place + 0.5) * 100) / PLACES.length}%`;
  lane.trail.style.width = `${(Math.abs(place - lane.first) * 100) / PLACES.length}%`;
  lane.element.dataset.place = PLACES[place];
  lane.element.classList.toggle("swnb-sw-ended", PLACES[place] === "redundant");
  lane.place = place;
  showTimes(lane);
}

/** Let the token go on along the states that it went through, one after another. */
function walk(lane) {
  clearTimeout(lane.timer);
  if (isCalm()) lane.ahead.splice(0, lane.ahead.length - 1);
  if (!lane.ahead.length) return;
  stand(lane, lane.ahead.shift());
  if (lane.ahead.length) lane.timer = setTimeout(() => walk(lane), STEP_MS);
  else lane.timer = null;
}

/** Make the lane of a version; `press` is called with a verb, the version's label and the button. */
export function makeLane(say, label, press) {
  const token = make("span", { class: `swnb-sw-token ${workerClass(label)}` });
  const trail = make("span", { class: "swnb-sw-trail" });
  const places = PLACES.map((state) => make("span", { class: "swnb-sw-place", "data-state": state },
    make("span", { class: "swnb-sw-dot" }), make("span", { class: "swnb-sw-when swnb-faint" })));
  const facts = make("span", { class: "swnb-sw-facts" });
  const words = { "skip waiting": say("skip waiting"), stop: say("stop"), start: say("start"), source: say("source") };
  const buttons = Object.entries(words).map(([verb, word]) => make("button", {
    type: "button", "data-verb": verb, "aria-label": `${word}: ${label}`,
    onclick: (event) => press(verb, label, event.currentTarget),
  }, word));
  const track = make("div", { class: "swnb-sw-track", "aria-hidden": "true" }, trail, ...places, token);
  const element = make("div", { class: "swnb-sw-lane", role: "group", "data-worker": label },
    track, make("div", { class: "swnb-sw-told" }, facts, make("span", { class: "swnb-sw-acts" }, ...buttons)));
  const shown = { element, token, trail, places, facts, buttons, label };
  return { ...shown, first: 0, place: 0, path: [], seen: 0, ahead: [], timer: null, version: null };
}

/** Show a version as it is now; what it went through since it was shown last is walked. */
export function fillLane(lane, say, version, row, ended, moving) {
  lane.path = version.path;
  const steps = version.path.map(([state]) => PLACES.indexOf(state)).filter((place) => place >= 0);
  const way = steps.length ? steps : [Math.max(0, PLACES.indexOf(version.state))];
  if (!lane.version) {
    lane.first = way[0];
    lane.trail.style.left = `${((lane.first + 0.5) * 100) / PLACES.length}%`;
    stand(lane, moving ? way[0] : way.at(-1));
    lane.seen = moving ? 1 : way.length;
    if (moving) lane.timer = setTimeout(() => walk(lane), FIRST_MS); // the first place is painted before the token leaves it
  }
  lane.ahead.push(...way.slice(lane.seen));
  lane.seen = way.length;
  if (lane.version && lane.timer === null && lane.ahead.length) walk(lane);
  lane.version = version;
  const sign = version.state === "redundant" ? "✗" : RUNNING[version.running] ?? "◔";
  lane.token.textContent = visible(`${sign} ${version.label}`);
  lane.element.setAttribute("aria-label", visible(`${version.label}: ${version.state}`));
  lane.element.dataset.state = version.state;
  showTimes(lane);
  lane.facts.replaceChildren(...factsOf(say, version));
  for (const button of lane.buttons) {
    if (button.dataset.verb === "source") continue;
    const why = whyNot(button.dataset.verb, version, row, ended);
    allow(button, why && say(why), say(button.dataset.verb));
  }
}

/** Below each state that its token went through: when. */
function showTimes(lane) {
  const times = new Map(lane.path), begin = lane.path[0]?.[1];
  lane.places.forEach((place, nth) => {
    const when = nth <= lane.place ? times.get(PLACES[nth]) : undefined;
    place.classList.toggle("swnb-sw-passed", when !== undefined);
    const said = when === undefined ? "" : when === begin ? clock(when) : later(when - begin);
    place.lastElementChild.textContent = said;
    place.title = when === undefined ? "" : `${PLACES[nth]} ${clock(when)}`;
  });
}

/** What is known of a version, as elements. */
function factsOf(say, version) {
  const isOver = version.state === "redundant", facts = [];
  if (!isOver) {
    const starts = version.epoch > 1 ? `, ${say("start.n", { n: version.epoch })}` : "";
    const why = version.reason && version.running !== "stopped" ? `, ${say("start.why", { why: version.reason })}` : "";
    const sign = RUNNING[version.running] ?? "◔";
    facts.push(make("span", { class: "swnb-sw-run" }, `${sign} ${say(version.running)}${starts}${why}`));
    facts.push(version.controls.length
      ? make("span", {}, `${say("controls whom")} `, make("strong", {}, version.controls.join(", ")))
      : make("span", { class: "swnb-faint" }, say("controls nobody")));
  }
  facts.push(make("code", {}, version.script), make("span", { class: "swnb-faint" }, say("version.n", { n: version.version })));
  for (const error of version.errors) facts.push(make("span", { class: "swnb-sw-fault" }, `⚠ ${error}`));
  return facts;
}

/** End what the lane still does. */
export function endLane(lane) {
  clearTimeout(lane.timer);
  lane.ahead.length = 0;
}
