"""Whether what the log has of some traffic is what happened: pure functions of both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Counts = dict[str, int]


class Seen(NamedTuple):
    """A message as the log has it.

    Attributes
    ----------
    to_worker
        Its direction.
    key
        What its payload says: a serial number, or a worker's life and the number in it.
    received
        `seq` of its arrival; -1: it did not arrive.
    same
        Whether the receiver got the very payload that was sent.
    pairing
        ``exact``, ``ambiguous``, ``unpaired``; "" where it did not arrive.
    lost
        Whether the log says that it is lost.
    t_ms
        The receiver's clock when it arrived.
    """

    to_worker: bool
    key: object
    received: int
    same: bool = True
    pairing: str = "exact"
    lost: bool = False
    t_ms: float | None = None


def in_order(messages: Iterable[Seen], count: int) -> Counts:
    """Check traffic of which nothing may be missing: serial numbers from 0 to `count`, in each direction.

    ``lost``, ``doubled``, ``disordered`` and ``inexact`` must be 0.
    """
    counts = Counter(dict.fromkeys(("messages", "lost", "doubled", "disordered", "inexact"), 0))
    expected, last = {True: 0, False: 0}, {True: -1, False: -1}
    times: Counter[tuple[bool, object]] = Counter()
    for message in messages:
        way = message.to_worker
        counts["messages"] += 1
        times[way, message.key] += 1
        if message.received < 0:
            counts["lost"] += 1
            continue
        if message.pairing != "exact" or not message.same:
            counts["inexact"] += 1
        if message.key != expected[way] or message.received <= last[way]:
            counts["disordered"] += 1
        expected[way], last[way] = int(str(message.key)) + 1, message.received
    counts["lost"] += sum((way, serial) not in times for way in (True, False) for serial in range(count))
    counts["doubled"] = sum(number - 1 for number in times.values())
    return dict(counts)


class Receipt(NamedTuple):
    """A message as the receiver's agent told it, before anything was made of it."""

    to_worker: bool
    key: object
    t_ms: float


def key_of(data: Any) -> object:
    """Return what a message of the row of stops says of itself."""
    return (data["life"], data["nth"]) if "life" in data else data["p"]


def receipts(payloads: Iterable[str], to_worker: bool) -> list[Receipt]:
    """Read from one context's batches what arrived there; after a restart its clock is another."""
    found: list[Receipt] = []
    origin = 0.0
    for payload in payloads:
        for fact in json.loads(payload)[2]:
            if fact[0] == "hello":
                origin = fact[5]
            elif fact[0] == "r" and fact[2][0] in ("sw", "cl") and fact[3]:
                found.append(Receipt(to_worker, key_of(_plain(fact[3])), origin + fact[1]))
    return found


def _plain(wire: list[Any]) -> dict[str, Any]:
    """Read the wire of one flat object: ``[[1],["O","p",7]]`` in whatever form the agent writes it."""
    from swnb import values

    data = values.decode(wire)
    assert isinstance(data, dict)
    return data


@dataclass
class Told:
    """What those who took part know by themselves.

    Attributes
    ----------
    posted
        How many messages the page posted.
    heard
        What the page got, in order: ``(life, nth, serial number that was answered)``.
    receipts
        What both agents told of arrivals.
    """

    posted: int
    heard: Sequence[tuple[str, int, int]]
    receipts: Sequence[Receipt]


MUST_BE_ZERO = ("missing", "wrong", "doubled", "unaccounted", "disordered")
"""Of `stopped`."""


def stopped(messages: Sequence[Seen], told: Told) -> Counts:
    """Check traffic whose worker was stopped again and again.

    ``missing``: arrived, and not in the log as arrived. ``wrong``: paired with another one's sending. ``doubled``: in the log
    twice. ``unaccounted``: did not arrive, and the log does not say lost (or arrived, and it says so). ``disordered``: the page
    got it at another place than the log has it.
    """
    arrived = [message for message in messages if message.received >= 0]
    keys = {True: Counter[object](), False: Counter[object]()}
    for message in messages:
        keys[message.to_worker][message.key] += 1
    got = {way: {m.key for m in arrived if m.to_worker is way} for way in (True, False)}
    in_log: Counter[object] = Counter((m.to_worker, m.key, m.t_ms) for m in arrived)
    in_facts: Counter[object] = Counter(tuple(receipt) for receipt in told.receipts)
    answers = {(life, nth) for life, nth, _ in told.heard}
    missing: set[tuple[str, object]] = {("page", key) for key in answers - got[False]}
    missing |= {("worker", serial) for _, _, serial in told.heard if serial not in got[True]}
    missing |= {("worker", serial) for serial in range(told.posted) if serial not in keys[True]}
    missing |= {("answer", key) for key in _answered(answers) if key not in keys[False]}
    order = [m.key for m in sorted(arrived, key=lambda m: m.received) if not m.to_worker]
    return {
        "sent": len(messages),
        "received": len(arrived),
        "lost": sum(m.lost and m.received < 0 for m in messages),
        "ambiguous": sum(m.pairing == "ambiguous" for m in arrived),
        "unpaired": sum(m.pairing == "unpaired" for m in arrived),
        "missing": len(missing) + sum((in_facts - in_log).values()),
        "wrong": sum((in_log - in_facts).values()) + sum(not m.same for m in arrived),
        "doubled": sum(number - 1 for counted in keys.values() for number in counted.values()),
        "unaccounted": sum(m.lost is (m.received >= 0) for m in messages),
        "disordered": sum(a != b for a, b in zip(order, ((x, n) for x, n, _ in told.heard), strict=False))
        + abs(len(order) - len(told.heard)),
    }


def _answered(answers: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """Return all that a worker must have sent before what arrived."""
    last: dict[str, int] = {}
    for life, nth in answers:
        last[life] = max(nth, last.get(life, 0))
    return [(life, nth) for life, upto in last.items() for nth in range(1, upto + 1)]


Way = Literal["home", "worker"]


def seen(message: Any, key: Any, worker: str = "worker") -> Seen:
    """Return a `swnb` `Message` as the checks want it."""
    arrival, fate = message.received, message.undelivered
    return Seen(
        to_worker=message.sender != worker,
        key=key(message.sent.data),
        received=-1 if arrival is None else arrival.seq,
        same=arrival is None or not arrival.content,
        pairing="" if arrival is None else str(arrival.pairing),
        lost=fate is not None and str(fate.fate) in ("lost", "gone"),
        t_ms=None if arrival is None else arrival.t_browser_ms,
    )
