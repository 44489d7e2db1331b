"""``%sw replay`` in real kernels: beside a lab that goes on, and ended in the middle."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

import swnb
from swnb.errors import InvalidArgument
from swnb.recording import RecordingTaken, read
from tests.notebook.session import Kernel

pytestmark = pytest.mark.slow

LONG = "new Promise(done => setTimeout(done, 7, 'waited'))"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run, with a step that can be made a long one."""
    path = tmp_path_factory.mktemp("recorded") / "run.swnb.jsonl"
    with swnb.Lab() as lab, lab.record(path):
        lab.site.write("/sw.js", "addEventListener('message', event => event.source.postMessage(event.data + ' <b>'));")
        home = lab.open("/", name="home")
        lab.register("/sw.js", window=home)
        lab.wait("active")
        lab.clients.claim()
        home.evaluate(
            "navigator.serviceWorker.onmessage = () => {}; navigator.serviceWorker.controller.postMessage('hello'); 0"
        )
        lab.wait("message worker home")
        home.evaluate(f"await {LONG}")
        lab.settle()
    return path


@pytest.fixture(params=["thread", "kernel"])
def notebook(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    """A kernel with a lab that has a window, on either bridge."""
    kernel = Kernel(f"--Lab.loop={request.param}")
    try:
        kernel.ok("%load_ext swnb\nimport swnb")
        kernel.ok("lab = %sw start --quiet\n%sw open / --as mine;")
        yield kernel
    finally:
        kernel.end()


def browsers(kernel: Kernel) -> list[psutil.Process]:
    """Return the browsers below a kernel; what is about to be reaped is none."""
    found = []
    for process in psutil.Process(int(kernel.ok("__import__('os').getpid()").text)).children(recursive=True):
        try:
            line = process.cmdline()
            if any(word.startswith("--user-data-dir") for word in line) and not any(
                w.startswith("--type=") for w in line
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_it_compares_and_leaves_the_lab_as_it_is(notebook: Kernel, recorded: Path, tmp_path: Path) -> None:
    kept = tmp_path / "again.swnb.jsonl"
    shown = notebook.ok(f"found = %sw replay {recorded} -o {kept}")
    assert shown.text.startswith("equal (")
    assert "✓ equal (" in shown.html
    assert notebook.ok("type(found).__name__, found.equal").text == "('Comparison', True)"
    assert len(read(kept).commands) == len(read(recorded).commands)
    assert "mine" in notebook.ok("%sw windows").text
    assert (
        notebook.ok("[window.name for window in lab.windows], len(lab.world.clients), lab.recorders").text
        == "(['mine'], 1, ())"
    )
    assert len(browsers(notebook)) == 1
    assert "it is there already" in notebook.fails(f"%sw replay {recorded} -o {kept}")[0]


def test_what_differs_is_a_table_of_text(notebook: Kernel, recorded: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.swnb.jsonl"
    changed.write_text(
        recorded.read_text().replace("controller.postMessage('hello')", "controller.postMessage('hullo')")
    )
    shown = notebook.ok(f"%sw replay {changed}")
    assert "✗ different" in shown.html and "<table>" in shown.html
    assert "hullo &lt;b&gt;" in shown.html and "<b>" not in shown.html
    assert "the first run" in shown.text and "≠" in shown.text
    assert notebook.fails("%sw replay no-such-file")[0].startswith("NotARecording: ")


def test_an_interrupt_leaves_no_browser_behind(notebook: Kernel, recorded: Path, tmp_path: Path) -> None:
    endless = tmp_path / "endless.swnb.jsonl"
    endless.write_text(recorded.read_text().replace("setTimeout(done, 7", "setTimeout(done, 70000"))
    kept = tmp_path / "again.swnb.jsonl"

    def interrupt() -> None:
        deadline = monotonic() + 30
        while monotonic() < deadline and "message.received" not in (kept.read_text() if kept.exists() else ""):
            sleep(0.05)
        sleep(0.5)
        notebook.manager.interrupt_kernel()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        began = monotonic()
        output = notebook.run(f"%sw replay {endless} -o {kept}")
    finally:
        thread.join()
    assert "Interrupted" in output.error and monotonic() - began < 25
    assert len(browsers(notebook)) == 1
    assert notebook.ok("lab.window('mine').evaluate('1 + 1')").text == "2"
    assert not read(kept).complete or read(kept).end is not None


def test_from_python(recorded: Path, tmp_path: Path) -> None:
    with swnb.Lab() as lab:
        lab.open("/", name="mine")
        done = swnb.replay(recorded)
        assert done.comparison.equal and not done.notes
        assert [window.name for window in lab.windows] == ["mine"]
    with pytest.raises(RecordingTaken):
        swnb.replay(read(recorded), recorded)
    with pytest.raises(InvalidArgument, match="loop cannot be 'nowhere'"):
        swnb.replay(recorded, loop="nowhere")
    with pytest.raises(InvalidArgument):
        swnb.replay(recorded, colour="red")
