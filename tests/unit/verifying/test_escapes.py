from __future__ import annotations

from swnb.verifying.escapes import without_escapes


def test_escapes_and_control_characters_go() -> None:
    assert without_escapes("\x1b[0;31mred\x1b[0m \x07\x1b]0;t\n\tx") == "red ]0;t\n\tx"
