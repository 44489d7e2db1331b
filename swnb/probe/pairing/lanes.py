"""The streams and inboxes between a page's container and service workers.

A page says only the URL of the script that it posts to, and several versions may have it; a worker says only the id of the client,
and nobody may know yet whose it is. So a stream may lead to several inboxes, and an inbox may be fed by several streams. An agent
that numbers its `ServiceWorker` objects (a third item of the channel, and of the source) makes each of them a channel of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from swnb.events import MessageSent
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.streams import Inbox, Receipt, Stream, Verdict
from swnb.vocab import MessageFate, MessageVia

if TYPE_CHECKING:
    from swnb.probe.pairing.containers import Containers

SHUT = "startMessages() was never called, and its queue of messages did not open by itself yet"
DROPPED = "Chromium drops what a service worker sends to a dedicated or shared worker"


class Version:
    """One version of a service worker, through all its starts.

    Attributes
    ----------
    realm, first
        Its thread now (or the last one), and the first one that was heard.
    outs, inboxes
        What it sends and what it receives, over all its starts.
    retired
        How much was heard when it became redundant.
    torn
        How much was heard when it was stopped while it held facts back; -1: never.
    """

    def __init__(self, realm: Realm) -> None:
        self.actor = realm.actor
        self.url = realm.context.script_url or realm.context.url
        self.origin = realm.context.origin
        self.realm = self.first = realm
        self.outs: dict[tuple[object, ...], Stream] = {}
        self.inboxes: dict[tuple[object, ...], Inbox] = {}
        self.retired: int | None = None
        self.torn = -1

    @property
    def busy(self) -> bool:
        """Whether something came to it that is not decided."""
        return any(inbox.queue for inbox in self.inboxes.values())


class ToWorker(Stream):
    """What a page, or a service worker, posts to `ServiceWorker` objects of one script."""

    __slots__ = ("bound", "number", "sender", "stopped_at", "system", "url")

    def __init__(self, system: Containers, sender: Realm, url: str, number: int) -> None:
        super().__init__(MessageVia.SERVICE_WORKER, "")
        self.system = system
        self.sender = sender
        self.url = url
        self.number = number
        self.bound: Version | None = None
        self.stopped_at = -1

    def starts_with(self, realm: Realm) -> bool:
        """A thread that started before the sender began, or the version's first, missed nothing."""
        version = realm.version
        assert version is not None
        return self.sender.order > realm.order or (version.first is realm and realm.context.epoch <= 1)

    def name_it(self) -> None:
        """Find out how the conversation is called, as far as it is known now."""
        versions = self.system.versions.get(self.url, [])
        to = self.bound.actor if self.bound is not None else versions[0].actor if len(versions) == 1 else ""
        if not versions:
            to = self.system.named(self.url, self.sender.context.url)
        self.to = to
        self.channel = f"{self.sender.actor}→{to or self.url}"

    def verdicts(self, final: bool) -> Iterator[Verdict]:
        """Yield what is known of those that wait."""
        if self.system.was_heard(self.url) and not self.system.versions.get(self.url):
            yield Verdict(MessageFate.GONE, "the worker became redundant")
        elif final:
            yield Verdict(MessageFate.LOST, self.why, max(self.stopped_at, self.breaks[-1] if self.breaks else -1))
            heard = self.system.was_heard(self.url)
            yield Verdict(
                MessageFate.WAITING, "it has not arrived" if heard else "no worker of this script is listened to"
            )


class ToClient(Stream):
    """What a service worker posts to one `Client.id`."""

    __slots__ = ("client_id", "system", "version")

    def __init__(self, system: Containers, version: Version, client_id: str) -> None:
        super().__init__(MessageVia.CLIENT, "")
        self.system = system
        self.version = version
        self.client_id = client_id
        self.torn = version.torn >= 0
        self.name_it()

    def name_it(self) -> None:
        """Find out how the conversation is called, as far as it is known now."""
        realm = self.system.clients.get(self.client_id)
        self.to = realm.actor if realm is not None else ""
        self.channel = f"{self.version.actor}→{self.to or 'client ' + self.client_id}"

    def rest(self) -> None:
        """Let go of what went to a client that is no more."""
        realm = self.system.clients.get(self.client_id)
        if realm is not None and realm.ended is not None:
            self.version.outs.pop(("cl", self.client_id), None)
            self.system.change()

    def verdicts(self, final: bool) -> Iterator[Verdict]:
        """Yield what is known of those that wait."""
        realm = self.system.clients.get(self.client_id) or self.system.guessed(self.client_id)
        if realm is None:
            if final:
                yield Verdict(MessageFate.WAITING, "nobody knows which client has this id")
        elif realm.context.kind != "window":
            yield Verdict(MessageFate.LOST, DROPPED)
        elif any(isinstance(inbox, AtPage) and inbox.queue for inbox in realm.inboxes.values()):
            return
        elif realm.ended is not None:
            yield Verdict(MessageFate.GONE, realm.ended)
        elif self.version.retired is not None and self.version.retired < self.system.judge.drained and realm.queue_open:
            yield Verdict(MessageFate.LOST, "the worker became redundant")
        elif not realm.queue_open:
            yield Verdict(MessageFate.WAITING, SHUT)
        elif final:
            yield Verdict(MessageFate.LOST, self.why, self.breaks[-1] if self.breaks else -1)
            yield Verdict(MessageFate.WAITING, "it has not arrived")


