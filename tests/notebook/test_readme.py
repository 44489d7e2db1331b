"""The README's examples run as they are written, with a real Chromium."""

from __future__ import annotations

import re

import pytest

from tests.notebook.kernels import ROOT, execute, notebook_of, text

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.M | re.S)
    assert found
    return found


def cells(block: str) -> list[str]:
    """Cut where the block says: at blank lines, where what follows is no indented rest of a cell."""
    return [cell for cell in re.split(r"\n\n(?=\S)", block.strip()) if cell]


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: "async" if "await" in block else "sync")
def test_python(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    if "await" not in block:
        written = capsys.readouterr().out
        assert re.search(r"^home +window \(top-level\) +http://lab.localhost/ +no ", written, flags=re.M)
        assert "is gone; it was last seen at" in written


@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_magics(loop: str) -> None:
    (block,) = blocks("ipython")
    executed = execute(notebook_of(cells(block)), loop)
    whole = "".join(text(cell) for cell in executed)
    assert re.search(r"^no clients\n", whole, flags=re.M)
    assert re.search(r"^home +window \(top-level\) +http://lab.localhost/ +no ", whole, flags=re.M)
    assert re.search(r"^home +window \(top-level\) +http://lab.localhost/ +yes ", whole, flags=re.M)
    assert "['http://lab.localhost/']" in whole
    assert "'n': BigInt(1)" in whole
    assert "http://lab.localhost/other.html" in whole
