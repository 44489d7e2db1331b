"""Expressions that would differ if an agent could be seen; each by a name that says what it looks at."""

# One line for one step, as a page would have it in its console.
# ruff: noqa: E501
from __future__ import annotations

PRELUDE = r"""
const thrown = f => { try { f(); return 'nothing' } catch (e) { return [e.constructor && e.constructor.name, String(e), e.stack] } };
const shape = f => typeof f !== 'function' ? typeof f : [f.name, f.length, String(f), Reflect.ownKeys(f).map(String),
  'prototype' in f, Reflect.ownKeys(f).map(k => { const d = Object.getOwnPropertyDescriptor(f, k); return [d.writable, d.enumerable, d.configurable, typeof d.value] }),
  Object.isExtensible(f),
  Object.getPrototypeOf(f) === Function.prototype, thrown(() => Reflect.construct(f, [], f)).slice(0, 2)];
const describeAll = owner => owner && Reflect.ownKeys(owner).map(key => { const d = Object.getOwnPropertyDescriptor(owner, key);
  return [String(key), d.enumerable, d.configurable, d.writable, shape(d.value), shape(d.get), shape(d.set)] });
const turn = () => new Promise(done => setTimeout(done, 0))
"""

CLASSES = ("MessagePort", "MessageChannel", "BroadcastChannel", "ServiceWorker", "ServiceWorkerContainer", "Worker", "SharedWorker",
           "Client", "Clients", "EventTarget", "MessageEvent", "ExtendableMessageEvent", "Event", "ErrorEvent", "Document")  # fmt: skip

