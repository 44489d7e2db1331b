"""Live views where people look at them: a real JupyterLab, driven by a lab of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.notebook.front_end import Notebook, front_end, ready

CELLS = [
    "%load_ext swnb\n%sw start --quiet",
    """import swnb
lab = next(iter(swnb.Lab.running))
lab.site.write("/sw.js", '''addEventListener("install", e => e.waitUntil(skipWaiting()));
addEventListener("message", e => e.source.postMessage({echo: e.data}));''')
lab.site.write("/", "<!doctype html><title>home</title><iframe src=/f.html></iframe>")
lab.site.write("/f.html", "<!doctype html>f")
home = lab.open("/", name="home")
view = lab.views.clients()
view""",
    """lab.register("/sw.js", window=home); lab.wait("active"); lab.clients.claim()
home.evaluate("navigator.serviceWorker.controller.postMessage({hi: [1, 2]}); 0")
guest = lab.open("/", name="guest")
lab.settle()""",
    "view",
]


def write(notebook: Notebook, verb: str, text: str) -> None:
    """Press the first button of a verb, write a text into the form that comes, and send it."""
    notebook.value(f"document.querySelector('[data-verb={verb}]').click(); 0")
    script = "const input = document.querySelector('.swnb-view form input'); input.value = text; input.form.requestSubmit(); 0"
    notebook.value(script, text=text)


def rows(notebook: Notebook, nth: int = 0) -> list[str]:
    """Return the first columns of a shown table's rows."""
    script = f"""[...document.querySelectorAll(".swnb-clients")[{nth}].tBodies[0].rows].filter(r => !r.matches(".swnb-gone"))
      .map(r => [...r.cells].slice(0, 4).map(c => c.textContent.trim()).join(" | "))"""
    found: Any = notebook.value(script)
    return [str(each) for each in found]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with front_end("lab", tmp_path_factory.mktemp("jupyter"), CELLS) as found:
        found.command("notebook:run-all-cells")
        found.until("document.querySelectorAll('.swnb-clients').length === 2")
        found.until("document.querySelectorAll('.swnb-clients')[1].tBodies[0].rows.length === 4")
        yield found


def test_rows_appear_and_the_view_is_shown_twice(notebook: Notebook) -> None:
    wanted = [
        re.compile(r"home c\d+ \| ▭ window \| http://lab.localhost/ \| ● w1"),
        re.compile(r"└ c\d+ \| ▣ frame \| http://lab.localhost/f.html \| ● w1"),
        re.compile(r"guest c\d+ \| ▭ window \| http://lab.localhost/ \| ● w1"),
        re.compile(r"└ c\d+ \| ▣ frame \| http://lab.localhost/f.html \| ● w1"),
    ]
    for nth in (0, 1):
        shown = rows(notebook, nth)
        assert [bool(pattern.fullmatch(row)) for pattern, row in zip(wanted, shown, strict=True)] == [True] * 4, shown
    notebook.until("document.querySelector('.swnb-clients').textContent.includes(\"{'echo': {'hi': [1, 2]}}\")")


def test_buttons_work(notebook: Notebook) -> None:
    write(notebook, "post", "[7, null]")
    notebook.until("document.querySelectorAll('.swnb-clients')[1].textContent.includes('← w1 [7, None]')")
    write(notebook, "navigate", "http://[")
    error = notebook.until("document.querySelector('.swnb-error').textContent")
    assert error.startswith("navigate, home: ")
    assert len(error.splitlines()) == 2
    notebook.value("document.querySelectorAll('[data-verb=close]')[1].click(); 0")
    notebook.until("document.querySelector('.swnb-clients caption').textContent === '2 clients, 2 controlled'")


def test_the_saved_notebook_has_the_last_state(notebook: Notebook) -> None:
    stills = "[...document.querySelectorAll('[data-swnb-still]')]"
    notebook.until(f"{stills}.every(still => getComputedStyle(still).display === 'none')")
    notebook.until(f"{stills}.every(still => still.textContent.includes('2 clients, 2 ended, 2 controlled'))")
    saved = notebook.saved()
    assert "widgets" not in saved["metadata"]
    for nth in (1, 3):
        widget, still = saved["cells"][nth]["outputs"]
        assert set(widget["data"]) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
        html = "".join(still["data"]["text/html"])
        assert "<script" not in html
        assert html.count("<tr>") == 3
        assert "".join(still["data"]["text/plain"]).startswith("label  name")


def test_the_theme_gives_the_colours(notebook: Notebook) -> None:
    ground = "getComputedStyle(document.querySelector('.swnb-view')).backgroundColor"
    light = notebook.value(ground)
    notebook.theme("JupyterLab Dark")
    notebook.until(f"{ground} !== {json.dumps(light)}")


def test_a_page_that_is_loaded_anew_shows_what_is_there(notebook: Notebook) -> None:
    notebook.saved()
    notebook.window.reload()
    ready(notebook, len(CELLS))
    notebook.until("document.querySelectorAll('.swnb-clients').length === 2")
    notebook.until("document.querySelector('.swnb-clients').tBodies[0].rows.length === 2")
    assert [row.split(" | ")[1] for row in rows(notebook)] == ["▭ window", "▣ frame"]


def test_after_the_lab_s_end_its_last_state_stays(notebook: Notebook) -> None:
    notebook.run("lab.stop()")
    notebook.until(
        "[...document.querySelectorAll('.swnb-view [role=status]')].every(e => e.textContent.includes('has ended'))"
    )
    assert len(rows(notebook)) == 2
    notebook.value("document.querySelector('[data-verb=reload]').click(); 0")
    assert "has ended" in notebook.until("document.querySelector('.swnb-error').textContent")
    notebook.saved()
    notebook.window.reload()
    ready(notebook, len(CELLS))
    notebook.until("document.querySelectorAll('.swnb-clients').length === 2")
    notebook.until("document.querySelector('.swnb-clients').tBodies[0].rows.length === 2")
