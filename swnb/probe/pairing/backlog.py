"""Facts that wait: a context sent a port away, and nobody knows yet which port it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

from swnb.probe.fact import Fact
from swnb.probe.pairing.ends import End, Unknown
from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.party import Held, Realm


class Backlog:
    """Keeps facts, and gives them back in the order in which their context said them.

    Attributes
    ----------
    ready
        Contexts of which facts can be understood now.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.ready: deque[Realm] = deque()

    def stall(self, realm: Realm, slot: int, held: Held) -> None:
        """Let a context wait, from a fact on, until it is known which port a number is."""
        if realm.backlog is None:
            realm.backlog = []
            self._judge.stalled += 1
        heappush(realm.backlog, held)
        realm.stalled = held[0], slot

    def add(self, realm: Realm, held: Held) -> None:
        """Keep what a context that waits says."""
        assert realm.backlog is not None
        heappush(realm.backlog, held)

    def understood(self, realm: Realm, unknown: Unknown) -> None:
        """It is known which port a number is: what was said of it can be understood."""
        held = list(unknown.facts)
        if realm.backlog is not None and realm.stalled[1] == unknown.slot:
            held += realm.backlog
            realm.backlog = None
            self._judge.stalled -= 1
        for fact in held:
            heappush(realm.ready, fact)
        self._judge.pending += len(held)
        self.ready.append(realm)

    def go_on(self, handle: Callable[[Realm, Fact, int, int], None]) -> bool:
        """Hand over one fact that can be understood, with its context, when it came and its order; return whether there was any."""
        while self.ready and not self.ready[0].ready:
            self.ready.popleft()
        if not self.ready:
            return False
        realm = self.ready[0]
        held = heappop(realm.ready)
        self._judge.pending -= 1
        if realm.backlog is not None and held[0] > realm.stalled[0]:  # said after what makes the context wait
            heappush(realm.backlog, held)
        else:
            handle(realm, held[1], held[2], held[0])
        return True


def undecided(realm: Realm) -> bool:
    """Whether anything of a context is not decided. What a service worker sends and gets is its version's."""
    if realm.version is None and (
        any(stream.waiting for stream in realm.outs.values()) or any(inbox.queue for inbox in realm.inboxes.values())
    ):
        return True
    return any(
        bool(end.facts) if isinstance(end, Unknown) else isinstance(end, End) and end.expects
        for end in realm.ends.values()
    )
