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


def test_a_document_that_the_browser_keeps_is_heard_from_its_first_line_on() -> None:
    """It comes from the browser's cache, so that the lab's server cannot keep it back."""
    with swnb.Lab(timeout_s=20.0) as lab:
        page = "<!doctype html><script>postMessage(`first ${location.hash}`)</script>"
        lab.site.write("/", page, content_type="text/html", headers={"Cache-Control": "max-age=600"})
        for nth in range(20):
            lab.open(f"/#{nth}", name=f"n{nth}").close()
        lab.settle()
        heard = {message.data for message in lab.log.messages()}
        assert heard == {f"first #{nth}" for nth in range(20)}


@pytest.mark.parametrize("path", ["/", "/ü?a b", "/redirected"])
def test_the_first_window_is_heard_from_its_first_line_on(path: str) -> None:
    """It alone is created with its URL, and its document kept back by the lab's server."""
    page = "<!doctype html><script>postMessage(`first ${document.hasFocus()} ${history.length}`)</script>"
    for _ in range(3):
        with swnb.Lab(timeout_s=20.0) as lab:
            lab.site.write("/redirected", "", status=302, headers={"Location": "/"})
            for served in ("/", "/ü"):
                lab.site.write(served, page, content_type="text/html")
            window = lab.open(path, name="home")
            assert window.evaluate("[document.hasFocus(), history.length, document.visibilityState]") == [
                True,
                1,
                "visible",
            ]
            lab.settle()
            (message,) = lab.log.messages()
            assert message.data.startswith("first ")
            assert [window.name for window in lab.windows] == ["home"]


def test_the_first_document_is_kept_back_until_its_window_is_caught_up() -> None:
    """Chance hides it: without that wait the first line comes too early only now and then."""
    with swnb.Lab(timeout_s=20.0) as lab:
        lab.site.write("/", "<!doctype html>", content_type="text/html")
        targets = lab.asynchronous.browser.targets
        caught_up, unheld = targets.caught_up, []

        async def watched() -> None:
            unheld.append(targets.unheld)
            await caught_up()
            unheld.append(targets.unheld)

        targets.caught_up = watched  # type: ignore[method-assign]
        lab.open("/")
        assert unheld == [True, False]
        lab.open("/")  # is sent on, and needs no server that waits
        assert unheld == [True, False]
