"""The Clients API from Python, answered by a real worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import swnb
from swnb.values import BigInt, JSMap, JSSet, undefined
from tests.browser.scenes import EAGER, HEAR, SKIP, controlled, page, script, text, window_client

WORKERS = """<script>
globalThis.dedicated = new Worker('/w.js');
globalThis.shared = new SharedWorker('/s.js');
const said = worker => new Promise(r => { worker.onmessage = () => r() });
globalThis.up = Promise.all([said(dedicated), said(shared.port)]);
</script>"""


def test_match_all_of_each_type(lab: swnb.Lab) -> None:
    lab.site.write("/w.js", "postMessage('up')")
    lab.site.write("/s.js", "onconnect = e => e.ports[0].postMessage('up')")
    home = controlled(lab)
    lab.site.write("/workers", WORKERS, content_type="text/html")
    home.goto("/workers").evaluate("up")
    base = lab.site.url
    found = {str(kind): [c.url for c in lab.clients.match_all(type=kind)] for kind in swnb.ClientType}
    assert found["window"] == [f"{base}/workers"]
    assert found["worker"] == [f"{base}/w.js"]
    assert found["sharedworker"] == [f"{base}/s.js"]
    assert found["all"][0] == f"{base}/workers"  # windows come before workers
    assert sorted(found["all"][1:]) == [f"{base}/s.js", f"{base}/w.js"]
    for client in lab.clients.match_all(type="all"):
        if client.type != "window":
            assert type(client) is swnb.Client
            assert (client.frame_type, client.name, client.controlled) == ("none", None, True)
            assert lab.clients.get(client.id) == client
            client.post_message("Chromium drops this")


def test_frames_nested_in_frames_are_clients_of_their_own(lab: swnb.Lab) -> None:
    lab.site.write("/inner", "inner", content_type="text/html")
    lab.site.write("/outer", "<iframe src=/inner></iframe>", content_type="text/html")
    controlled(lab, body="<iframe src=/outer></iframe>")
    clients = lab.clients.match_all()
    assert {(c.url.removeprefix(lab.site.url), c.frame_type, c.name) for c in clients} == {
        ("/", "top-level", "home"),
        ("/outer", "nested", None),
        ("/inner", "nested", None),
    }


def test_a_pop_up_is_top_level_in_chromium(lab: swnb.Lab) -> None:
    home = controlled(lab)
    lab.site.write("/popped", "popped", content_type="text/html")
    home.evaluate("open('/popped', 'p', 'popup,width=200,height=200'); 0")
    lab.wait("clients 2")
    popped = window_client(lab, "home-popup")
    assert (popped.frame_type, popped.url) == ("top-level", f"{lab.site.url}/popped")
    assert {c.name for c in lab.clients.match_all()} == {"home", "home-popup"}


def test_include_uncontrolled_says_who_is_controlled(lab: swnb.Lab) -> None:
    controlled(lab)
    page(lab, "/late", "late").reload(bypass=True)
    everyone = lab.clients.match_all(include_uncontrolled=True)
    assert {(c.name, c.controlled) for c in everyone} == {("home", True), ("late", False)}
    assert [c.name for c in lab.clients.match_all()] == ["home"]
    late = lab.clients.get("late")
    assert late is not None and late.controlled is False


def test_the_last_focused_comes_first(lab: swnb.Lab) -> None:
    controlled(lab, "first", body="<iframe src=/frame></iframe>")
    for name in ("second", "third"):
        page(lab, f"/{name}", name)
    lab.wait("clients 4")
    order = [c.url.removeprefix(lab.site.url) for c in lab.clients.match_all()]
    assert order == ["/third", "/second", "/", "/frame"]  # a window has the focus when it opens; the frame never had it
    lab.window("first").evaluate("frames[0].focus()")
    lab.window("first").evaluate("new Promise(requestAnimationFrame)")
    order = [c.url.removeprefix(lab.site.url) for c in lab.clients.match_all()]
    assert order == ["/frame", "/third", "/second", "/"]  # Chromium counts the frame alone, not its ancestors


def test_properties_of_a_window_client(lab: swnb.Lab) -> None:
    home = controlled(lab)
    client = window_client(lab)
    assert (client.url, client.type, client.frame_type, client.visibility_state) == (
        f"{lab.site.url}/", "window", "top-level", "visible",
    )  # fmt: skip
    assert client.focused is True
    assert client.ancestor_origins is None  # Chromium has no such attribute
    assert lab.worker.evaluate("'ancestorOrigins' in WindowClient.prototype") is False
    assert client.id == home.evaluate("0") or len(client.id) == 36
    assert "home" in str(lab.clients.match_all()) and client.id in str(lab.clients.match_all())
    assert str(lab.clients.match_all(type="worker")) == "no clients"


def test_a_type_that_is_none(lab: swnb.Lab) -> None:
    controlled(lab)
    with pytest.raises(swnb.InvalidArgument, match=r"'windows' is no type of client\n.*sharedworker"):
        lab.clients.match_all(type="windows")


def test_get_of_what_is_no_client(lab: swnb.Lab) -> None:
    controlled(lab)
    other = lab.origin("other")
    other.write("/sw.js", EAGER)
    stranger = lab.open(f"{other.url}/", name="stranger")
    lab.register(f"{other.url}/sw.js", scope=f"{other.url}/", window=stranger)
    lab.wait("controlled", window="stranger")
    theirs = lab.find_worker(scope=f"{other.url}/").clients.match_all()[0].id
    ours = lab.find_worker(scope="/")
    for nothing in ("", "nonsense", "'); throw 1; ('", "\ud800", "../../x", theirs):
        assert ours.clients.get(nothing) is None
    assert ours.clients.get(ours.clients.match_all()[0].id) is not None
    with pytest.raises(swnb.WindowNoClient, match="no client for the window 'stranger'"):
        ours.clients.get("stranger")


def test_claim_takes_over_windows_and_frames(lab: swnb.Lab) -> None:
    lab.site.write("/frame", "f", content_type="text/html")
    controlled(lab, source=SKIP, body="<iframe src=/frame></iframe>")
    assert lab.clients.match_all() == ()
    lab.clients.claim()
    assert {c.url.removeprefix(lab.site.url) for c in lab.clients.match_all()} == {"/", "/frame"}
    assert lab.window("home").evaluate("navigator.serviceWorker.controller.scriptURL") == f"{lab.site.url}/sw.js"


def test_claim_by_a_worker_that_is_not_active(lab: swnb.Lab) -> None:
    controlled(lab)
    script(lab, "// another\n")
    registration = lab.registration("/").update()
    lab.wait("installed")
    waiting = registration.waiting
    assert waiting is not None
    with pytest.raises(swnb.JavaScriptError) as caught:
        waiting.clients.claim()
    assert caught.value.name == "InvalidStateError"
    assert waiting.clients.match_all() == ()  # it controls nobody
    assert [c.name for c in waiting.clients.match_all(include_uncontrolled=True)] == ["home"]


def test_post_message_arrives_as_an_event_of_the_page(lab: swnb.Lab) -> None:
    home = controlled(lab)
    home.evaluate(HEAR)
    message = {
        "a": [1, -0.0, None, undefined],
        "n": BigInt(2),
        "when": datetime(2020, 1, 1, tzinfo=UTC),
        "bytes": b"\0\xff",
    }
    window_client(lab).post_message(message)
    got = home.evaluate("globalThis.event = await heard; event.data")
    assert isinstance(got, dict)
    assert got == {"a": [1, 0, None, undefined], "n": 2, "when": message["when"], "bytes": got["bytes"]}
    assert home.evaluate("[event.data.a[1], Object.is(event.data.a[1], -0), typeof event.data.n]") == [
        0,
        True,
        "bigint",
    ]
    assert home.evaluate("event.data.bytes instanceof Uint8Array && event.data.bytes.join()") == "0,255"
    assert home.evaluate("[event.source === navigator.serviceWorker.controller, event.origin]") == [True, lab.site.url]


def test_what_cannot_be_posted_says_where(lab: swnb.Lab) -> None:
    controlled(lab)
    with pytest.raises(swnb.ValueNotCloneable, match=r'\["a"\]\[1\]'):
        window_client(lab).post_message({"a": [1, object()]})
    window_client(lab).post_message(JSMap([(1, JSSet([True]))]))


@pytest.mark.parametrize("verb", ["post_message", "navigate", "focus"])
def test_a_client_that_is_gone(lab: swnb.Lab, verb: str) -> None:
    controlled(lab)
    page(lab, "/second", "second")
    lab.wait("clients 2")
    client = window_client(lab, "second")
    lab.window("second").close()
    lab.wait("clients 1")
    arguments = {"post_message": (1,), "navigate": ("/",), "focus": ()}[verb]
    with pytest.raises(swnb.ClientGone, match=r"/second\) is gone; it was last seen at \d\d:\d\d:\d\d\n") as caught:
        getattr(client, verb)(*arguments)
    assert (caught.value.client_id, caught.value.url) == (client.id, client.url)
    assert lab.clients.get(client.id) is None


def test_window_interaction_is_refused_by_name(lab: swnb.Lab) -> None:
    controlled(lab)
    verbs: list[Callable[[], object]] = [
        lambda: window_client(lab).focus(activation=False),
        lambda: lab.clients.open_window("/", activation=False),
    ]
    for refused in verbs:
        with pytest.raises(swnb.JavaScriptError) as caught:
            refused()
        assert caught.value.name == "InvalidAccessError"
        assert "click on a notification" in caught.value.todo
    assert text(lab.worker.evaluate("'still here'")) == "still here"


def test_a_worker_that_patched_its_intrinsics(lab: swnb.Lab) -> None:
    patch = "Array.prototype.map = Array.prototype.some = Promise.prototype.then = () => { throw Error('patched') };"
    controlled(lab, source=SKIP + patch)
    lab.clients.claim()
    assert [c.name for c in lab.clients.match_all(include_uncontrolled=True)] == ["home"]
    assert window_client(lab).controlled
