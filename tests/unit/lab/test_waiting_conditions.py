"""What the words of `wait` mean, without a browser: a log made by hand, and a lab that has one."""

from __future__ import annotations

import asyncio
from time import monotonic
from types import SimpleNamespace
from typing import Any, cast

import pytest

from swnb.errors import InvalidArgument, WaitFailed, WaitTimeout, WindowUnknown
from swnb.events import (
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientGone,
    ClientReleased,
    ClientReturned,
    Event,
    MessageReceived,
    MessageSent,
    MessageUndelivered,
    WindowLoaded,
    WindowOpened,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.lab.conditions import EVENT_CONDITIONS, STATE_CONDITIONS, WORDS, Wish, read, split
from swnb.lab.waiting import Waiting
from swnb.log import Log, Mark
from swnb.messages import Message
from swnb.vocab import (
    Attach,
    ClientType,
    FrameType,
    Lifecycle,
    MessageFate,
    MessageVia,
    RunningStatus,
    ServiceWorkerState,
    TargetId,
    VersionId,
)

SCOPE = "http://lab.localhost/"
HOSTILE = "<b>\x1b[31m\u202e\n" + "x" * 5000


class FakeLab:
    """As much of a lab as `Waiting` asks for."""

    def __init__(self) -> None:
        self.log = Log()
        self.scope = SCOPE
        self.settings = SimpleNamespace(attach=Attach.DETACHED)
        self.versions: dict[str, Any] = {}
        self.registration = SimpleNamespace(scope=SCOPE, deleted=False, versions=self.versions)
        self.connection = SimpleNamespace(on_closed=[], check_open=lambda: None)
        self.browser = SimpleNamespace(
            connection=self.connection,
            service_workers=SimpleNamespace(all=lambda: (self.registration,), versions=self.versions),
        )
        self.windows = [SimpleNamespace(name="home", target_id="T1")]

    def absolute(self, url: str) -> str:
        return url if "://" in url else SCOPE.rstrip("/") + url

    def window(self, name: str) -> Any:
        for window in self.windows:
            if window.name == name:
                return window
        raise WindowUnknown(name, ["home"])

    def find_worker(self, *, scope: str | None) -> Any:
        return SimpleNamespace(version_id="1")

    # ---- what happens ----

    def add(self, *events: Event) -> None:
        for event in events:
            self.log.append(event)

    def state(self, state: str, label: str = "w1", former: str | None = "installing") -> None:
        version = self.versions.setdefault(
            label[1:],
            SimpleNamespace(
                id=label[1:], registration_id="1", script_url=f"{SCOPE}sw.js", error="", controlled=(), role="active",
                running=RunningStatus.RUNNING,
            ),
        )  # fmt: skip
        version.state = ServiceWorkerState(state)
        before = None if former is None else ServiceWorkerState(former)
        self.add(
            WorkerStateChanged(
                actor=label, version_id=VersionId(label[1:]), scope=SCOPE, script_url=f"{SCOPE}sw.js",
                state=ServiceWorkerState(state), former=before,
            )
        )  # fmt: skip

    def runs(self, running: str, label: str = "w1") -> None:
        if label[1:] in self.versions:
            self.versions[label[1:]].running = RunningStatus(running)
        self.add(
            WorkerRunningChanged(
                actor=label, version_id=VersionId(label[1:]), scope=SCOPE, script_url=f"{SCOPE}sw.js",
                running=RunningStatus(running),
            )
        )  # fmt: skip

    def client(self, label: str, name: str | None = None, type: ClientType = ClientType.WINDOW) -> None:
        if name is not None:
            self.add(WindowOpened(target_id=TargetId(label), name=name))
        frame = FrameType.TOP_LEVEL if name else FrameType.NESTED
        self.add(
            ClientAppeared(
                actor=name or label, client=label, url=SCOPE, type=type, frame_type=frame, origin="", name=name,
                target_id=TargetId(label),
            )
        )  # fmt: skip

    def message(self, sender: str, to: str, data: bytes = b"", arrives: bool = True) -> None:
        via, channel = MessageVia.SERVICE_WORKER, f"{sender}→{to}"
        sent = self.log.append(MessageSent(actor=sender, to=to, via=via, channel=channel, content=data, size=len(data)))
        if arrives:
            self.add(MessageReceived(actor=to, sender=sender, via=via, channel=channel, cause=sent.seq))

    async def wait(self, condition: str, *, mark: Mark | None = None, **narrowed: Any) -> Event | Message | None:
        wanted = {"scope": None, "window": None, "where": None, "timeout_s": 0.02, **narrowed}
        return await Waiting(cast("Any", self)).wait(condition, mark=mark, **wanted)

    def has(self, condition: str, **narrowed: Any) -> Event | Message | None:
        """Wait for what is there already, with no time to wait for more."""
        return asyncio.run(self.wait(condition, **narrowed))

    def lacks(self, condition: str, **narrowed: Any) -> str:
        with pytest.raises(WaitTimeout) as caught:
            self.has(condition, **narrowed)
        assert not isinstance(caught.value, WaitFailed)
        return str(caught.value)


@pytest.fixture
def lab() -> FakeLab:
    return FakeLab()


def wish(condition: str, **narrowed: Any) -> Wish:
    given = {"scope": None, "window": None, "worker": None, "mark": Mark(0), "timeout_s": 1.0, "deadline": monotonic()}
    return read(Wish(condition, split(condition), **{**given, **narrowed}))


# ---- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "words", "window", "worker"),
    [
        ("active", ("active",), None, None),
        ("active w2", ("active",), None, "w2"),
        ("controlled", ("controlled",), None, None),
        ("controlled home", ("controlled",), "home", None),
        ("controlled c3", ("controlled",), "c3", None),
        ("controlled 'my window'", ("controlled",), "my window", None),
        ("clients 12", ("clients", "12"), None, None),
        ("stopped w1", ("stopped",), None, "w1"),
        ("redundant", ("redundant",), None, None),
        ("redundant w1", ("redundant",), None, "w1"),
        ("redundant worker", ("redundant",), None, None),
        ("activated *", ("activated",), None, None),
        ("loaded popup", ("loaded",), "popup", None),
        ("update", ("update",), None, None),
        ("lost", ("lost",), None, None),
        ("message home worker", ("message", "home", "worker"), None, None),
        ("message * *", ("message", "*", "*"), None, None),
        ("message 'my \"window' *", ("message", 'my "window', "*"), None, None),
        ("  active  ", ("active",), None, None),
    ],
)
def test_what_conditions_mean(condition: str, words: tuple[str, ...], window: str | None, worker: str | None) -> None:
    found = wish(condition)
    assert (found.words, found.window, found.worker) == (words, window, worker)


