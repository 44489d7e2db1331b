"""What hostile, damaged and dying pages do to what is heard: the log stays right, the page sees what it would see without a lab."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

import swnb
from swnb.events import ConsoleWritten, MessageRefused, MessageSent, Surprise, WindowCrashed
from swnb.probe import script as agent_script
from swnb.vocab import Pairing, TargetId
from tests.browser import test_connect
from tests.browser.scenes import EAGER, controlled, listed, page

running_browser = test_connect.address

MIB = 1 << 20

ECHO = "addEventListener('message', (event) => { heard.push(event.data); });\nglobalThis.heard = [];\n" + EAGER
"""A worker that remembers what it got."""

SEND = "navigator.serviceWorker.controller.postMessage(%s); 0"


@pytest.fixture(autouse=True)
def no_surprise(lab: swnb.Lab) -> Iterator[None]:
    mark = lab.mark()
    yield
    assert [event.what for event in lab.log.since(mark) if isinstance(event, Surprise)] == []


def hostile(lab: swnb.Lab, body: str = "", source: str = ECHO) -> swnb.Window:
    """Open a window that a remembering worker controls."""
    home = controlled(lab, source=source, body=body)
    lab.wait("controlled", window="home")
    return home


def to_worker(lab: swnb.Lab, mark: Any) -> list[Any]:
    return list(lab.log.messages(sender="home", since=mark))


# ---- payloads ------------------------------------------------------------------------------------------------------------


def test_a_cyclic_payload(lab: swnb.Lab) -> None:
    home, mark = hostile(lab), lab.mark()
    home.evaluate("a = { n: 1 }; a.self = a; a.list = [a, new Map([[a, a]])]; " + SEND % "a")
    lab.wait("message home worker", mark=mark)
    (message,) = to_worker(lab, mark)
    assert message.pairing is Pairing.EXACT
    data = message.data
    assert data["self"] is data
    assert data["list"][0] is data
    assert next(iter(data["list"][1].items()))[0] is data
    assert len(repr(message)) < 2000


@pytest.mark.parametrize(
    ("name", "make", "least", "truth"),
    [
        ("a million keys", "v = {}; for (let i = 0; i < 1e6; i++) v['k' + i] = i;", 16_000_000, "Object.keys(v).length"),
        ("a million items", "v = Array.from({ length: 1e6 }, (_, i) => i);", 8_000_000, "v.length"),
        ("100 MiB of bytes", "v = new Uint8Array(100 << 20); v[77] = 1;", 100 * MIB, "v.length"),
        ("100 MiB of text", "v = 'x'.repeat(50 << 20);", 100 * MIB, "v.length"),
    ],
)  # fmt: skip
def test_a_payload_that_is_too_large_is_measured(lab: swnb.Lab, name: str, make: str, least: int, truth: str) -> None:
    size = "({ data: v }) => { globalThis.size = " + truth + "; }"
    home = hostile(lab, source=f"addEventListener('message', {size});\n" + EAGER)
    mark = lab.mark()
    home.evaluate(f"{make} {SEND % 'v'}")
    lab.wait("message home worker", mark=mark)
    (message,) = to_worker(lab, mark)
    assert (message.pairing, message.data_or_none) == (Pairing.EXACT, None)
    assert message.size >= least
    assert message.digest
    assert lab.worker.evaluate("size") == home.evaluate(truth)
    with pytest.raises(LookupError, match="was not kept"):
        _ = message.data
    assert "not kept" in repr(message)


def test_a_payload_that_is_transferred_is_detached(lab: swnb.Lab) -> None:
    home, mark = hostile(lab), lab.mark()
    assert home.evaluate("b = new ArrayBuffer(100 << 20); " + SEND % "b, [b]" + "; b.byteLength") == 0
    lab.wait("message home worker", mark=mark)
    (message,) = to_worker(lab, mark)
    assert message.received is not None
    assert lab.worker.evaluate("heard[0].byteLength") == 100 * MIB


NESTED = "v = {}; for (let i = 0; i < %d; i++) v = { v }; "


def test_a_payload_that_is_too_deep_throws_for_the_page_and_is_refused(lab: swnb.Lab) -> None:
    home, mark = hostile(lab), lab.mark()
    with pytest.raises(swnb.JavaScriptError, match=r"RangeError: .*Maximum call stack size exceeded"):
        home.evaluate(NESTED % 10_000 + SEND % "v")  # so it is without a lab
    (event,) = [e for e in lab.log.since(mark) if e.kind.startswith("message")]
    assert isinstance(event, MessageRefused)
    assert event.name == "RangeError"


def test_a_deep_payload(lab: swnb.Lab) -> None:
    home, mark = hostile(lab), lab.mark()
    home.evaluate(NESTED % 1_000 + SEND % "v")  # from about 1,200 on Chromium delivers null, without a lab as well
    lab.wait("message home worker", mark=mark)
    (message,) = to_worker(lab, mark)
    assert message.pairing is Pairing.EXACT
    assert lab.worker.evaluate("n = 0; for (let v = heard[0]; v.v; v = v.v) n++; n") == 1_000
    depth, data = 0, message.data
    while data:
        depth, data = depth + 1, data["v"]
    assert depth == 1_000
    assert len(repr(message)) < 2000


def test_a_getter_that_throws_throws_for_the_page_and_is_refused(lab: swnb.Lab) -> None:
    home, mark = hostile(lab), lab.mark()
    thrown = home.evaluate(
        "calls = 0; mine = new RangeError('mine'); bad = { get x() { calls++; throw mine; } };"
        "try { navigator.serviceWorker.controller.postMessage(bad); 0 } catch (error) { [error === mine, calls] }"
    )
    assert thrown == [True, 1]
    events = [e for e in lab.log.since(mark) if e.kind.startswith("message")]
    assert [(type(e), getattr(e, "name", ""), getattr(e, "message", "")) for e in events] == [
        (MessageRefused, "RangeError", "mine")
    ]


def test_what_cannot_be_cloned_is_refused_and_nothing_more(lab: swnb.Lab) -> None:
    home, mark = hostile(lab), lab.mark()
    caught = home.evaluate(
        "try { navigator.serviceWorker.controller.postMessage(() => {}); 0 } catch (error) { [error.name, error.message] }"
    )
    assert isinstance(caught, list)
    assert caught[0] == "DataCloneError"
    (event,) = [e for e in lab.log.since(mark) if e.kind.startswith("message")]
    assert isinstance(event, MessageRefused)
    assert [event.name, event.message] == caught


NASTY = "<img src=x onerror=alert(1)>\u0000\u0007\u001b[31m\u202e</td></table><script>"


def test_markup_and_control_characters_are_text(lab: swnb.Lab) -> None:
    from swnb.views import heard

    home, mark = hostile(lab), lab.mark()
    home.evaluate(SEND % "nasty", inputs={"nasty": NASTY})
    lab.wait("message home worker", mark=mark)
    messages = lab.log.messages(since=mark)
    assert [m.data for m in messages] == [NASTY]
    text, html = repr(messages), heard.messages(messages)
    assert not set(text) & {"\u0000", "\u0007", "\u001b", "\u202e"}
    assert not set(html) & {"\u0000", "\u0007", "\u001b", "\u202e"}
    assert "<img" not in html
    assert "<script>" not in html


# ---- pages that change what everything builds on ------------------------------------------------------------------------

OVERWRITE = """
<script>
const names = Object.getOwnPropertyNames, symbols = Object.getOwnPropertySymbols;
const owners = [Array.prototype, Map.prototype, Set.prototype, WeakMap.prototype, String.prototype, Object, Reflect, JSON,
  Function.prototype, Promise.prototype, Number.prototype, RegExp.prototype, Symbol.prototype];
