"""What every contestant works on: the site's sources, the worker's scripts, the arrays. Pure, light to import."""

from __future__ import annotations

from typing import Final

HOST: Final = "bench.localhost"
"""The common site's host; ``--host-resolver-rules`` maps it to the server's port, as swnb does with its own."""

ORIGIN: Final = f"http://{HOST}"

CLIENTS: Final = 200
"""Controlled clients in the row with frames: home, the page with the frames, and its frames."""

SERVICE_WORKER: Final = """\
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("message", event => event.source.postMessage({echo: event.data}));
"""

INDEX: Final = "<!doctype html><title>home</title>\n"

FRAME: Final = "<!doctype html><title>frame</title>\n"

FRAMES: Final = f"""\
<!doctype html><title>frames</title>
<script>
addEventListener("DOMContentLoaded", () => {{
  for (let i = 0; i < {CLIENTS - 2}; i++) {{
    const frame = document.createElement("iframe");
    frame.src = "/frame.html?" + i;
    document.body.append(frame);
  }}
}});
</script>
<body></body>
"""

SITE: Final[dict[str, tuple[str, str]]] = {
    "/": ("text/html", INDEX),
    "/frame.html": ("text/html", FRAME),
    "/frames.html": ("text/html", FRAMES),
    "/sw.js": ("text/javascript", SERVICE_WORKER),
}
"""Path → MIME type and body. A query is no part of the path."""

REGISTER: Final = """\
navigator.serviceWorker.register("/sw.js").then(registration => new Promise(resolve => {
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  const look = () => worker.state === "activated" && resolve(worker.state);
  worker.addEventListener("statechange", look);
  look();
}))"""
"""In a page: register the worker and settle when it is activated."""

CLAIM: Final = "await clients.claim()"
"""Under `replMode` a promise is awaited only where the script says so."""

LIST: Final = (
    "clients.matchAll().then(all => all.map(c => [c.id, c.url, c.type, c.frameType, c.visibilityState, c.focused]))"
)
"""In the worker: the controlled windows, six properties each, without their names, which would only cost time."""

MIB: Final = 1 << 20

ARRAY_SIZES: Final[dict[str, int]] = {"1": MIB, "16": 16 * MIB}

MAKE_ARRAYS: Final = "".join(
    f"globalThis.array{name} = new Uint8Array({size}); for (let i = 0; i < {size}; i++) array{name}[i] = i % 251;\n"
    for name, size in ARRAY_SIZES.items()
)
"""In the worker: one global typed array for each size, with the bytes of `array_bytes`."""

ARRAY_PROOF: Final = "data.byteLength * 256 + data[data.byteLength - 1]"
"""In the worker: what shows that an array has arrived whole; `array_proof` says it in Python."""


def array_bytes(name: str) -> bytes:
    """Return the bytes of the worker's ``array<name>``."""
    size = ARRAY_SIZES[name]
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def array_proof(data: bytes) -> int:
    """Return the number that `ARRAY_PROOF` gives for these bytes."""
    return len(data) * 256 + data[-1]
