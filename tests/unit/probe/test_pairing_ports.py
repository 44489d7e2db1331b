"""Ports, workers' ends and BroadcastChannels, as transcripts."""

from __future__ import annotations

import pytest

from swnb.probe.facts import BroadcastMade, Connected, PortClosed, Ports, Terminated, WorkerMade
from tests.unit.probe.pairing_stage import ORIGIN, SCRIPT, Actor, Stage

HOME = ("home-id", "client", "http://lab.localhost/")
PAGE = (SCRIPT, "activated")
SW = ("sw", SCRIPT)
HOME_ID = ("cl", "home-id")


@pytest.fixture
def stage() -> Stage:
    return Stage()


def couple(stage: Stage) -> tuple[Actor, Actor]:
    worker = stage.open("w1", "service")
    home = stage.open("home", client_id="home-id")
    return home, worker


def channel(stage: Stage, context: Actor, one: int = 1, other: int = 2) -> None:
    stage.hear(context, Ports(stage.t(), one, other))


def pt(number: int) -> tuple[object, ...]:
    return ("pt", number)


def test_a_reply_port(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home)
    stage.sent(home, SW, "ask", 2)
    stage.got(worker, HOME_ID, "ask", 1, source=HOME)
    stage.sent(worker, pt(1), "answer")
    stage.got(home, pt(1), "answer")
    assert stage.news() == [
        "port 1a: . -> home",
        "port 1b: . -> home",
        'home >> "ask" with port 1b on home→w1',
        'w1 << "ask" of home on home→w1',
        "port 1b: home -> w1",
        'w1 >> "answer" on port 1',
        'home << "answer" of w1 on port 1',
    ]


def test_what_is_said_of_a_port_before_it_is_known_waits(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home)
    stage.got(worker, HOME_ID, "ask", 1, source=HOME)
    stage.sent(worker, pt(1), "answer")
    stage.got(home, pt(1), "answer")
    assert len(stage.news()) == 2 and stage.pairing.undecided > 0
    stage.sent(home, SW, "ask", 2)
    assert stage.news()[1:] == [
        'w1 << "ask" of home on home→w1',
        "port 1b: home -> w1",
        'w1 >> "answer" on port 1',
        'home << "answer" of w1 on port 1',
    ]
    assert stage.pairing.undecided == 0


def test_messages_on_their_way_follow_the_port(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home)
    stage.sent(home, pt(1), "one")
    stage.sent(home, pt(1), "two")
    stage.sent(home, SW, "take it", 2)
    stage.got(worker, HOME_ID, "take it", 7, source=HOME)
    stage.got(worker, pt(7), "one")
    stage.sent(worker, HOME_ID, "back", 7)
    stage.got(home, SW, "back", 3, source=PAGE)
    stage.got(home, pt(3), "two")
    assert stage.news()[5:] == [
        'w1 << "take it" of home on home→w1',
        "port 1b: home -> w1",
        'w1 << "one" of home on port 1',
        'w1 >> "back" with port 1b on w1→home',
        'home << "back" of w1 on w1→home',
        "port 1b: w1 -> home",
        'home << "two" of home on port 1',
    ]


def test_a_port_that_is_sent_on_before_anybody_knows_which_it_is(stage: Stage) -> None:
    home, worker = couple(stage)
    tab = stage.open("tab", client_id="tab-id")
    channel(stage, home)
    stage.got(worker, HOME_ID, "take it", 1, source=HOME)
    stage.sent(worker, ("cl", "tab-id"), "for you", 1)
    stage.sent(worker, ("cl", "tab-id"), "and this")
    stage.got(tab, SW, "for you", 5, source=PAGE)
    stage.got(tab, SW, "and this", source=PAGE)
    stage.sent(tab, pt(5), "thanks")
    stage.pairing.settle()
    assert len(stage.news()) == 2
    stage.sent(home, SW, "take it", 2)
    assert stage.news() == [
        'home >> "take it" with port 1b on home→w1',
        'w1 << "take it" of home on home→w1',
        "port 1b: home -> w1",
        'w1 >> "for you" with port 1b on w1→tab',
        'tab << "for you" of w1 on w1→tab',
        "port 1b: w1 -> tab",
        'w1 >> "and this" on w1→tab',
        'tab << "and this" of w1 on w1→tab',
        'tab >> "thanks" on port 1',
    ]


