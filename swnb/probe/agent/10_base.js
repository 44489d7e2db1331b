// @ts-check
/* What is captured before a page can patch it, and how facts leave.
 *
 * Rules for every part: only captured natives; objects without a prototype; no for-of, spread or destructuring of arrays after
 * the first line has run, no writing past an array's end (a page may have put setters there); nothing of the page's is run.
 *
 * @typedef {{__proto__: null, json: string}} Raw JSON text that stands in a fact as it is.
 */
const { getPrototypeOf, setPrototypeOf, getOwnPropertyDescriptor, defineProperty, keys, hasOwn } = Object;
const { apply, construct, ownKeys } = Reflect, { isArray } = Array, { stringify } = JSON, { isView } = ArrayBuffer;
const ObjectPrototype = Object.prototype, ArrayPrototype = Array.prototype;
const ErrorC = Error, EventC = Event, WeakMapC = WeakMap, WeakSetC = WeakSet, MapC = Map, StringC = String;
/** @type {(f: any) => any} From a method to a function of `this` and its arguments. */
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
/** @type {(owner: any, name: PropertyKey) => any} A getter as a function of `this`; one that throws where there is none. */
const getter = (owner, name) => {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  return found && found.get ? uncurry(found.get) : () => { throw new ErrorC("absent here"); };
};
/** @type {(owner: any, name: PropertyKey) => any} A method as a function of `this`; undefined where there is none. */
const method = (owner, name) => (owner && typeof owner[name] === "function" ? uncurry(owner[name]) : undefined);
/** @type {(name: string) => any} The prototype of a global class; undefined where there is none. */
const proto = (name) => (typeof G[name] === "function" ? G[name].prototype : undefined);

const weakGet = method(proto("WeakMap"), "get"), weakSet = method(proto("WeakMap"), "set");
const weakDelete = method(proto("WeakMap"), "delete");
const mapGet = method(proto("Map"), "get"), mapSet = method(proto("Map"), "set"), mapDelete = method(proto("Map"), "delete");
const cut = method(proto("String"), "slice"), charCodeAt = method(proto("String"), "charCodeAt");
const isWellFormed = method(proto("String"), "isWellFormed"), toWellFormed = method(proto("String"), "toWellFormed");
const addTo = method(proto("EventTarget"), "addEventListener");
const removeListener = method(proto("EventTarget"), "removeEventListener");
const dispatch = method(proto("EventTarget"), "dispatchEvent");
const stopEvent = method(proto("Event"), "stopImmediatePropagation");
const eventType = getter(proto("Event"), "type"), eventTarget = getter(proto("Event"), "currentTarget");
/** @type {(event: Event) => boolean} Whether the browser dispatched it. */
const isTrusted = getter(new EventC(""), "isTrusted");
const domName = getter(proto("DOMException"), "name"), domMessage = getter(proto("DOMException"), "message");

/** @type {"window" | "service" | "shared" | "dedicated"} */
const KIND = typeof G.document === "object" ? "window" : proto("ServiceWorkerGlobalScope") ? "service"
  : proto("SharedWorkerGlobalScope") ? "shared" : "dedicated";
const clock = G.performance.now.bind(G.performance), { floor } = Math;
/** @type {() => number} Milliseconds since the context's `timeOrigin`, as fine as the clock is and no finer. */
const now = () => floor(clock() * 1000 + 0.5) / 1000;

/** What the agent listens to on its global, first in first. @type {any} */
let windowListeners = null, lastListener = windowListeners;
/** @type {(target: any, type: string, f: (event: any) => void, options?: any) => void} */
const addListener = (target, type, f, options) => {
  addTo(target, type, f, options);
  if (target !== G) return;
  const entry = { __proto__: null, type, f, options, next: null };
  if (lastListener) lastListener = lastListener.next = entry;
  else windowListeners = lastListener = entry;
};
/** @type {(owner: object, key: PropertyKey) => any} An own data property's value; no getter is called. */
const ownData = (owner, key) => {
  const found = getOwnPropertyDescriptor(owner, key);
  return found && hasOwn(found, "value") ? found.value : undefined;
};
/** @type {(target: object, key: PropertyKey, value: any) => void} CreateDataProperty, whatever stands on prototypes. */
const put = (target, key, value) => {
  defineProperty(target, key, { __proto__: null, value, enumerable: true, writable: true, configurable: true });
};
/** @type {<T>(f: (value: any) => T, value?: any) => T | undefined} */
const attempt = (f, value) => { try { return f(value); } catch { return undefined; } };
/** @type {(json: string) => Raw} */
const raw = (json) => ({ __proto__: null, json });

/** @type {(value: string) => string} JSON of a text, which may hold half a surrogate pair: that is replaced. */
const quote = (value) => stringify(isWellFormed(value) ? value : toWellFormed(value));
/** @type {(value: any) => string} JSON of a fact: arrays, texts, finite numbers, booleans, null, and `Raw`. */
const text = (value) => {
  switch (typeof value) {
    case "string": return quote(value);
    case "number": return value - value === 0 ? `${value}` : "null";
    case "boolean": return value ? "true" : "false";
    case "object": break;
    default: return "null";
  }
  if (value === null) return "null";
  if (!isArray(value)) return value.json;
  let json = "[";
  for (let i = 0; i < value.length; i++) json += i ? `,${text(value[i])}` : text(value[i]);
  return `${json}]`;
};

