from __future__ import annotations

import json
import re

from swnb.probe import script
from swnb.vocab import AGENT_URL


def test_placeholders_are_json() -> None:
    source = script.agent_source('b"', "s\n", 12)
    assert f"const SECRET = {json.dumps(chr(115) + chr(10))};" in source
    assert f"G[{json.dumps('b' + chr(34))}]" in source
    assert "const LIMIT = 12;" in source
    assert "const HOLDS = true;" in source
    assert "const HOLDS = false;" in script.agent_source("b", "s", holds=False)
    assert not re.search(r"__(?:BINDING|SECRET|LIMIT|HOLDS)__", source)


def test_the_same_parameters_give_the_same_text() -> None:
    assert script.agent_source("b", "s") is script.agent_source("b", "s")
    assert script.agent_source("b", "s") != script.agent_source("c", "s")


def test_the_digest_is_of_the_template() -> None:
    assert re.fullmatch("[0-9a-f]{64}", script.AGENT_DIGEST)
    before = script.AGENT_DIGEST
    script.agent_source("other", "words", 1)
    assert before == script.AGENT_DIGEST


def test_every_part_is_in_and_the_first_comes_first() -> None:
    source = script.agent_source("b", "s")
    places = [
        source.index(mark)
        for mark in ("const SECRET", "const binding", "const uncurry", "const veil", "const describe")
    ]
    assert places == sorted(places)
    assert source.endswith(f"//# sourceURL={AGENT_URL}")
