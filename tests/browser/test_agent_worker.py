"""What the agent tells from inside a service worker, and that the worker does not notice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec
import pytest

from swnb import values
from swnb.probe.event_facts import Dismissed, Fetched, Over, Pushed, Shown
from swnb.probe.facts import Answered, Called, Hello, Identified, Received, Survey
from tests.browser.agent_harness import Session, Stage

_names = (f"at{number}" for number in count(1))
EAGER = "oninstall = e => skipWaiting(); onactivate = e => e.waitUntil(clients.claim());\n"


class WorkerStage(Stage):
    """A stage that knows CDP's ids of registrations."""

    def __enter__(self) -> WorkerStage:
        return self

    def __init__(self, *, agent: bool = True) -> None:
        self.registrations: dict[str, str] = {}
        super().__init__(agent=agent)
        self.call("Browser.grantPermissions", permissions=["notifications"])

    def _on_ServiceWorker_workerRegistrationUpdated(self, _: Session | None, params: Any) -> None:  # noqa: N802
        for registration in params["registrations"]:
            self.registrations[registration["scopeURL"]] = registration["registrationId"]


@pytest.fixture(scope="module")
def heard() -> Iterator[WorkerStage]:
    with WorkerStage() as stage:
        yield stage
        assert stage.troubles == []


@pytest.fixture(scope="module")
def bare() -> Iterator[WorkerStage]:
    with WorkerStage(agent=False) as stage:
        yield stage


@pytest.fixture(params=["heard", "bare"])
def stage(request: pytest.FixtureRequest) -> WorkerStage:
    """Once with the agent and once without: what a worker sees is the same."""
    found: WorkerStage = request.getfixturevalue(request.param)
    return found


def under(stage: Stage, script: str = "", scope: str = "") -> tuple[Session, Session]:
    """Open a window that a worker of its own controls, which runs `script`; return both."""
    scope = scope or next(_names)
    stage.serve(f"/{scope}.js", EAGER + script)
    window = stage.open(f"/{scope}/")
    window.value(f"(async () => {{ navigator.serviceWorker.register('/{scope}.js', {{scope: '/{scope}/'}});"
                 "while (navigator.serviceWorker.controller?.state !== 'activated')"
                 "  await new Promise(f => setTimeout(f, 10)); })()")  # fmt: skip
    return window, next(one for one in stage.of_type("service_worker") if one.url.endswith(f"/{scope}.js"))


def plain(content: msgspec.Raw) -> Any:
    """Return what a wire holds, as plain data."""
    wire = json.loads(bytes(content))
    return None if wire is None else json.loads(json.dumps(values.decode(wire), default=str))


def calls(worker: Session, function: str) -> list[tuple[Any, Any, str | None, str | None, str | None]]:
    """Return arguments, result, error's name and message, and whose method, of each call of a function."""
    answered = {fact.call: fact for fact in worker.of(Answered)}
    return [
        (
            plain(fact.arguments),
            plain(answered[fact.call].result),
            answered[fact.call].error_name,
            answered[fact.call].error_message,
            fact.on_client,
        )
        for fact in worker.of(Called)
        if fact.function == function and fact.call in answered
    ]


# ---- what its own code calls ------------------------------------------------------------------------------------------


def test_what_a_worker_calls_is_told(heard: WorkerStage) -> None:
    window, worker = under(heard)
    worker.value("clients.matchAll({type: 'window'}).then(() => {})")
    ((arguments, result, *error, _),) = calls(worker, "clients.matchAll")
    assert arguments == [{"type": "window"}]
    (home,) = result
    assert (home["url"], home["type"], home["frameType"]) == (window.value("location.href"), "window", "top-level")
    assert {"id", "visibilityState", "focused"} <= home.keys()
    assert error == [None, None]
    worker.value(f"clients.get('{home['id']}').then(() => {{}})")
    assert calls(worker, "clients.get")[0][:2] == ([home["id"]], home)
    worker.value("clients.get('nobody').then(() => {})")
    assert calls(worker, "clients.get")[1][0] == ["nobody"]
    assert len(calls(worker, "clients.claim")) == 1
    assert len(calls(worker, "skipWaiting")) == 1


