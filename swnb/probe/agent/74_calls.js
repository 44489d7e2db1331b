// @ts-check
/* What a service worker's own code calls: arguments, and what came of it.
 *
 * What the lab's verbs evaluate in the worker calls the same public functions and is reported in the same way.
 */
const registrationScope = () => getter(proto("ServiceWorkerRegistration"), "scope"); // its class comes later

let calls = 0, mayInteract = false;
/** From now on it is not certain that `focus()` and `openWindow()` are refused. */
const interactionSeen = () => { mayInteract = true; };

/**
 * A dictionary that a native reads: it reads the page's own object through this one, in its own order and once, and what it found is
 * kept. So nothing of the page's runs that would not have run.
 * @type {(options: any, seen: any) => any}
 */
const asRead = (options, seen) => new ProxyC({}, /** @type {any} */ ({
  __proto__: null,
  get(/** @type {any} */ _, /** @type {PropertyKey} */ key) {
    const value = options[key]; // `Reflect.get` would stand in stacks
    if (key !== "actions" || !isLive(value)) { put(seen, key, value); return value; }
    const found = /** @type {any[]} */ ([]);
    put(seen, key, found);
    return sequenceAsRead(value, found);
  },
}));
const ITERATOR = Symbol.iterator;
/** @type {(given: any, found: any[]) => any} The same of a sequence of dictionaries: the page's own iterator runs, as it would. */
const sequenceAsRead = (given, found) => ({
  __proto__: null,
  get [ITERATOR]() {
    const begin = given[ITERATOR];
    if (typeof begin !== "function") return begin;
    return () => {
      const iterator = apply(begin, given, []);
      return isLive(iterator) ? { __proto__: null, get next() { return itemsAsRead(iterator, found); } } : iterator;
    };
  },
});
/** @type {(iterator: any, found: any[]) => any} */
const itemsAsRead = (iterator, found) => {
  const { next } = iterator;
  if (typeof next !== "function") return next;
  return () => {
    const step = apply(next, iterator, []);
    if (!isLive(step)) return step;
    return {
      __proto__: null,
      get done() { return step.done; },
      get value() {
        const item = step.value;
        if (!isLive(item)) return item;
        const seen = {};
        put(found, found.length, seen);
        return asRead(item, seen);
      },
    };
  };
};
/** @type {(args: any[], at: number) => any} Put a reader in the place of a dictionary; what it will have read. */
const readThrough = (args, at) => {
  const options = args[at];
  if (!isLive(options)) return undefined;
  const seen = {};
  args[at] = asRead(options, seen);
  return seen;
};

/** @type {(value: any) => any} What can be said of an argument without touching it. */
const plainArgument = (value) => {
  if (!isLive(value)) return value;
  return attempt(hrefOf, value) ?? "[object]";
};
/** @type {(seen: any) => any} Of what a native read the primitives alone. */
const plainOptions = (seen) => {
  const found = {}, names = keys(seen);
  for (let i = 0; i < names.length; i++) {
    const value = ownData(seen, names[i]);
    if (value !== undefined && !isLive(value)) put(found, names[i], value);
  }
  return found;
};
/** @type {(client: any) => any} */
const plainClient = (client) => {
  const found = { id: clientId(client), url: clientUrl(client), type: clientType(client), frameType: clientFrame(client) };
  const visibility = attempt(clientVisibility, client);
  if (visibility === undefined) return found;
  put(found, "visibilityState", visibility);
  put(found, "focused", clientFocused(client));
  return found;
};
/** @type {(result: any) => any} What a native resolved with, as plain data. */
const plainResult = (result) => {
  if (!isLive(result)) return result;
  if (isArray(result)) {
    const found = /** @type {any[]} */ ([]);
    for (let i = 0; i < result.length; i++) put(found, i, plainResult(result[i]));
    return found;
  }
  if (attempt(clientId, result) !== undefined) return plainClient(result);
  const title = attempt(notificationTitle, result);
  if (title !== undefined) return { title, tag: notificationTag(result) };
  const scope = attempt(registrationScope(), result);
  if (scope !== undefined) return { scope };
  const enabled = ownData(result, "enabled");
  return enabled === undefined ? "[object]" : { enabled, headerValue: ownData(result, "headerValue") };
};

/** @type {(error: any) => string} Its name, also where it is inherited; no getter of the page's is called. */
const errorName = (error) => {
  const ofDom = attempt(domName, error);
  if (ofDom !== undefined) return ofDom;
  for (let p = error; p !== null; p = getPrototypeOf(p)) {
    const name = ownData(p, "name");
    if (typeof name === "string") return name;
  }
  return "Error";
};
/** @type {(call: number, at: number, error: any) => void} */
const answerError = (call, at, error) => {
  if (!isError(error)) return report(["ret", at, call, null, "", isLive(error) ? "[object]" : attempt(StringC, error) ?? ""]);
  const message = attempt(domMessage, error) ?? ownData(error, "message");
  report(["ret", at, call, null, errorName(error), typeof message === "string" ? message : ""]);
};