ALWAYS: dict[str, str] = {
    **{
        f"members of {name}": f"globalThis.{name} ? [describeAll({name}), describeAll({name}.prototype)] : 'none'"
        for name in CLASSES
    },
    "members of Error": "describeAll(Error)",
    "members of Function.prototype": "describeAll(Function.prototype)",
    "names of the global": "Reflect.ownKeys(self).map(String)",
    "functions of the global": "['structuredClone', 'postMessage', 'addEventListener', 'fetch', 'skipWaiting'].map(n => shape(self[n]))",
    "toString of toString": "[String(Function.prototype.toString), Function.prototype.toString.call(Function.prototype.toString)]",
    "toString refuses": "[5, {}, null, undefined, 'x'].map(v => thrown(() => Function.prototype.toString.call(v)))",
    "toString refuses an heir": "thrown(() => Object.create(MessagePort.prototype.postMessage).toString())",
    "toString of a Proxy of it": "String(new Proxy(MessagePort.prototype.postMessage, {}))",
    "what is quoted": """[() => structuredClone(MessagePort.prototype.postMessage), () => Reflect.construct(structuredClone, []),
      () => { class A extends structuredClone {} }, () => new structuredClone(), () => new MessageChannel().port1.postMessage(fetch),
      () => new MessageChannel().port1.postMessage(MessagePort.prototype.postMessage)].map(thrown)""",
    "a cycle of prototypes": """[f => Object.setPrototypeOf(f, Object.create(f)), f => Reflect.setPrototypeOf(f, Object.create(f)),
      f => { f.__proto__ = Object.create(f) }, f => { f.__proto__ = f }].map(g => [thrown(() => g(structuredClone)),
      Object.getPrototypeOf(structuredClone) === Function.prototype, thrown(() => Reflect.setPrototypeOf(structuredClone, {}))])""",
    "own properties stay": """(f => { f.x = 1; const found = [Reflect.ownKeys(f).map(String), f.x]; delete f.x;
      return [found, Reflect.ownKeys(f).map(String)] })(MessagePort.prototype.postMessage)""",
    "refusals of a port": """(() => { const p = new MessageChannel().port1, post = p.postMessage; return [() => p.postMessage(),
      () => p.postMessage(() => 1), () => p.postMessage(Symbol('s')), () => post.call({}, 1), () => post.call(undefined, 1),
      () => p.postMessage(1, 5), () => p.postMessage(1, [{}]), () => p.postMessage(1, [p]), () => p.postMessage(1, {transfer: 5}),
      () => p.postMessage(new Proxy({}, {})), () => p.postMessage(new WeakMap())].map(thrown) })()""",
    "refusals of structuredClone": "[() => structuredClone(), () => structuredClone(() => 1), () => structuredClone(1, {transfer: [1]})].map(thrown)",
    "refusals of listeners": """[() => addEventListener(), () => addEventListener('message'), () => addEventListener('message', 5),
      () => addEventListener.call({}, 'message', () => 1), () => addEventListener('message', () => 1, {signal: 5}),
      () => addEventListener({toString() { throw new TypeError('mine') }}, () => 1), () => addEventListener(Symbol(), null),
      () => removeEventListener('message'), () => new EventTarget().addEventListener('message', () => 1, {get once() { throw 5 }})].map(thrown)""",
    "refusals of constructors": "[() => BroadcastChannel('x'), () => new BroadcastChannel(), () => MessageChannel()].map(thrown)",
    "subclasses": """(() => { class B extends BroadcastChannel { constructor(n) { super(n); this.mine = new.target === B } }
      const b = new B('sub'); const made = Reflect.construct(BroadcastChannel, ['x'], Array);
      const out = [b instanceof BroadcastChannel, b instanceof B, b.mine, b.constructor === B, String(b), made instanceof Array,
        Object.getPrototypeOf(new BroadcastChannel('y')) === BroadcastChannel.prototype, BroadcastChannel.prototype.constructor === BroadcastChannel,
        Object.getPrototypeOf(BroadcastChannel) === EventTarget, b.name];
      b.close(); return out })()""",
    "the stack in a getter": """(() => { let s; const p = new MessageChannel().port1; function send() { p.postMessage({get a() { s = new Error('in').stack; return 1 }}) }
      send(); return s })()""",
    "the stack in a deep getter": """(() => { let s; const p = new MessageChannel().port1;
      const send = n => n ? send(n - 1) : p.postMessage({get a() { s = new Error('in').stack; return 1 }}); send(30); return s })()""",
    "the stack of what a getter throws": """(() => { const p = new MessageChannel().port1;
      return [() => p.postMessage({get a() { throw new RangeError('mine') }}), () => p.postMessage({get a() { null.x }}),
        () => p.postMessage({get a() { throw 5 }}), () => p.postMessage(1, {get transfer() { throw new Error('t') }}),
        () => p.postMessage(1, {*[Symbol.iterator]() { throw new Error('i') }})].map(thrown) })()""",
    "a short limit of frames": """(() => { const was = Error.stackTraceLimit; const p = new MessageChannel().port1; try { return [0, 1, 2, 100].map(n => {
      Error.stackTraceLimit = n; return [thrown(() => p.postMessage(() => 1)), thrown(() => p.postMessage({get a() { throw new Error('x') }})), Error.stackTraceLimit] })
      } finally { Error.stackTraceLimit = was } })()""",
    "no hook is left": """(() => { new MessageChannel().port1.postMessage({}); return [Reflect.ownKeys(Error).map(String), 'prepareStackTrace' in Error,
      Error.stackTraceLimit] })()""",
    "the page's own stack hook": """(() => { const p = new MessageChannel().port1, log = []; const hook = (e, sites) => { log.push(sites.map(String)); return sites.length };
      Error.prepareStackTrace = hook; let s; try { p.postMessage({get a() { s = new Error('in').stack; return 1 }});
      const t = thrown(() => p.postMessage(() => 1)); return [s, t, log, Error.prepareStackTrace === hook, Reflect.ownKeys(Error).map(String)] }
      finally { delete Error.prepareStackTrace } })()""",
    "a stack hook on a prototype": """(() => { const p = new MessageChannel().port1; Function.prototype.prepareStackTrace = (e, sites) => 'n' + sites.length;
      try { let s; p.postMessage({get a() { s = new Error('in').stack; return 1 }}); return [s, thrown(() => p.postMessage(() => 1))] }
      finally { delete Function.prototype.prepareStackTrace } })()""",
    "a hook that a getter sets": """(() => { const p = new MessageChannel().port1; p.postMessage({get a() { Error.prepareStackTrace = () => 'set'; return 1 }});
      const found = [typeof Error.prepareStackTrace, new Error().stack]; delete Error.prepareStackTrace; return found })()""",
    "what an error is": """(() => { const e = (() => { try { new MessageChannel().port1.postMessage(() => 1) } catch (e) { return e } })();
      return [Reflect.ownKeys(e), typeof Object.getOwnPropertyDescriptor(e, 'stack').get, e.name, e.code, e.message, String(e.constructor === DOMException)] })()""",
    "getters run once": """(() => { let n = 0; const log = []; const p = new MessageChannel().port1; p.postMessage({get a() { return ++n }});
      const options = new Proxy({}, {get: (t, k) => { log.push(String(k)) }, has: (t, k) => { log.push('has ' + String(k)); return false }});
      addEventListener('message', () => 1, options); removeEventListener('message', () => 1, options);
      p.postMessage(1, new Proxy({}, {get: (t, k) => { log.push(String(k)) }})); return [n, log] })()""",
    "transfer detaches": """(() => { const b = new ArrayBuffer(8), c = new MessageChannel(), d = new MessageChannel(); d.port1.postMessage(b, [b, c.port1]);
      return [b.byteLength, b.detached, thrown(() => d.port1.postMessage(1, [c.port1]))] })()""",
    "order of tasks and microtasks": """await (async () => { const log = []; const c = new MessageChannel(); c.port2.onmessage = e => { log.push('got ' + e.data);
        Promise.resolve().then(() => log.push('micro in ' + e.data)) };
      for (let i = 0; i < 12; i++) { c.port1.postMessage(i); Promise.resolve().then(() => log.push('micro ' + i)).then(() => log.push('second ' + i)) }
      queueMicrotask(() => log.push('queued')); log.push('sync'); setTimeout(() => log.push('timer'), 50);
      while (!log.includes('timer')) await turn(); return log })()""",
    "one event for one message": """await (async () => { const log = []; const c = new MessageChannel(); const hear = e => log.push([e.type, e.isTrusted, e.data, e.ports.length,
        e.eventPhase, Reflect.ownKeys(e).map(String), e.target === c.port2, typeof e.timeStamp, e.lastEventId, e.origin]);
      c.port2.addEventListener('message', hear); c.port2.addEventListener('message', hear, true); c.port1.postMessage('m'); c.port2.start();
      await turn(); await turn(); return log })()""",
    "a port's queue": """await (async () => { const log = []; const c = new MessageChannel(); c.port2.addEventListener('message', e => log.push(e.data));
      c.port1.postMessage(1); await turn(); await turn(); const shut = log.length; c.port2.start(); await turn(); await turn(); return [shut, log] })()""",
    "removing listeners": """await (async () => { const log = []; const t = new EventTarget(); const f = () => log.push('f'), o = {handleEvent() { log.push('o') }};
      const stop = new AbortController(); t.addEventListener('message', f); t.addEventListener('message', f, {capture: true, once: true}); t.addEventListener('message', o);
      t.addEventListener('message', () => log.push('s'), {signal: stop.signal}); const go = () => { t.dispatchEvent(new Event('message')); log.push('-') };
      go(); t.removeEventListener('message', f, {capture: false}); go(); stop.abort(); t.removeEventListener('message', o, true); go(); return log })()""",
    "ports of structuredClone": """await (async () => { const c = new MessageChannel(); const {p} = structuredClone({p: c.port2}, {transfer: [c.port2]});
      return await new Promise(done => { p.onmessage = e => done([e.data, String(p)]); c.port1.postMessage('through') }) })()""",
    "a callee's caller outside of a send": "(() => { const f = new Function('return f.caller').bind(); return typeof thrown(() => MessagePort.prototype.postMessage.caller)[1] })()",
    "identity": """[MessagePort.prototype.postMessage === MessagePort.prototype.postMessage, new Set([structuredClone, structuredClone]).size,
      addEventListener === EventTarget.prototype.addEventListener]""",
}

