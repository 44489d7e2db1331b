"""Between a page's container and service workers: ``ServiceWorker.postMessage`` and ``Client.postMessage``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from swnb.probe.facts import Received, Refused, Sent
from swnb.probe.pairing.judge import Judge
from swnb.probe.pairing.lanes import AtPage, AtWorker, ToClient, ToWorker, Version
from swnb.probe.pairing.party import Realm
from swnb.probe.pairing.streams import Inbox, Stream


class Containers:
    """All that goes between clients and service workers.

    Attributes
    ----------
    versions
        The service workers of each script, those included of whom something may still be on its way.
    clients
        Who has which `Client.id`.
    stamp
        Counts what may change who talks to whom.
    changed
        Whether something did since it was last looked at.
    """

    def __init__(self, judge: Judge, realms: Mapping[int, Realm], whose: Callable[[str, str], str | None]) -> None:
        self.judge = judge
        self.whose = whose
        self.realms = realms
        self.versions: dict[str, list[Version]] = {}
        self.clients: dict[object, Realm] = {}
        self.stamp = 0
        self.changed = False
        self._heard: set[str] = set()
        self._numbers: dict[tuple[int, str, int], Version] = {}
        self._torn: list[tuple[int, Stream]] = []

    def named(self, script_url: str, client_url: str) -> str:
        """Return what the log calls the service worker of a script to which nobody listens; ``""`` where that is not certain."""
        return self.whose(script_url, client_url) or ""

    def change(self) -> None:
        """Something is known that was not: who talks to whom has to be found out anew."""
        self.stamp += 1
        self.changed = True

    def was_heard(self, url: str) -> bool:
        """Whether any service worker of a script was ever listened to."""
        return url in self._heard

    # ---- contexts -----------------------------------------------------------------------------------------------

    def opened(self, realm: Realm) -> None:
        """A context appeared; a service worker may be one that was there before."""
        if realm.context.kind != "service":
            return
        url = realm.context.script_url or realm.context.url
        known = self.versions.setdefault(url, [])
        version = next((version for version in known if version.actor == realm.actor), None)
        if version is None:
            version = Version(realm)
            known.append(version)
            self._heard.add(url)
            self.change()
            for stream in self._streams_to(url):
                stream.name_it()
        version.realm = realm
        realm.version = version
        realm.outs = version.outs
        realm.inboxes = version.inboxes

    def closed(self, realm: Realm, why: str) -> None:
        """A context ended. What a service worker was sent, or had sent, may be lost from here on."""
        version = realm.version
        torn = realm.context.behind
        if version is None:
            if torn:
                self._tear(realm.outs.values())
            return
        for sent_to in self._streams_to(version.url):
            sent_to.why = why
            if sent_to.waiting:
                sent_to.stopped_at = sent_to.waiting[-1].seq
        if torn:
            version.torn = self.judge.now
            self.change()
            self._tear(version.outs.values())
        for stream in version.outs.values():
            stream.stopped(why)
            if torn:
                stream.break_step()

    def _tear(self, streams: Iterable[Stream]) -> None:
        for stream in streams:
            stream.torn = True
            self._torn.append((self.judge.now, stream))

    def retired(self, actor: str) -> None:
        """A version became redundant: nothing will be sent to it any more."""
        for versions in self.versions.values():
            for version in versions:
                if version.actor == actor and version.retired is None:
                    version.retired = self.judge.now

    def identify(self, realm: Realm, client_id: str) -> None:
        """It is certain who has a `Client.id`."""
        other = self.clients.get(client_id)
        if other is realm:
            return
        if (
            other is not None and other.ended is None
        ) or realm.identified is not None:  # one that ended may have come back
            self.judge.scribe.surprise(realm.actor, f"the id {client_id} was taken for that of another client before")
        self.clients[client_id] = realm
        realm.identified = client_id
        self.change()
        for version in self._all_versions():
            stream = version.outs.get(("cl", client_id))
            if isinstance(stream, ToClient):
                stream.name_it()

    def guessed(self, client_id: str) -> Realm | None:
        """Return the context that is thought to have an id."""
        return next((r for r in self.realms.values() if r.context.client_id == client_id), None)

    # ---- facts --------------------------------------------------------------------------------------------------

    def sent(self, realm: Realm, fact: Sent, t_mono_ns: int, ports: tuple[str, ...]) -> None:
        """Take in what was posted to a service worker or to a client."""
        stream = realm.outs.get(fact.channel) or self._open(realm, fact.channel)
        sent = self.judge.scribe.sent(realm, stream, fact, t_mono_ns, ports)
        self.judge.sent(stream, sent, fact.exact)

    def refused(self, realm: Realm, fact: Refused, t_mono_ns: int) -> None:
        """Take in that ``postMessage`` threw."""
        stream = realm.outs.get(fact.channel) or self._open(realm, fact.channel)
        self.judge.scribe.refused(realm, stream.via, stream.channel, fact, t_mono_ns)

    def _open(self, realm: Realm, channel: tuple[object, ...]) -> Stream:
        """Begin what a context sends to one address."""
        stream: Stream
        if channel[0] == "cl":
            if realm.version is None:
                raise ValueError("only service workers post to clients")
            stream = ToClient(self, realm.version, str(channel[1]))
            if stream.torn:
                stream.break_step()
                self._torn.append((realm.version.torn, stream))
        else:
            sender = realm if realm.version is None else realm.version.first
            number = channel[2] if len(channel) > 2 and isinstance(channel[2], int) else 0
            stream = ToWorker(self, sender, str(channel[1]), number)
            stream.bound = self.bound(sender, stream.url, number)
            stream.name_it()
        realm.outs[channel] = stream
        self.change()
        return stream

    def stream_to(self, version: Version, client_id: str) -> Stream | None:
        """Return what a service worker sends to a client. After a death in mid-task it may be what nobody heard."""
        stream = version.outs.get(("cl", client_id))
        if stream is None and version.torn >= 0:
            return self._open(version.realm, ("cl", client_id))
        return stream

    def inbox(self, realm: Realm, fact: Received) -> Inbox:
        """Return where a message came to."""
        inbox = realm.inboxes.get(fact.source)
        if inbox is None:
            inbox = self._inbox(realm, fact.source, fact.channel)
            realm.inboxes[fact.source] = inbox
        return inbox

    def _inbox(self, realm: Realm, source: tuple[object, ...], channel: tuple[object, ...]) -> Inbox:
        if realm.version is not None:
            return AtWorker(self, realm.version, source)
        url = str(source[0]) if source else str(channel[1])
        number = source[2] if len(source) > 2 and isinstance(source[2], int) else 0
        for known in realm.inboxes.values():
            if isinstance(known, AtPage) and (known.url, known.number) == (url, number):
                return known
        return AtPage(self, realm, url, number)

    def unheard(self, inbox: Inbox) -> bool:
        """Whether a message came from a service worker that is not listened to."""
        return isinstance(inbox, AtPage) and inbox.url not in self._heard

    # ---- who talks to whom --------------------------------------------------------------------------------------

    def streams_from(self, outs: Mapping[tuple[object, ...], Stream], inbox: AtWorker) -> list[Stream]:
        """Return what somebody sends that may come to an inbox; say of each, and of the inbox, whether there are others."""
        version = inbox.version
        alone = len(self.versions.get(version.url, ())) <= 1
        found: list[Stream] = []
        for stream in outs.values():
            if isinstance(stream, ToWorker) and stream.url == version.url and stream.bound in (None, version):
                stream.sole = alone or stream.bound is not None
                inbox.sole = inbox.sole and (alone or stream.number == 0 or stream.bound is not None)
                found.append(stream)
        return found

    def bind(self, realm: Realm, url: str, number: int, version: Version) -> None:
        """It is certain for which version a page's `ServiceWorker` object stands: for ever."""
        key = (realm.order, url, number)
        if number and key not in self._numbers:
            self._numbers[key] = version
            for stream in realm.outs.values():
                if isinstance(stream, ToWorker) and (stream.url, stream.number) == (url, number):
                    stream.bound = version
                    stream.name_it()
            self.change()

    def seen(self, realm: Realm, url: str, number: int, actor: str) -> None:
        """It was told for which version a page's `ServiceWorker` object stands."""
        version = next((version for version in self.versions.get(url, ()) if version.actor == actor), None)
        if version is not None:
            self.bind(realm, url, number, version)

    def bound(self, realm: Realm, url: str, number: int) -> Version | None:
        """Return the version for which a page's `ServiceWorker` object stands, where that is known."""
        return self._numbers.get((realm.order, url, number))

    def _all_versions(self) -> Iterator[Version]:
        for versions in self.versions.values():
            yield from versions

    def _streams_to(self, url: str) -> Iterator[ToWorker]:
        for realm in (*self.realms.values(), *(version.realm for version in self._all_versions())):
            for stream in realm.outs.values():
                if isinstance(stream, ToWorker) and stream.url == url:
                    yield stream

    # ---- at quiet moments ---------------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Let go of versions that are over, and of doubts that nothing can justify any more."""
        drained = self.judge.drained
        for url, versions in self.versions.items():
            gone = [v for v in versions if v.retired is not None and v.retired < drained and not self._busy(v)]
            if gone:
                self.versions[url] = [version for version in versions if version not in gone]
                self.change()
                for sent_to in self._streams_to(url):
                    sent_to.break_step("the worker became redundant")
                    sent_to.name_it()
        for version in self._all_versions():
            over = [key for key, inbox in version.inboxes.items() if isinstance(inbox, AtWorker) and inbox.over]
            for key in over:
                del version.inboxes[key]
        kept: list[tuple[int, Stream]] = []
        for since, stream in self._torn:
            if since < drained and not self._expects(stream):
                stream.torn = False
            else:
                kept.append((since, stream))
        self._torn = kept
        for version in self._all_versions():
            if version.torn < drained and not any(self._may_get(client) for client in self.realms.values()):
                version.torn = -1

    def _busy(self, version: Version) -> bool:
        return version.busy or any(stream.waiting for stream in version.outs.values())

    def _expects(self, stream: Stream) -> bool:
        """Whether something arrived, and is not decided, that may be of a stream."""
        if isinstance(stream, ToClient):
            realm = self.clients.get(stream.client_id)
            return realm is None or self._may_get(realm)
        return isinstance(stream, ToWorker) and any(version.busy for version in self.versions.get(stream.url, ()))

    def _may_get(self, realm: Realm) -> bool:
        """Whether a window may still get, or have got, what a worker sent before it ended."""
        if realm.version is not None or realm.ended is not None:
            return False
        return not realm.queue_open or any(inbox.queue for inbox in realm.inboxes.values())
