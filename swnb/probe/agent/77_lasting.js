// @ts-check
/* Events that outlive their dispatch: when all that was given to `waitUntil` has settled, that is told.
 *
 * `waitUntil` may be called while listeners run, and afterwards as long as something is pending. So an event is over when its dispatch
 * is, and nothing is pending any more.
 */

/** @type {Record<string, number>} Whose end is told. */
const LASTING = /** @type {any} */ ({ __proto__: null, push: 1, sync: 1, periodicsync: 1, notificationclick: 1, notificationclose: 1 });
const lasting = new WeakMapC();
let lastingEvents = 0, openClicks = 0, lastClick = 0;
/** What waits until no click of a user's is open. @type {(() => void)[]} */
let afterClicks = [];

/** @type {(event: any, type: string) => number} The number under which the end of an event will be told. */
const beginLasting = (event, type) => {
  const state = { __proto__: null, number: ++lastingEvents, pending: 0, failed: 0, isDispatched: false, isClick: type === "notificationclick" };
  weakSet(lasting, event, state);
  if (state.isClick) { openClicks++; lastClick = now(); }
  later(() => { // behind all listeners
    state.isDispatched = true;
    endLasting(state);
  });
  return state.number;
};
/** @type {(state: any) => void} */
const endLasting = (state) => {
  if (!state.isDispatched || state.pending) return;
  state.isDispatched = false; // once
  report(["over", now(), state.number, state.failed]);
  if (!state.isClick || --openClicks) return;
  const waiting = afterClicks;
  afterClicks = [];
  for (let i = 0; i < waiting.length; i++) guard("after click", waiting[i]);
};
/** @type {(event: any, promise: any) => void} The browser has taken it; its own reaction marks the promise as handled. */
const extended = (event, promise) => {
  const state = weakGet(lasting, event);
  if (!state) return;
  state.pending++;
  const settled = (/** @type {number} */ failed) => async () => {
    state.failed = state.failed || failed;
    await undefined; // what the worker does when it has settled may extend the event once more
    await undefined;
    state.pending--;
    guard("waitUntil", () => endLasting(state));
  };
  if (!hearTheirs(promise, settled(0), settled(1))) settled(0)();
};
const wrapLasting = () => wrap(proto("ExtendableEvent"), "waitUntil", (native) => (self, args) => {
  const result = apply(native, self, args);
  guard("waitUntil", () => extended(self, args[0]));
  return result;
});
install("lasting", () => { if (KIND === "service") wrapLasting(); });