def test_a_call_that_fails_is_told_with_its_error(heard: WorkerStage) -> None:
    _, worker = under(heard)
    worker.value("clients.matchAll({type: 'nothing'}).catch(() => {})")
    assert calls(worker, "clients.matchAll")[0][2] == "TypeError"
    worker.value("clients.openWindow('/').catch(() => {})")
    refused = (["/"], None, "InvalidAccessError", "Not allowed to open a window.", None)
    heard.until(lambda: calls(worker, "clients.openWindow") == [refused])
    worker.value("clients.matchAll().then(all => all[0].focus()).catch(() => {})")
    (_, result, name, _, on_client), = heard.until(lambda: calls(worker, "WindowClient.focus"))  # fmt: skip
    assert (result, name) == (None, "InvalidAccessError")
    assert on_client == calls(worker, "clients.matchAll")[1][1][0]["id"]
    worker.value("clients.matchAll().then(all => all[0].navigate('http://[')).catch(() => {})")
    assert calls(worker, "WindowClient.navigate")[0][2] == "TypeError"
    worker.value("clients.claim.call({}).catch(() => {})")
    assert calls(worker, "clients.claim")[1][2] == "TypeError"


def test_navigation_is_told(heard: WorkerStage) -> None:
    window, worker = under(heard)
    url = window.value("location.href") + "there"
    heard.serve(url.removeprefix(heard.url), "<!doctype html>")
    worker.value(f"clients.matchAll().then(all => all[0].navigate(new URL('{url}'))).then(() => {{}})")
    ((arguments, result, *_, on_client),) = calls(worker, "WindowClient.navigate")
    assert arguments == [url]
    assert result["url"] == url
    assert on_client != result["id"], "navigation gives another client"


def test_calls_of_a_registration_are_told(heard: WorkerStage) -> None:
    _, worker = under(heard)
    worker.value("registration.update().then(() => {})")
    worker.value("registration.navigationPreload.getState().then(() => {})")
    worker.value("registration.navigationPreload.enable()")
    worker.value("registration.navigationPreload.setHeaderValue('x')")
    worker.value("registration.navigationPreload.getState().then(() => {})")
    worker.value("registration.getNotifications({tag: 'no'}).then(() => {})")
    worker.value("registration.unregister()")
    told = [fact.function for fact in worker.of(Called)][2:]
    assert told == [
        "registration.update",
        "navigationPreload.getState",
        "navigationPreload.enable",
        "navigationPreload.setHeaderValue",
        "navigationPreload.getState",
        "registration.getNotifications",
        "registration.unregister",
    ]
    states = [result for _, result, *_ in calls(worker, "navigationPreload.getState")]
    assert states == [{"enabled": False, "headerValue": "true"}, {"enabled": True, "headerValue": "x"}]
    assert calls(worker, "registration.unregister")[0][1] is True
    assert calls(worker, "registration.update")[0][1]["scope"].startswith(heard.url)
    assert calls(worker, "registration.getNotifications")[0][:2] == ([{"tag": "no"}], [])


def test_what_the_first_lines_call_is_told(heard: WorkerStage) -> None:
    """Classes that are not there yet when the worker is held are wrapped before its script meets them."""
    _, worker = under(heard, "registration.getNotifications(); navigator; clients.matchAll();")
    told = [fact.function for fact in worker.of(Called)]
    assert told[:2] == ["registration.getNotifications", "clients.matchAll"]


def test_what_was_refused_at_once_can_be_awaited(heard: WorkerStage) -> None:
    _, worker = under(heard)
    worker.value("for (let i = 0; i < 50; i++) clients.openWindow('/').catch(() => {}); 0")
    api(worker, "function () { return this.settled(); }")
    assert len(calls(worker, "clients.openWindow")) == 50


# ---- surveys ----------------------------------------------------------------------------------------------------------


def api(worker: Session, function: str, *arguments: object) -> None:
    """Call the agent's own object, as swnb does through the debugger, and wait for what it returns."""
    worker.call(
        "Runtime.callFunctionOn",
        objectId=next(
            answer["result"]["result"]["objectId"]
            for answer in worker.stage.answers.values()
            if answer.get("sessionId") == worker.id and "objectId" in answer.get("result", {}).get("result", {})
        ),
        functionDeclaration=function,
        arguments=[{"value": value} for value in arguments],
        awaitPromise=True,
    )


