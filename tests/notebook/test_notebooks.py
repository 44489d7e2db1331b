"""The notebooks of the workshop, executed in real kernels on both bridges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swnb.cli.notebook import comparable
from tests.notebook.kernels import NOTEBOOKS, execute, notebook_of, read, text

pytestmark = pytest.mark.slow

LOOPS = ["thread", "kernel"]


def by_start(cells: list[Any], start: str) -> Any:
    (found,) = [cell for cell in cells if cell.source.startswith(start)]
    return found


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_as_it_is_saved(path: Path, loop: str) -> None:
    """Each output, but for ids and times."""
    saved = [comparable(text(cell)) for cell in read(path).cells if cell.cell_type == "code"]
    assert [comparable(text(cell)) for cell in execute(read(path), loop)] == saved


def test_first_clients_says_what_it_should() -> None:
    """The saved outputs, which the test above holds the notebook to."""
    cells = [cell for cell in read(NOTEBOOKS[0]).cells if cell.cell_type == "code"]
    assert text(by_start(cells, "lab = %sw start")) == "<Lab 'lab' http://lab.localhost running>\n"
    controlled, uncontrolled = "%sw clients", "%sw clients --include-uncontrolled"
    assert text(next(cell for cell in cells if cell.source == controlled)) == "no clients\n"
    assert row(by_start(cells, uncontrolled))[:5] == ["home", "window", "(top-level)", "http://lab.localhost/", "no"]
    assert row(by_start(cells, "%sw claim"))[:5] == ["home", "window", "(top-level)", "http://lab.localhost/", "yes"]
    assert text(by_start(cells, "urls")) == "['http://lab.localhost/']\n"
    assert text(by_start(cells, 'reply["n"]')) == "(BigInt(1), '1970-01-01T00:00:00+00:00', {'hi': [1, 2]})\n"
    assert "'numbers': JSSet([1, 2, 3])" in text(by_start(cells, 'client = lab.clients.get("home")'))
    gone = text(by_start(cells, "import swnb"))
    assert gone.startswith("the same window, the same client? False\n")
    assert "is gone; it was last seen at" in gone
    assert text(by_start(cells, 'home = lab.window("home").goto')) == "'clicked'\n"
    assert text(by_start(cells, "HEARD")) == "Not yet: there is no window called 'guest'; there is home.\n"
    html = by_start(cells, "%sw claim").outputs[-1]["data"]["text/html"]
    assert "<table" in html
    assert "home" in html


def row(cell: Any) -> list[str]:
    return text(cell).splitlines()[-1].split()


ATTEMPTS = [
    (
        "for client in lab.clients.match_all():\n    client.post_message('hello')",
        "Not yet: there is no window called 'guest'",
    ),
    ("%sw open /other.html --as guest", "Not yet: 'guest' has heard [], not 'hello'."),
    ("%sw close guest\n%sw open / --as guest", "Not yet: two windows have the same URL"),
    ("%sw close guest\n%sw open /?guest --as guest", "Not yet: 'guest' has heard [], not 'hello'."),
    (
        "%%sw worker\nfor (const client of await clients.matchAll()) client.postMessage('hello');",
        "Right! Both windows heard it.",
    ),
]
"""Solutions of the exercise, one after the other, and what the check says of each."""


@pytest.mark.parametrize("loop", LOOPS)
def test_the_exercise_checks_itself(loop: str) -> None:
    notebook = read(NOTEBOOKS[0])
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    at, check = tags.index(["exercise"]), tags.index(["check"])
    checking = notebook.cells[check].source
    tries = [notebook_of([attempt, checking]).cells for attempt, _ in ATTEMPTS]
    notebook.cells = [*notebook.cells[:at], *(cell for pair in tries for cell in pair), *notebook.cells[check + 1 :]]
    execute(notebook, loop)
    for (attempt, verdict), (_, checked) in zip(ATTEMPTS, tries, strict=True):
        assert text(checked).startswith(verdict), attempt


def test_the_exercise_in_python() -> None:
    notebook = read(NOTEBOOKS[0])
    (exercise,) = [cell for cell in notebook.cells if cell.metadata.get("tags") == ["exercise"]]
    exercise.source = (
        'lab.open("/?guest", name="guest")\nfor client in lab.clients.match_all():\n    client.post_message("hello")'
    )
    cells = execute(notebook, "thread")
    assert text(by_start(cells, "HEARD")).startswith("Right!")
