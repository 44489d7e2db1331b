// @ts-check
/* What a context is, in its first word; and what a page goes through: visibility, focus, lifecycle, its controller, its queue.
 *
 * Listeners are on the window, in the capture phase, before any of the page's. None of them keeps a page out of the back/forward
 * cache, none opens its queue of messages.
 */
let pageDocument = KIND === "window" ? G.document : undefined;
const visibilityNow = getter(proto("Document"), "visibilityState"), focusNow = method(proto("Document"), "hasFocus");
const readyNow = getter(proto("Document"), "readyState"), isPersisted = getter(proto("PageTransitionEvent"), "persisted");
const containerOf = getter(proto("Navigator"), "serviceWorker"), navigatorNow = G.navigator;
const performanceNow = G.performance;
const controllerOf = getter(proto("ServiceWorkerContainer"), "controller");
const workerScript = getter(proto("ServiceWorker"), "scriptURL"), workerState = getter(proto("ServiceWorker"), "state");
const timeOriginOf = getter(proto("Performance"), "timeOrigin");
const nameOf = KIND === "window" ? getter(G, "name") : () => (typeof G.name === "string" ? G.name : "");
const originsLength = getter(proto("DOMStringList"), "length"), originsItem = method(proto("DOMStringList"), "item");

/** @type {() => boolean} Whether this is the empty document that a window or frame begins with. */
const isBlank = () => cut(`${attempt((location) => location.href, G.location)}`, 0, 11) === "about:blank";
/**
 * The page's `navigator.serviceWorker`; undefined where there is none: insecure, a worker, an opaque origin (it throws there).
 * In an empty document it is not asked for: the first real document may take its window over, and a container that was made before
 * would never get its controller.
 * @type {any}
 */
let container = KIND === "window" && !isBlank() ? attempt(containerOf, navigatorNow) : undefined;
/** @type {(found: any) => void} The page asks for it, or another document has taken over the window. */
const takeContainer = (found) => {
  if (container !== undefined || !found) return;
  container = found;
  followContainer();
};
const followContainer = () => {
  addListener(container, "controllerchange", onControllerChange);
  hearContainer(container);
};
/** @type {() => [string, string] | null} */
const controllerNow = () => {
  const worker = container ? controllerOf(container) : null;
  return worker ? [workerScript(worker), workerState(worker)] : null;
};
/** @type {() => string[]} Parent first. */
const ancestorsNow = () => {
  const origins = attempt((location) => location.ancestorOrigins, G.location), found = /** @type {string[]} */ ([]);
  for (let i = 0, end = origins ? originsLength(origins) : 0; i < end; i++) put(found, i, originsItem(origins, i));
  return found;
};

const contextOrigin = typeof G.origin === "string" ? G.origin : "null", isTop = KIND === "window" && G.top === G;
/** In a worker that is held it is not there yet; service workers are secure contexts always. */
const isSecure = KIND === "service" || G.isSecureContext === true;
/** A worker that is held has no `location` yet: reading it ends the renderer's process. Whoever attached to it knows its URL. */
const sayHello = () => {
  const page = pageDocument !== undefined;
  report(["hello", now(), KIND, page ? `${attempt((location) => location.href, G.location)}` : "", contextOrigin,
    timeOriginOf(performanceNow), isTop, isSecure, page ? visibilityNow(pageDocument) : null, page && focusNow(pageDocument),
    page ? controllerNow() : null, page ? ancestorsNow() : [], `${attempt(nameOf, G) ?? ""}`]);
};

let toldVisibility = "", toldFocus = false, isCached = false;
/** @type {(lifecycle: string | null) => void} Tell what changed since it was told last. */
const tellPage = (lifecycle) => {
  const visibility = visibilityNow(pageDocument), focused = focusNow(pageDocument);
  if (visibility === toldVisibility && focused === toldFocus && lifecycle === null) return;
  report(["page", now(), visibility === toldVisibility ? null : visibility, focused === toldFocus ? null : focused, lifecycle]);
  toldVisibility = visibility;
  toldFocus = focused;
};

