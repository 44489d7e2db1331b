"""What came of a comparison, as a notebook shows it."""

from __future__ import annotations

from html.parser import HTMLParser

from swnb.recording.compare import compare
from swnb.views.compared import COLUMN, comparison, side_by_side
from tests.unit.recording.test_naming import received, run, sent

HOSTILE = "<img src=x onerror=alert(1)>" + "\u202e\n\x1b[31m"


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.add(tag)


def test_equal_runs() -> None:
    html = comparison(compare(run(sent("a", 1)), run(sent("a", 1))))
    assert "✓ equal (1 events)" in html
    assert "<table" not in html


def test_the_first_difference_and_both_timelines() -> None:
    one = run(sent("a", "same"), sent("a", HOSTILE), received("b", 0))
    other = run(sent("a", "same"), sent("a", "other"), received("b", 0))
    found = compare(one, other)
    html = comparison(found)
    assert "✗ different" in html and "color:" in html
    assert found.divergence is not None
    assert Tags(html).names <= {"p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td", "code"}
    assert "\x1b" not in html and "\u202e" not in html
    rows = side_by_side(found)
    assert [sign for _, sign, _ in rows] == ["", "≠", "≠", ""]
    assert rows[0][0].endswith(rows[0][2][2:]) and "'same'" in rows[0][0]
    assert all(len(one) <= COLUMN and len(other) <= COLUMN for one, _, other in rows)


def test_what_cannot_be_told() -> None:
    one = run(sent("a", 1))._replace(missing=("the end",))
    html = comparison(compare(one, run(sent("a", 1), sent("a", 2))))
    assert "? cannot tell: the first run is not whole (the end)" in html
