"""A model of the browser: it keeps the order of each channel, loses blocks at stops, and its sessions are heard in any order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from swnb.events import MessageReceived, MessageSent, MessageUndelivered, Surprise
from swnb.probe.fact import Fact
from swnb.probe.facts import QueueOpened, Received, Sent
from tests.unit.probe.pairing_stage import ORIGIN, SCRIPT, Actor, Stage, raw


@dataclass
class Options:
    """What may happen in a run."""

    pages: int = 1
    versions: int = 1
    stops: bool = True
    contents: int = 2  # how many different ones there are; 0: each is another
    identified: float = 1.0
    inexact: float = 0.0
    unkept: float = 0.0
    torn: float = 0.0
    numbered: bool = False
    drains: bool = True


@dataclass
class Letter:
    """One message: what it really is, whatever anybody thinks."""

    id: int
    content: object
    sent_t: float = 0.0


@dataclass(eq=False)
class Source:
    """A page or a version, and what its session has not told yet."""

    name: str
    context: Actor | None = None
    session: deque[Callable[[], None]] = field(default_factory=deque)
    epoch: int = 0
    client_id: str = ""
    behind: bool = False


class Browser:
    """Pages and versions of one service worker script that post to each other."""

    def __init__(self, options: Options, random: Random) -> None:
        self.options = options
        self.random = random
        self.stage = Stage()
        self.truth: dict[float, int] = {}  # time of each fact to the message that it is about
        self.told: set[float] = set()  # times of the facts that were told
        self.lost: set[int] = set()
        self.letters = 0
        self.flight: dict[tuple[str, str], deque[Letter]] = {}
        self.pages = [self._page(n) for n in range(options.pages)]
        self.versions: list[Source] = []
        self.gone: list[Source] = []
        self._start_version()

    # ---- contexts

    def _page(self, number: int) -> Source:
        page = Source(f"p{number}", client_id=f"id-{number}")
        page.context = self.stage.open(page.name)
        context = page.context
        page.session.append(lambda: self.stage.hear(context, QueueOpened(self.stage.t(), "DOMContentLoaded")))
        if self.random.random() < self.options.identified:
            page.session.append(lambda: self._identify(page))
        return page

    def _identify(self, page: Source) -> None:
        assert page.context is not None
        page.context.client_id = page.client_id
        self.stage.pairing.identified(page.context)

    def _start_version(self) -> None:
        version = Source(f"w{len(self.versions) + 1}")
        self.versions.append(version)
        self._start(version)

    def _start(self, version: Source) -> None:
        """A thread is held until its context is known, so nothing of it, or caused by it, is heard before."""
        self._flush(version)
        version.epoch += 1
        version.context = self.stage.open(version.name, "service", epoch=version.epoch)

    def _stop(self, version: Source) -> None:
        context = version.context
        if context is None:
            return
        version.context = None
        for page in self.pages:
            waiting = self.flight.get((page.name, version.name), deque())
            for _ in range(self.random.randint(0, len(waiting))):
                self.lost.add(waiting.popleft().id)
            back = self.flight.get((version.name, page.name), deque())
            for _ in range(self.random.choice([0, 0, self.random.randint(0, len(back))])):
                self.lost.add(back.pop().id)
        if version.session and self.random.random() < self.options.torn:
            context.behind = True
            for _ in range(self.random.randint(0, len(version.session))):
                version.session.pop()
            for page in self.pages:  # whose sending nobody will hear must at least arrive soon
                while self.flight.get((version.name, page.name)):
                    self._to_client(version, page)
        version.session.append(lambda: self.stage.pairing.closed(context, "the worker was stopped"))

    # ---- messages

    def _content(self) -> object:
        self.letters += 1
        kinds = self.options.contents
        return f"m{self.letters}" if not kinds else "abcdef"[self.random.randrange(kinds)]

    def _post(self, sender: Source, receiver: Source, channel: tuple[object, ...]) -> None:
        context = sender.context
        if context is None:
            return
        letter = Letter(self.letters, self._content())
        letter.id = self.letters
        self.flight.setdefault((sender.name, receiver.name), deque()).append(letter)
        t = self.stage.t()
        self.truth[t] = letter.id
        exact, shown = 1, letter.content
        if self.random.random() < self.options.inexact:
            exact, shown = 0, self.random.choice([shown, "other"])
        elif self._unkept(letter):
            shown = None
        digest = str(letter.content) if shown is None else ""
        self._tell(sender, context, Sent(t, channel, raw(shown), 10, digest, exact))

    def _unkept(self, letter: Letter) -> bool:
        return self.options.unkept > 0 and sum(map(ord, str(letter.content))) % 2 == 0

    def _deliver(
        self, sender: Source, receiver: Source, channel: tuple[object, ...], source: tuple[object, ...]
    ) -> None:
        waiting = self.flight.get((sender.name, receiver.name))
        context = receiver.context
        if not waiting or context is None:
            return
        letter = waiting.popleft()
        t = self.stage.t()
        self.truth[t] = letter.id
        kept = not self._unkept(letter)
        content, digest = (letter.content, "") if kept else (None, str(letter.content))
        self._tell(receiver, context, Received(t, channel, raw(content), 10, digest, 1, (), source))

    def _tell(self, who: Source, context: Actor, fact: Fact) -> None:
        def tell() -> None:
            self.told.add(fact.t)
            self.stage.hear(context, fact)

        who.session.append(tell)

    def _number(self, version: Source) -> tuple[object, ...]:
        return (self.versions.index(version) + 1,) if self.options.numbered else ()

    def post_to_worker(self) -> None:
        page, version = self.random.choice(self.pages), self.random.choice(self.versions)
        self._post(page, version, ("sw", SCRIPT, *self._number(version)))

    def post_to_client(self) -> None:
        page, version = self.random.choice(self.pages), self.random.choice(self.versions)
        self._post(version, page, ("cl", page.client_id))

    def deliver_to_worker(self) -> None:
        page, version = self.random.choice(self.pages), self.random.choice(self.versions)
        if version.context is None and self.random.random() < 0.7:
            self._start(version)
        self._deliver(page, version, ("cl", page.client_id), (page.client_id, "client", f"{ORIGIN}/"))

    def deliver_to_client(self) -> None:
        page, version = self.random.choice(self.pages), self.random.choice(self.versions)
        self._to_client(version, page)

    def _to_client(self, version: Source, page: Source) -> None:
        state = self.random.choice(["activated", "activating"])
        source = (SCRIPT, state, *self._number(version))
        self._deliver(version, page, ("sw", SCRIPT), source)

    # ---- the observer

    def hear_some(self) -> None:
        source = self.random.choice([*self.pages, *self.versions])
        for _ in range(self.random.randint(1, 4)):
            if source.session:
                source.session.popleft()()

    def _flush(self, source: Source) -> None:
        while source.session:
            source.session.popleft()()

    def drain(self) -> None:
        moment = self.stage.pairing.moment()
        sources = [*self.pages, *self.versions]
        self.random.shuffle(sources)
        for source in sources:
            self._flush(source)
            self.random.choice([self.post_to_client, self.post_to_worker, self.deliver_to_client, self.hear_some])()
        self.stage.pairing.settle(moment)

    def step(self) -> None:
        happen = [self.post_to_worker] * 6 + [self.deliver_to_worker] * 6
        happen += [self.post_to_client] * 5 + [self.deliver_to_client] * 5 + [self.hear_some] * 10
        happen += [self.drain, self.stage.pairing.settle] if self.options.drains else []
        happen += [lambda: self._stop(self.random.choice(self.versions))] if self.options.stops else []
        if len(self.versions) < self.options.versions:
            happen += [self._start_version]
        self.random.choice(happen)()

    def finish(self) -> None:
        """All that is on its way arrives where it can, and all is told."""
        for version in self.versions:
            for page in self.pages:
                for _ in range(self.random.randint(0, 100)):
                    source = (page.client_id, "client", f"{ORIGIN}/")
                    self._deliver(page, version, ("cl", page.client_id), source)
                    self._deliver(version, page, ("sw", SCRIPT), (SCRIPT, "activated", *self._number(version)))
        sources = [*self.pages, *self.versions]
        while any(source.session for source in sources):
            self.hear_some()

    # ---- what must hold

    def check(self) -> None:
        """Nothing is paired wrongly and called exact; all that was told is in the log once; each sending has an end."""
        log = self.stage.log
        assert [event for event in log if isinstance(event, Surprise)] == []
        heard = [event for event in log if isinstance(event, MessageSent) and event.heard == "heard"]
        came = [event for event in log if isinstance(event, MessageReceived)]
        times = [event.t_browser_ms for event in (*heard, *came)]
        assert len(times) == len(set(times))
        assert set(times) == self.told - {t for t in self.told if t not in self.truth}
        ends: dict[int, int] = {}
        for event in came:
            sent = log[event.cause] if event.cause is not None else None
            assert isinstance(sent, MessageSent)
            ends[sent.seq] = ends.get(sent.seq, 0) + 1
            if event.pairing == "exact":
                assert self.truth[sent.t_browser_ms or 0] == self.truth[event.t_browser_ms or 0], event
            assert (sent.heard == "inferred") == (event.pairing == "unpaired")
        for fate in log:
            if isinstance(fate, MessageUndelivered) and fate.fate != "waiting":
                assert fate.cause is not None
                ends[fate.cause] = ends.get(fate.cause, 0) + 1
        waiting = {e.cause for e in log if isinstance(e, MessageUndelivered) and e.fate == "waiting"}
        for sending in heard:
            assert ends.get(sending.seq, 0) == 1 or (sending.seq in waiting and sending.seq not in ends), sending
        assert all(number == 1 for number in ends.values())

    def pairings(self) -> list[str]:
        return [str(event.pairing) for event in self.stage.log if isinstance(event, MessageReceived)]
