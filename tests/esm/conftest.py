"""A browser with one page for each view, which is a module of its own there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import swnb
from swnb.views.live import assets

PAGE = """<!doctype html><meta charset="utf-8"><title>%s</title>
<link rel="stylesheet" href="/style.css"><div id="place"></div><div data-swnb-still="12-ab">still</div>
<script type="module">
import widget from "/live/%s.js";
class Model {
  listeners = new Set(); sent = []; values = {words: %s, still: "12-ab", state: {}};
  get(key) { return this.values[key]; }
  set(key, value) { this.values[key] = value; }
  save_changes() { this.saved = (this.saved ?? 0) + 1; }
  on(event, f) { if (event === "msg:custom") this.listeners.add(f); }
  off(event, f) { this.listeners.delete(f); }
  send(message) { this.sent.push(message); }
  tell(message) { for (const f of [...this.listeners]) f(structuredClone(message)); }
}
globalThis.model = new Model();
globalThis.place = document.getElementById("place");
globalThis.end = widget.render({ model, el: place });
globalThis.again = (el) => widget.render({ model, el });
</script>"""


class Page:
    """A view on a fake model."""

    def __init__(self, window: swnb.Window) -> None:
        self.window = window

    def value(self, script: str) -> Any:
        """Return the value of a script in it."""
        return self.window.evaluate(script)

    def tell(self, message: dict[str, Any]) -> None:
        """Let the kernel say something."""
        self.window.evaluate("model.tell(message); 0", inputs={"message": message})

    @property
    def sent(self) -> list[dict[str, Any]]:
        """What the view said to the kernel."""
        return [dict(each) for each in json.loads(self.value("JSON.stringify(model.sent)"))]


@pytest.fixture(scope="session")
def browser() -> Iterator[swnb.Lab]:
    with swnb.Lab("esm") as lab:
        lab.site.mount("/live", Path(assets.__file__).parent)
        yield lab


@pytest.fixture
def view(browser: swnb.Lab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The view that the module's ``VIEW`` names, in the language that ``language`` says."""
    name, marker = request.module.VIEW, request.node.get_closest_marker("language")
    words = assets.words(marker.args[0] if marker is not None else "en")
    browser.site.write("/style.css", assets.css(name))
    browser.site.write("/view", PAGE % (name, name, json.dumps(words)), content_type="text/html")
    window = browser.open("/view", name="view")
    window.evaluate(
        "await new Promise(done => { const look = () => globalThis.end ? done() : setTimeout(look, 5); look(); })"
    )
    yield Page(window)
    window.close()
