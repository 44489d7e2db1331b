// @ts-check
/* Window interaction in a worker that has no agent (attach policy `detached`): as `probe/agent/79_activation.js`, for one call.
 *
 * Listeners run in the order of their registration, and the worker's own are there first. So they are taken away while the private
 * click is on its way, and put back in their order: `getEventListeners`, of the console's own functions, has them.
 */
((of) => {
  const G = /** @type {any} */ (globalThis);
  let granted = (/** @type {any} */ _) => {}, release = () => {}, secret = "", tag = "";
  /** @type {any[]} */
  let theirs = [];
  const handler = () => G.onnotificationclick;
  let attribute = null;
  const takeAway = () => {
    attribute = handler();
    G.onnotificationclick = null;
    theirs = [...(of(G).notificationclick ?? [])];
    for (const one of theirs) G.removeEventListener("notificationclick", one.listener, one.useCapture);
    G.addEventListener("notificationclick", onClick);
  };
  const putBack = () => {
    G.removeEventListener("notificationclick", onClick);
    for (const one of theirs) {
      G.addEventListener("notificationclick", one.listener, { capture: one.useCapture, once: one.once, passive: one.passive });
    }
    if (attribute) G.onnotificationclick = attribute;
    theirs = [];
  };
  const onClick = (/** @type {any} */ event) => {
    if (event.notification.tag !== tag) return;
    event.stopImmediatePropagation();
    event.notification.close();
    tag = "";
    putBack();
    event.waitUntil(new Promise((resolve) => {
      release = () => resolve(undefined);
      setTimeout(release, 10000);
    }));
    granted(null);
  };
  const show = () => {
    tag = `${secret}${Math.random()}`;
    G.registration.showNotification(tag, { tag, silent: true }).catch((/** @type {any} */ error) => {
      tag = "";
      putBack();
      granted([error.name, error.message]);
    });
  };
  return {
    activate(/** @type {string} */ begin) {
      secret = begin;
      takeAway();
      return new Promise((resolve) => {
        granted = resolve;
        show();
      });
    },
    retry(/** @type {string} */ closed) { if (closed === tag) show(); },
    release() {
      if (tag) { // no click came: what was taken away is put back, and what was shown is not left to the worker's listeners
        G.registration.getNotifications({ tag }).then((/** @type {any[]} */ shown) => shown.forEach((one) => one.close()));
        tag = "";
        putBack();
      }
      release();
    },
  };
})(getEventListeners);
