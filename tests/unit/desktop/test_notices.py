from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from dbus_fast.signature import Variant
from hypothesis import given
from hypothesis import strategies as st

from swnb.desktop.notices import Action, Picture, Urgency, read_body, read_notice, read_picture

ORIGIN = "http://lab.localhost:8080"
LINK = f'<a href="{ORIGIN}/">lab.localhost:8080</a>'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (20).to_bytes(4, "big") + (10).to_bytes(4, "big") + b"rest"


def markup(text: str, image: str = "") -> str:
    """Write a body as Chromium does (its notification_platform_bridge_linux.cc), newlines at both ends cut."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    whole = f"{LINK}\n\n" + (f"{text}\n" if text else "") + (f'<img src="file://{image}" alt=""/>\n' if image else "")
    return whole.strip("\n")


@given(st.text(), st.sampled_from(["", "/tmp/a%20b.png"]))
def test_any_body_is_read_exactly_but_for_newlines_at_its_end(text: str, image: str) -> None:
    assert read_body(markup(text, image)) == (
        ORIGIN,
        text if image else text.rstrip("\n"),
        image.replace("%20", " "),
    )


@pytest.mark.parametrize(
    "text",
    ["<a href=\"http://evil/\">x</a>", '<img src="file:///etc/passwd" alt=""/>', "&amp;lt;", "&lt;b&gt;", "\n\n a", ""],
)  # fmt: skip
def test_a_page_cannot_pretend(text: str) -> None:
    assert read_body(markup(text)) == (ORIGIN, text, "")


def test_a_body_of_no_page() -> None:
    assert read_body("plain &amp; simple") == ("", "plain & simple", "")
    assert read_body("") == ("", "", "")


def notify(hints: dict[str, Variant] | None = None, body: str = LINK, timeout: int = -1) -> tuple[Any, ...]:
    actions = ["2", "Yes", "inline-reply", "Say", "default", "Activate", "settings", "Settings"]
    return ("Chromium", 0, "", "title", body, actions, hints or {}, timeout)


def test_the_plainest_notice() -> None:
    notice = read_notice(notify(), 4, ":1.1", 99)
    assert (notice.id, notice.title, notice.body, notice.origin) == (4, "title", "", ORIGIN)
    assert (notice.app_name, notice.sender, notice.t_mono_ns) == ("Chromium", ":1.1", 99)
    assert notice.actions[-1] == Action("settings", "Settings")
    assert notice.buttons == (Action("2", "Yes"), Action("inline-reply", "Say"))
    assert (notice.icon, notice.image, notice.silent, notice.reply_placeholder) == (None, None, False, None)
    assert notice.urgency is Urgency.NORMAL
    assert not notice.require_interaction


def test_the_folder_is_that_of_chromiums_icon() -> None:
    def folder(icon: str) -> str:
        return read_notice(("Chromium", 0, icon, *notify()[3:]), 1, ":1.1", 0).folder

    assert folder("file:///tmp/of%20it/logo.png") == "/tmp/of it"
    assert [folder(icon) for icon in ("", "chromium", "logo.png", "file:///usr/share/icon.png")] == ["", "", "", ""]


def test_hints() -> None:
    hints = {
        "urgency": Variant("y", 2),
        "suppress-sound": Variant("b", True),
        "x-kde-reply-placeholder-text": Variant("s", "say"),
        "unheard-of": Variant("(i)", [1]),
    }
    notice = read_notice(notify(hints, timeout=0), 1, ":1.1", 0)
    assert (notice.urgency, notice.silent, notice.reply_placeholder) == (Urgency.CRITICAL, True, "say")
    assert notice.require_interaction


def test_hints_that_make_no_sense_are_left_aside() -> None:
    hints = {"urgency": Variant("y", 9), "image-path": Variant("i", 3), "suppress-sound": Variant("s", "yes")}
    notice = read_notice(notify(hints), 1, ":1.1", 0)
    assert (notice.urgency, notice.icon, notice.silent) == (Urgency.NORMAL, None, False)


def test_pictures_are_read_while_they_are_there(tmp_path: Path) -> None:
    icon = tmp_path / "icon with space.png"
    icon.write_bytes(PNG)
    image = str(icon).replace(" ", "%20")
    notice = read_notice(notify({"image-path": Variant("s", str(icon))}, body=markup("x", image)), 1, ":1.1", 0)
    assert notice.icon == notice.image == Picture(PNG, 20, 10, str(icon))
    assert repr(notice.icon) == f"Picture(20×10, {len(PNG)} bytes)"


def test_pictures_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/etc/hostname")
    (tmp_path / "text").write_text("no picture")
    for name in ("missing", "fifo", "link", ".", "a\0b"):
        path = f"{tmp_path}/{name}"
        assert read_picture(path) == Picture(b"", 0, 0, path)
    assert read_picture(f"file://{tmp_path}/text") == Picture(b"no picture", 0, 0, f"{tmp_path}/text")