const AT_ONCE = 8, BATCH_FACTS = 64, BATCH_CHARACTERS = 65536, SLICE_MS = 4;
let serial = 0, inTurn = 0, held = "", heldFacts = 0, holding = false, closing = false, awaited = false;
let sliceBegan = -SLICE_MS;
const timer = (KIND === "window" || KIND === "service") && G.setTimeout;
/** A window is told when it ends; a service worker holds facts back over turns only while swnb knows that it goes on: see `holding.py`. */
let mayHold = HOLDS && KIND === "window";
/** @type {(more: number) => void} */
const send = (more) => {
  const facts = held;
  held = "";
  heldFacts = 0;
  /** @type {any} */ (binding)(`[${serial++},${more},[${facts}]]`);
};
/** Send what is held back; called at the end of each turn in which something was. */
const flush = () => {
  if (!holding) return;
  holding = false;
  send(0);
};
/** Awaiting a primitive looks nothing up that a page could have patched, unlike `then`. */
const turnEnd = async () => {
  await undefined;
  awaited = false;
  inTurn = 0;
  try { flush(); } catch { /* the context is gone */ }
};
/** What looks, before anything is told, whether this is another document by now; set by whoever knows. */
let renew = () => {};
/**
 * A batch may go over several turns, a few milliseconds, where the end is told before: by `pagehide` in a window, by `hold` in a
 * service worker. Only a renderer that crashes in the middle of a stream takes the held part with it; its last batch has said that
 * there was more, and nothing that may have been in it is paired for certain. Who studies crashes has nothing held (`HOLDS`).
 */
const sliceEnd = () => {
  armed = false;
  try {
    if (!holding || !mayHold || heldFacts < AT_ONCE || closing) return flush();
    arm(); // still much: the next slice is held back from its first fact on
    send(1);
  } catch { /* the context is gone */ }
};
let armed = false;
const arm = () => {
  if (armed) return;
  armed = true;
  /** @type {any} */ (timer)(sliceEnd, SLICE_MS);
};
/** @type {() => boolean} Whether the next facts are held back; some time is told then when they are sent. */
const isMuch = () => {
  if (!HOLDS) return false;
  if (timer && mayHold) {
    const at = now();
    if (at - sliceBegan >= SLICE_MS) { sliceBegan = at; inTurn = 0; }
    if (++inTurn < AT_ONCE || closing) return false;
    arm();
    return true;
  }
  if (!awaited && !closing) { awaited = true; turnEnd(); }
  return ++inTurn >= AT_ONCE && !closing;
};
/**
 * A fact's JSON: at once as long as few were sent in this turn (where it may be held, within a few milliseconds), else in batches.
 * @type {(json: string) => void}
 */
const tell = (json) => {
  renew();
  held = heldFacts++ ? `${held},${json}` : json;
  if (holding) {
    if (heldFacts >= BATCH_FACTS || held.length >= BATCH_CHARACTERS) send(1);
    return;
  }
  holding = isMuch(); // then one batch more is certain
  send(holding ? 1 : 0);
};
/** @type {(fact: any[]) => void} Send a fact, written as in `facts.py`. */
const report = (fact) => tell(text(fact));

/** @type {(error: any) => string} An error in words; nothing of the page's is run. */
const inWords = (error) => {
  if (typeof error !== "object" || error === null) return attempt(StringC, error) || "?";
  const name = attempt(domName, error) ?? ownData(error, "name") ?? "Error";
  return `${name}: ${attempt(domMessage, error) ?? ownData(error, "message") ?? "?"}`;
};
/** @type {<T>(where: string, f: () => T) => T | undefined} Run `f`; what it throws becomes a fact, and the page goes on. */
const guard = (where, f) => {
  try { return f(); } catch (error) {
    try { report(["trouble", now(), where, inWords(error)]); } catch { /* nobody to tell */ }
    return undefined;
  }
};
/** For swnb's own use, through the debugger: parts add to it. @type {Record<string, any>} */
const api = /** @type {any} */ ({ __proto__: null, flush, hold: (/** @type {boolean} */ may) => { mayHold = may; if (!may) flush(); } });
/** What to do once all parts are here, as name and function in turn. @type {any[]} */
const installations = [];
/** @type {(where: string, f: () => void) => void} For each part: what it does on the first line, in the order of the parts. */
const install = (where, f) => { installations[installations.length] = where; installations[installations.length] = f; };
/** A document that goes for ever, or a frame that is taken out: nothing of it may wait any more. @type {(event: any) => void} */
const onLeaving = (event) => {
  if (!isTrusted(event) || wasPersisted(event)) return;
  closing = true;
  guard("leaving", flush);
};
const wasPersisted = getter(proto("PageTransitionEvent"), "persisted");
install("leaving", () => { if (KIND === "window") addListener(G, "pagehide", onLeaving, { __proto__: null, capture: true }); });
