"""Recordings given again to a fresh browser."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import pytest

import swnb
from swnb.lab import again as giving_again
from swnb.lab.again import ReplayBroken
from swnb.lab.async_lab import AsyncLab
from swnb.lab.giving import CannotReplay
from swnb.lab.replay import Replayed, replay
from swnb.recording import Failure, Recording, RecordingTaken, read
from tests.rules.source import ROOT

WORKER = """addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("message", event => event.source.postMessage({echo: event.data}));
addEventListener("notificationclick", event => event.waitUntil(clients.openWindow("/?" + event.action)));"""


def recorded(path: Path) -> Recording:
    """Record an investigation of every kind of verb."""
    with swnb.Lab("lab") as lab, lab.record(path):
        lab.site.write("/", "<!doctype html><title>home</title>", content_type="text/html")
        lab.site.write("/sw.js", WORKER)
        lab.origin("other").write("/", b"\xff other", content_type="text/html")
        home = lab.open("/", name="home")
        lab.register("/sw.js", window=home)
        lab.wait("controlled")
        source = "navigator.serviceWorker.onmessage = () => {}; navigator.serviceWorker.controller.postMessage(sent); 0"
        home.evaluate(source, inputs={"sent": [1, {"a": swnb.BigInt(2)}]})
        lab.wait("message worker home")
        client = lab.clients.get("home")
        assert client is not None
        client.post_message({"hi": 1})
        lab.wait("message worker home")
        assert lab.worker.evaluate("registration.scope") == "http://lab.localhost/"
        lab.worker.stop()
        home.reload()
        lab.open("http://other.localhost/", name="guest").close()
        lab.worker.evaluate("registration.showNotification('News', {actions: [{action: 'go', title: 'Go'}]})")
        lab.wait("notification")
        lab.notifications.numbered(1).click("go")
        lab.wait("clients 2")
        with pytest.raises(swnb.JavaScriptError):
            lab.worker.evaluate("nobody()")
        mark = lab.mark()
        home.evaluate("navigator.serviceWorker.controller.postMessage('again'); 0")
        lab.wait("message home worker", mark=mark)
        lab.settle()
    return read(str(path))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return recorded(tmp_path_factory.mktemp("recorded") / "run.swnb.jsonl")


def again(recording: Recording, path: Path, **options: object) -> Replayed:
    return asyncio.run(replay(recording, path, **options))  # type: ignore[arg-type]


def test_every_command_is_given_again(recording: Recording, tmp_path: Path) -> None:
    given: list[int] = []
    done = again(recording, tmp_path / "again.swnb.jsonl", on_command=lambda number, _: given.append(number))
    assert done.notes == ()
    assert given == list(range(len(recording.commands)))
    assert [command.name for command in done.recording.commands] == [command.name for command in recording.commands]
    failed = [(command.name, command.failure is not None) for command in done.recording.commands]
    assert failed == [(command.name, command.failure is not None) for command in recording.commands]
    assert ("worker.evaluate", True) in failed
    assert done.recording.complete


def test_a_script_that_differs_is_found(recording: Recording, tmp_path: Path) -> None:
    changed = WORKER.replace("{echo: event.data}", "{echo: 'nothing'}")
    for digest, body in recording.files.items():
        if body == WORKER.encode():
            files = recording.files | {digest: changed.encode()}
    other = Recording(
        recording.path,
        recording.header,
        events=recording.events,
        commands=recording.commands,
        site=recording.site,
        files=files,
        end=recording.end,
        missing=(),
        extra={},
    )
    done = again(other, tmp_path / "again.swnb.jsonl")
    assert done.comparison.equal is False
    assert "nothing" in str(done.comparison)


def test_a_recording_from_the_middle_cannot_be_replayed(tmp_path: Path) -> None:
    with swnb.Lab("lab") as lab:
        lab.open("/", name="home")
        with lab.record(tmp_path / "late.swnb.jsonl"):
            lab.window("home").reload()
    with pytest.raises(CannotReplay, match="when windows or workers were there already"):
        again(read(str(tmp_path / "late.swnb.jsonl")), tmp_path / "again.swnb.jsonl")


def test_files_that_were_there_at_the_beginning_are_served_as_they_were(tmp_path: Path) -> None:
    """With the types that they had, which come of a text, of bytes, of a name, of a header, or of nothing."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.css").write_text("b {}")
    (tmp_path / "folder/odd").write_bytes(b"\x00")
    paths = ["/text", "/bytes", "/none", "/header", "/data.json", "/slow", "/folder/a.css", "/folder/odd", "/nothing"]
    told = f"""Promise.all({paths}.map(async path => {{
      const found = await fetch(path);
      return [found.status, found.headers.get("content-type"), found.headers.get("x-a"), await found.text()];
    }}))"""
    with swnb.Lab("lab") as lab:
        lab.site.write("/", "<!doctype html><title>home</title>")
        lab.site.write("/text", "<!doctype html>a text")
        lab.site.write("/bytes", b"<!doctype html>bytes")
        lab.site.write("/none", "nothing is said", content_type="")
        lab.site.write("/header", "a header", headers={"content-type": "text/x-odd", "X-A": "b"}, status=203)
        lab.site.write("/data.json", "{}")
        lab.site.write("/slow", "slow", delay_s=0.05)
        lab.site.mount("/folder", tmp_path / "folder", headers={"X-A": "c"})
        with lab.record(tmp_path / "run.swnb.jsonl"):
            home = lab.open("/", name="home")
            found: Any = home.evaluate(told)
    assert [each[1] for each in found[:6]] == [
        "text/html; charset=utf-8", "application/octet-stream", None, "text/x-odd", "application/json",
        "text/plain; charset=utf-8",
    ]  # fmt: skip
    assert [each[0] for each in found] == [200, 200, 200, 203, 200, 200, 200, 200, 404]
    recording = read(tmp_path / "run.swnb.jsonl")
    assert len(recording.site) == 9
    done = again(recording, tmp_path / "again.swnb.jsonl")
    assert done.comparison.equal is True, str(done.comparison)
    assert done.recording.commands[-1].outcome == found


