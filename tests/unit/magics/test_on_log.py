"""Options of the verbs of what was heard, without a browser: which messages, since when."""

from __future__ import annotations

from typing import Any, cast

import pytest

from swnb.errors import InvalidArgument
from swnb.events import Surprise
from swnb.lab.lab import Lab
from swnb.log import Mark
from swnb.magics.arguments import Argument, parse, positive
from swnb.magics.call import Call
from swnb.magics.labs import Labs
from swnb.magics.on_log import messages, since
from swnb.magics.verbs import verbs
from swnb.magics.words import split

BETWEEN = Argument("--between", "of these", "A B", count=2)
LAST = Argument("--last", "so many", "N", convert=positive)


def between(text: str) -> Any:
    line = split(text)
    return parse(line, line.words, (BETWEEN, LAST), "%sw x").values.get("between")


@pytest.mark.parametrize(
    "text",
    ["--between a b", "--between=a b", "--last 3 --between a b", "--between 'a' \"b\" --last 3", "--between a b --"],
)
def test_an_option_of_two_values(text: str) -> None:
    assert between(text) == ("a", "b")


@pytest.mark.parametrize(
    "text", ["--between", "--between a", "--between=a", "--between a --last 3", "--between --last 3"]
)
def test_an_option_of_two_values_that_has_fewer(text: str) -> None:
    with pytest.raises(InvalidArgument, match="--between of `%sw x` needs 2 values\n--between A B: of these"):
        between(text)


def test_an_option_of_two_values_is_given_once() -> None:
    with pytest.raises(InvalidArgument, match="is given twice"):
        between("--between a b --between c d")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "", "²", "1e3", "00", "9" * 5000])
def test_a_number_greater_than_0(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number greater than 0"):
        positive(text)
    assert positive("17") == 17


def call(text: str, verb: str = "messages", **variables: Any) -> Call:
    labs = Labs(lambda **_: {})
    lab = Lab()
    lab.log.append(Surprise(what="a"))
    lab.log.act()
    lab.log.append(Surprise(what="b"))
    cast("Any", labs)._labs["lab"] = lab
    line = split(text)
    return Call(f"%sw {verb}", parse(line, line.words, verbs()[verb].everything, f"%sw {verb}"), labs, variables)


@pytest.mark.parametrize(
    ("text", "mark"),
    [("", 0), ("--since 7", 7), ("--since acting", 1), ("--since here", 5), ("--since event", 3)],
)
def test_where_since_is(text: str, mark: int) -> None:
    event = Surprise(what="x", seq=3)
    assert since(call(text, here=Mark(5), event=event)) == Mark(mark)


@pytest.mark.parametrize("text", ["nothing", "number", "stray", "-1", "1.5", "\x1b[31m", "9" * 5000])
def test_what_is_no_mark(text: str) -> None:
    with pytest.raises(InvalidArgument, match="is no mark") as caught:
        since(call(f"--since={text}", number=5, stray=Surprise(what="in no log")))
    assert len(str(caught.value).split("\n")) == 2
    assert "\x1b" not in str(caught.value)


def test_a_lab_that_is_not_started_has_heard_nothing_yet() -> None:
    assert messages(call("")) == []


def test_a_wrong_expression_is_told_before_any_message_is_looked_at() -> None:
    with pytest.raises(InvalidArgument, match="--where cannot do"):
        messages(call("--where open(1)"))


def test_no_lab_at_all() -> None:
    nothing = Call("%sw messages", call("").arguments, Labs(lambda **_: {}), {})
    with pytest.raises(Exception, match="needs a browser, and none is started"):
        messages(nothing)
