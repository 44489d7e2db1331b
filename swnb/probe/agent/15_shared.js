// @ts-check
/* What all realms of one agent cluster share: they pass each other objects without a message.
 *
 * A new realm asks its parent, opener and top with an event whose type nobody else knows; the agent there answers with the
 * registry. Everything is captured, so that no script sees the question or the answer.
 *
 * @typedef {{__proto__: null, originals: WeakMap<object, Function>, ports: WeakMap<object, any>, links: any}} Shared
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
const NEIGHBOURS = ["parent", "opener", "top"];
/** @type {() => Shared | undefined} */
const askAround = () => {
  for (let i = 0; i < 3; i++) {
    const other = windowOf(NEIGHBOURS[i]);
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
const shared = already || (KIND === "window" ? askAround() : undefined)
  || { __proto__: null, originals: new WeakMapC(), ports: new WeakMapC(), links: null };
if (!already) addListener(G, QUESTION, answer);

/** Whether it has a neighbour that has not answered: while a pop-up is being made, its opener runs nothing. */
let isAlone = KIND === "window" && !already && shared.links === null && windowOf("opener") !== null;
/** Join the neighbour's registry with this one. */
const meet = () => {
  const other = isAlone ? askAround() : undefined;
  if (other === undefined) return;
  isAlone = false;
  if (other === shared) return;
  shared.links = { __proto__: null, shared: other, next: shared.links };
  other.links = { __proto__: null, shared, next: other.links };
};
/** @type {(field: "originals" | "ports", object: any, registry?: Shared, from?: Shared) => any} What is known of an object anywhere. */
const lookUp = (field, object, registry = shared, from = shared) => {
  const found = weakGet(registry[field], object);
  if (found !== undefined) return found;
  if (isAlone && registry === shared) meet();
  for (let link = registry.links; link !== null; link = link.next) {
    const further = link.shared === from ? undefined : lookUp(field, object, link.shared, registry);
    if (further !== undefined) return further;
  }
  return undefined;
};
/** At the end of the turn in which a pop-up was made its opener can answer. */
const meetSoon = async () => {
  await undefined;
  attempt(meet);
};
if (isAlone) meetSoon();
