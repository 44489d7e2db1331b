"""Fixtures of the origin's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from swnb.origin.site import Site
from tests.unit.origin.harness import Running


@pytest.fixture(params=["tornado", "early"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A server, and what stands for it until tornado is imported: nobody who asks them can tell them apart."""
    one = Running(early=request.param == "early")
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def site() -> Site:
    return Site("lab", "http://lab.localhost")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a few files, and a secret beside it."""
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "a.js").write_text("a")
    (root / "index.html").write_text("home")
    (root / "sub" / "index.html").write_text("sub")
    (root / "ü ber.txt").write_text("ü")
    (tmp_path / "secret.txt").write_text("secret")
    return root
