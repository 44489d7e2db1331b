"""Live views where people look at them: a real JupyterLab, driven by a lab of ours."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

import swnb

LIMIT_S = 60.0

CELLS = [
    "%load_ext swnb\n%sw start",
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


class Notebook:
    """A notebook in a JupyterLab, and the window that shows it."""

    def __init__(self, window: swnb.Window, path: Path) -> None:
        self.window = window
        self.path = path

    def until(self, script: str) -> Any:
        """Return the value of a script as soon as it is true."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            found = self.window.evaluate(script)
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{script} did not come: {self.window.evaluate('document.body.innerText')}")

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command of JupyterLab's."""
        self.window.evaluate(f"jupyterapp.commands.execute({json.dumps(name)}, {json.dumps(arguments)}); 0")

    def write(self, verb: str, text: str) -> None:
        """Press the first button of a verb, write a text into the form that comes, and send it."""
        self.window.evaluate(f"document.querySelector('[data-verb={verb}]').click(); 0")
        script = "const input = document.querySelector('.swnb-view form input'); input.value = text; input.form.requestSubmit(); 0"
        self.window.evaluate(script, inputs={"text": text})

    def saved(self) -> Any:
        """Save, and return what is in the file."""
        before = self.path.stat().st_mtime_ns
        self.command("docmanager:save")
        deadline = time.monotonic() + LIMIT_S
        while self.path.stat().st_mtime_ns == before and time.monotonic() < deadline:
            time.sleep(0.1)
        return json.loads(self.path.read_text("utf-8"))

    def rows(self, nth: int = 0) -> list[str]:
        """Return the first columns of a shown table's rows."""
        script = f"""[...document.querySelectorAll(".swnb-clients")[{nth}].tBodies[0].rows].filter(r => !r.matches(".swnb-gone"))
          .map(r => [...r.cells].slice(0, 4).map(c => c.textContent.trim()).join(" | "))"""
        found: Any = self.window.evaluate(script)
        return [str(each) for each in found]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    root = tmp_path_factory.mktemp("jupyter")
    path = root / "work" / "live.ipynb"
    path.parent.mkdir()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made: Any = nbformat
    cells = [made.v4.new_code_cell(source) for source in CELLS]
    made.write(made.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{each}_DIR": str(root / each.lower()) for each in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--IdentityProvider.token=t",
        f"--ServerApp.root_dir={path.parent}",
    ]
    options += ["--LabApp.news_url=None", "--LabApp.expose_app_in_browser=True"]
    with (root / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=os.environ | folders,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        with swnb.Lab("driver", open_network=True, arguments=["--window-size=1400,1000"], timeout_s=LIMIT_S) as lab:
            yield _opened(lab, port, path)
    finally:
        server.terminate()
        server.wait(LIMIT_S)


def _opened(lab: swnb.Lab, port: int, path: Path) -> Notebook:
    """Wait for the server, open the notebook, run all of it."""
    deadline = time.monotonic() + LIMIT_S
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t").close()
            break
        except OSError:
            assert time.monotonic() < deadline, "JupyterLab does not start"
            time.sleep(0.1)
    found = Notebook(lab.open(f"http://127.0.0.1:{port}/lab/tree/{path.name}?token=t", name="jupyterlab"), path)
    found.until("document.querySelectorAll('.jp-Cell').length > 3 && document.body.innerText.includes('| Idle')")
    found.command("notebook:run-all-cells")
    found.until("document.querySelectorAll('.swnb-clients').length === 2")
    found.until("document.querySelectorAll('.swnb-clients')[1].tBodies[0].rows.length === 4")
    return found


def test_rows_appear_and_the_view_is_shown_twice(notebook: Notebook) -> None:
    wanted = [
        re.compile(r"home c\d+ \| ▭ window \| http://lab.localhost/ \| ● w1"),
        re.compile(r"└ c\d+ \| ▣ frame \| http://lab.localhost/f.html \| ● w1"),
        re.compile(r"guest c\d+ \| ▭ window \| http://lab.localhost/ \| ● w1"),
        re.compile(r"└ c\d+ \| ▣ frame \| http://lab.localhost/f.html \| ● w1"),
    ]
    for nth in (0, 1):
        rows = notebook.rows(nth)
        assert [bool(pattern.fullmatch(row)) for pattern, row in zip(wanted, rows, strict=True)] == [True] * 4, rows
    notebook.until("document.querySelector('.swnb-clients').textContent.includes(\"{'echo': {'hi': [1, 2]}}\")")


def test_buttons_work(notebook: Notebook) -> None:
    notebook.write("post", "[7, null]")
    notebook.until("document.querySelectorAll('.swnb-clients')[1].textContent.includes('← w1 [7, None]')")
    notebook.write("navigate", "http://[")
    error = notebook.until("document.querySelector('.swnb-error').textContent")
    assert error.startswith("navigate, home: ")
    assert len(error.splitlines()) == 2
    notebook.window.evaluate("document.querySelectorAll('[data-verb=close]')[1].click(); 0")
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
    light = notebook.window.evaluate(ground)
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    notebook.until(f"{ground} !== {json.dumps(light)}")


def test_a_page_that_is_loaded_anew_shows_what_is_there(notebook: Notebook) -> None:
    notebook.saved()
    notebook.window.reload()
    notebook.until("document.querySelectorAll('.swnb-clients').length === 2")
    notebook.until("document.querySelector('.swnb-clients').tBodies[0].rows.length === 2")
    assert [row.split(" | ")[1] for row in notebook.rows()] == ["▭ window", "▣ frame"]


def test_after_the_lab_s_end_its_last_state_stays(notebook: Notebook) -> None:
    notebook.command("notebook:insert-cell-below")
    notebook.window.evaluate(
        "jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource('lab.stop()'); 0"
    )
    notebook.command("notebook:run-cell")
    notebook.until(
        "[...document.querySelectorAll('.swnb-view [role=status]')].every(e => e.textContent.includes('has ended'))"
    )
    assert len(notebook.rows()) == 2
    notebook.window.evaluate("document.querySelector('[data-verb=reload]').click(); 0")
    assert "has ended" in notebook.until("document.querySelector('.swnb-error').textContent")
    notebook.saved()
    notebook.window.reload()
    notebook.until("document.querySelectorAll('.swnb-clients').length === 2")
    notebook.until("document.querySelector('.swnb-clients').tBodies[0].rows.length === 2")