def survey(worker: Session, *, post: bool) -> Survey:
    """Have a worker's agent list all clients; return what it said."""
    before = len(worker.of(Survey))
    api(worker, "function (post) { return this.survey(post); }", post)
    (found,) = worker.of(Survey)[before:]
    return found


def test_a_survey_lists_all_clients(heard: WorkerStage) -> None:
    heard.serve("/w.js", "globalThis.hi = 1")
    window, worker = under(heard)
    window.value("globalThis.w = new Worker('/w.js'); 0")
    other = heard.open("/uncontrolled")
    heard.until(lambda: "worker" in {row[2] for row in survey(worker, post=False).rows})
    rows = {row[1]: row for row in survey(worker, post=False).rows}
    url = window.value("location.href")
    assert [*rows[url][2:4], rows[url][6]] == ["window", "top-level", True]
    assert rows[other.value("location.href")][6] is False
    assert [*rows[heard.url + "/w.js"][2:6]] == ["worker", "none", None, False]
    assert calls(worker, "clients.matchAll") == [], "it is not the worker's own"
    assert heard.facts(Identified) == []


def test_each_window_is_asked_once_for_its_id(heard: WorkerStage) -> None:
    window, worker = under(heard)
    heard.serve(
        "/asked",
        "<!doctype html><script>globalThis.got = []; navigator.serviceWorker.onmessage = e => got.push(e)</script>",
    )
    heard.go(window, "/asked")
    ids = {row[1]: row[0] for row in survey(worker, post=True).rows}
    heard.until(lambda: window.of(Identified))
    for _ in range(3):
        survey(worker, post=True)
    worker.value(f"clients.get('{ids[heard.url + '/asked']}').then(one => one.postMessage('after'))")
    heard.until(lambda: window.value("got.length") == 1)
    assert [fact.client_id for fact in window.of(Identified)] == [ids[heard.url + "/asked"]]
    assert window.value("got[0].data") == "after", "the page heard nothing else"


# ---- notifications, push, fetch ---------------------------------------------------------------------------------------


def test_notifications_are_told(heard: WorkerStage) -> None:
    _, worker = under(heard)
    worker.value("registration.showNotification('Tea', {tag: 't', body: 'now', data: {n: 1}, silent: true})")
    (shown,) = worker.of(Shown)
    assert (shown.title, shown.label) == ("Tea", "t")
    assert plain(shown.options) == {"body": "now", "silent": True, "data": {"n": 1}}
    worker.value("registration.getNotifications().then(all => all[0].close())")
    assert [(fact.title, fact.label, fact.by_user) for fact in worker.of(Dismissed)] == [("Tea", "t", 0)]


def test_notifications_of_a_page_are_told(heard: WorkerStage) -> None:
    window, _ = under(heard)
    window.value("new Notification('Cake', {tag: 'c', data: [1]}).close()")
    window.value("navigator.serviceWorker.ready.then(r => r.showNotification('More', {body: 'b'}))")
    one, two = window.of(Shown)
    assert (one.title, one.label, plain(one.options)["data"]) == ("Cake", "c", [1])
    assert (two.title, two.label, plain(two.options)) == ("More", "", {"body": "b"})
    assert [fact.title for fact in window.of(Dismissed)] == ["Cake"]


def test_a_push_is_told_and_its_data_stay(stage: WorkerStage) -> None:
    script = "globalThis.got = []; onpush = e => got.push(e.data.text(), e.data.json().n);"
    window, worker = under(stage, script)
    window.call("ServiceWorker.enable")
    scope = window.value("location.href")
    registration = stage.until(lambda: stage.registrations.get(scope))
    window.call("ServiceWorker.deliverPushMessage", origin=stage.url, registrationId=registration, data='{"n": 7}')
    stage.until(lambda: worker.value("got.length") == 2)
    assert worker.value("got") == ['{"n": 7}', 7]
    assert [fact.text for fact in worker.of(Pushed)] == (['{"n": 7}'] if stage.source is not None else [])


