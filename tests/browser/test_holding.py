"""A busy worker's agent holds facts back, and never when the worker is stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest

from swnb.browser.find import find_chromium
from swnb.probe.holding import BUSY
from tests.bench.hearing_checks import Told, key_of, seen, stopped
from tests.bench.hearing_labs import Side
from tests.bench.hearing_material import ANSWER, SKIP, TRAFFIC
from tests.browser import test_connect

running_browser = test_connect.address

ANSWERED = """new Promise(resolve => {
  const look = () => heard.length && heard[heard.length - 1].p === posted - 1 ? resolve() : setTimeout(look, 5);
  look();
})"""
"""The last message is answered, and by its order every one before it that will be."""

MUCH = 9
"""So many facts come in one batch only from an agent that holds some back: a task of the worker tells two."""

NOTHING = {"missing": 0, "unpaired": 0, "doubled": 0}

CLAIMS = 'addEventListener("activate", event => event.waitUntil(clients.claim()));\n'


@pytest.fixture
def side() -> Iterator[Side]:
    """A page and its worker that exchange messages without a pause."""
    yield from exchange(Side(str(find_chromium()), hears=True))


def exchange(side: Side) -> Iterator[Side]:
    try:
        side.keep_batches()
        side.open("<script>density = 8</script>" + TRAFFIC.replace("i < 8", "i < density"), CLAIMS + ANSWER)
        side.script("begin()")
        yield side
    finally:
        side.lab.stop()


def batches(side: Side, since: int = 0) -> list[list[object]]:
    """Return the facts of each batch that service workers told."""
    return [json.loads(payload)[2] for payload in side.said.get("service_worker", ())[since:]]


def until(condition: Callable[[], bool], limit_s: float = 30.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wait_until_held(side: Side) -> None:
    """Wait until a worker has held something back from now on."""
    since = len(batches(side))
    until(lambda: any(len(facts) >= MUCH for facts in batches(side, since)))


def ended(side: Side) -> dict[str, int]:
    """End the exchange, and compare what the page knows of it with the log."""
    posted = int(side.script("end()"))
    side.value(ANSWERED)
    side.quiet()
    side.decide()
    heard = [(one["life"], one["nth"], one["p"]) for one in side.script("heard")]
    messages = [seen(m, key_of)._replace(to_worker=m.sender == "home") for m in side.lab.log.messages()]
    counts = stopped(messages, Told(posted, heard, []))
    return {"lives": len({life for life, _, _ in heard}), **{name: counts[name] for name in NOTHING}}


def test_a_worker_that_swnb_stops_in_mid_stream_has_told_all(side: Side) -> None:
    for _ in range(4):
        wait_until_held(side)
        side.lab.worker.stop()
    wait_until_held(side)
    assert ended(side) == {"lives": 5, **NOTHING}


@pytest.mark.parametrize("ends", ["update", "unregister"])
def test_nothing_is_held_once_the_browser_may_stop_the_worker(side: Side, ends: str) -> None:
    wait_until_held(side)
    side.script("density = 1; 0")  # Chromium has no time for updates while very much comes
    side.lab.site.write("/sw.js", ANSWER.replace(SKIP, "// this one waits"), content_type="text/javascript")
    side.script(f"await (await navigator.serviceWorker.getRegistration()).{ends}(); density = 8; 0")
    since = len(batches(side)) + 100  # what was said before swnb heard of it
    until(lambda: len(batches(side)) > since + 500)
    assert max(len(facts) for facts in batches(side, since)) < MUCH


def test_in_a_browser_that_swnb_did_not_start_nothing_is_held(running_browser: str) -> None:
    for side in exchange(Side("", hears=True, connect=running_browser)):
        until(lambda: len(batches(side)) > 3 * BUSY)  # noqa: B023
        assert max(len(facts) for facts in batches(side, BUSY)) < MUCH
