"""The sides of a measurement: a lab that hears, the same one that hears nothing, and the bare pipe."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic, sleep
from typing import Any, TypeVar

from tests.bench.floor import Pipe
from tests.bench.hearing_material import ORIGIN
from tests.bench.material import REGISTER

LONG_S = 600.0
"""How long one script may run: far beyond what it takes."""

T = TypeVar("T")


def turns(sides: Iterable[T], order: random.Random) -> list[T]:
    """Return the sides in another order."""
    sides = list(sides)
    return order.sample(sides, len(sides))


class Side:
    """A lab with one window, `home`, that one worker controls.

    Parameters
    ----------
    hears
        Whether its probe hears. One that does not is this process' own: no target is the lab's to it, so that nothing of it
        comes into any context, and everything else is as it is.
    connect
        Address of a browser to use instead of one of its own.
    """

    def __init__(self, executable: str, *, hears: bool, connect: str = "", **settings: Any) -> None:
        import swnb

        self.hears = hears
        where = {"connect": connect} if connect else {"executable": executable}
        self.lab: Any = swnb.Lab("hears" if hears else "deaf", timeout_s=120.0, **where, **settings)
        self.lab.start()
        self.home: Any = None
        self.said: dict[str, list[str]] = {}
        """Batches of each target, by its type, as they came."""
        if not hears:
            self.lab.run(self._deafen)

    async def _deafen(self) -> None:
        self.lab.asynchronous.probe._hears = lambda target: False

    @property
    def port(self) -> int:
        """Port of the origin."""
        port: int = self.lab.asynchronous.prepared.port
        return port

    def keep_batches(self) -> None:
        """Keep what agents say from now on, as it comes; for targets that are attached from now on."""
        binding = self.lab.asynchronous.probe._installer.binding

        def attached(target: Any) -> None:
            def called(params: dict[str, Any]) -> None:
                if params["name"] == binding:
                    self.said.setdefault(target.type, []).append(params["payload"])

            target.session.on("Runtime.bindingCalled", called)

        async def listen() -> None:
            self.lab.asynchronous.browser.targets.on_attached.append(attached)

        self.lab.run(listen)

    def open(self, page: str, worker: str | None = None) -> None:
        """Open `home` at a page, under the control of a worker."""
        lab = self.lab
        lab.site.write("/", page, content_type="text/html")
        self.home = lab.open("/", name="home")
        if worker is not None:
            lab.site.write("/sw.js", worker, content_type="text/javascript")
            lab.register("/sw.js", scope="/", window=self.home)
            lab.wait("active")
            lab.clients.claim()

    def script(self, source: str) -> Any:
        """Run a script in `home` and return its value."""
        return self.home.evaluate(source, timeout_s=LONG_S)

    def value(self, expression: str) -> Any:
        """Return what a promise settles to."""
        return self.script(f"await {expression}")

    def quiet(self, events: int = 0, limit_s: float = 120.0) -> None:
        """Wait until so many events are in the log, and nothing is undecided."""
        if not self.hears:
            return
        lab, probe = self.lab, self.lab.asynchronous.probe
        deadline = monotonic() + limit_s
        while (len(lab.log) < events or not probe.is_settled()) and monotonic() < deadline:
            lab.settle()
            sleep(0.02)

    def surprises(self) -> list[str]:
        """Return a footnote on what swnb did not expect; none where there was nothing."""
        found = [surprise.what for surprise in self.lab.log.of("surprise")]
        return [f"{len(found)} surprises, the first: {found[0][:200]}"] if found else []

    def end(self) -> None:
        """Decide all that is left, then end the browser."""
        if self.hears:
            self.decide()
        self.lab.stop()

    def decide(self) -> None:
        """Nothing more will be heard."""

        async def close() -> None:
            self.lab.asynchronous.probe.close()

        self.lab.run(close)


class Bare:
    """A browser on the bare pipe, with one page and perhaps a worker, from a lab's origin."""

    def __init__(self, executable: str, port: int) -> None:
        self.pipe = pipe = ReadingPipe(executable, port)
        pipe.call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        self.page = self.worker = ""

    def open(self, *, registers: bool) -> None:
        """Open the page; register its worker, which claims it."""
        pipe = self.pipe
        pipe.loaded = False
        pipe.call("Target.createTarget", url=f"{ORIGIN}/", newWindow=True)
        self.page = pipe.session_of("page")
        while not pipe.loaded:
            pipe.notice(pipe.receive())
        pipe.call("Page.disable", self.page)
        if registers:
            self.script(REGISTER)
            self.worker = pipe.session_of("service_worker")
            pipe.call("Runtime.evaluate", self.worker, expression="clients.claim()", awaitPromise=True)

    def script(self, source: str) -> Any:
        """Run a script in the page and return its value; of a promise what it settles to."""
        answer = self.pipe.call("Runtime.evaluate", self.page, expression=source, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    value = script

    def end(self) -> None:
        """End the browser."""
        self.pipe.close()


class ReadingPipe(Pipe):
    """The floor's pipe for many small events: what one read brings is cut up once."""

    waiting: deque[bytes]
    parts: list[bytes]

    def __init__(self, executable: str, port: int) -> None:
        self.waiting, self.parts = deque(), []
        super().__init__(executable, port)

    def receive(self) -> dict[str, Any]:
        """Return the next message."""
        import os

        while not self.waiting:
            data = os.read(self.answer_fd, 1 << 20)
            if not data:
                raise EOFError("Chromium closed the pipe")
            *ends, rest = data.split(b"\0")
            for end in ends:
                self.waiting.append(b"".join([*self.parts, end]))
                self.parts.clear()
            if rest:
                self.parts.append(rest)
        decoded: dict[str, Any] = json.loads(self.waiting.popleft())
        return decoded


def until(holds: Callable[[], bool], limit_s: float) -> bool:
    """Look again and again whether something holds; tell whether it came."""
    deadline = monotonic() + limit_s
    while not holds():
        if monotonic() > deadline:
            return False
        sleep(0.01)
    return True
