// @ts-check
/* Wrappers that cannot be told from what they wrap.
 *
 * A wrapper is a Proxy of the native: its keys, descriptors, prototype, extensibility and [[Construct]] are the native's own, and
 * V8 writes the native's text where a message quotes it. What is left to hide: `Function.prototype.toString`, a cycle of
 * prototypes that a Proxy would allow, and stacks (`25_stacks.js`).
 *
 * @typedef {(self: any, args: any[]) => any} Body What runs in place of a native; `args` is an array of its own.
 * @typedef {(native: Function) => Body} Maker
 */
const ProxyC = Proxy, { create } = Object, nativeToString = Function.prototype.toString;
const setPrototypeTo = Reflect.setPrototypeOf;

/** @type {(made: any) => any} The native behind a wrapper of any realm; else itself. */
const original = (made) => lookUp("originals", made) || made;

/** @type {(native: Function, traps: any) => any} */
const disguise = (native, traps) => {
  const made = /** @type {any} */ (new ProxyC(native, traps));
  traps.setPrototypeOf = (/** @type {any} */ target, /** @type {any} */ parent) => {
    for (let p = parent; p !== null; p = getPrototypeOf(p)) if (p === made) return cyclic(target, traps.setPrototypeOf);
    return setPrototypeTo(target, parent);
  };
  weakSet(shared.originals, made, native);
  return made;
};

/** @type {(native: Function, trap: Function) => boolean} A chain that comes back to its start is refused, as by any function. */
const cyclic = (native, trap) => {
  if (calledBy("Reflect.setPrototypeOf")) return false;
  try { setPrototypeOf(native, create(native)); } catch (error) {
    collectAnew(error, trap);
    throw error;
  }
  return true; // it has thrown
};

/** @type {(value: any) => boolean} Whether handing it to a native can run code of the page's. */
const isLive = (value) => (typeof value === "object" ? value !== null : typeof value === "function");

/** @type {(native: Function, body: Body) => any} */
const applyTrap = (native, body) => {
  const trap = (/** @type {any} */ _, /** @type {any} */ self, /** @type {any[]} */ args) => {
    let live = false;
    for (let i = 0; i < args.length; i++) live ||= isLive(args[i]);
    if (!live) {
      try { return body(self, args); } catch (error) { throw restack(error, trap); }
    }
    veil();
    try { return body(self, args); } catch (error) { throw restack(error, trap); } finally { unveil(); }
  };
  return trap;
};

/** @type {(owner: any, name: PropertyKey, field: "value" | "get" | "set", make: Maker) => void} */
const wrapField = (owner, name, field, make) => {
  const found = owner && getOwnPropertyDescriptor(owner, name), native = found && found[field];
  if (typeof native !== "function" || !found.configurable || original(native) !== native) return;
  const made = disguise(native, { __proto__: null, apply: applyTrap(native, make(native)) });
  defineProperty(owner, name, { __proto__: null, [field]: made }); // the other attributes stay, and its place
};
/**
 * Replace a method by one that runs `make(native)` in its place: `wrap(C.prototype, "m", (native) => (self, args) => …)`.
 * @type {(owner: any, name: PropertyKey, make: Maker) => void}
 */
const wrap = (owner, name, make) => wrapField(owner, name, "value", make);
/** @type {(owner: any, name: PropertyKey, make: Maker) => void} */
const wrapGetter = (owner, name, make) => wrapField(owner, name, "get", make);
/** @type {(owner: any, name: PropertyKey, make: Maker) => void} */
const wrapSetter = (owner, name, make) => wrapField(owner, name, "set", make);

/**
 * Replace a global class; `made(object, args)` runs for each object that was constructed, also of a subclass.
 * @type {(name: string, made: (object: any, args: any[]) => void) => void}
 */
const wrapConstructor = (name, made) => {
  const native = G[name], found = getOwnPropertyDescriptor(G, name);
  if (typeof native !== "function" || !found || !found.configurable || original(native) !== native) return;
  const trap = (/** @type {any} */ _, /** @type {any[]} */ args, /** @type {any} */ target) => {
    let object;
    veil();
    try {
      object = construct(native, args, target === wrapper ? native : target);
    } catch (error) { throw restack(error, trap); } finally { unveil(); }
    guard(name, () => made(object, args));
    return object;
  };
  const call = applyTrap(native, (self, args) => apply(native, self, args));
  const wrapper = disguise(native, { __proto__: null, apply: call, construct: trap });
  defineProperty(G, name, { __proto__: null, value: wrapper });
  if (ownData(native.prototype, "constructor") === native) {
    defineProperty(native.prototype, "constructor", { __proto__: null, value: wrapper });
  }
};

/** @type {(error: any, self: any) => any} V8 calls what inherits from a function `Function`, and from a Proxy `Object`. */
const renamed = (error, self) => {
  const own = getOwnPropertyDescriptor(error, "stack"), stack = own && own.get ? apply(own.get, error, []) : undefined;
  const was = "\n    at Object.toString (<anonymous>)", at = typeof stack === "string" ? indexIn(stack, was) : -1;
  if (at < 0 || !isLive(self)) return error;
  for (let p = getPrototypeOf(self); p !== null; p = getPrototypeOf(p)) {
    if (original(p) === p) continue;
    apply(own?.set, error, [`${cut(stack, 0, at)}\n    at Function.toString (<anonymous>)${cut(stack, at + was.length)}`]);
    break;
  }
  return error;
};
const indexIn = method(proto("String"), "indexOf");

/** Make `toString` tell the native's text of every wrapper; of itself, too. */
const maskRealm = () => {
  const { prototype } = Function;
  const trap = (/** @type {any} */ _, /** @type {any} */ self, /** @type {any[]} */ args) => {
    if (typeof self === "function") return apply(nativeToString, original(self), args);
    veil();
    try { return apply(nativeToString, self, args); } catch (error) { throw renamed(restack(error, trap), self); } finally { unveil(); }
  };
  const made = disguise(nativeToString, { __proto__: null, apply: trap });
  defineProperty(prototype, "toString", { __proto__: null, value: made });
};
install("mask", maskRealm);
