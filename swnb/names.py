"""Who is called what: windows by their names, other clients ``c1`` and so on, service workers ``worker`` or ``w1`` and so on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable

import msgspec

from swnb.errors import InvalidArgument, nearest
from swnb.events import ClientAppeared, ClientChanged, ClientEvent, Event, WindowOpened, WorkerStateChanged
from swnb.vocab import Lifecycle

WORKER = "worker"
"""What the service worker is called while there is one scope."""

LISTED = 12
"""How many names an error lists."""

_WORKER_LABEL = re.compile(r"w[1-9][0-9]*\Z")


class NameUnknown(InvalidArgument, KeyError):  # noqa: N818  (named after what happened, as all errors here)
    """Nobody is called so.

    Attributes
    ----------
    name
        What was asked for.
    known
        What there is.
    """

    def __init__(self, name: object, known: Iterable[str], what: str = "nobody in the log") -> None:
        self.name = name
        self.known = list(known)
        near = nearest(name, self.known) if isinstance(name, str) else None
        hint = f"did you mean {near!r}? " if near is not None else ""
        more = f" and {len(self.known) - LISTED} more" if len(self.known) > LISTED else ""
        listed = ", ".join(self.known[:LISTED]) or "nothing yet"
        super().__init__(f"{what} is called {name!r}", f"{hint}there is: {listed}{more}")


class Whose(msgspec.Struct, frozen=True):
    """Whom a name means.

    Attributes
    ----------
    actors
        What `Event.actor` says of them.
    client
        The one document that is meant of a window that had several; None for all.
    """

    actors: Container[str]
    client: str | None = None
    _document: Callable[[str, int], str | None] | None = None

    def has(self, actor: str, seq: int) -> bool:
        """Whether an actor, at a place in the log, is meant."""
        if actor not in self.actors:
            return False
        return self._document is None or self._document(actor, seq) == self.client

    def owns(self, event: Event) -> bool:
        """Whether an event is of whom is meant."""
        if self.client is not None and isinstance(event, ClientEvent):
            return event.client == self.client
        return self.has(event.actor, event.seq)


class Names:
    """The directory of a log, folded from its events.

    An event's `actor` stays as it is in the log. For people a service worker is ``worker`` as long as all that were ever seen
    have one scope.
    """

    def __init__(self) -> None:
        self._windows: dict[str, None] = {}
        self._clients: dict[str, str] = {}
        self._workers: dict[str, str] = {}
        self._scopes: dict[str, None] = {}
        self._documents: dict[str, list[tuple[int, str]]] = {}
        self._shown: dict[str, str] = {}
        self.folds: dict[type[Event], Callable[[Event], None]] = {
            ClientAppeared: self._appeared,
            ClientChanged: self._changed,
            WorkerStateChanged: self._worker,
            WindowOpened: self._opened,
        }

    def apply(self, event: Event) -> None:
        """Learn from an event."""
        fold = self.folds.get(type(event))
        if fold is not None:
            fold(event)

    def _opened(self, event: Event) -> None:
        assert isinstance(event, WindowOpened)
        self._windows[event.name] = None

    def _appeared(self, event: Event) -> None:
        assert isinstance(event, ClientAppeared)
        self._clients[event.client] = event.actor or event.client
        if event.name is not None:
            self._windows[event.name] = None
            self._documents.setdefault(event.actor, []).append((event.seq, event.client))
        self._shown = {}

    def _changed(self, event: Event) -> None:
        """A document that leaves the back/forward cache is its window's again."""
        assert isinstance(event, ClientChanged)
        documents = self._documents.get(event.actor)
        awake = event.lifecycle is not None and event.lifecycle is not Lifecycle.CACHED
        if awake and documents and documents[-1][1] != event.client:
            documents.append((event.seq, event.client))

    def _worker(self, event: Event) -> None:
        assert isinstance(event, WorkerStateChanged)
        self._workers[event.actor] = event.scope or self._workers.get(event.actor, "")
        if event.scope:
            self._scopes[event.scope] = None
        self._shown = {}

    def _document(self, actor: str, seq: int) -> str | None:
        """Return which document a window showed at a place in the log."""
        documents = self._documents.get(actor, [])
        at = bisect_right(documents, seq, key=lambda entry: entry[0])
        return documents[at - 1][1] if at else None

    # ---- for people ---------------------------------------------------------------------------------------------

    def is_worker(self, actor: str) -> bool:
        """Whether an actor is a service worker; its thread may speak before the browser's bookkeeping tells of it."""
        return actor in self._workers or (actor not in self._windows and _WORKER_LABEL.match(actor) is not None)

    def shown(self, actor: str) -> str:
        """Return what people call an actor: the window's name, ``c2``, ``worker`` or ``w2``."""
        known = self._shown.get(actor)
        if known is None:
            shown = self._shown
            one = len(self._scopes) <= 1 and self.is_worker(actor)
            shown[actor] = known = WORKER if one else self._clients.get(actor, actor)
        return known

    def known(self) -> tuple[str, ...]:
        """Return all names that can be asked for."""
        some = [WORKER] if self._workers and len(self._scopes) <= 1 else []
        return tuple(dict.fromkeys([*self._windows, *some, *self._clients, *self._workers]))

    def whose(self, name: str, seen: Callable[[str], bool] = lambda _: False) -> Whose:
        """Return whom a name means.

        Parameters
        ----------
        seen
            Asked last, whether an actor of that name ever did anything.

        Raises
        ------
        NameUnknown
            If there is nobody of that name.
        InvalidArgument
            If it is ``worker``, and workers of more than one scope were seen.
        """
        if name in self._workers:
            return Whose(frozenset((name,)))
        actor = self._clients.get(name)
        if actor is not None:
            return Whose(frozenset((actor,)), name, None if actor == name else self._document)
        if name == WORKER:
            self._one_scope()
            return Whose(_AnyWorker(self))
        if name in self._windows or seen(name):
            return Whose(frozenset((name,)))
        raise NameUnknown(name, self.known())

    def _one_scope(self) -> None:
        if len(self._scopes) > 1:
            told = ", ".join(f"{label} ({scope})" for label, scope in tuple(self._workers.items())[:LISTED])
            raise InvalidArgument(
                f"{WORKER!r} could be a worker of any of {len(self._scopes)} scopes", f"say which: {told}"
            )


class _AnyWorker(Container[str]):
    """All service workers, those included that nobody has told of yet."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __contains__(self, actor: object) -> bool:
        return isinstance(actor, str) and (actor == WORKER or self._names.is_worker(actor))
