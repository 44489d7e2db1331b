// @ts-check
/* Both ends of every message, but the sending end of `window.postMessage`: a wrapper would become the event's `source`. */
const senderScript = getter(proto("ServiceWorker"), "scriptURL"), senderState = getter(proto("ServiceWorker"), "state");
const senderId = getter(proto("Client"), "id"), senderUrl = getter(proto("Client"), "url");

/** @type {(at: number, channel: string, args: any[]) => string} */
const sentJson = (at, channel, args) => {
  const found = describe(args[0]), content = found[0];
  const list = args.length > 1 ? transferOf(args[1]) : undefined, ports = list === undefined ? "" : `,${portNumbers(list)}`;
  return `["s",${at},${channel},${content === null ? "null" : content.json},${found[1]},"${found[2]}",${found[3]}${ports}]`;
};
/** @type {(channel: any, at: number, error: any) => void} */
const tellRefused = (channel, at, error) => {
  const name = attempt(domName, error) ?? (isLive(error) ? ownData(error, "name") ?? className(error) : typeof error);
  const said = attempt(domMessage, error) ?? (isLive(error) ? ownData(error, "message") : error);
  channel.report(["x", at, raw(channel.json), typeof name === "string" ? name : "Error", typeof said === "string" ? said : ""]);
};
/** @type {(error: any) => string} */
const className = (error) => {
  const parent = attempt(isError, error) ? getPrototypeOf(error) : null, name = parent && ownData(parent, "name");
  return typeof name === "string" ? name : "Error";
};

/**
 * Wrap a postMessage. `channelOf` gives the channel of `this`; it throws or gives nothing where that is none.
 * @type {(owner: any, name: string, channelOf: (self: any) => Channel | undefined) => void}
 */
const wrapSend = (owner, name, channelOf) => {
  const found = owner && getOwnPropertyDescriptor(owner, name), native = found && found.value;
  if (typeof native !== "function" || !found.configurable || original(native) !== native) return;
  const trap = (/** @type {any} */ _, /** @type {any} */ self, /** @type {any[]} */ args) => {
    const live = args.length > 1 || (args.length === 1 && isLive(args[0])), at = now();
    let result;
    if (live) veil();
    try { result = apply(native, self, args); } catch (error) {
      const channel = attempt(channelOf, self);
      if (channel) guard(name, () => tellRefused(channel, at, error));
      throw restack(error, trap);
    } finally { if (live) unveil(); }
    try {
      const channel = channelOf(self);
      if (channel) channel.tell(sentJson(at, channel.json, args));
    } catch (error) { guard(name, () => { throw error; }); }
    return result;
  };
  defineProperty(owner, name, { __proto__: null, value: disguise(native, { __proto__: null, apply: trap }) });
};

/** @type {(port: any) => Channel} */
const portChannel = (port) => lookUp("ports", port) || (portNumber(port), weakGet(channels, port));
/** @type {(object: any) => Channel | undefined} */
const knownChannel = (object) => lookUp("ports", object);
/** @type {(head: string, idOf: (object: any) => string) => (object: any) => Channel} A channel that is told by a text of its object. */
const channelBy = (head, idOf) => (object) =>
  weakGet(channels, object) || enroll(object, 0, `["${head}",${quote(idOf(object))}]`);
let lastClient = /** @type {Channel | null} */ (null), lastClientId = "";
/** @type {(client: any) => Channel} Each event brings a new object for the same client, so it is the id that is remembered. */
const clientChannel = (client) => {
  const id = senderId(client);
  if (lastClient !== null && id === lastClientId) return lastClient;
  lastClientId = id;
  return lastClient = { __proto__: null, json: `["cl",${quote(id)}]`, number: 0, tell, report };
};
const ownerChannel = /** @type {Channel} */ ({ __proto__: null, json: '["ow"]', number: 0, tell, report });

const versionNumbers = new WeakMapC();
let versionCount = 0;
/**
 * The number of a page's `ServiceWorker` object, which stands for one version of a worker as long as the page lives.
 * @type {(worker: any) => number}
 */
