"""What tells which port it is that came somewhere unheard: where it may have been before, and what went through it."""

from __future__ import annotations

from swnb.probe.facts import Received, Sent
from swnb.probe.pairing.ends import End, Unknown
from swnb.probe.pairing.party import Held, Realm
from swnb.probe.pairing.streams import Receipt, content_of


def origins(unknown: Unknown) -> tuple[list[Realm], list[Unknown]]:
    """Return of whom a port may be that came by a window, and which other ports that nobody knows it may have been before.

    Any window may have got it from another one, unheard as well, whether it used it or not; even the one where it is now may
    have given it away and got it back.
    """
    realms = list(unknown.senders)
    before: list[Unknown] = []
    for realm in realms:  # it grows
        for other in realm.ends.values():
            if isinstance(other, Unknown) and other is not unknown:
                before.append(other)
                realms += [sender for sender in other.senders if sender not in realms]
    return realms, before


def suits(end: End, unknown: Unknown, before: list[Unknown], drained: float) -> bool | None:
    """Whether what went through both is the same; None where nothing did, or not all of it is known.

    Parameters
    ----------
    end
        Which it may be.
    unknown
        What came.
    before
        What it may have been before, where nobody knows it either.
    drained
        What arrived before this much was heard was sent by what is heard.
    """
    peer = end.peer
    if hidden(peer) or end.stray or not (end.sure and peer.sure) or (end.inbox is not None and end.inbox.queue):
        return None
    proof = None
    arrived = _arrived(unknown, drained)
    if arrived is not None and (peer.out is None or peer.out.first(arrived) is None):
        return False
    if used_before(end, before, drained):
        return None
    if arrived is not None and peer.out is not None:
        if not peer.out.fits(peer.out.waiting[0], arrived):
            return False
        proof = True
    sent = next((f for _, f, _ in unknown.facts if isinstance(f, Sent)), None)
    earlier = end.out is not None and end.out.waiting  # what arrived first at the other end is one of these, then
    if sent is not None and peer.inbox is not None and peer.inbox.queue and not earlier:
        came = peer.inbox.queue[0]
        if not alike(sent, came):
            return False
        if came.order < drained:  # else it may be of whoever holds the end now, and is not heard yet
            proof = True
    return proof


def used_before(end: End, before: list[Unknown], drained: float) -> bool:
    """Whether one of the ports that nobody knows may be an end, and was used: what waits first may have come there."""
    out = end.peer.out
    for unknown in before:
        arrived = _arrived(unknown, drained)
        if unknown.facts and (arrived is None or (out is not None and out.first(arrived) is not None)):
            return True
    return False


def _arrived(unknown: Unknown, drained: float) -> Receipt | None:
    """Return what came first to a port, once all is heard that was sent before."""
    came = (held for held in unknown.facts if isinstance(held[1], Received) and held[0] < drained)
    return next((receipt_of(unknown, held) for held in came), None)


def receipt_of(unknown: Unknown, held: Held) -> Receipt:
    """Return what arrived at a port that nobody knows."""
    order, fact, t_mono_ns = held
    assert isinstance(fact, Received)
    return Receipt(unknown.realm, fact, content_of(fact), t_mono_ns, order)


def hidden(end: End) -> bool:
    """Whether an end may have said what is not understood yet."""
    return end.dead is None and (end.holder is None or end.holder.backlog is not None)


def sent_away(realm: Realm) -> set[int]:
    """Return the numbers of ports that a context sent away through ports that nobody knows: it holds them no more."""
    unknown = (end for end in realm.ends.values() if isinstance(end, Unknown))
    sent = (fact for end in unknown for _, fact, _ in end.facts if isinstance(fact, Sent))
    return {number for fact in sent for number in fact.ports}


def alike(sent: Sent, receipt: Receipt) -> bool:
    """Whether what was sent may be what arrived."""
    if len(sent.ports) != len(receipt.fact.ports):
        return False
    if not sent.exact or receipt.fact.failed:
        return True
    content = content_of(sent)
    if content:
        return content == receipt.content
    return not receipt.content and (sent.size, sent.digest) == (receipt.fact.size, receipt.fact.digest)
