from __future__ import annotations

import os
from pathlib import Path

import pytest

from swnb.browser import find
from swnb.errors import BrowserNotFound, BrowserStartFailed, BrowserUnusable


def look(
    there: set[str], configured: str | None = None, platform: str = "linux", unusable: str = "", **environ: str
) -> str:
    """Find Chromium on a machine that has the executables `there`, and at `unusable` a file that is none."""
    return find.find_chromium(
        configured,
        environ=environ,
        platform=platform,
        executable=there.__contains__,
        exists=lambda path: path in there or path == unusable,
    )


def test_order_configuration_environment_path() -> None:
    there = {"/c/chromium", "/e/chromium", "/p/chromium", "/q/chrome"}
    everything = {"SWNB_CHROMIUM": "/e/chromium", "CHROME_PATH": "/q/chrome", "PATH": "/p"}
    assert look(there, "/c/chromium", **everything) == "/c/chromium"
    assert look(there, **everything) == "/e/chromium"
    assert look(there, CHROME_PATH="/q/chrome", PATH="/p") == "/q/chrome"
    assert look(there, PATH="/p") == "/p/chromium"


def test_names_come_before_folders_of_the_path() -> None:
    assert look({"/a/google-chrome", "/b/chromium"}, PATH="/a:/b") == "/b/chromium"
    assert look({"/a/google-chrome"}, PATH="/z:/a") == "/a/google-chrome"


def test_empty_settings_are_none_and_the_working_directory_is_not_searched() -> None:
    assert look({"/a/chromium", "chromium", "./chromium"}, "", SWNB_CHROMIUM="", PATH=":/a") == "/a/chromium"


def test_bare_name_and_home() -> None:
    assert look({"/a/msedge"}, "msedge", PATH="/b:/a") == "/a/msedge"
    assert look({"/home/u/bin/chrome"}, "~/bin/chrome", HOME="/home/u") == "/home/u/bin/chrome"


@pytest.mark.parametrize(
    ("configured", "environ", "sentence"),
    [
        ("/no/where", {}, "the Chromium named by the configuration, /no/where, does not exist"),
        (None, {"SWNB_CHROMIUM": "/no/where"}, "the Chromium named by SWNB_CHROMIUM, /no/where, does not exist"),
        ("/etc/text", {}, "/etc/text, is not an executable file"),
        ("chromiom", {"PATH": "/a"}, "chromiom, is not on the PATH"),
    ],
)
def test_a_named_one_that_cannot_be_run_is_an_error_that_names_it(
    configured: str | None, environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BrowserUnusable) as caught:
        look({"/a/chromium"}, configured, unusable="/etc/text", **{"PATH": "/a", **environ})
    assert sentence in caught.value.what
    assert str(caught.value).count("\n") == 1


def test_macos_places() -> None:
    ours = "/Users/u/Applications/Chromium.app/Contents/MacOS/Chromium"
    chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    assert look({ours, chrome}, platform="darwin", HOME="/Users/u", PATH="/bin") == ours
    assert look({chrome}, platform="darwin", HOME="/Users/u", PATH="/bin") == chrome


def test_windows_places_and_path() -> None:
    chrome = r"C:\Program Files\Google\Chrome\Application\chrome.exe"
    assert look({chrome}, platform="win32", PROGRAMFILES=r"C:\Program Files") == chrome
    assert look({r"D:\bin\chrome.exe"}, platform="win32", PATH=r"C:\x;D:\bin") == r"D:\bin\chrome.exe"
    assert look({r"D:\bin\chrome.exe"}, "chrome.exe", platform="win32", PATH=r"D:\bin") == r"D:\bin\chrome.exe"
    assert look({r"D:\my\c.exe"}, r"D:\my\c.exe", platform="win32") == r"D:\my\c.exe"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_none_anywhere_says_where_was_looked(platform: str) -> None:
    with pytest.raises(BrowserNotFound) as caught:
        look(set(), platform=platform, PATH="/bin", HOME="/h", PROGRAMFILES=r"C:\P")
    assert not isinstance(caught.value, BrowserUnusable)
    assert "SWNB_CHROMIUM" in caught.value.searched
    assert "chromium on PATH" in caught.value.searched
    place = {"linux": "snap", "darwin": "/Applications/Chromium.app", "win32": r"C:\P\Google"}[platform]
    assert any(place in searched for searched in caught.value.searched)


def test_a_folder_and_a_plain_file_are_not_executable(tmp_path: Path) -> None:
    file = tmp_path / "chromium"
    file.write_text("")
    assert not find.is_executable(str(tmp_path))
    assert not find.is_executable(str(file)) or os.name == "nt"
    file.chmod(0o700)
    assert find.is_executable(str(file))


def test_version_on_windows_is_the_newest_folder_beside_it(tmp_path: Path) -> None:
    for name in ("99.0.1.2", "156.0.8078.79", "Dictionaries"):
        (tmp_path / name).mkdir()
    assert find.version(str(tmp_path / "chrome.exe"), platform="win32") == "chrome 156.0.8078.79"
    with pytest.raises(BrowserStartFailed):
        find.version(str(tmp_path / "none" / "chrome.exe"), platform="win32")
