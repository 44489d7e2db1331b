"""Live views in Notebook 7: the same parts as in JupyterLab, put together in another way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notebook.front_end import Notebook, front_end, ready

pytestmark = pytest.mark.slow

CELLS = [
    "%load_ext swnb\nlab = %sw start",
    """lab.site.write("/sw.js", '''addEventListener("install", e => e.waitUntil(skipWaiting()));
addEventListener("message", e => e.source.postMessage({echo: e.data}));''')
lab.site.write("/", "<!doctype html><title>home</title><script>navigator.serviceWorker.onmessage = () => 0</script>")
home = lab.open("/", name="home")
lab.register("/sw.js", window=home); lab.wait("active"); lab.clients.claim()
home.evaluate("navigator.serviceWorker.controller.postMessage({hi: [1, 2]}); console.warn('beware'); 0");""",
    "%sw clients --live",
    "%sw timeline --live",
]

TABLES = "[...document.querySelectorAll('.swnb-clients')]"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with front_end("notebook", tmp_path_factory.mktemp("jupyter"), CELLS) as found:
        found.command("notebook:run-all-cells")
        found.until(f"{TABLES}.length === 2 && {TABLES}.every(table => table.tBodies[0].rows.length === 1)")
        found.idle()
        yield found


def test_rows_and_arrows_appear(notebook: Notebook) -> None:
    notebook.until(f"{TABLES}.every(table => table.innerText.includes(\"{{'echo': {{'hi': [1, 2]}}}}\"))")
    notebook.until("[...document.querySelectorAll('.jp-OutputArea-output')].at(-2).innerText.includes('{hi: [1, 2]}')")
    notebook.picture("notebook7-dashboard-light", ".swnb-dashboard")


def test_a_button_works_while_a_cell_blocks(notebook: Notebook) -> None:
    notebook.begin("import time; time.sleep(3)")
    notebook.value("document.querySelectorAll('[data-verb=post]')[1].focus(); 0")
    notebook.press("Enter")
    notebook.until("document.activeElement.matches('.swnb-view form input')")
    notebook.window.page.keyboard.type('"typed, x x"')
    notebook.press("Enter")
    notebook.until(f"{TABLES}.every(table => table.innerText.includes('typed, x x'))", limit_s=2.5)
    notebook.idle()
    assert notebook.value("document.querySelectorAll('.jp-Cell').length") == len(CELLS) + 1


def test_the_theme_gives_the_colours(notebook: Notebook) -> None:
    ground = "getComputedStyle(document.querySelector('.swnb-view')).backgroundColor"
    light = notebook.value(ground)
    notebook.theme("JupyterLab Dark")
    notebook.until(f"{ground} !== light", light=light)
    notebook.picture("notebook7-dashboard-dark", ".swnb-dashboard")


def test_a_page_that_is_loaded_anew_shows_what_is_there(notebook: Notebook) -> None:
    notebook.value("document.querySelector('[id$=-console-tab]').click(); 0")
    notebook.until("document.querySelector('[id$=-console]').innerText.includes('beware')")
    notebook.saved()
    notebook.window.reload()
    ready(notebook, len(CELLS))
    notebook.until("document.querySelector('[id$=-console]')?.innerText.includes('beware')")
    notebook.until(
        f"{TABLES}.length === 1 && {TABLES}[0].tBodies[0].rows.length === 1"
    )  # that of the dashboard is not asked for


def test_the_saved_notebook_has_the_static_forms(notebook: Notebook) -> None:
    notebook.run("%sw snapshot")
    saved = notebook.saved()
    assert "widgets" not in saved["metadata"]
    stills = [
        "".join(output["data"].get("text/html", "")) for nth in (0, 2, 3) for output in saved["cells"][nth]["outputs"]
    ]
    assert [("typed, x x" in still) for still in stills if still] == [True, False, True]
    assert "<strong>home</strong>" in stills[3]


def test_the_end_and_another_kernel(notebook: Notebook) -> None:
    notebook.run("%sw stop")
    notebook.until("document.querySelector('.swnb-dashboard').innerText.includes('has ended')")
    notebook.run("%sw start;")
    notebook.run("%sw dashboard")
    notebook.until("document.querySelectorAll('.swnb-dashboard').length === 2")
    notebook.until("document.querySelectorAll('.swnb-dashboard')[1].innerText.includes('no clients')")
    assert notebook.console_errors() == []
