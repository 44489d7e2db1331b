"""The dashboard: its tabs, and what it passes on to the views in them and from them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.esm.conftest import Page

VIEW = "dashboard"

TABS = ["clients", "timeline", "workers", "notifications", "console"]

BEGIN = """end(); place.replaceChildren(); model.sent = []; model.values.tabs = {tabs}; model.values.state = {state};
globalThis.end = again(place); 0"""

SEEN = """[...place.querySelectorAll('.swnb-panel')].map(panel => [panel.id.split('-').at(-1), panel.getAttribute('role'),
  panel.hidden ? 'hidden' : 'seen', document.getElementById(panel.getAttribute('aria-labelledby')).textContent].join(' '))"""


def begin(view: Page, state: str = "{tab: 'clients', layout: 'tabs'}", tabs: list[str] | None = None) -> Page:
    view.value(BEGIN.format(tabs=TABS if tabs is None else tabs, state=state))
    return view


def tell(view: Page, name: str, say: dict[str, Any]) -> None:
    view.tell({"do": "of", "view": name, "say": say})


def row(label: str) -> dict[str, Any]:
    told = {"key": label, "nth": 0, "label": label, "name": "home", "kind": "window", "url": "http://lab.localhost/"}
    return told | {"controller": "", "visibility": "", "focused": False, "within": "", "since": 0, "last": None}


def test_only_what_is_seen_begins(view: Page) -> None:
    begin(view)
    assert view.sent == [{"do": "of", "view": "clients", "say": {"do": "show"}}, {"do": "show"}]
    assert view.value(SEEN) == [
        "clients tabpanel seen Clients",
        "timeline tabpanel hidden Timeline",
        "workers tabpanel hidden Workers",
        "notifications tabpanel hidden Notifications",
        "console tabpanel hidden Console",
    ]
    view.value("place.querySelector('[id$=-workers-tab]').click(); 0")
    assert view.sent[2:] == [{"do": "of", "view": "workers", "say": {"do": "show"}}]
    assert [line.split()[2] for line in view.value(SEEN)] == ["hidden", "hidden", "seen", "hidden", "hidden"]
    view.value("place.querySelector('[id$=-clients-tab]').click(); 0")
    assert len(view.sent) == 3  # it had begun


def test_a_view_in_it_hears_and_says_its_own(view: Page) -> None:
    begin(view)
    tell(view, "clients", {"do": "all", "from": 1, "rows": [row("c1")], "gone": [], "ended": False})
    tell(view, "workers", {"do": "all", "from": 1, "rows": [row("c2")], "gone": [], "ended": False})
    assert (
        view.value("[...place.querySelectorAll('.swnb-clients tbody tr')].map(tr => tr.dataset.client).join()") == "c1"
    )
    view.value("place.querySelector('[data-verb=focus]').click(); 0")
    said = view.sent[-1]
    assert (said["do"], said["view"], said["say"]["verb"], said["say"]["of"]) == ("of", "clients", "focus", "c1")
    tell(view, "clients", {"do": "acted", "id": said["say"]["id"], "error": "no\ndo <b>this</b>"})
    assert view.value("await 0; await 0; place.querySelector('.swnb-error').textContent").endswith("no\ndo <b>this</b>")
    tell(view, "nobody", {"do": "all"})  # of a kernel with other views


def test_the_state_of_each_view_is_kept_beside_the_tab(view: Page) -> None:
    begin(view, "{tab: 'console', layout: 'tabs', views: {timeline: {mode: 'time'}}}")
    view.value(
        "const text = place.querySelector('[id$=-console] input'); text.value = 'x'; text.dispatchEvent(new Event('input')); 0"
    )
    kept = "JSON.stringify([model.values.state.tab, model.values.state.views.timeline])"
    view.value("await new Promise(done => setTimeout(done, 400))")
    assert view.value(kept) == '["console",{"mode":"time"}]'
    assert "x" in view.value("JSON.stringify(model.values.state.views.console)")
    view.value("place.querySelector('[id$=-clients-tab]').click(); 0")
    assert (
        view.value("[model.values.state.tab, Object.keys(model.values.state.views).sort().join()].join()")
        == "clients,console,timeline"
    )
    assert view.value("model.saved") > 0


def test_keys_turn_the_tabs(view: Page) -> None:
    begin(view)
    view.value("place.querySelector('[role=tab]').focus(); 0")
    for key, name in [
        ("ArrowRight", "timeline"),
        ("ArrowLeft", "clients"),
        ("ArrowLeft", "console"),
        ("Home", "clients"),
        ("End", "console"),
    ]:
        view.value(
            f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}})); 0"
        )
        assert view.value("document.activeElement.id").endswith(f"-{name}-tab")
        selected = (
            "[...place.querySelectorAll('[role=tab]')].filter(t => t.ariaSelected === 'true' && t.tabIndex === 0)"
        )
        assert view.value(f"{selected}.map(t => t.id.split('-').at(-2)).join()") == name
    assert view.value("[...place.querySelectorAll('[role=tab]')].filter(t => t.tabIndex === 0).length") == 1
    assert view.value("place.querySelector('[role=tablist]').ariaLabel") == "dashboard"
    panels = "[...place.querySelectorAll('[role=tab]')].map(t => document.getElementById(t.getAttribute('aria-controls')).tagName)"
    assert view.value(panels) == ["SECTION"] * len(TABS)


def test_a_tab_says_that_something_is_new_until_it_is_seen(view: Page) -> None:
    begin(view)
    view.tell({"do": "all", "fresh": ["console"], "ended": False})
    view.tell({"do": "news", "from": 3, "fresh": ["clients", "notifications", "<b>"]})
    names = "[...place.querySelectorAll('[role=tab]')].map(t => t.ariaLabel ?? t.textContent)"
    assert view.value(names) == [
        "Clients",
        "Timeline",
        "Workers",
        "Notifications, something new",
        "Console, something new",
    ]
    view.value("place.querySelector('[id$=-notifications-tab]').click(); 0")
    assert view.value(names) == ["Clients", "Timeline", "Workers", "Notifications", "Console, something new"]
    view.value("place.querySelector('.swnb-arrange').click(); 0")
    assert view.value(names) == ["Clients", "Timeline", "Workers", "Notifications", "Console"]


def test_side_by_side_all_are_seen(view: Page) -> None:
    begin(view, "{layout: 'side', tab: 'console'}")
    assert [line.split()[:3] for line in view.value(SEEN)] == [[name, "region", "seen"] for name in TABS]
    assert [said["view"] for said in view.sent[:-1]] == TABS
    assert view.value("place.querySelector('[role=tablist]').hidden") is True
    assert view.value("[...place.querySelectorAll('h3')].every(h => h.checkVisibility())") is True
    view.value("place.querySelector('.swnb-arrange').click(); 0")
    assert [line.split()[2] for line in view.value(SEEN)] == ["hidden"] * 4 + ["seen"]
    assert view.value("model.values.state.layout") == "tabs"


@pytest.mark.parametrize(
    "state", ["undefined", "null", "{tab: 'constructor', layout: 7}", "{tab: '__proto__', views: null}"]
)
def test_a_state_of_another_version_does_no_harm(view: Page, state: str) -> None:
    begin(view, state, ["clients", "constructor", "newer"])
    assert view.value(SEEN) == ["clients tabpanel seen Clients"]


def test_it_ends_with_all_its_views(view: Page) -> None:
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "none"
    begin(view, "{layout: 'side'}")
    assert view.value("model.listeners.size") == 1
    view.value("end(); 0")
    assert view.value("model.listeners.size") == 0
    assert view.value("getComputedStyle(document.querySelector('[data-swnb-still]')).display") == "block"
    tell(view, "clients", {"do": "all", "from": 1, "rows": [row("c1")], "gone": [], "ended": False})
    assert view.value("place.querySelectorAll('.swnb-clients tbody tr').length") == 0


def test_a_view_that_cannot_begin_leaves_the_others(view: Page) -> None:
    begin(view, "{layout: 'side', views: {get timeline() { throw new Error('<b>no</b>'); }}}")
    errors = "[...place.querySelectorAll('.swnb-panel')].map(p => p.querySelector('[role=alert]')?.textContent ?? '')"
    assert view.value(errors)[1] == "Error: <b>no</b>"
    assert [said.get("view") for said in view.sent] == [name for name in TABS if name != "timeline"] + [None]


@pytest.mark.language("fr")
def test_it_speaks_another_language(view: Page) -> None:
    begin(view)
    titles = view.value("[...place.querySelectorAll('[role=tab]')].map(t => t.textContent).join()")
    assert titles == "Clients,Chronologie,Workers,Notifications,Console"
    assert view.value("place.querySelector('.swnb-arrange').textContent") == "▥ côte à côte"
