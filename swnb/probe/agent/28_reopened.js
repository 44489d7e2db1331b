// @ts-check
/* `document.open()`, and a `write` that implies it, take all listeners from the window: the agent's are put back, first in line. */
/** @type {(native: Function) => Body} */
const reopening = (native) => (self, args) => {
  const result = apply(native, self, args);
  guard("document.open", () => {
    if (ask(G) !== undefined) return;
    forgetListeners(G);
    for (let entry = windowListeners; entry !== null; entry = entry.next) addTo(G, entry.type, entry.f, entry.options);
  });
  return result;
};
install("document.open", () => {
  const owner = proto("Document");
  if (!owner) return;
  wrap(owner, "open", reopening);
  wrap(owner, "write", reopening);
  wrap(owner, "writeln", reopening);
});
