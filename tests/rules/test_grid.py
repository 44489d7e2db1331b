"""The README has the grid that the tests look up in a browser."""

from __future__ import annotations

from tests.browser.grid_table import COLUMNS, GRID, Kind, markdown
from tests.rules.readme import README, part


def test_the_readme_has_it() -> None:
    assert part(README.read_text(), "grid") == markdown().strip(), "`python -m tests.browser.grid_table` prints it"


def test_it_has_every_kind_and_every_column() -> None:
    assert set(GRID) == set(Kind)
    assert {len(cells) for cells in GRID.values()} == {len(COLUMNS)}
