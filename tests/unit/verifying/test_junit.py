from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring, parse

import pytest

from swnb.verifying.items import Item, VerifyError
from swnb.verifying.junit import legal, write
from swnb.verifying.verdict import State, Verdict

HOSTILE = 'a\x00b\x1b[31m<&">\ud800\ufffe\x85]]>.ipynb'


def verdict(name: str, state: State, failure: str = "") -> Verdict:
    return Verdict(Item(Path("some") / name, ()), "executed", state, 1.25, failure=failure, todo="do this")


def test_hostile_names_and_texts_make_no_ill_formed_file(tmp_path: Path) -> None:
    path = tmp_path / "out.xml"
    write(path, [verdict(HOSTILE, State.FAILED, f"it said {HOSTILE}"), verdict("ok.ipynb", State.EQUAL)])
    suites = parse(path).getroot()
    (suite,) = suites
    assert suite.attrib | {"time": ""} == {
        "name": "swnb verify",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "",
    }
    hostile, good = suite
    assert hostile.attrib["name"] == 'a�b�[31m<&">��\x85]]>.ipynb'
    assert hostile[0].tag == "failure"
    assert "it said a" in (hostile[0].text or "")
    assert good.attrib == {"classname": "some", "name": "ok.ipynb", "time": "1.250"}
    assert len(good) == 0


def test_what_could_not_be_told_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "out.xml"
    write(path, [verdict("a.ipynb", State.UNSURE, "no Chromium found"), verdict("b.ipynb", State.DIFFERENT)])
    one, other = fromstring(path.read_text("utf-8"))[0]
    assert (one[0].tag, one[0].attrib["message"], other[0].tag) == ("error", "no Chromium found", "failure")


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="cannot be written: No such file or directory"):
        write(tmp_path / "no" / "out.xml", [])


@pytest.mark.parametrize("character", [chr(code) for code in (0, 8, 11, 31, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF)])
def test_what_no_xml_may_hold(character: str) -> None:
    assert legal(f"a{character}b") == "a�b"
