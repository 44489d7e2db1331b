"""`swnb demo`: two notebooks, each in a kernel of its own, and the report of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from swnb.browser.find import find_chromium
from swnb.cli import main
from swnb.cli.demo import CHAT, FIRST, notebook
from tests.notebook.kernels import ROOT, notebook_of

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is written where one is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def demo(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swnb", "demo", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_the_story_is_told(loop: str) -> None:
    ended = demo("--loop", loop)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    story = ended.stdout
    in_order(
        story,
        "%sw register /sw.js --in home",
        "no clients",
        "  no   ",
        "%sw claim",
        "  yes  ",
        "BigInt(1)",
        "'clicked'",
        "%sw stop",
        f"{CHAT} in a kernel of its own",
        "InvalidAccessError: Not allowed to open a window.",
        "%sw notifications",
        "%sw click ada",
        "notificationclick was dispatched to w1, settled after",
        "http://lab.localhost/chat/  yes         visible     focused",
        "%sw focus home",
        "%%sw push",
        "%sw click grace --action read",
        "'Grace was read'",
        "%sw dismiss linus",
        "Not allowed to focus a window.",
        "%sw clients --include-uncontrolled",
        "%sw messages --from worker",
        "'New chat messages!'",
        "'Linus was dismissed'",
        "'New chat messages!'",
        "%sw stop",
    )
    *_, verdict, place = story.splitlines()
    assert re.fullmatch(r"✓ 37 steps, each as saved in the notebooks; \d+\.\d s in all", verdict)
    assert place == "· the report, with its clients and messages: swnb-demo.html"
    reported(Path("swnb-demo.html").read_text(), verdict.removeprefix("✓ "))


def reported(page: str, verdict: str) -> None:
    in_order(
        page,
        f'<p class="ok">{verdict}</p>',
        *("<h3>The clients</h3>", "<caption", "3 clients, 2 controlled", "http://lab.localhost/chat/"),
        *("<h3>The messages</h3>", "<caption", "9 messages", "New chat messages!", "Linus was dismissed"),
        *(FIRST, "%sw register /sw.js --in home"),
        *(CHAT, "%sw click ada", "%sw stop"),
        "</html>",
    )
    assert "Content-Security-Policy" in page
    assert not re.search(r"<(script|link|img|iframe)\b|<\w[^>]*\bon\w+=", page)


def in_order(whole: str, *parts: str) -> None:
    at = 0
    for part in parts:
        assert part in whole[at:], part
        at = whole.index(part, at)


def altered(tmp_path: Path, change: Any) -> Path:
    document = json.loads(notebook(FIRST).read_text())
    change(document["cells"])
    path = tmp_path / "altered.ipynb"
    path.write_text(json.dumps(document))
    return path


def test_a_difference_is_told_and_ends_with_status_1(tmp_path: Path) -> None:
    def change(cells: list[Any]) -> None:
        (cell,) = [cell for cell in cells if cell["source"] == ["%sw clients"]]
        cell["outputs"][0]["data"]["text/plain"] = ["one client"]

    ended = demo(str(altered(tmp_path, change)))
    assert ended.returncode == 1
    assert "✗ this differs from what the notebook has saved:\n      one client\n" in ended.stdout
    assert ended.stdout.splitlines()[-2].startswith("✗ 1 of 15 steps went wrong")
    page = Path("swnb-demo.html").read_text()
    in_order(page, '<p class="failed">1 of 15 steps went wrong', "this differs", "<pre>one client</pre>")


def test_without_a_bus_the_chat_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And the report goes where it is told to."""
    (tmp_path / "bin").mkdir()
    for needed in ("chromium", "sh", "sed", "cat", "readlink", "dirname", "basename", "which", "uname", "grep", "ls"):
        found = shutil.which(needed)
        if found:
            (tmp_path / "bin" / needed).symlink_to(found)
    monkeypatch.setenv("SWNB_CHROMIUM", find_chromium())
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    ended = demo("--report", "told.html")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    left_out, verdict, place = ended.stdout.splitlines()[-3:]
    assert left_out.startswith(f"! {CHAT} is left out: no dbus-daemon, ")
    assert verdict.startswith("✓ 15 steps, each as saved in the notebook; ")
    assert place.endswith(": told.html")
    assert Path("told.html").exists()


def test_a_report_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--report", "no/such/folder/report.html"]) == 1
    assert capsys.readouterr().err == (
        "swnb: the report no/such/folder/report.html cannot be written: No such file or directory\n"
        "  --report FILE writes it elsewhere\n"
    )


def small(tmp_path: Path, source: str) -> str:
    document = notebook_of([source])
    document.cells[0].metadata = {"swnb": {"step": "One step"}}
    path = tmp_path / "small.ipynb"
    path.write_text(json.dumps(document))
    return str(path)


def test_a_cell_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", small(tmp_path, "1 / 0")]) == 1
    written = capsys.readouterr().out
    assert "ZeroDivisionError: division by zero" in written
    assert "it failed: ZeroDivisionError" in written


def test_a_kernel_that_dies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", small(tmp_path, "import os; os._exit(1)")]) == 1
    assert capsys.readouterr().err.startswith("swnb: the kernel died\n  ")


def test_a_cell_that_never_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--timeout", "1", small(tmp_path, "while True: pass")]) == 1
    assert capsys.readouterr().err.startswith("swnb: a cell did not end within 1 s\n  ")
