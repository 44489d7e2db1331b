"""Both ends of every message, as the agents tell them."""

# One line for one step, as a page would have it in its console.
# ruff: noqa: E501
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from swnb import values
from swnb.probe.facts import (
    BroadcastMade,
    Connected,
    PortClosed,
    Ports,
    Received,
    Refused,
    Sent,
    Terminated,
    WorkerMade,
)
from tests.browser.agent_harness import SECRET, Context, Session, Stage

WORKER = """
const ports = [];
addEventListener('message', e => { ports.push(...e.ports);
  if (e.data === 'echo') e.source.postMessage({echo: e.data}, [...e.ports]);
  if (e.data === 'by port') e.ports[0].postMessage('through the port'); });
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture
def clean(stage: Stage) -> Iterator[Stage]:
    """The stage, which must have had no trouble."""
    yield stage
    assert not stage.troubles


def data(fact: Sent | Received) -> Any:
    return values.decode(json.loads(bytes(fact.content)))


def some(session: Session, kind: type[Sent] | type[Received], channel: str) -> list[Any]:
    """Return the facts of a channel's kind once there is one: another process tells in its own time."""
    return session.stage.until(lambda: [fact for fact in late(session).of(kind) if fact.channel[0] == channel])  # type: ignore[no-any-return]


def late(session: Session) -> Context:
    """The context that spoke last."""
    return session.contexts[-1]


def test_page_and_worker_both_ways(clean: Stage) -> None:
    page, worker = clean.controlled(WORKER)
    page.value("new Promise(done => { navigator.serviceWorker.onmessage = done; navigator.serviceWorker.controller.postMessage('echo') })"
               ".then(() => 1)")  # fmt: skip
    (sent,) = some(page, Sent, "sw")
    (received,) = some(worker, Received, "cl")
    (answered,) = some(worker, Sent, "cl")
    (back,) = some(page, Received, "sw")
    script = f"{clean.url}/sw.js"
    assert (sent.channel, data(sent)) == (("sw", script, 1), "echo")
    client = received.source[0]
    assert received.channel == ("cl", client)
    assert (received.source, data(received), received.listeners) == ((client, "client", clean.url + "/"), "echo", 1)
    assert (answered.channel, data(answered)) == (("cl", client), {"echo": "echo"})
    assert (back.channel, data(back), back.listeners) == (("sw", script), {"echo": "echo"}, 1)
    assert back.source == (script, "activated", 1)
    for one, other in ((sent, received), (answered, back)):
        assert (bytes(one.content), one.size, one.digest) == (bytes(other.content), other.size, other.digest)


def test_a_message_that_nobody_listens_to(clean: Stage) -> None:
    page, worker = clean.controlled("self.x = 1")
    page.value("navigator.serviceWorker.controller.postMessage({deep: [1]})")
    clean.until(lambda: late(worker).of(Received))
    assert late(worker).of(Received)[0].listeners == 0


def test_a_port_that_goes_to_the_worker_and_back(clean: Stage) -> None:
    page, worker = clean.controlled(WORKER)
    page.value("""new Promise(done => { const c = new MessageChannel(); c.port1.onmessage = e => done(e.data);
      navigator.serviceWorker.controller.postMessage('by port', [c.port2]) })""")
    (made,) = late(page).of(Ports)
    to_worker = next(fact for fact in late(page).of(Sent) if fact.channel[0] == "sw")
    assert to_worker.ports == (made.other,)
    there = some(worker, Received, "cl")[0]
    assert there.ports == (1,), "a new number there"
    (through,) = some(worker, Sent, "pt")
    assert through.channel == ("pt", 1)
    (arrived,) = some(page, Received, "pt")
    assert (arrived.channel, data(arrived), arrived.listeners) == (("pt", made.one), "through the port", 1)
    page.value("""new Promise(done => { navigator.serviceWorker.onmessage = e => done(e.ports.length);
      navigator.serviceWorker.controller.postMessage('echo', {transfer: [new MessageChannel().port1]}) })""")
    assert late(page).of(Received)[-1].ports == (made.other + 3,), "its fifth: two of each channel, and this"
    page.value("new MessageChannel().port1.close()")
    assert late(page).of(PortClosed)


def test_a_port_through_structured_clone_stays_itself(clean: Stage) -> None:
    page = clean.open("/clone")
    page.value("""new Promise(done => { const c = new MessageChannel(), {a: [p]} = structuredClone({a: [c.port2]}, {transfer: [c.port2]});
      p.onmessage = e => done(e.data); c.port1.postMessage('moved') })""")
    (made,) = late(page).of(Ports)
    assert [fact.channel for fact in late(page).of(Received)] == [("pt", made.other)]