@pytest.mark.parametrize(
    "condition",
    [
        "", " ", "nothing", "activ", "active w1 w2", "active home", "clients", "clients -1", "clients x", "clients 1 2",
        "clients ²",        "update w1", "lost now", "message", "message home", "message a b c", "redundant home", "redundant w",
        "redundant w1x",
        "controlled a b", "'", HOSTILE,
    ],
)  # fmt: skip
def test_what_cannot_be_waited_for(condition: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        wish(condition)
    assert len(str(caught.value).split("\n")) == 2
    assert "\x1b" not in str(caught.value)


def test_a_slip_is_told_the_nearest_condition() -> None:
    with pytest.raises(InvalidArgument, match="did you mean 'redundant'"):
        wish("redundent")


def test_a_window_is_named_once() -> None:
    with pytest.raises(InvalidArgument, match="names a window, and so does window='b'"):
        wish("controlled a", window="b")


def test_every_condition_has_its_word() -> None:
    assert {*(c.split()[0] for c in STATE_CONDITIONS), *EVENT_CONDITIONS, "message"} == set(WORDS)


# ---- events ---------------------------------------------------------------------------------------------------------


def test_an_event_since_the_mark_is_found_and_one_before_it_is_not(lab: FakeLab) -> None:
    lab.state("activated")
    assert isinstance(lab.has("activated"), WorkerStateChanged)
    lab.log.act()
    lab.lacks("activated")
    assert lab.has("activated", mark=Mark(0)) is lab.log[0]
    assert lab.has("activated", mark=Mark(0), scope="/") is lab.log[0]
    lab.lacks("activated", mark=Mark(0), scope="/other/")


def test_an_event_that_comes_later_is_found(lab: FakeLab) -> None:
    async def both() -> Event | Message | None:
        task = asyncio.create_task(lab.wait("redundant w2", timeout_s=20))
        await asyncio.sleep(0)
        lab.state("redundant", "w1", "activated")
        await asyncio.sleep(0)
        assert not task.done()
        lab.state("redundant", "w2", "activated")
        return await task

    assert asyncio.run(both()) is lab.log[1]
    assert lab.log.on_event == []  # it leaves nothing behind
    assert lab.connection.on_closed == []


def test_a_label_narrows_workers_and_a_name_windows(lab: FakeLab) -> None:
    lab.state("installed", "w1")
    lab.add(WindowLoaded(target_id=TargetId("T"), name="home"))
    assert lab.has("installed w1") is lab.log[0]
    lab.lacks("installed w2")
    assert lab.has("loaded home") is lab.log[1]
    assert lab.has("loaded", window="home") is lab.log[1]
    lab.lacks("loaded popup")


def test_lost_is_what_will_not_come_any_more(lab: FakeLab) -> None:
    lab.add(MessageUndelivered(channel="x", fate=MessageFate.WAITING, why="queue"))
    lab.lacks("lost")
    lab.add(MessageUndelivered(channel="x", fate=MessageFate.GONE, why="gone"))
    assert lab.has("lost") is lab.log[1]


# ---- installs that fail ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("condition", ["installed", "activating", "activated", "active", "activated w1"])
def test_a_failed_install_ends_the_wait_at_once(lab: FakeLab, condition: str) -> None:
    lab.state("installing", former="parsed")
    refusal = "Failed to register a ServiceWorker for scope ('a') with script ('b'): rejected"
    lab.add(WorkerFailed(actor="w1", version_id=VersionId("1"), scope=SCOPE, script_url="", message=refusal))
    lab.state("redundant")
    with pytest.raises(WaitFailed) as caught:
        lab.has(condition, timeout_s=60)
    assert f"{condition!r} cannot come any more: {SCOPE}sw.js is redundant, its install failed: rejected" in str(
        caught.value
    )
    assert len(str(caught.value).split("\n")) == 2


@pytest.mark.parametrize("condition", ["activated", "active"])
def test_a_failed_install_does_not_end_it_while_another_worker_is_on_its_way(lab: FakeLab, condition: str) -> None:
    lab.state("redundant", "w1")
    lab.state("installing", "w2", "parsed")
    lab.lacks(condition)


def test_a_failed_install_before_the_mark_does_not_count(lab: FakeLab) -> None:
    lab.state("redundant", "w1")
    lab.log.act()
    lab.lacks("activated")


def test_a_worker_that_was_replaced_is_no_failed_install(lab: FakeLab) -> None:
    lab.state("redundant", "w1", "activated")
    lab.lacks("activated")


# ---- states ---------------------------------------------------------------------------------------------------------


def test_active_is_looked_at_now(lab: FakeLab) -> None:
    assert "no worker is activated" in lab.lacks("active")
    assert "w1 is not known" in lab.lacks("active w1")
    lab.state("activated")
    lab.log.act()
    assert lab.has("active") is None
    assert lab.has("active w1") is None
    lab.state("redundant", "w1", "activated")
    assert "w1 is redundant" in lab.lacks("active w1")


def test_stopped_is_seen_although_it_runs_again(lab: FakeLab) -> None:
    lab.state("activated")
    lab.runs("running")
    lab.log.act()
    assert "1 of the workers are not stopped" in lab.lacks("stopped")
    lab.runs("stopped")
    lab.runs("starting")
    assert lab.has("stopped") is None
    assert lab.has("stopped w1") is None
    lab.log.act()
    lab.lacks("stopped")
    assert "w1 is not stopped" in lab.lacks("stopped w1")
    lab.lacks("stopped w9")


def test_stopped_means_all_workers_of_the_scope(lab: FakeLab) -> None:
    for label in ("w1", "w2"):
        lab.state("activated", label)
        lab.runs("running", label)
    lab.log.act()
    lab.runs("stopped", "w1")
    assert "1 of the workers are not stopped" in lab.lacks("stopped")
    assert lab.has("stopped w1") is None
    lab.runs("stopped", "w2")
    assert lab.has("stopped") is None


def test_controlled_means_a_window_a_frame_or_a_worker(lab: FakeLab) -> None:
    lab.client("c1", "home")
    lab.client("c2")
    lab.client("c3", type=ClientType.WORKER)
    lab.log.act()
    lab.add(ClientControlled(actor="c2", client="c2", worker="w1"))
    assert lab.has("controlled c2") is None
    assert "no window is controlled" in lab.lacks("controlled")
    assert "the window 'home' is not controlled" in lab.lacks("controlled home")
    lab.add(ClientControlled(actor="home", client="c1", worker="w1"))
    for condition in ("controlled", "controlled home", "controlled c1"):
        assert lab.has(condition) is None
    lab.lacks("controlled c3")
    with pytest.raises(WindowUnknown):
        lab.has("controlled nobody")


def test_controlled_is_seen_although_it_was_released(lab: FakeLab) -> None:
    lab.client("c1", "home")
    lab.add(ClientControlled(actor="home", client="c1", worker="w1"), ClientGone(actor="home", client="c1"))
    assert lab.has("controlled home") is None
    lab.log.act()
    lab.lacks("controlled c1")


def test_controlled_of_a_scope(lab: FakeLab) -> None:
    lab.client("c1", "home")
    lab.state("activated")
    lab.add(ClientControlled(actor="home", client="c1", worker="w1"))
    assert lab.has("controlled home", scope="/") is None
    lab.lacks("controlled home", scope="/other/")


def test_clients_are_counted_and_seen_although_one_more_came(lab: FakeLab) -> None:
    lab.state("activated")
    for number in (1, 2, 3):
        lab.client(f"c{number}", f"window{number}")
        lab.add(ClientControlled(actor=f"window{number}", client=f"c{number}", worker="w1"))
    lab.client("c4", type=ClientType.WORKER)
    lab.add(ClientControlled(actor="c4", client="c4", worker="w1"))
    for number in (1, 2, 3):
        assert lab.has(f"clients {number}") is None
    assert "it controls 3 windows" in lab.lacks("clients 4")
    lab.log.act()
    assert lab.has("clients 3") is None
    lab.lacks("clients 2")
    lab.add(ClientReleased(actor="window1", client="c1", worker="w1"))
    assert lab.has("clients 2") is None
    lab.add(ClientChanged(actor="window2", client="c2", lifecycle=Lifecycle.CACHED))
    assert lab.has("clients 1") is None
    lab.add(ClientGone(actor="window3", client="c3"))
    assert lab.has("clients 0") is None
    lab.log.act()
    lab.add(ClientReturned(actor="window3", client="c3"))
    assert lab.has("clients 1") is None


# ---- messages -------------------------------------------------------------------------------------------------------


def test_a_message_by_names_and_labels(lab: FakeLab) -> None:
    lab.client("c1", "home")
    lab.state("activated")
    lab.message("home", "w1", b"[1]")
    for condition in ("message home worker", "message c1 w1", "message * *", "message home *", "message * worker"):
        found = lab.has(condition)
        assert isinstance(found, Message)
        assert (found.sender, found.receiver) == ("home", "worker")
    for condition in ("message worker home", "message * home", "message c9 *", "message * w9"):
        assert "arrived" in lab.lacks(condition)
    with pytest.raises(InvalidArgument, match="is called 'hom'"):
        lab.has("message hom worker")


def test_a_message_that_did_not_arrive_is_no_message(lab: FakeLab) -> None:
    lab.client("c1", "home")
    lab.message("home", "w1", arrives=False)
    lab.lacks("message home *")


def test_it_says_that_nobody_hears_a_worker_that_is_left_alone(lab: FakeLab) -> None:
    lab.client("c1", "home")
    assert "in `detached` nobody hears" in lab.lacks("message home worker")
    lab.settings.attach = Attach.HOLD
    assert "nobody hears" not in lab.lacks("message home worker")


def test_where_by_an_expression_and_by_a_function(lab: FakeLab) -> None:
    lab.client("c1", "home")
    lab.message("home", "w1", b'{"t": [[]]}')  # no wire at all: damaged
    text = lab.lacks("message home *", where="data.n > 3")
    assert "1 message from home to anybody came and did not fit (the browser's answer is damaged" in text
    assert isinstance(lab.has("message home *", where="size == 11"), Message)
    assert isinstance(lab.has("message home *", where=lambda m: m.sender == "home"), Message)
    with pytest.raises(ZeroDivisionError):
        lab.has("message home *", where=lambda _: 1 / 0)
    with pytest.raises(InvalidArgument, match="waits for none"):
        lab.has("active", where="data")
    with pytest.raises(InvalidArgument, match="--where knows no"):
        lab.has("message home *", where="dat")


# ---- what it says when nothing came -----------------------------------------------------------------------------------


def test_it_tells_what_did_happen_in_three_lines(lab: FakeLab) -> None:
    lab.client("c1", "home")
    lab.log.act()
    assert "since the mark nothing happened" in lab.lacks("message home *")
    lab.add(WindowLoaded(target_id=TargetId("T"), name=HOSTILE))
    lab.message("home", "w1", HOSTILE.encode())
    lab.add(MessageUndelivered(channel=HOSTILE, fate=MessageFate.LOST, why=HOSTILE, cause=2))
    for condition in ("message * home", "loaded home", "redundant"):
        text = lab.lacks(condition)
        assert len(text.split("\n")) == 3
        assert text.isprintable() or set(text) - {"\n"} == {c for c in text if c.isprintable()}
        assert "1 message.sent" in text
        assert len(text) < 1500
    assert "last: home → worker" in lab.lacks("message * home")
    assert "last: window.loaded" in lab.lacks("loaded home")
