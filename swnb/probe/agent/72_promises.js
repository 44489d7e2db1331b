// @ts-check
/* How a promise that a native returned is watched, so that its owner does not notice.
 *
 * A reaction marks a promise as handled, for ever: no `unhandledrejection` would come for it. So the page is given a promise that
 * the engine derived from the native's (`then` without handlers), and ours are on the native's own, which nobody else has: what is
 * settled by the browser, in a task of its own, cannot be told from the native's. What was rejected before the call returned
 * reaches its handlers one microtask later: for wrong arguments, where the stack must be cleaned before anybody reads it.
 *
 * Where it is certain that a call was refused at once (no window interaction), the page is given the native's own promise. It is
 * looked at when its rejection was reported, or can no longer be reported.
 */
const PromiseC = Promise, then = method(proto("Promise"), "then");
const rejectedPromise = getter(proto("PromiseRejectionEvent"), "promise");
const rejectionReason = getter(proto("PromiseRejectionEvent"), "reason");
const ChannelC = G.MessageChannel, portOne = getter(proto("MessageChannel"), "port1");
const portTwo = getter(proto("MessageChannel"), "port2"), postToPort = method(proto("MessagePort"), "postMessage");
const startPort = method(proto("MessagePort"), "start"), closePort = method(proto("MessagePort"), "close");
const indexOf = method(proto("String"), "indexOf");

/** A `constructor` of its own keeps `then` from looking at the page's; undefined means the realm's own Promise. */
const OWN_SPECIES = { __proto__: null, value: undefined, configurable: true };
/** @type {(promise: any, kept: (value: any) => void, broken: (reason: any) => void) => void} For a promise that only we have. */
const hear = (promise, kept, broken) => {
  defineProperty(promise, "constructor", OWN_SPECIES);
  then(promise, kept, broken);
};
/** @type {(promise: any, kept: (value: any) => void, broken: (reason: any) => void) => boolean} For a page's own; whether it can be heard. */
const hearTheirs = (promise, kept, broken) => {
  const own = attempt(() => getOwnPropertyDescriptor(promise, "constructor"));
  if (!attempt(() => defineProperty(promise, "constructor", OWN_SPECIES))) return false; // its own species would be asked
  try { then(promise, kept, broken); } catch { return false; } finally { // it may be no promise
    if (own) defineProperty(promise, "constructor", setPrototypeOf(own, null));
    else delete promise.constructor;
  }
  return true;
};
/** @type {(promise: any, kept: (value: any) => void, broken: (reason: any) => void) => any} What the page is to have. */
const passOn = (promise, kept, broken) => {
  defineProperty(promise, "constructor", OWN_SPECIES);
  then(promise, kept, (/** @type {any} */ reason) => {
    guard("stack", () => cleanStack(reason));
    broken(reason);
  });
  return then(promise);
};

/** @type {(reason: any) => void} Take the agent's frames out of a stack before anybody reads it. */
const cleanStack = (reason) => {
  if (!isError(reason)) return;
  learnStacks();
  const own = getOwnPropertyDescriptor(reason, "stack");
  if (!own || !own.get || own.get !== stackGetter) return;
  if (typeof ownData(ErrorC, "prepareStackTrace") === "function") { // the page writes stacks itself: without our call sites
    veil();
    try { apply(own.get, reason, []); } finally { unveil(); }
    return;
  }
  const found = apply(own.get, reason, []);
  if (typeof found !== "string" || indexOf(found, AGENT_URL) < 0) return;
  apply(/** @type {any} */ (own.set), reason, [withoutAgent(found)]);
};
/** @type {(stack: string) => string} */
const withoutAgent = (stack) => {
  let kept = "", frames = 0;
  const limit = ownData(ErrorC, "stackTraceLimit"), most = typeof limit === "number" ? limit : MOST_FRAMES;
  for (let at = 0; at <= stack.length;) {
    const end = indexOf(stack, "\n", at), line = end < 0 ? cut(stack, at) : cut(stack, at, end);
    const isFrame = at > 0 && cut(line, 0, 7) === "    at ";
    if (!isFrame || (indexOf(line, AGENT_URL) < 0 && frames++ < most)) kept += at ? `\n${line}` : line;
    at = end < 0 ? stack.length + 1 : end + 1;
  }
  return kept;
};

// ---- promises that are refused already ------------------------------------------------------------------------------

/** Promises that the page has itself, and who waits for their reasons. */
const refusals = new MapC();
const watchRejections = () => {
  addListener(G, "unhandledrejection", (/** @type {Event} */ event) => {
    if (isTrusted(event)) guard("rejection", () => takeRefusal(rejectedPromise(event), rejectionReason(event)));
  });
};
/** @type {(promise: any, reason: any) => void} */
const takeRefusal = (promise, reason) => {
  const broken = mapGet(refusals, promise);
  if (!broken) return;
  mapDelete(refusals, promise);
  broken(reason);
};

const TASKS = 3;
/** @type {(f: () => void) => void} Run it some tasks from now, when rejections of this one have been reported. */
const later = (f) => {
  const channel = new ChannelC(), one = portOne(channel), two = portTwo(channel);
  let left = TASKS;
  addListener(one, "message", () => {
    if (--left) return postToPort(two, 0);
    closePort(one);
    guard("later", f);
  });
  startPort(one);
  postToPort(two, 0);
};
/** @type {(promise: any, kept: (value: any) => void, broken: (reason: any) => void) => any} The promise itself. */
const leaveAlone = (promise, kept, broken) => {
  mapSet(refusals, promise, broken);
  later(() => {
    if (!mapDelete(refusals, promise)) return; // it was reported: a reaction now would make `rejectionhandled`
    hearTheirs(promise, kept, broken);
  });
  return promise;
};

const pendingRefusals = getter(proto("Map"), "size");
/** @type {() => Promise<undefined>} Resolves when all that was refused until now is reported; for whoever drains the agent. */
api.settled = () => new PromiseC((resolve) => {
  const done = () => {
    flush();
    resolve(undefined);
  };
  if (pendingRefusals(refusals)) later(done); // behind those that wait already
  else done();
});