def test_what_a_command_writes_has_its_type_again(tmp_path: Path) -> None:
    with swnb.Lab("lab") as lab, lab.record(tmp_path / "run.swnb.jsonl"):
        lab.site.write("/page", "<!doctype html><title>a page without an extension</title>")
        lab.site.write("/plain", b"<!doctype html>bytes")
        home = lab.open("/page", name="home")
        assert home.evaluate("document.title") == "a page without an extension"
        assert home.evaluate("(await fetch('/plain')).headers.get('content-type')") == "application/octet-stream"
        for path, body in (("no slash", "x"), ("/x", "half a pair \ud83d"), ("/x", 3)):
            with pytest.raises(swnb.SiteError):
                lab.site.write(path, body)  # type: ignore[arg-type]
    recording = read(tmp_path / "run.swnb.jsonl")
    done = again(recording, tmp_path / "again.swnb.jsonl")
    assert done.notes == ()
    assert done.comparison.equal is True, str(done.comparison)
    assert [isinstance(command.outcome, Failure) for command in done.recording.commands[-3:]] == [True] * 3


def test_a_name_that_is_taken(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "taken.swnb.jsonl"
    path.write_bytes(Path(recording.path).read_bytes())
    with pytest.raises(RecordingTaken, match="it is there already"):
        again(recording, path)
    with pytest.raises(RecordingTaken, match="it is there already"):
        swnb.replay(recording, path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == Path(recording.path).read_bytes()


def changed(recording: Recording, **parts: Any) -> Recording:
    names = ("events", "commands", "site", "files", "end", "missing", "extra")
    return Recording(
        recording.path, recording.header, **{name: parts.get(name, getattr(recording, name)) for name in names}
    )


def test_a_file_that_is_missing(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "run.swnb.jsonl"
    lines = Path(recording.path).read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b"".join(line for line in lines if not (line.startswith(b'{"body"') and b"addEventListener" in line))
    )
    less = read(path)
    assert less.missing == ("the body of /sw.js, which was written by a command",)
    done = again(less, tmp_path / "again.swnb.jsonl", timeout_s=2.0)
    assert any("its body is not in the recording" in note for note in done.notes)
    assert done.comparison.equal is None
    assert done.comparison.why.startswith(
        "the recording is not whole (the body of /sw.js, which was written by a command)"
    )
    assert done.comparison.divergence is not None


def test_a_file_that_somebody_changed_is_another_one(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "run.swnb.jsonl"
    path.write_bytes(Path(recording.path).read_bytes().replace(b"{echo: event.data}", b"{echo: 'other'}"))
    other = read(path)
    assert len(other.missing) == 1 and "other bytes stand there" in other.missing[0]
    done = again(other, tmp_path / "again.swnb.jsonl")
    assert done.comparison.equal is False
    assert "other" in str(done.comparison)


def test_a_recording_that_was_cut_is_not_waited_for(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends within what a command did that is not written: that never comes again, and tells nothing."""
    monkeypatch.setattr(giving_again, "PATIENCE_S", 60.0)
    last = next(at for at, command in enumerate(recording.commands) if command.name == "register")
    after = recording.commands[last].end_seq
    cut = changed(
        recording,
        commands=recording.commands[:last],
        events=recording.events[:after],
        end=None,
        missing=("its last line",),
    )
    began = time.monotonic()
    done = again(cut, tmp_path / "again.swnb.jsonl")
    assert time.monotonic() - began < 30
    assert done.comparison.equal is None
    assert (
        done.comparison.why
        == "the recording is not whole (its last line), and its replay differs, which may come of that alone"
    )
    assert done.notes[-1].startswith("before the end: not there, as it was in the recording: ")


# ---- a browser that dies ------------------------------------------------------------------------------------------


def test_a_browser_that_dies_in_the_middle(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labs: list[AsyncLab] = []

    class Noted(AsyncLab):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            labs.append(self)

    def kill(number: int, _: object) -> None:
        if number == 7:
            pid = labs[0].browser.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)

    monkeypatch.setattr("swnb.lab.replay.AsyncLab", Noted)
    path = tmp_path / "again.swnb.jsonl"
    with pytest.raises(ReplayBroken) as caught:
        again(recording, path, on_command=kill)
    assert caught.value.what.startswith("the browser ended in the middle of the replay, before ")
    assert caught.value.todo
    assert not labs[0].started or not labs[0].alive
    kept = read(path)
    assert kept.complete and 6 <= len(kept.commands) < len(recording.commands)


def browsers(of: int) -> list[psutil.Process]:
    """Return the browsers that a process started, their own children left out."""
    return [child for child in psutil.Process(of).children() if "chrom" in child.name()]


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: Chromium has a socket where temporary files are."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["replay", "verify"])
def test_a_browser_that_is_killed_is_told_by_the_shells_command(tmp_path: Path, short: Path, command: str) -> None:
    """In two lines, with a status; nothing hangs, and what was recorded until then is there."""
    with swnb.Lab("lab") as lab, lab.record(tmp_path / "run.swnb.jsonl"):
        home = lab.open("/", name="home")
        for _ in range(20):
            home.evaluate("new Promise(done => setTimeout(done, 250, 1))")
    new = tmp_path / "new.swnb.jsonl"
    words = [str(tmp_path / "run.swnb.jsonl"), *(["-o", str(new)] if command == "replay" else [])]
    asked = subprocess.Popen(
        [sys.executable, "-m", "swnb", command, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(short)},
    )
    try:
        deadline = time.monotonic() + 60
        written: list[Path] = []
        while not any(len(read(path).commands) > 2 for path in written):
            assert time.monotonic() < deadline and asked.poll() is None
            time.sleep(0.02)
            written = [new] if new.exists() else [*short.glob("*/again.swnb.jsonl")]
        found = browsers(asked.pid)
        assert found
        for browser in found:
            browser.kill()
        out, err = asked.communicate(timeout=40)
    finally:
        asked.kill()
        asked.wait()
    assert asked.returncode == 2
    assert "the browser ended in the middle of the replay, before " in out + err
    assert "Traceback" not in out + err
    if command == "replay":
        assert len(err.splitlines()) == 2 and not out
        assert 2 < len(read(new).commands) < 21 and read(new).complete
