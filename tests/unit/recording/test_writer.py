"""Writing a recording: what is in the file, and what stands in the way."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from swnb.events import ConsoleWritten
from swnb.recording import End, Header, Line, RecordingRefused, RecordingTaken, Redactor, Writer, read
from swnb.recording import writer as module
from tests.rules.source import ROOT

from .samples import SCRIPT, events, lines, recording, write

HEADER = Line(header=Header(format=1))


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_each_line_is_there_before_the_next_thing_happens(tmp_path: Path, packed: str) -> None:
    writer = Writer(tmp_path / f"run{packed}")
    writer.line(HEADER)
    for event in events(20):
        writer.event(event)
        assert read(writer.path).events[-1] == event
    writer.close(Line(end=End(seq=20)))
    assert read(writer.path).complete and writer.closed and writer.lines == 22
    assert writer.size <= os.path.getsize(writer.path)
    writer.event(events(1)[0])
    writer.close()
    assert len(read(writer.path).events) == 20


def test_a_line_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    plain = os.write

    def noted(descriptor: int, data: bytes) -> int:
        written.append(data)
        return plain(descriptor, data)

    monkeypatch.setattr(os, "write", noted)
    write(tmp_path / "run", lines(events(5)))
    assert all(data.endswith(b"\n") and data.count(b"\n") == 1 for data in written)


def test_several_events_are_one_write_whole_lines_of_which_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    plain = os.write

    def full(descriptor: int, data: bytes) -> int:
        sizes.append(len(data))
        if len(sizes) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(descriptor, data[: len(data) // 2])

    writer = Writer(tmp_path / "run")
    writer.line(HEADER)
    writer.events(events(40)[:20])
    monkeypatch.setattr(os, "write", full)
    writer.events(events(40)[20:])
    monkeypatch.undo()
    found = read(writer.path)
    assert len(sizes) == 2 and writer.closed
    assert Path(writer.path).read_bytes().endswith(b"}\n")
    assert list(found.events) == events(40)[: len(found.events)] and 25 < len(found.events) < 35


def test_a_body_is_written_once(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    writer.line(HEADER)
    assert writer.body(SCRIPT) == writer.body(SCRIPT)
    writer.close()
    assert list(read(writer.path).files.values()) == [SCRIPT]


def test_a_body_that_is_too_large_is_known_by_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BODY", 10)
    writer = Writer(tmp_path / "run")
    writer.line(HEADER)
    digest, size, kept = writer.body(SCRIPT)
    assert (size, kept) == (len(SCRIPT), False)
    writer.close()
    assert digest not in read(writer.path).files


def test_a_line_that_no_reader_takes_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE", 200)
    writer = Writer(tmp_path / "run")
    writer.line(HEADER)
    writer.event(ConsoleWritten(seq=0, level="log", text="x" * 300))
    writer.line(Line(header=Header(format=1, configuration={"what": object()})))  # has no JSON
    writer.event(ConsoleWritten(seq=1, level="log", text="y"))
    writer.close(Line(end=End(seq=2, left_out=writer.left_out)))
    assert read(writer.path).missing == ("event 0", "2 lines that could not be written")


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run.gz")
    writer.line(HEADER)

    def speak(first: int) -> None:
        for seq in range(first, 400, 4):
            writer.event(ConsoleWritten(seq=seq, level="log", text=f"{seq}"))

    threads = [threading.Thread(target=speak, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close(Line(end=End(seq=400)))
    assert [event.seq for event in read(writer.path).events] == list(range(400))


def test_a_forks_child_does_not_write(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    writer.line(HEADER)
    child = os.fork()
    if not child:
        writer.event(ConsoleWritten(seq=7, level="log", text="from the child"))
        writer.close()
        os._exit(0)
    os.waitpid(child, 0)
    writer.event(ConsoleWritten(seq=0, level="log", text="from the parent"))
    writer.close()
    assert [event.seq for event in read(writer.path).events] == [0]


# ---- what stands in the way ---------------------------------------------------------------------------------------


def refused(path: Path | str, *, overwrite: bool = False) -> tuple[str, str]:
    with pytest.raises(RecordingRefused) as caught:
        Writer(path, overwrite=overwrite)
    what, todo = str(caught.value).split("\n")
    assert todo
    return what.partition(": ")[2], todo


@pytest.mark.parametrize("overwrite", [False, True])
def test_two_who_write_one_file(tmp_path: Path, overwrite: bool) -> None:
    first = Writer(tmp_path / "run")
    first.line(HEADER)
    assert refused(tmp_path / "run", overwrite=overwrite)[0] == "another lab is writing it"
    first.event(events(1)[0])
    first.close()
    assert len(read(first.path).events) == 1


def test_another_process_that_writes_it(tmp_path: Path) -> None:
    program = (
        "import sys; from swnb.recording import Writer; w = Writer(sys.argv[1]); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "run")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        assert refused(tmp_path / "run", overwrite=True)[0] == "another lab is writing it"
        other.communicate("\n")
    Writer(tmp_path / "run", overwrite=True).close()


def test_a_recording_is_overwritten_only_when_asked_and_nothing_else_ever(tmp_path: Path) -> None:
    path = Path(recording(tmp_path / "run").path)
    assert refused(path)[0] == "it is there already"
    with pytest.raises(RecordingTaken):
        Writer(path)
    assert read(path).complete
    write(path, lines(events(2)))
    assert len(read(path).events) == 2
    other = tmp_path / "notes.txt"
    other.write_text("my notes")
    assert refused(other, overwrite=True)[0] == "what is there is no recording"
    assert other.read_text() == "my notes"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_symbolic_link_in_its_place(tmp_path: Path, overwrite: bool) -> None:
    target = Path(recording(tmp_path / "run").path)
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    before = target.read_bytes()
    for name in ("link", "dangling"):
        assert refused(tmp_path / name, overwrite=overwrite)[0] == "it is a symbolic link"
    assert target.read_bytes() == before and not (tmp_path / "nothing").exists()


def test_names_where_nothing_can_be_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "no" / "run") == ("there is no such folder", f"make it: {tmp_path / 'no'}")
    assert refused(tmp_path, overwrite=True)[0] == "it is a folder"
    assert refused(tmp_path / "pipe", overwrite=True)[0] == "it is no regular file"
    assert "null" in refused("a\0b")[0]


def test_a_new_file_is_the_users_own_to_read(tmp_path: Path) -> None:
    Writer(tmp_path / "run").close()
    mode = stat.S_IMODE(os.stat(tmp_path / "run").st_mode)
    assert not mode & stat.S_IXUSR and mode & stat.S_IRUSR


# ---- a full disk --------------------------------------------------------------------------------------------------

FULL = """
import resource, signal, sys
from swnb.events import ConsoleWritten
from swnb.recording import Header, Line, Writer
told = []
writer = Writer(sys.argv[1], on_failure=lambda error: told.append(error))
writer.line(Line(header=Header(format=1)))
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
last = -1
for seq in range(100_000):
    writer.event(ConsoleWritten(seq=seq, level="log", text=str(seq) * 9))
    if not told:
        last = seq