PAGE: dict[str, str] = {
    "refusals of the worker": """(() => { const w = navigator.serviceWorker.controller; return [() => w.postMessage(), () => w.postMessage(() => 1),
      () => ServiceWorker.prototype.postMessage.call({}, 1), () => w.postMessage({get a() { throw new Error('mine') }})].map(thrown) })()""",
    "refusals of workers": "[() => Worker('x'), () => new Worker(), () => new Worker('http://[bad'), () => new SharedWorker({toString() { throw new Error('mine') }})].map(thrown)",
    "a clean toString of a frame": """(() => { const f = document.createElement('iframe'); document.body.append(f); const w = f.contentWindow;
      const clean = w.Function.prototype.toString; const out = [clean.call(MessagePort.prototype.postMessage), clean.call(Function.prototype.toString), clean.call(clean),
      Function.prototype.toString.call(clean), Function.prototype.toString.call(w.MessagePort.prototype.postMessage), clean.call(w.structuredClone),
      Reflect.ownKeys(w).filter(k => !/^\\d+$/.test(String(k))).map(String).length, clean.call(EventTarget.prototype.addEventListener)]; f.remove(); return out })()""",
    "a frame of a document that was written": """(() => { const f = document.createElement('iframe'); document.body.append(f); f.contentDocument.open();
      f.contentDocument.write('<p>x'); f.contentDocument.close(); const w = f.contentWindow;
      const out = [w.Function.prototype.toString.call(MessagePort.prototype.postMessage), String(w.structuredClone), Reflect.ownKeys(w).length]; f.remove(); return out })()""",
    "window.onerror of an uncaught one": """await new Promise(done => { const was = window.onerror; window.onerror = (m, file, line, column, e) => { window.onerror = was;
      done([m, file, line, column, e.stack]); return true }; const s = document.createElement('script');
      s.textContent = '\\n  new MessageChannel().port1.postMessage(() => 1)\\n//# sourceURL=page.js'; document.head.append(s); s.remove() })""",
    "window.onerror of a getter's": """await new Promise(done => { const was = window.onerror; window.onerror = (m, file, line, column, e) => { window.onerror = was;
      done([m, file, line, column, e.stack]); return true }; const s = document.createElement('script');
      s.textContent = '\\n  new MessageChannel().port1.postMessage({get a() {\\n throw new Error(4) }})\\n//# sourceURL=page.js'; document.head.append(s); s.remove() })""",
    "an echo": """await new Promise(done => { navigator.serviceWorker.addEventListener('message', e => done([e.data, e.ports.length, e.origin, e.source === navigator.serviceWorker.controller,
      e.constructor.name, e.bubbles, e.eventPhase]), {once: true}); navigator.serviceWorker.startMessages(); navigator.serviceWorker.controller.postMessage({a: [1]}) })""",
    "window.postMessage": """await (async () => { const log = []; const f = e => log.push([e.data, e.source === window, e.origin, e.ports.length]); addEventListener('message', f);
      postMessage('self', '*'); await turn(); await turn(); removeEventListener('message', f); return log })()""",
    "a clean toString of a pop-up": """(() => { const w = open('', '', 'width=200'), clean = w.Function.prototype.toString; const out = [clean.call(structuredClone), clean.call(clean),
      clean.call(Function.prototype.toString), Function.prototype.toString.call(clean), Function.prototype.toString.call(w.structuredClone)]; w.close(); return out })()""",
    "a port of another realm": """await (async () => { const f = document.createElement('iframe'); document.body.append(f); const c = new f.contentWindow.MessageChannel(); const log = [];
      c.port2.onmessage = e => log.push(e.data); MessagePort.prototype.postMessage.call(c.port1, 'across'); f.contentWindow.MessagePort.prototype.postMessage.call(c.port1, 'own');
      while (log.length < 2) await turn(); f.remove(); return log })()""",
    "an uncaught value that is no error": """await new Promise(done => { const was = window.onerror; window.onerror = (m, file, line, column, e) => { window.onerror = was; done([m, file, e]); return true };
      const s = document.createElement('script'); s.textContent = 'new MessageChannel().port1.postMessage({get a() { throw 5 }})\\n//# sourceURL=page.js'; document.head.append(s); s.remove() })""",
    "no listener shows": "[onmessage, onmessageerror, onerror, navigator.serviceWorker.onmessage, document.onvisibilitychange, onpagehide]",
}

