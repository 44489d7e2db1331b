from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notebook.kernels import ROOT
from tests.notebook.session import Kernel


@pytest.fixture(autouse=True)
def importable_in_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels import this very source, installed or not."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """A kernel with ``%load_ext swnb`` and nothing started, shared by the tests of a module."""
    kernel = Kernel()
    try:
        kernel.ok("%load_ext swnb")
        yield kernel
    finally:
        kernel.end()
