"""Windows that a worker opens: the browser does not hold them, and yet they are heard from their first line on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import swnb
from swnb.events import ConsoleWritten
from swnb.log import Mark
from swnb.messages import Message

pytestmark = pytest.mark.slow

WORKER = """
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("notificationclick", event => {
  event.notification.close();
  event.waitUntil(clients.openWindow("/opened/").then(client => client.postMessage("welcome")));
});
"""

OPENED = """<!doctype html><script>
console.log("first line");
navigator.serviceWorker.controller.postMessage("first line");
navigator.serviceWorker.onmessage = event => console.log(`heard ${event.data}`);
</script>"""


@pytest.fixture
def lab() -> Iterator[swnb.Lab]:
    with swnb.Lab() as lab:
        lab.site.write("/sw.js", WORKER)
        lab.site.write("/opened/", OPENED)
        lab.register("/sw.js", window=lab.open("/", name="home"))
        lab.wait("active")
        yield lab


def written(lab: swnb.Lab, mark: Mark) -> list[tuple[str, str]]:
    """Return who wrote what to the console."""
    events = lab.log.events("console", since=mark)
    return [(event.actor, event.text) for event in events if isinstance(event, ConsoleWritten)]


def test_they_are_heard_from_their_first_line_on(lab: swnb.Lab) -> None:
    for _ in range(40):
        mark = lab.mark()
        assert lab.clients.open_window("/opened/") is not None
        lab.wait("message window worker", mark=mark)
        (actor,) = [actor for actor, text in written(lab, mark) if text == "first line"]
        assert actor == "window"  # before its agent was there, nobody would have known whose it is
        lab.window("window").close()


def test_what_they_are_welcomed_with_is_heard_and_nothing_else(lab: swnb.Lab) -> None:
    for _ in range(40):
        mark = lab.mark()
        lab.worker.evaluate("registration.showNotification('Open')")
        lab.wait("notification", mark=mark)
        lab.notifications.newest.click()
        welcome = lab.wait("message worker window", mark=mark)
        assert isinstance(welcome, Message)
        assert (welcome.data, welcome.channel) == ("welcome", "w1→window")
        lab.clients.match_all()  # its id is found out, which the page must not hear
        heard = [text for _, text in written(lab, mark) if text.startswith("heard")]
        assert heard == ["heard welcome"]
        lab.window("window").close()
