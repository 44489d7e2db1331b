"""The README's parts that are made from the code: ``python -m tests.rules.readme`` writes them, the rules compare them."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable

from swnb.magics.verbs import markdown
from tests.rules.source import ROOT
from tests.rules.test_facade import PAIRS, SYNC_ONLY, public

README = ROOT / "README.md"

INTERNAL = {"cells"}
"""Public for `views`, and of no use to others."""


def verbs() -> str:
    """The tables of verbs, from their registry."""
    return markdown()


def api() -> str:
    """What each object has: its properties, then its verbs with their parameters."""
    lines = ["| object | what it has |", "|---|---|"]
    for _, cls in PAIRS:
        hidden = SYNC_ONLY.get(cls.__name__, set()) | INTERNAL | {"owner"}
        names = sorted((public(cls) | fields(cls)) - hidden)
        methods = [name for name in names if inspect.isfunction(getattr(cls, name, None))]
        told = [name for name in names if name not in methods] + [call(cls, name) for name in methods]
        lines.append(f"| `{cls.__name__}` | {', '.join(f'`{text}`' for text in told)} |")
    return "\n".join(lines) + "\n"


def fields(cls: type) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else set()


def call(cls: type, name: str) -> str:
    """Return ``open(url, *, name)``."""
    parameters = list(inspect.signature(getattr(cls, name)).parameters.values())[1:]
    words: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        words.append(parameter.name)
    return f"{name}({', '.join(words)})"


PARTS: dict[str, Callable[[], str]] = {"verbs": verbs, "api": api}


def part(text: str, name: str) -> str:
    """Return what stands between the marks of a part."""
    matched = re.search(rf"<!-- {name}\b[^>]*-->\n(.*?)<!-- /{name} -->", text, flags=re.S)
    assert matched, f"README.md has no part {name!r}"
    return matched[1].strip()


def written(text: str) -> str:
    """Return the README with its parts made anew."""
    for name, make in PARTS.items():
        before, mark, rest = re.split(rf"(<!-- {name}\b[^>]*-->\n)", text, maxsplit=1)
        _, end, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}{mark}\n{make().strip()}\n\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
