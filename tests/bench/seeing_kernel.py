"""The kernel's side of the bench of views: logs that are filled, streams, and what the lab's thread spends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

import swnb
from swnb.events import MessageReceived, MessageSent
from swnb.views.live.feed import Feed
from swnb.views.live.view import View
from swnb.vocab import MessageVia

PAGE = """<!doctype html><title>home</title><script>globalThis.exchange = count => new Promise(done => {
  let back = 0;
  navigator.serviceWorker.onmessage = () => ++back === count && done(back);
  const post = left => {
    for (let i = 0; i < 10 && left; i++, left--) navigator.serviceWorker.controller.postMessage({left, text: "as a page says it"});
    if (left) setTimeout(post, 10, left);
  };
  post(count);
});</script>"""

WORKER = """addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("message", event => event.source.postMessage(event.data));"""

FRAMES = "<!doctype html><title>frames</title><body><script>for (let i = 0; i < %d; i++) document.body.append(Object.assign(document.createElement('iframe'), {src: '/frame.html?' + i}));</script>"  # noqa: E501


def started(name: str) -> swnb.Lab:
    """Return a lab with a page that a worker controls."""
    lab = swnb.Lab(name)
    lab.start()
    lab.site.write("/", PAGE, content_type="text/html")
    lab.site.write("/sw.js", WORKER)
    home = lab.open("/", name="home")
    lab.register("/sw.js", window=home)
    lab.wait("controlled")
    lab.settle()
    return lab


def within(lab: swnb.Lab, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Return what a coroutine does in the lab's own thread."""
    loop = lab.asynchronous.browser.root.connection.loop
    return asyncio.run_coroutine_threadsafe(work(), loop).result()


def post(lab: swnb.Lab, nth: int) -> None:
    """Put one message into the log, as if it had been heard."""
    log = lab.asynchronous.log
    one, other = ("home", "w1") if nth % 2 else ("w1", "home")
    told = {"via": MessageVia.SERVICE_WORKER, "channel": f"{one}→{other}"}
    content = b'[[1],["O","n",%d,"text","as a page says it"]]' % nth
    now = time.time() * 1000 + nth / 1000  # each a little later than the one before
    sent = log.append(MessageSent(actor=one, to=other, content=content, size=40, t_browser_ms=now, **told))  # type: ignore[arg-type]
    log.append(MessageReceived(actor=other, sender=one, cause=sent.seq, t_browser_ms=now + 0.0005, **told))  # type: ignore[arg-type]


def fill(lab: swnb.Lab, count: int) -> int:
    """Fill a log with so many messages; return how many events it has."""

    async def work() -> None:
        for nth in range(count):
            post(lab, nth)

    within(lab, work)
    return len(lab.log)


def flood(lab: swnb.Lab, rate: int, seconds: float) -> Future[None]:
    """Let so many messages a second come, for a while; return what ends then."""

    async def work() -> None:
        begin, done = time.monotonic(), 0
        while (passed := time.monotonic() - begin) < seconds:
            due = int(passed * rate)
            for nth in range(done, due):
                post(lab, nth)
            done = due
            await asyncio.sleep(0.005)

    loop = lab.asynchronous.browser.root.connection.loop
    return asyncio.run_coroutine_threadsafe(work(), loop)


class Ear:
    """Counts what a view says to the front end."""

    def __init__(self, view: View) -> None:
        self.said: list[tuple[float, int]] = []
        say = view.send

        def heard(content: Any, buffers: Any = None) -> None:
            size = len(json.dumps(content)) + sum(len(each) for each in buffers or ())
            self.said.append((time.monotonic(), size))
            say(content, buffers)

        view.send = heard


def cpu_s(lab: swnb.Lab, count: int) -> float:
    """Return the seconds of processor time that the lab's thread spends while a page and its worker exchange so many messages."""

    async def clock() -> float:
        return time.thread_time()

    before = within(lab, clock)
    lab.window("home").evaluate(f"await exchange({count})", timeout_s=120)
    lab.settle()
    feed = Feed.of(lab.asynchronous)
    while feed._due is not None:  # the last look
        time.sleep(0.01)
    return float(within(lab, clock) - before)


def cost(lab: swnb.Lab, views: list[View], count: int, rounds: int) -> list[tuple[float, float]]:
    """Return the thread's time without and with views, round by round.

    Raises
    ------
    AssertionError
        If a view that follows was told nothing, or one that does not was told something: it would not be its cost.
    """
    found, ears = [], [Ear(view) for view in views]
    for _ in range(rounds):
        times = []
        for followed in (False, True):
            for view in views:
                (view.feed.follow if followed else view.feed.leave)(view)
            for ear in ears:
                ear.said.clear()
            times.append(cpu_s(lab, count))
            said = [len(ear.said) for ear in ears]
            if min(said) < 2 if followed else max(said) > 1:  # a front end that begins asks once for all
                raise AssertionError(f"views that {'follow' if followed else 'left'} were told {said} times")
        found.append((times[0], times[1]))
    return found
