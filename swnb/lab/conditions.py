"""What can be waited for: the words, and what they mean of an event."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from time import monotonic

import msgspec

from swnb.errors import InvalidArgument, nearest
from swnb.events import (
    Event,
    EventSettled,
    MessageUndelivered,
    NotificationDisplayed,
    WindowClosed,
    WindowEvent,
    WindowLoaded,
    WindowNavigated,
    WorkerEvent,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.log import Mark
from swnb.names import WORKER
from swnb.vocab import MessageFate, RunningStatus

STATE_CONDITIONS = {
    "active": "a worker is in the state `activated` (of --scope, else of the registration registered last)",
    "controlled [NAME]": "a window, frame or worker is controlled (without a name: any window)",
    "clients N": "the worker controls exactly N windows",
    "stopped": "no worker runs (of --scope, else of the registration registered last)",
}
"""What is looked at as it is now, and, but for `active`, as it was at some time since the mark."""

Fits = Callable[[Event], bool]

EVENT_CONDITIONS: dict[str, tuple[str, Fits]] = {
    "update": ("a worker was found", lambda e: isinstance(e, WorkerStateChanged) and e.former is None),
    **{
        state: (f"a worker became {state}", lambda e, s=state: isinstance(e, WorkerStateChanged) and e.state == s)  # type: ignore[misc]
        for state in ("installing", "installed", "activating", "activated", "redundant")
    },
    "started": (
        "a worker's thread started",
        lambda e: isinstance(e, WorkerRunningChanged) and e.running is RunningStatus.RUNNING,
    ),
    "ended": (
        "a worker's thread ended",
        lambda e: isinstance(e, WorkerRunningChanged) and e.running is RunningStatus.STOPPED,
    ),
    "navigated": ("a window has another document", lambda e: isinstance(e, WindowNavigated)),
    "loaded": ("a window fired `load`", lambda e: isinstance(e, WindowLoaded)),
    "closed": ("a window closed", lambda e: isinstance(e, WindowClosed)),
    "notification": (
        "a notification came to the desktop, or took another one's place there (with its tag or title: that one)",
        lambda e: isinstance(e, NotificationDisplayed),
    ),
    "settled": (
        "an event of a worker is over, a click on a notification or a push: all that its `waitUntil` was given",
        lambda e: isinstance(e, EventSettled),
    ),
    "lost": (
        "a message will never arrive",
        lambda e: isinstance(e, MessageUndelivered) and e.fate is not MessageFate.WAITING,
    ),
}

WINDOW_CONDITIONS = frozenset({"navigated", "loaded", "closed"})
WITHOUT_NAME = frozenset({"update", "lost", "settled"})

MESSAGE_CONDITION = "message FROM TO"

WORDS = ("active", "controlled", "clients", "stopped", "message", *EVENT_CONDITIONS)
"""First words of all conditions."""

ANY = "*"


class Wish(msgspec.Struct, frozen=True):
    """What is waited for.

    Attributes
    ----------
    condition
        As the user wrote it.
    words
        The same, as words: ``message``, ``home``, ``worker``.
    scope, window, worker
        What it is narrowed down to: a whole URL, the name of a window (or the label of another client), the label of a worker;
        None for any.
    mark
        From where on events count.
    timeout_s, deadline
        How long, in seconds, and until when, by the monotonic clock.
    """

    condition: str
    words: tuple[str, ...]
    scope: str | None
    window: str | None
    worker: str | None
    mark: Mark
    timeout_s: float
    deadline: float

    @property
    def rest_s(self) -> float:
        """Seconds that are left."""
        return max(0.0, self.deadline - monotonic())

    def fits(self, event: Event) -> bool:
        """Tell whether an event is of the scope, the window and the worker that are meant."""
        if isinstance(event, WorkerEvent):
            return self.scope in (None, event.scope) and self.worker in (None, event.actor)
        return not isinstance(event, WindowEvent) or self.window in (None, event.name)


def split(condition: str) -> tuple[str, ...]:
    """Return the words of a condition; quotes hold one together."""
    try:
        return tuple(shlex.split(condition))
    except ValueError:  # a quote that is never closed is a character like others
        return tuple(condition.split())


def read(wish: Wish) -> Wish:
    """Return the wish with the name that follows its first word at its place, and the first word alone.

    Raises
    ------
    InvalidArgument
        If there is no such condition.
    """
    first, *rest = wish.words or ("",)
    if (first == "message" and len(rest) == 2) or first == "notification":
        return wish
    if first == "clients" and len(rest) == 1 and rest[0].isascii() and rest[0].isdigit():
        return wish
    takes_name = first in ("active", "controlled", "stopped") or (
        first in EVENT_CONDITIONS and first not in WITHOUT_NAME
    )
    if not rest and (takes_name or first in WITHOUT_NAME):
        return wish
    if not takes_name or len(rest) != 1:
        raise unknown(wish.words)
    return _named(wish, first, rest[0])


def _named(wish: Wish, first: str, name: str) -> Wish:
    if first == "controlled" or first in WINDOW_CONDITIONS:
        if wish.window is not None:
            raise InvalidArgument(f"{wish.condition!r} names a window, and so does window={wish.window!r}", "give one")
        return msgspec.structs.replace(wish, words=(first,), window=name)
    if name in (WORKER, ANY):
        return msgspec.structs.replace(wish, words=(first,))
    if not (name[:1] == "w" and name[1:].isascii() and name[1:].isdigit()):
        raise InvalidArgument(f"{name!r} is no worker", "workers are w1, w2, … as `%sw workers` lists them")
    return msgspec.structs.replace(wish, words=(first,), worker=name)


def unknown(words: Sequence[str]) -> InvalidArgument:
    """Return the error for what cannot be waited for."""
    first = words[0] if words else ""
    if first == "message":
        return InvalidArgument(
            f"{' '.join(words)!r} does not say whose message",
            "`message FROM TO`: names as in `%sw messages`, * for anybody; what it carries: --where 'data.n > 3'",
        )
    near = nearest(first, WORDS)
    hint = f"did you mean {near!r}? " if near and near != first else ""
    states, events = ", ".join(STATE_CONDITIONS), ", ".join(EVENT_CONDITIONS)
    return InvalidArgument(
        f"{' '.join(words)!r} cannot be waited for", f"{hint}states: {states}; events: {events}, {MESSAGE_CONDITION}"
    )
