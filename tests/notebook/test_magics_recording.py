"""The verb of recordings, in a real kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from swnb.recording import read
from tests.notebook.session import Kernel

pytestmark = pytest.mark.slow


def test_a_notebook_is_recorded(kernel: Kernel, tmp_path: Path) -> None:
    path = tmp_path / "run.swnb.jsonl"
    kernel.ok("%sw start --timeout 20")
    assert "nothing is being recorded; `%sw record FILE` begins" in kernel.ok("%sw record").text
    assert (
        f"<Recorder {path} recording: 0 events, 0 commands>"
        in kernel.ok(f"%sw record {path} --redact s3cret --redact '$.token'").text
    )
    kernel.ok("%%sw file /sw.js\naddEventListener('install', event => event.waitUntil(skipWaiting()));")
    kernel.ok("%sw open / --as home\n%sw register /sw.js\n%sw wait active")
    kernel.ok("%%sw worker\n'the s3cret' + 1")
    assert f"{path} recording: " in kernel.ok("%sw record").text
    error = " ".join(kernel.fails(f"%sw record {path}"))
    assert "another lab is writing it" in error
    ended = kernel.ok("%sw record stop").text
    assert f"<Recorder {path} ended: " in ended and "2 passages redacted>" in ended
    assert "nothing is being recorded" in kernel.fails("%sw record stop")[0]
    assert "it is there already" in kernel.fails(f"%sw record {path}")[0]
    assert "--overwrite needs a file" in kernel.fails("%sw record --overwrite")[0]
    found = read(path)
    assert found.complete and b"s3cret" not in path.read_bytes()
    assert [command.name for command in found.commands] == ["site.write", "open", "register", "wait", "worker.evaluate"]
    assert found.commands[-1].arguments["source"] == "\n'the [redacted]' + 1\n"
    kernel.ok(f"%sw record {path} --overwrite")
    kernel.ok("%sw stop")
    again = read(path)
    assert again.end is not None and not again.commands and again.header.before is not None


def test_labs_that_always_record(kernel: Kernel, tmp_path: Path) -> None:
    kernel.run("%sw stop --all")
    kernel.ok(f"%config Lab.record = {str(tmp_path / 'always.swnb.jsonl')!r}\n%config Lab.redact = ['s3cret']")
    for _ in range(2):
        kernel.ok("%sw start\n%sw open /?s3cret --as home\n%sw stop")
    for name in ("always.swnb.jsonl", "always-2.swnb.jsonl"):
        found = read(tmp_path / name)
        assert found.complete and found.redacted and [command.name for command in found.commands] == ["open"]
