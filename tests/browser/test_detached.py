"""Workers that are left alone: what can still be known of them is in the log, and marked as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import swnb
from swnb.events import (
    ClientControlled,
    ClientIdentified,
    Event,
    MessageUndelivered,
    Surprise,
    WorkerRunningChanged,
    WorkerStateChanged,
    WorkerVisited,
)
from swnb.vocab import Attach, Heard, MessageFate, Pairing
from tests.browser.scenes import EAGER, controlled, script

ECHO = "addEventListener('message', (event) => event.source.postMessage([event.data]));\n" + EAGER
TALK = """
answer = new Promise((resolve) => { navigator.serviceWorker.onmessage = ({ data }) => resolve(data); });
navigator.serviceWorker.controller.postMessage("hello");
await answer
"""


@pytest.fixture(scope="module")
def module_lab() -> Iterator[swnb.Lab]:
    with swnb.Lab(timeout_s=20.0, attach=Attach.DETACHED) as lab:
        yield lab


@pytest.fixture(autouse=True)
def no_surprise(lab: swnb.Lab) -> Iterator[None]:
    mark = lab.mark()
    yield
    assert [event.what for event in lab.log.since(mark) if isinstance(event, Surprise)] == []


def home_of(lab: swnb.Lab) -> swnb.Window:
    """Open a window that an answering worker controls."""
    window = controlled(lab, source=ECHO)
    lab.wait("controlled", window="home")
    return window


def attached(lab: swnb.Lab) -> list[bool]:
    """Return of each service worker's thread whether anybody is attached to it, as the browser says."""
    answer = lab.run(lab.asynchronous.browser.connection.send, "Target.getTargets", {"filter": [{}]})
    return [info["attached"] for info in answer["targetInfos"] if info["type"] == "service_worker"]


def label(lab: swnb.Lab) -> str:
    """Return what the log calls the active worker."""
    active = next(iter(lab.world.registrations)).active
    assert active is not None
    return active


async def until(lab: swnb.Lab, mark: Any, kind: type[Event], **wanted: object) -> None:
    """Wait for an event, as long as it takes."""
    async for event in lab.log.follow(mark):
        if isinstance(event, kind) and all(getattr(event, name) == value for name, value in wanted.items()):
            return


def test_nothing_is_attached_to_the_worker(lab: swnb.Lab) -> None:
    home_of(lab).evaluate(TALK)
    assert attached(lab) == [False]


def test_both_directions_are_heard_at_the_page(lab: swnb.Lab) -> None:
    home, mark = home_of(lab), lab.mark()
    assert home.evaluate(TALK) == ["hello"]
    asked, answered = lab.log.messages(between=("home", "worker"), since=mark)
    assert (asked.data, asked.sender, asked.receiver, asked.heard) == ("hello", "home", "worker", Heard.HEARD)
    assert (asked.received, asked.received_at) == (None, None)
    assert (answered.data, answered.sender, answered.receiver) == (["hello"], "worker", "home")
    assert (answered.heard, answered.pairing, answered.sent_at) == (Heard.INFERRED, Pairing.UNPAIRED, None)
    assert answered.received is not None
    assert answered.received.heard is Heard.HEARD


def test_what_nobody_could_hear_arrive_is_not_called_lost() -> None:
    with swnb.Lab(timeout_s=20.0, attach=Attach.DETACHED) as lab:
        home = home_of(lab)
        home.evaluate(TALK)
        lab.worker.stop()
        lab.run(lab.asynchronous.settle)
        home.evaluate("navigator.serviceWorker.controller.postMessage('again'); 0")
        log = lab.log
    fates = {event.fate for event in log if isinstance(event, MessageUndelivered) and event.actor == "home"}
    assert fates <= {MessageFate.WAITING}
    assert [m.fate for m in log.messages(sender="home") if m.fate is MessageFate.LOST] == []


