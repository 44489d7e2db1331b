"""The README's examples run as they are written, with a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from swnb.events import KINDS
from tests.notebook.kernels import ROOT, execute, notebook_of, text

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text()

ASKED = (
    r"^no clients$",
    r"^home +window \(top-level\) +http://lab.localhost/ +no ",
    r"^home +window \(top-level\) +http://lab.localhost/ +yes ",
    r"\['http://lab.localhost/'\]",
    r"'n': BigInt\(1\)",
    r"http://lab.localhost/other.html",
)
"""What the notebook that asks shows."""

HEARD = (
    r"^\d+ +[\d:.]+ +home +worker +home→w1 +{'n': 1} +[\d:.]+$",
    r"^\d+ +[\d:.]+ +worker +home +w1→home +{'echo': {'n': 1}} +[\d:.]+$",
    r"^\d+ +[\d:.]+ +message.received +home ",
    r"^c1 +home +window \(top-level\) +http://lab.localhost/ +w1 ",
    r"^home→w1 +ServiceWorker.postMessage +home, w1 +1 +1 ",
    r"^[\d:.]+ +home +log +1 +http://lab.localhost/:1:",
)
"""What the one that hears shows."""

CLICKED = (
    r"^1 +[\d:.]+ +yes +Lunch is ready +chat +http://lab.localhost +w1$",
    r"^click on 'Lunch is ready': notificationclick was dispatched to w1, settled",
    r"^window +window \(top-level\) +http://lab.localhost/chat/ +yes +hidden +[0-9a-f-]+\n"
    r"home +window \(top-level\) +http://lab.localhost/ +no +visible +focused ",
    r"^window +window \(top-level\) +http://lab.localhost/chat/ +yes +visible +focused +[0-9a-f-]+\n"
    r"home +window \(top-level\) +http://lab.localhost/ +no +hidden ",
    r"(?:^\d+ +[\d:.]+ +worker +window +w1→window +'New chat messages!' +[\d:.]+\n){2}",
)
"""What the one that clicks shows."""

MATCHED = (
    r"^home +window \(top-level\) +http://lab.localhost/ +no ",
    r"is gone; it was last seen at",
)
"""What the first Python example prints."""

TOLD = (
    r"^home worker home→w1 {'n': 1} 2\d{3}-.* 2\d{3}-.* heard$",
    r"^worker home w1→home {'echo': {'n': 1}} 2\d{3}-.* 2\d{3}-.* heard$",
    r"^\d+ message.sent home$",
    r"^\d+ message.received w1$",
    r"^c1 [0-9a-f-]{36} [0-9A-F]{32} http://lab.localhost/ window top-level w1$",
)
"""What the one that hears prints."""


DONE = (
    r"^click on 'Lunch\?', action 'later': notificationclick was dispatched to w1, settled.* \['http://lab.localhost/'\]$",
    r"^click on 'Lunch\?': .* \['http://lab.localhost/', 'http://lab.localhost/chat/'\]$",
    r"^visible hidden$",
    r"^InvalidAccessError: Not allowed to open a window\.$",
)
"""What the one that clicks prints."""


KEPT = (
    r"^in the second run `w1` never called clients.claim\(\), and did nothing more\ndifferent \(",
    r"^ +\d+ +w1 +called clients.claim\(\) +≠$",
)
"""What the one that records prints."""


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.M | re.S)
    assert found
    return found


def cells(block: str) -> list[str]:
    """Cut where the block says: at blank lines, where what follows is no indented rest of a cell."""
    return [cell for cell in re.split(r"\n\n(?=\S)", block.strip()) if cell]


def shows(whole: str, patterns: tuple[str, ...]) -> None:
    for pattern in patterns:
        assert re.search(pattern, whole, flags=re.M), f"{pattern} is not in\n{whole}"


@pytest.mark.parametrize(
    ("block", "expected"),
    list(zip(blocks("python"), [MATCHED, (), TOLD, DONE, KEPT], strict=True)),
    ids=["ask", "async", "hear", "click", "keep"],
)
def test_python(
    block: str,
    expected: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # one of them writes
    names: dict[str, object] = {"__name__": "readme"}
    exec(compile(block, "README.md", "exec"), names)
    shows(capsys.readouterr().out, expected)
    if "arrived" in names:
        assert [event.actor for event in names["arrived"]] == ["w1", "home"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("loop", ["thread", "kernel"])
@pytest.mark.parametrize(
    ("block", "expected"),
    list(zip(blocks("ipython"), [ASKED, HEARD, CLICKED], strict=True)),
    ids=["ask", "hear", "click"],
)
def test_magics(block: str, expected: tuple[str, ...], loop: str) -> None:
    executed = execute(notebook_of(cells(block)), loop)
    shows("".join(text(cell) for cell in executed), expected)


def test_every_kind_of_event() -> None:
    listed = re.search(r"Their kinds,(.*?)\n\* ", README, flags=re.S)
    assert listed
    assert set(re.findall(r"`([^`]+)`", listed[1])) == set(KINDS)
