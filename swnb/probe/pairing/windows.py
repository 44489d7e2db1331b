"""``window.postMessage``: only its arrival is heard, since a wrapper would change what the page sees as `event.source`."""

from __future__ import annotations

from collections.abc import Mapping

from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.party import Party, Realm
from swnb.probe.pairing.ports import Channels
from swnb.probe.pairing.streams import Receipt
from swnb.vocab import MessageVia, Pairing


class Windows:
    """Writes what arrived as what somebody must have sent, and as what arrived."""

    def __init__(self, judge: Judge, channels: Channels, realms: Mapping[int, Realm]) -> None:
        self._judge = judge
        self._channels = channels
        self._realms = realms

    def received(self, receipt: Receipt) -> None:
        """Take in a window's ``message`` event."""
        realm, source = receipt.realm, receipt.fact.source or receipt.fact.channel[1:]
        relation = str(source[0]) if source else "none"
        origin = str(source[1]) if len(source) > 1 else ""
        sender = self._sender(realm, relation, origin)
        actor = "" if sender is None else sender.actor
        channel = f"{actor or relation}→{realm.actor}"
        scribe = self._judge.scribe
        sent = scribe.inferred(receipt, actor, MessageVia.WINDOW, channel)
        event = scribe.received(receipt, sent, channel, Pairing.UNPAIRED)
        if receipt.fact.ports:
            others = [r for r in self._realms.values() if r.context.kind == "window" and r is not realm]
            senders = [self._realms[sender.uid]] if sender is not None and sender.uid in self._realms else others
            self._channels.strange(realm, receipt.fact.ports, senders, event.seq)

    def _sender(self, realm: Realm, relation: str, origin: str) -> Party | None:
        """Return who sent it, as far as the relation tells."""
        context: Party | None = realm.context
        if relation == "self":
            return context
        if relation in ("parent", "opener"):
            return realm.context.owner
        if relation == "top":
            while context is not None and context.owner is not None:
                context = context.owner
            return context
        if relation.startswith("child"):
            children = [
                other.context
                for other in self._realms.values()
                if other.context.owner is realm.context
                and other.context.kind == "window"
                and other.ended is None
                and origin in ("", other.context.origin)
            ]
            return children[0] if len(children) == 1 else None
        return None
