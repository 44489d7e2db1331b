"""The README keeps step with the code, and forgets nothing."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

import pytest

from swnb.cli import build_parser
from swnb.lab.config import LabConfig
from swnb.lab.waiting import EVENT_CONDITIONS, STATE_CONDITIONS
from swnb.magics.magics import SwMagics
from swnb.magics.verbs import verbs
from tests.rules.readme import PARTS, README, part
from tests.rules.source import ROOT

TEXT = README.read_text()


@pytest.mark.parametrize("name", PARTS)
def test_its_made_parts_are_as_they_would_be_made(name: str) -> None:
    assert part(TEXT, name) == PARTS[name]().strip(), "`python -m tests.rules.readme` makes them anew"


def test_every_verb_and_option() -> None:
    for verb in verbs().values():
        assert verb.usage.replace("|", "\\|") in TEXT


def commands(parser: argparse.ArgumentParser, words: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield the commands that have no commands below them."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield words, parser
    for group in groups:
        for name, below in group.choices.items():
            yield from commands(below, f"{words} {name}")


def test_every_command_and_option() -> None:
    rows = dict(re.findall(r"^\| `(swnb [a-z ]*[a-z])( [^`]*)?` \|", TEXT, flags=re.M))
    for words, parser in commands(build_parser(), "swnb"):
        assert words in rows, words
        for action in parser._actions:
            named = [option for option in action.option_strings if option.startswith("--")] or [
                str(action.metavar or action.dest)
            ]
            assert named[0] == "--help" or named[0].lower() in rows[words].lower(), f"{words} {named[0]}"


def test_every_setting() -> None:
    settings = [
        f"Lab.{name}" for name in LabConfig.class_trait_names(config=True) if name in LabConfig.class_own_traits()
    ]
    settings += [f"SwMagics.{name}" for name in SwMagics.class_own_traits(config=True)]
    missing = [name for name in settings if f"`{name}`" not in TEXT]
    assert not missing


def test_every_condition() -> None:
    missing = [name for name in [*STATE_CONDITIONS, *EVENT_CONDITIONS] if f"`{name}`" not in TEXT]
    assert not missing


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    assert {"setup", "demo", "lab", "test", "bench", "lint", "help"} <= targets
    assert set(re.findall(r"\bmake ([a-z-]+)\b(?= *(?:#|`))", TEXT)) <= targets


def test_files_that_it_shows_are_there() -> None:
    headings = {
        re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in re.findall(r"(?m)^#+ (.*)$", TEXT)
    }
    for path in re.findall(r"\]\(([^):]+)\)", TEXT):
        assert path[1:] in headings if path.startswith("#") else (ROOT / path).is_file(), path