class _Cached(Inbox):
    """An inbox that asks for its streams again only when something changed.

    Attributes
    ----------
    pool
        The streams of all who may have sent the next message, where it had to be decided without knowing.
    """

    __slots__ = ("_found", "_stamp", "pool", "system")

    def __init__(self, system: Containers) -> None:
        super().__init__()
        self.system = system
        self.pool: Sequence[Stream] | None = None
        self._stamp = -1
        self._found: Sequence[Stream] | None = None

    def sources(self) -> Sequence[Stream] | None:
        """Return the streams that what is here may be of; None as long as that is not known."""
        if self._stamp != self.system.stamp:
            self._stamp = self.system.stamp
            self.sole = True
            self._found = self.find()
        if self._found is None and self.pool is not None:
            self.sole = False
            return self.pool
        return self._found

    def find(self) -> Sequence[Stream] | None:
        """Find the streams."""
        raise NotImplementedError

    def paired(self, stream: Stream, sent: MessageSent, realm: Realm, sure: bool) -> None:
        """Learn from a pair."""
        self.pool = None

    def unheard(self, receipt: Receipt) -> tuple[str, MessageVia, str]:
        """Return actor, method and channel of a message that nobody was heard to send."""
        self.pool = None
        return "", MessageVia.SERVICE_WORKER, ""


class AtWorker(_Cached):
    """What a service worker got from one client, or from service workers of one script."""

    __slots__ = ("key", "kind", "version")

    def __init__(self, system: Containers, version: Version, source: tuple[object, ...]) -> None:
        super().__init__(system)
        self.version = version
        client_id, kind, url = (*source, None, None, None)[:3]
        self.kind = str(kind)
        self.key = client_id if self.kind == "client" else str(url)

    @property
    def unknown(self) -> str | None:
        """The client id, where nobody knows whose it is."""
        named = self.kind == "client" and isinstance(self.key, str) and self.key not in self.system.clients
        return str(self.key) if named else None

    @property
    def over(self) -> bool:
        """Whether it is of a client that is no more, and of which nothing is on its way."""
        realm = self.system.clients.get(self.key) if self.kind == "client" else None
        return realm is not None and realm.ended is not None and not (self.queue or self.watched or realm.outs)

    def find(self) -> Sequence[Stream] | None:
        """Find the streams."""
        if self.kind == "client":
            realm = self.system.clients.get(self.key)
            return None if realm is None else self.system.streams_from(realm.outs, self)
        senders = self.system.versions.get(str(self.key), [])
        found = [stream for version in senders for stream in self.system.streams_from(version.outs, self)]
        self.sole = self.sole and len(senders) == 1
        return found

    def clear_of(self, silent: frozenset[Realm]) -> bool:
        """Whether none of those who did not answer can have sent what is here."""
        realm = self.system.clients.get(self.key) if self.kind == "client" else None
        return realm is not None and realm not in silent

    def paired(self, stream: Stream, sent: MessageSent, realm: Realm, sure: bool) -> None:
        """A `ServiceWorker` object is of one version for ever."""
        super().paired(stream, sent, realm, sure)
        if sure and isinstance(stream, ToWorker):
            self.system.bind(stream.sender, stream.url, stream.number, self.version)
            if stream.bound is self.version and not (stream.waiting and stream.waiting[0].seq < sent.seq):
                stream.sole = True
                stream.keep_step(realm, sent.seq)
            if self.unknown is not None:
                self.system.identify(stream.sender, str(self.key))

    def channel_of(self, sent: MessageSent) -> str:
        """Return the name of the conversation."""
        return sent.channel if sent.to else f"{sent.actor}→{self.version.actor}"

    def unheard(self, receipt: Receipt) -> tuple[str, MessageVia, str]:
        """Return actor, method and channel of a message that nobody was heard to send."""
        self.pool = None
        realm = self.system.clients.get(self.key)
        actor = realm.actor if realm is not None else ""
        return actor, MessageVia.SERVICE_WORKER, f"{actor or 'client ' + str(self.key)}→{self.version.actor}"


class AtPage(_Cached):
    """What the container of a page got from service workers of one script."""

    __slots__ = ("number", "realm", "url")

    def __init__(self, system: Containers, realm: Realm, url: str, number: int) -> None:
        super().__init__(system)
        self.realm = realm
        self.url = url
        self.number = number

    def find(self) -> Sequence[Stream] | None:
        """Find the streams."""
        if self.realm.identified is None:
            return None
        versions = self.system.versions.get(self.url, [])
        bound = self.system.bound(self.realm, self.url, self.number)
        versions = [version for version in versions if bound is None or version is bound]
        self.sole = len(versions) == 1
        found = [self.system.stream_to(version, self.realm.identified) for version in versions]
        return [stream for stream in found if stream is not None]

    def clear_of(self, silent: frozenset[Realm]) -> bool:
        """Whether none of those who did not answer can have sent what is here."""
        senders = self.system.versions.get(self.url, ())
        return self.realm.identified is not None and not any(version.realm in silent for version in senders)

    def paired(self, stream: Stream, sent: MessageSent, realm: Realm, sure: bool) -> None:
        """Who gets what was sent to an id is the client of that id."""
        super().paired(stream, sent, realm, sure)
        if sure and isinstance(stream, ToClient):
            self.system.bind(self.realm, self.url, self.number, stream.version)
            if self.realm.identified is None:
                self.system.identify(self.realm, stream.client_id)

    def channel_of(self, sent: MessageSent) -> str:
        """Return the name of the conversation."""
        return sent.channel if sent.to else f"{sent.actor}→{self.realm.actor}"

    def unheard(self, receipt: Receipt) -> tuple[str, MessageVia, str]:
        """Return actor, method and channel of a message that nobody was heard to send."""
        self.pool = None
        versions = self.system.versions.get(self.url, [])
        actor = versions[0].actor if len(versions) == 1 else ""
        if not versions:
            actor = self.system.named(self.url, self.realm.context.url)
        return actor, MessageVia.CLIENT, f"{actor or self.url}→{self.realm.actor}"
