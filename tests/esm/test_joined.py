"""A view's whole module, as a notebook gets it: nothing is drawn, and nothing hidden, as long as no kernel answers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import swnb
from swnb.views.live import assets
from tests.esm.conftest import PAGE, Page

VIEWS = ["clients", "console", "dashboard", "notifications", "timeline", "workers"]

STILL = "getComputedStyle(document.querySelector('[data-swnb-still]')).display"


@pytest.fixture(params=VIEWS)
def view(browser: swnb.Lab, request: pytest.FixtureRequest) -> Iterator[Page]:
    name = request.param
    browser.site.write(f"/joined/{name}.js", assets.esm(name), content_type="text/javascript")
    page = PAGE % (name, name, json.dumps(assets.words("en")))
    browser.site.write("/joined", page.replace('"/live/', '"/joined/'), content_type="text/html")
    window = browser.open("/joined", name="joined")
    window.evaluate(
        "await new Promise(done => { const look = () => globalThis.end ? done() : setTimeout(look, 5); look(); })"
    )
    yield Page(window)
    window.close()


def test_it_begins_when_a_kernel_answers(view: Page) -> None:
    assert view.sent == [{"do": "hello"}]
    assert view.value("place.childElementCount") == 0
    assert view.value(STILL) == "block"
    view.tell({"do": "news", "from": 1})  # it was meant for another place
    assert view.value("place.childElementCount") == 0
    view.tell({"do": "hello"})
    assert {"do": "show"} in view.sent
    assert view.value("place.querySelectorAll('.swnb-view').length") >= 1
    assert view.value(STILL) == "none"
    drawn = view.value("place.childElementCount")
    view.tell({"do": "hello"})  # of another place of the same view
    assert view.value("place.childElementCount") == drawn
    view.value("end(); 0")
    assert view.value(STILL) == "block"


def test_one_that_ends_before_an_answer_never_begins(view: Page) -> None:
    view.value("end(); 0")
    view.tell({"do": "hello"})
    assert view.value("place.childElementCount") == 0
    assert view.value("model.listeners.size") == 0


def test_a_button_s_keys_are_not_the_notebook_s(view: Page) -> None:
    view.tell({"do": "hello"})
    view.value("globalThis.heard = []; document.onkeydown = event => { heard.push(event.key); }; 0")
    press = "place.dispatchEvent(new KeyboardEvent('keydown', {key, ctrlKey: control, bubbles: true})); 0"
    for key, control in [("Enter", False), ("d", False), ("ArrowDown", False), ("s", True), ("Escape", False)]:
        view.window.evaluate(press, inputs={"key": key, "control": control})
    assert view.value("heard.join()") == "s,Escape"
