"""Permissions of the lab's sites against a real browser: what pages and workers are told, and what the browser then does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import swnb
from swnb.events import PermissionSet, PermissionsReset
from swnb.lab.permissions import NAMES
from tests.browser.scenes import controlled, page

STATE = "(await navigator.permissions.query({name: %r})).state"
OTHER = "http://other.localhost"


@pytest.fixture(autouse=True)
def as_at_the_start(lab: swnb.Lab) -> Iterator[None]:
    yield
    lab.permissions.reset()


def other(lab: swnb.Lab) -> swnb.Window:
    """Open a window of another site of the lab."""
    lab.origin("other").write("/", "<!doctype html>other", content_type="text/html")
    return lab.open(f"{OTHER}/", name="other")


def state(window: swnb.Window, name: str) -> object:
    return window.evaluate(STATE % name)


def test_notifications_are_granted_from_the_start(lab: swnb.Lab) -> None:
    home = controlled(lab)
    assert home.evaluate("Notification.permission") == "granted"
    assert lab.permissions.get("notifications") == "granted"
    assert lab.worker.evaluate("Notification.permission") == "granted"
    home.evaluate("await (await navigator.serviceWorker.ready).showNotification('shown'); 0")
    assert home.evaluate("(await (await navigator.serviceWorker.ready).getNotifications())[0].title") == "shown"
    assert len(lab.log.of("permission")) == 0  # what is there from the start is no event


def test_a_site_that_is_made_later_has_what_all_have(lab: swnb.Lab) -> None:
    assert other(lab).evaluate("Notification.permission") == "granted"
    lab.permissions.set("geolocation", "denied")
    lab.origin("third").write("/", "third", content_type="text/html")
    third = lab.open("http://third.localhost/")
    assert [state(third, name) for name in ("geolocation", "notifications", "midi")] == ["denied", "granted", "prompt"]
    assert lab.permissions.get("geolocation", "third") == "denied"


def test_nobody_else_is_granted_anything(lab: swnb.Lab) -> None:
    stranger = lab.open(
        "http://stranger.localhost/"
    )  # no site of the lab: its server says so, and that page has an origin
    assert stranger.evaluate("Notification.permission") == "default"


def test_one_origin_alone(lab: swnb.Lab) -> None:
    home, there = page(lab, "/", "home"), other(lab)
    lab.permissions.set("notifications", "denied", "other")
    assert [w.evaluate("Notification.permission") for w in (home, there)] == ["granted", "denied"]
    lab.permissions.set("geolocation", "granted", f"{OTHER}:80/any/path?x#y")
    assert [state(w, "geolocation") for w in (home, there)] == ["prompt", "granted"]
    assert (lab.permissions.get("geolocation"), lab.permissions.get("geolocation", "OTHER")) == ("prompt", "granted")
    assert lab.permissions.told("other")[OTHER]["notifications"] == "denied"
    assert lab.permissions.told()["http://lab.localhost"]["notifications"] == "granted"


def test_a_change_is_told_to_pages_and_workers_and_to_nobody_else(lab: swnb.Lab) -> None:
    home = controlled(lab)
    listen = """globalThis.changes = [];
    for (const name of ['notifications', 'geolocation', 'background-sync']) {
      const status = await navigator.permissions.query({name});
      status.onchange = () => changes.push([name, status.state]);
      (globalThis.kept ||= []).push(status);
    }
    globalThis.changed = () => new Promise((resolve) => {
      const look = () => changes.length ? resolve(changes) : setTimeout(look, 5);
      look();
    });
    0"""
    home.evaluate(listen)
    lab.worker.evaluate(listen)
    lab.permissions.set("notifications", "prompt")
    assert home.evaluate("changed()") == [["notifications", "prompt"]]
    assert lab.worker.evaluate("changed()") == [["notifications", "prompt"]]
    assert home.evaluate("Notification.permission") == "default"


def test_denied_the_browser_shows_none_and_lists_none_until_it_is_granted_again(lab: swnb.Lab) -> None:
    home = controlled(lab)
    home.evaluate("const r = await navigator.serviceWorker.ready; await r.showNotification('one'); 0")
    lab.permissions.set("notifications", "denied")
    assert home.evaluate("(await r.getNotifications()).length") == 0
    with pytest.raises(swnb.JavaScriptError, match="No notification permission has been granted"):
        home.evaluate("r.showNotification('two')")
    lab.permissions.set("notifications", "granted")
    home.evaluate("await r.showNotification('three'); 0")
    assert home.evaluate("(await r.getNotifications()).map((n) => n.title).sort()") == ["one", "three"]


def test_push_and_notifications_are_one(lab: swnb.Lab) -> None:
    home = controlled(lab)
    lab.permissions.set("push", "denied")
    assert home.evaluate("Notification.permission") == "denied"
    home.close()
    assert lab.permissions.get("notifications") == "denied"  # as it was set: no page is open


def test_each_name_can_be_set(lab: swnb.Lab) -> None:
    for name in NAMES:
        lab.permissions.set(name, "granted")
        assert lab.permissions.get(name) == "granted", name
    home = page(lab, "/", "home")
    for name in NAMES:
        lab.permissions.set(name, "denied")
        told = "prompt" if name == "storage-access" else "denied"  # the specification hides its denial
        assert lab.permissions.get(name) == told, name
    assert state(home, "periodic-background-sync") == "denied"


def test_what_a_page_says_is_not_believed_blindly(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    home.evaluate("Permissions.prototype.query = async () => ({state: {toString: 1}}); 0")
    assert lab.permissions.get("notifications") == "granted"
    home.evaluate("Permissions.prototype.query = () => { throw new Error('no') }; 0")
    assert lab.permissions.get("notifications") == "granted"
    assert lab.permissions.get("midi") is None


def test_reset_takes_back_all_and_grants_what_is_granted_at_the_start(lab: swnb.Lab) -> None:
    home, there = page(lab, "/", "home"), other(lab)
    lab.permissions.set("geolocation", "granted")
    lab.permissions.set("notifications", "denied", "other")
    lab.permissions.set("notifications", "granted", "http://stranger.localhost")
    mark = lab.mark()
    lab.permissions.reset()
    assert [state(w, "geolocation") for w in (home, there)] == ["prompt", "prompt"]
    assert [w.evaluate("Notification.permission") for w in (home, there)] == ["granted", "granted"]
    assert "http://stranger.localhost" not in lab.permissions.told()
    assert [event.kind for event in lab.log.since(mark)] == ["permission.reset"]


def test_each_step_is_an_event(lab: swnb.Lab) -> None:
    lab.origin("other")
    mark = lab.mark()
    lab.permissions.set("geolocation", "denied")
    lab.permissions.set("camera", "prompt", "other")
    lab.permissions.get("camera")
    lab.permissions.reset()
    told = [event for event in lab.log.since(mark) if isinstance(event, PermissionSet | PermissionsReset)]
    assert [(e.name, e.setting, e.origin) for e in told if isinstance(e, PermissionSet)] == [
        ("geolocation", "denied", ""),
        ("camera", "prompt", OTHER),
    ]
    assert isinstance(told[-1], PermissionsReset)


@pytest.mark.parametrize(
    ("words", "what", "todo"),
    [
        (("notification", "granted"), "there is no permission 'notification'", "did you mean 'notifications'?"),
        (("background_sync", "granted"), "there is no permission 'background_sync'", "did you mean 'background-sync'?"),
        (("push", "allow"), "there is no setting of a permission 'allow'", "granted, denied, prompt"),
        (("push", "granted", "lba"), "'lba' is no origin, and no site of the lab is called so", "did you mean 'lab'?"),
        (("push", "granted", "about:blank"), "'about:blank' is no origin", "sites: lab"),
        (("push", "granted", "http://"), "'http://' is no origin", "sites: lab"),
        (("push", "granted", "http://["), "is no origin", "give a whole URL"),
        (("push", "granted", ""), "'' is no origin", "sites: lab"),
    ],
)
def test_bad_input(lab: swnb.Lab, words: tuple[str, ...], what: str, todo: str) -> None:
    mark = lab.mark()
    with pytest.raises(swnb.InvalidArgument) as caught:
        lab.permissions.set(*words)
    first, second = str(caught.value).split("\n")
    assert what in first and todo in second
    assert list(lab.log.since(mark)) == []


def test_a_name_that_this_chromium_does_not_know(lab: swnb.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swnb.lab.permissions.NAMES", ("telepathy",))
    with pytest.raises(swnb.InvalidArgument, match="this Chromium does not let 'telepathy' be set"):
        lab.permissions.set("telepathy", "granted")


def test_before_and_after_a_lab() -> None:
    lab = swnb.Lab()
    with pytest.raises(swnb.NotStarted):
        _ = lab.permissions
    with lab:
        held = lab.permissions
        held.set("notifications", "denied")
    with pytest.raises(swnb.SwnbError):
        held.get("notifications")
    with lab:  # a new browser
        assert lab.permissions.get("notifications") == "granted"
