from __future__ import annotations

import subprocess
import sys

import pytest

from swnb.errors import InvalidArgument
from swnb.magics.arguments import Completes, parse
from swnb.magics.verbs import COMMON, Form, Verb, explain, find, markdown, overview, verbs
from swnb.magics.words import split

EVERY = list(verbs().values())

NAMES = (
    "start stop status lab file mount routes origin open close reload goto windows register unregister update workers wait "
    "stop-worker start-worker skip-waiting clients get claim navigate focus open-window post messages events world console "
    "worker page"
)


def test_all_verbs_are_there() -> None:
    assert set(NAMES.split()) <= set(verbs())


@pytest.mark.parametrize("verb", EVERY, ids=lambda verb: verb.name)
def test_each_verb_is_told_whole(verb: Verb) -> None:
    assert verb.help.endswith(".")
    assert verb.forms
    shown = explain(verb)
    assert verb.usage in shown
    assert verb.name in overview()
    assert f"`{verb.usage}`" in markdown().replace("\\|", "|")
    for argument in verb.everything:
        assert argument.help
        assert not argument.help.endswith(".")
        assert (argument.name if argument.is_option else argument.metavar or argument.name.upper()) in shown


@pytest.mark.parametrize("verb", EVERY, ids=lambda verb: verb.name)
def test_each_example_is_right(verb: Verb) -> None:
    form, line = verb.example.split(" ", 1)
    assert find(verb.name, Form(form)) is verb
    words = split(line)
    assert words.words[0].text == verb.name
    parse(words, words.words[1:], verb.everything, "x")


@pytest.mark.parametrize("verb", EVERY, ids=lambda verb: verb.name)
def test_arguments_are_consistent(verb: Verb) -> None:
    destinations = [argument.dest for argument in verb.everything]
    assert len(set(destinations)) == len(destinations)
    places = [argument for argument in verb.arguments if not argument.is_option]
    assert all(not place.rest for place in places[:-1])
    assert [p.required for p in places] == sorted((p.required for p in places), reverse=True)
    for argument in verb.everything:
        if not argument.takes_value:
            assert argument.completes is Completes.NOTHING


def test_an_unknown_verb_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidArgument, match="did you mean `clients`") as caught:
        find("clientz", Form.LINE)
    assert len(str(caught.value).split("\n")) == 2


def test_a_word_that_is_far_off_gets_no_suggestion() -> None:
    with pytest.raises(InvalidArgument) as caught:
        find("foo", Form.LINE)
    assert "did you mean" not in str(caught.value)


def test_the_beginning_of_a_verb_is_near_enough() -> None:
    with pytest.raises(InvalidArgument, match="did you mean `windows`"):
        find("win", Form.LINE)


def test_a_verb_in_the_wrong_form_is_told() -> None:
    with pytest.raises(InvalidArgument, match="begin the cell with `%%sw worker"):
        find("worker", Form.LINE)
    with pytest.raises(InvalidArgument, match="write `%sw clients"):
        find("clients", Form.CELL)


def test_common_arguments_are_on_every_verb() -> None:
    assert all(set(COMMON) <= set(verb.everything) for verb in EVERY)


def test_the_order_is_that_of_the_documentation_whatever_was_imported_first() -> None:
    groups = list(dict.fromkeys(verb.group for verb in EVERY))
    assert groups[0] == "The lab"
    assert groups[-1] == "JavaScript"
    assert [verb.group for verb in EVERY] == [group for group in groups for verb in EVERY if verb.group == group]
    code = "import swnb.magics.on_cells; from swnb.magics.verbs import verbs; print(*verbs())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == [verb.name for verb in EVERY]
