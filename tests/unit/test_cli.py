from __future__ import annotations

import pytest

import swnb
from swnb.cli import main


@pytest.mark.parametrize(
    "words", [["--help"], ["doctor", "--help"], ["demo", "--help"], ["kernel", "install", "--help"]]
)
def test_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    assert "usage: swnb" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"swnb {swnb.__version__}\n"


@pytest.mark.parametrize(
    "words", [[], ["docter"], ["kernel"], ["doctor", "--json", "--commands"], ["demo", "--timeout", "0"]]
)
def test_wrong_words_end_with_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: swnb" in capsys.readouterr().err