IN_WORKERS: dict[str, str] = {
    "names at its first line": "names",
    "members that appear late": "['ServiceWorkerRegistration', 'NavigationPreloadManager', 'WindowClient', 'Cache'].map(n => describeAll(self[n].prototype))",
    "refusals of clients": """await (async () => { const [c] = await clients.matchAll(); return [() => c.postMessage(), () => c.postMessage(() => 1),
      () => Client.prototype.postMessage.call({}, 1), () => c.postMessage({get a() { throw new Error('mine') }})].map(thrown) })()""",
}

POISON = r"""
globalThis.hits = [];
const native = {Reflect: Reflect.ownKeys, define: Object.defineProperty, get: Object.getOwnPropertyDescriptor, apply: Reflect.apply};
const poison = (owner, name) => { for (const key of native.Reflect(owner)) { const d = native.get(owner, key);
  if (key === 'constructor' || !d || !d.configurable) continue;
  if (typeof d.value === 'function') { const was = d.value; native.define(owner, key, {value: function () { hits[hits.length] = name + String(key); return native.apply(was, this, arguments) }}) }
  else if (d.get && key !== '__proto__') { const was = d.get; native.define(owner, key, {get: function () { hits[hits.length] = name + 'get'; return native.apply(was, this, []) }}) } } };
"""

