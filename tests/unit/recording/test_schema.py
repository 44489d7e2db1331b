"""The published schema describes what is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swnb.events import KINDS
from swnb.recording.lines import line_of
from swnb.recording.schema import made, schema

from .samples import DATA, lines, one_of_each

jsonschema = pytest.importorskip("jsonschema")


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_it_is_that_of_the_lines() -> None:
    assert schema() == made(), "`python -m swnb.recording.schema > swnb/recording/schema.json` makes it anew"


def test_each_line_is_valid(validator: Any) -> None:
    for line in lines(one_of_each()):
        validator.validate(json.loads(line_of(line)))


@pytest.mark.parametrize("path", sorted(DATA.glob("format-*.jsonl")), ids=lambda path: path.name)
def test_each_line_of_the_kept_files_is_valid(validator: Any, path: Any) -> None:
    for line in path.read_text().splitlines():
        validator.validate(json.loads(line))


@pytest.mark.parametrize(
    "line",
    [
        {"event": {"kind": "console", "seq": "1", "level": "log", "text": ""}},
        {"event": {"kind": "console", "seq": 1}},
        {"event": {"kind": "message.sent", "seq": 1, "via": "nothing", "channel": ""}},
        {"command": {"arguments": {}}},
        {"body": {}},
    ],
)
def test_others_are_not(validator: Any, line: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(line)


def test_it_describes_each_kind_of_event() -> None:
    kinds = {
        definition["properties"]["kind"]["enum"][0]
        for definition in schema()["$defs"].values()
        if "kind" in definition.get("properties", {})
    }
    assert kinds == set(KINDS)
