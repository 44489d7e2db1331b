// @ts-check
/* Stacks without the agent's frames.
 *
 * V8 collects frames when an error is made and writes them when `stack` is first read. While a native runs that may run code of
 * the page's (a payload's getters), `Error.prepareStackTrace` is ours, so that what is read meanwhile does not show the agent's
 * frames; an error that leaves through a wrapper is written before that, or has its frames collected anew.
 */
const AGENT_URL = "swnb-agent.js", FRAMES = 3, MOST_FRAMES = 1000;
const collect = ErrorC.captureStackTrace, errorText = uncurry(ErrorC.prototype.toString);
const stackGetter = (getOwnPropertyDescriptor(new ErrorC(""), "stack") || {}).get;
const isError = /** @type {any} */ (ErrorC).isError;

/** @type {(f: () => void) => any[]} The call sites of an error that is made here. */
const sitesHere = () => {
  const C = /** @type {any} */ (ErrorC), found = getOwnPropertyDescriptor(C, "prepareStackTrace");
  if (found && !found.configurable) return [];
  defineProperty(C, "prepareStackTrace", {
    __proto__: null, value: (/** @type {any} */ _, /** @type {any[]} */ sites) => sites, writable: true, configurable: true, enumerable: true,
  });
  const error = /** @type {any} */ (new ErrorC("")), sites = error.stack;
  if (found) defineProperty(C, "prepareStackTrace", setPrototypeOf(found, null));
  else delete C.prepareStackTrace;
  return isArray(sites) ? sites : [];
};
const SiteProto = getPrototypeOf(sitesHere()[0] || {});
const siteUrl = method(SiteProto, "getScriptNameOrSourceURL"), siteText = method(SiteProto, "toString");
const isOurs = (/** @type {any} */ site) => attempt(siteUrl, site) === AGENT_URL;
/** @type {(text: string) => boolean} Whether a built-in of this name called the agent's function that asks. */
const calledBy = (text) => {
  const sites = sitesHere();
  for (let i = 0; i < sites.length; i++) if (!isOurs(sites[i])) return cut(siteText(sites[i]), 0, text.length) === text;
  return false;
};

/** @type {PropertyDescriptor | undefined} */
let formerHook;
/** @type {number | undefined} */
let formerLimit;
let veils = 0, hooked = false, topIsOurs = false;

/** @type {(error: any, sites: any[]) => any} In place of `Error.prepareStackTrace` while a native runs. */
const written = (error, sites) => {
  topIsOurs = sites.length > 0 && isOurs(sites[0]);
  const kept = /** @type {any[]} */ ([]), most = formerLimit === undefined ? MOST_FRAMES : formerLimit;
  for (let i = 0, end = 0; i < sites.length && end < most; i++) if (!isOurs(sites[i])) put(kept, end++, sites[i]);
  const theirs = formerHook && formerHook.value;
  if (typeof theirs === "function") {
    const ours = getOwnPropertyDescriptor(ErrorC, "prepareStackTrace");
    defineProperty(ErrorC, "prepareStackTrace", /** @type {any} */ (formerHook));
    try { return apply(theirs, ErrorC, [error, kept]); } finally {
      defineProperty(ErrorC, "prepareStackTrace", setPrototypeOf(/** @type {any} */ (ours), null));
    }
  }
  let text = attempt(errorText, error) ?? "<error>";
  for (let i = 0; i < kept.length; i++) text += `\n    at ${siteText(kept[i])}`;
  return text;
};

/** Stacks that are read from here on do not show the agent, until `unveil`. */
const veil = () => {
  if (veils++) return;
  const hook = getOwnPropertyDescriptor(ErrorC, "prepareStackTrace");
  hooked = hook === undefined || hook.configurable === true;
  if (!hooked) return;
  formerHook = hook && setPrototypeOf(hook, null);
  formerLimit = ownData(ErrorC, "stackTraceLimit");
  const limited = typeof formerLimit === "number";
  defineProperty(ErrorC, "prepareStackTrace", { __proto__: null, value: written, writable: true, enumerable: true, configurable: true });
  if (limited) defineProperty(ErrorC, "stackTraceLimit", { __proto__: null, value: /** @type {number} */ (formerLimit) + FRAMES });
  else formerLimit = undefined;
};
const unveil = () => {
  if (--veils || !hooked) return;
  const hook = getOwnPropertyDescriptor(ErrorC, "prepareStackTrace"), limit = ownData(ErrorC, "stackTraceLimit");
  if (hook && hook.value === written) { // else the page set another meanwhile
    if (formerHook) defineProperty(ErrorC, "prepareStackTrace", formerHook);
    else delete (/** @type {any} */ (ErrorC)).prepareStackTrace;
  }
  if (formerLimit !== undefined && limit === formerLimit + FRAMES) {
    defineProperty(ErrorC, "stackTraceLimit", { __proto__: null, value: formerLimit });
  }
};

/**
 * An error on its way out of a wrapper, with the stack that it would have without it.
 * @type {(error: any, trap: Function) => any}
 */
const restack = (error, trap) => {
  if (!attempt(isError, error)) return error;
  const own = getOwnPropertyDescriptor(error, "stack");
  if (!own || !own.get || own.get !== stackGetter) return error;
  topIsOurs = false;
  if (veils) {
    apply(own.get, error, []); // writes it, unless it was written before
    if (topIsOurs) apply(collect, ErrorC, [error, trap]); // the native's own: lazily, as it was
  } else apply(collect, ErrorC, [error, trap]); // nothing of the page's can have run
  return error;
};
