"""`wait` against a real browser: nothing that happened since the mark is missed, and what did happen is told."""

from __future__ import annotations

import asyncio
from threading import get_ident

import pytest

import swnb
from swnb.errors import WaitFailed
from swnb.events import Event, MessageReceived, WorkerStateChanged
from swnb.messages import Message
from tests.browser.scenes import EAGER, controlled, page, script, text

ECHO = EAGER + "onmessage = e => e.source.postMessage({echo: e.data})\n"
POST = "navigator.serviceWorker.controller.postMessage(%s)"
HEARS = "<script>navigator.serviceWorker.onmessage = () => {}</script>"


def scene(lab: swnb.Lab) -> swnb.Window:
    """A window that an echoing worker controls."""
    window = page(lab, "/", "home", HEARS)
    lab.register(script(lab, ECHO), scope="/", window=window)
    assert lab.wait("controlled home") is None
    return window


def arrived(found: object) -> Message:
    assert isinstance(found, Message)
    return found


def test_a_message_that_came_already_and_one_that_is_to_come(lab: swnb.Lab) -> None:
    home = scene(lab)
    home.evaluate(POST % "{n: 1}")
    sent = arrived(lab.wait("message home worker"))
    assert (sent.sender, sent.receiver, sent.data) == ("home", "worker", {"n": 1})
    assert sent.received_at is not None
    answer = arrived(lab.wait("message worker home", where="data.echo.n == 1"))
    assert answer.data == {"echo": {"n": 1}}
    lab.mark()
    home.evaluate(f"setTimeout(() => {POST % '{n: 2}'}, 50); 0")
    assert arrived(lab.wait("message * home", where="data.echo.n == 2")).sender == "worker"


def test_of_many_messages_the_first_that_fits(lab: swnb.Lab) -> None:
    home = scene(lab)
    mark = lab.mark()
    home.evaluate(f"for (let i = 0; i < 100; i++) {POST % '{i, text: `t${i}`}'}; 0")
    assert arrived(lab.wait("message home worker", where="data.i > 41 and data.text.endswith('0')")).data["i"] == 50
    assert arrived(lab.wait("message worker *", where=lambda m: m.data["echo"]["i"] == 99)).receiver == "home"
    assert arrived(lab.wait("message home worker", mark=mark)).data["i"] == 0
    with pytest.raises(swnb.WaitTimeout, match="100 messages from home to worker came and did not fit") as caught:
        lab.wait("message home worker", where="data.i > 100", timeout_s=0.2)
    lines = str(caught.value).split("\n")
    assert len(lines) == 3
    assert "200 message.received" in lines[1] and "last: " in lines[1]


def test_a_message_from_a_frame_by_its_label(lab: swnb.Lab) -> None:
    lab.site.write("/frame", f"<!doctype html>{HEARS}", content_type="text/html")
    window = page(lab, "/", "home", f"{HEARS}<iframe src='/frame'></iframe>")
    lab.register(script(lab, ECHO), scope="/", window=window)
    lab.wait("clients 2")
    frame = next(row for row in lab.world.clients if row.frame_type == "nested")
    assert lab.wait(f"controlled {frame.label}") is None
    window.evaluate("frames[0]." + POST % "'from the frame'")
    assert arrived(lab.wait(f"message {frame.label} worker")).data == "from the frame"


def test_what_a_page_sends_is_shown_as_text(lab: swnb.Lab) -> None:
    home = scene(lab)
    home.evaluate(POST % "'<script>\\u001b[31m\\u202e' + 'x'.repeat(100000)")
    with pytest.raises(swnb.WaitTimeout) as caught:
        lab.wait("message home worker", where="data == 1", timeout_s=0.2)
    said = str(caught.value)
    assert "\x1b" not in said and "\u202e" not in said
    assert len(said) < 2_000


def test_an_install_that_fails_ends_the_wait(lab: swnb.Lab) -> None:
    window = page(lab, "/", "home")
    lab.register(script(lab, "oninstall = e => e.waitUntil(Promise.reject(new Error('no')))"), window=window)
    for condition in ("installed", "activated", "active"):
        with pytest.raises(
            WaitFailed, match=r"cannot come any more: http.*sw\.js is redundant, its install failed: .*rejected"
        ):
            lab.wait(condition, timeout_s=60)
    assert isinstance(lab.wait("redundant"), WorkerStateChanged)


def test_an_update_that_fails_leaves_the_active_worker(lab: swnb.Lab) -> None:
    controlled(lab)
    script(lab, "oninstall = e => e.waitUntil(Promise.reject(1))")
    lab.registration("/").update()
    assert lab.wait("active") is None
    with pytest.raises(WaitFailed):
        lab.wait("installed", timeout_s=60)
    event = lab.wait("redundant")
    assert isinstance(event, WorkerStateChanged)
    assert lab.wait(f"redundant {event.actor}") is event
    active = lab.world.registrations[f"{lab.site.url}/"].active
    assert active not in (None, event.actor)
    assert lab.wait(f"active {active}") is None