const versionNumber = (worker) => {
  let number = weakGet(versionNumbers, worker);
  if (number === undefined) {
    number = ++versionCount;
    weakSet(versionNumbers, worker, number);
    report(["sw", now(), number, senderScript(worker), senderState(worker)]);
  }
  return number;
};
/** @type {(worker: any) => Channel} */
const numberedChannel = (worker) =>
  weakGet(channels, worker) || enroll(worker, 0, `["sw",${quote(senderScript(worker))},${versionNumber(worker)}]`);

// ---- what arrives ----------------------------------------------------------------------------------------------------

const EventProto = proto("ExtendableMessageEvent"), MessageProto = proto("MessageEvent");
const messageData = getter(MessageProto, "data"), messagePorts = getter(MessageProto, "ports");
const messageSource = getter(MessageProto, "source"), messageOrigin = getter(MessageProto, "origin");
const workerDataOf = getter(EventProto, "data"), workerPortsOf = getter(EventProto, "ports");
const workerSourceOf = getter(EventProto, "source");
const handlerOf = {
  __proto__: null,
  port: portHandler, bc: getter(proto("BroadcastChannel"), "onmessage"), worker: getter(proto("Worker"), "onmessage"),
  container: getter(proto("ServiceWorkerContainer"), "onmessage"), global: getter(G, "onmessage"),
};
const failureHandlerOf = {
  __proto__: null,
  port: getter(proto("MessagePort"), "onmessageerror"), bc: getter(proto("BroadcastChannel"), "onmessageerror"),
  worker: () => null, container: getter(proto("ServiceWorkerContainer"), "onmessageerror"), global: getter(G, "onmessageerror"),
};
/** The page's container, from when it is heard. @type {any} */
let messages;
/** @type {(found: any) => void} */
const hearContainer = (found) => {
  if (messages !== undefined || !found) return;
  messages = found;
  listen(found);
};

/** @type {(source: any) => string} A window's place as seen from this one. */
const relation = (source) => {
  if (source === null || source === undefined) return "none";
  if (source === G || source === windowSelf) return "self";
  if (source === windowOf("parent")) return "parent";
  if (source === windowOf("top")) return "top";
  if (source === windowOf("opener")) return "opener";
  const count = attempt(frameCount, G) || 0;
  for (let i = 0; i < count; i++) if (G[i] === source) return `child ${i}`;
  return "other";
};
const frameCount = getter(G, "length"), windowSelf = G.self;

/** @typedef {{__proto__: null, channel: string, source: string, kind: string, mark: string}} Whence `mark` is what may be another one. */
/** @type {WeakMap<object, Whence>} By worker; `mark` is its state. */
const workersSeen = new WeakMapC();
/** @type {(worker: any) => Whence} */
const fromWorker = (worker) => {
  const state = attempt(senderState, worker) ?? "", seen = worker && weakGet(workersSeen, worker);
  if (seen !== undefined && seen !== null && seen.mark === state) return seen;
  const url = quote(attempt(senderScript, worker) ?? "");
  const made = /** @type {Whence} */ ({ __proto__: null, channel: `["sw",${url}]`, kind: "container",
    source: `[${url},${quote(state)},${attempt(versionNumber, worker) ?? 0}]`, mark: state });
  if (worker) weakSet(workersSeen, worker, made);
  return made;
};
let lastSender = /** @type {Whence | null} */ (null), lastSenderId = "";
/** @type {(id: string, client: any) => Whence} */
const fromClient = (id, client) => {
  const url = senderUrl(client);
  if (lastSender !== null && id === lastSenderId && url === lastSender.mark) return lastSender;
  lastSenderId = id;
  return lastSender = { __proto__: null, channel: `["cl",${quote(id)}]`, kind: "global", source: text([id, "client", url]), mark: url };
};
/** @type {(event: any, target: any) => {channel: string, source: string, kind: string}} Where an event came to, and from whom. */
const whence = (event, target) => {
  if (target === messages) return fromWorker(messageSource(event));
  const known = target === G || target === windowSelf ? undefined : lookUp("ports", target);
  if (known) return { __proto__: null, channel: known.json, source: "[]", kind: known.json[2] === "p" ? "port" : known.json[2] === "b" ? "bc" : "worker" };
  if (KIND === "window") {
    return { __proto__: null, channel: '["wi"]', kind: "global", source: text([relation(messageSource(event)), messageOrigin(event)]) };
  }
  if (KIND !== "service") return { __proto__: null, channel: '["ow"]', source: "[]", kind: "global" };
  const source = workerSourceOf(event), id = attempt(senderId, source);
  if (id !== undefined) return fromClient(id, source);
  const url = attempt(lateWorkerUrl, source);
  return { __proto__: null, channel: '["cl",null]', kind: "global", source: text([null, url === undefined ? "none" : "worker", url ?? ""]) };
};
/** @type {(worker: any) => string} In a held worker its class does not exist yet. */
const lateWorkerUrl = (worker) => getter(proto("ServiceWorker"), "scriptURL")(worker);

