"""What is left of live views where nobody runs them: executed without a front end, converted, printed, without any style."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import papermill
import pytest
from nbconvert import exporters

import swnb
from swnb.events import ConsoleWritten
from tests.notebook.front_end import ARTEFACTS, stripped, written
from tests.notebook.kernels import ROOT

pytestmark = pytest.mark.slow

EXPORTERS: Any = exporters

WIDGET = "application/vnd.jupyter.widget-view+json"

CELLS = [
    "%load_ext swnb\nlab = %sw start",
    """lab.site.write("/sw.js", '''addEventListener("install", e => e.waitUntil(skipWaiting()));
addEventListener("message", e => e.source.postMessage({echo: e.data}));''')
lab.site.write("/", "<!doctype html><title>home</title><script>navigator.serviceWorker.onmessage = () => 0</script>")
home = lab.open("/", name="home")
lab.register("/sw.js", window=home); lab.wait("active"); lab.clients.claim()""",
    "%sw clients --live\n%sw timeline --live\n%sw workers --live\n%sw notifications --live\n%sw console --live",
    """lab.permissions.set("notifications", "granted")
lab.worker.evaluate("registration.showNotification('Lunch?', {body: 'at noon'})")
home.evaluate("console.warn('beware'); navigator.serviceWorker.controller.postMessage({question: 1}); 0")
lab.wait("message worker home")
lab.open("/", name="guest");""",
    "%sw snapshot",
    "%sw stop",
]

KEPT = ("home", "guest", "● w1", "question", "/sw.js", "Lunch?", "beware")
"""What the notebook is about."""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook as papermill leaves it."""
    folder = tmp_path_factory.mktemp("executed")
    source = written(folder / "source.ipynb", CELLS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        papermill.execute_notebook(
            str(source), str(folder / "executed.ipynb"), kernel_name="python3", progress_bar=False
        )
    return folder / "executed.ipynb"


@pytest.fixture(scope="module")
def outputs(executed: Path) -> list[list[dict[str, Any]]]:
    """What each cell put out."""
    cells = json.loads(executed.read_text("utf-8"))["cells"]
    return [[output["data"] for output in cell["outputs"]] for cell in cells]


@pytest.fixture(scope="module")
def page(executed: Path) -> Iterator[tuple[swnb.Lab, swnb.Window]]:
    """The notebook as a page, in a browser without a network."""
    html, _ = EXPORTERS.HTMLExporter().from_filename(str(executed))
    with swnb.Lab("reader", arguments=["--window-size=1000,1200"]) as lab:
        lab.site.write("/notebook.html", html, content_type="text/html")
        yield lab, lab.open("/notebook.html", name="reader")


def text_of(html: str) -> str:
    """Return what a reader without any style reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", stripped(html)))


def joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def test_it_has_the_last_state_of_each_view(outputs: list[list[dict[str, Any]]]) -> None:
    stills = [joined(data["text/html"]) for data in outputs[2] if "text/html" in data]
    wanted = [
        ("guest", "● w1"),
        ("question", "echo"),
        ("/sw.js", "activated"),
        ("Lunch?", "at noon"),
        ("beware", "home"),
    ]
    assert len(stills) == len(wanted)
    for still, texts in zip(stills, wanted, strict=True):
        for text in texts:
            assert text in text_of(still), (text, still)
    dashboard = joined(outputs[0][1]["text/html"])
    for text in KEPT:
        assert text in text_of(dashboard), text
    assert "10 views of the lab as it is now" in joined(outputs[4][0]["text/plain"])


def test_a_renderer_without_widgets_has_the_static_form_beside_each(outputs: list[list[dict[str, Any]]]) -> None:
    """As VS Code, nbviewer and GitHub have it: of a widget that they do not know they show its text."""
    shown = [*outputs[0], *outputs[2]]
    living = [place for place, data in enumerate(shown) if WIDGET in data]
    assert len(living) == 6
    for place in living:
        assert set(shown[place]) == {WIDGET, "text/plain"}
        assert re.fullmatch(r"<\w+ of .{1,80}>", joined(shown[place]["text/plain"]))
        assert set(shown[place + 1]) == {"text/html", "text/plain"}


def test_what_is_said_of_widgets_is_complete(executed: Path) -> None:
    """A renderer that finds a part of it fails on the whole notebook."""
    widgets = json.loads(executed.read_text("utf-8"))["metadata"].get("widgets", {})
    for kind, said in widgets.items():
        assert kind == "application/vnd.jupyter.widget-state+json"
        assert set(said) == {"state", "version_major", "version_minor"}
        assert all({"model_name", "model_module", "state"} <= set(model) for model in said["state"].values())


def test_the_page_reads_without_a_network_and_without_an_error(page: tuple[swnb.Lab, swnb.Window]) -> None:
    lab, window = page
    stills = "[...document.querySelectorAll('[data-swnb-still]')]"
    assert window.evaluate(f"{stills}.filter(still => still.checkVisibility()).length") == 6
    seen = str(window.evaluate(f"{stills}[0].innerText"))
    for text in KEPT:
        assert text in seen, text
    lab.settle()
    said = [
        event for event in lab.log.events("console") if isinstance(event, ConsoleWritten) and event.level == "error"
    ]
    assert [
        event.text for event in said if "Failed to load resource" not in event.text
    ] == []  # of what nbconvert itself wants


def test_it_prints(page: tuple[swnb.Lab, swnb.Window]) -> None:
    _, window = page
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    window.page.screenshot({"path": str(ARTEFACTS / "converted.png"), "fullPage": True})
    printed = window.page.pdf({"printBackground": True})
    (ARTEFACTS / "converted.pdf").write_bytes(printed)
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 2


def test_on_a_dark_page_it_can_be_read_too(executed: Path, page: tuple[swnb.Lab, swnb.Window]) -> None:
    """Nothing in a static form has a colour of its own that needs a light ground."""
    lab, _ = page
    html, _ = EXPORTERS.HTMLExporter(theme="dark").from_filename(str(executed))
    lab.site.write("/dark.html", html, content_type="text/html")
    window = lab.open("/dark.html", name="dark")
    window.page.screenshot({"path": str(ARTEFACTS / "converted-dark.png"), "fullPage": True})
    static = str(window.evaluate("document.querySelector('[data-swnb-still]').innerHTML"))
    named = set(re.findall(r"(?<![-\w])(?:color|background(?:-color)?):\s*([^;\"]+)", static))
    assert all(
        colour.startswith("var(--jp-") or colour in ("inherit", "transparent", "currentColor") for colour in named
    ), named
    window.close()


def test_markdown_has_the_tables(executed: Path) -> None:
    markdown, _ = EXPORTERS.MarkdownExporter().from_filename(str(executed))
    for text in KEPT:
        assert text in text_of(markdown), text
    assert "<table>" in markdown


def test_nothing_reads_by_its_style_alone(outputs: list[list[dict[str, Any]]]) -> None:
    bare = stripped(joined(outputs[0][1]["text/html"]))
    for left in ("style=", "<script", "<svg", "<style", "class="):
        assert left not in bare
    inside = " ".join(re.findall(r"<table>.*?</table>", bare, flags=re.DOTALL))
    for text in ("home", "guest", "w1", "question", "/sw.js", "Lunch?", "beware"):
        assert text in inside, text
