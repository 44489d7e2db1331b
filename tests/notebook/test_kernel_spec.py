"""`swnb kernel install`: a real kernel from the installed specification has the magics at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from swnb.cli import main

pytestmark = pytest.mark.slow


def test_the_installed_kernel_has_the_magics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["kernel", "install", "--prefix", str(tmp_path)]) == 0
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    manager = KernelManager(kernel_name="swnb", transport="ipc", ip=str(sockets / "k"))
    manager.start_kernel(env=dict(os.environ))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        written: list[str] = []

        def hear(message: dict[str, object]) -> None:
            written.append(str(message["content"]))

        reply = client.execute_interactive("%sw --help", output_hook=hear, timeout=60)
        assert reply["content"]["status"] == "ok", written
        assert any("%sw VERB" in text for text in written)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