WAITS = """globalThis.order = []; globalThis.made = 0;
class Mine extends Promise {
  constructor(run) { super(run); made++; }
  then(...all) { order.push('then'); return super.then(...all); }
}
const tick = () => new Promise(done => setTimeout(done, 5));
const CASES = {
  plain(e) { e.waitUntil(7); },
  mine(e) { e.waitUntil(new Mine(done => done(1))); },
  rejected(e) { e.waitUntil(Promise.reject(new Error('no'))); },
  own(e) {
    const p = tick();
    p.constructor = Array;
    e.waitUntil(p);
    order.push(String(Reflect.ownKeys(p)), p.constructor === Array);
  },
  frozen(e) { e.waitUntil(Object.freeze(tick())); },
  more(e) {
    e.waitUntil(tick().then(() => { order.push('more'); e.waitUntil(tick().then(() => { order.push('last'); })); }));
  },
  order(e) {
    const p = Promise.resolve();
    p.then(() => order.push(1));
    e.waitUntil(p);
    p.then(() => order.push(2));
    queueMicrotask(() => order.push(3));
  },
  late(e) {
    Promise.resolve().then(() => { try { e.waitUntil(tick()); order.push('ok'); } catch (x) { order.push(x.name); } });
  },
  throws() { throw new Error('listener'); },
};
addEventListener('unhandledrejection', e => order.push('unhandled'));
addEventListener('push', e => {
  const before = made;
  order.push('first');
  CASES[e.data?.text()]?.(e);
  order.push(made - before);
});
addEventListener('push', e => order.push('second'));"""
OVER = {
    "none": 0,
    "plain": 0,
    "mine": 0,
    "rejected": 1,
    "own": 0,
    "frozen": 0,
    "more": 0,
    "order": 0,
    "late": 0,
    "throws": 0,
}


@pytest.mark.parametrize("data", OVER)
def test_an_event_is_over_when_all_it_waits_for_has_settled(stage: WorkerStage, data: str) -> None:
    """What the worker sees of it is the same without an agent: asserted by both stages having the same words."""
    window, worker = under(stage, WAITS)
    window.call("ServiceWorker.enable")
    scope = window.value("location.href")
    registration = stage.until(lambda: stage.registrations.get(scope))
    window.call("ServiceWorker.deliverPushMessage", origin=stage.url, registrationId=registration, data=data)
    enough = {"more": "last", "order": 2, "late": "ok"}.get(data, "second")
    stage.until(lambda: enough in worker.value("order"))
    seen = json.dumps(worker.value("order"))
    assert SEEN_OF_WAITING.setdefault(data, seen) == seen
    if stage.source is not None:
        (over,) = stage.until(lambda: worker.of(Over))
        (pushed,) = worker.of(Pushed)
        assert (over.event, over.failed) == (pushed.event, OVER[data])


SEEN_OF_WAITING: dict[str, str] = {}


def test_events_of_the_workers_own_making_are_not_told(heard: WorkerStage) -> None:
    _, worker = under(heard)
    before = len(worker.contexts[-1].facts)
    worker.value("dispatchEvent(new PushEvent('push', {data: 'x'})); dispatchEvent(new Event('notificationclick')); 0")
    assert worker.contexts[-1].facts[before:] == []


@pytest.mark.parametrize(
    "listener",
    ["addEventListener('fetch', e => { globalThis.n = 1; });", "onfetch = function (e) { globalThis.n = 1 };"],
)
def test_fetches_are_told_of_a_worker_that_listens(heard: WorkerStage, listener: str) -> None:
    window, worker = under(heard, listener)
    heard.serve("/data.js", "1")
    heard.go(window, window.value("location.pathname"))
    window.value("fetch('/data.js', {method: 'POST'}).catch(() => {}).then(() => {})")
    (load, post) = [fact for fact in worker.of(Fetched) if "favicon" not in fact.url]
    assert (load.mode, load.destination) == ("navigate", "document")
    assert load.resulting_client_id == post.client_id
    assert (post.url, post.method, post.resulting_client_id) == (heard.url + "/data.js", "POST", "")
    assert load.replaces_client_id is None, "this browser has no such attribute"


@pytest.mark.parametrize(
    ("listener", "dispatched"),
    [
        ("", False),
        ("addEventListener('fetch', () => {});", False),
        ("onfetch = function (event) { /* nothing */ };", False),
        ("addEventListener('fetch', e => { e; globalThis.n = 1; });", True),
        ("addEventListener('fetch', () => {}); addEventListener('fetch', {handleEvent() {}});", True),
        ("const f = e => { globalThis.n = 1; }; addEventListener('fetch', f); removeEventListener('fetch', f);", False),
        ("onfetch = e => { globalThis.n = 1; }; onfetch = null;", False),
    ],
)
def test_a_worker_that_does_nothing_with_fetches_is_passed_over(
    stage: WorkerStage, listener: str, dispatched: bool
) -> None:
    window, worker = under(stage, listener)
    stage.serve("/data.js", "1")
    start = "performance.getEntriesByType('resource').find(one => one.name.endsWith('/data.js')).workerStart"
    window.value("fetch('/data.js').then(answer => answer.text())")
    assert (window.value(start) > 0) is dispatched
    assert bool(worker.of(Fetched)) is (dispatched and stage.source is not None)