def test_ports_over_ports(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home, 1, 2)
    channel(stage, home, 3, 4)
    stage.sent(home, SW, "first", 2)
    stage.got(worker, HOME_ID, "first", 1, source=HOME)
    stage.sent(home, pt(1), "second", 4)
    stage.got(worker, pt(1), "second", 2)
    stage.sent(worker, pt(2), "x")
    stage.got(home, pt(3), "x")
    assert stage.news()[-1] == 'home << "x" of w1 on port 2'


def test_a_port_that_goes_through_its_own_channel_is_gone(stage: Stage) -> None:
    home, _ = couple(stage)
    channel(stage, home)
    stage.sent(home, pt(1), "swallowed", 2)
    stage.drain()
    stage.sent(home, pt(1), "too")
    stage.drain()
    assert stage.news()[3:] == [
        '"swallowed" gone: the port that it would come to was sent through its own channel',
        'home >> "too" on port 1',
        '"too" gone: the message that carried the port did not arrive: '
        "the port that it would come to was sent through its own channel",
    ]


def test_a_stop_takes_the_ports_of_a_worker(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home)
    stage.sent(home, SW, "take it", 2)
    stage.got(worker, HOME_ID, "take it", 1, source=HOME)
    stage.sent(home, pt(1), "too late")
    stage.pairing.closed(worker, "the worker was stopped")
    stage.drain()
    assert stage.news()[-1] == '"too late" gone: the worker was stopped'


def test_a_lost_message_takes_its_ports_with_it(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home)
    stage.sent(home, SW, "lost", 2)
    stage.sent(home, pt(1), "to nobody")
    stage.pairing.closed(worker, "the worker was stopped")
    worker = stage.open("w1", "service", epoch=2)
    stage.sent(home, SW, "next")
    stage.got(worker, HOME_ID, "next", source=HOME)
    stage.drain()
    assert stage.news()[5:] == [
        '"lost" lost: the worker was stopped',
        'w1 << "next" of home on home→w1',
        '"to nobody" gone: the message that carried the port did not arrive: the worker was stopped',
    ]


def test_closed_and_moved_ports_say_nothing(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home)
    stage.sent(home, SW, "take it", 2)
    stage.sent(home, pt(2), "it is not here any more")
    stage.got(worker, HOME_ID, "take it", 1, source=HOME)
    stage.hear(worker, PortClosed(stage.t(), 1))
    stage.sent(worker, pt(1), "after close")
    stage.sent(home, pt(1), "nobody is there")
    stage.drain()
    assert stage.news()[3:] == [
        'home >> "it is not here any more" on port 1',
        '"it is not here any more" gone: the port was not here any more',
        'w1 << "take it" of home on home→w1',
        "port 1b: home -> w1",
        'w1 >> "after close" on port 1',
        '"after close" gone: the port was closed',
        'home >> "nobody is there" on port 1',
        '"nobody is there" gone: the port was closed',
    ]


def test_ambiguity_goes_on_with_the_port(stage: Stage) -> None:
    home, worker = couple(stage)
    channel(stage, home, 1, 2)
    channel(stage, home, 3, 4)
    stage.sent(home, SW, "ask", 2)
    stage.sent(home, SW, "ask", 4)
    stage.pairing.closed(worker, "the worker was stopped")
    worker = stage.open("w1", "service", epoch=2)
    stage.got(worker, HOME_ID, "ask", 1, source=HOME)
    stage.sent(worker, pt(1), "answer")
    stage.got(home, pt(1), "answer")
    stage.drain()
    assert stage.news()[6:] == [
        'w1 << "ask" of home on home→w1 (ambiguous)',
        "port 1b: home -> w1",
        'w1 >> "answer" on port 1',
        'home << "answer" of w1 on port 1 (ambiguous)',
    ]


