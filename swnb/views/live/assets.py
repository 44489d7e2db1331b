"""What a view sends to the front end: one ES module, one style sheet, one table of words.

Each view's ``.js`` is a module that can be imported as it stands (the tests do so). A notebook has no place from which it could
import ``common.js`` and other parts, so all are joined to one; their top-level names must differ.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=const|function|class)", re.MULTILINE)


@cache
def esm(name: str) -> str:
    """Return the module of a view, complete: the parts that it imports, each once, before what needs them."""
    parts: list[str] = []
    _take(name, parts)
    if "common" not in parts:
        raise ValueError(f"{name}.js must import from ./common.js")
    *before, own = (IMPORT.sub("", _source(part)) for part in parts)
    return "\n".join([*(EXPORT.sub("", part) for part in before), own])


def _take(name: str, parts: list[str]) -> None:
    """Add a part, and before it those that it imports."""
    for needed in IMPORT.findall(_source(name)):
        if needed not in parts:
            _take(needed, parts)
    parts.append(name)


def _source(name: str) -> str:
    return (HERE / f"{name}.js").read_text("utf-8")


@cache
def css(name: str) -> str:
    """Return the style sheet of a view, complete."""
    return "\n".join((HERE / f"{part}.css").read_text("utf-8") for part in ("common", name))


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there is a table of words in: ``en``, ``fr``."""
    return tuple(sorted(path.stem.removeprefix("words_") for path in HERE.glob("words_*.json")))


@cache
def words(language: str) -> dict[str, str]:
    """Return the words of a language; English ones stand where it has none."""
    table: dict[str, str] = json.loads((HERE / "words_en.json").read_text("utf-8"))
    if language in languages() and language != "en":
        table = table | json.loads((HERE / f"words_{language}.json").read_text("utf-8"))
    return table
