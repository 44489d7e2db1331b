// @ts-check
/* What all views share. Everything that comes from a page becomes text: nothing here writes markup. */

/** Make an element. `attributes` are set as attributes, `on…` ones are listeners; children are elements or texts. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, `${value}`);
  }
  element.append(...children.map((child) => (child instanceof Node ? child : visible(`${child}`))));
  return element;
}

/** A text with signs in place of what cannot be seen or turns text around: controls, directions, lone surrogates. */
export function visible(text) {
  return text.replace(/\p{Cs}/gu, "�").replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, "·");
}

/** Words of the chosen language: `say("clients.some", {n: 3})`. */
export function speaker(model) {
  return (key, values = {}) => {
    const words = model.get("words") || {};
    const text = Object.hasOwn(words, key) ? `${words[key]}` : key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? `${values[name]}` : whole));
  };
}

/** How long ago something was, in few words; times are milliseconds since 1970. */
export function ago(say, then, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 60) return say("ago.s", { n: seconds });
  return seconds < 3600 ? say("ago.m", { n: Math.floor(seconds / 60) }) : say("ago.h", { n: Math.floor(seconds / 3600) });
}

/** Colour and shape of a worker version, by its label: `w3`. Eight of them are told apart; the label stands beside it always. */
export function workerClass(label) {
  const number = Number.parseInt(`${label}`.slice(1), 10);
  return `swnb-worker swnb-worker-${Number.isFinite(number) ? (number - 1) % 8 : 0}`;
}

/** Ask the kernel for a verb; the promise fails with its error, as one text. */
export function actor(model) {
  const waiting = new Map();
  let last = 0;
  const told = (message) => {
    if (message?.do !== "acted" || !waiting.has(message.id)) return;
    const { resolve, reject } = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) reject(new Error(`${message.error}`));
    else resolve(undefined);
  };
  model.on("msg:custom", told);
  const act = (verb, of, given = {}) => new Promise((resolve, reject) => {
    const id = `${Date.now().toString(36)}.${++last}`;
    waiting.set(id, { resolve, reject });
    try { model.send({ do: "act", id, verb, of, with: given }); } catch { // its kernel was restarted
      waiting.delete(id);
      reject(new Error(speaker(model)("not connected")));
    }
  });
  return { act, end: () => model.off("msg:custom", told) };
}

/** While a view lives, what stands in for it in a saved notebook is hidden; the returned function shows it again. */
export function hideStill(model) {
  const id = `${model.get("still") ?? ""}`.replace(/[^0-9a-f-]/g, "");
  if (!id) return () => {};
  const style = document.createElement("style");
  style.textContent = `[data-swnb-still="${id}"] { display: none; }`;
  document.head.append(style);
  return () => style.remove();
}

/** A view that is drawn once a kernel has answered. Until then, and where there is none, what stands in for it is shown. */
export function onceAnswered(widget) {
  // a notebook has keys of its own, for which its cells are focused: those that mean a button are not for it
  const keydown = (event) => { if (!event.ctrlKey && !event.metaKey && !event.altKey && event.key !== "Escape") event.stopPropagation(); };
  const render = ({ model, el, ...more }) => {
    let clean = () => {};
    const answered = (message) => {
      if (message?.do !== "hello") return;
      model.off("msg:custom", answered);
      clean = widget.render({ model, el, ...more });
    };
    model.on("msg:custom", answered);
    el.addEventListener("keydown", keydown);
    model.send({ do: "hello" });
    return () => {
      model.off("msg:custom", answered);
      el.removeEventListener("keydown", keydown);
      clean();
    };
  };
  return { ...widget, render };
}
