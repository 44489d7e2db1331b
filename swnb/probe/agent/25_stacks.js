// @ts-check
/* Stacks without the agent's frames.
 *
 * V8 collects frames when an error is made and writes them when `stack` is first read. While a native runs that may run code of
 * the page's (a payload's getters), `Error.prepareStackTrace` is ours, so that what is read meanwhile does not show the agent's
 * frames; an error that leaves through a wrapper is written before that, or has its frames collected anew.
 */
const AGENT_URL = "swnb-agent.js", FRAMES = 3, MOST_FRAMES = 1000;
const collect = ErrorC.captureStackTrace, errorText = uncurry(ErrorC.prototype.toString);
const isError = /** @type {any} */ (ErrorC).isError;
const setOwn = Reflect.defineProperty; // false where it cannot be, as on a frozen object
/** @type {() => any[]} The call sites of an error that is made here; none where a page's hook cannot be moved. */
const sitesHere = () => {
  const found = getOwnPropertyDescriptor(ErrorC, "prepareStackTrace"), value = (/** @type {any} */ _, /** @type {any[]} */ sites) => sites;
  const ours = /** @type {any} */ ({ __proto__: null, value, writable: true, configurable: true, enumerable: true });
  if (!setOwn(ErrorC, "prepareStackTrace", ours)) return [];
  const sites = /** @type {any} */ (new ErrorC("")).stack;
  if (found) setOwn(ErrorC, "prepareStackTrace", setPrototypeOf(found, null));
  else delete (/** @type {any} */ (ErrorC)).prepareStackTrace;
  return isArray(sites) ? sites : [];
};
/** @type {any} */
let stackGetter;
/** @type {any} */
let siteUrl;
/** @type {any} */
let siteText;
/** @type {any} */
let siteLine;
/** @type {any} */
let siteColumn;
let hasLearnt = false;
/**
 * Learn how stacks are read here. It makes an error, and for each frame of one V8 reads the function once more to learn its positions:
 * where the agent itself is on the stack, that was half of the time of its start. So it is done in the first microtask, before the
 * page's first line; where another realm's script can come before that, at once.
 */
const learnStacks = () => {
  if (hasLearnt) return;
  hasLearnt = true;
  const SiteProto = getPrototypeOf(sitesHere()[0] || {});
  stackGetter = (getOwnPropertyDescriptor(new ErrorC(""), "stack") || {}).get;
  siteUrl = method(SiteProto, "getScriptNameOrSourceURL");
  siteText = method(SiteProto, "toString");
  siteLine = method(SiteProto, "getLineNumber");
  siteColumn = method(SiteProto, "getColumnNumber");
};
const soon = async () => {
  await undefined;
  guard("stacks", learnStacks);
};
install("stacks", () => {
  if (KIND === "window" && (windowOf("opener") !== null || windowOf("parent") !== G)) learnStacks();
  else soon();
});
const isOurs = (/** @type {any} */ site) => attempt(siteUrl, site) === AGENT_URL;
/** @type {(text: string) => boolean} Whether a built-in of this name called the agent's function that asks. */
const calledBy = (text) => {
  learnStacks();
  const sites = sitesHere();
  for (let i = 0; i < sites.length; i++) if (!isOurs(sites[i])) return cut(siteText(sites[i]), 0, text.length) === text;
  return false;
};

/** The page's own hook, while ours stands in its place. @type {PropertyDescriptor | undefined} */
let formerHook;
/** @type {number | undefined} */
let formerLimit;
let veils = 0, hooked = false, topIsOurs = false, isLeaving = false;
const C = /** @type {any} */ (ErrorC);

