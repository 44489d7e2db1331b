from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from swnb.errors import InvalidArgument, SwnbError
from swnb.events import (
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientGone,
    ClientIdentified,
    ClientReleased,
    ConsoleWritten,
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
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.log import Log
from swnb.vocab import (
    ClientId,
    ClientType,
    FrameType,
    Heard,
    Lifecycle,
    MessageFate,
    MessageVia,
    RunningStatus,
    ServiceWorkerState,
    TargetId,
    VersionId,
    VisibilityState,
    WorkerRole,
)
from swnb.world import World

SITE = "http://lab.localhost/"
STATES = {state.value: state for state in ServiceWorkerState}


class Story:
    """Events, told to a log whose world follows."""

    def __init__(self) -> None:
        self.log = Log()
        self.world = World()
        self.log.on_event.append(self.world.apply)

    def tell(self, *events: Event) -> Story:
        for event in events:
            self.log.append(event)
        return self

    @property
    def oddities(self) -> list[str]:
        return [surprise.what for surprise in self.world.surprises]


def appeared(client: str, name: str | None = None, target: str = "t1", **more: Any) -> ClientAppeared:
    given: dict[str, Any] = {
        "type": ClientType.WINDOW,
        "frame_type": FrameType.TOP_LEVEL if name else FrameType.NESTED,
        "url": f"{SITE}{client}",
        "origin": SITE,
        **more,
    }
    return ClientAppeared(actor=name or client, client=client, name=name, target_id=TargetId(target), **given)


def worker(label: str, state: str, former: str | None = None, scope: str = SITE) -> WorkerStateChanged:
    return WorkerStateChanged(
        actor=label,
        version_id=VersionId(f"{label[1:]}0"),
        scope=scope,
        script_url=f"{SITE}sw.js",
        state=STATES[state],
        former=None if former is None else STATES[former],
    )


def running(label: str, status: RunningStatus, epoch: int = 1, reason: str = "") -> WorkerRunningChanged:
    return WorkerRunningChanged(
        actor=label,
        version_id=VersionId(f"{label[1:]}0"),
        scope=SITE,
        script_url=f"{SITE}sw.js",
        running=status,
        epoch=epoch,
        reason=reason,
    )


def controlled(client: str, by: str, former: str | None = None) -> ClientControlled:
    return ClientControlled(actor=client, client=client, worker=by, former=former)


# ---- clients ------------------------------------------------------------------------------------------------------


def test_a_window_s_document() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    story = Story().tell(
        worker("w1", "activated"),
        appeared(
            "c1",
            "home",
            frame_id="f",
            t_browser_ms=noon.timestamp() * 1000,
            visibility_state=VisibilityState.VISIBLE,
            focused=True,
        ),
        controlled("c1", "w1"),
        ClientIdentified(actor="home", client="c1", id=ClientId("uuid-1")),
        MessagesStarted(actor="home", client="c1"),
        ClientChanged(actor="home", client="c1", location=f"{SITE}pushed", lifecycle=Lifecycle.LOADED),
    )
    home = story.world.clients["home"]
    assert (home.label, home.name, home.id, home.target, home.frame_id) == ("c1", "home", "uuid-1", "t1", "f")
    assert (home.url, home.location) == (f"{SITE}c1", f"{SITE}pushed")
    assert (home.type, home.frame_type, home.origin) == (ClientType.WINDOW, FrameType.TOP_LEVEL, SITE)
    assert (home.controller, home.visibility_state, home.focused) == ("w1", VisibilityState.VISIBLE, True)
    assert (home.lifecycle, home.messages_started, home.alive) == (Lifecycle.LOADED, True, True)
    assert (home.owner, home.former, home.successor, home.ancestor_origins) == (None, None, None, ())
    assert (home.appeared_at, home.id_heard) == (noon, Heard.HEARD)
    assert not story.world.surprises


def test_a_client_by_each_of_its_names() -> None:
    story = Story().tell(
        appeared("c1", "home"), appeared("c2", owner="c1"), ClientIdentified(client="c1", id=ClientId("uuid-1"))
    )
    clients = story.world.clients
    assert {clients[key].label for key in ("home", "c1", "uuid-1", "t1")} == {"c1"}
    assert clients["c2"].owner == "c1"
    assert all(key in clients for key in ("home", "c1", "uuid-1", "t1", "c2"))
    assert ("nobody" in clients, 3 in clients, clients.get("nobody")) == (False, False, None)
    assert [row.label for row in clients] == ["c1", "c2"]
    assert len(clients) == 2


def test_an_unknown_client_is_refused_with_what_there_is() -> None:
    story = Story().tell(appeared("c1", "home"))
    with pytest.raises(KeyError) as caught:
        _ = story.world.clients["hoem"]
    assert isinstance(caught.value, SwnbError)
    assert str(caught.value) == "no client is called 'hoem'\ndid you mean 'home'? there is: home, c1"


def test_a_row_does_not_follow() -> None:
    story = Story().tell(appeared("c1", "home"))
    before = story.world.clients["home"]
    story.tell(ClientChanged(client="c1", focused=True))
    assert (before.focused, story.world.clients["home"].focused) == (False, True)
    with pytest.raises(AttributeError):
        before.focused = True  # type: ignore[misc]


def test_a_navigation_links_two_clients() -> None:
    story = Story().tell(
        worker("w1", "activated"),
        appeared("c1", "home"),
        controlled("c1", "w1"),
        appeared("c2", "home", former="c1"),
        ClientGone(actor="home", client="c1"),
    )
    clients = story.world.clients
    assert clients["home"].label == "c2" == clients["t1"].label
    assert (clients["c1"].successor, clients["c2"].former) == ("c2", "c1")
    assert (clients["c1"].alive, clients["c1"].controller, "c1" in clients) == (False, None, False)
    assert [row.label for row in clients] == ["c2"]
    assert [row.label for row in clients.all] == ["c1", "c2"]
    assert story.world.workers["w1"].controlled == ()
    assert not story.world.surprises


def test_the_back_forward_cache() -> None:
    story = Story().tell(
        appeared("c1", "home"),
        ClientChanged(client="c1", lifecycle=Lifecycle.CACHED),
        appeared("c2", "home", former="c1"),
    )
    clients = story.world.clients
    assert (clients["home"].label, clients["c1"].cached, "c1" in clients) == ("c2", True, True)
    story.tell(
        ClientChanged(client="c2", lifecycle=Lifecycle.CACHED), ClientChanged(client="c1", lifecycle=Lifecycle.LOADED)
    )
    assert (clients["home"].label, clients["t1"].label) == ("c1", "c1")
    story.tell(ClientGone(client="c1"))
    assert clients["home"].label == "c2", "asleep, and all there is"


def test_a_frame_s_target_means_its_window() -> None:
    story = Story().tell(appeared("c1", "home"), appeared("c2", owner="c1", target="t1"))
    assert story.world.clients["t1"].label == "c1"


@pytest.mark.parametrize("ending", [WindowClosed, WindowCrashed])
def test_a_window_takes_what_it_holds_with_it(ending: type[WindowClosed | WindowCrashed]) -> None:
    dedicated = {"type": ClientType.WORKER, "frame_type": FrameType.NONE}
    shared = {"type": ClientType.SHARED_WORKER, "frame_type": FrameType.NONE}
    story = Story().tell(
        worker("w1", "activated"),
        appeared("c1", "home"),
        appeared("c2", owner="c1"),
        appeared("c3", owner="c2", target="another site's"),
        appeared("c4", owner="c3", target="its worker", **dedicated),
        appeared("c5", owner="c4", target="nested worker", **dedicated),
        appeared("c6", "popup", target="t6", owner="c1"),
        appeared("c7", owner="c1", target="shared worker", **shared),
        controlled("c2", "w1"),
        controlled("c6", "w1"),
        ending(target_id=TargetId("t1"), name="home"),
    )
    assert [row.label for row in story.world.clients] == ["c6", "c7"]
    assert story.world.workers["w1"].controlled == ("c6",)
    story.tell(*(ClientGone(client=f"c{number}") for number in range(1, 6)))
    assert not story.world.surprises, "their own ends may be told afterwards"
    story.tell(ClientGone(client="c2"))
    assert story.oddities == ["client.gone of c2, which is gone"]


def test_the_order_of_focus() -> None:
    story = Story().tell(appeared("c1", "a"), appeared("c2", "b", focused=True), appeared("c3", "c"))
    clients = story.world.clients
    assert [row.label for row in clients.by_focus] == ["c2"]
    story.tell(
        ClientChanged(client="c2", focused=False),
        ClientChanged(client="c3", focused=True),
        ClientChanged(client="c1", focused=True),
        ClientChanged(client="c3", focused=True),
    )
    assert [row.label for row in clients.by_focus] == ["c3", "c1", "c2"]
    assert [clients[f"c{number}"].focused for number in (1, 2, 3)] == [True, False, True]
    story.tell(ClientGone(client="c1"))
    assert [row.label for row in clients.by_focus] == ["c3", "c2"]


def test_control() -> None:
    story = Story().tell(
        worker("w1", "activated"),
        worker("w2", "installed"),
        appeared("c1", "home"),
        appeared("c2", "chat", target="t2"),
    )
    world = story.world
    story.tell(controlled("c2", "w1"), controlled("c1", "w1"))
    assert world.workers["w1"].controlled == ("c2", "c1")
    story.tell(controlled("c1", "w2", "w1"))
    assert [row.controller for row in world.clients] == ["w2", "w1"]
    assert [row.controlled for row in world.workers] == [("c2",), ("c1",)]
    story.tell(ClientReleased(client="c1", worker="w2"))
    assert [row.controller for row in world.clients] == [None, "w1"]
    assert [row.controlled for row in world.workers] == [("c2",), ()]
    assert not world.surprises


def test_an_id_that_was_concluded_says_so() -> None:
    story = Story().tell(
        appeared("c1", type=ClientType.WORKER), ClientIdentified(client="c1", id=ClientId("u"), heard=Heard.INFERRED)
    )
    assert story.world.clients["u"].id_heard is Heard.INFERRED
    assert "u?" in repr(story.world.clients)


# ---- workers and registrations ------------------------------------------------------------------------------------


def test_a_worker_s_life() -> None:
    story = Story().tell(
        RegistrationChanged(registration_id="7", scope=SITE),
        running("w1", RunningStatus.STARTING),
        worker("w1", "installing"),
        UpdateFound(registration_id="7", scope=SITE, worker="w1"),
    )
    world = story.world
    first = world.workers["w1"]
    assert (first.label, first.version_id, first.scope, first.script_url) == ("w1", "10", SITE, f"{SITE}sw.js")
    assert (first.state, first.running, first.epoch) == (ServiceWorkerState.INSTALLING, RunningStatus.STARTING, 1)
    assert (first.role, first.registration_id) == (WorkerRole.INSTALLING, "7")
    row = world.registrations[SITE]
    assert (row.id, row.installing, row.waiting, row.active, row.deleted) == ("7", "w1", None, None, False)
    story.tell(
        worker("w1", "activated", "installing"),
        running("w1", RunningStatus.RUNNING, reason="fetch"),
        worker("w2", "installed"),
        running("w1", RunningStatus.STOPPED),
        running("w1", RunningStatus.RUNNING, 2),
    )
    row = world.registrations[SITE]
    assert (row.installing, row.waiting, row.active) == (None, "w2", "w1")
    assert (world.workers["w1"].epoch, world.workers["w1"].start_reason) == (2, "fetch")
    story.tell(worker("w1", "redundant", "activated"), worker("w2", "activated", "installed"))
    assert world.registrations[SITE].active == "w2"
    assert ([row.label for row in world.workers], len(world.workers)) == (["w2"], 1)
    assert [row.label for row in world.workers.all] == ["w1", "w2"]
    assert ("w1" in world.workers, world.workers["w1"].alive, world.workers["10"].label) == (False, False, "w1")
    assert not world.surprises


def test_the_worker_of_one_scope() -> None:
    story = Story()
    workers = story.world.workers
    assert ("worker" in workers, workers.get("worker")) == (False, None)
    with pytest.raises(KeyError, match="no service worker is called 'worker'"):
        _ = workers["worker"]
    story.tell(worker("w1", "installing"))
    assert workers["worker"].label == "w1"
    story.tell(worker("w1", "activated", "installing"), worker("w2", "installed"))
    assert workers["worker"].label == "w1", "the active one"
    story.tell(worker("w3", "activated", scope=f"{SITE}other/"))
    assert "worker" not in workers
    with pytest.raises(InvalidArgument, match="any of 2 scopes"):
        _ = workers["worker"]
    story.tell(worker("w3", "redundant", "activated"))
    assert workers["worker"].label == "w1", "the other scope has none any more"
    story.tell(worker("w1", "redundant", "activated"), worker("w2", "redundant", "installed"))
    assert "worker" not in workers


def test_a_registration_that_is_removed_and_made_again() -> None:
    story = Story().tell(
        RegistrationChanged(registration_id="1", scope=SITE),
        worker("w1", "activated"),
        UpdateFound(registration_id="1", scope=SITE, worker="w1"),
        RegistrationChanged(registration_id="1", scope=SITE, deleted=True),
    )
    registrations = story.world.registrations
    assert (SITE in registrations, len(registrations), list(registrations)) == (False, 0, [])
    assert (registrations[SITE].deleted, registrations[SITE].active) == (True, "w1"), "it serves on"
    story.tell(RegistrationChanged(registration_id="2", scope=SITE))
    assert (registrations[SITE].id, registrations[SITE].active, SITE in registrations) == ("2", None, True)
    story.tell(worker("w2", "activated"), UpdateFound(registration_id="2", scope=SITE, worker="w2"))
    story.tell(RegistrationChanged(registration_id="1", scope=SITE, deleted=True))
    assert (registrations[SITE].active, registrations[SITE].deleted) == ("w2", False)
    assert not story.world.surprises


def test_errors_of_a_worker_are_kept_up_to_a_hundred() -> None:
    story = Story()
    for number in range(150):
        story.tell(
            WorkerFailed(actor="w1", version_id=VersionId("10"), scope=SITE, script_url="", message=f"no {number}")
        )
    errors = story.world.workers["w1"].errors
    assert (len(errors), errors[-1]) == (100, "no 149")
    assert "100: no 149" in repr(story.world.workers)


def test_a_scope_may_become_known_later_and_forgotten_again() -> None:
    story = Story().tell(worker("w1", "parsed", scope=""), worker("w1", "installing", "parsed"))
    assert (story.world.workers["w1"].scope, story.world.registrations[SITE].installing) == (SITE, "w1")
    story.tell(worker("w1", "redundant", "installing", scope=""))
    assert story.world.workers["w1"].scope == SITE
    story.tell(worker("w2", "activated"), worker("w2", "activated", "activated", scope=f"{SITE}other/"))
    assert [row.active for row in story.world.registrations] == [None, "w2"], "one worker is of one registration"


# ---- channels -----------------------------------------------------------------------------------------------------


def test_a_channel_counts() -> None:
    story = Story()
    via, channel = MessageVia.SERVICE_WORKER, "home→w1"
    story.tell(
        MessageSent(actor="home", to="w1", via=via, channel=channel),
        MessageReceived(actor="w1", sender="home", via=via, channel=channel, cause=0),
        MessageSent(actor="home", to="w1", via=via, channel=channel),
        MessageUndelivered(cause=2, channel=channel, fate=MessageFate.WAITING, why=""),
        MessageSent(actor="home", to="w1", via=via, channel=channel),
        MessageUndelivered(cause=4, channel=channel, fate=MessageFate.WAITING, why=""),
        MessageSent(actor="home", to="w1", via=via, channel=channel),
    )
    row = story.world.channels[channel]
    assert (row.name, row.via, row.ends) == (channel, via, ("home", "w1"))
    assert (row.sent, row.received, row.lost, row.waiting) == (4, 1, 0, 2)
    assert row.last is story.log[6]
    arrived = MessageReceived(actor="w1", sender="home", via=via, channel=channel, cause=2)
    story.tell(
        arrived,
        MessageUndelivered(cause=4, channel=channel, fate=MessageFate.LOST, why=""),
        MessageUndelivered(cause=6, channel=channel, fate=MessageFate.GONE, why=""),
    )
    row = story.world.channels[channel]
    assert (row.sent, row.received, row.lost, row.waiting, row.last) == (4, 2, 2, 0, arrived)
    assert (channel in story.world.channels, len(story.world.channels), list(story.world.channels)) == (True, 1, [row])


def test_a_broadcast_s_ends_are_all_that_were_heard() -> None:
    story, name, via = Story(), "BroadcastChannel 'news'", MessageVia.BROADCAST
    story.tell(MessageSent(actor="w1", via=via, channel=name))
    assert story.world.channels[name].ends == ("w1",)
    for actor in ("home", "c2"):
        story.tell(MessageReceived(actor=actor, sender="w1", via=via, channel=name, cause=0))
    row = story.world.channels[name]
    assert (row.ends, row.sent, row.received) == (("w1", "home", "c2"), 1, 2)


def test_the_ends_of_ports_are_who_has_them() -> None:
    story = Story().tell(PortMoved(actor="home", port="port 3a"), PortMoved(actor="home", port="port 3b"))
    story.tell(PortMoved(actor="w1", port="port 3b", former="home"))
    assert story.world.channels["port 3"].ends == ("home", "w1")
    story.tell(MessageSent(actor="home", via=MessageVia.PORT, channel="port 3"))
    story.tell(PortMoved(actor="c2", port="port 3a", former="home"))
    row = story.world.channels["port 3"]
    assert (row.ends, row.sent, row.via) == (("c2", "w1"), 1, MessageVia.PORT)


# ---- as a whole ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "odd", "what"),
    [
        ([], ClientGone(client="c9"), "client.gone of c9, which never appeared"),
        ([], ClientChanged(client="c9", focused=True), "client.changed of c9, which never appeared"),
        ([appeared("c1")], appeared("c1"), "c1 appeared twice"),
        ([], appeared("c2", former="c1"), "c2 follows c1, which never appeared"),
        ([appeared("c1")], controlled("c1", "w1"), "c1 is controlled by w1, which nobody has told of"),
        (
            [worker("w1", "activated"), appeared("c1")],
            controlled("c1", "w1", "w2"),
            "c1 came from w2, and was controlled by None",
        ),
        (
            [appeared("c1")],
            ClientReleased(client="c1", worker="w1"),
            "c1 was released by w1, and was controlled by None",
        ),
        (
            [worker("w1", "activated")],
            worker("w1", "redundant", "parsed"),
            "w1 was parsed, and had been heard to be activated",
        ),
        (
            [worker("w1", "redundant")],
            worker("w1", "installing", "redundant"),
            "w1 became installing after it had been redundant",
        ),
        (
            [running("w1", RunningStatus.RUNNING, 3)],
            running("w1", RunningStatus.RUNNING, 2),
            "w1 is at its start 2, and had been at 3",
        ),
        ([], worker("", "installed"), "worker.state of a worker without a label"),
        ([], UpdateFound(registration_id="1", scope=SITE, worker="w9"), "updatefound for w9, which nobody has told of"),
        (
            [],
            RegistrationChanged(registration_id="1", scope=SITE, deleted=True),
            f"a registration for {SITE} was removed, which nobody has told of",
        ),
        (
            [appeared("c1"), appeared("c2"), ClientIdentified(client="c1", id=ClientId("u"))],
            ClientIdentified(client="c2", id=ClientId("u")),
            "c2 has the id of c1",
        ),
        (
            [appeared("c1"), ClientIdentified(client="c1", id=ClientId("u"))],
            ClientIdentified(client="c1", id=ClientId("v")),
            "c1 has another id",
        ),
        ([], Surprise(what="an agent threw"), "an agent threw"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_what_no_rule_has_is_noted(before: list[Event], odd: Event, what: str) -> None:
    story = Story().tell(*before)
    assert not story.world.surprises
    story.tell(odd)
    assert story.oddities == [what]


def test_a_worker_that_is_told_of_late_finds_its_clients() -> None:
    story = Story().tell(appeared("c1"), controlled("c1", "w1"), worker("w1", "activated"))
    assert story.world.workers["w1"].controlled == ("c1",)


def test_changes_are_told_to_all() -> None:
    story, heard = Story(), list[str]()

    def broken(event: Event) -> None:
        raise ValueError("no")

    story.world.on_change += [broken, lambda event: heard.append(event.kind)]
    story.tell(ConsoleWritten(level="log", text="changes nothing"), appeared("c1"), ClientGone(client="c1"))
    assert heard == ["client.appeared", "surprise", "client.gone"]
    assert "ValueError: no" in story.oddities[0]
    assert len(story.oddities) == 1


def test_surprises_are_kept_up_to_a_thousand() -> None:
    story = Story()
    for number in range(1_200):
        story.tell(ClientGone(client=f"c{number}"))
    assert len(story.world.surprises) == 1_000
    assert story.world.surprises[-1].what.startswith("client.gone of c1199")
    assert story.world == World.of(story.log)


def test_a_world_shows_itself_as_text() -> None:
    assert repr(World()) == "no clients\n\nno service workers\n\nno registrations\n\nno channels"
    hostile = "http://lab.localhost/\x1b[31m\u202e<b>\n"
    story = Story().tell(
        appeared("c1", "home", url=hostile, focused=True), worker("w1", "activated"), controlled("c1", "w1")
    )
    story.tell(
        MessageSent(actor="home", to="w1", via=MessageVia.SERVICE_WORKER, channel="home→w1"), ClientGone(client="c2")
    )
    shown = str(story.world)
    assert all(character.isprintable() or character == "\n" for character in shown)
    assert "http://lab.localhost/·[31m·<b>·" in shown
    assert shown.endswith("surprises: 1")
    for view in (story.world.clients, story.world.workers, story.world.registrations, story.world.channels):
        assert len(view.rows) == 1
        assert len(view.rows[0]) == len(view.headings)


def test_a_long_view_shows_its_end() -> None:
    story = Story().tell(*(appeared(f"c{number}") for number in range(100)))
    lines = repr(story.world.clients).split("\n")
    assert lines[0] == "40 clients before these"
    assert len(lines) == 63


def test_any_thread_may_read_while_the_world_changes() -> None:
    story, done, failed = Story(), threading.Event(), list[BaseException]()

    def read() -> None:
        try:
            while not done.is_set():
                world = story.world
                for row in world.clients:
                    assert row.alive
                repr(world)
                assert len(world.clients.by_focus) <= 3_000
        except BaseException as error:
            failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(3_000):
        story.tell(
            appeared(f"c{number}", f"window{number}", focused=True),
            MessageSent(actor="w1", via=MessageVia.CLIENT, channel=f"channel {number % 50}"),
        )
        if number % 3:
            story.tell(ClientGone(client=f"c{number}"))
    done.set()
    reader.join(60)
    assert not failed