def test_states_and_starts_are_heard(lab: swnb.Lab) -> None:
    mark = lab.mark()
    home = home_of(lab)
    states = [event.state for event in lab.log.since(mark) if isinstance(event, WorkerStateChanged)]
    assert states[-4:] == ["installing", "installed", "activating", "activated"]
    mark = lab.mark()
    lab.worker.stop()
    home.evaluate(TALK)
    lab.run(until, lab, mark, WorkerRunningChanged, running="running")
    running = [event for event in lab.log.since(mark) if isinstance(event, WorkerRunningChanged)]
    assert [event.running for event in running if event.running != "stopping"] == ["stopped", "starting", "running"]
    assert {event.actor for event in running} == {label(lab)}
    assert running[-1].epoch == 2
    assert lab.world.workers[label(lab)].running == "running"


def test_a_verb_that_must_ask_attaches_for_that_one_call_and_says_so(lab: swnb.Lab) -> None:
    home_of(lab)
    mark = lab.mark()
    assert lab.worker.evaluate("1 + 1") == 2
    visits = [event for event in lab.log.since(mark) if isinstance(event, WorkerVisited)]
    assert [event.actor for event in visits] == [label(lab)]
    assert attached(lab) == [False]
    clients = lab.clients.match_all()
    assert [client.url for client in clients] == [f"{lab.site.url}/"]
    assert len([event for event in lab.log.since(mark) if isinstance(event, WorkerVisited)]) == 2
    assert attached(lab) == [False]


def test_a_visit_is_no_agent(lab: swnb.Lab) -> None:
    home = home_of(lab)
    mark = lab.mark()
    lab.worker.evaluate("(await clients.matchAll())[0].postMessage('from a visit')")
    home.evaluate("await 0; 0")
    (message,) = lab.log.messages(receiver="home", since=mark)
    assert (message.data, message.heard) == ("from a visit", Heard.INFERRED)


def test_the_world_knows_who_controls_whom(lab: swnb.Lab) -> None:
    mark = lab.mark()
    home = home_of(lab)
    row = lab.world.clients["home"]
    assert (row.controller, row.id, row.url) == (label(lab), None, home.url)
    assert lab.world.workers[label(lab)].controlled == (row.label,)
    assert [event.client for event in lab.log.since(mark) if isinstance(event, ClientControlled)] == [row.label]
    assert [event for event in lab.log.since(mark) if isinstance(event, ClientIdentified)] == []
    home.close()
    assert lab.world.workers[label(lab)].controlled == ()
    assert "home" not in lab.world.clients


def test_an_update_that_waits_is_seen(lab: swnb.Lab) -> None:
    home = home_of(lab)
    first = label(lab)
    script(lab, ECHO.replace("skipWaiting()", "0") + "// two")
    mark = lab.mark()
    lab.registration("/").update()
    lab.wait("installed", mark=mark)
    registration = next(iter(lab.world.registrations))
    assert registration.active == first
    assert registration.waiting not in (None, first)
    assert lab.world.clients["home"].controller == first
    home.evaluate("0")


@pytest.mark.slow
def test_an_idle_worker_is_stopped_and_wakes_for_a_message(lab: swnb.Lab) -> None:
    with swnb.Lab("holds") as holds:  # idle for as long, with a debugger attached
        home_of(holds)
        home, mark = home_of(lab), lab.mark()
        home.evaluate(TALK)
        lab.run(until, lab, mark, WorkerRunningChanged, running="stopped")  # by the browser, after half a minute
        assert lab.world.workers[label(lab)].running == "stopped"
        assert holds.world.workers["worker"].running == "running"
        runs = [event.running for event in holds.log if isinstance(event, WorkerRunningChanged)]
        assert "stopped" not in runs
    stopped = lab.mark()
    assert home.evaluate(TALK) == ["hello"]
    lab.run(until, lab, stopped, WorkerRunningChanged, running="running")
    assert lab.world.workers[label(lab)].epoch == 2
    assert [m.fate for m in lab.log.messages(sender="home", since=mark)] == [None, None]
