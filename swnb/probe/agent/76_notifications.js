// @ts-check
/* Notifications that a script shows and closes, in pages and in workers. That a user closes them, `70_service_worker.js` hears. */
const SHOWN = ["body", "lang", "dir", "icon", "badge", "image", "silent", "requireInteraction", "renotify", "timestamp", "data"];
/** @type {any[]} */
const shownGetters = [];
for (let i = 0; i < SHOWN.length; i++) put(shownGetters, i, getter(proto("Notification"), SHOWN[i]));
/** What is left out first where it is too much to be kept. */
const LONG = ["data", "body", "actions"];
const isGranted = getter(G.Notification, "permission");

/** @type {(title: string, tag: string, options: any, made: number) => any[]} A fact but for its time; `made` by the constructor. */
const shownFact = (title, tag, options, made) => {
  let [content] = describe(options);
  for (let i = 0; i < LONG.length && content === null; i++) {
    delete options[LONG[i]];
    [content] = describe(options);
  }
  return [title, tag, content, made];
};
/** @type {(fact: any[]) => void} */
const tellShown = (fact) => report(["shown", now(), fact[0], fact[1], fact[2], fact[3]]);

/** @type {(args: any[], seen: any) => any[]} What `showNotification` was called with. It clones `data`, so that nothing in it is alive. */
const notificationAsked = (args, seen) => {
  const options = /** @type {any} */ (plainOptions(seen || {})), tag = ownData(options, "tag");
  delete options.tag;
  const data = ownData(seen || {}, "data"), read = ownData(seen || {}, "actions"), actions = /** @type {any[]} */ ([]);
  if (isLive(data)) put(options, "data", data);
  for (let i = 0; read && i < read.length; i++) put(actions, i, plainOptions(read[i]));
  if (actions.length) put(options, "actions", actions);
  const title = isLive(args[0]) ? "[object]" : attempt(StringC, args[0]) ?? "";
  return shownFact(title, tag === undefined ? "" : attempt(StringC, tag) ?? "", options, 0);
};
/** @type {(shown: any) => void} `new Notification` gave an object that has all of it. */
const notificationMade = (shown) => {
  if (attempt(isGranted, G.Notification) !== "granted") return; // it gets an `error` event, and nobody sees it
  const options = {}, title = notificationTitle(shown), tag = notificationTag(shown);
  for (let i = 0; i < SHOWN.length; i++) {
    const value = attempt(shownGetters[i], shown);
    if (value !== undefined && value !== null && value !== "") put(options, SHOWN[i], value);
  }
  tellShown(shownFact(title, tag, options, 1));
  addListener(shown, "click", (/** @type {any} */ event) => {
    if (isTrusted(event)) guard("click", () => report(["click", now(), title, tag, "", 0, null]));
  });
  addListener(shown, "close", (/** @type {any} */ event) => {
    if (isTrusted(event) && !setHas(closedByScript, shown)) guard("close", () => report(["dismiss", now(), title, tag, 1]));
  });
};
const closedByScript = new WeakSetC();

const startNotifications = () => {
  if (!proto("Notification")) return;
  wrap(proto("Notification"), "close", (native) => (self, args) => {
    const result = apply(native, self, args);
    guard("close", () => {
      setAdd(closedByScript, self);
      report(["dismiss", now(), notificationTitle(self), notificationTag(self), 0]);
    });
    return result;
  });
  if (KIND === "service") return; // its constructor throws there
  wrapConstructor("Notification", notificationMade);
  if (KIND === "window") wrap(proto("ServiceWorkerRegistration"), "showNotification", shownFromPage);
};
/** @type {(native: Function) => (self: any, given: any[]) => any} */
const shownFromPage = (native) => (self, given) => {
  const args = copyOf(given), seen = guard("showNotification", () => readThrough(args, 1));
  veil();
  let promise;
  try { promise = apply(native, self, args); } finally { unveil(); }
  const fact = guard("showNotification", () => notificationAsked(given, seen));
  const said = () => guard("showNotification", () => { if (fact) tellShown(fact); });
  return guard("showNotification", () => passOn(promise, said, () => {})) || promise;
};
install("notifications", startNotifications);
