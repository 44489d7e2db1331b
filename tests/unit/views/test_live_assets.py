"""What views send to the front end is whole, and their words are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("anywidget")  # on the interpreters that only have what unit tests need

from swnb.views.live import assets

HERE = Path(assets.__file__).parent
VIEWS = sorted(path.stem for path in HERE.glob("*.js") if "export default" in path.read_text("utf-8"))
TOP_LEVEL = re.compile(r"^(?:const|let|function|class) (\w+)", re.MULTILINE)
SAID = re.compile(r'\bsay\("([^"]+)"')


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_one_module(name: str) -> None:
    module = assets.esm(name)
    assert re.findall(r"^(?:import|export)\b.*$", module, re.MULTILINE) == ["export default widget;"]
    names = TOP_LEVEL.findall(module)
    assert sorted(names) == sorted(set(names))  # a second one of that name would end the whole module
    assert "http://" not in module
    assert "https://" not in module
    assert ".swnb-view" in assets.css(name)


def test_a_module_that_imports_nothing_common_is_no_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "common.js").write_text("", "utf-8")
    (tmp_path / "bare.js").write_text("export default {};", "utf-8")
    monkeypatch.setattr(assets, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"bare\.js must import"):
        assets.esm("bare")


def test_every_word_is_in_the_table() -> None:
    said = {key for path in HERE.glob("*.js") for key in SAID.findall(path.read_text("utf-8"))}
    english = assets.words("en")
    assert said
    assert said <= set(english)


@pytest.mark.parametrize("language", [each for each in assets.languages() if each != "en"])
def test_a_language_has_no_words_of_its_own(language: str) -> None:
    table = json.loads((HERE / f"words_{language}.json").read_text("utf-8"))
    english = assets.words("en")
    assert set(table) <= set(english)
    holes = re.compile(r"\{\w+\}")
    assert {key: sorted(holes.findall(text)) for key, text in table.items()} == {
        key: sorted(holes.findall(english[key])) for key in table
    }
    assert assets.words(language) == english | table


def test_a_language_that_nobody_wrote_is_english() -> None:
    assert assets.words("tlh") == assets.words("en")
    assert {"en", "fr"} <= set(assets.languages())
