"""Who there is in a run, and what tells one from another without looking at the order in which they appeared."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from swnb.events import ClientAppeared, WorkerEvent
from swnb.recording.texts import Texts


class Realm(NamedTuple):
    """What an actor is, by what does not vary.

    Attributes
    ----------
    what
        Kind, address and name; of a service worker script, scope, and which one of them it is.
    owner, former
        Labels of the client that it belongs to, and of the one that was there before; ``""`` for none.
    """

    what: tuple[object, ...]
    owner: str = ""
    former: str = ""


class Realms:
    """The realms of a run by their labels, in the order of their appearance.

    A window's document is known by the window's name and by how many were in it before: a window has one document after the other.
    So it is with the service workers of one script and scope. A frame, or another worker, is known by its address, its owner, and
    who was there before; several of them may be alike, and are told apart by what they do (see `swnb.recording.naming`).
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.known: dict[str, Realm] = {}
        self._documents: Counter[str] = Counter()
        self._versions: Counter[tuple[str, str]] = Counter()
        self._waiting: set[str] = set()

    def seen(self, label: str) -> None:
        """Note an actor of which nothing else may ever be told."""
        if label and label not in self.known:
            self.known[label] = Realm(("actor", label))
            self._waiting.add(label)

    def appeared(self, event: ClientAppeared) -> None:
        """Take in a client's beginning."""
        self._waiting.discard(event.client)
        if event.name is not None:
            self._documents[event.name] += 1
            self.known[event.client] = Realm(("document", event.name, self._documents[event.name]))
            return
        url = self._texts.clean(event.url, [])
        what = ("client", str(event.type), str(event.frame_type), url)
        self.known[event.client] = Realm(what, event.owner or "", event.former or "")

    def worker(self, event: WorkerEvent) -> None:
        """Take in what the bookkeeping tells of a service worker; its scope may come later."""
        label = event.actor
        if label in self.known and label not in self._waiting:
            return
        if not event.scope:
            self.seen(label)
            return
        self._waiting.discard(label)
        script, scope = self._texts.clean(event.script_url, []), self._texts.clean(event.scope, [])
        self._versions[script, scope] += 1
        self.known[label] = Realm(("service worker", script, scope, self._versions[script, scope]))
