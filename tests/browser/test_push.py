"""Push and background sync against a real browser: what the worker gets, and when the verb returns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import psutil
import pytest

import swnb
from swnb.browser.anchor import Anchor
from swnb.errors import LabError
from swnb.events import EventSettled, PushReceived, Surprise, SyncReceived, WorkerRunningChanged
from swnb.vocab import Attach, Heard
from tests.browser.scenes import EAGER, SKIP, controlled, page, script

WORKER = (
    EAGER
    + """
globalThis.got = [];
const slowly = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
addEventListener('push', (event) => {
  const text = event.data && event.data.text();
  got.push([text, event.isTrusted]);
  if (text === 'slow') event.waitUntil(slowly(100).then(() => got.push('over')));
  if (text === 'late') event.waitUntil(slowly(20).then(() => event.waitUntil(slowly(80).then(() => got.push('over')))));
  if (text === 'reject') event.waitUntil(Promise.reject(new Error('no')));
  if (text === 'throw') throw new TypeError('thrown');
  if (text === 'never') event.waitUntil(new Promise(() => {}));
  if (text === 'show') event.waitUntil(registration.showNotification('pushed', {tag: 'p'}));
});
addEventListener('sync', (event) => {
  got.push([event.tag, event.lastChance]);
  if (event.tag === 'reject') event.waitUntil(Promise.reject(1));
  if (event.tag === 'slow') event.waitUntil(slowly(100).then(() => got.push('over')));
});
addEventListener('periodicsync', (event) => got.push([event.tag, 'periodic']));
"""
)
HELD = "oninstall = () => {};\nonpush = () => {};\n"


@pytest.fixture(autouse=True)
def no_surprise(lab: swnb.Lab) -> Iterator[None]:
    mark = lab.mark()
    yield
    assert [event.what for event in lab.log.since(mark) if isinstance(event, Surprise)] == []


@pytest.fixture
def home(lab: swnb.Lab) -> swnb.Window:
    return controlled(lab, source=WORKER)


def got(lab: swnb.Lab) -> object:
    return lab.worker.evaluate("got.splice(0)")


# ---- what a push carries ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("hello", "hello"),
        ("ünï 😀 \x00\x80 \u202e </script>", "ünï 😀 \x00\x80 \u202e </script>"),
        ("x" * 100_000, "x" * 100_000),
        (b"\xc3\xbc", "ü"),
        (bytearray(b"bytes"), "bytes"),
        (memoryview(b"view"), "view"),
        ({"chat": 1, "text": "ü"}, '{"chat":1,"text":"ü"}'),
        ([1, 2.5, None, True], "[1,2.5,null,true]"),
        (0, "0"),
        (False, "false"),
        (None, None),
        ("", None),
        (b"", None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, memoryview) else repr(value)[:20],
)
def test_what_comes_of_data(lab: swnb.Lab, home: swnb.Window, data: object, text: str | None) -> None:
    delivery = lab.push(data)
    assert (delivery.type, delivery.failed, delivery.errors) == ("push", False, ())
    assert isinstance(delivery.event, PushReceived)
    assert delivery.event.text == text
    assert delivery.event.actor == delivery.worker
    assert lab.log[delivery.event.seq] is delivery.event
    assert got(lab) == [[text, True]]


@pytest.mark.parametrize(
    ("data", "what", "todo"),
    [
        (b"\x00\xff", "these 2 bytes cannot be pushed: they are no UTF-8 at byte 1", "carries text alone"),
        (float("nan"), "this float cannot be pushed", "plain data"),
        ({1, 2}, "this set cannot be pushed: it has no JSON", "plain data"),
        (object(), "this object cannot be pushed", "plain data"),
    ],
    ids=["bytes", "nan", "set", "object"],
)
def test_data_that_cannot_be_sent(lab: swnb.Lab, home: swnb.Window, data: object, what: str, todo: str) -> None:
    mark = lab.mark()
    with pytest.raises(swnb.InvalidArgument) as caught:
        lab.push(data)
    first, second = str(caught.value).split("\n")
    assert what in first and todo in second
    assert not [event for event in lab.log.since(mark) if isinstance(event, PushReceived)]


# ---- when it is over ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["slow", "late"])
def test_it_returns_when_what_it_waits_for_has_settled(lab: swnb.Lab, home: swnb.Window, text: str) -> None:
    delivery = lab.push(text)
    assert got(lab) == [[text, True], "over"]
    settled = next(event for event in lab.log.of("event.settled") if event.cause == delivery.event.seq)
    assert isinstance(settled, EventSettled)
    assert (settled.type, settled.failed, settled.actor) == ("push.received", False, delivery.worker)


def test_one_that_is_rejected_or_throws(lab: swnb.Lab, home: swnb.Window) -> None:
    rejected = lab.push("reject")
    assert rejected.failed is True
    assert "something that it waited for was rejected" in repr(rejected)
    thrown = lab.push("throw")
    assert thrown.failed is False  # nothing was given to `waitUntil`
    assert "TypeError: thrown" in thrown.errors[0].text
    assert "uncaught: " in repr(thrown) and "\n" not in repr(thrown)
    assert lab.push("after").failed is False


def test_one_that_never_settles_still_runs(lab: swnb.Lab, home: swnb.Window) -> None:
    with pytest.raises(swnb.WaitTimeout) as caught:
        lab.push("never", timeout_s=0.3)
    assert "waited 0.3 s for 'push event over'; now: it still runs in w" in str(caught.value)
    assert lab.push("another").failed is False
    assert got(lab) == [["never", True], ["another", True]]


def test_a_worker_without_a_listener(lab: swnb.Lab) -> None:
    controlled(lab)
    assert repr(lab.push("nobody listens")).startswith("<push to w")
    assert lab.sync("nobody").failed is False


def test_a_push_shows_a_notification(lab: swnb.Lab, home: swnb.Window) -> None:
    delivery = lab.push("show")
    assert home.evaluate("(await (await navigator.serviceWorker.ready).getNotifications()).map((n) => n.title)") == [
        "pushed"
    ]
    shown = lab.log.of("notification.shown")[-1]
    assert shown.cause == delivery.event.seq


def test_silent_pushes_have_no_consequences(lab: swnb.Lab, home: swnb.Window) -> None:
    """Elsewhere a push that shows nothing costs a site its right to push, or the browser shows something itself."""
    for number in range(40):
        lab.push(number)
    assert len(got(lab)) == 40  # type: ignore[arg-type]
    assert home.evaluate("(await (await navigator.serviceWorker.ready).getNotifications()).length") == 0


@pytest.mark.parametrize("setting", ["denied", "prompt"])
def test_it_needs_no_permission(lab: swnb.Lab, home: swnb.Window, setting: str) -> None:
    lab.permissions.set("notifications", setting)
    try:
        lab.push("unasked")
    finally:
        lab.permissions.reset()
    assert got(lab) == [["unasked", True]]


def test_it_brings_no_window_interaction(lab: swnb.Lab) -> None:
    controlled(
        lab,
        source=EAGER
        + "onpush = (e) => e.waitUntil(clients.openWindow('/').catch((error) => { globalThis.refused = error.name }))",
    )
    lab.push()
    assert lab.worker.evaluate("refused") == "InvalidAccessError"


# ---- workers and registrations in every state ------------------------------------------------------------------------------


def test_a_stopped_worker_is_started(lab: swnb.Lab, home: swnb.Window) -> None:
    for turn in range(5):
        lab.worker.stop()
        mark = lab.mark()
        delivery = lab.push(turn)
        assert isinstance(delivery.event, PushReceived) and delivery.event.text == str(turn)
        assert [e.running for e in lab.log.since(mark) if isinstance(e, WorkerRunningChanged)][-1] == "running"
    assert got(lab) == [["4", True]]


def test_no_registration(lab: swnb.Lab) -> None:
    with swnb.Lab(timeout_s=20.0) as bare, pytest.raises(swnb.RegistrationUnknown, match="there is no registration"):
        bare.push("a")
    for act in (lab.push, lab.sync, lab.periodic_sync):
        with pytest.raises(swnb.RegistrationUnknown):
            act("a")
    with pytest.raises(swnb.RegistrationUnknown, match=r"no registration has the scope http://lab\.localhost/x"):
        lab.push("a", scope="/x")


def test_installing_and_waiting_alone_are_not_enough(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    lab.register(script(lab, "oninstall = (e) => e.waitUntil(new Promise((r) => { globalThis.go = r }))"), window=home)
    with pytest.raises(swnb.WorkerMissing, match=r"http://lab\.localhost/ has no active worker\nit has installing"):
        lab.push("a")
    lab.find_worker(role="installing").evaluate("go(); 0")
    lab.wait("active")
    lab.site.write("/sw.js", HELD)
    lab.registration().update()
    lab.wait("installed")
    assert lab.push("to the active one").worker == next(iter(lab.world.registrations)).active


def test_one_whose_install_fails_has_none(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    lab.register(script(lab, "oninstall = (e) => e.waitUntil(Promise.reject(1))"), window=home)
    lab.wait("redundant")
    with pytest.raises(swnb.RegistrationUnknown, match="is not registered any more"):
        lab.push("a", timeout_s=5)


def test_unregistered(lab: swnb.Lab, home: swnb.Window) -> None:
    lab.registration().unregister()
    with pytest.raises(swnb.RegistrationUnknown) as caught:
        lab.push("a")
    what, todo = str(caught.value).split("\n")
    assert what == "http://lab.localhost/ is not registered any more: no event comes to its worker"
    assert "register it again" in todo
    with pytest.raises(swnb.RegistrationUnknown, match="is not registered any more"):
        lab.sync("a", scope="/")


def test_stopped_in_the_middle_of_it(lab: swnb.Lab, home: swnb.Window) -> None:
    async def both() -> object:
        pushing = asyncio.ensure_future(lab.asynchronous.push("never"))
        await lab.asynchronous.wait("started")
        while not any(isinstance(event, PushReceived) for event in lab.log.since(mark)):
            await anext(followed)
        await lab.asynchronous.worker.stop()
        return (await asyncio.gather(pushing, return_exceptions=True))[0]

    lab.worker.stop()
    mark = lab.mark()
    followed = lab.log.follow(mark)
    error = lab.run(both)
    assert isinstance(error, LabError)
    assert "was stopped before the push event was over" in str(error)
    assert lab.push("next").failed is False


def test_another_version_takes_over_between_two_pushes(lab: swnb.Lab, home: swnb.Window) -> None:
    first = lab.push("one").worker
    lab.site.write("/sw.js", WORKER + "// another")
    lab.registration().update()
    lab.wait("activated")
    second = lab.push("two").worker
    assert first != second
    assert second == next(iter(lab.world.registrations)).active


def test_two_scopes(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    lab.site.write("/a/sw.js", WORKER)
    lab.site.write("/b/sw.js", WORKER)
    lab.register("/a/sw.js", window=home)
    lab.wait("active", scope="/a/")
    lab.register("/b/sw.js", window=home)
    lab.wait("active", scope="/b/")
    lab.push("to b")
    lab.push("to a", scope="/a/")
    told = {scope: lab.find_worker(scope=scope).evaluate("got") for scope in ("/a/", "/b/")}
    assert told == {"/a/": [["to a", True]], "/b/": [["to b", True]]}


def test_many_at_once_come_each_to_its_caller(lab: swnb.Lab, home: swnb.Window) -> None:
    async def many() -> list[int]:
        deliveries = await asyncio.gather(*(lab.asynchronous.push("slow" if n % 5 == 0 else "same") for n in range(50)))
        return [delivery.event.seq for delivery in deliveries]

    assert len(set(lab.run(many))) == 50


# ---- background sync ----------------------------------------------------------------------------------------------------------


def test_sync_events(lab: swnb.Lab, home: swnb.Window) -> None:
    for tag, last_chance in (("outbox", False), ("ünï 😀", True), ("", False)):
        delivery = lab.sync(tag, last_chance=last_chance)
        assert isinstance(delivery.event, SyncReceived)
        assert (delivery.type, delivery.event.tag, delivery.event.last_chance) == ("sync", tag, last_chance)
        assert got(lab) == [[tag, last_chance]]
    assert lab.sync("slow").failed is False
    assert got(lab) == [["slow", False], "over"]
    assert lab.sync("reject").failed is True
    periodic = lab.periodic_sync("news")
    assert isinstance(periodic.event, SyncReceived)
    assert (periodic.type, periodic.event.periodic) == ("periodicsync", True)
    assert got(lab) == [["reject", False], ["news", "periodic"]]


@pytest.mark.parametrize("tag", [None, 1, b"x", "half \ud800"])
def test_what_is_no_tag(lab: swnb.Lab, home: swnb.Window, tag: str) -> None:
    for act in (lab.sync, lab.periodic_sync):
        with pytest.raises(swnb.InvalidArgument, match="tag"):
            act(tag)


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan")])
def test_what_is_no_time(lab: swnb.Lab, home: swnb.Window, timeout_s: float) -> None:
    with pytest.raises(swnb.InvalidArgument, match=r"timeout_s is .*\ngive a number of seconds greater than 0"):
        lab.push("a", timeout_s=timeout_s)


def test_what_a_page_registers_itself_comes_and_is_heard(lab: swnb.Lab, home: swnb.Window) -> None:
    home.evaluate("await (await navigator.serviceWorker.ready).sync.register('mine'); 0")
    follow = lab.log.follow(lab.log.acting)

    async def heard() -> list[object]:
        found: list[object] = []
        while not (found and isinstance(found[-1], EventSettled)):
            found.append(await anext(follow))
        return found

    found = lab.run(heard)
    synced = next(event for event in found if isinstance(event, SyncReceived))
    assert (synced.tag, synced.periodic) == ("mine", False)
    assert lab.worker.evaluate("registration.sync.getTags()") == []
    assert lab.sync("mine").event.seq != synced.seq


def test_a_page_may_register_a_periodic_sync_once_it_is_granted(lab: swnb.Lab, home: swnb.Window) -> None:
    ask = "await (await navigator.serviceWorker.ready).periodicSync.register('news', {minInterval: 1000}); 0"
    with pytest.raises(swnb.JavaScriptError, match="Permission denied"):
        home.evaluate(ask)
    lab.permissions.set("periodic-background-sync", "granted")
    try:
        home.evaluate(ask)
        assert home.evaluate("(await navigator.serviceWorker.ready).periodicSync.getTags()") == ["news"]
    finally:
        lab.permissions.reset()
    lab.periodic_sync("news")
    assert got(lab) == [["news", "periodic"]]


# ---- a worker that is left alone -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def left_alone() -> Iterator[swnb.Lab]:
    with swnb.Lab(timeout_s=20.0, attach=Attach.DETACHED) as lab:
        page(lab, "/", "home")
        lab.register(script(lab, WORKER))
        lab.wait("active")
        yield lab


def test_in_detached_the_browser_tells_what_became_of_it(left_alone: swnb.Lab) -> None:
    lab = left_alone
    for text, failed in (("hello", False), ("slow", False), ("reject", True), ("throw", False), (None, False)):
        delivery = lab.push(text)
        assert delivery.failed is failed, text
        assert isinstance(delivery.event, PushReceived)
        assert (delivery.event.text, delivery.event.heard) == (text, Heard.INFERRED)
        settled = lab.log.of("event.settled")[-1]
        assert isinstance(settled, EventSettled)
        assert (settled.cause, settled.failed, settled.heard) == (delivery.event.seq, failed, Heard.INFERRED)
    assert got(lab) == [["hello", True], ["slow", True], "over", ["reject", True], ["throw", True], [None, True]]
    lab.worker.stop()
    lab.push("starts it")
    assert got(lab) == [["starts it", True]]


def test_in_detached_the_end_of_a_sync_is_not_told(left_alone: swnb.Lab) -> None:
    delivery = left_alone.sync("slow", last_chance=True)
    assert delivery.failed is None
    assert isinstance(delivery.event, SyncReceived) and delivery.event.last_chance
    assert "its end is not told" in repr(delivery)
    assert left_alone.periodic_sync("news").failed is None


def test_in_detached_one_that_never_settles(left_alone: swnb.Lab) -> None:
    lab = left_alone
    with pytest.raises(swnb.WaitTimeout, match="it still runs in w1: what was given to `waitUntil` has not settled"):
        lab.push("never", timeout_s=0.3)
    with pytest.raises(swnb.WaitTimeout) as caught:
        for _ in range(2):
            lab.push("never", timeout_s=0.3)
    assert "or one of 1 before it does" in str(caught.value)


def test_in_detached_nothing_is_recorded_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, object]] = []
    send = Anchor.send

    async def recorded(anchor: Anchor, method: str, params: dict[str, object]) -> dict[str, object]:
        sent.append((method.removeprefix("BackgroundService."), params.get("shouldRecord")))
        return await send(anchor, method, params)

    monkeypatch.setattr(Anchor, "send", recorded)
    with swnb.Lab(timeout_s=20.0, attach=Attach.DETACHED) as lab:
        page(lab, "/", "home")
        lab.register(script(lab, WORKER))
        lab.wait("active")
        lab.push("a")
        home = lab.window("home")
        lab.open("/", name="second")
        home.close()  # it was listened through this one
        lab.push("b")
        lab.registration().unregister()
        with pytest.raises(LabError):
            lab.push("c")
    told = [one for one in sent if "ServiceWorker" not in one[0]]
    once = [("startObserving", None), ("setRecording", True), ("setRecording", False), ("stopObserving", None)]
    assert told == once * 2


# ---- the browser goes ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("attach", list(Attach))
def test_the_browser_goes_in_the_middle_of_it(attach: Attach) -> None:
    with swnb.Lab(timeout_s=20.0, attach=attach) as lab:
        page(lab, "/", "home")
        lab.register(script(lab, WORKER))
        lab.wait("active")
        pid = lab.asynchronous.browser.pid
        assert pid is not None
        threading.Timer(0.2, psutil.Process(pid).kill).start()
        with pytest.raises(swnb.BrowserGone):
            lab.push("never", timeout_s=60)
        with pytest.raises(swnb.BrowserGone):
            lab.sync("a")


def test_before_a_start() -> None:
    for act in (swnb.Lab().push, swnb.Lab().sync, swnb.Lab().periodic_sync):
        with pytest.raises(swnb.NotStarted):
            act("a")


def test_a_skip_is_no_claim(lab: swnb.Lab) -> None:
    """A worker that controls nobody gets pushes, too."""
    controlled(lab, source=SKIP + "onpush = (e) => { globalThis.text = e.data.text() }")
    lab.push("to a worker without clients")
    assert lab.worker.evaluate("text") == "to a worker without clients"
