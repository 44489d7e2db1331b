from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic_ns, time

import pytest

from swnb.text import moment, mono_moment, short, text_table, time_of_day, visible


def test_a_table_is_aligned_and_short() -> None:
    assert text_table(["a", "bc"], [["1", ""], ["22", "x"]]) == "a   bc\n──  ──\n1\n22  x"
    assert text_table(["a"], [["x" * 99]], widest=5).split("\n")[-1] == "xx…xx"
    assert text_table(["a"], [["\x1b\n"]]).split("\n")[-1] == "··"


def test_visible() -> None:
    assert visible("plain é 漢") == "plain é 漢"
    assert visible("a\x1b\u202e\ud800\u200b") == "a····"


@pytest.mark.parametrize("widest", range(1, 12))
def test_short_is_short(widest: int) -> None:
    assert len(short("0123456789", widest)) <= widest
    assert short("0123456789", widest)[:1] in ("0", "…")


def test_moments() -> None:
    assert moment(1_500) == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)
    for wrong in (None, float("nan"), float("inf"), -1e300, 1e300):
        assert moment(wrong) is None
    assert abs(mono_moment(monotonic_ns()).timestamp() - time()) < 3_600
    assert (time_of_day(None), len(time_of_day(moment(0)))) == ("", 12)
