"""What the agent tells of contexts and of a page's life, and that the page does not notice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from swnb.probe.facts import ControllerChanged, Hello, PageChanged, QueueOpened
from tests.browser.agent_harness import Context, Session, Stage


@pytest.fixture(scope="module")
def heard() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage
        assert stage.troubles == []


@pytest.fixture(scope="module")
def bare() -> Iterator[Stage]:
    with Stage(agent=False) as stage:
        yield stage


@pytest.fixture(params=["heard", "bare"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Once with the agent and once without: what a page sees is the same."""
    found: Stage = request.getfixturevalue(request.param)
    return found


def hello(session: Session, url: str) -> Hello:
    """Return the last hello of a document or worker at a URL."""
    return next(fact for fact in reversed(session.of(Hello)) if fact.url == url)


def lifecycles(document: Context) -> list[str]:
    """Return what a document went through."""
    return [fact.lifecycle for fact in document.of(PageChanged) if fact.lifecycle is not None]


def under(stage: Stage, scope: str, script: str = "") -> tuple[Session, Session]:
    """Open a window that a worker of its own controls, which runs `script`; return both."""
    eager = "oninstall = e => skipWaiting(); onactivate = e => e.waitUntil(clients.claim());"
    stage.serve(f"/{scope}.js", eager + script)
    window = stage.open(f"/{scope}/")
    window.value(f"(async () => {{ navigator.serviceWorker.register('/{scope}.js', {{scope: '/{scope}/'}});"
                 "while (!navigator.serviceWorker.controller) await new Promise(f => setTimeout(f, 10)); })()")  # fmt: skip
    return window, next(one for one in stage.of_type("service_worker") if one.url.endswith(f"/{scope}.js"))


# ---- the first word ---------------------------------------------------------------------------------------------------


def test_a_window_says_who_it_is(heard: Stage) -> None:
    window = heard.open("/hello")
    fact = hello(window, heard.url + "/hello")
    assert (fact.kind, fact.origin, fact.top, fact.secure, fact.visibility) == (
        "window",
        heard.url,
        True,
        True,
        "visible",
    )
    assert fact.ancestors == ()
    assert fact.controller is None
    assert abs(fact.time_origin + fact.t - window.value("Date.now()")) < 20_000
    assert window.contexts[-1].facts[0] == fact, "it is the first word"


def test_frames_say_who_they_are(heard: Stage) -> None:
    heard.serve("/inner", "<!doctype html>")
    frames = (
        "<iframe name=a src=/inner></iframe><iframe srcdoc=x></iframe><iframe sandbox=allow-scripts srcdoc=y></iframe>"
    )
    window = heard.open("/frames", frames)
    inner = hello(window, heard.url + "/inner")
    assert (inner.name, inner.top, inner.kind, inner.ancestors) == ("a", False, "window", (heard.url,))

    def origins() -> list[str]:
        return sorted(
            fact.origin for fact in heard.hellos if fact.url == "about:srcdoc" and fact.ancestors == (heard.url,)
        )

    heard.until(
        lambda: origins() == [heard.url, "null"]
    )  # the sandboxed one, in a process of its own, is asked nothing


TOUCHED = """(async () => {
  const frame = document.createElement('iframe');
  frame.src = '/inner';
  document.body.append(frame);
  frame.contentWindow.mark = 1; // from here on it keeps its window
  await new Promise(f => frame.onload = f);
  return [frame.contentWindow.mark, frame.contentWindow.location.pathname];
})()"""


def test_a_window_that_changes_its_document_says_hello_again(heard: Stage) -> None:
    heard.serve("/inner", "<!doctype html>")
    window = heard.open("/touching")
    assert window.value(TOUCHED) == [1, "/inner"]
    hellos = [fact.url for fact in window.contexts[-1].of(Hello)]
    assert hellos == ["about:blank", heard.url + "/inner"]
    assert lifecycles(window.contexts[-1]) == ["ready", "loaded", "loaded"]
    assert len(window.contexts[-1].of(QueueOpened)) == 1  # the empty one is not asked for its container


def test_a_controlled_document_names_its_controller(heard: Stage) -> None:
    window, worker = under(heard, "named")
    window.value("navigator.serviceWorker.ready.then(() => {})")
    heard.go(window, "/named/")
    assert hello(window, heard.url + "/named/").controller == (worker.url, "activated")


