"""The published description of a recording's lines: ``schema.json`` beside this module, a JSON Schema (2020-12)."""

from __future__ import annotations

import json
from importlib.resources import files
from inspect import cleandoc
from typing import Any, Final

import msgspec

from swnb.recording.header import FORMAT
from swnb.recording.lines import Line

FILE: Final = "schema.json"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of one line, as it is published with this swnb."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    return found


def made() -> dict[str, Any]:
    """Make it of the classes of lines; the published one is to be the same. ``python -m swnb.recording.schema`` prints it."""
    (line,), definitions = msgspec.json.schema_components((Line,), ref_template="#/$defs/{name}")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of a recording of swnb, format {FORMAT}",
        "description": "The first line is the header. Readers pass over what they do not know.",
        **line,
        "$defs": {name: _tidy(definition) for name, definition in definitions.items()},
    }
    plain: dict[str, Any] = json.loads(json.dumps(whole))  # with lists for tuples
    return plain


def _tidy(definition: dict[str, Any]) -> dict[str, Any]:
    """Take the indentation out of what is a class's docstring: Python 3.13 has done so already."""
    described = definition.get("description")
    return definition if described is None else {**definition, "description": cleandoc(described)}


if __name__ == "__main__":
    print(json.dumps(made(), indent=1, sort_keys=True, ensure_ascii=False))  # noqa: T201
