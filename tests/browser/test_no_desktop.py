"""Where notifications cannot be clicked: no ``dbus-daemon``, a broken one, a browser of somebody else's. All else works."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

import swnb
from swnb.browser.find import find_chromium
from swnb.cli import main
from swnb.desktop.bus import PREFIX
from swnb.desktop.errors import DesktopUnavailable
from tests.browser.scenes import EAGER, controlled, page, script
from tests.browser.test_connect import address  # noqa: F401  (a fixture)

pytestmark = pytest.mark.slow

WORKER = EAGER + "onpush = (e) => e.waitUntil(registration.showNotification(e.data.text()))"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all programs of the PATH but for the daemon, which a browser's start script may need."""
    folder = tmp_path_factory.mktemp("bin")
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            link = folder / program.name
            if program.name != "dbus-daemon" and not link.is_symlink():
                link.symlink_to(program)
    return folder


@pytest.fixture
def no_daemon(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWNB_CHROMIUM", find_chromium())
    monkeypatch.setenv("PATH", str(programs))


@pytest.fixture
def broken_daemon(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dbus-daemon").write_text("#!/bin/sh\necho it is broken >&2\nexit 1\n")
    (tmp_path / "dbus-daemon").chmod(0o755)
    monkeypatch.setenv("SWNB_CHROMIUM", find_chromium())
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{programs}")


def lacks(lab: swnb.Lab, reason: str) -> None:
    """Check that what takes a click fails with one clear error, and everything else works."""
    home = page(lab, "/", "home")
    lab.register(script(lab, WORKER), scope="/", window=home)
    lab.wait("controlled home")
    client = lab.clients.get("home")
    assert isinstance(client, swnb.WindowClient)
    mark = lab.mark()
    acts: tuple[Callable[[], object], ...] = (
        client.focus,
        lambda: lab.clients.open_window("/"),
        lambda: lab.worker.evaluate("clients.openWindow('/')", activation=True),
        lambda: lab.asynchronous.desk.desktop,
    )
    for act in acts:
        with pytest.raises(DesktopUnavailable) as caught:
            act()
        what, todo = str(caught.value).split("\n")
        assert reason in what
        assert todo
    assert [event.kind for event in lab.log.since(mark) if event.kind.startswith(("notification", "window"))] == []
    with pytest.raises(swnb.JavaScriptError) as refused:
        client.focus(activation=False)  # the bare call goes to the browser
    assert refused.value.name == "InvalidAccessError"
    assert [client.name for client in lab.clients.match_all()] == ["home"]
    assert home.evaluate("navigator.serviceWorker.controller !== null") is True


def test_without_a_daemon(no_daemon: None) -> None:
    with swnb.Lab(timeout_s=20.0) as lab:
        lacks(lab, "no dbus-daemon on the PATH")
        delivery = lab.push("shown nowhere")
        assert delivery.failed is False
        assert lab.worker.evaluate("(await registration.getNotifications()).map((n) => n.title)") == ["shown nowhere"]
        lab.permissions.set("notifications", "denied")
        assert lab.push("refused").failed is True


def test_with_a_daemon_that_does_not_start(broken_daemon: None) -> None:
    with swnb.Lab(timeout_s=20.0) as lab:
        lacks(lab, "dbus-daemon did not start: it is broken")


@pytest.mark.parametrize("lacking", [True, False])
def test_the_user_s_own_desktop_is_left_alone(
    lacking: bool, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a private bus a browser would show an experiment's notifications on the desktop that the user sits at."""
    if lacking:
        request.getfixturevalue("no_daemon")
    with socket.socket(socket.AF_UNIX) as users:
        users.bind(f"{tmp_path}/bus")
        users.listen()
        users.setblocking(False)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
        with swnb.Lab(timeout_s=20.0) as lab:
            home = controlled(lab, source=WORKER)
            assert lab.asynchronous.desk.available is not lacking
            lab.push("not for the user")
            assert home.evaluate("(await (await navigator.serviceWorker.ready).getNotifications()).length") == 1
        with pytest.raises(BlockingIOError):
            users.accept()  # nobody has ever come


def test_in_a_browser_that_runs_already(address: str) -> None:  # noqa: F811
    with swnb.Lab(connect=address, timeout_s=20.0) as lab:
        assert lab.permissions.get("notifications") is None
        lacks(lab, "a browser that runs already shows its notifications elsewhere")
        home = lab.window("home")
        assert home.evaluate("Notification.permission") == "default"
        delivery = lab.push("it is heard")
        assert delivery.failed is True  # nobody granted it to show one
        lab.permissions.set("notifications", "granted")
        assert home.evaluate("Notification.permission") == "granted"
        assert lab.permissions.get("notifications") == "granted"
        assert lab.push("now it can").failed is False
        lab.permissions.reset()
        assert home.evaluate("Notification.permission") == "default"


def test_what_was_set_in_a_browser_that_runs_already_goes_with_the_lab(address: str) -> None:  # noqa: F811
    for _ in range(2):
        with swnb.Lab(connect=address, timeout_s=20.0) as lab:
            home = page(lab, "/", "home")
            assert home.evaluate("(await navigator.permissions.query({name: 'geolocation'})).state") == "prompt"
            lab.permissions.set("geolocation", "granted", f"http://lab.localhost:{lab.site.url.rpartition(':')[2]}")
            assert home.evaluate("(await navigator.permissions.query({name: 'geolocation'})).state") == "granted"


def test_doctor_says_what_is_missing(no_daemon: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    written = capsys.readouterr().out
    assert "! bus         no dbus-daemon, so notifications cannot be clicked" in written
    assert "! click       this lab has no desktop for notifications: no dbus-daemon on the PATH" in written
    assert written.rstrip().endswith("swnb is usable here")
    main(["doctor", "--commands"])
    assert "dbus" in capsys.readouterr().out


def test_doctor_clicks_where_it_can(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert ", click 0." in capsys.readouterr().out


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No daemon, no watcher, no folder."""

    def own() -> tuple[set[str], set[Path]]:
        names = {name_of(child) for child in psutil.Process().children(recursive=True)}
        return names & {"dbus-daemon", "sh"}, set(Path("/tmp").glob(f"{PREFIX}*"))

    processes, folders = own()
    yield
    assert own()[0] == processes
    assert {folder for folder in own()[1] - folders if not used(folder)} == set()


def name_of(process: psutil.Process) -> str:
    """Return a process's name, ``""`` if it has ended just now."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def used(folder: Path) -> bool:
    """Tell whether another process's daemon runs there."""
    listed = subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, check=False)
    return listed.returncode == 0


def test_a_lab_with_a_desktop_again() -> None:
    with swnb.Lab(timeout_s=20.0) as lab:
        home = controlled(lab)
        assert lab.asynchronous.desk.available
        assert home.evaluate("Notification.permission") == "granted"


@pytest.mark.parametrize("headed", [False, True])
def test_the_users_own_bus_is_kept_from_the_browser(
    headed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is started in place of a browser writes down which bus it was given, and with which flags."""
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$DBUS_SESSION_BUS_ADDRESS" "$*" > {told}\nexit 1\n')
    browser.chmod(0o755)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/0/bus")
    with pytest.raises(swnb.SwnbError):
        swnb.Lab(executable=str(browser), headed=headed, timeout_s=10.0).start()
    given, _, flags = told.read_text().partition(" ")
    assert given.startswith("unix:path=")
    assert PREFIX in given
    assert ("--headless" in flags) is not headed