@pytest.mark.parametrize("kind", ["Worker", "SharedWorker"])
def test_workers_say_who_they_are(heard: Stage, kind: str) -> None:
    """Of a worker that is held the URL cannot be asked: its target has it."""
    heard.serve("/w.js", "globalThis.hi = 1")
    window = heard.open("/workers")
    window.value(f"globalThis.w{kind} = new {kind}('/w.js', {{name: 'n-{kind}'}}); 0")
    named = heard.until(lambda: [fact for fact in heard.hellos if fact.name == f"n-{kind}"])
    assert [(fact.kind, fact.origin, fact.url, fact.visibility) for fact in named] == [
        ("dedicated" if kind == "Worker" else "shared", heard.url, "", None)
    ]


# ---- a page's life ----------------------------------------------------------------------------------------------------


def test_readiness_is_told_in_order(heard: Stage) -> None:
    window = heard.open("/ready")
    heard.until(lambda: "loaded" in lifecycles(window.contexts[-1]))
    told = [
        "queue" if isinstance(fact, QueueOpened) else fact.lifecycle
        for fact in window.contexts[-1].facts
        if isinstance(fact, QueueOpened) or (isinstance(fact, PageChanged) and fact.lifecycle)
    ]
    assert told == ["ready", "queue", "loaded"], "with DOMContentLoaded the queue opens"


def test_a_frozen_page_says_so(heard: Stage) -> None:
    window = heard.open("/frozen")
    window.call("Page.setWebLifecycleState", state="frozen")
    window.call("Page.setWebLifecycleState", state="active")
    heard.until(lambda: lifecycles(window.contexts[-1])[2:] == ["frozen", "loaded"])


def back(stage: Stage, window: Session) -> None:
    """Go back in history and wait until the page is shown."""
    history = window.call("Page.getNavigationHistory")
    window.call("Page.navigateToHistoryEntry", entryId=history["entries"][history["currentIndex"] - 1]["id"])


STORED = """onfetch = e => e.respondWith(new Response(`<!doctype html><script>
  globalThis.shown = [];
  onpageshow = onpagehide = e => shown.push(e.type, e.persisted);
</script>`, {headers: {'Content-Type': 'text/html'}}));"""


def test_a_page_comes_back_from_the_cache(stage: Stage) -> None:
    window, _ = under(stage, "stored", STORED)
    stage.go(window, "/stored/one")
    stage.go(window, "/stored/two")
    back(stage, window)
    shown = ["pageshow", False, "pagehide", True, "pageshow", True]
    stage.until(lambda: window.value("location.pathname === '/stored/one' && shown") == shown)
    if stage.source is not None:
        cached = next(one for one in window.contexts if [f for f in one.of(PageChanged) if f.lifecycle == "cached"])
        assert lifecycles(cached) == ["ready", "loaded", "cached", "loaded"]


def test_focus_and_visibility_are_told(heard: Stage) -> None:
    window = heard.open("/focus")
    heard.until(lambda: window.value("document.hasFocus()"))
    here = window.contexts[-1]
    other = heard.call("Target.createTarget", url="about:blank")["targetId"]  # a tab before it
    heard.call("Target.activateTarget", targetId=other)
    heard.until(lambda: window.value("document.visibilityState") == "hidden")
    heard.call("Target.closeTarget", targetId=other)
    heard.until(lambda: window.value("document.visibilityState") == "visible")
    seen = [fact.visibility for fact in here.of(PageChanged) if fact.visibility is not None]
    assert seen == ["hidden", "visible"]
    focused = [here.of(Hello)[0].focused, *(fact.focused for fact in here.of(PageChanged) if fact.focused is not None)]
    assert all(one != next_ for one, next_ in pairwise(focused)), "each is a change"
    assert focused[-1] == window.value("document.hasFocus()")


def test_events_of_the_pages_own_making_are_not_told(heard: Stage) -> None:
    window = heard.open("/made")
    before = len(window.contexts[-1].facts)
    window.value("for (const type of ['freeze', 'pagehide', 'DOMContentLoaded', 'focus']) dispatchEvent(new Event(type));"
                 "navigator.serviceWorker.dispatchEvent(new Event('controllerchange')); 0")  # fmt: skip
    assert window.contexts[-1].facts[before:] == []


def test_controllerchange_is_told_as_the_page_sees_it(heard: Stage) -> None:
    window, worker = under(heard, "claimed")
    (told,) = window.contexts[-1].of(ControllerChanged)
    assert told.script_url == worker.url
    assert told.state in ("activating", "activated")


