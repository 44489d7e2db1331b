"""Workers that do not come to be, and waiting for them."""

from __future__ import annotations

import pytest

import swnb
from swnb.events import WindowLoaded, WorkerStateChanged
from tests.browser.scenes import EAGER, controlled, page, script


@pytest.mark.parametrize(
    ("source", "headers", "status", "name", "words"),
    [
        ("oops(", None, 200, "TypeError", "ServiceWorker script evaluation failed"),
        ("throw new Error('top')", None, 200, "TypeError", "ServiceWorker script evaluation failed"),
        (EAGER, {"Content-Type": "text/plain"}, 200, "SecurityError", "MIME type"),
        ("gone", None, 404, "TypeError", "404"),
    ],
)
def test_a_script_that_cannot_be_had(
    lab: swnb.Lab, source: str, headers: dict[str, str] | None, status: int, name: str, words: str
) -> None:
    home = page(lab, "/", "home")
    lab.site.write("/bad.js", source, headers=headers, status=status)
    with pytest.raises(swnb.JavaScriptError) as caught:
        lab.register("/bad.js", window=home)
    assert caught.value.name == name
    assert words in caught.value.message
    assert lab.registrations == []
    controlled(lab, "after")  # the lab is usable


def test_a_scope_too_wide_and_the_header_that_allows_it(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    lab.site.write("/deep/sw.js", EAGER)
    with pytest.raises(swnb.JavaScriptError) as caught:
        lab.register("/deep/sw.js", scope="/", window=home)
    assert caught.value.name == "SecurityError" and "Service-Worker-Allowed" in caught.value.message
    lab.site.write("/deep/sw.js", EAGER, headers={"Service-Worker-Allowed": "/"})
    assert lab.register("/deep/sw.js", scope="/", window=home).scope == f"{lab.site.url}/"


def test_other_origins_and_insecure_pages(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    other = lab.origin("other")
    other.write("/sw.js", EAGER)
    for url in (f"{other.url}/sw.js", "https://lab.localhost/sw.js"):
        with pytest.raises(swnb.JavaScriptError) as caught:
            lab.register(url, window=home)
        assert caught.value.name == "SecurityError"
    with pytest.raises(swnb.JavaScriptError) as caught:
        lab.register("/sw.js", scope=f"{other.url}/", window=home)
    assert caught.value.name == "SecurityError"
    with pytest.raises(swnb.LabError, match=r"no window of http://other\.localhost is open"):
        lab.register(f"{other.url}/sw.js")


def test_no_window_to_register_in(lab: swnb.Lab) -> None:
    with pytest.raises(swnb.LabError, match="is open, and this verb is one of a page\nopen one"):
        lab.register("/sw.js")
    with pytest.raises(swnb.WindowUnknown, match="no window is named 'nobody'"):
        lab.register("/sw.js", window="nobody")
    with pytest.raises(swnb.RegistrationUnknown, match="no registration has the scope"):
        lab.find_worker(scope="/nowhere/")


@pytest.mark.parametrize(
    ("source", "state"),
    [
        ("addEventListener('install', e => e.waitUntil(Promise.reject(new Error('no'))))", "redundant"),
        ("addEventListener('install', e => e.waitUntil(new Promise(() => {})))", "installing"),
        (
            "oninstall = () => skipWaiting(); addEventListener('activate', e => e.waitUntil(new Promise(() => {})))",
            "activating",
        ),
    ],
)
def test_a_worker_that_never_is_active(lab: swnb.Lab, source: str, state: str) -> None:
    home = page(lab, "/", "home")
    lab.register(script(lab, source), window=home)
    lab.wait(state)
    with pytest.raises(
        swnb.WaitTimeout, match=rf"'active'(; now| cannot come any more): .*sw\.js is {state}"
    ) as caught:
        lab.wait("active", timeout_s=0.1)
    assert (caught.value.condition, caught.value.timeout_s) == ("active", 0.1)
    if state == "redundant":
        with pytest.raises(swnb.WorkerMissing, match="has no active worker\nit has a redundant one"):
            lab.worker.evaluate("1")
    else:
        assert lab.worker.evaluate("1 + 1") == 2  # it can be asked all the same


def test_state_conditions(lab: swnb.Lab) -> None:
    with pytest.raises(swnb.WaitTimeout, match="no worker is activated; "):
        lab.wait("active", timeout_s=0.05)
    lab.wait("stopped", timeout_s=0.05)
    controlled(lab, source="oninstall = () => skipWaiting()")
    with pytest.raises(swnb.WaitTimeout, match="no window is controlled"):
        lab.wait("controlled", timeout_s=0.05)
    lab.clients.claim()
    lab.wait("controlled")
    lab.wait("controlled", window="home")
    page(lab, "/second", "second").reload(bypass=True)
    with pytest.raises(swnb.WaitTimeout, match="the window 'second' is not controlled"):
        lab.wait("controlled", window="second", timeout_s=0.05)
    with pytest.raises(swnb.WindowUnknown):
        lab.wait("controlled", window="nobody")
    lab.wait("clients 1")
    for wrong in ("clients 0", "clients 2"):
        with pytest.raises(swnb.WaitTimeout, match="it controls 1 windows"):
            lab.wait(wrong, timeout_s=0.1)
    lab.worker.evaluate("1")
    with pytest.raises(swnb.WaitTimeout, match="1 of the workers are not stopped"):
        lab.wait("stopped", timeout_s=0.05)


def test_event_conditions_look_from_the_last_acting_verb(lab: swnb.Lab) -> None:
    start = lab.mark()
    home = controlled(lab)
    for name in ("update", "installing", "installed", "activating", "activated", "started", "loaded", "navigated"):
        assert lab.wait(name, mark=start) is not None, name
    home.reload()
    assert isinstance(lab.wait("loaded", timeout_s=1.0), WindowLoaded)
    with pytest.raises(swnb.WaitTimeout, match=r"for 'activated'; now: .*is activated, running"):
        lab.wait("activated", timeout_s=0.05)  # that was before
    event = lab.wait("activated", mark=start, scope="/")
    assert isinstance(event, WorkerStateChanged) and event.former == "activating"
    with pytest.raises(swnb.WaitTimeout):
        lab.wait("activated", mark=start, scope="/other/", timeout_s=0.05)
    page(lab, "/second", "second").close()
    assert lab.wait("closed", window="second") is not None
    with pytest.raises(swnb.WaitTimeout):
        lab.wait("closed", window="home", timeout_s=0.05)
    lab.worker.stop()
    assert lab.wait("ended") is not None
    lab.worker.start()
    assert lab.wait("started") is not None


@pytest.mark.parametrize(
    ("condition", "near"),
    [("activ", "active"), ("client 2", "clients"), ("loadd", "loaded"), ("clients", ""), ("clients two", ""), ("", "")],
)
def test_a_condition_that_is_none(lab: swnb.Lab, condition: str, near: str) -> None:
    with pytest.raises(swnb.InvalidArgument, match="cannot be waited for") as caught:
        lab.wait(condition)
    assert (f"did you mean {near!r}?" in caught.value.todo) is bool(near)