const post = navigator.serviceWorker.controller?.postMessage, worker = navigator.serviceWorker.controller;
const call = Reflect.apply, define = Object.defineProperty;
let count = 0;
const wrong = function () { count++; throw new Error("vandal"); };
const all = [];
for (let i = 0; i < owners.length; i++) {
  const keys = names(owners[i]);
  for (let k = 0; k < keys.length; k++) {
    if (keys[k] !== "constructor" && keys[k] !== "length") all[all.length] = [owners[i], keys[k]];
  }
}
for (let i = 0; i < all.length; i++) {
  try { define(all[i][0], all[i][1], { value: wrong, writable: true, configurable: true }); } catch { /* it is fixed */ }
}
try { define(Array.prototype, Symbol.iterator, { value: wrong }); } catch { /* it is fixed */ }
define(Array.prototype, 0, { set: wrong, get() { return "vandal"; }, configurable: true });
globalThis.MessageChannel = globalThis.JSON = globalThis.Reflect = globalThis.Map = globalThis.WeakMap = wrong;
globalThis.Proxy = globalThis.Promise = globalThis.Event = wrong;
globalThis.send = (value) => call(post, worker, [value]);
globalThis.vandalised = () => count;
</script>
"""


def test_a_page_that_overwrites_everything(lab: swnb.Lab) -> None:
    home = hostile(lab)
    page(lab, "/", body=OVERWRITE)  # what the window shows from its next load on
    home.reload()
    before = home.evaluate("vandalised()")
    mark = lab.mark()
    home.evaluate("send({ n: 1, list: [1, 2, { three: 3n }], text: 'x' }); 0")
    lab.wait("message home worker", mark=mark)
    (message,) = to_worker(lab, mark)
    assert message.data == {"n": 1, "list": [1, 2, {"three": 3}], "text": "x"}
    assert message.pairing is Pairing.EXACT
    assert home.evaluate("vandalised()") == before
    assert home.evaluate("1 + 1") == 2
    with pytest.raises(swnb.MalformedValue, match="has changed what swnb's script there builds on"):
        home.evaluate("({ a: 1 })")  # rather than a wrong value


# ---- contexts that die ---------------------------------------------------------------------------------------------------

BURST = "for (let i = 0; i < 1000; i++) %s;"
TO_WORKER = BURST % "navigator.serviceWorker.controller.postMessage(i)"


def complete(lab: swnb.Lab) -> None:
    """Wait until all that was said is decided, however busy the machine is."""
    probe = lab.asynchronous.probe
    assert probe is not None
    deadline = monotonic() + 20.0
    while not probe.is_settled():
        assert monotonic() < deadline
        lab.settle()


def consistent(lab: swnb.Lab, mark: Any, arrived: list[int], actor: str, sent: int = 1000) -> None:
    """Compare what is in the log with what the receiver really got."""
    complete(lab)
    messages = [m for m in lab.log.messages(since=mark) if isinstance(m.data_or_none, int)]
    found = Counter((m.from_actor, m.pairing, m.fate, m.why) for m in messages)
    assert [m.data for m in messages if m.received is not None] == arrived, found
    numbers = [m.data for m in messages]
    assert len(numbers) == len(set(numbers)) <= sent
    assert sorted(numbers) == list(range(len(numbers)))
    assert {m.from_actor for m in messages} == {actor}
    assert all(m.received is not None or m.fate is not None for m in messages)


def test_a_frame_that_is_removed_while_it_sends(lab: swnb.Lab) -> None:
    lab.site.write("/frame.html", "<!doctype html>in")
    home = hostile(lab, body="<iframe src='/frame.html'></iframe>")
    lab.wait("clients 2")
    mark = lab.mark()
    home.evaluate(
        "frame = document.querySelector('iframe');"
        f"frame.contentWindow.eval(`{TO_WORKER} parent.frame.remove();"
        + "for (let i = 1000; i < 1010; i++) { try { navigator.serviceWorker.controller.postMessage(i) } catch { } }`); 0"
    )
    lab.worker.evaluate("0")
    arrived = lab.worker.evaluate("heard")
    assert isinstance(arrived, list)
    frame = next(row for row in lab.world.clients.all if row.url.endswith("/frame.html") and row.owner is not None)
    assert arrived[:1000] == list(range(1000))
    consistent(lab, mark, arrived, frame.label, 1010)


@pytest.mark.parametrize("end", ["location.replace('/elsewhere')", "location.reload()"])
def test_a_page_that_leaves_while_it_sends(lab: swnb.Lab, end: str) -> None:
    home = hostile(lab)
    page(lab, "/elsewhere", "else").close()
    mark = lab.mark()
    home.evaluate(f"{TO_WORKER} {end}; 0")
    lab.wait("loaded", window="home", mark=mark)
    arrived = lab.worker.evaluate("heard")
    assert arrived == list(range(1000))
    consistent(lab, mark, list(range(1000)), "home")


def test_a_window_that_closes_itself_while_it_sends(lab: swnb.Lab) -> None:
    home = hostile(lab)
    home.evaluate("popup = open('/', 'p', 'popup'); await new Promise((resolve) => popup.onload = resolve); 0")
    lab.wait("clients 2")
    mark = lab.mark()
    popup = lab.window("home-popup")
    popup.evaluate(f"setTimeout(() => {{ {TO_WORKER} close(); }}); 0")
    lab.wait("closed", window="home-popup", mark=mark)
    lab.worker.evaluate("0")
    arrived = lab.worker.evaluate("heard")
    assert arrived == list(range(1000))
    consistent(lab, mark, list(range(1000)), "home-popup")


def test_a_worker_that_is_terminated_while_it_sends(lab: swnb.Lab) -> None:
    lab.site.write("/burst.js", "onmessage = () => {" + BURST % "postMessage(i)" + "};")
    home = page(lab, "/", "home")
    home.evaluate("worker = new Worker('/burst.js'); got = []; 0")
    mark = lab.mark()
    home.evaluate(
        "await new Promise((resolve) => { worker.onmessage = ({ data }) => {"
        " got[got.length] = data; if (data === 100) { worker.terminate(); setTimeout(resolve); } }; worker.postMessage('go'); }); 0"
    )
    arrived = home.evaluate("got")
    assert isinstance(arrived, list)
    assert arrived[:101] == list(range(101))
    worker = next(row for row in lab.world.clients.all if row.url.endswith("/burst.js"))
    consistent(lab, mark, arrived, worker.label)


def test_a_renderer_that_crashes_after_sending(lab: swnb.Lab) -> None:
    home = hostile(lab)
    mark = lab.mark()
    home.evaluate(TO_WORKER + "0")
    arrived = lab.worker.evaluate("heard")
    target = lab.asynchronous.browser.targets.by_id[TargetId(lab.window("home").target_id)]
    crashed = lab.mark()

    async def crash() -> None:
        target.session.post("Page.crash")

    lab.run(crash)
    lab.run(has_crashed, lab, crashed)
    home.reload()
    assert arrived == list(range(1000))
    consistent(lab, mark, list(range(1000)), "home")


async def has_crashed(lab: swnb.Lab, mark: Any) -> None:
    """Wait until the log says that the window crashed."""
    async for event in lab.log.follow(mark):
        if isinstance(event, WindowCrashed):
            return


def test_a_page_in_an_endless_loop(lab: swnb.Lab) -> None:
    home = hostile(lab)
    lab.origin("other").write("/", "<!doctype html>elsewhere", content_type="text/html")
    away = lab.open(lab.origin("other").url + "/", name="away")
    mark = lab.mark()
    home.evaluate(f"setTimeout(() => {{ {TO_WORKER} for (;;); }}); 0")
    assert (
        lab.worker.evaluate("while (heard.length < 1000) await new Promise((go) => setTimeout(go, 5)); heard[999]")
        == 999
    )
    assert (
        lab.worker.evaluate("while (heard.length < 1000) await new Promise((go) => setTimeout(go, 5)); heard.length")
        == 1000
    )
    assert away.evaluate("1 + 1") == 2
    flushed = [e for e in lab.log.since(mark) if isinstance(e, MessageSent)]
    assert len(flushed) > 900
    with pytest.raises(swnb.EvaluationTimeout):
        home.evaluate("1", timeout_s=0.2)
    assert home.evaluate("1") == 1
    consistent(lab, mark, list(range(1000)), "home")


# ---- more than one lab, and agents that fail -----------------------------------------------------------------------------


def test_two_labs_on_one_origin(lab: swnb.Lab) -> None:
    home = hostile(lab)
    with swnb.Lab(timeout_s=20.0) as other:
        there = controlled(other, name="there")
        assert (home.url, lab.site.url) == (there.url, other.site.url)
        ours, theirs = lab.mark(), other.mark()
        home.evaluate(SEND % "'ours'")
        there.evaluate(SEND % "'theirs'")
        lab.worker.evaluate("0")
        other.worker.evaluate("0")
        assert [m.data for m in lab.log.messages(since=ours)] == ["ours"]
        assert [m.data for m in other.log.messages(since=theirs)] == ["theirs"]
        installers = [one.asynchronous.probe._installer for one in (lab, other) if one.asynchronous.probe is not None]
        assert len({i.binding for i in installers}) == len({i.secret for i in installers}) == 2


BROKEN = "throw new TypeError('broken on purpose');"
PLACES = {
    "describing a payload": "const sentJson = (at, channel, args) => {",
    "an arriving message": "const tellReceived = (event, target, type) => {",
    "installing": "const maskPorts = () => {",
}


@pytest.fixture(params=PLACES)
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[swnb.Lab]:
    """A lab whose agent throws somewhere."""
    whole, place = agent_script._template(), PLACES[request.param]
    assert whole.count(place) == 1, request.param
    monkeypatch.setattr(agent_script, "_template", lambda: whole.replace(place, f"{place}\n{BROKEN}"))
    with swnb.Lab(timeout_s=20.0) as lab:
        yield lab


def test_an_agent_that_throws_is_a_surprise_and_the_page_goes_on(broken: swnb.Lab, lab: swnb.Lab) -> None:
    home = controlled(broken, source=ECHO.replace("heard.push(event.data)", "event.source.postMessage([event.data])"))
    broken.wait("controlled", window="home")
    answered = home.evaluate(
        "errors = []; onerror = (error) => errors.push(error);"
        "answer = new Promise((resolve) => { navigator.serviceWorker.onmessage = ({ data }) => resolve(data); });"
        "returned = navigator.serviceWorker.controller.postMessage('ask');"
        "new MessageChannel().port1.postMessage(1); [returned, await answer, errors.length]"
    )
    assert answered == [swnb.undefined, ["ask"], 0]
    surprises = [event.what for event in broken.log if isinstance(event, Surprise)]
    assert any("the agent failed in" in what and "broken on purpose" in what for what in surprises)
    assert not [e for e in broken.log if isinstance(e, ConsoleWritten) and "broken on purpose" in e.text]


def secrets_of(lab: swnb.Lab) -> set[str]:
    probe = lab.asynchronous.probe
    assert probe is not None
    return {probe._installer.binding, probe._installer.secret}


def test_two_labs_in_one_browser(running_browser: str) -> None:
    with (
        swnb.Lab(timeout_s=20.0, connect=running_browser) as ours,
        swnb.Lab(timeout_s=20.0, connect=running_browser) as theirs,
    ):
        home = controlled(ours, source=ECHO)
        ours.wait("controlled", window="home")
        visitor = theirs.open(f"{ours.site.url}/", name="visitor")  # one origin, one worker, two labs
        for window in (home, visitor):
            window.evaluate(
                "got = []; onmessage = ({ data }) => got.push(data);"
                "came = new Promise((resolve) => { navigator.serviceWorker.onmessage = ({ data }) => resolve(got.push(data)); }); 0"
            )
        before, there = ours.mark(), theirs.mark()
        home.evaluate(SEND % "'ours'")
        visitor.evaluate(SEND % "'theirs'")
        heard = "while (heard.length < 2) await new Promise((go) => setTimeout(go, 5)); heard"
        assert sorted(map(str, listed(ours.worker.evaluate(heard)))) == ["ours", "theirs"]
        ours.worker.evaluate("for (const client of await clients.matchAll()) client.postMessage('all'); 0")
        for window in (home, visitor):
            assert window.evaluate("await came") == 1
            assert window.evaluate("got") == ["all"]
        assert [m.data for m in ours.log.messages(sender="home", since=before)] == ["ours"]
        assert [m.data for m in theirs.log.messages(sender="visitor", since=there)] == ["theirs"]
        assert not secrets_of(ours) & secrets_of(theirs)
        for lab, other in ((ours, theirs), (theirs, ours)):
            assert [event.what for event in lab.log if isinstance(event, Surprise)] == []
            said = repr(lab.log[:]) + repr([getattr(event, "content", b"") for event in lab.log])
            assert not [secret for secret in secrets_of(other) if secret in said]
