from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from swnb.cli import checks
from swnb.cli.checks import Finding, Status, run_checks
from swnb.errors import InvalidArgument


def test_a_check_that_breaks_is_a_finding() -> None:
    def refuses() -> Iterator[Finding]:
        raise InvalidArgument("it is wrong", "mend it")

    def lacks() -> Iterator[Finding]:
        raise ModuleNotFoundError("No module named 'tornado'", name="tornado")

    def breaks() -> Iterator[Finding]:
        yield Finding("c", Status.OK, "half")
        raise ZeroDivisionError("by zero")

    found = list(run_checks({"a": refuses, "b": lacks, "c": breaks}))
    assert [(f.name, f.status) for f in found] == [("a", "failed"), ("b", "failed"), ("c", "ok"), ("c", "failed")]
    assert found[0].todo == "mend it"
    assert found[1].todo.endswith("-m pip install tornado")
    assert found[3].text == "ZeroDivisionError: by zero"


def test_a_missing_package_comes_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "REQUIRED", ("traitlets", "no-such-package-here"))
    ok, failed, *_ = list(checks.packages())
    assert ok.text.startswith("traitlets ")
    assert failed.status is Status.FAILED
    assert failed.text == "missing: no-such-package-here"
    assert failed.is_command


def test_a_named_chromium_that_is_not_there() -> None:
    (finding,) = checks.chromium("/nowhere/chromium")
    assert finding.status is Status.FAILED
    assert "/nowhere/chromium" in finding.text


def test_a_program_that_is_no_chromium(tmp_path: Path) -> None:
    program = tmp_path / "true"
    program.write_text("#!/bin/sh\necho 'true (GNU coreutils) 9.1'\n")
    program.chmod(0o755)
    (finding,) = checks.chromium(str(program))
    assert finding.status is Status.FAILED
    assert "is no Chromium: it calls itself 'true (GNU coreutils) 9.1'" in finding.text


@pytest.mark.parametrize(
    "called",
    [
        "Chromium 156.0.8078.79",
        "Google Chrome for Testing 130.0",
        "Microsoft Edge 120.1",
        "Brave Browser 1.2",
        "msedge 1.2.3.4",
    ],
)
def test_the_kin_of_chromium_are_known_by_their_words(tmp_path: Path, called: str) -> None:
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\necho '{called}'\n")
    program.chmod(0o755)
    (finding,) = checks.chromium(str(program))
    assert (finding.status, finding.text) == (Status.OK, f"{called} at {program}")


def test_no_chromium_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SWNB_CHROMIUM", "CHROME_PATH"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("swnb.browser.find.LINUX_PLACES", ())
    (finding,) = checks.chromium()
    assert (finding.status, finding.text) == (Status.FAILED, "none found")
    assert "chromium" in finding.todo.lower()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"kernel/unprivileged_userns_clone": "1", "user/max_user_namespaces": "9"}, None),
        ({"kernel/unprivileged_userns_clone": "0"}, "kernel.unprivileged_userns_clone = 0"),
        ({"user/max_user_namespaces": "0"}, "user.max_user_namespaces = 0"),
        ({"kernel/apparmor_restrict_unprivileged_userns": "1"}, "kernel.apparmor_restrict_unprivileged_userns = 1"),
    ],
)
def test_what_stands_in_the_way_of_the_sandbox(tmp_path: Path, settings: dict[str, str], expected: str | None) -> None:
    for name, value in settings.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(value + "\n")
    obstacle = checks._namespace_obstacle(str(tmp_path))
    assert (obstacle and obstacle[0]) == expected
    assert obstacle is None or obstacle[1].startswith("sudo sysctl ")


@pytest.mark.parametrize(
    ("platform", "called"), [("darwin", "macOS"), ("win32", "Windows"), ("freebsd14", "freebsd14")]
)
def test_where_no_bus_can_be_had(platform: str, called: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swnb.cli.checks.sys.platform", platform)
    (finding,) = checks.bus()
    assert finding.status is Status.INFO
    assert f"it cannot be had on {called}: notifications cannot be clicked" in finding.text
    assert finding.todo.startswith("use Linux") and not finding.is_command


def test_no_daemon_comes_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swnb.cli.checks.shutil.which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    (finding,) = checks.bus()
    assert finding.status is Status.WARNING
    assert finding.text.startswith("no dbus-daemon, so notifications cannot be clicked")
    assert finding.todo.endswith("apt-get install dbus") and finding.is_command
