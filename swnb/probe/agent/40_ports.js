// @ts-check
/* Message ports, wherever they come from, each with a number of its context.
 *
 * @typedef {{__proto__: null, json: string, number: number, tell: (json: string) => void, report: (fact: any[]) => void}} Channel
 *   What is known of one object that messages go through: `json` is the channel as facts write it.
 */
/** @type {WeakMap<object, Channel>} By port, worker or BroadcastChannel; of all realms. */
const channels = shared.ports;
const portHandler = getter(proto("MessagePort"), "onmessage");
const firstPort = getter(proto("MessageChannel"), "port1"), secondPort = getter(proto("MessageChannel"), "port2");
let portCount = 0;

/** @type {(object: any, number: number, json: string) => Channel} */
const enroll = (object, number, json) => {
  const made = /** @type {Channel} */ ({ __proto__: null, json, number, tell, report });
  weakSet(channels, object, made);
  return made;
};
/** @type {(target: any) => void} Hear what arrives there, before anybody else. It opens no queue and keeps nothing alive. */
const listen = (target) => {
  addListener(target, "message", onMessage);
  addListener(target, "messageerror", onMessage);
};
/** @type {(port: any) => number} The number of a port; a new one if it was not seen before. */
const portNumber = (port) => {
  const known = lookUp("ports", port);
  if (known) return known.number;
  enroll(port, ++portCount, `["pt",${portCount}]`);
  listen(port);
  return portCount;
};
/** @type {(value: any) => boolean} */
const isPort = (value) => isLive(value) && attempt(portHandler, value) !== undefined;
/** @type {(list: any) => string} Numbers of the ports in an array of a page's or of an event's, as JSON. */
const portNumbers = (list) => {
  if (!isArray(list)) return "[]";
  let json = "";
  for (let i = 0; i < list.length; i++) {
    const item = ownData(list, `${i}`);
    if (isPort(item)) json += json ? `,${portNumber(item)}` : `${portNumber(item)}`;
  }
  return `[${json}]`;
};
/** @type {(argument: any) => any} The list in the second argument of a postMessage: itself, or its `transfer`. */
const transferOf = (argument) => {
  if (typeof argument !== "object" || argument === null) return undefined;
  return isArray(argument) ? argument : ownData(argument, "transfer");
};

/** @type {(native: Function) => Body} In place of the getters of a MessageChannel: its ports are known before anyone has them. */
const portGetter = (native) => (self, args) => {
  const port = apply(native, self, args);
  if (!lookUp("ports", port)) {
    guard("MessageChannel", () => report(["ports", now(), portNumber(firstPort(self)), portNumber(secondPort(self))]));
  }
  return port;
};

const MOST_LOOKED_AT = 10000;
/** @type {(value: any) => any[]} The ports in a value, in the order in which they stand there. */
const portsWithin = (value) => {
  const found = /** @type {any[]} */ ([]), seen = new MapC();
  let count = 0, total = 1;
  const first = { __proto__: null, value, next: /** @type {any} */ (null) };
  let last = first;
  const look = (/** @type {any} */ item) => {
    if (typeof item !== "object" || item === null || mapGet(seen, item) || total > MOST_LOOKED_AT) return;
    mapSet(seen, item, true);
    total++;
    last = last.next = { __proto__: null, value: item, next: null };
  };
  for (let entry = first; entry !== null; entry = entry.next) {
    const { value: item } = entry;
    if (typeof item !== "object" || item === null) continue;
    if (isPort(item)) { put(found, count++, item); continue; }
    if (isView(item)) continue;
    attempt(() => mapEach(item, (/** @type {any} */ held, /** @type {any} */ key) => { look(key); look(held); }));
    attempt(() => setEach(item, look));
    for (let i = 0, names = keys(item); i < names.length && total <= MOST_LOOKED_AT; i++) look(ownData(item, names[i]));
  }
  return found;
};
/** @type {(native: Function) => Body} A port that `structuredClone` transfers keeps its number: it stays in its context. */
const cloning = (native) => (self, args) => {
  const result = apply(native, self, args);
  if (args.length < 2 || typeof result !== "object" || transferOf(args[1]) === undefined) return result;
  guard("structuredClone", () => {
    const before = portsWithin(args[0]), after = portsWithin(result);
    for (let i = 0; i < before.length && i < after.length; i++) {
      portNumber(before[i]);
      weakSet(channels, after[i], lookUp("ports", before[i]));
      listen(after[i]);
    }
  });
  return result;
};

const maskPorts = () => {
  wrapGetter(proto("MessageChannel"), "port1", portGetter);
  wrapGetter(proto("MessageChannel"), "port2", portGetter);
  wrap(G, "structuredClone", cloning);
  wrap(proto("MessagePort"), "close", (native) => (self, args) => {
    const result = apply(native, self, args);
    guard("close", () => report(["close", now(), portNumber(self)]));
    return result;
  });
};