def test_broadcasts(clean: Stage) -> None:
    page = clean.open("/broadcast")
    page.value("""(async () => { const [a, b, c] = [1, 2, 3].map(() => new BroadcastChannel('news')); const log = [];
      const heard = new Promise(done => b.addEventListener('message', done, {once: true})); a.postMessage('one'); await heard;
      await new Promise(done => setTimeout(done, 50)); const again = new Promise(done => { c.onmessage = done }); a.postMessage('two'); await again; c.close(); })()""")
    context = late(page)
    assert [(fact.object, fact.name, fact.open) for fact in context.of(BroadcastMade)] == [
        (1, "news", 1), (2, "news", 1), (3, "news", 1), (3, "news", 0)]  # fmt: skip
    assert [fact.channel for fact in context.of(Sent)] == [("bc", "news", 1)] * 2
    assert [(fact.channel, data(fact)) for fact in context.of(Received)] == [
        (("bc", "news", 2), "one"), (("bc", "news", 3), "two")]  # fmt: skip


def test_a_dedicated_worker(clean: Stage) -> None:
    clean.serve("/w.js", "onmessage = e => postMessage([e.data, e.ports.length], e.ports);")
    page = clean.open("/dedicated")
    page.value("""new Promise(done => { globalThis.k = new Worker('/w.js', {name: 'nine'}); k.onmessage = () => done(1);
      k.postMessage('in', [new MessageChannel().port1]) })""")
    context = late(page)
    (made,) = context.of(WorkerMade)
    assert (made.worker, made.kind, made.url, made.name) == (1, "dedicated", f"{clean.url}/w.js", "nine")
    assert [(fact.channel, fact.ports) for fact in context.of(Sent)] == [(("wk", 1), (1,))]
    assert [(fact.channel, fact.ports) for fact in context.of(Received)] == [(("wk", 1), (3,))]
    (worker,) = clean.of_type("worker")
    clean.until(lambda: worker.of(Sent))
    assert [(fact.channel, fact.ports, fact.listeners) for fact in worker.of(Received)] == [(("ow",), (1,), 1)]
    assert [(fact.channel, fact.ports) for fact in worker.of(Sent)] == [(("ow",), (1,))]
    page.value("k.terminate()")
    assert context.of(Terminated)[0].worker == 1


def test_a_shared_worker(clean: Stage) -> None:
    clean.serve(
        "/shared.js", "onconnect = e => { const [p] = e.ports; p.onmessage = m => p.postMessage('heard ' + m.data) }"
    )
    page = clean.open("/shared")
    assert (
        page.value("""new Promise(done => { const s = new SharedWorker('/shared.js', 'all'); s.port.onmessage = e => done(e.data);
      s.port.postMessage('hi') })""")
        == "heard hi"
    )
    (made,) = late(page).of(WorkerMade)
    assert (made.kind, made.name, made.port) == ("shared", "all", 1)
    (worker,) = clean.of_type("shared_worker")
    clean.until(lambda: worker.of(Sent))
    assert [fact.port for fact in worker.of(Connected)] == [1]
    assert [worker.of(Received)[0].channel, worker.of(Sent)[0].channel] == [("pt", 1)] * 2


def test_windows_are_heard_where_it_arrives(clean: Stage) -> None:
    page = clean.open(
        "/windows", "<iframe srcdoc='<script>onmessage = e => e.source.postMessage(0, `*`)</script>'></iframe>"
    )
    page.value("""new Promise(done => { addEventListener('message', e => { if (e.data === 0) done(1) });
      postMessage('to self', '*', [new MessageChannel().port1]); frames[0].postMessage('down', '*') })""")
    main, frame = (context for context in page.contexts[-2:])
    assert [(data(fact), fact.source[0], fact.ports) for fact in main.of(Received)] == [
        ("to self", "self", (3,)), (0, "child 0", ())]  # fmt: skip
    assert [(data(fact), fact.source) for fact in frame.of(Received)] == [("down", ("parent", clean.url))]
    assert not main.of(Sent)


def test_what_was_refused(clean: Stage) -> None:
    page, _ = clean.controlled("0")
    page.value("""[() => navigator.serviceWorker.controller.postMessage(() => 1), () => new BroadcastChannel('r').postMessage(Symbol('s')),
      () => new MessageChannel().port1.postMessage({get a() { throw new RangeError('mine') }}), () => new MessageChannel().port1.postMessage({get a() { throw 5 }})
      ].forEach(f => { try { f() } catch {} })""")
    found = [(fact.channel[0], fact.name, fact.message) for fact in late(page).of(Refused)]
    assert found[0] == (
        "sw",
        "DataCloneError",
        "Failed to execute 'postMessage' on 'ServiceWorker': () => 1 could not be cloned.",
    )
    assert found[1][:2] == ("bc", "DataCloneError")
    assert found[2] == ("pt", "RangeError", "mine")
    assert found[3][1] == "number"
    assert not late(page).of(Sent)


