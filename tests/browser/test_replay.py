"""Recordings given again to a fresh browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import swnb
from swnb.lab.giving import CannotReplay
from swnb.lab.replay import Replayed, replay
from swnb.recording import Recording, read

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