def test_what_was_decided_too_early_makes_the_rest_doubtful(stage: Stage) -> None:
    """The worker's first answer is decided before it is understood; the next one must not be taken for it."""
    home, worker = couple(stage)
    stage.pairing.closed(worker, "the worker was stopped")
    worker = stage.open("w1", "service", epoch=2)
    tab = stage.open("tab", client_id="tab-id")
    channel(stage, home)
    stage.sent(home, SW, "a", 1)
    channel(stage, tab)
    stage.sent(tab, SW, "a", 1)
    stage.got(home, SW, "a", 3, source=PAGE)
    stage.got(worker, HOME_ID, "a", 1, source=HOME)
    stage.sent(worker, HOME_ID, "a", 1)
    stage.got(worker, ("cl", "tab-id"), "a", 2, source=("tab-id", "client", ""))
    stage.sent(worker, HOME_ID, "a", 2)
    stage.got(home, SW, "a", 4, source=PAGE)
    stage.final()
    assert [line for line in stage.news() if line.startswith("home <<") and "(" not in line] == []


class TestWorkers:
    def made(self, stage: Stage, home: Actor, number: int, url: str = "/w.js") -> None:
        stage.hear(home, WorkerMade(stage.t(), number, "dedicated", f"{ORIGIN}{url}", ""))

    def test_a_worker_and_its_owner(self, stage: Stage) -> None:
        home = stage.open("home")
        self.made(stage, home, 1)
        stage.sent(home, ("wk", 1), "go")
        child = stage.open("c2", "dedicated", url=f"{ORIGIN}/w.js", owner=home)
        stage.got(child, ("ow",), "go")
        stage.sent(child, ("ow",), "done")
        stage.got(home, ("wk", 1), "done")
        stage.drain()
        stage.sent(home, ("wk", 1), "again")
        stage.got(child, ("ow",), "again")
        assert stage.news() == [
            'home >> "go" on home→worker 1',
            'c2 << "go" of home on home→worker 1',
            'c2 >> "done" on c2→home',
            'home << "done" of c2 on c2→home',
            'home >> "again" on home→c2',
            'c2 << "again" of home on home→c2',
        ]

    def test_two_of_one_script_are_told_by_what_was_said(self, stage: Stage) -> None:
        home = stage.open("home")
        self.made(stage, home, 1)
        self.made(stage, home, 2)
        second = stage.open("c2", "dedicated", url=f"{ORIGIN}/w.js", owner=home)
        first = stage.open("c3", "dedicated", url=f"{ORIGIN}/w.js", owner=home)
        stage.sent(home, ("wk", 1), "you are one")
        stage.sent(home, ("wk", 2), "you are two")
        stage.got(first, ("ow",), "you are one")
        stage.got(second, ("ow",), "you are two")
        stage.drain()
        stage.drain()
        assert stage.news()[2:] == [
            'c2 << "you are two" of home on home→worker 2',
            'c3 << "you are one" of home on home→worker 1',
        ]

    def test_two_that_cannot_be_told_apart(self, stage: Stage) -> None:
        home = stage.open("home")
        self.made(stage, home, 1)
        self.made(stage, home, 2)
        for name in ("c2", "c3"):
            child = stage.open(name, "dedicated", url=f"{ORIGIN}/w.js", owner=home)
            stage.sent(child, ("ow",), "ready")
        for number in (1, 2):
            stage.got(home, ("wk", number), "ready")
        stage.drain()
        assert stage.news() == []
        stage.final()
        assert sorted(line for line in stage.news() if "<<" in line) == [
            'home << "ready" of c2 on c2→home (ambiguous)',
            'home << "ready" of c3 on c3→home (ambiguous)',
        ]

    def test_terminate(self, stage: Stage) -> None:
        home = stage.open("home")
        self.made(stage, home, 1)
        child = stage.open("c2", "dedicated", url=f"{ORIGIN}/w.js", owner=home)
        stage.drain()
        stage.sent(child, ("ow",), "never read")
        stage.sent(home, ("wk", 1), "never got")
        stage.drain()
        stage.hear(home, Terminated(stage.t(), 1))
        stage.sent(home, ("wk", 1), "after")
        stage.pairing.closed(child, "the worker was terminated")
        stage.drain()
        assert stage.news()[2:] == [
            'home >> "after" on home→c2',
            '"after" gone: the worker was terminated',
            '"never got" gone: the worker was terminated',
            '"never read" gone: the worker was terminated',
        ]

    def test_a_shared_worker(self, stage: Stage) -> None:
        home = stage.open("home")
        shared = stage.open("c2", "shared", url=f"{ORIGIN}/s.js")
        stage.hear(shared, Connected(stage.t(), 1))
        stage.sent(shared, pt(1), "welcome")
        stage.hear(home, WorkerMade(stage.t(), 1, "shared", f"{ORIGIN}/s.js", "", 1))
        stage.got(home, pt(1), "welcome")
        stage.drain()
        stage.drain()
        assert stage.news() == [
            "port 1a: . -> home",
            "port 1b: home -> c2",
            'c2 >> "welcome" on port 1',
            'home << "welcome" of c2 on port 1',
        ]

    def test_two_who_connect_are_told_by_what_they_say(self, stage: Stage) -> None:
        one, two = stage.open("one"), stage.open("two")
        shared = stage.open("c3", "shared", url=f"{ORIGIN}/s.js")
        for page in (one, two):
            stage.hear(page, WorkerMade(stage.t(), 1, "shared", f"{ORIGIN}/s.js", "", 1))
            stage.sent(page, pt(1), f"I am {page.actor}")
        stage.hear(shared, Connected(stage.t(), 1))
        stage.hear(shared, Connected(stage.t(), 2))
        stage.got(shared, pt(1), "I am two")
        stage.drain()
        stage.drain()
        assert 'c3 << "I am two" of two on port 2' in stage.news()