writer.close()
print(last, len(told), type(told[0]).__name__, told[0].errno, writer.closed)
"""


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_a_file_that_may_grow_no_more(tmp_path: Path, packed: str) -> None:
    """As on a full disk: the writer tells once, and what it wrote before is whole."""
    path = tmp_path / f"run{packed}"
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    last, *rest = ended.stdout.split()
    assert rest == ["1", "OSError", str(errno.EFBIG), "True"]
    found = read(path)
    assert [event.seq for event in found.events] == list(range(int(last) + 1)) and int(last) > 50
    assert len(found.missing) == 1 + (packed == ".gz")
    assert path.stat().st_size <= 20_000


NO_SPACE = """
import os, shutil, subprocess, sys
from swnb.events import ConsoleWritten
from swnb.recording import End, Header, Line, Writer
disk, kept = sys.argv[1:3]
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
    raise SystemExit(77)
told = []
path = os.path.join(disk, os.path.basename(kept))
writer = Writer(path, on_failure=lambda error: told.append(error))
writer.line(Line(header=Header(format=1)))
last = -1
for seq in range(100_000):
    writer.event(ConsoleWritten(seq=seq, level="log", text=str(seq) * 9))
    if not told:
        last = seq
writer.close(Line(end=End(seq=seq)))
shutil.copy(path, kept)
print(last, len(told), told[0].errno, writer.closed)
"""


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_a_disk_that_is_full(tmp_path: Path, packed: str) -> None:
    """A real one, of 64 kB, in a name space of its own, so that nothing is left of it."""
    (tmp_path / "disk").mkdir()
    kept = tmp_path / f"run{packed}"
    words = ["unshare", "--map-root-user", "--mount", sys.executable, "-c", NO_SPACE, str(tmp_path / "disk"), str(kept)]
    if shutil.which("unshare") is None or subprocess.run([*words[:3], "true"], check=False).returncode:
        pytest.skip("this machine lets nobody mount anything")
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    if ended.returncode == 77:
        pytest.skip("no tmpfs can be mounted")
    assert ended.returncode == 0, ended.stderr
    last, *rest = ended.stdout.split()
    assert rest == ["1", str(errno.ENOSPC), "True"]
    found = read(kept)
    assert [event.seq for event in found.events] == list(range(int(last) + 1)) and int(last) > 200
    assert len(found.missing) == 1 + (packed == ".gz")
    assert 60_000 <= kept.stat().st_size <= 65_536


def test_a_write_that_fails_in_the_middle_of_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[OSError] = []
    writer = Writer(tmp_path / "run", on_failure=told.append)
    writer.line(HEADER)
    writer.event(events(1)[0])
    plain = os.write

    def half(descriptor: int, data: bytes) -> int:
        if len(data) < 40:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(descriptor, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    for event in events(5)[1:]:
        writer.event(event)
    monkeypatch.undo()
    writer.close(Line(end=End()))
    assert [error.errno for error in told] == [errno.ENOSPC] and writer.failure is told[0]
    assert Path(writer.path).read_bytes().endswith(b"}\n") and list(read(writer.path).events) == events(1)


# ---- a process that is killed -------------------------------------------------------------------------------------


KILLED = """
import os, sys
from swnb.recording import Command, Header, Line, Writer
from tests.unit.recording.samples import events
heard = events(8_000)
writer = Writer(sys.argv[1])
writer.line(Line(header=Header(format=1)))
for event in heard:
    writer.event(event)
    os.write(1, b"%d\\n" % event.seq)
