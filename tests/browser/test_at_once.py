"""What a renderer that crashes in mid-stream takes along: nothing but what it does just then, where all is told at once."""

from __future__ import annotations

import json
import time

import pytest

import swnb
from swnb.browser.find import find_chromium
from swnb.events import MessageSent, WindowCrashed
from swnb.vocab import Heard, TargetId
from tests.bench.hearing_labs import Side

MUCH = 9
"""So many facts come in one batch only from an agent that holds some back."""

STREAM = """<!doctype html><title>stream</title><script>
const spoken = new BroadcastChannel("spoken"), turns = new MessageChannel();
let said = 0;
turns.port1.onmessage = () => { spoken.postMessage(said++); turns.port2.postMessage(0); };
</script>"""

WITNESS = """<!doctype html><title>witness</title><script>
let last = -1;
new BroadcastChannel("spoken").onmessage = event => { last = event.data; };
</script>"""


def stream(side: Side) -> tuple[swnb.Window, swnb.Window]:
    """Open a window that speaks without a pause, and one in a process of its own that hears it."""
    lab = side.lab
    lab.site.write("/witness", WITNESS, content_type="text/html")
    lab.site.write("/stream", STREAM, content_type="text/html")
    witness, speaker = lab.open("/witness", name="witness"), lab.open("/stream", name="stream")
    speaker.evaluate("turns.port2.postMessage(0); 0")
    return speaker, witness


def last_of(witness: swnb.Window) -> int:
    """Return the number of the last message that it heard."""
    return int(str(witness.evaluate("last")))


def until_heard(witness: swnb.Window, count: int) -> None:
    deadline = time.monotonic() + 60.0
    while last_of(witness) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def crash(lab: swnb.Lab, window: swnb.Window) -> None:
    """Crash a window's renderer, and wait until the log says so."""
    target = lab.asynchronous.browser.targets.by_id[TargetId(window.target_id)]
    mark = lab.mark()

    async def both() -> None:
        target.session.post("Page.crash")
        async for event in lab.log.follow(mark):
            if isinstance(event, WindowCrashed):
                return

    lab.run(both)


def largest(side: Side) -> int:
    """Return how many facts the largest batch of a page had."""
    return max(len(json.loads(payload)[2]) for payload in side.said["page"])


def test_no_worker_is_allowed_to_hold_back() -> None:
    with swnb.Lab(at_once=True) as sure, swnb.Lab("quick") as quick:
        allowed = [lab.asynchronous.probe._holding._alone for lab in (sure, quick) if lab.asynchronous.probe]
    assert allowed == [False, True]


@pytest.mark.slow
def test_a_renderer_that_crashes_takes_nothing_along() -> None:
    side = Side(str(find_chromium()), hears=True, at_once=True)
    side.keep_batches()
    try:
        for count in (300, 600, 900):
            mark = side.lab.mark()
            speaker, witness = stream(side)
            until_heard(witness, count)
            crash(side.lab, speaker)
            side.quiet()
            sent = [event for event in side.lab.log.since(mark) if isinstance(event, MessageSent)]
            told = {e.data for e in sent if e.channel.startswith("BroadcastChannel") and e.heard is Heard.HEARD}
            assert set(range(last_of(witness))) <= told  # the last call may be the one in whose middle it crashed
            speaker.close()
            witness.close()
        assert largest(side) == 1
    finally:
        side.lab.stop()


def test_otherwise_much_is_held_back() -> None:
    side = Side(str(find_chromium()), hears=True)
    side.keep_batches()
    try:
        speaker, witness = stream(side)
        until_heard(witness, 300)
        speaker.close()
        side.quiet()
        assert largest(side) >= MUCH
    finally:
        side.lab.stop()


COUNTING = """<!doctype html><title>home</title><script>
let last = -1;
navigator.serviceWorker.onmessage = event => { last = event.data; };
</script>"""


@pytest.mark.parametrize("at_once", [True, False])
def test_a_task_that_never_ends_has_told_what_it_did(at_once: bool) -> None:
    with swnb.Lab(at_once=at_once) as lab:
        lab.site.write("/", COUNTING, content_type="text/html")
        endless = "onmessage = e => { for (let i = 0; i < 50; i++) e.source.postMessage(i); for (;;); };"
        lab.site.write("/sw.js", endless, content_type="text/javascript")
        home = lab.open("/", name="home")
        lab.register("/sw.js", window=home)
        lab.wait("active")
        lab.clients.claim()
        home.evaluate("navigator.serviceWorker.controller.postMessage(0); 0")
        until_heard(home, 49)
        sent = [e.data for e in lab.log if isinstance(e, MessageSent) and e.actor == "w1" and e.heard is Heard.HEARD]
        assert (sent == list(range(50))) is at_once
        lab.worker.stop()
