"""JupyterLab and Notebook 7, as people use them: a real server and a real kernel, in a window of a lab of ours."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

import swnb
from swnb.events import ConsoleWritten
from tests.notebook.kernels import ROOT

LIMIT_S = 35.0
"""Of each wait: a test that waits in vain for a few things must end by itself, so that its server does, too."""

ARTEFACTS = Path(os.environ.get("SWNB_ARTEFACTS", ROOT / ".artefacts"))
"""Where pictures are kept."""

PROGRAMS = {"lab": ("jupyterlab", "LabApp", "lab/tree"), "notebook": ("notebook", "JupyterNotebookApp", "notebooks")}
"""A front end's module, its settings, and the beginning of a notebook's address."""

PANEL = "jupyterapp.shell.currentWidget"
CELL = f"({PANEL}?.content?.widgets ?? [])"


class Notebook:
    """A notebook, and the window that shows it."""

    def __init__(self, driver: swnb.Lab, window: swnb.Window, path: Path) -> None:
        self.driver = driver
        self.window = window
        self.path = path

    def value(self, script: str, **inputs: Any) -> Any:
        """Return the value of a script in the page."""
        return self.window.evaluate(script, inputs=inputs)

    def until(self, script: str, limit_s: float = LIMIT_S, **inputs: Any) -> Any:
        """Return the value of a script as soon as it is true."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            found = self.value(script, **inputs)
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{script} did not come: {self.value('document.body.innerText')}")

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command of JupyterLab's."""
        self.value(f"jupyterapp.commands.execute({json.dumps(name)}, {json.dumps(arguments)}); 0")

    # ---- cells --------------------------------------------------------------------------------------------------

    def idle(self) -> None:
        """Wait until all cells were executed."""
        kernel = f"{PANEL}?.sessionContext?.session?.kernel"
        waits = "[...document.querySelectorAll('.jp-InputPrompt')].some(prompt => prompt.innerText.includes('*'))"
        self.until(f"{kernel}?.status === 'idle' && !{waits}")

    def begin(self, source: str) -> None:
        """Add a cell at the end and execute it; do not wait."""
        self.value(f"{PANEL}.content.activeCellIndex = {CELL}.length - 1; 0")
        self.command("notebook:insert-cell-below")
        self.until(f"{CELL}.at(-1) === {PANEL}.content.activeCell && !{CELL}.at(-1).model.sharedModel.getSource()")
        self.value(f"{CELL}.at(-1).model.sharedModel.setSource(source); 0", source=source)
        self.command("notebook:run-cell")
        self.until(f"{CELL}.at(-1).model.executionState !== 'idle' || {CELL}.at(-1).model.executionCount")

    def run(self, source: str) -> str:
        """Execute a cell at the end; return what its output shows as text."""
        self.begin(source)
        self.idle()
        return self.output()

    def output(self, nth: int = -1) -> str:
        """Return what a cell's output shows as text, errors and all."""
        return str(self.value(f"{CELL}.at({nth}).outputArea.node.innerText"))

    # ---- the file -----------------------------------------------------------------------------------------------

    def saved(self) -> Any:
        """Save, and return what is in the file."""
        before = self.path.stat().st_mtime_ns
        self.value(f"{PANEL}.context.model.dirty = true; 0")
        self.command("docmanager:save")
        deadline = time.monotonic() + LIMIT_S
        while self.path.stat().st_mtime_ns == before and time.monotonic() < deadline:
            time.sleep(0.05)
        return json.loads(self.path.read_text("utf-8"))

    # ---- the page -----------------------------------------------------------------------------------------------

    def theme(self, name: str) -> None:
        """Choose a theme, and wait for it."""
        self.command("apputils:change-theme", theme=name)
        self.until("document.body.dataset.jpThemeName === name", name=name)

    def console_errors(self) -> list[str]:
        """Return what swnb's own scripts wrote to the page's console as errors."""
        said = [event for event in self.driver.log.events("console") if isinstance(event, ConsoleWritten)]
        ours = ("swnb", "anywidget", "blob:")
        return [
            each.text for each in said if each.level == "error" and any(word in each.text + each.url for word in ours)
        ]

    def press(self, key: str) -> None:
        """Press a key, as a keyboard does."""
        self.window.page.keyboard.press(key)

    def picture(self, name: str, selector: str) -> Path:
        """Keep a picture of an element, as a PNG."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        self.value("document.querySelector(selector).scrollIntoView({block: 'start'}); 0", selector=selector)
        time.sleep(0.2)  # what moves, comes to rest
        box: Any = self.value(
            "const r = document.querySelector(selector).getBoundingClientRect(); [r.x, r.y, r.width, r.height]",
            selector=selector,
        )
        x, y, width, height = (float(each) for each in box)
        clip = {"x": x, "y": y, "width": width, "height": max(1.0, min(height, 2000.0))}
        self.window.page.screenshot({"path": str(path), "clip": clip})
        return path


def written(path: Path, cells: Sequence[str]) -> Path:
    """Write a notebook of code cells."""
    made: Any = nbformat
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    made.write(
        made.v4.new_notebook(cells=[made.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}),
        path,
    )
    return path


@contextmanager
def serving(program: str, root: Path) -> Iterator[str]:
    """Run a server for notebooks in ``root/work``; yield the beginning of the addresses, where it answers."""
    module, settings, _ = PROGRAMS[program]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{each}_DIR": str(root / each.lower()) for each in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--IdentityProvider.token=t",
        f"--ServerApp.root_dir={root / 'work'}",
    ]
    options += ["--LabApp.news_url=None", f"--{settings}.expose_app_in_browser=True"]
    (root / "work").mkdir(exist_ok=True)
    settings_of = root / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings_of.mkdir(parents=True)
    (settings_of / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with (root / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", module, *options],
            env=os.environ | folders | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + LIMIT_S
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t").close()
                break
            except OSError:
                assert time.monotonic() < deadline, f"{module} does not start: {(root / 'log').read_text()}"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(LIMIT_S)


@contextmanager
def front_end(program: str, root: Path, cells: Sequence[str]) -> Iterator[Notebook]:
    """Open a notebook in JupyterLab (``lab``) or Notebook 7 (``notebook``), with a kernel that is ready."""
    path = written(root / "work" / "live.ipynb", cells)
    with (
        serving(program, root) as address,
        swnb.Lab("driver", open_network=True, arguments=["--window-size=1400,1500"], timeout_s=LIMIT_S) as lab,
    ):
        found = Notebook(lab, lab.open(f"{address}/{PROGRAMS[program][2]}/{path.name}?token=t", name="jupyter"), path)
        ready(found, len(cells))
        yield found


def ready(notebook: Notebook, cells: int) -> None:
    """Wait until its page is complete: after it was opened, and after it was loaded anew."""
    notebook.until(f"typeof jupyterapp !== 'undefined' && {CELL}?.length >= {cells}")
    notebook.idle()


def stripped(html: str) -> str:
    """Return HTML as a page keeps it that trusts nobody: no script, style, picture; no attribute that could be one."""
    for tag in ("script", "style", "svg"):
        html = re.sub(rf"<{tag}\b.*?</{tag}>", "", html, flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r'\s(?:style|class|id|data-[\w-]+|on\w+)="[^"]*"', "", html)
