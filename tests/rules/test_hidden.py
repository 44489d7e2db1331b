"""The README says of everything that a page can see of the agents that it can."""

from __future__ import annotations

import pytest

from tests.browser.agent_checks import SHOWN
from tests.rules.readme import README, part


@pytest.mark.parametrize("what", SHOWN)
def test_the_readme_says_it(what: str) -> None:
    assert f"| {what} |" in part(README.read_text(), "hidden")
