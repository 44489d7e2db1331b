from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from swnb.cli import main


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_each_shell_gets_a_script_with_all_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("doctor", "verify", "record", "replay", "junit-xml"):
        assert word in script


def test_no_other_shell(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["completion", "fish"])
    assert ended.value.code == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["ver"], "verify"),
        (["verify", "--jo"], "--jobs"),
        (["verify", "run."], "run.ipynb"),
        (["replay", "--attach", "det"], "detached"),
        (["kernel", "ins"], "install"),
        (["completion", "z"], "zsh"),
    ],
)
def test_bash_completes(typed: list[str], completed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    (tmp_path / "swnb.bash").write_text(capsys.readouterr().out)
    (tmp_path / "run.ipynb").touch()
    words = " ".join(["swnb", *typed])
    program = f"source swnb.bash; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _shtab_swnb; echo ${{COMPREPLY[@]}}"
    ended = subprocess.run(
        ["bash", "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stdout.split() == [completed]