class TestWindows:
    def test_only_its_arrival_is_heard(self, stage: Stage) -> None:
        home = stage.open("home")
        frame = stage.open("c2", owner=home)
        stage.got(frame, ("wi",), "from above", source=("parent", ORIGIN))
        stage.got(home, ("wi",), "from below", source=("child 0", ORIGIN))
        stage.got(home, ("wi",), "to myself", source=("self", ORIGIN))
        stage.got(home, ("wi",), "who?", source=("other", "http://else.localhost"))
        assert stage.news() == [
            'home >> "from above" on home→c2 (inferred)',
            'c2 << "from above" of home on home→c2 (unpaired)',
            'c2 >> "from below" on c2→home (inferred)',
            'home << "from below" of c2 on c2→home (unpaired)',
            'home >> "to myself" on home→home (inferred)',
            'home << "to myself" of home on home→home (unpaired)',
            '? >> "who?" on other→home (inferred)',
            'home << "who?" of ? on other→home (unpaired)',
        ]

    def test_a_port_that_came_so_is_told_by_what_went_through_it(self, stage: Stage) -> None:
        home = stage.open("home")
        frame = stage.open("c2", owner=home)
        channel(stage, home, 1, 2)
        channel(stage, home, 3, 4)
        stage.got(frame, ("wi",), "take it", 1, source=("parent", ORIGIN))
        stage.sent(home, pt(3), "through the second")
        stage.got(frame, pt(1), "through the second")
        stage.sent(frame, pt(1), "yes")
        stage.drain()
        stage.got(home, pt(3), "yes")
        assert stage.news()[6:] == [
            'home >> "through the second" on port 2',
            "port 2b: home -> c2",
            'c2 << "through the second" of home on port 2',
            'c2 >> "yes" on port 2',
            'home << "yes" of c2 on port 2',
        ]


