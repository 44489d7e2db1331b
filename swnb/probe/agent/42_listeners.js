// @ts-check
/* How many of a page's listeners there are for a message.
 *
 * @typedef {{__proto__: null, callback: any, capture: boolean, once: boolean, signal: any, next: any}} Entry1
 */
/** @type {WeakMap<object, any>} The first of a target's entries, by `message` and `messageerror`. */
const listenersOf = new WeakMapC(), failureListenersOf = new WeakMapC();
const isAborted = getter(proto("AbortSignal"), "aborted");
/** @type {(target: any, f: (entry: any) => boolean, type?: string) => void} Keep the entries that `f` is true for. */
const keepListeners = (target, f, type = "message") => {
  const where = type === "message" ? listenersOf : failureListenersOf, former = weakGet(where, target);
  if (!former) return;
  let first = null, last = null;
  for (let entry = former; entry; entry = entry.next) {
    if (!f(entry)) continue;
    if (last === null) first = entry;
    else last.next = entry;
    last = entry;
  }
  if (last !== null) last.next = null;
  if (first !== former) weakSet(where, target, first);
};
/** @type {(entry: any) => boolean} */
const isLasting = (entry) => !(entry.signal && isAborted(entry.signal));
/** @type {(target: any, type: string) => number} How many there are now, handlers (`onmessage`) not counted. */
const listenerCount = (target, type) => {
  const only = weakGet(type === "message" ? listenersOf : failureListenersOf, target);
  if (!only) return 0;
  if (only.next === null && !only.signal) return 1; // nearly always
  let count = 0;
  keepListeners(target, isLasting, type);
  for (let entry = weakGet(type === "message" ? listenersOf : failureListenersOf, target); entry; entry = entry.next) count++;
  return count;
};
/** @type {(target: any, type: string) => void} Those that are there for one event only are gone with it. */
const dropOnce = (target, type) => keepListeners(target, (entry) => !entry.once, type);

/** @type {(target: any) => void} All of its listeners were taken from it. */
const forgetListeners = (target) => {
  weakDelete(listenersOf, target);
  weakDelete(failureListenersOf, target);
};

/** @type {(options: any, names: string[]) => any} A dictionary with the members that the browser would read, each read once. */
const readOnce = (options, names) => {
  if (typeof options !== "object" && typeof options !== "function") return options;
  if (options === null) return options;
  const copy = /** @type {any} */ ({ __proto__: null });
  for (let i = 0; i < names.length; i++) {
    const value = options[names[i]];
    if (value !== undefined) copy[names[i]] = value;
  }
  return copy;
};
const ADD_MEMBERS = ["capture", "once", "passive", "signal"], REMOVE_MEMBERS = ["capture"];
/** @type {(options: any) => boolean} */
const isCapture = (options) => (isLive(options) ? !!options.capture : !!options);
/** @type {(self: any) => any} */
const targetOf = (self) => (self === undefined || self === null ? G : self);
/** @type {(self: any, args: any[]) => boolean} Whether a call is about messages and will not be refused. */
const isAboutMessages = (self, args) => {
  if (args.length < 2 || (args[0] !== "message" && args[0] !== "messageerror") || !isLive(args[1])) return false;
  try { removeListener(targetOf(self), QUESTION, null); return true; } catch { return false; } // not at all an EventTarget
};

/** @type {(native: Function) => Body} */
const adding = (native) => (self, args) => {
  if (KIND === "service") guard("late", wrapLate);
  if (!isAboutMessages(self, args)) return apply(native, self, args);
  const options = args.length > 2 ? readOnce(args[2], ADD_MEMBERS) : undefined, target = targetOf(self);
  guard("listen", () => listenLate(target));
  const result = apply(native, self, [args[0], args[1], options]);
  guard("addEventListener", () => {
    const capture = isCapture(options), callback = args[1];
    let known = false;
    keepListeners(target, (entry) => { known ||= entry.callback === callback && entry.capture === capture; return true; }, args[0]);
    if (known || (isLive(options) && options.signal && isAborted(options.signal))) return;
    const where = args[0] === "message" ? listenersOf : failureListenersOf;
    const once = isLive(options) && !!options.once, signal = isLive(options) ? options.signal : undefined;
    weakSet(where, target, { __proto__: null, callback, capture, once, signal, next: weakGet(where, target) || null });
  });
  return result;
};
/** @type {(native: Function) => Body} */
const removing = (native) => (self, args) => {
  if (!isAboutMessages(self, args)) return apply(native, self, args);
  const options = args.length > 2 ? readOnce(args[2], REMOVE_MEMBERS) : undefined, target = targetOf(self);
  const result = apply(native, self, [args[0], args[1], options]);
  guard("removeEventListener", () => {
    const capture = isCapture(options);
    keepListeners(target, (entry) => entry.callback !== args[1] || entry.capture !== capture, args[0]);
    leaveIfAlone(target);
  });
  return result;
};

const maskListeners = () => {
  wrap(proto("EventTarget"), "addEventListener", adding);
  wrap(proto("EventTarget"), "removeEventListener", removing);
};
