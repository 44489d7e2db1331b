"""What a view sends to the front end: one ES module, one style sheet, one table of words.

Each ``.js`` is a module that can be imported as it stands (the tests do so). A notebook has no place from which it could import
``common.js`` or another one, so that a view and what it imports are joined: each becomes a function that returns its exports.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

IMPORT = re.compile(r'^import (\w+|\{[^}]*\}) from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|let|(?:async )?function\*?|class) (\w+))", re.MULTILINE)
DEFAULT = re.compile(r"^export default (\w+);\n", re.MULTILINE)


@cache
def esm(name: str) -> str:
    """Return the module of a view, complete; it draws nothing as long as no kernel answers."""
    if "common" not in _imported(name):
        raise ValueError(f"{name}.js must import from ./common.js, in one line of its own")
    parts = [f"const {_variable(each)} = (() => {{\n{_body(each)}}})();\n" for each in _ordered(name)]
    return f"{''.join(parts)}const widget = module_common.onceAnswered({_variable(name)}.default);\nexport default widget;\n"


def source(name: str) -> str:
    """Return one part as it is written."""
    return (HERE / f"{name}.js").read_text("utf-8")


def _imported(name: str) -> list[str]:
    return [each for _, each in IMPORT.findall(source(name))]


def _ordered(name: str) -> list[str]:
    """Return a module and all that it imports, each after what it needs itself."""
    found = [each for needed in _imported(name) for each in _ordered(needed)]
    return list(dict.fromkeys([*found, name]))


def _variable(name: str) -> str:
    return f"module_{name}"


def _body(name: str) -> str:
    """Return a module as the inside of a function."""
    written = source(name)
    exports = EXPORT.findall(written) + [f"default: {default}" for default in DEFAULT.findall(written)]
    body = DEFAULT.sub("", EXPORT.sub("", IMPORT.sub(_taken, written)))
    return f"{body}return {{ {', '.join(exports)} }};\n"


def _taken(found: re.Match[str]) -> str:
    """Return an import as a declaration."""
    names = found[1].replace(" as ", ": ") if found[1].startswith("{") else f"{{ default: {found[1]} }}"
    return f"const {names} = {_variable(found[2])};\n"


@cache
def css(name: str) -> str:
    """Return the style sheet of a view, complete: with those of the views that it shows."""
    sheets = [HERE / f"{part}.css" for part in _ordered(name)]
    return "\n".join(sheet.read_text("utf-8") for sheet in sheets if sheet.exists())


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