/** Put the page's own hook back, or none. */
const unhook = () => {
  if (formerHook) defineProperty(C, "prepareStackTrace", formerHook);
  else delete C.prepareStackTrace;
};
const hook = () => {
  defineProperty(C, "prepareStackTrace", { __proto__: null, value: written, writable: true, enumerable: true, configurable: true });
};
/** @type {(error: any, sites: any[]) => any} In place of `Error.prepareStackTrace` while a native runs. */
const written = (error, sites) => {
  topIsOurs = sites.length > 0 && isOurs(sites[0]);
  if (isLeaving && !topIsOurs) rememberPlace(error, sites);
  if (isLeaving && topIsOurs) return ""; // the native's own error: its frames will be collected anew
  const kept = /** @type {any[]} */ ([]), most = formerLimit === undefined ? MOST_FRAMES : formerLimit;
  for (let i = 0, end = 0; i < sites.length && end < most; i++) if (!isOurs(sites[i])) put(kept, end++, sites[i]);
  unhook();
  try {
    const theirs = C.prepareStackTrace; // as V8 looks for it: also on prototypes, also by a getter
    if (typeof theirs === "function") return apply(theirs, C, [error, kept]);
  } finally {
    const left = getOwnPropertyDescriptor(C, "prepareStackTrace");
    if (veils && (left === undefined || (formerHook && left.value === formerHook.value))) hook();
  }
  let text = attempt(errorText, error) ?? "<error>";
  for (let i = 0; i < kept.length; i++) text += `\n    at ${siteText(kept[i])}`;
  return text;
};

/** Stacks that are read from here on do not show the agent, until `unveil`. It is on the way of every message that is an object. */
const veil = () => {
  if (veils++) return;
  learnStacks();
  hooked = true;
  formerHook = undefined;
  if (hasOwn(C, "prepareStackTrace")) {
    formerHook = setPrototypeOf(/** @type {any} */ (getOwnPropertyDescriptor(C, "prepareStackTrace")), null);
    hooked = formerHook?.configurable === true;
    if (hooked) hook();
  } else hooked = setOwn(C, "prepareStackTrace", OWN_HOOK);
  const limit = hooked ? ownData(C, "stackTraceLimit") : undefined;
  formerLimit = typeof limit === "number" ? limit : undefined;
  if (formerLimit !== undefined) setLimit(formerLimit + FRAMES);
};
const setLimit = (/** @type {number} */ value) => setOwn(C, "stackTraceLimit", /** @type {any} */ ({ __proto__: null, value }));
const OWN_HOOK = /** @type {any} */ ({ __proto__: null, value: written, writable: true, enumerable: true, configurable: true });
const unveil = () => {
  if (--veils || !hooked) return;
  if (ownData(C, "prepareStackTrace") === written) unhook(); // else the page set another meanwhile
  if (formerLimit !== undefined && ownData(C, "stackTraceLimit") === formerLimit + FRAMES) setLimit(formerLimit);
};

/** @type {(error: any, trap: Function) => void} Collect the frames below `trap`, as many as the page asked for. */
const collectAnew = (error, trap) => {
  const limit = veils && formerLimit !== undefined ? ownData(C, "stackTraceLimit") : undefined;
  if (limit !== undefined) setLimit(/** @type {number} */ (formerLimit));
  apply(collect, C, [error, trap]);
  if (limit !== undefined) setLimit(limit);
};
/**
 * An error on its way out of a wrapper, with the stack that it would have without it.
 * @type {(error: any, trap: Function) => any}
 */
const restack = (error, trap) => {
  learnStacks();
  if (!attempt(isError, error)) {
    rememberValue(error, sitesHere());
    return error;
  }
  rememberPlace(error, sitesHere());
  const own = getOwnPropertyDescriptor(error, "stack");
  if (!own || !own.get || own.get !== stackGetter) return error;
  if (!veils) collectAnew(error, trap); // nothing of the page's can have run: it is the native's
  else {
    topIsOurs = false;
    isLeaving = true;
    try { apply(own.get, error, []); } finally { isLeaving = false; } // writes it, unless it was written before
    if (topIsOurs) collectAnew(error, trap);
  }
  return error;
};
