// @ts-check
/* `fetch` events, only in workers that listen to them themselves.
 *
 * A worker without a listener, or whose listeners all do nothing, is passed over by the browser: one of ours would change that. So
 * ours is added right before the first listener of the worker's own that does something, and taken back with the last one.
 */
const busy = new WeakSetC(), busyAdd = method(proto("WeakSet"), "add"), busyDelete = method(proto("WeakSet"), "delete");
const busyHas = method(proto("WeakSet"), "has"), sourceOf = uncurry(nativeToString);
let busyListeners = 0, busyHandler = false, isHearing = false;
/** @type {Record<string, boolean>} Bodies that do nothing, without white space. */
const NOTHING = /** @type {any} */ ({
  __proto__: null, "{}": true, "{;}": true, "{return}": true, "{return;}": true, "undefined": true,
  "{'usestrict'}": true, "{'usestrict';}": true, '{"usestrict"}': true, '{"usestrict";}': true,
});

/** @type {(listener: any) => boolean} Whether it is a function that does nothing: the browser sees it in the bytecode, we in the text. */
const isEmpty = (listener) => {
  if (typeof listener !== "function") return false;
  const source = withoutComments(sourceOf(original(listener)));
  const brace = indexOf(source, "{"), arrow = indexOf(source, "=>");
  if (cut(source, 0, 5) === "async" && (arrow >= 0 || cut(source, 5, 13) === "function")) return false;
  return NOTHING[cut(source, arrow >= 0 && (brace < 0 || arrow < brace) ? arrow + 2 : brace)] === true;
};
/** @type {(source: string) => string} Without white space, too. */
const withoutComments = (source) => {
  let found = "";
  for (let i = 0; i < source.length; i++) {
    const two = cut(source, i, i + 2), code = charCodeAt(source, i);
    if (two === "//" || two === "/*") {
      const end = indexOf(source, two === "//" ? "\n" : "*/", i + 2);
      i = end < 0 ? source.length : two === "//" ? end : end + 1;
    } else if (code > 32 && code !== 160 && code !== 0xFEFF && code !== 0x2028 && code !== 0x2029) found += source[i];
  }
  return found;
};

const adjustHearing = () => {
  const needed = busyListeners > 0 || busyHandler;
  if (needed === isHearing) return;
  isHearing = needed;
  if (needed) addListener(G, "fetch", onFetch);
  else removeListener(G, "fetch", onFetch);
};

/** @type {(target: any, type: any, listener: any, added: boolean) => void} Before one is added, after one was removed. */
const countListener = (target, type, listener, added) => {
  secondStage();
  if (type !== "fetch" || !isLive(listener) || (isLive(target) && target !== G)) return;
  if (added === busyHas(busy, listener) || isEmpty(listener)) return;
  (added ? busyAdd : busyDelete)(busy, listener);
  busyListeners += added ? 1 : -1;
  adjustHearing();
};

/** @type {(name: string, added: boolean) => void} Over the wrapper that counts listeners for messages, which this is of no use to. */
const wrapListening = (name, added) => {
  const owner = proto("EventTarget"), below = ownData(owner, name), native = original(below);
  /** @type {Body} */
  const body = (self, args) => {
    if (added) guard(name, () => countListener(self, args[0], args[1], true));
    const result = apply(below, self, args);
    if (!added) guard(name, () => countListener(self, args[0], args[1], false));
    return result;
  };
  const made = disguise(below, { __proto__: null, apply: applyTrap(below, body) });
  weakSet(shared.originals, made, native);
  defineProperty(owner, name, { __proto__: null, value: made });
};

const startFetch = () => {
  wrapListening("addEventListener", true);
  wrapListening("removeEventListener", false);
  wrapSetter(G, "onfetch", (native) => (self, args) => {
    const handler = args[0];
    const busyNow = isLive(handler) && !isEmpty(handler);
    if (busyNow) {
      busyHandler = true;
      guard("onfetch", adjustHearing);
    }
    const result = apply(native, self, args);
    if (!busyNow) {
      busyHandler = false;
      guard("onfetch", adjustHearing);
    }
    return result;
  });
};
install("service worker", startService);