class TestBroadcasts:
    def room(self, stage: Stage, *names: str) -> list[Actor]:
        members = [stage.open(name) for name in names]
        for member in members:
            stage.hear(member, BroadcastMade(stage.t(), 1, "news", 1))
        return members

    def test_each_of_the_others_gets_it(self, stage: Stage) -> None:
        one, two, three = self.room(stage, "one", "two", "three")
        stage.sent(one, ("bc", "news", 1), "hello")
        stage.got(two, ("bc", "news", 1), "hello")
        stage.got(three, ("bc", "news", 1), "hello")
        stage.drain()
        assert stage.news() == [
            "one >> \"hello\" on BroadcastChannel 'news'",
            "two << \"hello\" of one on BroadcastChannel 'news'",
            "three << \"hello\" of one on BroadcastChannel 'news'",
        ]
        stage.final()
        assert stage.news() == []

    def test_two_who_say_the_same(self, stage: Stage) -> None:
        one, two, _ = self.room(stage, "one", "two", "three")
        stage.sent(one, ("bc", "news", 1), "tick")
        stage.sent(two, ("bc", "news", 1), "tick")
        stage.got(one, ("bc", "news", 1), "tick")
        stage.drain()
        three = self.room(stage, "four")[0]
        assert stage.news()[2:] == ["one << \"tick\" of two on BroadcastChannel 'news'"]
        stage.got(three, ("bc", "news", 1), "tick")
        stage.drain()
        assert stage.news() == [
            "? >> \"tick\" on BroadcastChannel 'news' (inferred)",
            "four << \"tick\" of ? on BroadcastChannel 'news' (unpaired)",
        ]

    def test_two_objects_of_one_context_hear_each_other(self, stage: Stage) -> None:
        (one,) = self.room(stage, "one")
        stage.hear(one, BroadcastMade(stage.t(), 2, "news", 1))
        stage.sent(one, ("bc", "news", 1), "echo")
        stage.got(one, ("bc", "news", 2), "echo")
        stage.drain()
        assert stage.news()[1] == "one << \"echo\" of one on BroadcastChannel 'news'"

    def test_nobody_else(self, stage: Stage) -> None:
        (one,) = self.room(stage, "one")
        stage.sent(one, ("bc", "news", 1), "anybody?")
        stage.got(one, ("wi",), "x", source=("self", ORIGIN))
        stage.drain()
        assert stage.news()[-1] == '"anybody?" lost: nobody else has this channel'

    def test_somebody_made_it_too_late(self, stage: Stage) -> None:
        (one,) = self.room(stage, "one")
        stage.sent(one, ("bc", "news", 1), "first")
        stage.sent(one, ("bc", "news", 1), "second")
        (two,) = self.room(stage, "two")
        stage.got(two, ("bc", "news", 1), "second")
        stage.final()
        assert stage.news()[2:] == [
            "two << \"second\" of one on BroadcastChannel 'news'",
            '"first" lost: nobody got it',
        ]

    def test_those_who_had_it_ended(self, stage: Stage) -> None:
        one, two = self.room(stage, "one", "two")
        stage.sent(one, ("bc", "news", 1), "hello")
        stage.hear(two, BroadcastMade(stage.t(), 1, "news", 0))
        stage.pairing.closed(one, "closed")
        stage.final()
        assert stage.news()[1:] == ['"hello" gone: those who had this channel ended']


def test_numbers_that_cannot_be(stage: Stage) -> None:
    home, _ = couple(stage)
    channel(stage, home, 1, 2)
    channel(stage, home, 2, 3)
    channel(stage, home, 5, 5)
    channel(stage, home, -1, 0)
    stage.sent(home, pt(9), "whence?")  # the port of a worklet, perhaps
    stage.sent(home, ("wk", 4), "to whom?")
    stage.sent(home, SW, "with what?", 77)
    stage.got(home, SW, "again", 1, source=PAGE)
    stage.hear(home, Terminated(stage.t(), 5))
    stage.hear(home, BroadcastMade(stage.t(), 1, "x", 1))
    stage.hear(home, BroadcastMade(stage.t(), 1, "x", 1))
    surprises = [line for line in stage.news() if line.startswith("?!")]
    assert surprises == [
        "?! home: Ports '': number 2 is another port already",
        "?! home: Ports '': two ports with one number",
        "?! home: Ports '': two ports with one number",
        "?! home: wk 4 was never seen to be made",
        "?! home: port 77 was sent away, and was not here",
        "?! home: number 1 is another port already",
        "?! home: BroadcastMade '': number 1 is another BroadcastChannel already",
    ]
