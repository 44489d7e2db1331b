from __future__ import annotations

import pytest

from swnb.errors import InvalidArgument
from swnb.magics.arguments import Argument, Parsed, literal, parse, positive_seconds, seconds, whole
from swnb.magics.words import split

URL = Argument("url", "a path", required=True)
NAME = Argument("--as", "a name", "NAME", convert=literal)
FLAG = Argument("--include-uncontrolled", "all")
MANY = Argument("--input", "names", "NAME", "-i", repeat=True)
TIMEOUT = Argument("--timeout", "how long", "SECONDS", convert=positive_seconds)
TYPE = Argument("--type", "kind", "TYPE", choices=("window", "worker"))
REST = Argument("message", "what", required=True, rest=True)


def parsed(text: str, *arguments: Argument) -> Parsed:
    line = split(text)
    return parse(line, line.words, arguments, "%sw do")


def refused(text: str, *arguments: Argument) -> tuple[str, str]:
    with pytest.raises(InvalidArgument) as caught:
        parsed(text, *arguments)
    what, todo = str(caught.value).split("\n")
    return what, todo


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("open /", ["open", "/"]),
        ("open /#a # a note", ["open", "/#a"]),
        ("open /a#b", ["open", "/a#b"]),
        ("# all of it", []),
        ("open '/a # b'", ["open", "/a # b"]),
        ('open "it\'s" x', ["open", "it's", "x"]),
        ("open it's", ["open", "it's"]),
        ("--header 'A: b c'", ["--header", "A: b c"]),
        ("--header='A: b'", ["--header=A: b"]),
        ("a\t b", ["a", "b"]),
        ("open {x} $y", ["open", "{x}", "$y"]),
        (r"mount / C:\dir", ["mount", "/", r"C:\dir"]),
        ("", []),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert [word.text for word in split(line).words] == words


@pytest.mark.parametrize(
    ("line", "silent", "last"),
    [
        ("clients;", True, "clients"),
        ("clients ;", True, "clients"),
        ("clients; # note", True, "clients"),
        ("clients", False, "clients"),
        ("open '/a;'", False, "/a;"),
        ("open /a;b", False, "/a;b"),
    ],
)
def test_a_semicolon_at_the_end_asks_for_silence(line: str, silent: bool, last: str) -> None:
    found = split(line)
    assert (found.silent, found.words[-1].text) == (silent, last)


def test_options_may_stand_anywhere() -> None:
    values = parsed(
        "--as home / -i a --input b,c --include-uncontrolled --timeout=2.5", URL, NAME, FLAG, MANY, TIMEOUT
    ).values
    assert values == {"as": "home", "url": "/", "input": ("a", "b,c"), "include_uncontrolled": True, "timeout": 2.5}


def test_the_rest_is_taken_as_it_was_typed() -> None:
    found = parsed('home {"a": "x # y",  "b": [1, -x]} --as n # note', URL, REST, NAME)
    assert found.values == {"url": "home", "message": '{"a": "x # y",  "b": [1, -x]}', "as": "n"}


def test_after_two_hyphens_nothing_is_an_option() -> None:
    assert parsed("-- --as", URL, NAME).values == {"url": "--as"}


@pytest.mark.parametrize(
    ("line", "what", "todo"),
    [
        ("", "`%sw do` needs URL: a path", "`%sw do --help`"),
        ("/ /b", "does not know what to do with '/b'", "`%sw do --help`"),
        ("/ --inklude", "has no option --inklude", "did you mean --include-uncontrolled? options: --as"),
        ("/ --tiemout 3", "has no option --tiemout", "did you mean --timeout?"),
        ("/ --frame 3", "has no option --frame", "options: --as"),
        ("/ --as w{i}", "--as of `%sw do` cannot be 'w{i}'", "nothing is expanded here; in Python: `lab.open("),
        ("/ --as $name", "cannot be '$name'", "nothing is expanded here"),
        ("/ -x", "has no option -x", "options:"),
        ("/ --as", "--as of `%sw do` needs a value", "--as NAME: a name"),
        ("/ --as --timeout 3", "--as of `%sw do` needs a value", "--as NAME"),
        ("/ --as a --as b", "--as of `%sw do` is given twice", "once"),
        ("/ --include-uncontrolled=1", "takes no value", "alone"),
        ("/ --timeout soon", "--timeout of `%sw do` cannot be 'soon'", "a number of seconds greater than 0"),
        ("/ --timeout 0", "cannot be '0'", "greater than 0"),
        ("/ --timeout nan", "cannot be 'nan'", "a number of seconds"),
        ("/ --type widow", "cannot be 'widow'", "did you mean window? one of window, worker"),
    ],
)
def test_bad_lines_are_told_in_two_lines(line: str, what: str, todo: str) -> None:
    first, second = refused(line, URL, NAME, FLAG, TIMEOUT, TYPE)
    assert what in first
    assert todo in second


@pytest.mark.parametrize("text", ["-1", "inf", "nan", "x", ""])
def test_seconds_are_finite_and_not_negative(text: str) -> None:
    with pytest.raises(ValueError, match="seconds"):
        seconds(text)


def test_a_far_option_is_not_suggested() -> None:
    assert "did you mean" not in refused("/ --frame 3", URL, FLAG, TIMEOUT)[1]


@pytest.mark.parametrize("text", ["/?a={}", "/$", "/a$1", "/%7Bi%7D", "/#a-b", "{a b}"])
def test_what_is_no_variable_stays_as_it_is(text: str) -> None:
    assert literal(text) == text


def test_numbers() -> None:
    assert (seconds("0"), seconds("1.5"), positive_seconds("0.5"), whole("404")) == (0.0, 1.5, 0.5, 404)
    with pytest.raises(ValueError, match="whole"):
        whole("4.5")
