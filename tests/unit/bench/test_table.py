"""The benchmark's statistics and table, on numbers made up here."""

from __future__ import annotations

import json

import pytest

from tests.bench.contest import ENTRIES, FLOOR, entry, expected_proof, proof_of
from tests.bench.material import ARRAY_SIZES, array_bytes
from tests.bench.rows import ROWS, Row
from tests.bench.table import (
    Cell,
    Line,
    Missing,
    missed,
    number,
    ratio,
    summarise,
    target_of,
    to_data,
    to_markdown,
    to_text,
    verdict,
)

ASKED = Row("evaluate", "evaluate `1`", target=1.4)
START = Row("start", "start", kind="cold", target=1.15, below="playwright")
MEMORY = Row("memory", "memory", kind="memory")
OURS, OTHER = "swnb-thread", "swnb-kernel"


def cell(median: float, remark: str = "") -> Cell:
    return Cell(median, median * 0.9, median * 1.1, 10, remark)


def line(row: Row, /, **cells: Cell | Missing) -> Line:
    return Line(row, {key.replace("_", "-"): value for key, value in cells.items()})


def test_summary_is_median_and_quartiles() -> None:
    assert summarise([5.0, 1.0, 2.0, 4.0, 3.0]) == Cell(3.0, 2.0, 4.0, 5)


def test_one_sample_is_its_own_quartiles() -> None:
    assert summarise([2.0], "why") == Cell(2.0, 2.0, 2.0, 1, "why")


def test_no_sample_is_an_error() -> None:
    with pytest.raises(ValueError, match="no sample"):
        summarise([])


def test_ratio_is_of_medians() -> None:
    assert ratio(line(ASKED, floor=cell(0.2), swnb_thread=cell(0.25)), OURS) == pytest.approx(1.25)


@pytest.mark.parametrize("cells", [{}, {"floor": Missing("it failed")}, {"floor": cell(0.0)}])
def test_no_ratio_without_a_floor(cells: dict[str, Cell | Missing]) -> None:
    assert ratio(line(ASKED, swnb_thread=cell(1), **cells), OURS) is None


@pytest.mark.parametrize(("median", "said"), [(1.0, "met"), (1.4, "met"), (1.401, "missed")])
def test_target_is_a_multiple_of_the_floor(median: float, said: str) -> None:
    assert verdict(line(ASKED, floor=cell(1.0), swnb_thread=cell(median)), OURS) == said


def test_a_missing_cell_of_ours_misses_its_target() -> None:
    measured = line(ASKED, floor=cell(1.0), swnb_thread=Missing("it raised"))
    assert verdict(measured, OURS) == "missed"
    assert verdict(measured, OTHER) == "missed"


def test_a_row_that_asks_nothing_has_no_verdict() -> None:
    assert verdict(line(MEMORY, floor=cell(1.0), swnb_thread=cell(9.0)), OURS) == ""


@pytest.mark.parametrize(("sync", "other", "said"), [(2.0, 2.0, "met"), (2.0, 1.05, "missed"), (1.1, 2.0, "missed")])
def test_start_must_be_below_every_playwright(sync: float, other: float, said: str) -> None:
    measured = line(
        START, floor=cell(1.0), swnb_thread=cell(1.1), playwright_sync=cell(sync), playwright_async=cell(other)
    )
    assert verdict(measured, OURS) == said


def test_start_is_judged_by_the_floor_alone_where_playwright_is_absent() -> None:
    measured = line(START, floor=cell(1.0), swnb_thread=cell(1.1), playwright_sync=Missing("not installed"))
    assert verdict(measured, OURS) == "met"


def test_missed_lists_ours_only() -> None:
    measured = line(ASKED, floor=cell(1.0), swnb_thread=cell(1.5), swnb_kernel=cell(1.1), pyppeteer=cell(9.0))
    assert missed([measured], ENTRIES) == ["evaluate: swnb-thread"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.2049, "0.20"), (9.994, "9.99"), (12.345, "12.3"), (450.4, "450"), (-0.5, "-0.50")]
)
def test_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_target_in_words() -> None:
    assert target_of(START) == "≤ 1.15 ×, below Playwright"
    assert target_of(MEMORY) == "—"


def test_text_shows_number_spread_ratio_and_verdict() -> None:
    measured = line(ASKED, floor=cell(0.0002), swnb_thread=cell(0.00025), pyppeteer=cell(0.0004))
    shown = to_text([measured], [entry(key) for key in (FLOOR, OURS, "pyppeteer")], "a machine.")
    head, floor, ours, peer, *_ = shown.splitlines()
    assert head == "evaluate 1   (swnb: ≤ 1.4 ×)"
    assert floor.split() == ["floor", "(bare", "pipe)", "0.20", "ms", "0.18–0.22"]
    assert ours.split()[-5:] == ["ms", "0.23–0.28", "1.25", "×", "met"]
    assert peer.split()[-2:] == ["2.00", "×"]
    assert shown.endswith("\na machine.\n")


def test_memory_is_shown_beyond_the_floor() -> None:
    mib = 1 << 20
    measured = line(MEMORY, floor=cell(10 * mib), swnb_thread=cell(25 * mib))
    shown = to_text([measured], [entry(FLOOR), entry(OURS)], "")
    assert "25.0 MiB" in shown
    assert "+15.0 MiB" in shown


def test_equal_footnotes_share_a_number() -> None:
    measured = line(ASKED, floor=cell(1.0, "slow"), swnb_thread=Missing("it raised"), swnb_kernel=Missing("it raised"))
    shown = to_text([measured], [entry(key) for key in (FLOOR, OURS, OTHER, "pyppeteer")], "")
    assert "1000 ms[1]" in shown
    assert shown.count("— [2]") == 2
    assert "[1] slow\n[2] it raised\n[3] not measured in this run\n" in shown


def test_markdown_is_one_table() -> None:
    measured = line(ASKED, floor=cell(0.001), swnb_thread=cell(0.0015))
    shown = to_markdown([measured, line(MEMORY, floor=Missing("no"))], [entry(FLOOR), entry(OURS)], "a machine.")
    table, _, after = shown.partition("\n\n")
    assert len({row.count("|") for row in table.splitlines()}) == 1
    assert "**1.50 ms**<br>1.35–1.65<br>1.50 ×<br>missed" in table
    assert after.startswith("Median; quartiles; multiple of the floor in the same run. a machine.")
    assert "\n[1] no" in after


def test_data_is_json_and_complete() -> None:
    measured = line(START, floor=cell(1.0), swnb_thread=cell(1.1), pyppeteer=Missing("why"))
    data = json.loads(json.dumps(to_data([measured], ENTRIES, {"python": "3"})))
    cells = data["rows"]["start"]["cells"]
    assert cells[OURS]["verdict"] == "met"
    assert cells[OURS]["ratio"] == pytest.approx(1.1)
    assert cells["pyppeteer"] == {"missing": "why"}
    assert cells[OTHER] == {"missing": "not measured in this run"}
    assert data["machine"] == {"python": "3"}


def test_rows_are_named_once_and_can_be_proved() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert bool(row.operation) == (row.kind == "call")
        if row.operation and "16" not in row.operation:
            assert expected_proof(row.operation) > 0


def test_a_proof_sees_a_changed_byte() -> None:
    data = bytearray(array_bytes("1"))
    assert len(data) == ARRAY_SIZES["1"]
    assert proof_of(data) == expected_proof("array_out:1")
    data[1000] ^= 1
    assert proof_of(data) != expected_proof("array_out:1")


def test_unknown_operation() -> None:
    with pytest.raises(ValueError, match="'dance'"):
        expected_proof("dance")