def test_a_message_that_cannot_be_read_here(clean: Stage) -> None:
    """Compiled WebAssembly does not reach a service worker."""
    page, worker = clean.controlled("addEventListener('messageerror', () => { globalThis.failed = 1 })")
    page.value(
        """navigator.serviceWorker.controller.postMessage(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])))"""
    )
    clean.until(lambda: late(worker).of(Received))
    assert worker.value("globalThis.failed") == 1
    assert [(fact.failed, fact.listeners, bytes(fact.content)) for fact in late(worker).of(Received)] == [
        (1, 1, b"null")
    ]


def test_listeners_come_and_go(clean: Stage) -> None:
    page = clean.open("/listeners")
    page.value("""(async () => { const c = new MessageChannel(), p = c.port2, f = () => 1, stop = new AbortController();
      const say = async () => { c.port1.postMessage(0); await new Promise(done => setTimeout(done, 20)) }; p.start();
      await say(); p.addEventListener('message', f); p.addEventListener('message', f); await say();
      p.addEventListener('message', f, true); p.addEventListener('message', () => 1, {once: true}); p.onmessage = f; await say(); await say();
      p.addEventListener('message', {handleEvent() {}}, {signal: stop.signal}); await say(); stop.abort(); p.onmessage = null;
      p.removeEventListener('message', f); await say() })()""")
    assert [fact.listeners for fact in late(page).of(Received)] == [0, 1, 4, 3, 4, 1]


def test_a_scripts_own_events_are_not_heard(clean: Stage) -> None:
    page = clean.open("/own")
    page.value("""(() => { const c = new MessageChannel(); let read = 0; c.port1.onmessage = () => 1;
      c.port1.dispatchEvent(new MessageEvent('message', {data: {get a() { read++ }}})); dispatchEvent(new MessageEvent('message', {data: 1})); return read })()""")
    assert not late(page).of(Received)


def test_our_own_message_is_stopped(clean: Stage) -> None:
    page, worker = clean.controlled("0")
    page.value("navigator.serviceWorker.onmessage = e => { globalThis.seen = e.data }; 0")
    worker.value(f"clients.matchAll().then(([c]) => c.postMessage({SECRET!r} + c.id))")
    worker.value("clients.matchAll().then(([c]) => c.postMessage('after'))")
    clean.until(lambda: late(page).of(Received))
    assert page.value("globalThis.seen") == "after"
    assert len(late(page).of(Received)) == 1
    assert not [payload for payload in clean.heard if SECRET in payload and '"r",' in payload]


def test_more_than_a_few_in_one_turn_come_in_batches(clean: Stage) -> None:
    page = clean.open("/many")
    before = len(late(page).batches)
    page.value("(() => { const p = new MessageChannel().port1; for (let i = 0; i < 200; i++) p.postMessage(i) })()")
    clean.until(lambda: len(late(page).of(Sent)) == 200)  # a window's last batch waits a few milliseconds
    batches = late(page).batches[before:]
    assert [batch.serial for batch in late(page).batches] == list(range(len(late(page).batches)))
    assert [data(fact) for fact in late(page).of(Sent)] == list(range(200))
    assert len(batches) < 16
    more = [batch.more for batch in batches]
    assert more == [*sorted(more[:-1]), 0], "from some point on each batch says that one is to follow, and one does"
    assert more.count(1) >= 3


def test_a_frame_that_is_removed_while_it_sends(clean: Stage) -> None:
    page = clean.open("/removed")
    page.value("""(() => { const f = document.createElement('iframe'); document.body.append(f); const p = new f.contentWindow.MessageChannel().port1;
      f.contentWindow.eval('globalThis.send = p => { for (let i = 0; i < 20; i++) p.postMessage(i); parent.gone(); for (let i = 0; i < 5; i++) p.postMessage(i) }');
      globalThis.gone = () => f.remove(); f.contentWindow.send(p) })()""")
    assert len(late(page).of(Sent)) >= 20


def test_a_document_that_was_opened_anew_is_still_heard(clean: Stage) -> None:
    """`document.open` takes all listeners from the window."""
    page = clean.open("/opened")
    page.value("""(async () => { document.open(); document.write('<script>onmessage = e => { globalThis.got = e.data }</script>'); document.close();
      postMessage('after', '*'); while (!globalThis.got) await new Promise(done => setTimeout(done, 5)) })()""")
    assert [(data(fact), fact.listeners) for fact in late(page).of(Received)] == [("after", 1)]


def test_after_a_restart_the_worker_is_heard_again(clean: Stage) -> None:
    page, worker = clean.controlled(WORKER)
    page.call("ServiceWorker.enable")
    page.call("ServiceWorker.stopAllWorkers")
    before = len(worker.of(Received))
    page.value(
        "new Promise(done => { navigator.serviceWorker.onmessage = done; navigator.serviceWorker.controller.postMessage('echo') }).then(() => 1)"
    )
    clean.until(lambda: len(worker.of(Received)) > before)
    assert [data(fact) for fact in worker.of(Received)[before:]] == ["echo"]
