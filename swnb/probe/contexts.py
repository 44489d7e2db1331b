"""The contexts that are heard: one record for each realm from its first line to its end."""

from __future__ import annotations

from enum import StrEnum
from itertools import count
from typing import Any, TypeVar

import msgspec

from swnb.browser.service_workers import Version
from swnb.browser.targets import Target
from swnb.vocab import ClientId, ClientType

_uids = count(1)

TYPES = {
    "window": ClientType.WINDOW,
    "dedicated": ClientType.WORKER,
    "shared": ClientType.SHARED_WORKER,
}
"""Kinds of context that are clients, in the specification's words."""


EMPTY = ("about:blank", "")
"""Documents that a window begins with. They appear in the log only if they do something: no worker lists them."""

KINDS = {"worker": "dedicated", "shared_worker": "shared", "service_worker": "service"}
"""The protocol's types of target as kinds of context."""

MOST_ASLEEP = 200
"""How many documents that ended are remembered: they may be in the back/forward cache."""

Key = tuple[str, int]
"""Session and CDP's id of the realm in it."""

W = TypeVar("W", bound=StrEnum)


def member(words: type[W], word: str | None) -> W | None:
    """Return the enumeration's member; None for what it does not know."""
    try:
        return None if word is None else words(word)
    except ValueError:
        return None


class Context(msgspec.Struct, eq=False):
    """One realm: a document's, or a worker's between a start and a stop.

    Attributes
    ----------
    uid
        Counts all contexts of this process.
    kind
        ``window``, ``dedicated``, ``shared`` or ``service``.
    actor
        Whose facts these are: see `Event.actor`.
    client
        ``c1``, ``c2``, …; None for a service worker.
    appeared
        Whether it is in the log. An empty document is not, until it does something.
    client_id
        The browser's `Client.id`, once it is known.
    guessed
        Whether `client_id` was concluded from URL and order.
    context_id
        CDP's id of the realm in its session.
    successor
        The document that took over its realm.
    version, epoch
        Of a service worker, and how often that was started.
    serial
        Number of the batch that comes next.
    behind
        Whether the agent holds facts back until the end of its task.
    api
        CDP's id of the agent's own object, where it is asked for something.
    controller
        ``w1`` of the worker that controls it.
    lifecycle
        As the page told it last.
    queue_open
        Whether messages from workers reach its listeners.
    calls
        Calls that are not answered yet: the agent's number to `seq`, time and function.
    lasting
        Events of the worker that are not over yet: the agent's number to `seq` and kind.
    """

    target: Target
    kind: str
    actor: str
    url: str = ""
    origin: str = ""
    time_origin: float = 0.0
    client: str | None = None
    appeared: bool = False
    client_id: ClientId | None = None
    guessed: bool = False
    context_id: int = 0
    frame_id: str = ""
    owner: Context | None = None
    former: Context | None = None
    version: Version | None = None
    epoch: int = 0
    script_url: str = ""
    alive: bool = True
    attached: bool = True
    serial: int = 0
    behind: bool = False
    secure: bool = False
    api: str | None = None
    controller: str | None = None
    lifecycle: str = ""
    queue_open: bool = False
    calls: dict[int, tuple[int, float, str]] | None = None
    lasting: dict[int, tuple[int, str]] | None = None
    hello: Any = None
    successor: Context | None = None
    uid: int = 0

    def __post_init__(self) -> None:
        self.renumber()

    def renumber(self) -> None:
        """Count as another context from now on."""
        self.uid = next(_uids)

    def __repr__(self) -> str:
        return f"<Context {self.uid} {self.actor} {self.kind} {self.url}>"

    def clock_ms(self, t: float) -> float:
        """Return the wall clock for a time of the context, in milliseconds since 1970."""
        return self.time_origin + t
