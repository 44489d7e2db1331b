"""A lab's run in a file: what of a real one is kept, once, and what becomes of the lab where it cannot be written."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import swnb
from swnb.events import Surprise, WorkerStateChanged
from swnb.lab.commands import LISTENING
from swnb.recording import Command, Failure, Recording, RecordingRefused, RecordingStopped, read
from swnb.recording.schema import schema
from tests.rules.source import ROOT

SOURCE = """
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("message", event => event.source.postMessage({echo: event.data}));
"""

jsonschema = pytest.importorskip("jsonschema")

POST = "navigator.serviceWorker.controller.postMessage({token: 't0ken', text: 'my s3cret'})"


def named(found: Recording, name: str) -> list[Command]:
    return [command for command in found.commands if command.name == name]


def scene(lab: swnb.Lab) -> None:
    """A page, a worker, a message and its answer."""
    lab.site.write("/sw.js", SOURCE)
    home = lab.open("/", name="home")
    lab.register("/sw.js", window=home)
    lab.wait("controlled home")
    home.evaluate(POST)
    lab.wait("message worker home")


def test_a_whole_run(lab: swnb.Lab, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.txt").write_text("mounted")
    lab.site.write("/before.txt", "before", headers={"X-Kind": "old"})
    lab.site.mount("/folder", tmp_path / "folder")
    path = tmp_path / "run.swnb.jsonl"
    since = len(lab.log)
    with lab.record(path) as recorder:
        assert [str(path)] == [one.path for one in lab.recorders]
        scene(lab)
    assert lab.recorders == () and recorder.closed and LISTENING == {}
    found = read(path)
    assert list(found.events) == list(lab.log)[since : since + len(found.events)]
    assert found.complete and found.end is not None and found.end.seq == since + len(found.events)
    assert (recorder.events, recorder.commands) == (len(found.events), len(found.commands))
    assert [command.name for command in found.commands] == [
        "site.write",
        "open",
        "register",
        "wait",
        "window.evaluate",
        "wait",
    ]
    assert {(file.path, file.mount): found.body(file) for file in found.site} == {
        ("/before.txt", ""): b"before",
        ("/folder/a.txt", "/folder/"): b"mounted",
    }
    assert found.site[0].headers[-1] == ("X-Kind", "old") and found.site[0].type.startswith("text/plain")
    (written,) = named(found, "site.write")
    body = written.arguments["body"]
    assert isinstance(body, dict) and found.files[body["sha256"]] == SOURCE.encode()
    (evaluated,) = named(found, "window.evaluate")
    assert evaluated.arguments == {"of": "home", "source": POST}
    assert found.commands[-1].arguments == {"condition": "message worker home"}
    outcome = found.commands[-1].outcome
    assert isinstance(outcome, dict) and outcome["sender"].startswith("w") and outcome["receiver"] == "home"
    assert {found.events[seq - since].kind for seq in found.commands[-1].saw} == {"message.sent", "message.received"}
    for command, after in zip(found.commands, [*found.commands[1:], None], strict=True):
        assert command.begin_seq <= command.end_seq <= (after.begin_seq if after else found.end.seq)
        assert 0 < command.begin_ns < command.end_ns and command.replayable


def test_each_line_is_as_the_schema_says(lab: swnb.Lab, tmp_path: Path) -> None:
    with lab.record(tmp_path / "run"):
        scene(lab)
        lab.clients.match_all()
    validator = jsonschema.Draft202012Validator(schema())
    lines = (tmp_path / "run").read_text().splitlines()
    for line in lines:
        validator.validate(json.loads(line))
    assert len(lines) > 20


def test_the_header_says_what_it_was_made_with(lab: swnb.Lab, tmp_path: Path) -> None:
    lab.open("/", name="early")
    lab.record(tmp_path / "run").stop()
    found = read(tmp_path / "run")
    header = found.header
    assert header.chromium.startswith(("Chrome/", "HeadlessChrome/")) and header.python in sys.version
    assert header.attach == "hold" and header.configuration["timeout_s"] == 20.0 and len(header.probe) == 64
    assert header.swnb == swnb.__version__ and {"msgspec", "tornado", "zstandard"} <= header.packages.keys()
    assert header.platform and header.locale and header.origin == "http://lab.localhost"
    assert header.before is not None and header.before.windows == {"early": "http://lab.localhost/"}
    assert found.missing == ("what led to its beginning: the lab had run before, and there was early",)


def test_each_verb_once_with_its_arguments(lab: swnb.Lab, tmp_path: Path) -> None:
    """Verbs call each other, begin in one thread and go on in another: each is one command all the same."""
    scene(lab)
    home = lab.window("home")
    with lab.record(tmp_path / "run"):
        client = lab.clients.get("home")
        assert isinstance(client, swnb.WindowClient)
        client.post_message([1, swnb.BigInt(2), b"bytes"])
        mark = lab.mark()
        lab.worker.evaluate("n + 1", inputs={"n": 2}, timeout_s=5)
        lab.worker.stop()
        lab.worker.evaluate("1")  # which starts it: the calling thread gives up, and the loop does it
        assert home.reload() == home
        with pytest.raises(swnb.JavaScriptError):
            home.evaluate("nobody")
        with pytest.raises(swnb.WaitTimeout):
            lab.wait("clients 7", mark=mark, timeout_s=0.01)
        lab.permissions.set("geolocation", "granted")
        lab.push({"n": 1})
        home.page.title()
        lab.origin("other").write("/x", b"\xff")
        lab.origin("other").remove("/x")
        lab.registration("/").update()
        lab.settle()
        client = lab.clients.get("home")
        assert isinstance(client, swnb.WindowClient)
        client.navigate("/next")
        home.close()
    found = read(tmp_path / "run")
    told = [(command.name, dict(command.arguments)) for command in found.commands]
    worker = told[0][1]["of"]
    assert [name for name, _ in told] == [
        "clients.get", "client.post_message", "worker.evaluate", "worker.stop", "worker.evaluate", "window.reload",
        "window.evaluate", "wait", "permissions.set", "push", "pyppeteer.Page.title", "origin", "site.write", "site.remove",
        "registration.update", "settle", "clients.get", "client.navigate", "window.close",
    ]  # fmt: skip
    arguments = [given for _, given in told]
    assert arguments[0] == {"of": worker, "client": "home"}
    to = arguments[1].pop("client")
    assert isinstance(to, dict) and to["client"].startswith("c") and len(to["id"]) == 36
    message = arguments[1]["message"]
    assert isinstance(message, list) and message[:2] == [1, 2] and bytes(message[2]) == b"bytes"
    assert arguments[2] == {"of": worker, "source": "n + 1", "inputs": {"n": 2}, "timeout_s": 5}
    assert found.commands[2].outcome == 3 and found.commands[5].outcome == "home"
    assert isinstance(found.commands[6].outcome, Failure) and found.commands[6].outcome.name == "ReferenceError"
    assert arguments[7] == {"condition": "clients 7", "mark": {"after": 2}, "timeout_s": 0.01}
    assert arguments[9] == {"data": {"n": 1}} and arguments[10] == {"of": "home"}
    assert found.files[arguments[12]["body"]["sha256"]] == b"\xff"  # type: ignore[index]
    assert arguments[14]["of"] == "http://lab.localhost/" and arguments[17]["url"] == "/next"
    assert all(command.replayable for command in found.commands)


def test_what_cannot_be_given_again_says_so(lab: swnb.Lab, tmp_path: Path) -> None:
    scene(lab)
    with lab.record(tmp_path / "run"):
        with pytest.raises(swnb.WaitTimeout):
            lab.wait("message home worker", where=lambda message: False, mark=lab.mark(), timeout_s=0.01)
        with pytest.raises(swnb.ValueNotCloneable):
            lab.worker.post_message(object())
        lab.window("home").evaluate("() => 1")
    waited, posted, evaluated = read(tmp_path / "run").commands
    assert waited.described == ("where",) and not waited.replayable and "lambda" in str(waited.arguments["where"])
    assert posted.described == ("message",) and isinstance(posted.outcome, Failure)
    assert evaluated.described == ("result",) and evaluated.replayable


def test_asynchronous_code(tmp_path: Path) -> None:
    async def run() -> None:
        async with swnb.AsyncLab() as lab:
            lab.site.write("/sw.js", SOURCE)
            async with await lab.record(tmp_path / "run.zst") as recorder:
                home = await lab.open("/", name="home")
                await lab.register("/sw.js", window=home)
                await lab.wait("controlled home")
                first, second = await asyncio.gather(home.evaluate("1"), home.evaluate("2"))
                assert (first, second) == (1, 2)
                (client,) = await lab.clients.match_all()
                await client.post_message("hello")
            assert recorder.closed and "ended" in repr(recorder)
            await home.reload()

    asyncio.run(run())
    found = read(tmp_path / "run.zst")
    assert found.complete and found.header.seq == 0 and found.header.before is None
    assert [command.name for command in found.commands] == [
        "open",
        "register",
        "wait",
        "window.evaluate",
        "window.evaluate",
        "clients.match_all",
        "client.post_message",
    ]
    assert {named(found, "window.evaluate")[at].outcome for at in (0, 1)} == {1, 2}
    assert named(found, "register")[0].arguments == {"url": "/sw.js", "window": "home"}


def test_two_recordings_of_one_lab(lab: swnb.Lab, tmp_path: Path) -> None:
    with lab.record(tmp_path / "outer"):
        lab.open("/", name="one")
        with lab.record(tmp_path / "inner") as inner:
            lab.window("one").evaluate("1")
            assert [one.path for one in lab.recorders] == [str(tmp_path / "outer"), inner.path]
        lab.window("one").evaluate("2")
    assert [str(one.outcome) for one in read(tmp_path / "outer").commands] == ["one", "1", "2"]
    assert [one.outcome for one in read(tmp_path / "inner").commands] == [1]


def test_secrets_are_in_none_of_it(lab: swnb.Lab, tmp_path: Path) -> None:
    with lab.record(tmp_path / "run", redact=["s3cret", "t0ken(?=')", "$..token"]) as recorder:
        scene(lab)
        lab.site.write("/key.js", "const key = 's3cret'")
        lab.open("/?s3cret", name="s3cret")
    content = (tmp_path / "run").read_bytes()
    found = read(tmp_path / "run")
    decoded = [getattr(event, "content", b"") for event in found.events]
    assert b"s3cret" not in content and not any(b"s3cret" in one or b"t0ken" in one for one in decoded)
    assert found.redacted == recorder.redacted > 8
    assert found.complete
    sent = next(one for one in found.events if one.kind == "message.sent" and one.actor == "home")
    assert sent.data == {"token": "[redacted]", "text": "my [redacted]"}  # type: ignore[attr-defined]
    assert any("s3cret" in str(getattr(event, "content", b"")) for event in lab.log)  # the lab's own log has all


def test_the_recording_of_a_lab_that_always_records(tmp_path: Path) -> None:
    lab = swnb.Lab(record=tmp_path / "run.swnb.jsonl.gz", redact=["s3cret"])
    for _ in range(2):
        with lab:
            assert len(lab.recorders) == 1
            scene(lab)
            assert "s3cret" in str(lab.log.messages())
    first, second = read(tmp_path / "run.swnb.jsonl.gz"), read(tmp_path / "run-2.swnb.jsonl.gz")
    assert first.complete and first.header.seq == 0 and first.redacted
    assert second.complete and second.header.seq == second.events[0].seq > 0
    assert [one.name for one in first.commands] == [one.name for one in second.commands]
    assert "redact" not in first.header.configuration


def test_a_lab_that_cannot_begin_its_recording_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused, match="there is no such folder"):
        swnb.Lab(record=tmp_path / "no/run").start()
    with pytest.raises(swnb.InvalidArgument, match="record is 3"):
        swnb.Lab(record=3)
    with pytest.raises(swnb.NotStarted):
        swnb.Lab().record(tmp_path / "run")


def test_two_labs_do_not_write_one_file(lab: swnb.Lab, tmp_path: Path) -> None:
    with lab.record(tmp_path / "run"):
        lab.open("/", name="home")
        with pytest.raises(RecordingRefused, match="another lab is writing it"):
            lab.record(tmp_path / "run", overwrite=True)
        lab.window("home").evaluate("1")
    assert len(read(tmp_path / "run").commands) == 2


def test_two_runs_of_one_scene_are_equal(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two.gz"):
        with swnb.Lab() as lab, lab.record(tmp_path / name):
            scene(lab)
            lab.clients.match_all()
        found.append(read(tmp_path / name))
    first, second = found
    comparison = first.compare(second)
    assert comparison.equal is True, str(comparison)


@contextmanager
def largest(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a full disk."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_it_ends_when_nothing_is_under_way(lab: swnb.Lab, tmp_path: Path) -> None:
    """A worker that still installs is waited for, so that what was cut off is not another thing each time."""
    lab.site.write("/slow.js", "oninstall = event => event.waitUntil(new Promise(done => setTimeout(done, 400)))")
    home = lab.open("/", name="home")
    with lab.record(tmp_path / "slow.swnb.jsonl"):
        home.evaluate("navigator.serviceWorker.register('/slow.js'); 0")
    kept = read(tmp_path / "slow.swnb.jsonl")
    assert [event.state for event in kept.events if isinstance(event, WorkerStateChanged)][-1] == "activated"


def test_a_full_disk_is_told_once_and_the_lab_goes_on(lab: swnb.Lab, tmp_path: Path) -> None:
    scene(lab)
    home = lab.window("home")
    since = lab.mark()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        recorder = lab.record(tmp_path / "run")
        home.evaluate("1")
        with largest(os.path.getsize(tmp_path / "run") + 1_000):
            for n in range(30):
                assert home.evaluate(f"{n}") == n
        assert home.evaluate("'goes on'") == "goes on"
        lab.settle()
    surprises = [one for one in lab.log.since(since) if isinstance(one, Surprise) and "nothing more" in one.what]
    assert len(surprises) == 1 and "File too large; what was written can be read" in surprises[0].what
    assert [str(one.message) for one in warned if one.category is RecordingStopped] == [surprises[0].what]
    assert recorder.closed and recorder.failure == "File too large" and "failed" in repr(recorder)
    assert lab.recorders == () and LISTENING == {}
    recorder.stop()
    found = read(tmp_path / "run")
    assert len(found.missing) == 2 and 1 < len(found.commands) < 31


CHILD = """
import sys, swnb
with swnb.Lab() as lab:
    lab.record(sys.argv[1])
    home = lab.open("/", name="home")
    for n in range(1_000_000):
        home.evaluate(f"console.log({n})")
        lab.settle()
        print(n, len(lab.log), flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_a_kernel_that_is_killed(tmp_path: Path, packed: str) -> None:
    """At a random moment; `tests/unit/recording/test_writer.py` does so with two hundred writers.

    ``SWNB_KILLS=200`` does it as often here, with a lab and its browser each time.
    """
    for nth in range(int(os.environ.get("SWNB_KILLS", "1"))):
        killed(tmp_path / f"run-{nth}{packed}")


def killed(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(20)]
        time.sleep(random.random() / 2)
        child.kill()
        told += child.stdout.readlines()  # what it had acknowledged until then
    number, events = map(int, [line for line in told if line.endswith("\n")][-1].split())
    found = read(path)
    assert len(found.events) >= events and len(named(found, "window.evaluate")) >= number
    assert "its end: it is still being written, or whoever wrote it was killed" in found.missing


def test_an_interpreter_that_ends_without_stopping_its_lab(tmp_path: Path) -> None:
    program = "import sys, swnb; lab = swnb.Lab(record=sys.argv[1]).start(); lab.open('/', name='home')"
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "run")], cwd=ROOT, check=True, timeout=60)
    assert read(tmp_path / "run").complete


def test_a_browser_that_dies(tmp_path: Path) -> None:
    with swnb.Lab() as lab:
        lab.record(tmp_path / "run")
        home = lab.open("/", name="home")
        pid = lab.asynchronous.browser.pid
        assert pid is not None
        os.kill(pid, 9)
        with pytest.raises(swnb.SwnbError):
            for _ in range(100):
                home.evaluate("1")
                time.sleep(0.05)
    found = read(tmp_path / "run")
    assert found.complete and isinstance(found.commands[-1].outcome, Failure)
