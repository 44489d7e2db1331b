"""A model of ports over contexts: numbers, transfers, queues that move, workers, windows; sessions are heard in any order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from swnb.events import MessageReceived, MessageSent, MessageUndelivered, PortMoved, Surprise
from swnb.probe.fact import Fact
from swnb.probe.facts import Connected, Ports, QueueOpened, Received, Sent, WorkerMade
from tests.unit.probe.pairing_stage import ORIGIN, SCRIPT, Actor, Stage, raw

Channel = tuple[object, ...]


@dataclass(eq=False)
class Port:
    """A port as it really is. What is on its way to it waits at it, wherever it goes."""

    id: int
    peer: Port | None = None
    place: Room | None = None
    number: int = 0
    queue: deque[Letter] = field(default_factory=deque)
    fixed: Channel | None = None  # a worker object, or a dedicated worker's own end

    @property
    def channel(self) -> Channel:
        return self.fixed or ("pt", self.number)


@dataclass(eq=False)
class Letter:
    """A message as it really is."""

    id: int
    content: str
    ports: list[Port]


@dataclass(eq=False)
class Room:
    """A context, what it holds, and what its session has not told yet."""

    context: Actor
    ports: list[Port] = field(default_factory=list)
    session: deque[Callable[[], None]] = field(default_factory=deque)
    numbers: int = 0
    workers: int = 0
    inbox: deque[Letter] = field(default_factory=deque)  # of the container, or of a service worker
    window: deque[Letter] = field(default_factory=deque)
    alive: bool = True

    def number(self) -> int:
        self.numbers += 1
        return self.numbers


class Harbour:
    """One service worker that may be stopped, some pages, and workers that they make."""

    def __init__(self, pages: int = 3, contents: int = 3, stops: bool = False, windows: bool = False) -> None:
        self.stage = Stage()
        self.contents = contents
        self.stops, self.windows = stops, windows
        self.truth: dict[float, Letter] = {}
        self.told: set[float] = set()
        self.letters = self.made = 0
        self.epoch = 1
        self.worker = Room(self.stage.open("w1", "service"))
        self.pages: list[Room] = []
        for n in range(pages):
            page = Room(self.stage.open(f"p{n}", client_id=f"id-{n}"))
            self.stage.hear(page.context, QueueOpened(self.stage.t(), ""))
            self.pages.append(page)
        self.rooms = [self.worker, *self.pages]
        self.unborn: list[tuple[str, str, Room, Port]] = []
        self.shared: dict[str, Room] = {}
        self.senders: dict[int, Room] = {}

    # ---- what happens

    def _tell(self, room: Room, fact: Fact) -> None:
        def tell() -> None:
            self.told.add(fact.t)
            self.stage.hear(room.context, fact)

        room.session.append(tell)

    def make_channel(self, random: Random) -> None:
        room = random.choice([room for room in self.rooms if room.alive])
        one, other = self._pair()
        for port in (one, other):
            self._arrive(port, room)
        self._tell(room, Ports(self.stage.t(), one.number, other.number))

    def _pair(self) -> tuple[Port, Port]:
        one, other = Port(self.made), Port(self.made + 1)
        self.made += 2
        one.peer, other.peer = other, one
        return one, other

    def _arrive(self, port: Port, room: Room) -> None:
        port.place, port.number = room, room.number()
        room.ports.append(port)

    def _letter(self, random: Random, room: Room, spare: Port | None) -> Letter:
        movable = [port for port in room.ports if port.fixed is None and port is not spare]
        random.shuffle(movable)
        carried = movable[: random.choice([0, 0, 0, 1, 1, 2])]
        self.letters += 1
        content = f"m{self.letters}" if not self.contents else "abcdef"[random.randrange(self.contents)]
        return Letter(self.letters, content, carried)

    def _send(self, room: Room, channel: Channel, letter: Letter, tell: bool = True) -> None:
        numbers = tuple(port.number for port in letter.ports)
        for port in letter.ports:
            room.ports.remove(port)
            port.place = None
        if tell:
            t = self.stage.t()
            self.truth[t] = letter
            self._tell(room, Sent(t, channel, raw(letter.content), 10, "", 1, numbers))

    def _receive(self, room: Room, channel: Channel, letter: Letter, source: Channel = ()) -> None:
        for port in letter.ports:
            self._arrive(port, room)
        numbers = tuple(port.number for port in letter.ports)
        t = self.stage.t()
        self.truth[t] = letter
        self._tell(room, Received(t, channel, raw(letter.content), 10, "", 1, numbers, source))

    def post_to_port(self, random: Random) -> None:
        ports = [port for room in self.rooms for port in room.ports]
        if not ports:
            return
        port = random.choice(ports)
        assert port.place is not None and port.peer is not None
        letter = self._letter(random, port.place, port)
        self._send(port.place, port.channel, letter)
        port.peer.queue.append(letter)

    def read_port(self, random: Random) -> None:
        ports = [port for room in self.rooms for port in room.ports if port.queue]
        if ports:
            port = random.choice(ports)
            assert port.place is not None
            self._receive(port.place, port.channel, port.queue.popleft())

    def post_to_worker(self, random: Random) -> None:
        page = random.choice(self.pages)
        letter = self._letter(random, page, None)
        self._send(page, ("sw", SCRIPT), letter)
        self.worker.inbox.append(letter)
        self.senders[letter.id] = page

    def read_worker(self, random: Random) -> None:
        if self.worker.inbox and self.worker.alive:
            letter = self.worker.inbox.popleft()
            client_id = self.senders[letter.id].context.client_id
            self._receive(self.worker, ("cl", client_id), letter, (client_id, "client", ""))

    def post_to_client(self, random: Random) -> None:
        if self.worker.alive:
            page = random.choice(self.pages)
            letter = self._letter(random, self.worker, None)
            self._send(self.worker, ("cl", page.context.client_id), letter)
            page.inbox.append(letter)

    def read_client(self, random: Random) -> None:
        page = random.choice(self.pages)
        if page.inbox:
            self._receive(page, ("sw", SCRIPT), page.inbox.popleft(), (SCRIPT, "activated"))

    def post_to_window(self, random: Random) -> None:
        if self.windows:
            page, other = random.sample(self.pages, 2)
            letter = self._letter(random, page, None)
            self._send(page, (), letter, tell=False)
            other.window.append(letter)

    def read_window(self, random: Random) -> None:
        page = random.choice(self.pages)
        if page.window:
            self._receive(page, ("wi",), page.window.popleft(), ("other", ORIGIN))

    # ---- workers

    def make_worker(self, random: Random) -> None:
        page = random.choice(self.pages)
        url = f"{ORIGIN}/{random.choice('ab')}.js"
        page.workers += 1
        outside, inside = self._pair()
        if random.random() < 0.5:
            outside.fixed, inside.fixed = ("wk", page.workers), ("ow",)
            outside.place = page
            page.ports.append(outside)
            self._tell(page, WorkerMade(self.stage.t(), page.workers, "dedicated", url, ""))
            self.unborn.append(("dedicated", url, page, inside))
        else:
            self._arrive(outside, page)
            made = WorkerMade(self.stage.t(), page.workers, "shared", url, "", outside.number)
            self._tell(page, made)
            self.unborn.append(("shared", url, page, inside))

    def begin_worker(self, random: Random) -> None:
        if not self.unborn:
            return
        kind, url, page, inside = self.unborn.pop(random.randrange(len(self.unborn)))
        if kind == "dedicated":
            child = Room(self.stage.open(f"c{len(self.rooms)}", kind, url=url, owner=page.context))
            inside.place = child
            child.ports.append(inside)
            self.rooms.append(child)
            return
        if url not in self.shared:
            self.shared[url] = Room(self.stage.open(f"c{len(self.rooms)}", kind, url=url))
            self.rooms.append(self.shared[url])
        shared = self.shared[url]
        self._arrive(inside, shared)
        self._tell(shared, Connected(self.stage.t(), inside.number))

    def stop(self, random: Random) -> None:
        """The worker's ports die with it, and a block of what was on its way, with its ports."""
        if not self.stops:
            return
        context = self.worker.context
        self.worker.session.append(lambda: self.stage.pairing.closed(context, "the worker was stopped"))
        while self.worker.session:
            self.worker.session.popleft()()
        kept = list(self.worker.inbox)[random.randint(0, len(self.worker.inbox)) :]
        self.epoch += 1
        self.rooms.remove(self.worker)
        self.worker = Room(self.stage.open("w1", "service", epoch=self.epoch))
        self.worker.inbox.extend(kept)
        self.rooms.append(self.worker)
        for page in self.pages:
            for _ in range(random.choice([0, 0, random.randint(0, len(page.inbox))])):
                page.inbox.pop()

    # ---- the observer

    def hear(self, random: Random) -> None:
        room = random.choice(self.rooms)
        for _ in range(random.randint(1, 5)):
            if room.session:
                room.session.popleft()()

    def drain(self, random: Random) -> None:
        moment = self.stage.pairing.moment()
        rooms = list(self.rooms)
        random.shuffle(rooms)
        for room in rooms:
            while room.session:
                room.session.popleft()()
            random.choice([self.post_to_port, self.read_port, self.hear])(random)
        self.stage.pairing.settle(moment)

    @property
    def steps(self) -> list[Callable[[Random], None]]:
        return [
            *[self.make_channel, self.post_to_worker, self.post_to_client, self.read_worker, self.read_client] * 2,
            *[self.post_to_port, self.read_port] * 8,
            *[self.hear] * 10,
            *[self.post_to_window, self.read_window, self.make_worker, self.begin_worker, self.stop, self.drain],
        ]

    def finish(self, random: Random) -> None:
        for _ in range(random.randint(0, 60)):
            random.choice([self.read_port, self.read_worker, self.read_client, self.read_window])(random)
        while any(room.session for room in self.rooms):
            self.hear(random)
        self.stage.final()

    # ---- what must hold

    def check(self) -> None:
        log = self.stage.log
        assert [event for event in log if isinstance(event, Surprise)] == []
        heard = [event for event in log if isinstance(event, MessageSent) and event.heard == "heard"]
        came = [event for event in log if isinstance(event, MessageReceived)]
        times = [event.t_browser_ms for event in (*heard, *came)]
        assert len(times) == len(set(times))
        assert set(times) == {t for t in self.told if t in self.truth}
        who: dict[str, int] = {}
        ends: dict[int, int] = {}
        for event in came:
            sent = log[event.cause] if event.cause is not None else None
            assert isinstance(sent, MessageSent)
            ends[sent.seq] = ends.get(sent.seq, 0) + 1
            if event.pairing == "exact":
                letter = self.truth[event.t_browser_ms or 0]
                assert self.truth[sent.t_browser_ms or 0] is letter, event
        for event_ in log:
            if isinstance(event_, MessageUndelivered):
                assert event_.cause is not None
                ends[event_.cause] = ends.get(event_.cause, 0) + 1
        assert all(ends.get(sending.seq) == 1 for sending in heard)
        self._check_names(who, came)

    def _check_names(self, who: dict[str, int], came: list[MessageReceived]) -> None:
        """A name that was surely moved is one port for ever, and a port has one name."""
        log = self.stage.log
        sure = {event.cause for event in log if isinstance(event, PortMoved) and event.heard == "heard"}
        for event in came:
            sent = log[event.cause or 0]
            assert isinstance(sent, MessageSent)
            if event.pairing == "exact" and event.seq in sure:
                moves = [e for e in log if isinstance(e, PortMoved) and e.cause == event.seq and e.heard == "heard"]
                names = {move.port for move in moves}
                for name, port in zip(sent.ports, self.truth[event.t_browser_ms or 0].ports, strict=True):
                    if name in names:
                        assert who.setdefault(name, port.id) == port.id
        assert len(set(who.values())) == len(who)

    def pairings(self) -> list[str]:
        return [str(event.pairing) for event in self.stage.log if isinstance(event, MessageReceived)]
