"""The same scenario in one browser after the other is the same run, and what is broken in it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest

import swnb
from swnb.events import ClientIdentified, Event
from swnb.recording.compare import compare

pytestmark = pytest.mark.slow

CLAIM = "addEventListener('activate', event => event.waitUntil(clients.claim().then(tell)));"
NO_CLAIM = "addEventListener('activate', event => event.waitUntil(tell()));"
LATE_CLAIM = "addEventListener('activate', event => event.waitUntil(tell().then(() => clients.claim())));"

WORKER = """
addEventListener('install', event => event.waitUntil(skipWaiting()));
const news = new BroadcastChannel('news');
addEventListener('message', event => {
  if (event.ports.length) event.ports[0].postMessage({got: event.data, from: event.source.id});
  else if (event.data === 'news') news.postMessage('nothing happened');
  else event.source.postMessage({echo: event.data});
});
const tell = async () => {
  for (const client of await clients.matchAll({includeUncontrolled: true})) client.postMessage('ready');
};
"""

FRAME = """<!doctype html><script>
const room = new BroadcastChannel('news');
room.onmessage = event => room.postMessage('so ' + event.data);
</script>"""

PAGE = """<!doctype html><body><script>
const {serviceWorker} = navigator, room = new BroadcastChannel('news');
const next = (target, start) => new Promise(done => {
  target.addEventListener('message', event => done(event.data), {once: true});
  start();
});
globalThis.echo = text => next(serviceWorker, () => serviceWorker.controller.postMessage(text));
globalThis.ask = text => {
  const {port1, port2} = new MessageChannel(), answer = next(port1, () => port1.start());
  serviceWorker.controller.postMessage(text, [port2]);
  return answer;
};
globalThis.hear = count => new Promise(done => {
  const heard = [];
  room.onmessage = event => heard.push(event.data) === count && done(heard.sort());
  serviceWorker.controller.postMessage('news');
});
const frame = url => new Promise(done => {
  const made = Object.assign(document.createElement('iframe'), {src: url, onload: done});
  document.body.append(made);
});
globalThis.load = (...urls) => Promise.all(urls.map(frame)).then(() => urls.length);
serviceWorker.startMessages();
</script>"""


class Kept(NamedTuple):
    """What is left of a run."""

    events: Sequence[Event]
    late: Mapping[int, tuple[int, int]]
    commands: Sequence[Any] = ()


def run(activate: str = CLAIM, frames: tuple[str, ...] = ("/frame?a", "/frame?b")) -> Kept:
    """Do the scenario in a browser of its own."""
    with swnb.Lab(timeout_s=20.0) as lab:
        lab.site.write("/", PAGE, content_type="text/html")
        lab.site.write("/frame", FRAME, content_type="text/html")
        lab.site.write("/sw.js", WORKER + activate)
        home = lab.open("/", name="home")
        lab.register("/sw.js", scope="/", window=home)
        lab.wait("active")
        lab.wait("message * home")
        if activate is not NO_CLAIM:
            lab.wait("controlled", window="home")
            assert home.evaluate("await echo('hello')") == {"echo": "hello"}
            assert home.evaluate("(await ask('by port')).got") == "by port"
        assert home.evaluate(f"await load(...{list(frames)!r})") == len(frames)
        if activate is not NO_CLAIM and len(frames) == 1:
            assert home.evaluate("await hear(2)") == ["nothing happened", "so nothing happened"]
        lab.clients.match_all()
        lab.settle()
        return Kept(list(lab.log), dict(lab.log.late))


def test_the_same_scenario_is_the_same_run() -> None:
    runs = [run() for _ in range(5)]
    ids = [{event.id for event in each.events if isinstance(event, ClientIdentified)} for each in runs]
    assert not ids[0] & ids[1]
    for each in runs[1:]:
        found = compare(runs[0], each)
        assert found.equal is True, str(found)


def test_frames_that_are_alike() -> None:
    one, other = run(frames=("/frame", "/frame", "/frame")), run(frames=("/frame", "/frame", "/frame"))
    found = compare(one, other)
    assert found.equal is True, str(found)
    assert compare(one, run(frames=("/frame", "/frame"))).equal is False


def test_a_broadcast_that_is_written_late() -> None:
    one, other = run(frames=("/frame",)), run(frames=("/frame",))
    found = compare(one, other)
    assert found.equal is True, str(found)


def test_a_worker_without_claim() -> None:
    found = compare(run(), run(NO_CLAIM))
    assert found.equal is False
    assert found.divergence is not None
    assert found.divergence.actor == "w1"
    assert found.divergence.words == (
        "in the second run `w1` never called clients.claim(); it called clients.matchAll({'includeUncontrolled': True}) at once"
    )
    assert "home   was controlled by `w1`" in found.side_by_side()


def test_a_worker_that_tells_before_it_claims() -> None:
    found = compare(run(), run(LATE_CLAIM))
    assert found.equal is False
    assert found.divergence is not None
    assert found.divergence.words == (
        "in the second run `w1` called clients.matchAll({'includeUncontrolled': True}) before it called clients.claim()"
    )


NOTIFIES = """
addEventListener('push', event => event.waitUntil(registration.showNotification('pushed', {tag: 't'})));
addEventListener('notificationclick', event => event.waitUntil(clients.openWindow('/popup')));
"""

UPDATED = """await new Promise(async done => {
  serviceWorker.addEventListener('controllerchange', () => done(1), {once: true});
  (await serviceWorker.getRegistration()).update();
})"""

DEDICATED = "globalThis.helper = new Worker('/helper.js'); await next(helper, () => helper.postMessage(4))"
SHARED = """globalThis.shared = new SharedWorker('/shared.js');
await next(shared.port, () => { shared.port.start(); shared.port.postMessage('q'); })"""


def long_run() -> Kept:
    """Do a bit of everything: a reload, other workers, a stop, a push, a click, a pop-up, an update."""
    with swnb.Lab(timeout_s=20.0) as lab:
        for path in ("/", "/second", "/popup"):
            lab.site.write(path, PAGE, content_type="text/html")
        lab.site.write("/sw.js", WORKER + CLAIM + NOTIFIES)
        lab.site.write("/helper.js", "onmessage = event => postMessage(event.data * 2);")
        lab.site.write(
            "/shared.js", "onconnect = ({ports: [port]}) => { port.onmessage = e => port.postMessage([e.data]); };"
        )
        home = lab.open("/", name="home")
        lab.register("/sw.js", scope="/", window=home)
        lab.wait("message * home")
        lab.wait("controlled", window="home")
        second = lab.open("/second", name="second")
        assert second.evaluate("await echo('y')") == {"echo": "y"}
        assert home.evaluate(DEDICATED) == 8
        assert home.evaluate(SHARED) == ["q"]
        home.evaluate("console.log('hello', 3)")
        home.reload()
        assert home.evaluate("await echo('again')") == {"echo": "again"}
        lab.worker.stop()
        assert home.evaluate("await echo('after a stop')") == {"echo": "after a stop"}
        lab.push("data")
        lab.wait("notification")
        lab.notifications[-1].click()
        lab.wait("loaded", window="window")
        lab.site.write("/sw.js", WORKER + CLAIM + NOTIFIES + "// another")
        assert home.evaluate(UPDATED) == 1
        lab.settle()
        second.close()
        lab.settle()
        return Kept(list(lab.log), dict(lab.log.late))


def test_a_bit_of_everything() -> None:
    one = long_run()
    for _ in range(2):
        found = compare(one, long_run())
        assert found.equal is True, str(found)
