"""What is made of a run, whatever ran: the kernel and the browser are played here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from swnb.lab.replay import answer
from swnb.recording import Recording, read
from swnb.recording.filenames import numbered
from swnb.verifying import verify as module
from swnb.verifying.executing import Ran
from swnb.verifying.items import Item, item_of
from swnb.verifying.kernel import CellTimeout, Stopped
from swnb.verifying.options import Options
from swnb.verifying.stop import Stop
from swnb.verifying.verdict import State, Verdict
from swnb.verifying.verify import verify
from tests.unit.verifying.kept import notebook, recorded

UPDATE = Options(update=True)

Play = Callable[..., None]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Let the notebook's labs write these texts, lab by lab, when it is executed."""

    def played(*labs: Sequence[str], failure: str = "", tried: bool = True, redacted: int = 0) -> None:
        def execute(path: Path, book: Any, into: Path, **given: Any) -> Ran:
            made = [recorded(numbered(into, n), *texts, redacted=redacted) for n, texts in enumerate(labs, 1)]
            return Ran(tuple(made), failure, "mend it" if failure else "", tried)

        monkeypatch.setattr(module, "execute", execute)

    return played


class Done(NamedTuple):
    recording: Recording
    comparison: Any
    notes: tuple[str, ...]


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Let a replay write these texts."""

    def played(*texts: str, notes: tuple[str, ...] = (), lost: bool = False) -> None:
        def replayed(recording: Recording, new: Path, options: Options, **_: Any) -> Done:
            again = read(recorded(new, *texts))
            if lost:
                again.commands = ()
            comparison = answer(recording, again, ignore=list(options.ignore), tolerance=options.tolerance)
            return Done(again, comparison, notes)

        monkeypatch.setattr(module, "replayed", replayed)

    return played


def texts(path: Path) -> list[str]:
    return [event.text for event in read(path).events]  # type: ignore[attr-defined]


def book(folder: Path, *labs: Sequence[str], **declared: Any) -> Item:
    """A notebook with the recordings of its labs beside it."""
    path = notebook(folder / "a.ipynb", "1", **declared)
    for number, said in enumerate(labs, 1):
        recorded(numbered(folder / "a.swnb.jsonl", number), *said)
    return item_of(path)


# ---- notebooks ----------------------------------------------------------------------------------------------------


def test_equal(tmp_path: Path, play: Play) -> None:
    play(["x", "y"], ["z"])
    verdict = verify(book(tmp_path, ["x", "y"], ["z"]))
    assert (verdict.state, verdict.did, verdict.brief, verdict.text()) == (State.EQUAL, "executed", "", "")
    assert [part.comparison.equal for part in verdict.parts] == [True, True]


def test_different(tmp_path: Path, play: Play) -> None:
    play(["x", "y"], ["other"])
    verdict = verify(book(tmp_path, ["x", "y"], ["z"]))
    assert verdict.state is State.DIFFERENT
    assert "`home` wrote 'other' to the console" in verdict.brief
    first, second, *rest = verdict.text().splitlines()
    assert first == f"{tmp_path}/a.ipynb: different"
    assert second == f"  the first run: {tmp_path}/a-2.swnb.jsonl; the second run: this run of the notebook"
    assert any(line.strip().startswith("the first run  ") for line in rest), "the timelines are beside each other"
    plain = verdict.plain()
    assert [each["equal"] for each in plain["recordings"]] == [True, False]


def test_what_the_notebook_says_that_varies_is_left_out(tmp_path: Path, play: Play) -> None:
    play(["took 5 ms"])
    assert verify(book(tmp_path, ["took 7 ms"])).state is State.DIFFERENT
    assert verify(book(tmp_path, ignore=["re:[0-9]+ ms"])).state is State.EQUAL


def test_another_number_of_labs(tmp_path: Path, play: Play) -> None:
    play(["x"])
    verdict = verify(book(tmp_path, ["x"], ["y"]))
    assert verdict.state is State.DIFFERENT
    assert verdict.failure == "it started 1 lab, and 2 recordings are beside it"
    play(["x"], ["y"], ["z"])
    assert verify(book(tmp_path)).failure == "it started 3 labs, and 2 recordings are beside it"


def test_a_cell_that_fails_is_told_with_what_differs(tmp_path: Path, play: Play) -> None:
    play(["x"], failure="cell 2 raised ValueError: no")
    verdict = verify(book(tmp_path, ["x", "y"]))
    assert verdict.state is State.FAILED
    assert verdict.brief == "cell 2 raised ValueError: no"
    assert verdict.text().splitlines()[1:3] == ["  cell 2 raised ValueError: no", "  mend it"]
    assert "wrote 'y' to the console" in verdict.text()


def test_without_a_browser_nothing_is_said_about_the_notebook(tmp_path: Path, play: Play) -> None:
    play(failure="cell 1 raised BrowserNotFound: none", tried=False)
    assert verify(book(tmp_path, ["x"])).state is State.UNSURE


def test_a_notebook_that_starts_no_lab(tmp_path: Path, play: Play) -> None:
    play()
    verdict = verify(book(tmp_path, ["x"]))
    assert verdict.state is State.FAILED
    assert "started no lab that could be recorded" in verdict.failure
    assert verify(item_of(tmp_path / "a.ipynb"), UPDATE).kept == ()
    assert texts(tmp_path / "a.swnb.jsonl") == ["x"]


def test_a_recording_that_is_cut_cannot_be_told(tmp_path: Path, play: Play) -> None:
    play(["x", "y"])
    item = book(tmp_path)
    recorded(tmp_path / "a.swnb.jsonl", "x", end=False)
    verdict = verify(item_of(item.path))
    assert verdict.state is State.UNSURE
    assert "is not whole" in verdict.brief
    (tmp_path / "a.swnb.jsonl").write_bytes(b"rubbish")
    verdict = verify(item_of(item.path))
    assert verdict.state is State.UNSURE
    assert "is no recording" in verdict.brief


@pytest.mark.parametrize("content", ["", "[]", "{", '{"cells": 1}', "[" * 100_000])
def test_what_is_no_notebook(tmp_path: Path, content: str) -> None:
    item = book(tmp_path, ["x"])
    item.path.write_text(content)
    verdict = verify(item)
    assert (verdict.state, verdict.did) == (State.UNSURE, "")
    assert verdict.failure.endswith("a.ipynb is no notebook")


def test_no_recording_beside_it(tmp_path: Path, play: Play) -> None:
    play(["x"], ["y"])
    item = book(tmp_path)
    verdict = verify(item)
    assert (verdict.state, verdict.brief, verdict.todo) == (
        State.UNSURE,
        "no recording beside it",
        "--update makes one",
    )
    verdict = verify(item, UPDATE)
    assert verdict.state is State.RECORDED
    assert verdict.kept == (tmp_path / "a.swnb.jsonl", tmp_path / "a-2.swnb.jsonl")
    assert [texts(path) for path in verdict.kept] == [["x"], ["y"]]
    assert verify(item_of(item.path)).state is State.EQUAL


def test_two_recordings_of_one_lab(tmp_path: Path, play: Play) -> None:
    play(["x"])
    item = book(tmp_path, ["x"])
    recorded(tmp_path / "a.swnb.jsonl.gz", "x")
    assert verify(item_of(item.path)).failure.startswith("several recordings are beside it")


def test_update_accepts_what_differs_and_stays_packed(tmp_path: Path, play: Play) -> None:
    play(["new"])
    item = book(tmp_path)
    recorded(tmp_path / "a.swnb.jsonl.gz", "old")
    recorded(tmp_path / "a-2.swnb.jsonl.gz", "old")
    verdict = verify(item_of(item.path), UPDATE)
    assert (verdict.state, verdict.good, verdict.brief) == (State.ACCEPTED, True, "a.swnb.jsonl.gz")
    assert texts(tmp_path / "a.swnb.jsonl.gz") == ["new"]
    assert (tmp_path / "a.swnb.jsonl.gz").read_bytes().startswith(b"\x1f\x8b")
    assert not (tmp_path / "a-2.swnb.jsonl.gz").exists()


def test_update_leaves_what_is_equal_as_it_is(tmp_path: Path, play: Play) -> None:
    play(["x"])
    item = book(tmp_path, ["x"])
    before = (tmp_path / "a.swnb.jsonl").stat()
    verdict = verify(item, UPDATE)
    assert (verdict.state, verdict.kept) == (State.EQUAL, ())
    assert (tmp_path / "a.swnb.jsonl").stat().st_ino == before.st_ino


def test_update_never_takes_a_run_that_failed(tmp_path: Path, play: Play) -> None:
    play(["new"], failure="cell 2 raised ValueError: no")
    verdict = verify(book(tmp_path, ["old"]), UPDATE)
    assert verdict.state is State.FAILED
    assert texts(tmp_path / "a.swnb.jsonl") == ["old"]


def test_update_puts_no_secrets_where_there_were_none(tmp_path: Path, play: Play) -> None:
    item = book(tmp_path)
    recorded(tmp_path / "a.swnb.jsonl", "[redacted]", redacted=1)
    play(["s3cret"])
    verdict = verify(item_of(item.path), UPDATE)
    assert verdict.state is State.UNSURE
    assert "was recorded with 1 passages taken out, and from this run none was" in verdict.failure
    assert texts(tmp_path / "a.swnb.jsonl") == ["[redacted]"]
    play(["[redacted] twice"], redacted=2)
    assert verify(item_of(item.path), UPDATE).state is State.ACCEPTED


def test_update_where_nothing_can_be_written(tmp_path: Path, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    play(["new"])
    item = book(tmp_path, ["old"])
    monkeypatch.setattr("os.fsync", read_only)
    verdict = verify(item, UPDATE)
    assert verdict.state is State.UNSURE
    assert verdict.failure.endswith("cannot be written: Read-only file system")
    assert texts(tmp_path / "a.swnb.jsonl") == ["old"]


def test_hostile_texts_stay_text_on_a_terminal(tmp_path: Path, play: Play) -> None:
    play(["\x1b[2J\x07\n[bold]pwned"])
    verdict = verify(book(tmp_path, ["x"]))
    assert verdict.state is State.DIFFERENT
    assert "\x1b" not in verdict.text() + verdict.brief
    assert "\n" not in verdict.brief


def test_a_wish_to_stop(tmp_path: Path) -> None:
    stop = Stop()
    stop.wish()
    with pytest.raises(Stopped):
        verify(book(tmp_path, ["x"]), stop=stop)


# ---- recordings ---------------------------------------------------------------------------------------------------


def alone(folder: Path, *said: str) -> Item:
    return item_of(recorded(folder / "run.swnb.jsonl", *said))


def test_a_recording_is_replayed(tmp_path: Path, replay: Play) -> None:
    replay("x")
    assert verify(alone(tmp_path, "x")).state is State.EQUAL


def test_a_replay_that_differs_is_told_with_its_notes(tmp_path: Path, replay: Play) -> None:
    replay("y", notes=("before open: not there",))
    verdict = verify(alone(tmp_path, "x"))
    assert (verdict.state, verdict.did) == (State.DIFFERENT, "replayed")
    assert "the second run: its replay" in verdict.text()
    assert "  before open: not there" in verdict.text().splitlines()


def test_the_replay_of_a_recording_that_is_cut_is_no_answer(tmp_path: Path, replay: Play) -> None:
    """What is written last may be of a command that was not written any more, and so not given again."""
    replay("x")
    verdict = verify(item_of(recorded(tmp_path / "run.swnb.jsonl", "x", "of a command", end=False)), UPDATE)
    assert (verdict.state, verdict.kept) == (State.UNSURE, ())
    assert verdict.brief.startswith("the recording is not whole (its end: ")
    assert "wrote 'of a command'" in verdict.text()


def test_update_of_a_replay(tmp_path: Path, replay: Play) -> None:
    item = alone(tmp_path, "x")
    replay("y", lost=True)
    verdict = verify(item, UPDATE)
    assert (verdict.state, verdict.failure) == (State.DIFFERENT, "1 commands are in it, and its replay gave 0")
    assert texts(item.path) == ["x"]
    replay("y")
    assert verify(item, UPDATE).state is State.ACCEPTED
    assert texts(item.path) == ["y"]


def test_a_replay_is_told_what_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}

    async def again(recording: Recording, new: Path, **given: Any) -> Done:
        told.update(given)
        return Done(recording, answer(recording, recording), ())

    monkeypatch.setattr("swnb.lab.replay.replay", again)
    verify(alone(tmp_path, "x"), Options(tolerance=0.5, ignore=("console",), attach="detached", executable="/x"))
    del told["on_command"]
    assert told == {"tolerance": 0.5, "ignore": ["console"], "attach": "detached", "executable": "/x"}


def test_what_cannot_be_read_or_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.swnb.jsonl").write_bytes(b"rubbish")
    verdict = verify(item_of(tmp_path / "run.swnb.jsonl"))
    assert (verdict.state, verdict.did) == (State.UNSURE, "")

    def slow(*_: object, **__: object) -> Done:
        raise CellTimeout("a command of the replay did not end within 1 s", "wait longer")

    monkeypatch.setattr(module, "replayed", slow)
    (tmp_path / "run.swnb.jsonl").unlink()
    assert verify(alone(tmp_path, "x")).state is State.FAILED


def test_each_state_has_its_place_in_the_answer() -> None:
    good = {state for state in State if Verdict(Item(Path("a"), ()), "", state).good}
    assert good == {State.EQUAL, State.ACCEPTED, State.RECORDED}
