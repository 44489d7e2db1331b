"""Pairs between pages and service workers, as transcripts: what was reported, and what the log says then."""

from __future__ import annotations

import pytest

from tests.unit.probe.pairing_stage import SCRIPT, Actor, Stage

HOME = ("home-id", "client", "http://lab.localhost/")
PAGE = (SCRIPT, "activated")
SW = ("sw", SCRIPT)
HOME_ID = ("cl", "home-id")


@pytest.fixture
def stage() -> Stage:
    return Stage()


def couple(stage: Stage) -> tuple[Actor, Actor]:
    """A worker and an identified page."""
    worker = stage.open("w1", "service")
    home = stage.open("home", client_id="home-id")
    return home, worker


def restart(stage: Stage, worker: Actor) -> Actor:
    stage.pairing.closed(worker, "the worker was stopped")
    return stage.open(worker.actor, "service", epoch=worker.epoch + 1)


def test_a_message_and_its_answer(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.sent(home, SW, "ping")
    stage.got(worker, HOME_ID, "ping", source=HOME)
    stage.sent(worker, HOME_ID, "pong")
    stage.got(home, SW, "pong", source=PAGE)
    assert stage.news() == [
        'home >> "ping" on home→w1',
        'w1 << "ping" of home on home→w1',
        'w1 >> "pong" on w1→home',
        'home << "pong" of w1 on w1→home',
    ]
    assert stage.pairing.undecided == 0


def test_identical_messages_without_a_stop_are_told_by_their_order(stage: Stage) -> None:
    home, worker = couple(stage)
    for _ in range(3):
        stage.sent(home, SW, "tick")
    for _ in range(3):
        stage.got(worker, HOME_ID, "tick", source=HOME)
    assert stage.news()[3:] == ['w1 << "tick" of home on home→w1'] * 3
    assert [event.cause for event in stage.log[3:]] == [0, 1, 2]


def test_an_arrival_that_is_heard_before_its_sending_waits(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.got(worker, HOME_ID, "one", source=HOME)
    stage.got(worker, HOME_ID, "two", source=HOME)
    assert stage.news() == [] and stage.pairing.undecided == 2
    stage.sent(home, SW, "one")
    assert stage.news() == ['home >> "one" on home→w1', 'w1 << "one" of home on home→w1']
    stage.sent(home, SW, "two")
    assert stage.news() == ['home >> "two" on home→w1', 'w1 << "two" of home on home→w1']


def test_what_a_stop_swallowed_is_lost_once_a_later_message_arrives(stage: Stage) -> None:
    home, worker = couple(stage)
    for n in range(5):
        stage.sent(home, SW, n)
    stage.got(worker, HOME_ID, 0, source=HOME)
    worker = restart(stage, worker)
    stage.drain()
    assert len(stage.news()) == 6  # nothing is said of the others: they may still come
    stage.got(worker, HOME_ID, 3, source=HOME)
    assert stage.news() == []  # the page may have said something that was not heard
    stage.drain()
    assert stage.news() == [
        "1 lost: the worker was stopped",
        "2 lost: the worker was stopped",
        "w1 << 3 of home on home→w1",
    ]
    stage.got(worker, HOME_ID, 4, source=HOME)
    assert stage.news() == ["w1 << 4 of home on home→w1"]  # in step again: order is enough


def test_identical_messages_across_a_stop_are_never_exact(stage: Stage) -> None:
    home, worker = couple(stage)
    for _ in range(3):
        stage.sent(home, SW, "tick")
    worker = restart(stage, worker)
    stage.sent(home, SW, "tick")
    stage.got(worker, HOME_ID, "tick", source=HOME)
    stage.drain()
    stage.sent(home, SW, "tick")
    stage.got(worker, HOME_ID, "tick", source=HOME)
    stage.drain()
    ambiguous = 'w1 << "tick" of home on home→w1 (ambiguous)'
    assert [line for line in stage.news() if "<<" in line] == [ambiguous, ambiguous]
    stage.sent(home, SW, "done")
    stage.got(worker, HOME_ID, "done", source=HOME)
    stage.drain()
    stage.sent(home, SW, "tick")
    stage.got(worker, HOME_ID, "tick", source=HOME)
    assert stage.news() == [
        'home >> "done" on home→w1',
        '"tick" lost: the worker was stopped',
        '"tick" lost: the worker was stopped',
        '"tick" lost: the worker was stopped',
        'w1 << "done" of home on home→w1',
        'home >> "tick" on home→w1',
        'w1 << "tick" of home on home→w1',
    ]


def test_a_message_that_wakes_a_stopped_worker(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.sent(home, SW, "before")
    stage.got(worker, HOME_ID, "before", source=HOME)
    stage.pairing.closed(worker, "the worker was stopped")
    stage.sent(home, SW, "wake")
    worker = stage.open("w1", "service", epoch=2)
    stage.got(worker, HOME_ID, "wake", source=HOME)
    stage.drain()
    assert stage.news()[-1] == 'w1 << "wake" of home on home→w1'


def test_a_page_that_came_after_the_start_needs_no_drain(stage: Stage) -> None:
    stage.open("w1", "service")
    worker = stage.open("w1", "service", epoch=2)
    home = stage.open("home", client_id="home-id")
    stage.sent(home, SW, "hello")
    stage.got(worker, HOME_ID, "hello", source=HOME)
    assert stage.news()[-1] == 'w1 << "hello" of home on home→w1'


def test_what_a_worker_sent_last_before_its_stop(stage: Stage) -> None:
    home, worker = couple(stage)
    for word in ("a", "b", "c"):
        stage.sent(worker, HOME_ID, word)
    stage.got(home, SW, "a", source=PAGE)
    worker = restart(stage, worker)
    stage.sent(worker, HOME_ID, "d")
    stage.got(home, SW, "b", source=PAGE)
    stage.got(home, SW, "d", source=PAGE)
    stage.drain()
    assert stage.news()[4:] == [
        'w1 >> "d" on w1→home',
        'home << "b" of w1 on w1→home',
        '"c" lost: the worker was stopped',
        'home << "d" of w1 on w1→home',
    ]


def test_all_that_is_open_gets_an_end(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.sent(home, SW, "lost")
    stage.pairing.closed(worker, "the worker was stopped")
    stage.sent(home, SW, "late")
    stage.got(home, SW, "from nowhere", source=PAGE)
    stage.final()
    assert stage.news()[2:] == [
        'w1 >> "from nowhere" on w1→home (inferred)',
        'home << "from nowhere" of w1 on w1→home (unpaired)',
        '"lost" lost: the worker was stopped',
        '"late" waiting: it has not arrived',
    ]


def test_what_was_not_kept_is_told_by_size_and_digest(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.sent(home, SW, "small")
    stage.sent(home, SW, None)
    restarted = restart(stage, worker)
    stage.got(restarted, HOME_ID, None, source=HOME)
    stage.drain()
    assert stage.news()[2:] == ['"small" lost: the worker was stopped', "w1 << - of home on home→w1"]


def test_an_inexact_description_fits_anything_and_what_arrived_is_kept(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.sent(home, SW, "as described", exact=0)
    stage.got(worker, HOME_ID, "as it was", source=HOME)
    assert stage.news() == ['home >> "as described" on home→w1', 'w1 << "as it was" of home on home→w1']


def test_a_message_error_nobody_listening_and_a_refusal(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.sent(home, SW, "x")
    stage.got(worker, HOME_ID, None, source=HOME, failed=1, listeners=0)
    stage.refuse(home, SW)
    assert stage.news()[1:] == [
        'w1 << "x" of home on home→w1 (nobody listened, failed)',
        "home !! DataCloneError on home→w1",
    ]


class TestUnknownIds:
    def test_an_id_that_becomes_known_later(self, stage: Stage) -> None:
        worker = stage.open("w1", "service")
        one, two = stage.open("one"), stage.open("two")
        for page in (one, two):
            stage.sent(page, SW, "hello")
        for client_id in ("id-1", "id-2"):
            stage.got(worker, ("cl", client_id), "hello", source=(client_id, "client", "http://lab.localhost/"))
        stage.drain()
        assert len(stage.news()) == 2
        two.client_id = "id-1"
        stage.pairing.identified(two)
        assert stage.news() == ['w1 << "hello" of two on two→w1']
        stage.drain()  # there is one document left for the other
        assert stage.news() == ['w1 << "hello" of one on one→w1']

    def test_content_tells_whose_an_id_is(self, stage: Stage) -> None:
        worker = stage.open("w1", "service")
        one, two = stage.open("one"), stage.open("two")
        stage.sent(one, SW, "from one")
        stage.sent(two, SW, "from two")
        stage.got(worker, ("cl", "id-2"), "from two", source=("id-2", "client", ""))
        stage.sent(worker, ("cl", "id-2"), "answer")
        stage.got(two, SW, "answer", source=PAGE)
        stage.drain()
        assert stage.news()[2:] == [
            'w1 >> "answer" on w1→client id-2',
            'w1 << "from two" of two on two→w1',
            'two << "answer" of w1 on w1→two',
        ]

    def test_patience_ends(self, stage: Stage) -> None:
        worker = stage.open("w1", "service")
        one, two = stage.open("one"), stage.open("two")
        stage.sent(one, SW, "hello")
        stage.sent(two, SW, "hello")
        stage.got(worker, ("cl", "?"), "hello", source=("?", "client", ""))
        stage.drain()
        assert len(stage.news()) == 2
        stage.final()
        assert stage.news() == [
            'w1 << "hello" of one on one→w1 (ambiguous)',
            '"hello" waiting: it has not arrived',
        ]

    def test_a_worker_that_is_not_listened_to(self, stage: Stage) -> None:
        home = stage.open("home", client_id="home-id")
        stage.sent(home, SW, "to nobody")
        stage.got(home, SW, "hello", source=PAGE)
        assert stage.news() == [
            f'home >> "to nobody" on home→{SCRIPT}',
            f'? >> "hello" on {SCRIPT}→home (inferred)',
            f'home << "hello" of ? on {SCRIPT}→home (unpaired)',
        ]
        stage.final()
        assert stage.news() == ['"to nobody" waiting: no worker of this script is listened to']

    def test_two_pages_with_one_id(self, stage: Stage) -> None:
        stage.open("one", client_id="id")
        stage.open("two", client_id="id")
        assert stage.news() == ["?! two: the id id was taken for that of another client before"]


class TestVersions:
    def test_who_gets_it_tells_which_version_was_meant(self, stage: Stage) -> None:
        _, first = couple(stage)
        home = stage.open("tab", client_id="tab-id")
        second = stage.open("w2", "service")
        source = ("tab-id", "client", "")
        stage.sent(home, SW, "for the second")
        stage.sent(home, SW, "for the first")
        stage.got(first, ("cl", "tab-id"), "for the first", source=source)
        stage.got(second, ("cl", "tab-id"), "for the second", source=source)
        stage.drain()
        assert stage.news()[2:] == [
            'w1 << "for the first" of tab on tab→w1',
            'w2 << "for the second" of tab on tab→w2',
        ]

    def test_the_same_words_to_two_versions_are_ambiguous(self, stage: Stage) -> None:
        home, first = couple(stage)
        second = stage.open("w2", "service")
        stage.sent(home, SW, "ping")
        stage.sent(home, SW, "ping")
        stage.got(second, HOME_ID, "ping", source=HOME)
        stage.got(first, HOME_ID, "ping", source=HOME)
        stage.drain()
        assert [line[-11:] for line in stage.news()[2:]] == ["(ambiguous)"] * 2

    def test_numbers_of_the_objects_tell_them_apart(self, stage: Stage) -> None:
        home, first = couple(stage)
        second = stage.open("w2", "service")
        stage.sent(home, (*SW, 1), "to the first")
        stage.sent(home, (*SW, 2), "to the second")
        stage.got(first, HOME_ID, "to the first", source=HOME)
        stage.got(second, HOME_ID, "to the second", source=HOME)
        stage.drain()
        stage.news()
        for _ in range(2):
            stage.sent(home, (*SW, 1), "ping")
            stage.sent(home, (*SW, 2), "ping")
        stage.got(second, HOME_ID, "ping", source=HOME)
        stage.got(first, HOME_ID, "ping", source=HOME)
        assert stage.news()[4:] == ['w2 << "ping" of home on home→w2', 'w1 << "ping" of home on home→w1']

    def test_once_the_old_version_is_redundant_order_is_enough_again(self, stage: Stage) -> None:
        home, first = couple(stage)
        stage.sent(home, SW, "old")
        stage.got(first, HOME_ID, "old", source=HOME)
        second = stage.open("w2", "service")
        stage.pairing.retired("w1")
        stage.pairing.closed(first, "the worker became redundant")
        stage.sent(home, SW, "new")
        stage.got(second, HOME_ID, "new", source=HOME)
        stage.drain()
        stage.drain()
        stage.sent(home, SW, "same")
        stage.got(second, HOME_ID, "same", source=HOME)
        stage.drain()
        stage.sent(home, SW, "same")
        stage.got(second, HOME_ID, "same", source=HOME)
        assert stage.news()[-1] == 'w2 << "same" of home on home→w2'

    def test_a_worker_posts_to_another_version_of_itself(self, stage: Stage) -> None:
        _, first = couple(stage)
        second = stage.open("w2", "service", script_url=f"{SCRIPT}?2")
        stage.sent(second, SW, "hello")
        stage.got(first, ("cl", None), "hello", source=(None, "worker", f"{SCRIPT}?2"))
        stage.drain()
        assert stage.news() == ['w2 >> "hello" on w2→w1', 'w1 << "hello" of w2 on w2→w1']


class TestFates:
    def test_a_page_whose_queue_is_shut(self, stage: Stage) -> None:
        home, worker = couple(stage)
        stage.sent(worker, HOME_ID, "hello")
        stage.drain()
        assert stage.news()[1:] == [
            '"hello" waiting: startMessages() was never called, and its queue of messages did not open by itself yet'
        ]
        stage.drain()
        assert stage.news() == []  # said once
        stage.got(home, SW, "hello", source=PAGE)
        assert stage.news() == ['home << "hello" of w1 on w1→home']

    def test_a_client_that_is_gone(self, stage: Stage) -> None:
        home, worker = couple(stage)
        stage.sent(worker, HOME_ID, "before")
        stage.pairing.closed(home, "the page navigated away")
        stage.drain()
        stage.sent(worker, HOME_ID, "after")
        stage.drain()
        assert stage.news() == [
            'w1 >> "before" on w1→home',
            '"before" gone: the page navigated away',
            'w1 >> "after" on w1→home',
            '"after" gone: the page navigated away',
        ]

    def test_chromium_drops_messages_to_workers(self, stage: Stage) -> None:
        _, worker = couple(stage)
        stage.open("c2", "dedicated", client_id="worker-id")
        stage.sent(worker, ("cl", "worker-id"), "hello")
        stage.drain()
        assert stage.news()[1:] == [
            '"hello" lost: Chromium drops what a service worker sends to a dedicated or shared worker'
        ]

    def test_a_worker_that_died_while_it_held_facts_back(self, stage: Stage) -> None:
        home, worker = couple(stage)
        worker.behind = True
        restarted = restart(stage, worker)
        stage.got(home, SW, "tick", source=PAGE)  # sent by the dead one, perhaps
        stage.sent(restarted, HOME_ID, "tick")
        stage.drain()
        assert stage.news()[1:] == ['home << "tick" of w1 on w1→home (ambiguous)']


@pytest.mark.parametrize(
    "channel",
    [(), ("sw",), ("cl", "x"), ("pt", "one"), ("pt", -3), ("bc", "news"), ("??", 1), ("pt", [1]), ("sw", [1])],
)
def test_what_makes_no_sense_becomes_a_surprise(stage: Stage, channel: tuple[object, ...]) -> None:
    home, _ = couple(stage)
    stage.sent(home, channel, "x")
    assert stage.news()[0].startswith("?! home: ")
    stage.got(home, channel, "x", source=("weird", [1], {}))
    stage.final()
    assert not any(line.startswith("home >>") for line in stage.news())


def test_a_context_that_nobody_saw_appear(stage: Stage) -> None:
    stage.sent(Actor("ghost"), SW, "boo")
    assert stage.news() == [
        "?! ghost: a context that nobody saw appear said something",
        f'ghost >> "boo" on ghost→{SCRIPT}',
    ]


def test_a_page_that_returns_from_the_back_forward_cache(stage: Stage) -> None:
    home, worker = couple(stage)
    stage.sent(home, SW, "before")
    stage.pairing.closed(home, "the page went into the back/forward cache")
    stage.drain()
    home.uid += 1000
    stage.pairing.opened(home)
    stage.got(worker, HOME_ID, "before", source=HOME)
    stage.sent(home, SW, "after")
    stage.got(worker, HOME_ID, "after", source=HOME)
    assert stage.news() == [
        'home >> "before" on home→w1',
        'w1 << "before" of home on home→w1',
        'home >> "after" on home→w1',
        'w1 << "after" of home on home→w1',
    ]
