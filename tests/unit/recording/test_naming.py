"""Who is who does not depend on the order in which they appeared, nor on what the browser chose."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swnb import events as e
from swnb.recording.canonical import Run as Strands
from swnb.recording.compare import compare
from swnb.recording.ignoring import Ignoring
from swnb.recording.naming import match
from swnb.vocab import (
    ClientId,
    ClientType,
    FrameType,
    MessageVia,
    ServiceWorkerState,
    TargetId,
    VersionId,
)

from .runs import ACTORS, Program, Run, Step, content, log

PAGE = "http://lab.localhost/"


def appeared(client: str, url: str = PAGE, **more: Any) -> e.ClientAppeared:
    top = "name" in more
    return e.ClientAppeared(
        actor=more.get("name", client),
        client=client,
        url=url,
        type=ClientType.WINDOW,
        frame_type=FrameType.TOP_LEVEL if top else FrameType.NESTED,
        origin="http://lab.localhost",
        target_id=TargetId(client),
        **more,
    )


def sent(actor: str, data: object, **more: Any) -> e.MessageSent:
    return e.MessageSent(actor=actor, via=MessageVia.CLIENT, channel="?", content=content(data), **more)


def received(actor: str, cause: int, **more: Any) -> e.MessageReceived:
    return e.MessageReceived(actor=actor, via=MessageVia.CLIENT, channel="?", cause=cause, **more)


def run(*events: e.Event) -> Run:
    return Run([event.stamped(seq) for seq, event in enumerate(events)])


def state(label: str, scope: str, script: str = "sw.js", version: str = "1") -> e.WorkerStateChanged:
    return e.WorkerStateChanged(
        actor=label,
        version_id=VersionId(version),
        scope=PAGE + scope,
        script_url=PAGE + script,
        state=ServiceWorkerState.ACTIVATED,
        former=None,
    )


def test_frames_that_load_in_either_order() -> None:
    frames = [PAGE + "frame?a", PAGE + "frame?b"]
    one = run(
        appeared("c1", name="home"), *(appeared(f"c{at + 2}", frames[at], owner="c1") for at in (0, 1)), sent("c2", "a")
    )
    other = run(
        appeared("c1", name="home"),
        appeared("c2", frames[1], owner="c1"),
        appeared("c3", frames[0], owner="c1"),
        sent("c3", "a"),
    )
    assert compare(one, other).equal is True
    assert compare(one, run(*other.events[:3], sent("c2", "a"))).equal is False


def test_frames_that_are_alike_are_told_by_what_they_do() -> None:
    one = run(appeared("c1", name="home"), appeared("c2", owner="c1"), appeared("c3", owner="c1"), sent("c3", "x"))
    other = run(appeared("c1", name="home"), appeared("c2", owner="c1"), appeared("c3", owner="c1"), sent("c2", "x"))
    assert compare(one, other).equal is True


def test_frames_that_are_alike_are_told_by_what_is_done_to_them() -> None:
    """Both frames say the same; in the page one was heard first."""

    def heard(first: str, second: str) -> Run:
        frames = appeared("c1", name="home"), appeared("c2", owner="c1"), appeared("c3", owner="c1")
        return run(
            *frames, sent(first, "x"), sent(second, "x"), received("home", 3), received("home", 4), sent(first, "mine")
        )

    assert compare(heard("c2", "c3"), heard("c3", "c2")).equal is True
    crossed = run(*heard("c2", "c3").events[:7], sent("c3", "mine"))
    assert compare(heard("c2", "c3"), crossed).equal is False


def test_children_go_with_their_parents() -> None:
    def family(*owners: str) -> Run:
        grown = appeared("c1", name="home"), appeared("c2", owner="c1"), appeared("c3", owner="c1")
        children = [appeared(f"c{at + 4}", PAGE + "child", owner=owner) for at, owner in enumerate(owners)]
        return run(*grown, *children, sent("c2", "elder"), sent("c4", "first"))

    assert compare(family("c2", "c3"), family("c2", "c3")).equal is True
    assert compare(family("c2", "c3"), family("c3", "c2")).equal is False


def test_documents_of_a_window_are_one_after_the_other() -> None:
    first, second = appeared("c1", name="home"), appeared("c2", name="home", former="c1")
    gone = e.ClientGone(actor="home", client="c1")
    one = run(first, sent("home", "x"), gone, second, sent("home", "y"))
    assert compare(one, run(first, sent("home", "x"), gone, second, sent("home", "y"))).equal is True
    assert compare(one, run(first, gone, second, sent("home", "x"), sent("home", "y"))).equal is False


def test_workers_of_two_scopes_in_either_order() -> None:
    one = run(state("w1", ""), state("w2", "app/"), sent("w2", "x"))
    other = run(state("w1", "app/"), state("w2", ""), sent("w1", "x"))
    assert compare(one, other).equal is True
    assert compare(one, run(state("w1", "app/"), state("w2", ""), sent("w2", "x"))).equal is False


def test_a_worker_whose_thread_speaks_before_the_bookkeeping() -> None:
    one = run(sent("w1", "x"), state("w1", ""))
    other = run(state("w2", "app/"), state("w1", ""), sent("w1", "x"))
    assert compare(one, run(state("w1", ""), sent("w1", "x"))).equal is True
    assert compare(one, other).equal is False


def test_ids_in_payloads_are_compared_by_whose_they_are() -> None:
    def told(first: str, second: str, said: str) -> Run:
        frames = (
            appeared("c1", name="home"),
            appeared("c2", PAGE + "a", owner="c1"),
            appeared("c3", PAGE + "b", owner="c1"),
        )
        ids = [e.ClientIdentified(actor=c, client=c, id=ClientId(i)) for c, i in (("c2", first), ("c3", second))]
        return run(
            *frames, *ids, sent("home", {"to": said}), e.ConsoleWritten(actor="home", level="log", text=f"to {said}!")
        )

    a, b, c, d = (f"{number}0000000-aaaa-4bbb-8ccc-{number * 12}" for number in "1234")
    assert compare(told(a, b, a), told(c, d, c)).equal is True
    found = compare(told(a, b, a), told(c, d, d))
    assert found.equal is False
    assert found.divergence is not None
    assert found.divergence.words.startswith("in the second run `home` sent {'to': ")
    assert f"where in the first run it sent {{'to': '{a[:9]}" in found.divergence.words
    assert compare(told(a, b, c), told(a, b, d)).equal is False  # nobody's: the page made them up
    assert compare(told("one", "two", "one"), told("3", "4", "3")).equal is True


def test_what_navigate_answers_is_known_though_it_was_never_identified() -> None:
    """A document that is gone before it could be asked for its id: whether it was, is no difference of the run."""

    def told(first: str, second: str, *, identified: bool, answered: str = "") -> Run:
        made = e.CallMade(actor="w1", function="WindowClient.navigate", on_client=ClientId(first))
        answer = {"id": answered or second, "url": f"{PAGE}next"}
        return run(
            appeared("c1", name="home"),
            e.ClientIdentified(actor="c1", client="c1", id=ClientId(first)),
            made,
            e.CallAnswered(actor="w1", cause=2, function=made.function, result=content(answer)),
            appeared("c2", f"{PAGE}next", former="c1", name="home"),
            *([e.ClientIdentified(actor="c2", client="c2", id=ClientId(second))] if identified else []),
        )

    a, b, c, d = (f"{number}0000000-aaaa-4bbb-8ccc-{number * 12}" for number in "1234")
    assert compare(told(a, b, identified=True), told(c, d, identified=False)).equal is True
    assert compare(told(a, b, identified=False), told(c, d, identified=True)).equal is True
    assert compare(told(a, b, identified=True), told(c, d, identified=True, answered=c)).equal is False


def test_what_a_machine_chooses_is_not_compared() -> None:
    def at(port: int, blob: str) -> Run:
        url = f"blob:http://lab.localhost/{blob}"
        return run(
            appeared("c1", f"http://127.0.0.1:{port}/", name="home"),
            appeared("c2", url, owner="c1"),
            sent("home", {"url": url, "from": f"http://localhost:{port}/x"}),
        )

    one, other = "11111111-aaaa-4bbb-8ccc-111111111111", "22222222-aaaa-4bbb-8ccc-222222222222"
    assert compare(at(40001, one), at(50002, other)).equal is True


def test_ports_are_called_by_who_made_them() -> None:
    def ports(first: int, second: int, used: int) -> Run:
        pages = appeared("c1", name="home"), appeared("c2", owner="c1")
        made = [
            e.PortMoved(actor=actor, port=f"port {number}{end}")
            for actor, number in (("home", first), ("c2", second))
            for end in "ab"
        ]
        talk = e.MessageSent(actor="home", via=MessageVia.PORT, channel=f"port {used}", content=content("x"))
        return run(*pages, *made, talk)

    assert compare(ports(1, 2, 1), ports(2, 1, 2)).equal is True
    assert compare(ports(1, 2, 1), ports(2, 1, 1)).equal is False


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(0, 1 << 32))
def test_silent_frames_that_are_alike_are_matched_at_once(count: int, seed: int) -> None:
    actors = (ACTORS[0], *(ACTORS[1] for _ in range(count)))
    steps = (Step(0, "appeared"), *(Step(who, "appeared") for who in range(1, count + 1)))
    first, second = (log(Program(actors, steps), Random(seed + more)) for more in (0, 1))
    naming = match(*(Strands(each.events, Ignoring()) for each in (first, second)))
    assert naming.certain
    assert sorted(naming.one.values()) == sorted(naming.other.values())


@pytest.mark.parametrize("count", [40])
def test_many_like_workers_are_told_by_what_they_say(count: int) -> None:
    def crowd(random: Random) -> Run:
        order = random.sample(range(count), count)
        frames = [appeared(f"c{at + 2}", owner="c1") for at in range(count)]
        return run(appeared("c1", name="home"), *frames, *(sent(f"c{at + 2}", what) for at, what in enumerate(order)))

    assert compare(crowd(Random(1)), crowd(Random(2))).equal is True


def test_the_empty_document_of_a_pop_up_is_seen_or_not() -> None:
    def opened(*events: e.Event) -> Run:
        return run(e.WindowOpened(name="window", target_id=TargetId("t")), *events)

    def shows(url: str) -> e.WindowNavigated:
        return e.WindowNavigated(name="window", target_id=TargetId("t"), url=url)

    def loaded() -> e.WindowLoaded:
        return e.WindowLoaded(name="window", target_id=TargetId("t"))

    plain = opened(shows(PAGE), loaded())
    assert compare(plain, opened(shows(""), loaded(), shows(PAGE), loaded())).equal is True
    assert compare(plain, opened(shows("about:blank"), shows(PAGE), loaded(), loaded())).equal is True
    assert compare(plain, opened(shows(""), shows(PAGE))).equal is False
    assert compare(plain, opened(shows(PAGE), loaded(), shows("about:blank"))).equal is False


def test_what_a_document_finds_at_its_first_line_is_a_change() -> None:
    focused, later = appeared("c1", name="home", focused=True), appeared("c1", name="home")
    got = e.ClientChanged(actor="home", client="c1", focused=True)
    assert compare(run(focused), run(later, got)).equal is True
    assert compare(run(focused), run(later)).equal is False
    assert (
        compare(run(later, got), run(later, got, e.ClientChanged(actor="home", client="c1", focused=False))).equal
        is False
    )


def test_the_desktop_may_tell_before_the_script_does() -> None:
    shown = e.NotificationShown(actor="w1", title="t")
    one = run(shown, e.NotificationDisplayed(number=1, title="t", cause=0))
    other = run(e.NotificationDisplayed(number=2, title="t"), e.NotificationShown(actor="w1", title="t"))
    assert compare(one, other).equal is True


def test_an_arrival_at_a_document_that_has_gone_is_put_back_there() -> None:
    common = {"via": MessageVia.BROADCAST, "channel": "BroadcastChannel 'news'"}
    news = e.MessageSent(actor="a", **common)  # type: ignore[arg-type]
    heard = e.MessageReceived(actor="home", cause=1, **common)  # type: ignore[arg-type]
    documents = [appeared(label, name="home") for label in ("c1", "c2")]
    at_once = run(documents[0], news, heard, documents[1])
    late = run(*(deepcopy(event) for event in (documents[0], news, documents[1], heard)))
    assert compare(late._replace(late={3: (2, 0)}), at_once).equal is True
    assert compare(late, at_once).equal is False


def test_a_missing_step_is_named_before_what_follows_from_it() -> None:
    """In the second run the worker does not claim; that its page hears of no other controller comes of that."""
    claim = e.CallMade(actor="w1", function="clients.claim")
    change = e.ControllerChange(actor="home", client="c1", script_url="http://a.test/sw.js", state="activated")
    question = e.MessageSent(actor="home", via=MessageVia.SERVICE_WORKER, channel="home→w1", content=content("soup"))

    def heard(cause: int) -> e.MessageReceived:
        return e.MessageReceived(actor="w1", cause=cause, via=question.via, channel=question.channel, sender="home")

    def home() -> e.ClientAppeared:
        return appeared("c1", name="home")

    whole = run(home(), claim, change, question, heard(3))
    lacking = run(home(), deepcopy(question), heard(1))
    for one, other, said in (
        (whole, lacking, "never called clients.claim()"),
        (lacking, whole, "called clients.claim(), which it did not"),
    ):
        found = compare(one, other)
        assert found.divergence is not None
        assert said in found.divergence.words
