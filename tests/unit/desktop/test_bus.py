from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from swnb.desktop import bus
from swnb.desktop.bus import SOCKET_PATH_LIMIT, PrivateBus, find_daemon
from swnb.desktop.errors import DesktopUnavailable


def test_addresses_are_escaped() -> None:
    assert PrivateBus("/tmp/a b,c;ü", "", socket.socket()).address == "unix:path=/tmp/a%20b%2cc%3b%c3%bc/bus"


def test_only_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus.sys, "platform", "darwin")  # type: ignore[attr-defined]
    with pytest.raises(DesktopUnavailable, match="Linux alone"):
        PrivateBus.listen()


def test_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "find_daemon", lambda: "/bin/false")
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(DesktopUnavailable, match="No such file"):
        PrivateBus.listen(tmp_path / "missing")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_path_too_long_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * SOCKET_PATH_LIMIT)
    long.mkdir()
    short = Path(bus._make_folder(long))
    short.rmdir()
    assert not short.is_relative_to(long)
    monkeypatch.setattr(bus, "SOCKET_PATH_LIMIT", 5)
    with pytest.raises(DesktopUnavailable, match="set TMPDIR"):
        bus._make_folder(None)


def test_it_is_found_on_the_path(tmp_path: Path) -> None:
    for name, mode in (("no", 0o644), ("yes", 0o755)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "dbus-daemon").touch(mode)
    assert find_daemon(f"{tmp_path}/nothing:{tmp_path}/no:{tmp_path}/yes") == f"{tmp_path}/yes/dbus-daemon"


def test_it_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "DAEMON", "no-such-dbus-daemon")
    with pytest.raises(DesktopUnavailable) as missing:
        find_daemon(str(tmp_path))
    what, todo = str(missing.value).splitlines()
    assert what == "this lab has no desktop for notifications: no no-such-dbus-daemon on the PATH"
    assert "apt-get install dbus" in todo
