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
PART = re.compile(r"^const module_(\w+) = \(\(\) => \{$", re.MULTILINE)
TAKEN = re.compile(r"= module_(\w+);$", re.MULTILINE)
SAID = re.compile(r'\bsay\("([^"]+)"')


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_one_module(name: str) -> None:
    module = assets.esm(name)
    assert re.findall(r"^(?:import|export)\b.*$", module, re.MULTILINE) == ["export default widget;"]
    parts = PART.findall(module)
    assert (parts[0], parts[-1], len(parts)) == ("common", name, len(set(parts)))
    for nth, body in enumerate(PART.split(module)[2::2]):
        assert set(TAKEN.findall(body)) <= set(parts[:nth])  # what it needs stands before it
    assert "http://" not in module
    assert "https://" not in module
    assert ".swnb-view" in assets.css(name)


def test_a_module_that_imports_nothing_common_is_no_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "common.js").write_text("", "utf-8")
    (tmp_path / "bare.js").write_text("export default {};", "utf-8")
    monkeypatch.setattr(assets, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"bare\.js must import"):
        assets.esm("bare")


def test_parts_keep_their_names_to_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use = 'import { one as uno, two } from "./common.js";\n'
    scripts = {
        "common": "export const one = 1;\nexport async function two() {}\n",
        "left": f"{use}class Own {{}}\nconst widget = {{}};\nexport default widget;\n",
        "right": f"{use}class Own {{}}\nconst widget = {{}};\nexport default widget;\n",
        "both": f'{use}import left from "./left.js";\nimport right from "./right.js";\nexport default left;\n',
    }
    for name, script in scripts.items():
        (tmp_path / f"{name}.js").write_text(script, "utf-8")
    for name in ("left", "right"):
        (tmp_path / f"{name}.css").write_text(f".{name} {{}}", "utf-8")
    monkeypatch.setattr(assets, "HERE", tmp_path)
    module = assets.esm("both")
    assert PART.findall(module) == ["common", "left", "right", "both"]
    assert module.count("const { one: uno, two } = module_common;") == 3
    assert "const { default: right } = module_right;" in module
    assert "return { one, two };" in module
    assert module.count("return { default: widget };") == 2
    assert assets.css("both") == ".left {}\n.right {}"


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