HOSTILE: dict[str, str] = {
    "everything is replaced": "(async () => {"
    + POISON
    + r"""
      const port = new MessageChannel(), heard = new Promise(done => { port.port2.onmessage = done });
      const names = ['JSON', 'Reflect', 'Object', 'Math', 'Array', 'String', 'Map', 'WeakMap', 'Promise', 'Error', 'Symbol'];
      for (const name of names) poison(globalThis[name], name + '.');
      for (const name of [...names, 'Function', 'MessageEvent', 'Event', 'EventTarget', 'WeakSet', 'Set', 'Number', 'MessageChannel'])
        if (globalThis[name].prototype) poison(globalThis[name].prototype, name + '#');
      hits.length = 0;
      port.port1.postMessage({a: [1, {b: 2}], m: 'x'}); port.port1.postMessage('text'); port.port1.postMessage(1, [new ArrayBuffer(1)]);
      structuredClone({a: 1}); try { port.port1.postMessage(() => 1) } catch {}
      const seen = []; for (let i = 0; i < hits.length; i++) seen[i] = hits[i];
      await heard; return seen })()""",
    "setters on prototypes": r"""(async () => { const log = []; for (const key of ['0', '1', '2', '3', 'json', 'value', 'get', 'set', 'next', 'toJSON', 'number', 'tell', 'transfer', 'capture', 'once', 'signal'])
      Object.defineProperty(Object.prototype, key, {__proto__: null, configurable: true, get() { log.push('get ' + key) }, set(v) { log.push('set ' + key) }});
      for (const key of ['0', '1', '7', 'toJSON']) Object.defineProperty(Array.prototype, key, {__proto__: null, configurable: true, get() { log.push('aget ' + key) }, set(v) { log.push('aset ' + key) }});
      const c = new MessageChannel(); const log0 = log.length; c.port1.postMessage({a: {}, n: null}); c.port1.postMessage('x'); c.port1.postMessage([, 'q']);
      for (let i = 0; i < 20; i++) c.port1.postMessage({i}); const w = new WeakSet(); c.port2.addEventListener('message', () => log.push('event')); c.port2.start();
      structuredClone([1]); await new Promise(done => setTimeout(done, 60)); return JSON.stringify(log) })()""",
    "the iterator is gone": r"""(async () => { delete Array.prototype[Symbol.iterator]; Promise.prototype.then = null; MessageChannel.prototype.x = 1; JSON.stringify = null;
      const c = new MessageChannel(); for (let i = 0; i < 30; i++) c.port1.postMessage({i}); return c.port2 instanceof MessagePort })()""",
    "replacing the classes": r"""(async () => { const was = MessageChannel; MessageChannel = class extends was {}; const c = new MessageChannel(); return await new Promise(done => {
      c.port2.onmessage = e => done([e.data, c instanceof was]); c.port1.postMessage('m') }) })()""",
    "a constructor of promises": r"""(async () => { let n = 0; Object.defineProperty(Promise.prototype, 'constructor', {get() { n++; return Promise }, configurable: true});
      n = 0; const c = new MessageChannel(); for (let i = 0; i < 20; i++) c.port1.postMessage(i); const after = n; return after })()""",
    "a frozen Error": r"""(() => { Object.freeze(Error); const p = new MessageChannel().port1; let s; p.postMessage({get a() { s = 1; return 1 }}); try { p.postMessage(() => 1) } catch (e) { return [s, String(e)] } })()""",
    "no listener of the secret": r"""(async () => { const log = []; for (const t of [window, document, parent, parent.document]) { const was = t.dispatchEvent; t.dispatchEvent = function (e) { log.push(e.type); return was.call(this, e) } }
      const f = document.createElement('iframe'); document.body.append(f); f.contentWindow.eval('new MessageChannel().port1.postMessage({})'); delete parent.dispatchEvent; delete parent.document.dispatchEvent; return JSON.stringify(log) })()""",
}

