"""``swnb verify``, without a kernel and without a browser: what it says, and its exit status."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from swnb.cli import main
from swnb.cli.terminal import Terminal
from swnb.cli.verify import SIGNS, _tell
from swnb.recording import read
from swnb.verifying import many
from swnb.verifying.items import Item
from swnb.verifying.options import Options
from swnb.verifying.verdict import Part, State, Verdict
from tests.unit.verifying.kept import notebook, recorded


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What becomes of each item, by its name, and with which options."""
    states: dict[str, Any] = {}

    def verify(item: Item, options: Options, *, watch: Any, stop: Any) -> Verdict:
        states["options"] = options
        watch(1, 2, "%sw start")
        failure = "" if states[item.path.name] is State.EQUAL else "so it is"
        return Verdict(item, "executed", states[item.path.name], 1.0, failure=failure, todo="do this")

    monkeypatch.setattr(many, "verify", verify)
    return states


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two notebooks with a recording beside each."""
    for name in ("a", "b"):
        notebook(tmp_path / f"{name}.ipynb", "1")
        recorded(tmp_path / f"{name}.swnb.jsonl", "x")
    return tmp_path


def test_a_line_for_each_and_more_for_what_is_not_well(
    folder: Path, played: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    played |= {"a.ipynb": State.EQUAL, "b.ipynb": State.DIFFERENT}
    assert main(["verify", str(folder)]) == 1
    out, err = capsys.readouterr()
    head, one, other, blank, *more = out.splitlines()
    assert head.split() == ["path", "verdict", "seconds", "why"]
    assert one.split() == ["✓", f"{folder}/a.ipynb", "executed", "equal", "1.0"]
    assert other.split() == ["✗", f"{folder}/b.ipynb", "executed", "different", "1.0", "so", "it", "is"]
    assert not blank
    assert more == [f"{folder}/b.ipynb: different", "  so it is", "  do this"]
    assert err == "", "bars are for terminals"


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ((State.EQUAL, State.ACCEPTED), 0),
        ((State.EQUAL, State.UNSURE), 2),
        ((State.FAILED, State.UNSURE), 1),
    ],
)
def test_exit_status(folder: Path, played: dict[str, Any], states: tuple[State, State], status: int) -> None:
    played["a.ipynb"], played["b.ipynb"] = states
    assert main(["verify", str(folder)]) == status


def test_for_machines(folder: Path, played: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    played |= {"a.ipynb": State.EQUAL, "b.ipynb": State.UNSURE}
    assert main(["verify", str(folder), "--json", "--junit-xml", str(folder / "out.xml")]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == 2
    assert [(item["path"], item["verdict"]) for item in told["items"]] == [
        (f"{folder}/a.ipynb", "equal"),
        (f"{folder}/b.ipynb", "cannot tell"),
    ]
    assert parse(folder / "out.xml").getroot().attrib["errors"] == "1"


def test_options_reach_the_run(folder: Path, played: dict[str, Any]) -> None:
    played["a.ipynb"] = State.EQUAL
    words = ["--ignore", "console", "--ignore", "$.a", "--tolerance", "0.5", "--redact", "x", "--executable", "/opt/c"]
    words += ["--attach", "detached", "--timeout", "7", "--update", "--jobs", "2"]
    assert main(["verify", str(folder / "a.ipynb"), *words]) == 0
    assert played["options"] == Options(
        ignore=("console", "$.a"),
        tolerance=0.5,
        redact=("x",),
        executable="/opt/c",
        attach="detached",
        timeout_s=7.0,
        update=True,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere is not there"),
        (["."], "there is nothing to verify in ."),
        ([".", "--ignore", "nokind"], "nokind"),
        ([".", "--junit-xml", "no/such/out.xml"], "nothing to verify"),
    ],
)
def test_what_cannot_be_told_at_all(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["verify", *words]) == 2
    assert said in capsys.readouterr().err
    assert main(["verify", *words, "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["equal"] is None
    assert len(err.splitlines()) == 2


def test_a_junit_file_that_cannot_be_written_is_told_before_the_runs(
    folder: Path, played: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(folder), "--junit-xml", str(folder / "no" / "out.xml")]) == 2
    assert "options" not in played
    assert "--junit-xml FILE names another" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--jobs", "0"], ["--jobs", "x"], ["--timeout", "0"], []])
def test_wrong_words(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", *(["a"] if words else []), *words])
    assert ended.value.code == 2


def test_both_timelines_fit_on_a_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    one, other = (read(recorded(tmp_path / f"{name}.swnb.jsonl", "a", name * 70)) for name in ("b", "c"))
    part = Part(Path("run.swnb.jsonl"), one.compare(other))
    verdict = Verdict(Item(Path("run.ipynb"), ()), "executed", State.DIFFERENT, parts=(part,))
    beside = {}
    for columns, stream in ((100, Screen()), (None, io.StringIO())):
        _tell([verdict], Terminal(stream, colour=False))
        beside[columns] = stream.getvalue().partition("the first run  ")[2]
    assert 97 <= max(map(len, beside[100].splitlines()[1:])) <= 100
    assert max(map(len, beside[None].splitlines()[1:])) > 140, "a file has room"


def test_hostile_names_stay_text() -> None:
    verdict = Verdict(
        Item(Path("[red]a\x1b[31m\nb.ipynb"), ()), "executed", State.FAILED, failure="[/bold] :smile:\x07"
    )
    stream = io.StringIO()
    _tell([verdict], Terminal(stream))
    told = stream.getvalue()
    assert "[red]a b.ipynb" in told
    assert "[/bold] :smile:" in told
    assert "\x1b" not in told and "\x07" not in told


def test_a_narrow_encoding() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    _tell([Verdict(Item(Path("é.ipynb"), ()), "executed", State.EQUAL)], Terminal(stream))
    assert raw.getvalue().splitlines()[1].split()[:2] == [b"ok", b"?.ipynb"]


def test_each_verdict_has_a_sign() -> None:
    assert SIGNS.keys() == {str(state) for state in State}
