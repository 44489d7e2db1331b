// @ts-check
/* Notifications that a script shows and closes, in pages and in workers. That a user closes them, `70_service_worker.js` hears. */
const SHOWN = ["body", "lang", "dir", "icon", "badge", "image", "silent", "requireInteraction", "renotify", "timestamp", "data"];
/** @type {any[]} */
const shownGetters = [];
for (let i = 0; i < SHOWN.length; i++) put(shownGetters, i, getter(proto("Notification"), SHOWN[i]));

/** @type {(title: string, tag: string, options: any) => void} */
const tellShown = (title, tag, options) => report(["shown", now(), title, tag, describe(options)[0]]);

/** @type {(args: any[], seen: any) => void} `showNotification` has resolved: its `data` was cloned, so that nothing in it is alive. */
const notificationShown = (args, seen) => {
  const options = plainOptions(seen || {}), data = ownData(seen || {}, "data"), tag = ownData(options, "tag");
  delete (/** @type {any} */ (options)).tag;
  if (isLive(data)) put(options, "data", data);
  tellShown(isLive(args[0]) ? "[object]" : attempt(StringC, args[0]) ?? "", tag === undefined ? "" : attempt(StringC, tag) ?? "", options);
};
/** @type {(shown: any) => void} `new Notification` gave an object that has all of it. */
const notificationMade = (shown) => {
  const options = {};
  for (let i = 0; i < SHOWN.length; i++) {
    const value = attempt(shownGetters[i], shown);
    if (value !== undefined && value !== null && value !== "") put(options, SHOWN[i], value);
  }
  tellShown(notificationTitle(shown), notificationTag(shown), options);
};

const startNotifications = () => {
  if (!proto("Notification")) return;
  wrap(proto("Notification"), "close", (native) => (self, args) => {
    const result = apply(native, self, args);
    guard("close", () => report(["dismiss", now(), notificationTitle(self), notificationTag(self), 0]));
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
  const said = () => guard("showNotification", () => notificationShown(given, seen));
  return guard("showNotification", () => passOn(promise, said, () => {})) || promise;
};
install("notifications", startNotifications);
