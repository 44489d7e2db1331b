// @ts-check
/* What all realms of one agent cluster share: they pass each other objects without a message.
 *
 * A new realm asks its parent, opener and top with an event whose type nobody else knows; the agent there answers with the
 * registry. Everything is captured, so that no script sees the question or the answer.
 *
 * @typedef {{__proto__: null, originals: WeakMap<object, Function>, ports: WeakMap<object, any>}} Shared
 */
const QUESTION = `${SECRET}realm`;
const windowOf = (/** @type {string} */ name) => attempt(getter(G, name), G);
const documentOf = getter(G, "document");

/** @type {(target: any) => Shared | undefined} What the agent at `target` shares, if one is there. */
const ask = (target) => attempt(() => {
  const question = new EventC(QUESTION);
  dispatch(target, question);
  return ownData(question, QUESTION);
});
/** @type {() => Shared | undefined} */
const askAround = () => {
  if (KIND !== "window") return undefined;
  for (let i = 0, names = ["parent", "opener", "top"]; i < 3; i++) {
    const other = windowOf(names[i]);
    if (other === null || other === undefined || other === G) continue;
    if (attempt(documentOf, other) === undefined) continue; // of another origin: it would throw, and tell its owner
    const found = ask(other);
    if (found) return found;
  }
  return undefined;
};
/** @type {(event: Event) => void} */
const answer = (event) => { attempt(() => put(event, QUESTION, shared)); };
const already = ask(G);
/** @type {Shared} */
const shared = already || askAround() || { __proto__: null, originals: new WeakMapC(), ports: new WeakMapC() };
if (!already) addListener(G, QUESTION, answer);
