"""What a view sends to the front end: one ES module, one style sheet, one table of words.

Each view's ``.js`` is a module that can be imported as it stands (the tests do so). A notebook has no place from which it could
import ``common.js``, so the two are joined to one.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

IMPORT = re.compile(r'^import \{[^}]*\} from "\./common\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=const|function|class)", re.MULTILINE)


@cache
def esm(name: str) -> str:
    """Return the module of a view, complete."""
    common, own = (HERE / "common.js").read_text("utf-8"), (HERE / f"{name}.js").read_text("utf-8")
    body, found = IMPORT.subn("", own)
    if found != 1:
        raise ValueError(f"{name}.js must import from ./common.js once, and has {found} such lines")
    return f"{EXPORT.sub('', common)}\n{body}"


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
