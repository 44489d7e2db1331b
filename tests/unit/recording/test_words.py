"""Where two runs part is said in a sentence, whatever pages write."""

from __future__ import annotations

from typing import Any

import pytest

from swnb import events as e
from swnb.events import EVENTS
from swnb.recording.causality import RULES
from swnb.recording.compare import compare
from swnb.recording.words import PHRASES
from swnb.vocab import ControlReason, Lifecycle, MessageFate

from .runs import Run
from .test_naming import appeared, received, run, sent, state

HOME = appeared("c1", name="home")
READY = state("w1", ""), sent("w1", "ready", to="home")
CONTROLLED = e.ClientControlled(actor="home", client="c1", worker="w1", reason=ControlReason.CLAIM)


def words(one: Run, other: Run) -> str:
    found = compare(one, other)
    assert found.divergence is not None
    return found.divergence.words


def test_each_kind_that_is_compared_has_words() -> None:
    assert {kind for kind in EVENTS if RULES[kind].strand is not None} == set(PHRASES)


def test_an_exchange() -> None:
    one = run(HOME, *READY, CONTROLLED, received("home", 2, sender="w1"))
    other = run(HOME, *READY, received("home", 2, sender="w1"), CONTROLLED)
    assert words(one, other) == "in the second run `home` received 'ready' from `w1` before it was controlled by `w1`"
    assert words(other, one) == "in the second run `home` was controlled by `w1` before it received 'ready' from `w1`"


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (
            (sent("a", "x"),),
            (sent("a", "y"),),
            "in the second run `a` sent 'y' on ?, where in the first run it sent 'x' on ?",
        ),
        (
            (sent("a", "x"), sent("a", "y")),
            (sent("a", "y"),),
            "in the second run `a` never sent 'x' on ?; it sent 'y' on ? at once",
        ),
        (
            (sent("a", "y"),),
            (sent("a", "x"), sent("a", "y")),
            "in the second run `a` sent 'x' on ?, which it did not in the first run, before it sent 'y' on ?",
        ),
        (
            (sent("a", "x"), sent("a", "y")),
            (sent("a", "x"),),
            "in the second run `a` never sent 'y' on ?, and did nothing more",
        ),
        (
            (sent("a", "x"),),
            (sent("a", "x"), sent("a", "y")),
            "in the second run `a` sent 'y' on ? as well, after all that it did in the first run",
        ),
        ((), (sent("a", "x"),), "in the second run there was `a`, of whom the first run has nothing: it sent 'x' on ?"),
        ((sent("a", "x"),), (), "in the second run there was nothing of `a`, who sent 'x' on ? in the first run"),
        (
            (sent("a", "x"), received("b", 0)),
            (
                sent("a", "x"),
                received("b", 0).stamped(-1),
                e.MessageUndelivered(actor="a", cause=0, channel="?", fate=MessageFate.LOST, why="so"),
            ),
            "in the second run `a` had a message lost (so), which it did not in the first run",
        ),
    ],
)
def test_how_strands_part(one: tuple[e.Event, ...], other: tuple[e.Event, ...], said: str) -> None:
    assert words(run(*one), run(*other)) == said


def test_bookkeeping_is_not_named_where_something_else_differs() -> None:
    hidden: Any = e.ClientChanged(actor="home", client="c1", visibility_state="hidden")  # type: ignore[arg-type]
    loaded = e.ClientChanged(actor="home", client="c1", lifecycle=Lifecycle.LOADED)
    assert (
        words(run(HOME, hidden, loaded), run(HOME)) == "in the second run `home` never was loaded, and did nothing more"
    )
    assert words(run(HOME, hidden), run(HOME)) == "in the second run `home` never became hidden"


@pytest.mark.parametrize("text", ["<b>x</b>", "a\nb\x1b[31m", "\u202eabc", "x" * 5000, "\ud800"])
def test_what_pages_write_is_one_line_of_text(text: str) -> None:
    for event in (
        e.ConsoleWritten(actor="home", level="log", text=text),
        e.NotificationShown(actor="home", title=text),
        e.CallAnswered(actor="home", function="f", error_name=text, error_message=text),
        e.WindowDialog(name=text, target_id="t", type="alert", message=text),  # type: ignore[arg-type]
        e.MessageRefused(actor="home", via="MessagePort.postMessage", channel=text, name=text, message=text),  # type: ignore[arg-type]
    ):
        found = compare(run(HOME, sent("home", "x")), run(HOME, event))
        assert found.divergence is not None
        told = found.divergence.words
        assert "\n" not in told
        assert "\x1b" not in told
        assert "\u202e" not in told
        assert len(told) < 3000
        beside = found.side_by_side(width=100)
        assert all(len(line) <= 101 for line in beside.splitlines())
        assert "\x1b" not in beside
