"""The probe in a lab: clients appear, are identified, controlled, followed and end, and verbs return when the log is complete."""

from __future__ import annotations

import asyncio
import time
from typing import Any, TypeVar

import pytest

import swnb
from swnb.events import (
    CallMade,
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientGone,
    ClientIdentified,
    ClientReturned,
    ConsoleWritten,
    ControllerChange,
    Event,
    RegistrationChanged,
    Surprise,
    UpdateFound,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.lab.async_lab import AsyncLab
from tests.browser.scenes import CLAIM, EAGER, SKIP, controlled, page, script

E = TypeVar("E", bound=Event)


def events(lab: swnb.Lab, kind: type[E], mark: Any = None) -> list[E]:
    return [event for event in lab.log.since(mark or START[lab]) if isinstance(event, kind)]


START: dict[swnb.Lab, Any] = {}


@pytest.fixture(autouse=True)
def from_here(lab: swnb.Lab) -> Any:
    START[lab] = lab.mark()
    yield
    assert [event.what for event in events(lab, Surprise)] == []


def test_a_window_appears_and_is_identified_as_the_worker_lists_it(lab: swnb.Lab) -> None:
    controlled(lab)
    appeared = events(lab, ClientAppeared)
    assert [(e.actor, e.name, e.url, e.type, e.frame_type) for e in appeared] == [
        ("home", "home", "http://lab.localhost/", "window", "top-level")
    ]
    (identified,) = events(lab, ClientIdentified)
    assert identified.client == appeared[0].client
    assert [client.id for client in lab.clients.match_all()] == [identified.id]
    assert lab.clients.get("home").id == identified.id  # type: ignore[union-attr]
    assert appeared[0].target_id == lab.window("home").target_id


def test_twins_are_told_apart(lab: swnb.Lab) -> None:
    one, other = page(lab, "/", "one"), page(lab, "/", "other")
    lab.register(script(lab), window=one)
    lab.wait("controlled", window="other")
    names = {client.id: client.name for client in lab.clients.match_all()}
    assert sorted(str(name) for name in names.values()) == ["one", "other"]
    for window in (one, other):
        client = lab.clients.get(window.name)
        assert isinstance(client, swnb.WindowClient)
        window.evaluate("globalThis.got = new Promise(r => navigator.serviceWorker.onmessage = e => r(e.data)); 0")
        client.post_message(window.name)
        assert window.evaluate("got") == window.name
        assert names[client.id] == window.name


def test_a_page_does_not_hear_how_it_is_identified(lab: swnb.Lab) -> None:
    counting = "<script>n = 0; navigator.serviceWorker.onmessage = () => n++; onmessage = () => n++</script>"
    home = controlled(lab, body=counting)
    assert len(events(lab, ClientIdentified)) == 1
    lab.worker.evaluate("0")
    assert home.evaluate("n") == 0


def test_frames_have_rows_of_their_own(lab: swnb.Lab) -> None:
    lab.site.write("/frame.html", "<!doctype html>in")
    home = controlled(lab, body="<iframe src='/frame.html'></iframe>")
    top, frame = events(lab, ClientAppeared)
    assert (frame.owner, frame.frame_type, frame.name, frame.actor) == (top.client, "nested", None, frame.client)
    assert frame.ancestor_origins == ("http://lab.localhost",)
    ids = {e.client: e.id for e in events(lab, ClientIdentified)}
    listed = {client.url: client.id for client in lab.clients.match_all()}
    assert ids == {top.client: listed[home.url], frame.client: listed["http://lab.localhost/frame.html"]}
    assert {e.client for e in events(lab, ClientControlled)} == {top.client, frame.client}


def test_a_reload_is_a_new_client_linked_to_the_one_before(lab: swnb.Lab) -> None:
    home = controlled(lab)
    home.reload()
    first, second = events(lab, ClientAppeared)
    assert second.former == first.client
    one, two = events(lab, ClientIdentified)
    assert one.id != two.id
    assert [e.client for e in events(lab, ClientGone)] == [first.client]
    claimed, loaded = events(lab, ClientControlled)
    assert (claimed.reason, loaded.reason, loaded.worker) == ("claim", "load", claimed.worker)
    (change,) = events(lab, ControllerChange)
    assert (change.actor, change.script_url, change.client) == ("home", "http://lab.localhost/sw.js", first.client)


def test_history_changes_the_location_alone(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    home.evaluate("history.pushState(0, '', '/elsewhere')")
    lab.settle()
    changed = [e.location for e in events(lab, ClientChanged) if e.location is not None]
    assert changed == ["http://lab.localhost/elsewhere"]
    assert len(events(lab, ClientAppeared)) == 1


def test_dedicated_and_shared_workers_are_clients(lab: swnb.Lab) -> None:
    lab.site.write("/d.js", "postMessage('up'); onmessage = e => postMessage(e.data)")
    lab.site.write("/s.js", "onconnect = e => e.ports[0].postMessage('up')")
    home = controlled(lab)
    home.evaluate(
        "d = new Worker('/d.js'); await new Promise(r => d.onmessage = r);"
        "s = new SharedWorker('/s.js'); await new Promise(r => s.port.onmessage = r); 0"
    )
    lab.worker.evaluate("0")
    found = {e.url.rpartition("/")[2]: e for e in events(lab, ClientAppeared)}
    assert (found["d.js"].type, found["d.js"].frame_type, found["d.js"].owner) == ("worker", "none", found[""].client)
    assert (found["s.js"].type, found["s.js"].frame_type) == ("sharedworker", "none")
    lab.worker.evaluate("await clients.claim(); 0")
    lab.settle()
    ids = {e.client: (e.id, e.heard) for e in events(lab, ClientIdentified)}
    listed = {c.url: c.id for c in lab.clients.match_all(type="all", include_uncontrolled=True)}
    for name in ("d.js", "s.js"):
        assert ids[found[name].client] == (listed[f"http://lab.localhost/{name}"], "inferred")
    assert ids[found[""].client] == (listed["http://lab.localhost/"], "heard")
    home.evaluate("d.terminate(); 0")
    lab.window("home").evaluate("0")
    home.close()
    assert {found[""].client, found["d.js"].client} <= {e.client for e in events(lab, ClientGone)}


def test_workers_states_updates_and_ends(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    lab.register(script(lab, SKIP + CLAIM + "// 1"), window=home)
    lab.wait("active")
    script(lab, SKIP + CLAIM + "// 2")
    mark = lab.mark()
    lab.registration("/").update()
    lab.wait("activated", mark=mark)
    found = events(lab, UpdateFound)
    assert [e.scope for e in found] == ["http://lab.localhost/"] * 2
    assert len({e.worker for e in found}) == 2
    assert [(e.deleted, e.scope) for e in events(lab, RegistrationChanged)] == [(False, "http://lab.localhost/")]
    lab.wait("controlled", window="home")
    last = events(lab, ClientControlled)[-1]
    assert (last.actor, last.worker, last.former) == ("home", found[1].worker, found[0].worker)


def test_a_restart_is_a_new_epoch(lab: swnb.Lab) -> None:
    controlled(lab)
    lab.worker.stop()
    lab.worker.start()
    running = [e for e in events(lab, WorkerRunningChanged) if e.running == "running"]
    assert [e.epoch for e in running] == [1, 2]
    assert len({e.actor for e in running}) == 1
    assert running[1].reason == "start_worker"


def test_errors_and_the_console_are_heard_with_their_places(lab: swnb.Lab) -> None:
    source = EAGER + "console.warn('careful', 1);\nsetTimeout(() => { throw new TypeError('later'); });"
    home = controlled(lab, source=source, body="<script>console.log('here', {a: 1})</script>")
    lab.worker.evaluate("await new Promise(r => setTimeout(r, 20)); 0")
    home.evaluate("0")
    written = {(e.actor, e.level): e for e in events(lab, ConsoleWritten)}
    worker = next(e.actor for e in events(lab, WorkerStateChanged) if e.state == "activated")
    assert written[worker, "warn"].text == "careful 1"
    assert written[worker, "warn"].line == source.count("\n", 0, source.index("console.warn")) + 1
    assert "TypeError: later" in written[worker, "exception"].text
    assert (written["home", "log"].url, written["home", "log"].line) == ("http://lab.localhost/", 1)
    assert any("later" in e.message for e in events(lab, WorkerFailed))


def test_a_window_that_is_opened_first_is_blank_and_no_client(lab: swnb.Lab) -> None:
    lab.open("about:blank", name="blank")
    assert events(lab, ClientAppeared) == []


def test_many_windows_are_identified_when_the_verb_returns(lab: swnb.Lab) -> None:
    lab.site.write("/frame.html", "<!doctype html>in")
    body = "<iframe src='/frame.html'></iframe>" * 20
    controlled(lab, body=body)
    lab.clients.claim()
    assert len(events(lab, ClientIdentified)) == len(lab.clients.match_all()) == 21
    assert len(events(lab, ClientControlled)) == 21


@pytest.mark.parametrize("name", ["worker", "c1", "w12"])
def test_no_window_takes_a_label_for_its_name(lab: swnb.Lab, name: str) -> None:
    with pytest.raises(swnb.InvalidArgument, match="so the log calls"):
        lab.open("/", name=name)


def test_a_document_from_the_back_forward_cache_is_the_client_it_was(lab: swnb.Lab) -> None:
    lab.site.write("/", "<!doctype html>kept", headers={"Cache-Control": "max-age=60"})
    lab.origin("other").write("/away.html", "<!doctype html>away")
    home = lab.open("/", name="home")
    lab.register(script(lab), window=home)
    lab.wait("controlled", window="home")
    home.evaluate("returned = new Promise(r => addEventListener('pageshow', e => r(e.persisted))); 0")
    first = lab.world.clients["home"]
    home.goto("http://other.localhost/away.html")
    assert not lab.world.clients[first.label].alive
    mark = lab.mark()
    home.evaluate("setTimeout(() => history.back()); 0")
    lab.wait("navigated", window="home", mark=mark)
    assert home.evaluate("returned") is True
    (back,) = events(lab, ClientReturned, mark)
    now = lab.world.clients["home"]
    assert (now.label, now.id, now.controller, back.client) == (first.label, first.id, first.controller, first.label)
    assert [client.id for client in lab.clients.match_all()] == [first.id]


@pytest.mark.parametrize(
    "make",
    [
        "() => open('/shown.html')",
        "() => { const f = document.createElement('iframe'); f.src = '/shown.html'; document.body.append(f); }",
    ],
    ids=["pop-up", "frame"],
)
def test_an_empty_document_that_is_taken_over_gets_its_controller(lab: swnb.Lab, make: str) -> None:
    page = "<script>(opener || parent).postMessage(!!navigator.serviceWorker.controller)</script>"
    lab.site.write("/shown.html", f"<!doctype html><body>{page}", content_type="text/html")
    home = controlled(lab)
    found = home.evaluate(
        f"await new Promise(done => {{ addEventListener('message', e => done(e.data), {{once: true}}); ({make})(); }})"
    )
    assert found is True
    deadline = time.monotonic() + 20.0
    while not controlled_of("/shown.html", lab):  # another context's facts, of which the verb says nothing
        assert time.monotonic() < deadline, lab.log[-20:]
        lab.settle()


def controlled_of(path: str, lab: swnb.Lab) -> bool:
    """Tell whether the log says that a client at a path is controlled."""
    shown = {e.client for e in events(lab, ClientAppeared) if e.url.endswith(path)}
    return bool(shown & {e.client for e in events(lab, ClientControlled)})


def test_whoever_follows_the_log_ends_with_the_lab() -> None:
    async def scene() -> list[str]:
        lab = AsyncLab()
        await lab.start()
        seen: list[str] = []

        async def follow() -> None:
            async for event in lab.log:
                seen.append(event.kind)

        following = asyncio.create_task(follow())
        await lab.open("/")
        await lab.stop()
        await asyncio.wait_for(following, 20)
        await lab.start()
        assert not lab.log.closed
        await lab.stop()
        return seen

    assert "client.appeared" in asyncio.run(scene())


def test_a_message_to_the_waiting_worker_of_the_same_script_is_in_its_place(lab: swnb.Lab) -> None:
    answering = "addEventListener('message', e => { if (e.data === 'take over') skipWaiting(); });\n"
    home = page(lab, "/", "home")
    lab.register(script(lab, SKIP + CLAIM + answering), window=home)
    lab.wait("controlled", window="home")
    script(lab, CLAIM + answering + "// 2")
    lab.registration("/").update()
    lab.wait("installed")
    mark = lab.mark()
    home.evaluate(
        "const r = await navigator.serviceWorker.getRegistration();"
        "const changed = new Promise(f => navigator.serviceWorker.oncontrollerchange = f);"
        "r.waiting.postMessage('take over'); await changed; 0"
    )
    lab.wait("active")
    old, new = (row.label for row in list(lab.world.workers.all)[-2:])
    (message,) = lab.log.messages(since=mark)
    assert (message.sender, message.to_actor, message.channel, message.pairing) == ("home", new, f"home→{new}", "exact")
    (skipped,) = [e for e in events(lab, CallMade, mark) if e.function == "skipWaiting"]
    assert message.sent is not None
    assert message.received is not None
    assert message.sent.seq < message.received.seq < skipped.seq
    assert lab.world.clients["home"].controller == new != old


def test_a_claim_is_the_cause_of_whom_it_took_over(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    page(lab, "/", "guest")
    lab.register(script(lab, SKIP), window=home)
    lab.wait("active")
    lab.clients.claim()
    lab.wait("controlled", window="home")
    lab.wait("controlled", window="guest")
    (claim,) = [e for e in events(lab, CallMade) if e.function == "clients.claim"]
    taken = {e.actor: (e.cause, e.reason) for e in events(lab, ClientControlled)}
    assert taken == {"home": (claim.seq, "claim"), "guest": (claim.seq, "claim")}
