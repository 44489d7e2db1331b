// @ts-check
/* An error that left through a wrapper and that nobody catches is reported with the place where it was thrown: the agent's.
 *
 * The event stays what it is; its getters, and what `onerror` is called with, tell the page's place instead.
 *
 * @typedef {{__proto__: null, filename: string, lineno: number, colno: number}} Place
 */
const ErrorEventProto = proto("ErrorEvent"), errorOf = getter(ErrorEventProto, "error"), placeOf = getter(ErrorEventProto, "filename");
/** @type {WeakMap<object, Place>} Where errors were thrown, by what left; and by event. */
const placeOfError = new WeakMapC(), placeOfEvent = new WeakMapC();
const handlerNow = getter(G, "onerror"), onerrorField = getOwnPropertyDescriptor(G, "onerror");
const setHandler = onerrorField && onerrorField.set ? uncurry(onerrorField.set) : () => {};

/** @type {(sites: any[]) => Place | undefined} The first that is not the agent's. */
const placeIn = (sites) => {
  for (let i = 0; i < sites.length; i++) {
    const filename = isOurs(sites[i]) ? undefined : attempt(siteUrl, sites[i]), lineno = attempt(siteLine, sites[i]);
    if (typeof lineno !== "number" || isOurs(sites[i])) continue;
    return { __proto__: null, filename: filename || "", lineno, colno: attempt(siteColumn, sites[i]) || 0 };
  }
  return undefined;
};
/** @type {(error: any, sites: any[]) => void} */
const rememberPlace = (error, sites) => {
  const place = placeIn(sites);
  if (place) weakSet(placeOfError, error, place);
};
/** The last thing thrown that is no error; it has no stack of its own. @type {{__proto__: null, value: any, place: Place | undefined}} */
let thrownValue = { __proto__: null, value: undefined, place: undefined };
/** @type {(value: any, sites: any[]) => void} */
const rememberValue = (value, sites) => { thrownValue = { __proto__: null, value, place: placeIn(sites) }; };

/** @type {(event: any) => void} First in line. */
const onUncaught = (event) => {
  if (attempt(isTrusted, event) !== true || attempt(placeOf, event) !== AGENT_URL) return;
  const error = errorOf(event);
  const place = (isLive(error) ? weakGet(placeOfError, error) : undefined) || (error === thrownValue.value ? thrownValue.place : undefined);
  if (!place) return;
  weakSet(placeOfEvent, event, place);
  const current = handlerNow(G), handler = weakGet(handlerBehind, current) || current;
  if (typeof handler !== "function") return;
  const instead = function (/** @type {any[]} */ ...args) {
    // @ts-ignore: `this` is the global
    const self = this;
    setHandler(G, handler);
    if (args.length !== 5 || args[4] !== error) return apply(handler, self, args);
    veil();
    try { return apply(handler, self, [args[0], place.filename, place.lineno, place.colno, error]); } finally { unveil(); }
  };
  weakSet(handlerBehind, instead, handler);
  setHandler(G, instead); // it keeps the place in the line; a listener before it may stop the event, so that it stays
};
/** What a page set, behind what stands in its place for the next event. */
const handlerBehind = new WeakMapC();
install("uncaught", () => {
  if (!ErrorEventProto) return;
  addListener(G, "error", onUncaught, { __proto__: null, capture: true });
  wrapGetter(G, "onerror", (native) => (self, args) => {
    const handler = apply(native, self, args);
    return weakGet(handlerBehind, handler) || handler;
  });
  for (const name of ["filename", "lineno", "colno"]) {
    wrapGetter(ErrorEventProto, name, (native) => (self, args) => {
      const place = isLive(self) ? weakGet(placeOfEvent, self) : undefined;
      return place ? place[name] : apply(native, self, args);
    });
  }
});