# ---- what a worker can see --------------------------------------------------------------------------------------------

WRAPPED = """[
  [Clients.prototype, ['get', 'matchAll', 'openWindow', 'claim']], [WindowClient.prototype, ['focus', 'navigate']],
  [self, ['skipWaiting']], [Notification.prototype, ['close']],
  [ServiceWorkerRegistration.prototype, ['update', 'unregister', 'showNotification', 'getNotifications']],
  [ExtendableEvent.prototype, ['waitUntil']],
  [NavigationPreloadManager.prototype, ['enable', 'disable', 'setHeaderValue', 'getState']]]"""
PAUSE = "const pause = () => new Promise(f => setTimeout(f, 60)); const order = [];"
LOOKS = {
    "methods": f"""{WRAPPED}.map(([owner, names]) => [Object.getOwnPropertyNames(owner), names.map(name => {{
      const d = Object.getOwnPropertyDescriptor(owner, name), f = d.value;
      return [Object.entries(d).map(String), f.name, f.length, String(f), Object.getOwnPropertyNames(f), 'prototype' in f,
              Object.getPrototypeOf(f) === Function.prototype];
    }})])""",
    "accessors": """['registration', 'serviceWorker', 'onfetch'].map(name => {
      const d = Object.getOwnPropertyDescriptor(self, name);
      return [Object.keys(d), d.enumerable, d.configurable, String(d.get), d.get.name, d.get.length, String(d.set)];
    })""",
    "listening": """(() => {
      const p = EventTarget.prototype, told = [Object.getOwnPropertyNames(p)];
      for (const name of ['addEventListener', 'removeEventListener']) {
        const f = p[name], d = Object.getOwnPropertyDescriptor(p, name);
        told.push(Object.entries(d).map(String), f.name, f.length, String(f), 'prototype' in f);
        const deep = n => n ? deep(n - 1) : f.call({}, 'fetch', () => {});
        for (const call of [() => f.call({}, 'fetch', () => {}), () => f('fetch'), () => f.call(self, 'fetch', 1), () => deep(20)])
          try { call(); } catch (e) { told.push(e.message, e.stack); }
        try { f.call(self, {toString() { told.push(new Error('in').stack); return 'fetch'; }}, null); }
        catch (e) { told.push(e.message, e.stack); }
      }
      return told;
    })()""",
    "names": "Object.getOwnPropertyNames(self).concat(Object.getOwnPropertySymbols(self).map(String))",
    "order of what succeeds": f"""(async () => {{ {PAUSE}
      const tick = async () => {{ for (let i = 0; i < 5; i++) {{ await null; order.push(i); }} }};
      await clients.claim(); order.push('claimed'); await tick();
      clients.claim().then(() => order.push('a')).then(() => order.push('b'));
      clients.matchAll().then(() => order.push('c')).then(() => order.push('d'));
      skipWaiting().then(() => order.push('e')).finally(() => order.push('f'));
      tick(); await pause();
      return order;
    }})()""",
    "order of what is refused": f"""(async () => {{ {PAUSE}
      clients.openWindow('/').catch(() => order.push('refused'));
      Promise.resolve().then(() => order.push(1)).then(() => order.push(2));
      const [client] = await clients.matchAll();
      client.focus().catch(() => order.push('refused'));
      Promise.resolve().then(() => order.push(1)).then(() => order.push(2));
      try {{ await client.focus(); }} catch (e) {{ order.push(e.name, e.message, e.stack); }}
      await pause();
      return order;
    }})()""",
    "rejections that nobody handles": f"""(async () => {{ {PAUSE}
      let promise;
      const told = e => order.push(e.type, String(e.reason), e.promise === promise);
      for (const type of ['unhandledrejection', 'rejectionhandled']) addEventListener(type, told);
      for (const f of [() => clients.openWindow('/'), () => clients.get(), () => clients.matchAll({{type: 'x'}})]) {{
        promise = f();
        await pause();
        promise.catch(() => {{}});
        await pause();
        promise = f();
        promise.catch(() => {{}});
        await pause();
        promise = f();
        Promise.resolve().then(() => promise.catch(() => {{}}));
        await pause();
        promise = f().then(() => {{}});
        await pause();
        order.push('-');
      }}
      for (const type of ['unhandledrejection', 'rejectionhandled']) removeEventListener(type, told);
      return order;
    }})()""",
    "texts and stacks of wrong calls": """(async () => {
      const told = [], deep = (n, f) => n ? deep(n - 1, f) : f();
      const registering = ServiceWorkerRegistration.prototype;
      for (const f of [() => clients.get(), () => clients.matchAll({type: 'x'}), () => clients.matchAll(1),
                       () => clients.claim.call({}), () => skipWaiting.call({}), () => clients.openWindow(),
                       () => clients.openWindow('http://['), () => WindowClient.prototype.navigate.call(clients, 'x'),
                       () => registration.showNotification(), () => registration.showNotification('x', {actions: 1}),
                       () => registration.showNotification('x', {get tag() { throw new Error('theirs'); }}),
                       () => clients.get({toString() { throw new Error('mine'); }}), () => clients.get(Symbol()),
                       () => clients.matchAll({get type() { throw new RangeError('own'); }}),
                       () => registering.update.call(1), () => new clients.claim(),
                       () => new ExtendableEvent('x').waitUntil(1), () => ExtendableEvent.prototype.waitUntil.call({}, 1),
                       () => new ExtendableEvent('x').waitUntil(),
                       () => registration.navigationPreload.setHeaderValue('\u1234')])
        for (const n of [0, 20])
          try { await deep(n, f); } catch (e) { told.push(e.name, e.message, e.stack, Object.getOwnPropertyNames(e).join()); }
      return told;
    })()""",
    "stacks that the worker writes itself": """(async () => {
      const told = [];
      Error.prepareStackTrace = (e, sites) => [e.message, ...sites.map(s => [s.getFunctionName(), s.getLineNumber()])];
      try { await clients.get(); } catch (e) { told.push(e.stack); }
      try { await clients.matchAll({get type() { told.push(new Error('in').stack); throw new Error('out'); }}); }
      catch (e) { told.push(e.stack); }
      delete Error.prepareStackTrace;
      return told;
    })()""",
    "how options are read": """(async () => {
      const told = [], log = (name, value) => new Proxy(value, {
        get(target, key, receiver) { told.push([name, String(key), receiver === proxy]); return Reflect.get(target, key); },
        getOwnPropertyDescriptor(target, key) { told.push(['own', String(key)]); return undefined; },
        ownKeys() { told.push(['keys']); return []; }, has(_, key) { told.push(['has', String(key)]); return false; },
        getPrototypeOf() { told.push(['prototype']); return null; },
      });
      let proxy = log('matchAll', {type: 'window'});
      await clients.matchAll(proxy);
      proxy = log('show', {tag: 'read', data: {x: 1}, get body() { return new Error('in').stack; }});
      await registration.showNotification('x', proxy);
      const [shown] = await registration.getNotifications({tag: 'read'});
      told.push(shown.body, shown.data);
      shown.close();
      return told;
    })()""",
    "how actions are read": """(async () => {
      const told = [], log = (name, value) => new Proxy(value, {
        get(target, key) {
          told.push([name, String(key)]);
          const found = target[key];
          return typeof found === 'function' ? found.bind(target) : found;
        },
        getOwnPropertyDescriptor(target, key) {
          told.push(['own', name]);
          return Reflect.getOwnPropertyDescriptor(target, key);
        },
        ownKeys(target) { told.push(['keys', name]); return Reflect.ownKeys(target); },
        getPrototypeOf(target) { told.push(['prototype', name]); return Array.prototype; },
      });
      const item = name => log(name, {action: name, title: name, get icon() { told.push(new Error('in').stack); }});
      const steps = [{done: false, value: item('a')}, {done: 0, value: item('b')}, {done: 1, value: item('c')}];
      const sequence = {*[Symbol.iterator]() { yield item('g'); yield {action: 'h', title: 'h'}; }};
      const manual = {get [Symbol.iterator]() {
        told.push('got');
        return function () {
          told.push(this === manual, arguments.length);
          return log('iterator', {next: () => log('step', steps.shift())});
        };
      }};
      const bad = iterator => ({[Symbol.iterator]: iterator});
      for (const actions of [[item('x'), item('y')], log('array', [item('p')]), new Set([item('s')]), sequence, manual, [], {}, 5,
                             [5], [null], bad(5), bad(() => 5), bad(() => ({})), bad(() => ({next: () => 5})),
                             [{action: 'no title'}], [{get title() { throw new Error('theirs'); }}], 'text',
                             log('string', new String('ab'))])
        try {
          const tag = String(told.length);  // a closed one's end may come after the next one with its tag was shown
          await registration.showNotification('x', {tag, actions});
          const [shown] = await registration.getNotifications({tag});
          told.push(JSON.stringify(shown.actions));
          shown.close();
        } catch (e) { told.push(e.name, e.message, e.stack); }
      return told;
    })()""",
    "who reads prototypes": """(async () => {
      const told = ['-'], then = Promise.prototype.then;
      const maker = Object.getOwnPropertyDescriptor(Promise.prototype, 'constructor');
      const species = Object.getOwnPropertyDescriptor(Promise, Symbol.species);
      Promise.prototype.then = function (...args) { told.push('then'); return then.apply(this, args); };
      const looked = {configurable: true, get() { told.push('constructor'); return Promise; }};
      Object.defineProperty(Promise.prototype, 'constructor', looked);
      Object.defineProperty(Promise, Symbol.species, {configurable: true, get() { told.push('species'); return this; }});
      Object.defineProperty(Object.prototype, 'tag', {configurable: true, set() { told.push('tag'); }});
      Object.defineProperty(Array.prototype, '0', {configurable: true, set() { told.push('0'); }});
      const one = clients.matchAll(), two = clients.get('x'), three = clients.openWindow('/');
      const own = [one, two, three].map(p => Reflect.ownKeys(p).concat(Object.getPrototypeOf(p) === Promise.prototype));
      await 0;
      await new Promise(f => setTimeout(f, 60));
      delete Array.prototype[0];
      delete Object.prototype.tag;
      Object.defineProperty(Promise, Symbol.species, species);
      Object.defineProperty(Promise.prototype, 'constructor', maker);
      Promise.prototype.then = then;
      three.catch(() => {});
      return [told, own.map(String), Reflect.ownKeys(three)];
    })()""",
    "numbers of timers": "[setTimeout(() => {}, 0), clients.openWindow('/').catch(() => {}) && setTimeout(() => {}, 0)]",
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_a_worker_sees_what_it_sees_without_the_agent(heard: WorkerStage, bare: WorkerStage, look: str) -> None:
    def seen(stage: WorkerStage) -> str:
        _, worker = under(stage, scope=f"look-{sorted(LOOKS).index(look)}")
        return json.dumps(worker.value(LOOKS[look]), indent=1).replace(stage.url, "")

    assert seen(heard) == seen(bare)


def test_the_extent_of_what_is_seen(heard: WorkerStage, bare: WorkerStage) -> None:
    """Wrong arguments, which are rejected before the call returns, reach their handler one microtask later."""
    late = """(async () => { const order = [];
      clients.get().catch(() => order.push('refused'));
      Promise.resolve().then(() => order.push(1)).then(() => order.push(2)).then(() => order.push(3));
      await new Promise(f => setTimeout(f, 60));
      return order;
    })()"""
    assert under(heard)[1].value(late) == [1, "refused", 2, 3]
    assert under(bare)[1].value(late) == ["refused", 1, 2, 3]


def test_a_worker_that_starts_again_is_heard_again(heard: WorkerStage) -> None:
    window, worker = under(heard, "onmessage = e => clients.matchAll();")
    window.call("ServiceWorker.enable")
    window.call("ServiceWorker.stopAllWorkers")
    window.value("navigator.serviceWorker.controller.postMessage('wake'); 0")

    def last() -> list[type]:
        facts = [type(fact) for context in worker.contexts for fact in context.facts]
        return facts[len(facts) - facts[::-1].index(Hello) - 1 :]

    heard.until(lambda: last() == [Hello, Received, Called, Answered])
