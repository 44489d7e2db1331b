"""What is left out is what the caller said, and it is counted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swnb import events as e
from swnb import values
from swnb.errors import InvalidArgument
from swnb.recording.compare import compare
from swnb.recording.ignoring import Ignoring
from swnb.vocab import MessageVia

from .runs import Run, content


def post(data: object) -> e.MessageSent:
    return e.MessageSent(actor="home", via=MessageVia.CLIENT, channel="?", content=content(data))


def run(*events: e.Event) -> Run:
    return Run([event.stamped(seq) for seq, event in enumerate(events)])


def line(text: str, number: int = 1) -> e.ConsoleWritten:
    return e.ConsoleWritten(actor="home", level="log", text=text, line=number)


ONE = run(line("took 12 ms"), post({"n": 1, "token": "a", "at": {"ms": 12.0}}), line("done", 3))
OTHER = run(line("took 13 ms"), post({"n": 1, "token": "b", "at": {"ms": 12.5}}), line("done", 4))


@pytest.mark.parametrize(
    ("ignore", "tolerance", "equal", "counts"),
    [
        ((), 0, False, {}),
        (("console", "message"), 0, True, {"console": 4, "message": 2}),
        (("console", "$.token", "$.at.ms"), 0, True, {"console": 4, "$.token": 2, "$.at.ms": 2}),
        (("console", "$..ms", "$.token"), 0, True, {"console": 4, "$..ms": 2, "$.token": 2}),
        (("console", "$.token"), 0.5, True, {"console": 4, "$.token": 2}),
        (("console", "$.token"), 0.4, False, {"console": 4, "$.token": 2}),
        (("console:line", "re:[0-9]+ ms", "$.token", "$.at"), 0, True, {"console:line": 4, "re:[0-9]+ ms": 2}),
        (
            ("console:line", re.compile("[0-9]+ ms"), "message:content"),
            0,
            True,
            {"re:[0-9]+ ms": 2, "message:content": 2},
        ),
        (
            ("console:text=^took", "*:line", "message.*"),
            0,
            True,
            {"console:text=^took": 2, "*:line": 2, "message.*": 2},
        ),
        ("console:text=took", 0, False, {"console:text=took": 2}),
    ],
)
def test_what_is_left_out(ignore: tuple[str, ...], tolerance: float, equal: bool, counts: dict[str, int]) -> None:
    found = compare(ONE, OTHER, ignore=ignore, tolerance=tolerance)
    assert found.equal is equal, str(found)
    assert counts.items() <= dict(found.ignored).items()


def test_what_was_left_out_is_said() -> None:
    found = compare(ONE, OTHER, ignore=("console", "message"))
    assert str(found) == "equal (3 events)\nleft out: console: 4, message: 2"


def test_left_out_events_still_cause() -> None:
    """Who follows from an event that is left out is compared without it."""
    one = run(post("a"), e.MessageReceived(actor="w1", via=MessageVia.CLIENT, channel="?", cause=0))
    other = run(post("a"), line("x"), e.MessageReceived(actor="w1", via=MessageVia.CLIENT, channel="?", cause=0))
    assert compare(one, other, ignore=("message.sent", "console")).equal is True


@pytest.mark.parametrize(
    ("ignore", "said"),
    [
        ("konsole", "'konsole' is no kind of event\ndid you mean 'console'?"),
        ("console:txt", "no event of kind 'console' has a field 'txt'\ndid you mean 'text'?"),
        ("console:seq", "no event of kind 'console' has a field 'seq'"),
        ("re:[", "'[' is no regular expression"),
        ("re:.*", "the expression '.*' is found in an empty text"),
        ("$.a[", "'$.a[' is no path"),
    ],
)
def test_what_cannot_be_read(ignore: str, said: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Ignoring(ignore)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf"), True, "1"])
def test_tolerances_that_mean_nothing(tolerance: float) -> None:
    with pytest.raises(InvalidArgument, match="means nothing"):
        Ignoring((), tolerance)


def test_what_is_no_text_and_no_expression() -> None:
    with pytest.raises(InvalidArgument, match="says nothing that could be left out"):
        Ignoring([7])  # type: ignore[list-item]


@given(st.binary(max_size=40))
def test_damaged_payloads_do_not_matter(damaged: bytes) -> None:
    """What is kept is what an agent said."""
    event = e.MessageSent(actor="home", via=MessageVia.CLIENT, channel="?", content=b"[" + damaged)
    for ignore in ((), ("$.a", "re:a+")):
        assert compare(run(event), run(event), ignore=ignore, tolerance=1.0).equal is True


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(-1e6, 1e6) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    st.floats(0, 0.9),
)
def test_a_tolerance_is_for_every_number(value: object, by: float) -> None:
    def moved(inner: object) -> object:
        if isinstance(inner, float):
            return inner + by
        if isinstance(inner, list):
            return [moved(item) for item in inner]
        return {key: moved(item) for key, item in inner.items()} if isinstance(inner, dict) else inner

    assert compare(run(post(value)), run(post(moved(value))), tolerance=1.0).equal is True
    different = values.encode(value) != values.encode(moved(value))
    assert compare(run(post(value)), run(post(moved(value)))).equal is not different
