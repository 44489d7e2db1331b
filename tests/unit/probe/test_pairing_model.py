"""The pairing against models of the browser: nothing exact is wrong, all is in the log once, and each sending has an end."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.unit.probe.pairing_model import Browser, Options
from tests.unit.probe.ports_model import Harbour
from tests.unit.probe.rooms_model import Hall

some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RUNS: dict[str, Options] = {
    "order alone": Options(pages=3, stops=False, drains=False, contents=1),
    "the same again and again, over stops": Options(contents=1),
    "two words, over stops": Options(contents=2),
    "each another, over stops": Options(pages=2, contents=0),
    "not exactly described": Options(inexact=0.3, unkept=0.5),
    "nobody knows whose the ids are": Options(pages=3, contents=3, identified=0.5),
    "two versions of one script": Options(pages=2, versions=2, contents=2),
    "two versions, and the page tells them apart": Options(pages=2, versions=2, numbered=True),
    "workers that die in mid-task": Options(pages=2, versions=2, torn=0.7, identified=0.8),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
@some
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 150))
def test_pages_and_workers(name: str, seed: int, steps: int) -> None:
    browser = Browser(RUNS[name], Random(seed))
    for _ in range(steps):
        browser.step()
    browser.finish()
    browser.stage.final()
    browser.check()
    if name in ("order alone", "each another, over stops"):
        assert set(browser.pairings()) <= {"exact"}


@pytest.mark.slow
@pytest.mark.parametrize("contents", [0, 1, 3])
@some
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 150))
def test_broadcasts(contents: int, seed: int, steps: int) -> None:
    random, hall = Random(seed), Hall(contents)
    for _ in range(steps):
        random.choice(hall.steps)(random)
    hall.finish(random)
    hall.check()
    if not contents:
        assert set(hall.pairings()) <= {"exact"}


class PortsMachine(RuleBasedStateMachine):
    """Ports over contexts; each rule is something that happens, or that is heard."""

    @initialize(contents=st.integers(0, 3), stops=st.booleans(), windows=st.booleans(), seed=st.integers(0, 2**32))
    def begin(self, contents: int, stops: bool, windows: bool, seed: int) -> None:
        self.harbour = Harbour(contents=contents, stops=stops, windows=windows)
        self.random = Random(seed)

    @rule()
    def make_channel(self) -> None:
        self.harbour.make_channel(self.random)

    @rule()
    def post_to_port(self) -> None:
        self.harbour.post_to_port(self.random)

    @rule()
    def post_to_port_again(self) -> None:
        self.harbour.post_to_port(self.random)

    @rule()
    def read_port(self) -> None:
        self.harbour.read_port(self.random)

    @rule()
    def post_to_worker(self) -> None:
        self.harbour.post_to_worker(self.random)

    @rule()
    def post_to_client(self) -> None:
        self.harbour.post_to_client(self.random)

    @rule()
    def read_worker(self) -> None:
        self.harbour.read_worker(self.random)

    @rule()
    def read_client(self) -> None:
        self.harbour.read_client(self.random)

    @precondition(lambda self: self.harbour.windows)
    @rule()
    def post_to_window(self) -> None:
        self.harbour.post_to_window(self.random)

    @precondition(lambda self: self.harbour.windows)
    @rule()
    def read_window(self) -> None:
        self.harbour.read_window(self.random)

    @rule()
    def make_worker(self) -> None:
        self.harbour.make_worker(self.random)

    @rule()
    def begin_worker(self) -> None:
        self.harbour.begin_worker(self.random)

    @precondition(lambda self: self.harbour.stops)
    @rule()
    def stop(self) -> None:
        self.harbour.stop(self.random)

    @rule()
    def hear(self) -> None:
        self.harbour.hear(self.random)

    @rule()
    def hear_more(self) -> None:
        for _ in range(4):
            self.harbour.hear(self.random)

    @rule()
    def drain(self) -> None:
        self.harbour.drain(self.random)

    def teardown(self) -> None:
        if hasattr(self, "harbour"):
            self.harbour.finish(self.random)
            self.harbour.check()


PortsMachine.TestCase.settings = settings(some, max_examples=40, stateful_step_count=80)
TestPorts = pytest.mark.slow(PortsMachine.TestCase)


@pytest.mark.slow
def test_a_thousand_stops_under_traffic() -> None:
    random = Random(3)
    browser = Browser(Options(pages=2, contents=0), random)
    for _ in range(1000):
        for _ in range(random.randint(2, 25)):
            random.choice(
                [
                    browser.post_to_worker,
                    browser.post_to_client,
                    browser.deliver_to_worker,
                    browser.deliver_to_client,
                    browser.hear_some,
                ]
            )()
        browser._stop(browser.versions[0])
        if random.random() < 0.2:
            browser.drain()
    browser.finish()
    browser.stage.final()
    browser.check()
    assert set(browser.pairings()) == {"exact"}
    lost = {
        browser.truth[browser.stage.log[event.cause or 0].t_browser_ms or 0]
        for event in browser.stage.log
        if event.kind == "message.undelivered" and str(getattr(event, "fate", "")) == "lost"
    }
    assert lost <= browser.lost | {letter.id for flight in browser.flight.values() for letter in flight}
    assert len(browser.lost) > 500


def test_a_page_that_does_not_answer_holds_up_nobody_else() -> None:
    random = Random(1)
    browser = Browser(Options(pages=2, contents=0), random)
    stage = browser.stage
    while browser.pages[0].session or browser.pages[1].session:
        browser.hear_some()
    browser._stop(browser.versions[0])
    browser._start(browser.versions[0])
    for _ in range(40):
        browser.post_to_worker()
        browser.deliver_to_worker()
    while any(source.session for source in (*browser.pages, *browser.versions)):
        browser.hear_some()
    looping = browser.pages[0].context
    assert looping is not None and stage.pairing.undecided > 0
    stage.pairing.settle(stage.pairing.moment(), silent=[looping])
    senders = {str(getattr(event, "sender", "")) for event in stage.log if event.kind == "message.received"}
    assert senders == {"p1"}
    stage.pairing.settle(stage.pairing.moment())
    assert stage.pairing.undecided == 0
