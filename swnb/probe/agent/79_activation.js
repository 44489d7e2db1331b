// @ts-check
/* Window interaction for what swnb evaluates: a click on a notification of swnb's own, of which the worker sees nothing.
 *
 * `focus()` and `openWindow()` work while the browser dispatches a click on a notification, and until that event is over. So swnb
 * shows one with a private tag, clicks it, evaluates while the event is kept open, and lets it end. Its listener stands before all
 * of the worker's (a global has no capturing phase: they run in the order of their registration), and stops the event there.
 */
const stopNow = method(proto("Event"), "stopImmediatePropagation"), closeNatively = method(proto("Notification"), "close");
const extendNatively = method(proto("ExtendableEvent"), "waitUntil");
/** How long a click gives window interaction, in milliseconds; the browser's own figure. */
const INTERACTION_MS = 10000;
/** What waits for its click, by its tag. @type {any} */
const activations = new MapC();
const mapClear = method(proto("Map"), "clear");
let activated = 0, asked = 0, release = () => {};

/** @type {(notification: any) => boolean} */
const isPrivate = (notification) => cut(notificationTag(notification), 0, SECRET.length) === SECRET;
/** @type {(list: any) => void} Take swnb's own out of what `getNotifications` found, before anybody has it. */
const strip = (list) => {
  let kept = 0;
  for (let i = 0; i < list.length; i++) if (!isPrivate(list[i])) put(list, kept++, list[i]);
  list.length = kept;
};

/** @type {(event: any) => void} */
const onPrivateClick = (event) => {
  if (!isTrusted(event)) return;
  guard("activation", () => {
    const notification = clickedNotification(event);
    if (!isPrivate(notification)) return;
    stopNow(event);
    closeNatively(notification);
    const granted = mapGet(activations, notificationTag(notification));
    if (!granted) return; // asked for by a former life of this worker
    mapDelete(activations, notificationTag(notification));
    interactionSeen();
    extendNatively(event, new PromiseC((resolve) => {
      release = () => resolve(undefined);
      timer(release, INTERACTION_MS);
    }));
    granted(null);
  });
};
/** @type {(resolve: (refusal: any) => void) => void} */
const showPrivate = (resolve) => {
  const tag = `${SECRET}${++activated}`;
  mapSet(activations, tag, resolve);
  const refused = (/** @type {any} */ error) => {
    mapDelete(activations, tag);
    resolve([errorName(error), attempt(domMessage, error) ?? ownData(error, "message") ?? ""]);
  };
  hear(natives.show(registrationOf(G), tag, { __proto__: null, tag, silent: true }), () => {}, refused);
};
/**
 * Resolves once window interaction is there: with null, or with name and message of why it cannot be had. Interactions are counted
 * for the whole worker, so none begins while a click of the user's is open: one would use up the other's.
 * @type {() => Promise<any>}
 */
api.activate = () => new PromiseC((resolve) => {
  const mine = ++asked;
  const begin = () => {
    if (mine !== asked) return; // nobody waits any more
    if (openClicks && now() - lastClick < INTERACTION_MS) return put(afterClicks, afterClicks.length, begin);
    secondStage();
    showPrivate(resolve);
  };
  try { begin(); } catch (error) { resolve([errorName(error), attempt(inWords, error) ?? ""]); }
});
/**
 * A notification of ours is gone, and if that was without a click, the browser has lost it: another one is shown. It does so with one
 * that `getNotifications()` asks for while it comes.
 * @type {(tag: string) => void}
 */
api.retry = (tag) => {
  const granted = mapGet(activations, tag);
  if (granted && mapDelete(activations, tag)) guard("activation", () => showPrivate(granted));
};
/** The expression is done, or nobody waits any more: let the click's event end, and one that comes late be nobody's. */
api.release = () => {
  asked++;
  mapClear(activations);
  release();
};

install("activation", () => {
  if (!proto("Notification")) return;
  if (KIND !== "window") return;
  wrap(proto("ServiceWorkerRegistration"), "getNotifications", (native) => (self, args) => {
    const promise = apply(native, self, args);
    return guard("getNotifications", () => passOn(promise, (found) => guard("getNotifications", () => strip(found)), () => {})) || promise;
  });
});
