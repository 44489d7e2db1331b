"""A model of BroadcastChannels: each pair of objects keeps its order; objects come and go; sessions are heard in any order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from swnb.events import MessageReceived, MessageSent, MessageUndelivered, Surprise
from swnb.probe.fact import Fact
from swnb.probe.facts import BroadcastMade, Received, Sent
from tests.unit.probe.pairing_stage import Actor, Stage, raw


@dataclass(eq=False)
class Place:
    """A context and what its session has not told yet."""

    context: Actor
    session: deque[Callable[[], None]] = field(default_factory=deque)
    objects: int = 0


@dataclass(eq=False)
class Ear:
    """One object; what is on its way to it, by its sender."""

    place: Place
    number: int
    coming: dict[int, deque[tuple[int, str]]] = field(default_factory=dict)

    @property
    def channel(self) -> tuple[object, ...]:
        return ("bc", "news", self.number)


class Hall:
    """Objects of one name in some contexts."""

    def __init__(self, contents: int = 2) -> None:
        self.stage = Stage()
        self.contents = contents
        self.places = [Place(self.stage.open(f"p{n}")) for n in range(3)]
        self.ears: list[Ear] = []
        self.truth: dict[float, int] = {}
        self.letters = 0

    def _tell(self, place: Place, fact: Fact) -> None:
        place.session.append(lambda: self.stage.hear(place.context, fact))

    def make(self, random: Random) -> None:
        place = random.choice(self.places)
        place.objects += 1
        self.ears.append(Ear(place, place.objects))
        self._tell(place, BroadcastMade(self.stage.t(), place.objects, "news", 1))

    def close(self, random: Random) -> None:
        if len(self.ears) > 2:
            ear = self.ears.pop(random.randrange(len(self.ears)))
            self._tell(ear.place, BroadcastMade(self.stage.t(), ear.number, "news", 0))

    def post(self, random: Random) -> None:
        if not self.ears:
            return
        ear = random.choice(self.ears)
        self.letters += 1
        content = f"m{self.letters}" if not self.contents else "abc"[random.randrange(self.contents)]
        t = self.stage.t()
        self.truth[t] = self.letters
        self._tell(ear.place, Sent(t, ear.channel, raw(content), 10, "", 1))
        for other in self.ears:
            if other is not ear:
                other.coming.setdefault(id(ear), deque()).append((self.letters, content))

    def get(self, random: Random) -> None:
        ready = [(ear, coming) for ear in self.ears for coming in ear.coming.values() if coming]
        if ready:
            ear, coming = random.choice(ready)
            letter, content = coming.popleft()
            t = self.stage.t()
            self.truth[t] = letter
            self._tell(ear.place, Received(t, ear.channel, raw(content), 10, "", 1))

    def hear(self, random: Random) -> None:
        place = random.choice(self.places)
        for _ in range(random.randint(1, 4)):
            if place.session:
                place.session.popleft()()

    def drain(self, random: Random) -> None:
        moment = self.stage.pairing.moment()
        for place in self.places:
            while place.session:
                place.session.popleft()()
            random.choice([self.post, self.get, self.hear])(random)
        self.stage.pairing.settle(moment)

    @property
    def steps(self) -> list[Callable[[Random], None]]:
        return [*[self.post] * 6, *[self.get] * 8, *[self.hear] * 8, self.make, self.close, self.drain]

    def finish(self, random: Random) -> None:
        for _ in range(random.randint(0, 40)):
            self.get(random)
        while any(place.session for place in self.places):
            self.hear(random)
        self.stage.final()

    def check(self) -> None:
        log = self.stage.log
        assert [event for event in log if isinstance(event, Surprise)] == []
        heard = [event for event in log if isinstance(event, MessageSent) and event.heard == "heard"]
        came = [event for event in log if isinstance(event, MessageReceived)]
        times = [event.t_browser_ms or 0 for event in (*heard, *came)]
        assert sorted(times) == sorted(self.truth)
        got = {event.cause for event in came}
        for event in came:
            sent = log[event.cause or 0]
            assert isinstance(sent, MessageSent)
            if event.pairing == "exact":
                assert self.truth[sent.t_browser_ms or 0] == self.truth[event.t_browser_ms or 0], event
        fates = [event.cause for event in log if isinstance(event, MessageUndelivered)]
        assert len(fates) == len(set(fates))
        assert {event.seq for event in heard} == {seq for seq in got if log[seq or 0].heard == "heard"} ^ set(fates)

    def pairings(self) -> list[str]:
        return [str(event.pairing) for event in self.stage.log if isinstance(event, MessageReceived)]