# ---- the queue of messages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "how"),
    [
        ("navigator.serviceWorker.startMessages()", "startMessages"),
        ("navigator.serviceWorker.onmessage = null", "onmessage"),
        ("navigator.serviceWorker.onmessage = e => 1; navigator.serviceWorker.startMessages()", "onmessage"),
        ("navigator.serviceWorker.addEventListener('message', e => 1)", "DOMContentLoaded"),
    ],
)
def test_who_opened_the_queue(heard: Stage, script: str, how: str) -> None:
    window = heard.open(f"/queue-{abs(hash(script))}", f"<script>{script}</script>")
    assert [fact.how for fact in window.contexts[-1].of(QueueOpened)] == [how]


TO_ALL = """onmessage = async () => {
  for (const one of await clients.matchAll({includeUncontrolled: true})) one.postMessage('hello');
  new BroadcastChannel('told').postMessage('posted');
};"""
NOT_READY = """<script>
  globalThis.order = [];
  navigator.serviceWorker.addEventListener('message', e => order.push(e.data));
  globalThis.told = new BroadcastChannel('told');
  told.onmessage = e => order.push(e.data);
  navigator.serviceWorker.controller.postMessage('all');
</script><script src=/held.js></script>"""


class Held(str):
    """A file that is not served before it is let go."""

    gate: threading.Event

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        self.gate.wait(20.0)
        return super().encode(encoding, errors)


def test_the_queue_of_a_page_that_is_not_ready_stays_shut(stage: Stage) -> None:
    window, _ = under(stage, "asks", TO_ALL)
    script = Held("order.push('script')")
    script.gate = threading.Event()
    stage.serve("/held.js", script)
    stage.serve("/asks/not-ready", f"<!doctype html>{NOT_READY}")
    window.call("Page.navigate", url=stage.url + "/asks/not-ready")
    stage.until(lambda: window.value("globalThis.order?.includes('posted')"))
    script.gate.set()
    stage.until(lambda: window.value("order.length") == 3)
    assert window.value("order") == ["posted", "script", "hello"]
    if stage.source is not None:
        assert [fact.how for fact in window.contexts[-1].of(QueueOpened)] == ["DOMContentLoaded"]


# ---- what a page can see ----------------------------------------------------------------------------------------------

LOOKS = {
    "startMessages": """(() => {
      const p = ServiceWorkerContainer.prototype, d = Object.getOwnPropertyDescriptor(p, 'startMessages'), f = d.value;
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const clean = frame.contentWindow.Function.prototype.toString;
      return [Object.keys(d), d.enumerable, f.name, f.length, String(f), clean.call(f), Object.getOwnPropertyNames(f),
              'prototype' in f, Object.getOwnPropertyNames(p)];
    })()""",
    "onmessage": """(() => {
      const p = ServiceWorkerContainer.prototype, d = Object.getOwnPropertyDescriptor(p, 'onmessage'), f = d.set;
      return [Object.keys(d), d.enumerable, f.name, f.length, String(f), Object.getOwnPropertyNames(f), String(d.get)];
    })()""",
    "wrong this": """(() => {
      const p = ServiceWorkerContainer.prototype, told = [];
      for (const f of [p.startMessages, Object.getOwnPropertyDescriptor(p, 'onmessage').set])
        try { f.call({}); } catch (e) { told.push(String(e), e.stack.replace(/ \\(?[^ ]*:\\d+:\\d+\\)?/g, '')); }
      return told;
    })()""",
    "handlers": "[onpagehide, onpageshow, onfocus, document.onfreeze, navigator.serviceWorker.oncontrollerchange]",
    "what is shown": """(async () => {
      const showing = Object.getOwnPropertyDescriptor(ServiceWorkerRegistration.prototype, 'showNotification').value;
      const told = [String(showing), showing.length, showing.name, String(Notification), Notification.length];
      try { new Notification(); } catch (e) { told.push(String(e)); }
      try { Notification(); } catch (e) { told.push(String(e)); }
      try { await showing.call({}, 'x'); } catch (e) { told.push(String(e), e.stack.split('\\n').length); }
      class Mine extends Notification {}
      return [...told, new Mine('x') instanceof Mine, Notification.prototype.constructor === Notification];
    })()""",
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_page_sees_what_it_sees_without_the_agent(heard: Stage, bare: Stage, look: str) -> None:
    def seen(stage: Stage) -> Any:
        return stage.open("/look").value(LOOKS[look])

    assert seen(heard) == seen(bare)
