"""Scripts and pages that many tests begin with."""

from __future__ import annotations

from typing import cast

import swnb

SKIP = "addEventListener('install', e => e.waitUntil(skipWaiting()));\n"
CLAIM = "addEventListener('activate', e => e.waitUntil(clients.claim()));\n"
EAGER = SKIP + CLAIM
"""Controls every page of its scope as soon as it is registered."""

HEAR = """
globalThis.heard = new Promise(resolve => navigator.serviceWorker.addEventListener('message', e => resolve(e)));
navigator.serviceWorker.startMessages();
0
"""
"""Makes a page remember the first message from a worker."""


def script(lab: swnb.Lab, source: str = EAGER, path: str = "/sw.js") -> str:
    lab.site.write(path, source)
    return path


def page(lab: swnb.Lab, path: str = "/", name: str | None = None, body: str = "") -> swnb.Window:
    """Open a window at a page with `body`."""
    lab.site.write(path.partition("#")[0], f"<!doctype html><title>{path}</title>{body}", content_type="text/html")
    return lab.open(path, name=name)


def controlled(lab: swnb.Lab, name: str = "home", source: str = EAGER, body: str = "") -> swnb.Window:
    """Open a window that an active worker controls."""
    window = page(lab, "/", name, body)
    lab.register(script(lab, source), scope="/", window=window)
    lab.wait("active")
    if source is EAGER:
        lab.wait("controlled", window=name)
    return window


def window_client(lab: swnb.Lab, name: str = "home") -> swnb.WindowClient:
    """Return the client of a window, which there is."""
    client = lab.clients.get(name)
    assert isinstance(client, swnb.WindowClient)
    return client


def text(value: object) -> str:
    assert isinstance(value, str)
    return value


def listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return cast("list[object]", value)
