// @ts-check
/* What only a service worker can tell: all clients of its origin, and the events that are dispatched to it. */
const clientsNow = KIND === "service" ? G.clients : undefined;
const matchAll = method(proto("Clients"), "matchAll"), postToClient = method(proto("Client"), "postMessage");
const clientId = getter(proto("Client"), "id"), clientUrl = getter(proto("Client"), "url");
const clientType = getter(proto("Client"), "type"), clientFrame = getter(proto("Client"), "frameType");
const clientVisibility = getter(proto("WindowClient"), "visibilityState"), clientFocused = getter(proto("WindowClient"), "focused");
const requestOf = getter(proto("FetchEvent"), "request"), RequestProto = KIND === "service" ? proto("Request") : undefined;
const requestUrl = getter(RequestProto, "url"), requestMethod = getter(RequestProto, "method");
const requestMode = getter(RequestProto, "mode"), requestDestination = getter(RequestProto, "destination");
const fetchClient = getter(proto("FetchEvent"), "clientId"), fetchResulting = getter(proto("FetchEvent"), "resultingClientId");
const fetchReplaces = getter(proto("FetchEvent"), "replacesClientId");
const pushData = getter(proto("PushEvent"), "data"), pushText = method(proto("PushMessageData"), "text");
const clickedNotification = getter(proto("NotificationEvent"), "notification");
const clickedAction = getter(proto("NotificationEvent"), "action");
const clickedReply = getter(proto("NotificationEvent"), "reply"), periodicTag = getter(proto("PeriodicSyncEvent"), "tag");
const syncTag = getter(proto("SyncEvent"), "tag"), syncIsLast = getter(proto("SyncEvent"), "lastChance");
const notificationTitle = getter(proto("Notification"), "title"), notificationTag = getter(proto("Notification"), "tag");

// ---- asked for through the debugger: who is there ------------------------------------------------------------------

/** Ids of the windows that the secret was posted to: none hears it twice. */
const posted = new MapC();
const EVERYONE = { __proto__: null, includeUncontrolled: true, type: "all" }, CONTROLLED = { __proto__: null, type: "all" };
/** @type {(options: any, then: (found: any[]) => void, otherwise: (error: any) => void) => void} */
const listClients = (options, then, otherwise) => hear(matchAll(clientsNow, options), then, otherwise);

/** @type {(found: any[], controlled: any[]) => any[]} */
const surveyRows = (found, controlled) => {
  const mine = new MapC(), rows = /** @type {any[]} */ ([]);
  for (let i = 0; i < controlled.length; i++) mapSet(mine, clientId(controlled[i]), true);
  for (let i = 0; i < found.length; i++) {
    const client = found[i], id = clientId(client), isWindow = clientType(client) === "window";
    put(rows, i, [id, clientUrl(client), clientType(client), clientFrame(client), isWindow ? clientVisibility(client) : null,
      isWindow && clientFocused(client), mapGet(mine, id) === true]);
  }
  return rows;
};

/** @type {(found: any[]) => void} Say to each new window what its agent answers with the id that the message was sent to. */
const postSecrets = (found) => {
  for (let i = 0; i < found.length; i++) {
    const id = clientId(found[i]);
    if (clientType(found[i]) !== "window" || mapGet(posted, id)) continue;
    mapSet(posted, id, true);
    postToClient(found[i], `${SECRET}${id}`);
  }
};

/**
 * Report all clients that this worker sees. Those in the back/forward cache are not among them.
 * @type {(post: boolean) => Promise<undefined>} With `post` each new window is asked for its id; resolves when all is said.
 */
const survey = (post) => new PromiseC((resolve) => {
  const failed = (/** @type {any} */ error) => {
    guard("survey", () => { throw error; });
    resolve(undefined);
  };
  if (KIND !== "service") return resolve(undefined);
  listClients(EVERYONE, (found) => listClients(CONTROLLED, (controlled) => {
    guard("survey", () => {
      report(["survey", now(), surveyRows(found, controlled)]);
      if (post) postSecrets(found);
    });
    resolve(undefined);
  }, failed), failed);
});
api.survey = survey;
const getClient = method(proto("Clients"), "get");
/** What swnb's own verbs ask with: nothing of it is reported, and a worker that has put something else in its place sees none of it. */
if (KIND === "service") {
  api.clients = {
    __proto__: null,
    matchAll: (/** @type {any} */ options) => matchAll(clientsNow, options),
    get: (/** @type {any} */ id) => getClient(clientsNow, id),
  };
}

// ---- events --------------------------------------------------------------------------------------------------------

/** @type {Record<string, (event: any) => void>} What events tell, by their type. */
const WORKER_EVENTS = /** @type {any} */ ({
  __proto__: null,
  install() {},
  activate() {},
  /** @param {any} event */
  push(event) {
    const data = pushData(event);
    report(["push", now(), data === null ? null : pushText(data), beginLasting(event, "push")]); // it can be read any number of times
  },
  /** @param {any} event */
  notificationclick(event) {
    const shown = clickedNotification(event);
    report(["click", now(), notificationTitle(shown), notificationTag(shown), clickedAction(event), beginLasting(event, "notificationclick"),
      attempt(clickedReply, event) ?? null]);
  },
  /** @param {any} event */
  notificationclose(event) {
    const shown = clickedNotification(event);
    report(["dismiss", now(), notificationTitle(shown), notificationTag(shown), 1, beginLasting(event, "notificationclose")]);
  },
  /** @param {any} event */
  sync(event) {
    report(["sync", now(), syncTag(event), 0, syncIsLast(event), beginLasting(event, "sync")]);
  },
  /** @param {any} event */
  periodicsync(event) {
    report(["sync", now(), periodicTag(event), 1, false, beginLasting(event, "periodicsync")]);
  },
  backgroundfetchclick() {},
  paymentrequest() {},
});
/** @type {(event: Event) => void} */
const onWorkerEvent = (event) => {
  if (!isTrusted(event)) return;
  guard("second stage", secondStage);
  const type = eventType(event);
  if (type === "notificationclick" || type === "backgroundfetchclick" || type === "paymentrequest") interactionSeen();
  guard(type, () => WORKER_EVENTS[type](event));
};

/** @type {(event: Event) => void} */
const onFetch = (event) => {
  if (!isTrusted(event)) return;
  guard("fetch", () => {
    const request = requestOf(event);
    report(["fetch", now(), requestUrl(request), requestMethod(request), requestMode(request), requestDestination(request),
      attempt(fetchClient, event) ?? null, attempt(fetchResulting, event) ?? null, attempt(fetchReplaces, event) ?? null]);
  });
};

/** Before the worker's first line. */
const startService = () => {
  if (KIND !== "service") return;
  if (proto("Notification")) addListener(G, "notificationclick", onPrivateClick); // before all others, ours included
  const types = keys(WORKER_EVENTS);
  for (let i = 0; i < types.length; i++) addListener(G, types[i], onWorkerEvent);
  watchRejections();
  wrapCalls();
  startFetch();
};
