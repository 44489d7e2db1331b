"""Any events in any order: the fold never raises, and the same events give an equal world."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from swnb.events import (
    EVENTS,
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientGone,
    ClientIdentified,
    ClientReleased,
    Event,
    MessageReceived,
    MessageSent,
    MessagesStarted,
    MessageUndelivered,
    PortMoved,
    RegistrationChanged,
    Surprise,
    UpdateFound,
    WindowClosed,
    WindowCrashed,
    WindowOpened,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.log import Log
from swnb.vocab import (
    ClientType,
    FrameType,
    Heard,
    Lifecycle,
    MessageFate,
    MessageVia,
    Pairing,
    RunningStatus,
    ServiceWorkerState,
    VisibilityState,
)
from swnb.world import World

clients = st.sampled_from(["c1", "c2", "c3"])
workers = st.sampled_from(["w1", "w2", ""])
scopes = st.sampled_from(["http://lab.localhost/", "http://lab.localhost/a/", ""])
names = st.sampled_from(["home", "c1", "worker", "w1"])
targets = st.sampled_from(["t1", "t2"])
channels = st.sampled_from(["home→w1", "port 1", "BroadcastChannel 'x'", ""])
actors = clients | workers | names
causes = st.none() | st.integers(-2, 40)
times = st.sampled_from([None, 0.0, 1e12, -1e300, float("nan"), float("inf")])
common = {"actor": actors, "t_browser_ms": times, "cause": causes, "heard": st.sampled_from(Heard)}
of_worker = {**common, "version_id": st.sampled_from(["1", "2"]), "scope": scopes, "script_url": st.just("sw.js")}
payload = {**common, "via": st.sampled_from(MessageVia), "channel": channels, "content": st.sampled_from([b"", b"[1]"])}


def some(
    kind: type[Event], base: dict[str, st.SearchStrategy[Any]], **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[Event]:
    return st.builds(kind, **base, **fields)


events = st.one_of(
    some(
        ClientAppeared,
        common,
        client=clients,
        url=st.just("http://lab.localhost/"),
        type=st.sampled_from(ClientType),
        frame_type=st.sampled_from(FrameType),
        origin=st.just("null"),
        target_id=targets,
        name=st.none() | names,
        former=st.none() | clients,
        owner=st.none() | clients,
        focused=st.booleans(),
    ),
    some(ClientIdentified, common, client=clients, id=st.sampled_from(["u1", "u2"])),
    some(
        ClientChanged,
        common,
        client=clients,
        location=st.none() | st.just("x"),
        visibility_state=st.none() | st.sampled_from(VisibilityState),
        focused=st.none() | st.booleans(),
        lifecycle=st.none() | st.sampled_from(Lifecycle),
    ),
    some(ClientControlled, common, client=clients, worker=workers, former=st.none() | workers),
    some(ClientReleased, common, client=clients, worker=workers),
    some(MessagesStarted, common, client=clients),
    some(ClientGone, common, client=clients),
    some(MessageSent, payload, to=actors),
    some(MessageReceived, payload, sender=actors, pairing=st.sampled_from(Pairing), listeners=st.integers(-1, 2)),
    some(MessageUndelivered, common, channel=channels, fate=st.sampled_from(MessageFate), why=st.just("so")),
    some(PortMoved, common, port=st.sampled_from(["port 1a", "port 1b", ""])),
    some(WindowOpened, common, target_id=targets, name=names),
    some(WindowClosed, common, target_id=targets, name=names),
    some(WindowCrashed, common, target_id=targets, name=names),
    some(
        WorkerStateChanged,
        of_worker,
        state=st.sampled_from(ServiceWorkerState),
        former=st.none() | st.sampled_from(ServiceWorkerState),
    ),
    some(WorkerRunningChanged, of_worker, running=st.sampled_from(RunningStatus), epoch=st.integers(0, 3)),
    some(WorkerFailed, of_worker, message=st.just("no")),
    some(RegistrationChanged, common, registration_id=st.sampled_from(["1", "2"]), scope=scopes, deleted=st.booleans()),
    some(UpdateFound, common, registration_id=st.sampled_from(["1", "2"]), scope=scopes, worker=workers),
    some(Surprise, common, what=st.just("!")),
)
stories = st.lists(events, max_size=40)


@given(stories, st.integers(0, 40))
def test_rebuilding_gives_an_equal_world(story: list[Event], cut: int) -> None:
    log, live = Log(), World()
    log.on_event.append(live.apply)
    for event in story[:cut]:
        log.append(event)
    before = World.of(log)
    assert before == live
    for event in story[cut:]:
        log.append(event)
        before.apply(event)
    assert World.of(log) == live == before
    assert (World.of(log[:-1]) == live) is (not story)
    assert len(log) == len(story), "nothing raised, which the log would have reported"


@given(stories)
def test_what_always_holds(story: list[Event]) -> None:
    log = Log()
    world = World()
    for event in story:
        world.apply(log.append(event))
    for client in world.clients.all:
        assert client.alive or (client.controller is None and not client.focused)
        worker = world.workers.row(client.controller)
        assert worker is None or client.label in worker.controlled
    for worker in world.workers.all:
        assert len(set(worker.controlled)) == len(worker.controlled)
        assert all(world.clients[label].controller == worker.label for label in worker.controlled)
    for registration in world.registrations.all:
        for label in (registration.installing, registration.waiting, registration.active):
            assert label is None or (world.workers[label].alive and world.workers[label].scope == registration.scope)
    assert {row.label for row in world.clients.by_focus} <= {row.label for row in world.clients}
    assert sum(row.sent for row in world.channels) == len(log.of(MessageSent))
    assert sum(row.received for row in world.channels) == len(log.of(MessageReceived))
    assert repr(world)


@given(stories)
def test_messages_of_any_log(story: list[Event]) -> None:
    log = Log()
    for event in story:
        log.append(event)
    messages = log.messages()
    assert [m.seq for m in messages] == sorted(m.seq for m in messages)
    arrived = sorted(m.received.seq for m in messages if m.received is not None)
    assert arrived == [event.seq for event in log.of(MessageReceived)]
    assert {m.sent.seq for m in messages if m.sent is not None} == {event.seq for event in log.of(MessageSent)}
    assert repr(messages)
    assert repr(log)
    for name in log.names.known():
        if name != "worker":
            mine = log.messages(sender=name)
            assert all(m in messages for m in mine)


def test_every_event_that_has_a_fold_is_told_here() -> None:
    assert set(World()._folds) <= set(EVENTS)
