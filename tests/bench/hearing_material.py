"""The pages and workers that the rows of hearing work with. Pure, light to import."""

from __future__ import annotations

import json
from typing import Any, Final

ORIGIN: Final = "http://lab.localhost"

LENGTH: Final = 200
"""Characters of a message, all of them ASCII: as many bytes on the wire and in the log's JSON (its quotes not counted)."""

IN_FLIGHT: Final = 1000
"""How many messages are on their way at once."""

DIGITS: Final = 8
"""Of a serial number; a message begins with it."""

TEXT: Final = f"""
const tail = "x".repeat({LENGTH - DIGITS});
const text = serial => String(serial).padStart({DIGITS}, "0") + tail;
const serialOf = message => Number(message.slice(0, {DIGITS}));
"""

SKIP: Final = 'addEventListener("install", event => event.waitUntil(skipWaiting()));\n'

ECHO: Final = SKIP + 'addEventListener("message", event => event.source.postMessage(event.data));\n'
"""A worker that sends back what it gets."""

BURST: Final = f"""<!doctype html><title>messages</title><script>
{TEXT}
const container = navigator.serviceWorker;
globalThis.burst = (first, count) => new Promise(resolve => {{
  const worker = container.controller, end = first + count;
  let next = first, expected = first, wrong = 0;
  container.onmessage = event => {{
    if (serialOf(event.data) !== expected) wrong++;
    expected++;
    if (next < end) worker.postMessage(text(next++));
    if (expected === end) resolve([performance.now() - begin, wrong]);
  }};
  const begin = performance.now();
  while (next < end && next < first + {IN_FLIGHT}) worker.postMessage(text(next++));
}});
</script>
"""
"""``burst(first, count)`` posts so many messages, and gives the milliseconds until all are back, and how many came out of turn."""

BATCHES: Final = f"""<!doctype html><title>facts</title><script>
{TEXT}
globalThis.spread = count => new Promise(resolve => {{  // there and back by a pair of ports, each in a turn of its own
  const {{port1, port2}} = new MessageChannel();
  let next = 0, back = 0;
  port2.onmessage = event => port2.postMessage(event.data);
  port1.onmessage = () => {{
    if (next < count) port1.postMessage(text(next++));
    if (++back === count) resolve(count);
  }};
  while (next < count && next < 20) port1.postMessage(text(next++));
}});
globalThis.crowded = count => new Promise(resolve => {{  // all in one turn
  const {{port1, port2}} = new MessageChannel();
  let left = count;
  port2.onmessage = () => --left === 0 && resolve(count);
  for (let i = 0; i < count; i++) port1.postMessage(text(i));
}});
globalThis.replay = (name, serial, times) => {{
  const binding = globalThis[name];
  setTimeout(() => {{
    for (let i = 0; i < times; i++) for (const batch of batches) binding("[" + serial++ + batch);
  }}, 50);
}};
</script>
"""
"""``spread`` and ``crowded`` make an agent tell; ``replay`` says the same batches again (``batches``, their numbers cut off)."""

TRAFFIC: Final = """<!doctype html><title>stops</title><script>
const container = navigator.serviceWorker;
globalThis.posted = 0;
globalThis.heard = [];
container.onmessage = event => heard.push(event.data);
globalThis.open = true;
let last = 0;
const post = () => {
  const answered = heard.length ? heard[heard.length - 1].p : -1, late = performance.now() - last > 50;
  for (let i = 0; open && i < 8 && (late || posted - answered < 60); i++) {
    container.controller.postMessage({p: posted++});
    last = performance.now();
  }
  if (open) setTimeout(post, 1);
};
globalThis.begin = () => { post(); return 0; };
globalThis.end = () => { open = false; return posted; };
</script>
"""
"""A page that posts numbered messages all the time, some in flight at once, and remembers what it gets. It goes on, more slowly,
where nothing comes back: all that is on its way may be lost."""

ANSWER: Final = (
    SKIP
    + """
const life = Math.random().toString(36).slice(2);
let received = 0;
addEventListener("message", event => event.source.postMessage({life, nth: ++received, p: event.data.p}));
"""
)
"""A worker that answers each message with its number, the worker's life, and which one of that life it was."""


def repeatable(payloads: list[str]) -> list[str]:
    """Return the batches without what can be said but once: that a pair of ports was made. After the last nothing is held back."""
    kept: list[list[Any]] = []
    for payload in payloads:
        serial, more, facts = json.loads(payload)
        lasting = [fact for fact in facts if fact[0] != "ports"]
        if lasting:
            kept.append([serial, more, lasting])
    kept[-1][1] = 0
    return [json.dumps(batch, separators=(",", ":"), ensure_ascii=False) for batch in kept]


def batch_tails(payloads: list[str]) -> list[str]:
    """Return batches without their serial numbers, as ``replay`` wants them: ``[7,0,[…]]`` → ``,0,[…]]``."""
    return [payload[payload.index(",") :] for payload in payloads]


def facts_in(payloads: list[str]) -> int:
    """Return how many facts some batches have."""
    return sum(len(json.loads(payload)[2]) for payload in payloads)