/** @type {(event: any, target: any, type: string) => void} */
const tellReceived = (event, target, type) => {
  const at = now(), extendable = KIND === "service" && target === G;
  const data = (extendable ? workerDataOf : messageData)(event);
  if (target === messages && typeof data === "string" && cut(data, 0, SECRET.length) === SECRET) {
    stopEvent(event);
    report(["id", at, cut(data, SECRET.length)]);
    return;
  }
  const from = whence(event, target), failed = type === "messageerror";
  const handler = attempt(/** @type {any} */ (failed ? failureHandlerOf : handlerOf)[from.kind], from.kind === "global" ? G : target);
  const listeners = listenerCount(target, type) + (handler ? 1 : 0);
  const found = failed ? null : describe(data, true), content = found === null ? null : found[0];
  const ports = portNumbers((extendable ? workerPortsOf : messagePorts)(event));
  const known = lookUp("ports", target), say = known ? known.tell : tell;
  say(`["r",${at},${from.channel},${content === null ? "null" : content.json},${found ? found[1] : 0},"${found ? found[2] : ""}",`
    + `${listeners},${ports},${from.source},${failed ? 1 : 0}]`);
  dropOnce(target, type);
  leaveIfAlone(target);
};
/** @type {(event: any) => void} First in line at every place where messages arrive. */
const onMessage = (event) => {
  try {
    if (!isTrusted(event)) return; // a script's own, which may hold anything
    const target = eventTarget(event);
    if (KIND === "service" && !late) guard("late", wrapLate);
    tellReceived(event, target === windowSelf ? G : target, eventType(event));
  } catch (error) { guard("message", () => { throw error; }); }
};
/** @type {(event: any) => void} */
const onConnect = (event) => {
  if (isTrusted(event)) guard("connect", () => report(["connect", now(), portNumber(ownData(messagePorts(event), "0"))]));
};

// ---- installing ------------------------------------------------------------------------------------------------------

let late = false;
/** In a service worker this class appears between the agent's first line and the script's. */
const wrapLate = () => {
  if (late || !proto("ServiceWorker")) return;
  late = true;
  const urlOf = getter(proto("ServiceWorker"), "scriptURL");
  wrapSend(proto("ServiceWorker"), "postMessage", KIND === "window" ? numberedChannel : channelBy("sw", (worker) => urlOf(worker)));
};
const maskMessages = () => {
  maskPorts();
  maskListeners();
  maskObjects();
  wrapLate();
  wrapSend(proto("Client"), "postMessage", clientChannel);
  wrapSend(proto("MessagePort"), "postMessage", portChannel);
  if (KIND === "dedicated") {
    const owner = hasOwn(G, "postMessage") ? G : proto("DedicatedWorkerGlobalScope");
    wrapSend(owner, "postMessage", () => ownerChannel);
  }
};
const hearMessages = () => {
  if (KIND === "shared") addListener(G, "connect", onConnect);
  else {
    addListener(G, "message", onMessage, { __proto__: null, capture: true });
    addListener(G, "messageerror", onMessage, { __proto__: null, capture: true });
  }
};
install("messages", () => {
  hearMessages();
  maskMessages();
});
