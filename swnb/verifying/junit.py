"""Verdicts as JUnit has them, for a continuous integration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from swnb.verifying.items import VerifyError
from swnb.verifying.verdict import State, Verdict

NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold, not even by number."""


def write(path: Path, verdicts: Sequence[Verdict]) -> None:
    """Write a file of JUnit's form: a failure for what differs or failed, an error for what could not be told.

    Raises
    ------
    VerifyError
        If it cannot be written.
    """
    try:
        with path.open("wb") as file:
            ElementTree(suite(verdicts)).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise VerifyError(
            f"{path} cannot be written: {error.strerror or error}", "--junit-xml FILE names another"
        ) from None


def suite(verdicts: Sequence[Verdict]) -> Element:
    """Return the element ``testsuites``."""
    unsure = sum(verdict.state is State.UNSURE for verdict in verdicts)
    bad = sum(not verdict.good for verdict in verdicts)
    counts = {"tests": len(verdicts), "failures": bad - unsure, "errors": unsure, "skipped": 0}
    seconds = f"{sum(verdict.seconds for verdict in verdicts):.3f}"
    told = {name: str(count) for name, count in counts.items()} | {"time": seconds}
    root = Element("testsuites", told)
    inside = SubElement(root, "testsuite", {"name": "swnb verify", **told})
    for verdict in verdicts:
        path = verdict.item.path
        case = SubElement(
            inside,
            "testcase",
            {"classname": legal(path.parent.as_posix()), "name": legal(path.name), "time": f"{verdict.seconds:.3f}"},
        )
        if not verdict.good:
            kind = "error" if verdict.state is State.UNSURE else "failure"
            element = SubElement(case, kind, {"type": str(verdict.state), "message": legal(verdict.brief)})
            element.text = legal(verdict.text())
    indent(root)
    return root


def legal(text: str) -> str:
    """Return a text with a sign for each character that no XML may hold, halves of surrogate pairs among them."""
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
