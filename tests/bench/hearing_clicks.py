"""Row ``clicks``: a thousand real clicks, each of which must come once; `openWindow` and `focus` from a cell.

Beside them stand the same steps by hand, on the bare pipe and a bare bus.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from time import perf_counter, sleep
from typing import Any

from tests.bench.bare_bus import BareBus
from tests.bench.hearing_labs import Bare, Side, turns
from tests.bench.hearing_rows import Figure

MAX_RATIO = 1.3
OPENED = "/opened"

PAUSE_S = 0.2
"""After each turn: a window that was closed has its process ended, which would be the other side's burden."""

PAGE = "<!doctype html><title>page</title>"
WORKER = """
addEventListener("install", (event) => event.waitUntil(skipWaiting()));
globalThis.heard = [];
addEventListener("notificationclick", (event) => heard.push([event.notification.tag, event.isTrusted]));
"""
BY_HAND = """
globalThis.job = null;
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(job());
});
globalThis.within = (run) => new Promise((resolve, reject) => {
  job = () => run().then(resolve, reject);
  registration.showNotification("by hand", {tag: "by hand", silent: true}).catch(reject);
});
0
"""
VERBS = {
    "focus": "within(async () => (await (await clients.matchAll())[0].focus()).id)",
    "open_window": f"within(async () => (await clients.openWindow('{OPENED}')).id)",
}
TITLES = {
    "focus": "`client.focus()` from a cell, in a click on a notification",
    "open_window": "`clients.open_window()` from a cell, in a click on a notification",
}


def measure(executable: str, size: int, rounds: int) -> list[Figure]:
    """Measure the row's figures."""
    order = random.Random()
    side = Side(executable, hears=True)
    hand: Hand | None = None
    try:
        side.open(PAGE, WORKER)
        side.lab.site.write(OPENED, PAGE, content_type="text/html")
        clicked = clicks(side, size)
        hand = Hand(executable, side.port)
        return [clicked, *(compare(verb, side, hand, rounds, order) for verb in VERBS)]
    finally:
        if hand is not None:
            hand.end()
        side.end()


def clicks(side: Side, count: int) -> Figure:
    """Show a notification and click it, again and again."""
    lab = side.lab
    began = perf_counter()
    for number in range(count):
        lab.worker.evaluate(f"registration.showNotification('click {number}', {{tag: 'tag {number}'}})")
        lab.wait(f"notification 'tag {number}'")
        lab.notifications[f"tag {number}"].click()
        lab.notifications[f"tag {number}"].dismiss()
    took = perf_counter() - began
    heard = Counter(tag for tag, trusted in lab.worker.evaluate("heard") if trusted)
    logged = Counter(event.tag for event in lab.log.of("notification.clicked"))
    wanted = [f"tag {number}" for number in range(count)]
    return Figure(
        "clicks",
        f"{count:,} notifications, each shown, clicked and dismissed",
        against="counts",
        counts={
            "clicks": sum(heard.values()),
            "lost": sum(not heard[tag] for tag in wanted),
            "doubled": sum(heard[tag] > 1 for tag in wanted),
            "not in the log": sum(logged[tag] != 1 for tag in wanted),
        },
        must={"clicks": count, "lost": 0, "doubled": 0, "not in the log": 0},
        notes=[f"{took / count * 1000:.1f} ms each", *side.surprises()],
    )


def compare(verb: str, side: Side, hand: Hand, rounds: int, order: random.Random) -> Figure:
    """Time one verb on both sides, by turns."""
    times: dict[str, list[float]] = {"probe": [], "floor": []}
    runs = {"probe": lambda: ours(side, verb), "floor": lambda: hand.time(verb)}
    for place in range(rounds * 5 + 2):
        for name in turns(times, order):
            took = runs[name]()
            sleep(PAUSE_S)
            if place >= 2:
                times[name].append(took * 1000)
    return Figure(
        verb, TITLES[verb], "ms", against="floor", target=MAX_RATIO, probe=times["probe"], floor=times["floor"]
    )


def ours(side: Side, verb: str) -> float:
    """Return how long a verb took, in seconds."""
    lab = side.lab
    if verb == "focus":
        client = lab.clients.get("home")
        began = perf_counter()
        client.focus()
        return perf_counter() - began
    began = perf_counter()
    lab.clients.open_window(OPENED)
    took = perf_counter() - began
    for window in lab.windows[1:]:
        window.close()
    return took


class Hand(Bare):
    """The bare pipe and the bare bus."""

    def __init__(self, executable: str, port: int) -> None:
        self.bus = BareBus()
        before = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = self.bus.address
        try:
            super().__init__(executable, port)
        finally:
            if before is None:
                del os.environ["DBUS_SESSION_BUS_ADDRESS"]
            else:
                os.environ["DBUS_SESSION_BUS_ADDRESS"] = before
        self.pipe.call("Browser.setPermission", permission={"name": "notifications"}, setting="granted")
        self.open(registers=True)
        self.asked(BY_HAND)

    def asked(self, expression: str) -> Any:
        """Evaluate in the worker, as a cell's verb does."""
        answer = self.pipe.call(
            "Runtime.evaluate", self.worker, expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer))
        return answer["result"].get("value")

    def time(self, verb: str) -> float:
        """Return how long one took, in seconds."""
        began = perf_counter()
        self.asked(VERBS[verb])
        took = perf_counter() - began
        if verb == "open_window":
            for target in self.pipe.call("Target.getTargets")["targetInfos"]:
                if target["url"].endswith(OPENED):
                    self.pipe.call("Target.closeTarget", targetId=target["targetId"])
        return took

    def end(self) -> None:
        """End browser, then bus."""
        super().end()
        self.bus.end()
