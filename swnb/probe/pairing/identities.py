"""Whose client id is it? Told by what was sent and what arrived, where no secret message told it.

A worker names the sender of a message by an id, and posts to ids. As long as nobody knows whose an id is, each document of the same
origin that is not identified may have it. But all that arrived from the id must have been sent by its document, and the other way
round. Where only one document is left for an id, or one id for a document, that is proven: provided that all is heard that was
sent before, and that each document of the origin is listened to.
"""

from __future__ import annotations

from itertools import islice

from swnb.probe.pairing.containers import Containers
from swnb.probe.pairing.lanes import AtPage, AtWorker, ToClient, Version
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.streams import Inbox, Receipt, Stream

PATIENCE = 8
"""After how many quiet moments a message is paired without knowing who its sender is."""

EVIDENCE = 16
"""How many of the messages that arrived are looked at."""


class Identities:
    """Finds out whose the ids are.

    Parameters
    ----------
    system
        Who talks to whom.
    """

    def __init__(self, system: Containers) -> None:
        self._system = system

    @property
    def _blind(self) -> bool:
        """Whether something that was heard cannot be understood yet."""
        return self._system.judge.stalled > 0 and not self._system.judge.final

    def find(self, patient: bool) -> None:
        """Look at all that came from unknown ids, or to unknown documents.

        Parameters
        ----------
        patient
            Whether to count that it was in vain.
        """
        versions = [version for known in self._system.versions.values() for version in known]
        for version in versions:
            for inbox in tuple(version.inboxes.values()):
                if isinstance(inbox, AtWorker) and inbox.unknown is not None and self._arrived(inbox):
                    self._worker_side(inbox, patient)
        for realm in tuple(self._system.realms.values()):
            if realm.identified is None and realm.context.kind == "window":
                for known in tuple(realm.inboxes.values()):
                    if isinstance(known, AtPage) and realm.identified is None and self._arrived(known):
                        self._page_side(realm, known, patient)

    def _arrived(self, inbox: Inbox) -> list[Receipt]:
        """Return what came and can be looked at."""
        drained = self._system.judge.drained
        return [receipt for receipt in islice(inbox.queue, EVIDENCE) if receipt.order < drained]

    def _worker_side(self, inbox: AtWorker, patient: bool) -> None:
        """Find out which documents can have sent all that came from an id that nobody knows."""
        inbox.pool = None
        arrived = self._arrived(inbox)
        able: dict[Realm, list[Stream]] = {}
        for realm in self._candidates(inbox.version):
            streams = self._system.streams_from(realm.outs, inbox)
            if _could_send(streams, arrived):
                able[realm] = streams
        if len(able) == 1 and not self._blind and not any(stream.torn for stream in able[next(iter(able))]):
            self._system.identify(next(iter(able)), str(inbox.key))
        else:
            self._give_up(inbox, [stream for streams in able.values() for stream in streams], patient)

    def _page_side(self, realm: Realm, inbox: AtPage, patient: bool) -> None:
        """Find out to which ids all can have been sent that came to a document that nobody knows."""
        inbox.pool = None
        arrived = self._arrived(inbox)
        able: dict[str, list[Stream]] = {}
        for version in self._system.versions.get(inbox.url, ()):
            for stream in version.outs.values():
                if isinstance(stream, ToClient) and stream.client_id not in self._system.clients:
                    able.setdefault(stream.client_id, []).append(stream)
        able = {client_id: streams for client_id, streams in able.items() if _could_send(streams, arrived)}
        torn = any(version.torn >= 0 for version in self._system.versions.get(inbox.url, ()))
        if len(able) == 1 and not self._blind and not torn:
            self._system.identify(realm, next(iter(able)))
        else:
            self._give_up(inbox, [stream for streams in able.values() for stream in streams], patient)

    def _candidates(self, version: Version) -> list[Realm]:
        """Return the documents that may have an id which came to a worker, those included that ended."""
        return [
            realm
            for realm in self._system.realms.values()
            if realm.identified is None and realm.context.kind == "window" and realm.context.origin == version.origin
        ]

    def _give_up(self, inbox: AtWorker | AtPage, streams: list[Stream], patient: bool) -> None:
        """Decide without knowing: at once where nobody can have sent it, else when nothing told it for long."""
        inbox.patience += patient
        if (not streams and not self._blind) or inbox.patience > PATIENCE or self._system.judge.guessing:
            inbox.pool = streams


def _could_send(streams: list[Stream], arrived: list[Receipt]) -> bool:
    """Whether each message that arrived may be one of those that wait, or that were taken for others."""
    return all(
        any(not stream.trusts(receipt.key) or stream.first(receipt) is not None for stream in streams)
        for receipt in arrived
    )
