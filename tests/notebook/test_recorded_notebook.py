"""A recording becomes a notebook, whose run is the recorded one: in real kernels, with what a kernel records always."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import swnb
from swnb.recording import Recording, read
from swnb.verifying.items import of_notebook
from swnb.views.as_notebook import notebook
from tests.browser.test_replay import recorded
from tests.notebook.kernels import NOTEBOOKS
from tests.notebook.session import Kernel

pytestmark = pytest.mark.slow

VARYING = ["$..client", r"re:last seen at \d\d:\d\d:\d\d"]
"""The label of a client stands in a result where it was known by then; one that is gone is told with the time of day."""

Cells = Sequence[tuple[str, Sequence[str]]]
"""Sources and tags."""


def cells_of(document: dict[str, object]) -> Cells:
    cells = document["cells"]
    assert isinstance(cells, list)
    return [
        ("".join(cell["source"]), cell["metadata"].get("tags", ())) for cell in cells if cell["cell_type"] == "code"
    ]


def run(cells: Cells, path: Path, *arguments: str) -> Recording:
    """Execute cells in a kernel that records each lab; what is tagged to raise must raise."""
    kernel = Kernel(f"--Lab.record={path}", *arguments)
    try:
        for source, tags in cells:
            output = kernel.run(source)
            assert bool(output.error) == ("raises-exception" in tags), (source, output.error)
            assert "not heard" not in output.printed, (source, output.printed)
    finally:
        kernel.end()
    return read(path)


def again(recording: Recording, path: Path, *arguments: str) -> Recording:
    document = json.loads(json.dumps(notebook(recording)))
    return run(cells_of(document), path, *arguments)


@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_every_kind_of_verb(tmp_path: Path, loop: str) -> None:
    first = recorded(tmp_path / "run.swnb.jsonl")
    found = first.compare(again(first, tmp_path / "again.swnb.jsonl", f"--Lab.loop={loop}"), ignore=VARYING)
    assert found.equal, str(found)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_recordings_beside_the_notebooks(path: Path, tmp_path: Path) -> None:
    first = read(of_notebook(path).recordings[0])
    assert first.complete and first.commands
    assert any(source.startswith("%%sw file") for source, _ in cells_of(notebook(first)))
    found = first.compare(again(first, tmp_path / "again.swnb.jsonl"), ignore=VARYING)
    assert found.equal, str(found)


def test_what_was_served_at_the_beginning_and_what_ran_at_the_same_time(tmp_path: Path) -> None:
    async def together(lab: swnb.AsyncLab) -> None:
        import asyncio

        async with asyncio.TaskGroup() as group:
            for name in ("a", "b"):
                group.create_task(lab.open(f"/{name}.html", name=name))

    lab = swnb.Lab(record=tmp_path / "run.swnb.jsonl")
    lab.site.write("/a.html", "<title>a</title>\n", headers={"X-A": 'it\'s "{quoted}" $x'})
    lab.site.write("/b.html", b"<title>\xff</title>", content_type="text/html")
    lab.origin("other").write("/", ">>> not a prompt\n%sw stop\n")
    with lab:
        lab.run(together, lab.asynchronous)
        for name in ("it's", "{name}", 'a "b" # c', "%sw stop; ☕"):
            lab.open("http://other.localhost/?{x}#$y", name=name)
            assert lab.window(name).evaluate("[sent, document.title]", inputs={"sent": f"{name}\r\n\ud800"})
    first = read(tmp_path / "run.swnb.jsonl")
    assert not first.header.before
    second = again(first, tmp_path / "again.swnb.jsonl")
    assert [(file.origin, file.path, file.sha256, file.headers) for file in second.site] == [
        (file.origin, file.path, file.sha256, file.headers) for file in first.site
    ]
    found = first.compare(second, ignore=VARYING)
    assert found.equal, str(found)


def test_a_living_lab_that_is_recorded(kernel: Kernel, tmp_path: Path) -> None:
    kernel.ok("%sw start --quiet")
    try:
        path = tmp_path / "living.ipynb"
        error = kernel.fails(f"%sw export {path}")
        assert error[0].endswith("a notebook is made of a recording, and nothing is being recorded")
        assert "%sw record FILE" in error[1] and len(error) == 2
        kernel.ok(f"%sw record {tmp_path / 'living.swnb.jsonl'}\n%sw open / --as home")
        assert "living.ipynb: " in kernel.ok(f"%sw export {path}").text
        assert any("%sw open / --as home\n" in source for source, _ in cells_of(json.loads(path.read_text())))
        kernel.ok(f"%sw report {tmp_path / 'run.html'}")
        assert "swnb replay " in (tmp_path / "run.html").read_text()
    finally:
        kernel.run("%sw stop")
