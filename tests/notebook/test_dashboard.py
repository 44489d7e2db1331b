"""The dashboard where people look at it: JupyterLab, with a real kernel that drives a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notebook.front_end import Notebook, front_end, ready, stripped

pytestmark = pytest.mark.slow

TABS = ["clients", "timeline", "workers", "notifications", "console"]

CELLS = [
    "%load_ext swnb\nlab = %sw start",
    """lab.site.write("/sw.js", '''addEventListener("install", e => e.waitUntil(skipWaiting()));
addEventListener("message", e => e.source.postMessage({echo: e.data}));''')
lab.site.write("/", "<!doctype html><title>home</title><script>navigator.serviceWorker.onmessage = () => 0</script>")
home = lab.open("/", name="home")
lab.register("/sw.js", window=home); lab.wait("active"); lab.clients.claim()
home.evaluate("navigator.serviceWorker.controller.postMessage({hi: [1, 2]}); console.warn('beware', {of: 1}); 0")
lab.permissions.set("notifications", "granted")
show = "registration.showNotification('Lunch?', {body: 'at noon', actions: [{action: 'yes', title: 'Yes'}]})"
lab.settle()""",
]

STILL = "document.querySelector('[data-swnb-still]')"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with front_end("lab", tmp_path_factory.mktemp("jupyter"), CELLS) as found:
        found.command("notebook:run-all-cells")
        found.until("document.querySelector('.swnb-clients')?.tBodies[0].rows[0]?.innerText.includes('● w1')")
        found.idle()
        yield found


def choose(notebook: Notebook, name: str, nth: int = 0) -> None:
    """Click a tab of the dashboard at a place."""
    script = "document.querySelectorAll('.swnb-dashboard')[nth].querySelector(`[id$='-${name}-tab']`).click(); 0"
    notebook.value(script, name=name, nth=nth)
    notebook.until(
        f"document.querySelectorAll('.swnb-dashboard')[{nth}].querySelector('[id$=-{name}]').checkVisibility()"
    )


def tabs(notebook: Notebook, nth: int = 0) -> list[str]:
    """Return what the tabs are called for who does not see them."""
    script = "[...document.querySelectorAll('.swnb-dashboard')[nth].querySelectorAll('[role=tab]')]"
    found: Any = notebook.value(f"{script}.map(tab => tab.ariaLabel ?? tab.textContent)", nth=nth)
    return [str(each) for each in found]


def test_the_start_shows_it_and_rows_appear(notebook: Notebook) -> None:
    assert tabs(notebook)[0] == "Clients"
    row = notebook.value("document.querySelector('.swnb-clients').tBodies[0].rows[0].innerText")
    assert row.startswith("home")
    assert "● w1" in row
    assert notebook.value(f"getComputedStyle({STILL}).display") == "none"
    assert notebook.output(1) == ""


def test_each_view_draws_when_its_tab_is_chosen(notebook: Notebook) -> None:
    wanted = {"timeline": "{hi: [1, 2]}", "workers": "/sw.js", "notifications": "no notifications", "console": "beware"}
    for name, text in wanted.items():
        choose(notebook, name)
        notebook.until(f"document.querySelector('.swnb-dashboard [id$=-{name}]').innerText.includes(text)", text=text)
    assert notebook.value("document.querySelectorAll('.swnb-dashboard [role=alert]:not(:empty)').length") == 0


def test_a_tab_says_that_something_is_new(notebook: Notebook) -> None:
    choose(notebook, "clients")
    assert tabs(notebook)[3] == "Notifications"
    notebook.run("lab.worker.evaluate(show);")
    notebook.until(
        "document.querySelector('.swnb-dashboard [id$=-notifications-tab]').ariaLabel?.includes('something new')"
    )
    choose(notebook, "notifications")
    notebook.until("document.querySelector('.swnb-dashboard [id$=-notifications]').innerText.includes('Lunch?')")
    assert tabs(notebook)[3] == "Notifications"


def test_the_keyboard_reaches_everything(notebook: Notebook) -> None:
    notebook.value("document.querySelector('.swnb-dashboard [id$=-notifications-tab]').focus(); 0")
    for key, name in [("Home", "clients"), ("ArrowRight", "timeline"), ("End", "console"), ("ArrowRight", "clients")]:
        notebook.press(key)
        notebook.until(
            f"document.activeElement.id.endsWith('-{name}-tab') && document.activeElement.ariaSelected === 'true'"
        )
    notebook.value("document.querySelector('.swnb-clients [data-verb=post]').focus(); 0")
    notebook.press("Enter")  # which is the notebook's own where a cell is focused
    notebook.until("document.activeElement === document.querySelector('.swnb-view form input')")
    notebook.window.page.keyboard.type('"by the keyboard, d d"')
    notebook.press("Enter")
    notebook.until("document.querySelector('.swnb-clients').innerText.includes('by the keyboard, d d')")
    assert notebook.value("jupyterapp.shell.currentWidget.content.mode") == "command"
    assert len(notebook.saved()["cells"]) == 3  # none was deleted


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_pictures_of_each_view_in_both_themes(notebook: Notebook, theme: str) -> None:
    notebook.theme(theme)
    dark = theme.endswith("Dark")
    shade = "Math.max(...getComputedStyle(document.querySelector('.swnb-dashboard')).backgroundColor.match(/\\d+/g).slice(0, 3))"
    notebook.until(f"{shade} < 80" if dark else f"{shade} > 200")
    for name in TABS:
        choose(notebook, name)
        path = notebook.picture(f"dashboard-{name}-{'dark' if dark else 'light'}", ".swnb-dashboard")
        assert path.read_bytes().startswith(b"\x89PNG")
    notebook.value("document.querySelector('.swnb-arrange').click(); 0")
    notebook.until("[...document.querySelectorAll('.swnb-panel')].every(panel => panel.checkVisibility())")
    notebook.picture(f"dashboard-side-{'dark' if dark else 'light'}", ".swnb-dashboard")
    notebook.value("document.querySelector('.swnb-arrange').click(); 0")


def test_it_is_shown_twice_and_both_follow(notebook: Notebook) -> None:
    notebook.run("view = %sw dashboard --language fr;")
    notebook.run("view")
    notebook.begin("view")
    notebook.until("document.querySelectorAll('.swnb-dashboard').length === 3")
    notebook.until(
        "[...document.querySelectorAll('.swnb-clients')].filter(t => t.tBodies[0].rows.length === 1).length === 3"
    )
    assert tabs(notebook, 1)[1].startswith("Chronologie")
    choose(notebook, "console", 1)
    notebook.until(
        "document.querySelectorAll('.swnb-dashboard')[2].querySelector('[id$=-console-tab]').ariaSelected === 'true'"
    )
    notebook.run("home.evaluate('console.error(\"for all\"); 0');")
    texts = "[...document.querySelectorAll('.swnb-dashboard')].slice(1).map(d => d.querySelector('[id$=-console]').innerText)"
    notebook.until(f"{texts}.every(text => text.includes('for all'))")
    assert "view.state" not in notebook.run("(view.state['tab'], view.state['layout'])")
    assert "('console', 'tabs')" in notebook.output()


def test_a_snapshot_brings_what_is_kept_up_to_date(notebook: Notebook) -> None:
    said = notebook.run('lab.open("/", name="guest")\n%sw snapshot')
    assert "15 views of the lab as it is now" not in said  # two places of one view are one view
    assert "10 views of the lab as it is now" in said
    stills = "[...document.querySelectorAll('[data-swnb-still]')]"
    notebook.until(f"{stills}.length === 3 && {stills}.every(still => still.textContent.includes('guest'))")


def test_a_page_that_is_loaded_anew_has_tab_and_layout(notebook: Notebook) -> None:
    notebook.value("document.querySelector('.swnb-arrange').click(); 0")
    notebook.until("document.querySelector('.swnb-side [id$=-workers]')?.innerText.includes('/sw.js')")
    notebook.saved()
    notebook.window.reload()
    ready(notebook, len(CELLS))
    notebook.until("document.querySelectorAll('.swnb-dashboard').length === 3")
    notebook.until("document.querySelector('.swnb-dashboard .swnb-side [id$=-workers]')?.innerText.includes('/sw.js')")
    notebook.until(
        "document.querySelectorAll('.swnb-dashboard')[1].querySelector('[id$=-console]').innerText.includes('for all')"
    )
    notebook.until("document.querySelector('.swnb-clients').tBodies[0].rows.length === 2")


def test_the_saved_notebook_reads_without_any_style(notebook: Notebook) -> None:
    saved = notebook.saved()
    assert "widgets" not in saved["metadata"]
    living, still = (output["data"] for output in saved["cells"][0]["outputs"])
    assert set(living) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert "".join(living["text/plain"]) == "<Dashboard of lab 'lab'>"
    assert "".join(still["text/plain"]) == ""
    html = "".join(still["text/html"])
    assert "<script" not in html
    bare = stripped(html)
    for title in ("Clients", "Timeline", "Workers", "Notifications", "Console"):
        assert f"<h4>{title}</h4>" in bare
    for text in ("guest", "● <bdi><strong>w1</strong></bdi>", "by the keyboard, d d", "/sw.js", "Lunch?", "beware"):
        assert text in bare, text
    assert bare.count("<table>") >= 5


def test_after_the_end_the_last_state_stays_and_another_lab_can_begin(notebook: Notebook) -> None:
    notebook.run("%sw stop")
    notebook.until("[...document.querySelectorAll('.swnb-clients')].every(t => t.tBodies[0].rows.length === 2)")
    notebook.until("document.querySelector('.swnb-dashboard').innerText.includes('The lab has ended')")
    notebook.run("again = lab.dashboard()\nagain")
    notebook.until("document.querySelectorAll('.swnb-dashboard').length === 4")
    notebook.until(
        "[...document.querySelectorAll('.swnb-dashboard')].at(-1).querySelector('.swnb-clients')?.tBodies[0].rows.length === 2"
    )
    stills = "[...document.querySelectorAll('[data-swnb-still]')].map(still => still.textContent)"
    assert all("guest" in text for text in notebook.value(stills))
    notebook.run('second = %sw start\nsecond.site.write("/", "<!doctype html>two"); second.open("/", name="another");')
    notebook.until("[...document.querySelectorAll('.swnb-dashboard')].at(-1).innerText.includes('another')")
    assert "another" not in notebook.value("document.querySelector('.swnb-dashboard').innerText")


def test_nothing_went_wrong_in_the_page(notebook: Notebook) -> None:
    assert notebook.console_errors() == []
