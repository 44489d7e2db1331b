"""The append-only log: every fact once, in the order in which it was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic_ns
from typing import Any, overload

import msgspec

from swnb.events import Event, Surprise
from swnb.messages import Messages, Pairs, Wanted, two_names
from swnb.names import Names, Whose

from .acts import Act
from .follow import Arrivals, Follower
from .kinds import Kind, classes
from .listing import ROWS, Events, table

Handler = Callable[[Event], object]


class Mark(msgspec.Struct, frozen=True, order=True):
    """A place in the log: just before the event with this `seq`. It can bound a slice: ``log[mark:]``."""

    seq: int

    def __index__(self) -> int:
        return self.seq


class Log(Sequence[Event]):
    """Events as a sequence. Appending happens in the lab's loop; any thread may read.

    Attributes
    ----------
    acting
        Where the last acting verb began (one that may change something, an evaluation included); `wait` looks for events from
        here unless it is given another mark.
    acts
        All acting verbs, in the order in which they began.
    on_event
        Called with each event once it is in the log, in the log's order, in the thread that appends. What they append comes after.
    names
        Who is called what.
    late
        Where messages stand among what their realms told, if they were written later than they were heard (the arrival of a
        broadcast most often is, since nobody knows at once what arrived): by the number of the event, before which event it was
        heard, and which of those that were heard there it was.
    """

    def __init__(self) -> None:
        self._events: list[Event] = []
        self.acting = Mark(0)
        self.acts: list[Act] = []
        self.on_event: list[Handler] = []
        self.names = Names()
        self.late: dict[int, tuple[int, int]] = {}
        self._pairs = Pairs(self._events)
        self._arrivals = Arrivals()
        self._handlers: dict[type[Event], tuple[Handler, ...]] = {}
        self._failed: list[Handler] = []
        self._told = 0
        self._telling = False
        self._folds = self.names.folds

    # ---- writing ------------------------------------------------------------------------------------------------

    def append(self, event: Event) -> Event:
        """Add a fact; return it as it stands in the log."""
        events = self._events
        stamped = event.stamped(len(events))
        events.append(stamped)
        fold = self._folds.get(type(stamped))
        if fold is not None:
            fold(stamped)
        if not self._telling:
            if self.on_event or type(stamped) in self._handlers:
                self._tell()
            else:
                self._told += 1  # there is nobody to tell
        if self._arrivals.waiting:
            self._arrivals.wake()
        return stamped

    def _tell(self) -> None:
        """Tell what is not told yet; what a callback appends is told after what it was called for, so that all hear one order."""
        self._telling = True
        events = self._events
        try:
            while self._told < len(events):
                event = events[self._told]
                self._told += 1
                for callback in tuple(self.on_event):
                    try:
                        callback(event)
                    except Exception as error:  # whose ever it is, the others must hear
                        self._raised(callback, event, error)
                for handler in self._handlers.get(type(event), ()):
                    try:
                        handler(event)
                    except Exception as error:
                        self._raised(handler, event, error)
        finally:
            self._telling = False

    def _raised(self, callback: Handler, event: Event, error: Exception) -> None:
        """Say so once for each callback: one that raises at a `Surprise`, too, would never end."""
        if any(known is callback for known in self._failed):
            return
        self._failed.append(callback)
        name = getattr(callback, "__qualname__", type(callback).__name__)
        self.append(
            Surprise(cause=event.seq, what=f"{name}, called at {event.kind}, raised {type(error).__name__}: {error}")
        )

    def close(self) -> None:
        """No more will come: whoever follows the log ends where it ends."""
        self._arrivals.close()

    def reopen(self) -> None:
        """More will come after all; who ended meanwhile has ended."""
        self._arrivals.closed = False

    @property
    def closed(self) -> bool:
        """Whether no more will come."""
        return self._arrivals.closed

    # ---- places -------------------------------------------------------------------------------------------------

    def mark(self) -> Mark:
        """Return the place after the last event."""
        return Mark(len(self._events))

    def act(self, verb: str = "", of: str = "") -> None:
        """An acting verb begins now.

        Parameters
        ----------
        verb
            As the API has it: ``reload``, ``clients.claim``, ``worker.evaluate``.
        of
            The window that it acts on, where it is one.
        """
        self.acting = self.mark()
        self.acts.append(Act(self.acting.seq, verb, of, monotonic_ns()))

    def since(self, mark: Mark) -> Iterator[Event]:
        """Yield the events from a mark on, as far as they are here."""
        yield from self._events[mark.seq :]

    # ---- hearing ------------------------------------------------------------------------------------------------

    def on(self, kind: Kind | Iterable[Kind], handler: Handler) -> Callable[[], None]:
        """Call `handler` with each event of a kind from now on, in the lab's thread; it must not use verbs of the lab there.

        A handler that raises is reported as a `Surprise`, once; it goes on to be called.

        Parameters
        ----------
        kind
            ``message.received``; ``message`` and ``message.*`` are all of that family.

        Returns
        -------
        Callable
            Takes it back.
        """
        wanted = classes(kind)

        def once(event: Event) -> object:  # the same handler may be there twice
            return handler(event)

        once.__qualname__ = getattr(handler, "__qualname__", type(handler).__name__)
        for event in wanted:
            self._handlers[event] = (*self._handlers.get(event, ()), once)

        def off() -> None:
            for event in wanted:
                self._handlers[event] = tuple(known for known in self._handlers[event] if known is not once)

        return off

    def follow(self, since: Mark | int | None = None) -> Follower:
        """Return the events as they come, for ``async for``, in any loop of any thread; it ends when the log is closed.

        Parameters
        ----------
        since
            Where to begin; None is from now on.
        """
        return Follower(self._events, self._arrivals, len(self._events) if since is None else _place(since))

    def __aiter__(self) -> Follower:
        return self.follow(0)

    # ---- reading ------------------------------------------------------------------------------------------------

    def events(
        self, kind: Kind | Iterable[Kind] | None = None, *, actor: str | None = None, since: Mark | int = 0
    ) -> Events:
        """Return the events that are asked for; None is any.

        Parameters
        ----------
        kind
            ``message.sent``; ``message``, ``message.`` and ``message.*`` are all of that family; a class of `swnb.events`.
        actor
            A window's name, ``c2`` (of a window's several documents that one), ``worker``, ``w1``.
        since
            From there on.

        Raises
        ------
        InvalidArgument
            If there is no such kind, or nobody of that name.
        """
        found: Iterable[Event] = self._events[_place(since) :]
        if kind is not None:
            wanted = classes(kind)
            found = (event for event in found if type(event) in wanted)
        if actor is not None:
            whose = self._whose(actor)
            found = (event for event in found if whose.owns(event))
        return Events(found)

    def of(self, *kinds: Kind) -> Events:
        """Return the events of some kinds: ``log.of("message.*")``."""
        return self.events(kinds)

    def messages(
        self,
        *,
        between: tuple[str, str] | None = None,
        sender: str | None = None,
        receiver: str | None = None,
        channel: str | None = None,
        since: Mark | int = 0,
    ) -> Messages:
        """Return the messages that are asked for, in the order of their sending; None is any.

        Parameters
        ----------
        between
            The names of two who talk, in either direction.
        sender, receiver
            Names: a window's, ``c2`` (of a window's several documents that one), ``worker`` (while there is one scope), ``w1``.
        channel
            As `Message.channel`.
        since
            Those that were sent from there on (or arrived, where the sending was not heard).

        Raises
        ------
        InvalidArgument
            If there is nobody of that name.
        """
        pair = None
        if between is not None:
            one, other = two_names(between)
            pair = (self._whose(one), self._whose(other))
        wanted = Wanted(
            pair,
            None if sender is None else self._whose(sender),
            None if receiver is None else self._whose(receiver),
            channel,
        )
        return Messages(wanted.of(self._pairs(self.names, _place(since))))

    def _whose(self, name: str) -> Whose:
        return self.names.whose(name, lambda actor: any(event.actor == actor for event in self._events))

    def to_pandas(self) -> Any:
        """Return a ``pandas.DataFrame`` of all events; see `Events.to_pandas`."""
        return self[:].to_pandas()

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    @overload
    def __getitem__(self, index: int | Mark) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Events: ...
    def __getitem__(self, index: int | Mark | slice) -> Event | Events:
        if isinstance(index, slice):
            return Events(self._events[index])
        return self._events[index]

    def __repr__(self) -> str:
        events = self._events[-ROWS:]
        return table(events, len(self._events) - len(events)) if events else "no events"


def _place(since: Mark | int) -> int:
    return since.seq if isinstance(since, Mark) else max(0, since)
