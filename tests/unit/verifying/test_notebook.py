from __future__ import annotations

import json
from pathlib import Path

import pytest

from swnb.verifying.notebook import NotebookError, comparable, output_html, output_text, read


def test_ids_and_times_are_no_difference() -> None:
    one = "home  http://lab.localhost/  1e0f2a3b-0000-4111-8222-333344445555  \nin 12 ms"
    other = "home  http://lab.localhost/  99999999-aaaa-4bbb-8ccc-dddddddddddd\nin 3.5 ms\n"
    assert comparable(one) == comparable(other)
    assert comparable(one) != comparable(one.replace("home", "away"))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"output_type": "stream", "text": ["a\n", "b"]}, "a\nb\n"),
        ({"output_type": "execute_result", "data": {"text/plain": "1", "text/html": "<b>1</b>"}}, "1\n"),
        ({"output_type": "display_data", "data": {"image/png": "…"}}, ""),
        ({"output_type": "error", "traceback": ["\x1b[31mNameError\x1b[0m: x"]}, "NameError: x\n"),
    ],
)
def test_outputs_as_text(output: dict[str, object], expected: str) -> None:
    assert output_text(output) == expected


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    output = {"output_type": "stream", "name": "stdout", "text": "1\n"}
    cells = [
        {"cell_type": "markdown", "source": "# words"},
        {"cell_type": "code", "source": ["1\n", "2"], "metadata": {"swnb": {"step": "Count"}}, "outputs": [output]},
        {"cell_type": "code", "source": "3", "outputs": []},
    ]
    path.write_text(json.dumps({"cells": cells}))
    first, second = read(path).cells
    assert (first.source, first.step, first.saved) == ("1\n2", "Count", "1\n")
    assert (second.source, second.step, second.saved) == ("3", None, "")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"cell_type": "code"}]}', "\x00"])
def test_what_is_no_notebook(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    with pytest.raises(NotebookError, match="is no notebook"):
        read(path)


def test_a_missing_one(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="cannot be read: No such file"):
        read(tmp_path / "none.ipynb")


def test_numbers_of_events_and_widths_of_columns_are_no_difference() -> None:
    one = "seq  sent          from\n───  ────────────  ────\n98   10:00:00.000  home"
    other = "seq   sent          from\n────  ────────────  ────\n1002  11:22:33.444  home"
    assert comparable(one) == comparable(other)
    assert comparable("1  home") != comparable("2  home")
    assert comparable("a\n  b") != comparable("a\nb")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"data": {"text/plain": "1", "text/html": ["<b>", "1</b>"]}}, "<b>1</b>"),
        ({"data": {"text/plain": "<b>1</b>"}}, "<pre>&lt;b&gt;1&lt;/b&gt;</pre>"),
        ({"output_type": "stream", "text": "a\n"}, "<pre>a</pre>"),
        ({"output_type": "stream", "text": ""}, ""),
    ],
)
def test_outputs_as_html(output: dict[str, object], expected: str) -> None:
    assert output_html(output) == expected
