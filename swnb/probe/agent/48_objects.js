// @ts-check
/* Objects that messages go through and that a constructor makes: Worker, SharedWorker, BroadcastChannel. */
const URLC = G.URL, hrefOf = getter(proto("URL"), "href"), baseOf = getter(proto("Node"), "baseURI");
const sharedPort = getter(proto("SharedWorker"), "port"), broadcastName = getter(proto("BroadcastChannel"), "name");
const locationOf = KIND === "window" ? undefined : attempt(() => getter(proto("WorkerGlobalScope"), "location"));
const locationHref = getter(proto("WorkerLocation"), "href");
let workerCount = 0, broadcastCount = 0;

/** @type {(url: any) => string} Whole, as far as it can be known without converting a page's object. */
const wholeUrl = (url) => {
  const given = typeof url === "string" ? url : attempt(hrefOf, url);
  if (given === undefined) return "";
  // Never before it is needed: reading a held worker's location ends the renderer's process.
  const base = KIND === "window" ? attempt(baseOf, G.document) : attempt(() => locationHref(locationOf(G)));
  return attempt(() => hrefOf(construct(URLC, base === undefined ? [given] : [given, base]))) ?? given;
};
/** @type {(options: any) => string} The `name` of a worker's options, or themselves. */
const nameIn = (options) => {
  const name = isLive(options) ? ownData(options, "name") : options;
  return typeof name === "string" ? name : "";
};
/** @type {(kind: string) => (object: any, args: any[]) => void} */
const workerMade = (kind) => (object, args) => {
  const number = ++workerCount, port = kind === "shared" ? portNumber(sharedPort(object)) : 0;
  enroll(object, number, `["wk",${number}]`);
  if (kind === "dedicated") listen(object);
  report(["worker", now(), number, kind, wholeUrl(args[0]), args.length > 1 ? nameIn(args[1]) : "", port]);
};

/** BroadcastChannels that are listened to. One with a listener lives on, so that ours is there only beside a page's own. */
const heardBroadcasts = new WeakSetC();
/** @type {(object: any) => boolean} */
const isBroadcast = (object) => {
  const known = weakGet(channels, object);
  return known !== undefined && known.json[2] === "b";
};
/** @type {(target: any) => void} A page is about to listen. */
const listenLate = (target) => {
  if (!isBroadcast(target) || setHas(heardBroadcasts, target)) return;
  setAdd(heardBroadcasts, target);
  listen(target);
};
/** @type {(target: any) => void} Nobody of the page listens any more. */
const leaveIfAlone = (target) => {
  if (!isBroadcast(target) || !setHas(heardBroadcasts, target)) return;
  if (listenerCount(target, "message") + listenerCount(target, "messageerror") > 0) return;
  if (handlerOf.bc(target) || failureHandlerOf.bc(target)) return;
  setDelete(heardBroadcasts, target);
  removeListener(target, "message", onMessage);
  removeListener(target, "messageerror", onMessage);
};
const setDelete = method(proto("WeakSet"), "delete");
/** @type {(native: Function) => Body} */
const handling = (native) => (self, args) => {
  if (isLive(self)) guard("listen", () => listenLate(self));
  const result = apply(native, self, args);
  guard("onmessage", () => leaveIfAlone(self));
  return result;
};

const maskObjects = () => {
  wrapConstructor("Worker", workerMade("dedicated"));
  wrapConstructor("SharedWorker", workerMade("shared"));
  wrapConstructor("BroadcastChannel", (object) => {
    const number = ++broadcastCount, name = broadcastName(object);
    enroll(object, number, text(["bc", name, number]));
    report(["bc", now(), number, name, 1]);
  });
  wrapSend(proto("Worker"), "postMessage", knownChannel);
  wrapSend(proto("BroadcastChannel"), "postMessage", knownChannel);
  wrapSetter(proto("BroadcastChannel"), "onmessage", handling);
  wrapSetter(proto("BroadcastChannel"), "onmessageerror", handling);
  wrap(proto("BroadcastChannel"), "close", (native) => (self, args) => {
    const result = apply(native, self, args);
    guard("close", () => report(["bc", now(), knownChannel(self)?.number ?? 0, broadcastName(self), 0]));
    return result;
  });
  wrap(proto("Worker"), "terminate", (native) => (self, args) => {
    const result = apply(native, self, args);
    guard("terminate", () => report(["term", now(), knownChannel(self)?.number ?? 0]));
    return result;
  });
};