/** The debugger has let go of a page before it enters the back/forward cache: what is said from there on is kept until it is back. */
const keepFacts = () => {
  isCached = true;
  awaited = true; // nobody sends at the end of the turn
  holding = true;
};
/** To the debugger that is another context: it hears a hello again, with the same `timeOrigin`, and then what was kept. */
const sendKept = () => {
  const kept = held, number = heldFacts;
  held = "";
  heldFacts = 0;
  isCached = awaited = holding = false;
  sayHello();
  if (!number) return;
  held = kept;
  heldFacts = number;
  send(0);
};

/** @type {Record<string, (event: any) => void>} What a page's own life tells, by the type of the event. */
const PAGE_EVENTS = /** @type {any} */ ({
  __proto__: null,
  visibilitychange: () => tellPage(null),
  focus: () => tellPage(null),
  blur: () => tellPage(null),
  DOMContentLoaded() {
    tellPage("ready");
    queueOpened("DOMContentLoaded");
  },
  load() {
    tellPage("loaded");
    queueOpened("DOMContentLoaded"); // of a document that took over an empty one's window, that event does not come here
  },
  freeze: () => { if (!isCached) tellPage("frozen"); },
  resume: () => { if (!isCached) tellPage("loaded"); },
  /** @param {any} event */
  pagehide(event) {
    if (!isPersisted(event)) return;
    keepFacts();
    tellPage("cached");
  },
  /** @param {any} event */
  pageshow(event) {
    if (!isPersisted(event)) return;
    sendKept();
    tellPage("loaded");
  },
});
/** @type {(event: Event) => void} */
const onPageEvent = (event) => {
  if (!isTrusted(event)) return;
  guard("page", () => {
    renewPage();
    PAGE_EVENTS[eventType(event)](event);
  });
};

/**
 * A window whose empty document somebody has touched is kept for its first real document, with all that is in it: its listeners,
 * our wrappers. That document says hello when something of it is heard.
 */
const renewPage = () => {
  const current = documentOf(G);
  if (current === pageDocument || !current) return;
  pageDocument = current;
  isQueueOpen = false;
  if (container === undefined && !isBlank()) takeContainer(attempt(containerOf, navigatorNow));
  sayHello();
  toldVisibility = visibilityNow(current);
  toldFocus = focusNow(current);
};

if (KIND === "window") renew = renewPage;

let isQueueOpen = false;
/** @type {(how: string) => void} From here on messages from workers reach the page's listeners. */
const queueOpened = (how) => {
  if (isQueueOpen || !container) return;
  isQueueOpen = true;
  report(["queue", now(), how]);
};
const onControllerChange = (/** @type {Event} */ event) => {
  if (!isTrusted(event)) return;
  guard("controllerchange", () => {
    const found = controllerNow();
    report(["ctl", now(), found && found[0], found && found[1]]);
  });
};

guard("hello", sayHello); // before everything else that may report

const startPage = () => {
  if (pageDocument === undefined) return;
  toldVisibility = visibilityNow(pageDocument);
  toldFocus = focusNow(pageDocument);
  const types = keys(PAGE_EVENTS), how = { __proto__: null, capture: true };
  for (let i = 0; i < types.length; i++) addListener(G, types[i], onPageEvent, how);
  if (container) followContainer();
  const ready = readyNow(pageDocument); // an empty document has been through it all; so has one that was entered late
  if (ready !== "loading") PAGE_EVENTS.DOMContentLoaded(null);
  if (ready === "complete") PAGE_EVENTS.load(null);
};

/** The two doors to the queue of messages that a page's script can open. Behind the mask, so that they look like the natives. */
const maskQueue = () => {
  const owner = proto("ServiceWorkerContainer");
  if (!owner) return;
  if (container === undefined) {
    wrapGetter(proto("Navigator"), "serviceWorker", (/** @type {any} */ native) => (/** @type {any} */ self, /** @type {any} */ args) => {
      const found = apply(native, self, args);
      if (self === navigatorNow) guard("container", () => takeContainer(found));
      return found;
    });
  }
  /** @type {(how: string) => (native: any) => (self: any, args: any) => any} */
  const opening = (how) => (native) => (self, args) => {
    const result = apply(native, self, args);
    if (self === container) guard("queue", () => queueOpened(how));
    return result;
  };
  wrap(owner, "startMessages", opening("startMessages"));
  wrapSetter(owner, "onmessage", opening("onmessage"));
};
install("page", startPage);
install("queue", maskQueue);
