"""What agents say of events that the browser dispatched to a worker, and of notifications; see `facts`."""

import msgspec

from swnb.probe.fact import Fact


class Fetched(Fact, frozen=True, array_like=True, gc=False, tag="fetch"):
    """A ``fetch`` event; an id is null where the event has no such attribute."""

    url: str
    method: str
    mode: str
    destination: str
    client_id: str | None
    resulting_client_id: str | None
    replaces_client_id: str | None


class Pushed(Fact, frozen=True, array_like=True, gc=False, tag="push"):
    """A ``push`` event. `event`, here and below, is the number under which its end will be told; 0 where that is not heard."""

    text: str | None
    event: int = 0


class Shown(Fact, frozen=True, array_like=True, gc=False, tag="shown"):
    """A notification was asked for, and nothing threw; `made` is 1 for ``new Notification``."""

    title: str
    label: str
    options: msgspec.Raw
    made: int = 0


class Clicked(Fact, frozen=True, array_like=True, gc=False, tag="click"):
    """``notificationclick``."""

    title: str
    label: str
    action: str
    event: int = 0
    reply: str | None = None


class Dismissed(Fact, frozen=True, array_like=True, gc=False, tag="dismiss"):
    """A notification was closed; `by_user` is 1 for ``notificationclose``."""

    title: str
    label: str
    by_user: int
    event: int = 0


class Synced(Fact, frozen=True, array_like=True, gc=False, tag="sync"):
    """A ``sync`` or ``periodicsync`` event; `label` is its tag."""

    label: str
    periodic: int
    last_chance: bool
    event: int


class Over(Fact, frozen=True, array_like=True, gc=False, tag="over"):
    """An event that outlived its dispatch is over; `failed` is 1 where something that it waited for was rejected."""

    event: int
    failed: int