SHOWN: dict[str, tuple[str, str, str]] = {
    "an error that is made during a send and whose stack is read after it": (
        "(() => { let e; new MessageChannel().port1.postMessage({get a() { e = new Error('in'); return 1 }}); return e.stack.includes('swnb-agent.js') })()",
        "false",
        "true",
    ),
    "the caller of a sloppy getter": (
        "Function(`const p = new MessageChannel().port1; let c; function get() { c = get.caller; return 1 } function outer() { p.postMessage(Object.defineProperty({}, 'a', {get, enumerable: true})) } outer(); return String(c && c.name)`)()",
        '"outer"',
        '"null"',
    ),
    "the stack hook during a send": (
        "(() => { let s; new MessageChannel().port1.postMessage({get a() { s = ['prepareStackTrace' in Error, Error.stackTraceLimit]; return 1 }}); return s })()",
        "[false,10]",
        "[true,13]",
    ),
    "a wrapper as the first frame that a stack leaves out": (
        "(() => { const o = {}; Error.captureStackTrace(o, MessagePort.prototype.postMessage); return o.stack === 'Error' })()",
        "true",
        "false",
    ),
    "sloppy functions below a send, in a hook of the page's own": (
        "Function(`const p = new MessageChannel().port1; let n; function outer() { Error.prepareStackTrace = (e, s) => { n = typeof s[1].getFunction() }; try { p.postMessage({get a() { new Error().stack; return 1 }}) } finally { delete Error.prepareStackTrace } } outer(); return n`)()",
        '"function"',
        '"undefined"',
    ),
    "a Proxy as the options of a send": (
        "(() => { let n = 0; const h = {getOwnPropertyDescriptor(t, k) { n++; return Reflect.getOwnPropertyDescriptor(t, k) }}; new MessageChannel().port1.postMessage(1, new Proxy({}, h)); return n })()",
        "0",
        "1",
    ),
    "the place of a worker's uncaught refusal, as its owner is told": (
        "await new Promise(done => { const k = new Worker(URL.createObjectURL(new Blob(['postMessage(()=>1)']))); k.onerror = e => { e.preventDefault(); done(e.filename.slice(0, 5)) } })",
        '"blob:"',
        '"swnb-"',
    ),
    "the line of a value that a getter throws and nobody catches": (
        "await new Promise(done => { const was = window.onerror; window.onerror = (m, file, line) => { window.onerror = was; done(line); return true }; const s = document.createElement('script'); s.textContent = 'new MessageChannel().port1.postMessage({get a() {\\n throw 5 }})\\n//# sourceURL=page.js'; document.head.append(s); s.remove() })",
        "2",
        "1",
    ),
    "the numbers of timers in a stream of messages": (
        "(() => { const a = setTimeout(() => 0), {port1} = new MessageChannel(); for (let i = 0; i < 40; i++) port1.postMessage(i); return setTimeout(() => 0) - a })()",
        "1",
        "2",
    ),
}
"""What cannot be hidden: expression, without the agent, with it."""

COLLECTED = """(async () => { const gone = []; globalThis.registry = new FinalizationRegistry(name => gone.push(name)); globalThis.goneNow = gone;
  const keep = (o, name) => { registry.register(o, name); return o };
  for (let i = 0; i < 5; i++) {
    const c = keep(new MessageChannel(), 'channel'); keep(c.port1, 'port'); keep(c.port2, 'port'); c.port1.postMessage({i}); c.port2.addEventListener('message', () => 1);
    const closed = new MessageChannel(); keep(closed.port1, 'closed'); closed.port1.onmessage = () => 1; closed.port1.close();
    const b = keep(new BroadcastChannel('gc'), 'broadcast'); b.postMessage({i});
    const heard = keep(new BroadcastChannel('gc'), 'heard once'), f = () => 1; heard.addEventListener('message', f); heard.removeEventListener('message', f);
    const kept = keep(new BroadcastChannel('gc'), 'heard'); kept.onmessage = () => 1;
    keep(structuredClone({a: i}), 'clone'); const o = keep({i}, 'payload'); new MessageChannel().port1.postMessage(o);
  } })()"""
"""Makes objects of which some can be collected."""