/**
 * @typedef {{of?: any, options?: number, refused?: (self: any, args: any[]) => any, first?: (result: any) => void, keep?: (args: any[], seen: any) => any, after?: (kept: any) => void}} How
 *   A getter of an id of what it was called on; where a dictionary stands; whether nothing but want of window
 *   interaction can be wrong with it; what to do with the result before anybody has it; what to keep of the call, and
 *   what to do with that once the promise was kept.
 */
/** @type {(name: string, how: How) => (native: Function) => (self: any, given: any[]) => any} */
const watched = (name, how) => (native) => (self, given) => {
  const at = now(), call = ++calls, args = copyOf(given);
  const seen = how.options === undefined ? undefined : guard(name, () => readThrough(args, /** @type {number} */ (how.options)));
  veil(); // what is made meanwhile has room for our frames, too
  let promise;
  try { promise = apply(native, self, args); } finally { unveil(); }
  const said = (/** @type {any} */ result) => guard(name, () => {
    if (how.first) how.first(result);
    report(["ret", now(), call, describe(plainResult(result))[0], null, null]);
    if (how.after && kept) how.after(kept);
  });
  guard(name, () => {
    const list = /** @type {any[]} */ ([]);
    for (let i = 0; i < given.length; i++) put(list, i, i === how.options && seen ? plainOptions(seen) : plainArgument(given[i]));
    report(["call", at, call, name, describe(list)[0], how.of ? attempt(how.of, self) ?? null : null]);
  });
  const kept = how.keep && guard(name, () => /** @type {any} */ (how.keep)(given, seen));
  const alone = how.refused !== undefined && !mayInteract && attempt(() => /** @type {any} */ (how.refused)(self, given)) === true;
  const broken = (/** @type {any} */ error) => guard(name, () => answerError(call, alone ? at : now(), error));
  return guard(name, () => (alone ? leaveAlone : passOn)(promise, said, broken)) || promise;
};
/** @type {(args: any[]) => any[]} */
const copyOf = (args) => {
  const copy = /** @type {any[]} */ ([]);
  for (let i = 0; i < args.length; i++) put(copy, i, args[i]);
  return copy;
};

/** @type {(owner: any, name: string, label: string, how?: How) => void} */
const watch = (owner, name, label, how) => wrap(owner, name, watched(`${label}${name}`, how || {}));

/** @type {(value: any) => boolean} */
const canBeUrl = (value) => typeof value === "string" && new URLC(value, locationHref(locationOf(G))) !== null;

const wrapCalls = () => {
  const ofClients = proto("Clients"), ofWindow = proto("WindowClient");
  watch(ofClients, "get", "clients.");
  watch(ofClients, "matchAll", "clients.", { options: 0 });
  watch(ofClients, "openWindow", "clients.", { refused: (self, args) => self === clientsNow && canBeUrl(args[0]) });
  watch(ofClients, "claim", "clients.");
  watch(ofWindow, "focus", "WindowClient.", { of: clientId, refused: (self) => clientFocused(self) !== undefined });
  watch(ofWindow, "navigate", "WindowClient.", { of: clientId });
  watch(G, "skipWaiting", "");
  /** @type {(native: Function) => (self: any, args: any[]) => any} */
  const opening = (native) => (self, args) => {
    guard("second stage", secondStage);
    guard("late", wrapLate);
    return apply(native, self, args);
  };
  wrapGetter(G, "registration", opening);
  wrapGetter(G, "serviceWorker", opening);
};

let isComplete = false;
/** Natives of the classes that come later. @type {any} */
const natives = { __proto__: null };
const registrationOf = getter(G, "registration");
/** The classes that a worker gets between being held and its first line, wrapped before its script can have met them. */
const secondStage = () => {
  if (KIND !== "service" || isComplete || !proto("ServiceWorkerRegistration")) return;
  isComplete = true;
  wrapLate(); // a script that listens to nothing may still post to a worker
  const ofRegistration = proto("ServiceWorkerRegistration"), ofPreload = proto("NavigationPreloadManager");
  natives.show = method(ofRegistration, "showNotification");
  wrapLasting();
  watch(ofRegistration, "update", "registration.");
  watch(ofRegistration, "unregister", "registration.");
  watch(ofRegistration, "showNotification", "registration.", { options: 1, keep: notificationAsked, after: tellShown });
  watch(ofRegistration, "getNotifications", "registration.", { options: 0, first: strip });
  watch(ofPreload, "enable", "navigationPreload.");
  watch(ofPreload, "disable", "navigationPreload.");
  watch(ofPreload, "setHeaderValue", "navigationPreload.");
  watch(ofPreload, "getState", "navigationPreload.");
};