"""


@pytest.mark.slow
@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_a_killed_process_loses_nothing_that_it_had_acknowledged(tmp_path: Path, packed: str) -> None:
    """Killed at 200 random moments in all, between lines and within them."""
    moments = random.Random(packed)
    for nth in range(67):
        path = tmp_path / f"run{nth}{packed}"
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path)], cwd=ROOT, stdout=subprocess.PIPE, bufsize=0
        ) as child:
            assert child.stdout is not None
            wanted, told = moments.randrange(1, 30_000), b""
            while len(told) < wanted:  # bytes of acknowledgements
                told += child.stdout.read(wanted - len(told))
            child.send_signal(signal.SIGKILL)
            told += child.stdout.read()
        acknowledged = int(told[: told.rindex(b"\n")].rsplit(b"\n", 1)[-1]) if b"\n" in told else -1
        found = read(path)
        assert len(found.events) > acknowledged
        assert [event.seq for event in found.events] == list(range(len(found.events)))
        assert "its end: it is still being written, or whoever wrote it was killed" in found.missing


def test_redaction_is_applied_to_all_that_is_written(tmp_path: Path) -> None:
    redactor = Redactor(["s3cret"])
    writer = Writer(tmp_path / "run", redactor=redactor)
    writer.line(Line(header=Header(format=1, configuration={"arguments": ["--key=s3cret"]})))
    digest, size, kept = writer.body(b"const key = 's3cret'")
    writer.event(ConsoleWritten(seq=0, level="log", text="the s3cret and the s3cret"))
    writer.close(Line(end=End(seq=1, redacted=redactor.count)))
    assert b"s3cret" not in Path(writer.path).read_bytes()
    found = read(writer.path)
    assert found.complete and found.redacted == 4
    assert found.files == {digest: b"const key = '[redacted]'"} and size == 24 and kept
