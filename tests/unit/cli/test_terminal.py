from __future__ import annotations

import io

from swnb.cli.terminal import Terminal


def test_colours_are_only_for_those_who_want_them() -> None:
    assert Terminal(io.StringIO()).styled("text", "bold") == "text"
    assert Terminal(io.StringIO(), colour=True).styled("text", "bold", "red") == "\x1b[1;31mtext\x1b[0m"


def test_a_narrow_encoding_loses_signs_but_not_the_line() -> None:
    raw = io.BytesIO()
    terminal = Terminal(io.TextIOWrapper(raw, encoding="ascii", newline="\n"))
    terminal.line(f"{terminal.mark('ok')} héllo ─")
    assert raw.getvalue() == b"ok h?llo ?\n"


def test_a_block_is_indented_and_has_no_trailing_space() -> None:
    stream = io.StringIO()
    Terminal(stream).block("a\n\nb\n", "  ")
    assert stream.getvalue() == "  a\n\n  b\n"