def test_stopped_is_seen_although_the_worker_runs_again(lab: swnb.Lab) -> None:
    home = scene(lab)
    lab.worker.stop()
    lab.asynchronous.log.act()
    with pytest.raises(swnb.WaitTimeout):
        lab.wait("ended", timeout_s=0.05)
    mark = lab.mark()
    home.evaluate(POST % "1")  # the browser starts it again
    lab.wait("message home worker")
    lab.worker.stop()
    home.evaluate(POST % "2")
    arrived(lab.wait("message home worker", where="data == 2"))
    assert lab.wait("stopped", mark=mark) is None
    label = next(row.label for row in lab.world.workers if row.running == "running")
    assert lab.wait(f"stopped {label}", mark=mark) is None
    with pytest.raises(swnb.WaitTimeout, match=f"{label} is not stopped"):
        lab.wait(f"stopped {label}", timeout_s=0.05)


def test_clients_is_seen_although_one_more_came(lab: swnb.Lab) -> None:
    controlled(lab)
    mark = lab.mark()
    for number in range(3):
        page(lab, f"/?{number}", f"window{number}")
    for number in (2, 3, 4):
        assert lab.wait(f"clients {number}", mark=mark) is None
    lab.window("window0").close()
    assert lab.wait("clients 3") is None
    with pytest.raises(swnb.WaitTimeout, match="it controls 3 windows"):
        lab.wait("clients 9", timeout_s=0.1)


def test_bad_input_is_refused_at_once(lab: swnb.Lab) -> None:
    scene(lab)
    for condition, where, told in (
        ("message home", None, "does not say whose message"),
        ("message nobody worker", None, "is called 'nobody'"),
        ("message home worker", "data &&", "it is Python: && is and"),
        ("message home worker", "open('/etc/passwd')", "cannot do"),
        ("active", "data", "waits for none"),
        ("redundant home", None, "is no worker"),
        ("controlled nobody", None, "no window is named 'nobody'"),
    ):
        with pytest.raises(swnb.LabError, match=told) as caught:
            lab.wait(condition, where=where, timeout_s=60)
        assert len(str(caught.value).split("\n")) == 2
    with pytest.raises(swnb.LabError, match="5 is no window") as caught:
        lab.wait("controlled", window=5)  # type: ignore[arg-type]
    assert len(str(caught.value).split("\n")) == 2


def test_a_window_is_given_by_itself_or_by_its_name(lab: swnb.Lab) -> None:
    scene(lab)
    home = lab.window("home")
    for window in (home, "home"):
        mark = lab.mark()
        home.reload()
        assert lab.wait("loaded", window=window, mark=mark, timeout_s=10) is not None


def test_handlers_are_called_in_the_lab_s_thread_until_they_are_taken_back(lab: swnb.Lab) -> None:
    home = scene(lab)
    heard: list[tuple[Event, int]] = []
    off = lab.on("message.received", lambda event: heard.append((event, get_ident())))
    home.evaluate(POST % "1")
    arrived(lab.wait("message worker home"))
    assert all(isinstance(event, MessageReceived) for event, _ in heard)
    assert len(heard) == 2
    assert {thread for _, thread in heard} != {get_ident()}
    off()
    home.evaluate(POST % "2")
    arrived(lab.wait("message worker home", where="data.echo == 2"))
    assert len(heard) == 2


def test_the_world_is_folded_as_the_log_grows(lab: swnb.Lab) -> None:
    home = scene(lab)
    row = lab.world.clients["home"]
    assert row.url == home.url
    assert row.controller is not None
    assert lab.world.workers[row.controller].controlled == (row.label,)
    home.close()
    assert "home" not in lab.world.clients
    assert lab.world is lab.asynchronous.world


def test_the_asynchronous_lab_waits_and_hears_the_same() -> None:
    async def scene() -> list[str]:
        async with swnb.AsyncLab(timeout_s=20.0) as lab:
            lab.site.write("/", f"<!doctype html>{HEARS}", content_type="text/html")
            lab.site.write("/sw.js", ECHO)
            kinds: list[str] = []
            lab.on("message", lambda event: kinds.append(event.kind))
            window = await lab.open("/", name="home")
            await lab.register("/sw.js", window=window)
            await lab.wait("controlled home")
            waiting = asyncio.create_task(lab.wait("message worker home", where="data.echo == 'x'"))
            await window.evaluate(POST % "'x'")
            assert text(arrived(await waiting).data["echo"]) == "x"
            assert lab.world.clients["home"].controller == "w1"
            return kinds

    assert sorted(asyncio.run(scene())) == ["message.received"] * 2 + ["message.sent"] * 2
