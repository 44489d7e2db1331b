from __future__ import annotations

from pathlib import Path

import pytest

from swnb.cli.report import page, prepared, written
from swnb.cli.story import Step, Story
from swnb.verifying.kernel import Outcome
from swnb.verifying.notebook import Cell, NotebookError

HOSTILE = "</pre><script>alert(1)</script>&{verdict}"


def story(*steps: Step) -> Story:
    return Story("a.ipynb in a kernel", list(steps))


def step(source: str = "1", complaint: str | None = None, result: str | None = None, **outcome: str) -> Step:
    return Step("One", Cell(source, "One", "saved", result), Outcome(seconds=1.25, **outcome), complaint)


def test_the_results_come_first() -> None:
    told = page([story(step("a"), step("%sw clients", result="The clients", html="<table></table>"))], "2 steps")
    assert told.index("<h3>The clients</h3>\n<table></table>") < told.index("a.ipynb in a kernel") < told.index(">a<")
    assert '<p class="ok">2 steps</p>' in told
    assert "<span>2</span> One <small>1.25 s</small>" in told


def test_what_went_wrong() -> None:
    told = page([story(step(complaint="it differs"))], "1 of 1 steps went wrong")
    assert '<p class="failed">1 of 1 steps went wrong</p>' in told
    assert "<p>it differs</p><pre>saved</pre>" in told
    failed = page([story(step(complaint="it failed", error="ValueError"))], "")
    assert "<pre>saved</pre>" not in failed


def test_text_stays_text() -> None:
    hostile = Step(HOSTILE, Cell(HOSTILE, HOSTILE, HOSTILE, HOSTILE), Outcome(), HOSTILE)
    told = page([Story(HOSTILE, [hostile])], HOSTILE)
    assert "<script" not in told
    assert told.count("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;{verdict}") == 7


def test_a_kernel_s_html_can_load_and_run_nothing() -> None:
    assert "default-src &#x27;none&#x27;" in page([], "")


def test_it_is_written(tmp_path: Path) -> None:
    path = prepared(tmp_path / "report.html")
    written(path, [], "0 steps — ✓")
    assert "0 steps — ✓" in path.read_text(encoding="utf-8")


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="cannot be written: No such file"):
        prepared(tmp_path / "none" / "report.html")
    with pytest.raises(NotebookError, match="cannot be written: Is a directory"):
        written(tmp_path, [], "")
