"""Ports that travel by ``window.postMessage``, which nobody hears: from window to window, back to where they were made, and on.

Each of these was found by the models, and made as short as it could be; where two can be meant, nothing may be exact.
"""

from __future__ import annotations

import pytest

from swnb.events import MessageReceived, MessageSent, PortMoved, Surprise
from swnb.probe.facts import Connected, Ports, WorkerMade
from tests.unit.probe.pairing_stage import ORIGIN, Actor, Stage
from tests.unit.probe.ports_model import Channel

OTHER = ("other", ORIGIN)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def pt(number: int) -> Channel:
    return ("pt", number)


def channel(stage: Stage, context: Actor, one: int, other: int) -> None:
    stage.hear(context, Ports(stage.t(), one, other))


def windows(stage: Stage, *names: str) -> list[Actor]:
    return [stage.open(name) for name in names]


def came(stage: Stage, context: Actor, number: int) -> None:
    """A port came from another window; which one does not matter to these tests."""
    stage.got(context, ("wi",), "take it", number, source=OTHER)


def exact(stage: Stage) -> list[tuple[float, float]]:
    """When each message was sent and when it arrived, of those that are told exactly."""
    pairs = []
    for event in stage.log:
        if isinstance(event, MessageReceived) and event.pairing == "exact":
            sent = stage.log[event.cause or 0]
            assert isinstance(sent, MessageSent)
            pairs.append((sent.t_browser_ms or 0, event.t_browser_ms or 0))
    return pairs


def sure(stage: Stage) -> set[str]:
    """Ports that surely moved."""
    return {
        event.port for event in stage.log if isinstance(event, PortMoved) and event.heard == "heard" and event.former
    }


def test_a_port_may_come_back_to_the_window_that_made_it(stage: Stage) -> None:
    """It is one of the receiver's own, though another window sent it."""
    mine, over, third = windows(stage, "p2", "p0", "p1")
    channel(stage, mine, 1, 2)
    channel(stage, third, 1, 2)
    stage.sent(third, pt(1), "a")
    stage.sent(mine, pt(2), "a")
    came(stage, over, 1)  # mine's first
    came(stage, mine, 3)  # again
    stage.got(mine, pt(3), "a")
    stage.drain()
    stage.final()
    assert exact(stage) == [] and sure(stage) == set()


def test_a_port_that_came_back_takes_none_that_is_sent_away(stage: Stage) -> None:
    """No port is found to be gone that its context goes on to use: that was a `Surprise`."""
    mine, over = windows(stage, "p2", "p0")
    channel(stage, mine, 1, 2)
    stage.sent(mine, pt(2), "a")
    came(stage, over, 1)  # mine's first
    came(stage, mine, 3)  # again
    channel(stage, over, 2, 3)
    channel(stage, over, 4, 5)
    stage.sent(over, pt(2), "a")
    stage.got(mine, pt(3), "a")
    stage.drain()
    stage.sent(over, pt(4), "b", 3)
    stage.final()
    assert not [event for event in stage.log if isinstance(event, Surprise)]
    assert exact(stage) == []


def test_a_port_over_two_windows_is_told_by_what_went_through_it(stage: Stage) -> None:
    """The one on its way did not use it, and what was said fits no other."""
    mine, over, there = windows(stage, "p2", "p0", "p1")
    channel(stage, mine, 1, 2)
    channel(stage, over, 1, 2)
    stage.sent(mine, pt(2), "mine")
    stage.sent(over, pt(2), "over")
    came(stage, over, 3)
    came(stage, there, 1)
    stage.got(there, pt(1), "mine")
    stage.drain()
    assert exact(stage) == [(3.0, 7.0)] and sure(stage) == {"port 1a"}


def test_what_a_window_on_the_way_read_is_not_what_waits(stage: Stage) -> None:
    """A port is told for certain by what was sent through it, but not what came to it before it moved on."""
    mine, over, there = windows(stage, "p2", "p1", "p0")
    channel(stage, mine, 1, 2)
    stage.sent(mine, pt(1), "a")  # at 2.0
    stage.sent(mine, pt(1), "a")  # at 3.0
    came(stage, over, 1)
    stage.got(over, pt(1), "a")  # the first
    came(stage, there, 1)
    stage.sent(there, pt(1), "b")
    stage.got(mine, pt(1), "b")
    stage.got(there, pt(1), "a")  # at 9.0, the second
    stage.drain()
    stage.final()
    assert (2.0, 9.0) not in exact(stage)


def test_a_port_sent_away_through_one_that_nobody_knows_is_not_here(stage: Stage) -> None:
    """What nobody sent at the one end was sent where the other one went, and not by what carried it there."""
    home, maker = windows(stage, "p0", "p2")
    shared = stage.open("c4", "shared", url=f"{ORIGIN}/s.js")
    stage.hear(maker, WorkerMade(stage.t(), 1, "shared", f"{ORIGIN}/s.js", "", 1))
    stage.hear(shared, Connected(stage.t(), 1))
    came(stage, home, 1)
    came(stage, maker, 2)
    channel(stage, home, 2, 3)
    came(stage, home, 4)
    stage.sent(home, pt(4), "a", 2)
    stage.got(shared, pt(1), "a", 2)
    stage.sent(shared, pt(2), "a", 1)
    stage.got(home, pt(3), "a", 5)
    stage.final()
    assert not [event for event in stage.log if isinstance(event, Surprise)]
    assert exact(stage) == []


def test_what_arrived_since_may_be_of_whoever_is_not_heard_yet(stage: Stage) -> None:
    """Of what arrived after the mark, the one that holds the port may have sent it."""
    mine, there, asking = windows(stage, "p0", "p2", "p1")
    channel(stage, mine, 1, 2)
    came(stage, there, 1)
    shared = stage.open("c5", "shared", url=f"{ORIGIN}/s.js")
    stage.hear(asking, WorkerMade(stage.t(), 1, "shared", f"{ORIGIN}/s.js", "", 1))
    stage.got(asking, pt(1), "a")
    mark = stage.pairing.moment()
    stage.sent(there, pt(1), "a")
    stage.hear(shared, Connected(stage.t(), 1))
    stage.sent(shared, pt(1), "a")
    stage.got(shared, pt(1), "a")  # asking's, which is heard below
    stage.pairing.settle(mark)
    stage.sent(asking, pt(1), "a")
    stage.final()
    assert sure(stage) <= {"port 2b"}
