"""What the fifth notebook has saved, what is in the recordings beside it, and a worker that somebody changed in a notebook."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from swnb.cli import main
from swnb.recording import read as read_recording
from swnb.verifying.items import of_notebook
from tests.notebook.kernels import NOTEBOOKS, read, text

pytestmark = pytest.mark.slow

FIRST, *_, FIFTH = NOTEBOOKS

ALOUD = "in the second run `w1` never called clients.claim(); it called clients.matchAll() at once"


def shown(start: str) -> Any:
    (found,) = [cell for cell in read(FIFTH).cells if cell.cell_type == "code" and cell.source.startswith(start)]
    return found


def test_the_difference_is_read_aloud() -> None:
    assert text(shown("evening(lab)")) == "{'called': 1}\n"
    assert text(shown("other = ")).endswith("{'called': 0}\n")
    assert text(shown("print(compared.divergence)")) == f"{ALOUD}\n"
    compared = shown("compared = ")
    assert ALOUD in text(compared)
    assert re.search(r"^ +\d+ +w1 +called clients.claim\(\) +≠$", text(compared), re.M)
    html = compared.outputs[-1]["data"]["text/html"]
    assert "✗ different (" in html
    assert "<th" in html and "the second run" in html


def test_the_first_run_again_and_what_it_is_exported_as() -> None:
    assert text(shown("%sw replay")).startswith("equal (")
    (diagram,) = shown("from pathlib import Path\n\ndiagram = ").outputs
    mermaid = diagram["data"]["text/vnd.mermaid"]
    assert mermaid.startswith("sequenceDiagram\n") and mermaid == diagram["data"]["text/plain"]
    assert "a2-)a1: 'soup is ready'\n" in mermaid
    head, *verified = text(shown("!{python} -m swnb verify .")).splitlines()
    assert head.split() == ["path", "verdict", "seconds", "why"]
    assert [line.split()[:4] for line in verified] == [
        ["✓", "with-claim.ipynb", "executed", "equal"],
        ["✓", "without-claim.swnb.jsonl", "replayed", "equal"],
    ]


def test_the_recordings_beside_it_tell_the_same_story() -> None:
    first, second = map(read_recording, of_notebook(FIFTH).recordings)
    assert str(first.compare(second).divergence) == ALOUD
    assert str(second.compare(first).divergence).startswith(
        "in the second run `w1` called clients.claim(), which it did not"
    )


def test_a_worker_that_was_changed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copy of a notebook, with its recording and another worker: each cell ends well, and the run is another one."""
    copy = tmp_path / FIRST.name
    for path in of_notebook(FIRST).recordings:
        shutil.copy(path, tmp_path)
    source = FIRST.read_text()
    assert source.count("n: 1n") == 1
    copy.write_text(source.replace("n: 1n", "n: 2n"))
    kept = {path: path.read_bytes() for path in of_notebook(copy).recordings}
    assert len(kept) == 1

    assert main(["verify", str(tmp_path), "--json"]) == 1
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert (item["verdict"], item["failure"]) == ("different", "")
    (recording,) = item["recordings"]
    now, former = recording["divergence"].split(", where in the first run it ")
    assert now.startswith("in the second run `w1` sent {'echo': {'hi': [1, 2]}, 'n': BigInt(2), ")
    assert former.startswith("sent {'echo': {'hi': [1, 2]}, 'n': BigInt(1), ")
    assert {path: path.read_bytes() for path in kept} == kept, "what is kept stays, until somebody accepts another run"
