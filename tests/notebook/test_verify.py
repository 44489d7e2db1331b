"""Notebooks recorded and verified by real kernels with a real Chromium, and what can go wrong with each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from swnb.cli import main
from swnb.recording import read
from swnb.verifying.executing import Ran, execute
from swnb.verifying.items import item_of
from swnb.verifying.kernel import Kernel
from swnb.verifying.notebook import read as read_notebook
from swnb.verifying.options import Options
from swnb.verifying.verdict import State
from swnb.verifying.verify import verify
from tests.notebook.kernels import ROOT
from tests.unit.verifying.kept import notebook, recorded

pytestmark = pytest.mark.slow

START = "%load_ext swnb\n%sw start --quiet"
WORKER = """%%sw file /sw.js
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(clients.claim()));"""
HOME = "%sw open / --as home\n%sw register /sw.js --in home\n%sw wait controlled home"
STOP = "%sw stop"


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_notebook_is_recorded_verified_broken_and_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two labs, one of them left running; what was recorded stays as it is until somebody accepts another one."""
    second = "%sw start --quiet --lab second\n%sw open /?s3cret --as guest"
    path = notebook(tmp_path / "run.ipynb", START, WORKER, HOME, STOP, second, redact=["s3cret"])
    assert main(["record", str(path), "--json"]) == 0
    assert [Path(each["path"]).name for each in told(capsys)["recordings"]] == ["run.swnb.jsonl", "run-2.swnb.jsonl"]
    first, other = read(tmp_path / "run.swnb.jsonl"), read(tmp_path / "run-2.swnb.jsonl")
    assert first.complete and other.complete, "a lab that is left running is ended with its kernel"
    assert [command.name for command in first.commands] == ["site.write", "open", "register", "wait"]
    assert (other.header.lab, other.redacted > 0) == ("second", True)

    assert verify(item_of(path)).state is State.EQUAL

    notebook(
        path, START, WORKER.replace("clients.claim()", "0"), HOME.replace("controlled home", "active"), STOP, second
    )
    verdict = verify(item_of(path), Options(update=True, redact=("s3cret",)))
    assert [part.comparison.equal for part in verdict.parts] == [False, True]
    divergence = verdict.parts[0].comparison.divergence
    assert divergence is not None and ("clients.claim" in divergence.words or "controlled" in divergence.words)
    assert verdict.state is State.ACCEPTED
    assert verify(item_of(path), Options(redact=("s3cret",))).state is State.EQUAL


def test_what_goes_wrong_in_cells_and_kernels(tmp_path: Path) -> None:
    """A cell that raises, one that hangs, one that prints for ever, and a kernel that is killed: told, and nothing hangs."""

    def ran(name: str, *sources: str, timeout_s: float = 60.0, tags: tuple[str, ...] = ()) -> Ran:
        path = notebook(tmp_path / f"{name}.ipynb", *sources, tags=tags)
        into = tmp_path / f"{name}.swnb.jsonl"
        return execute(path, read_notebook(path), into, settings={}, timeout_s=timeout_s)

    raised = ran("raises", START, "%sw open / --as home", "1/0", STOP)
    assert raised.failure == "cell 3 raised ZeroDivisionError: division by zero"
    assert raised.todo == "its first line: 1/0"
    kept = read(*raised.recordings)
    assert kept.complete and [command.name for command in kept.commands] == ["open"]

    ours = ran("ours", "%load_ext swnb\n%sw close nobody")
    assert ours.failure.startswith("cell 1 raised NotStarted: ")
    assert ours.todo.startswith("run `%sw start`")

    assert ran("meant", "1/0", "2", tags=("raises-exception",)).failure == ""

    hung = ran("hangs", "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    pass", timeout_s=1.0)
    assert hung.failure == "cell 1 did not end within 1 s"

    printed = ran("prints", "while True:\n    print('x' * 1000)", timeout_s=2.0)
    assert printed.failure == "cell 1 did not end within 2 s"

    killed = ran("killed", START, "%sw open / --as home", "import os\nos.kill(os.getpid(), 9)")
    assert killed.failure == "the kernel died in cell 3"
    assert killed.todo == "its first line: import os"
    cut = read(*killed.recordings)
    assert not cut.complete and cut.commands
    leaves_nothing(tmp_path)


def test_without_that_chromium_it_cannot_be_told(tmp_path: Path) -> None:
    path = notebook(tmp_path / "run.ipynb", START)
    recorded(tmp_path / "run.swnb.jsonl", "x")
    verdict = verify(item_of(path), Options(executable="/nowhere"))
    assert verdict.state is State.UNSURE
    assert verdict.failure.startswith("cell 1 raised BrowserUnusable: ")
    assert "/nowhere, does not exist" in verdict.failure


def test_settings_of_labs_reach_the_kernel(tmp_path: Path) -> None:
    with Kernel(tmp_path, {"attach": "detached", "redact": ["a b", "[c]"], "timeout_s": 7.0}, quiet=True) as kernel:
        kernel.execute("%load_ext swnb", timeout_s=30)
        for name, value in (("attach", "'detached'"), ("redact", "['a b', '[c]']"), ("timeout_s", "7.0")):
            assert kernel.execute(f"%config Lab.{name}", timeout_s=30).text.strip() == value


@pytest.mark.skipif(os.name != "posix", reason="it is signalled as a terminal does it")
def test_an_interrupt_ends_all_that_runs(tmp_path: Path) -> None:
    """Two kernels with a lab each, in the middle of a cell: after Ctrl-C nothing of them is left."""
    for name in ("one", "other"):
        waits = f"open('{name}.is-there', 'w').close()\nimport time\ntime.sleep(100)"
        path = notebook(tmp_path / f"{name}.ipynb", START, "%sw open / --as home", waits)
        recorded(path.with_suffix(".swnb.jsonl"), "x")
    command = [sys.executable, "-m", "swnb", "verify", str(tmp_path), "--jobs", "2"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    try:
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("*.is-there"))) < 2:
            assert time.monotonic() < deadline and asked.poll() is None
            time.sleep(0.05)
        started = psutil.Process(asked.pid).children(recursive=True)
        names = [process.name() for process in started]
        assert sum("chrom" in name for name in names) >= 2, names
        assert any("chrom" in process.name() for process in left_in(tmp_path)), "else ``leaves_nothing`` would see none"
        asked.send_signal(signal.SIGINT)
        out, err = asked.communicate(timeout=40)
    finally:
        asked.kill()
        asked.wait()
    assert (asked.returncode, out, err) == (130, "", "swnb: interrupted\n")
    _, alive = psutil.wait_procs(started, timeout=15)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    assert [path.name for path in tmp_path.glob(".*")] == []


def left_in(folder: Path) -> list[psutil.Process]:
    """The processes that work in ``folder``, as a notebook's kernel and all that it starts do, whoever is their parent by now."""

    def there(process: psutil.Process) -> bool:
        try:
            return Path(process.cwd()).is_relative_to(folder)
        except psutil.Error:
            return False

    return [process for process in psutil.process_iter() if there(process)]


def leaves_nothing(folder: Path) -> None:
    """Nothing that works in ``folder`` is left after a moment."""
    _, alive = psutil.wait_procs(left_in(folder), timeout=15)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
