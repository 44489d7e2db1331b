from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from swnb.cli.install_hints import FALLBACK, PACKAGES, command_for, pip_command


def having(*programs: str) -> Callable[[str], str | None]:
    return lambda name: f"/usr/bin/{name}" if name in programs else None


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("apt-get", "sudo apt-get install chromium"),
        ("dnf", "sudo dnf install chromium"),
        ("pacman", "sudo pacman -S chromium"),
        ("brew", "brew install --cask chromium"),
        ("winget", "winget install --exact --id Hibbiki.Chromium"),
    ],
)
def test_each_package_manager(manager: str, expected: str) -> None:
    assert command_for("chromium", which=having(manager), root=False, system_id="") == expected


def test_root_needs_no_sudo() -> None:
    assert command_for("dbus", which=having("apt-get"), root=True, system_id="debian") == "apt-get install dbus"


def test_on_ubuntu_it_is_a_snap() -> None:
    assert (
        command_for("chromium", which=having("apt-get"), root=False, system_id="ubuntu") == "sudo snap install chromium"
    )
    assert command_for("dbus", which=having("apt-get"), root=False, system_id="ubuntu") == "sudo apt-get install dbus"


@pytest.mark.parametrize("what", PACKAGES)
def test_without_a_package_manager_it_is_said_in_words(what: str) -> None:
    assert command_for(what, which=having(), root=False, system_id="") == FALLBACK[what]


def test_pip_is_that_of_this_interpreter() -> None:
    assert pip_command(["a", "b"]).startswith(sys.executable)
    assert pip_command(["a", "b"]).endswith("-m pip install a b")
