"""Recordings verified by replays in a real Chromium."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import psutil
import pytest

import swnb
from swnb.cli import main
from swnb.verifying.items import item_of
from swnb.verifying.options import Options
from swnb.verifying.verdict import State
from swnb.verifying.verify import verify

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab's life with a worker that answers."""
    path = tmp_path_factory.mktemp("recorded") / "run.swnb.jsonl"
    with swnb.Lab("lab") as lab, lab.record(path):
        lab.site.write("/", "<!doctype html><title>home</title>", content_type="text/html")
        lab.site.write(
            "/sw.js",
            "addEventListener('install', event => event.waitUntil(skipWaiting()));"
            "addEventListener('activate', event => event.waitUntil(clients.claim()));"
            "addEventListener('message', event => event.source.postMessage({echo: event.data}));",
        )
        home = lab.open("/", name="home")
        lab.register("/sw.js", window=home)
        lab.wait("controlled home")
        home.evaluate(
            "navigator.serviceWorker.onmessage = () => {}; navigator.serviceWorker.controller.postMessage(1); 0"
        )
        lab.wait("message worker home")
    return path


def copied(recording: Path, folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(recording.read_bytes())


def test_several_at_once_do_not_disturb_each_other(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two equal ones, and one that is cut in the middle, of which nothing can be told."""
    copied(recording, tmp_path, "a.swnb.jsonl", "b.swnb.jsonl")
    lines = recording.read_bytes().splitlines(keepends=True)
    (tmp_path / "cut.swnb.jsonl").write_bytes(b"".join(lines[: len(lines) // 2]) + lines[len(lines) // 2][:20])
    words = ["--jobs", "2", "--json", "--junit-xml", str(tmp_path / "out.xml")]
    assert main(["verify", str(tmp_path), *words]) == 2
    told = json.loads(capsys.readouterr().out)
    verdicts = {Path(item["path"]).name: item["verdict"] for item in told["items"]}
    assert verdicts == {"a.swnb.jsonl": "equal", "b.swnb.jsonl": "equal", "cut.swnb.jsonl": "cannot tell"}
    assert all(item["did"] == "replayed" for item in told["items"])
    assert parse(tmp_path / "out.xml").getroot().attrib["errors"] == "1"


def test_another_script_differs_and_can_be_accepted(recording: Path, tmp_path: Path) -> None:
    """The recording of another worker: what it says is not what this one's replay says."""
    path = tmp_path / "run.swnb.jsonl"
    path.write_text(recording.read_text("utf-8").replace("{echo: event.data}", "{echo: 'other'}"), "utf-8")
    words = [sys.executable, "-m", "pytest", "-p", "swnb.pytest_plugin", "-p", "no:cacheprovider", "--swnb", str(path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "FAILED run.swnb.jsonl::verify - different: in the second run " in ended.stdout
    assert "the second run: its replay" in ended.stdout
    assert "sent {'echo': 'other'}" in ended.stdout
    assert "Traceback" not in ended.stdout
    assert verify(item_of(path), Options(update=True)).state is State.ACCEPTED
    assert verify(item_of(path)).state is State.EQUAL


def test_another_policy_is_told(recording: Path, tmp_path: Path) -> None:
    verdict = verify(item_of(recording), Options(attach="detached"))
    assert [str(change) for change in verdict.parts[0].environment] == ["attach: hold, then detached"]


def test_without_that_chromium_it_cannot_be_told(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(recording), "--executable", "/nowhere"]) == 2
    out = capsys.readouterr().out
    assert "cannot tell" in out
    assert "/nowhere, does not exist" in out


def test_a_command_that_does_not_end_in_time(recording: Path) -> None:
    verdict = verify(item_of(recording), Options(timeout_s=0.01))
    assert verdict.state is State.FAILED
    assert verdict.failure == "a command of the replay did not end within 0.01 s"


HEARS = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
"""Whoever started the tests may ignore interrupts, as a shell does in the background; who is to be interrupted does not."""


@pytest.mark.skipif(os.name != "posix", reason="it is signalled as a terminal does it")
@pytest.mark.parametrize("command", ["verify", "replay"])
def test_an_interrupt_leaves_no_chromium(recording: Path, command: str) -> None:
    words = [sys.executable, "-m", "swnb", command, str(recording)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    asked = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        preexec_fn=HEARS,  # noqa: PLW1509
    )
    started: list[Any] = []
    try:
        deadline = time.monotonic() + 60
        while not any("chrom" in process.name() for process in started):
            assert time.monotonic() < deadline and asked.poll() is None
            time.sleep(0.01)
            started = psutil.Process(asked.pid).children(recursive=True)
        asked.send_signal(signal.SIGINT)
        out, err = asked.communicate(timeout=40)
    finally:
        asked.kill()
        asked.wait()
    assert (asked.returncode, out, err) == (130, "", "swnb: interrupted\n")
    _, alive = psutil.wait_procs(started, timeout=15)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
