"""Events that can be brought to a service worker, what of them can be sent, and what became of one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from swnb.errors import InvalidArgument
from swnb.events import ConsoleWritten, Event, PushReceived, SyncReceived
from swnb.text import short, visible

PUSHES: Final = "pushMessaging"
"""The service whose events the browser tells the end of."""


@dataclass(frozen=True)
class Delivery:
    """An event that came to a worker.

    Attributes
    ----------
    type
        ``push``, ``sync``, ``periodicsync``.
    worker
        Label of the worker: ``w1``.
    event
        Its dispatch, as it is in the log.
    failed
        Whether something that the event waited for was rejected; None where that is not told.
    errors
        What the listeners threw.
    """

    type: str
    worker: str
    event: PushReceived | SyncReceived
    failed: bool | None
    errors: tuple[ConsoleWritten, ...] = ()

    def __repr__(self) -> str:
        ends = {None: "dispatched; its end is not told of a worker that is left alone", False: "settled"}
        end = ends.get(self.failed, "something that it waited for was rejected")
        thrown = [f"; uncaught: {short(error.text.split(chr(10))[0], 200)}" for error in self.errors]
        return visible(f"<{self.type} to {self.worker}: {end}{''.join(thrown)}>")


@dataclass(frozen=True)
class Parcel:
    """An event that is to be brought to a worker.

    Attributes
    ----------
    type
        ``push``, ``sync``, ``periodicsync``.
    command, params
        Of the ``ServiceWorker`` domain.
    service
        What the browser itself calls this kind of event.
    fact
        What its dispatch is in the log, but for whose it is.
    """

    type: str
    command: str
    params: dict[str, Any]
    service: str
    fact: PushReceived | SyncReceived

    def is_it(self, event: Event) -> bool:
        """Tell whether an event of the log is its dispatch."""
        if isinstance(event, SyncReceived) and isinstance(self.fact, SyncReceived):
            return (event.tag, event.periodic) == (self.fact.tag, self.fact.periodic)
        return isinstance(event, PushReceived) and isinstance(self.fact, PushReceived)  # nobody else pushes here

    @classmethod
    def push(cls, data: object) -> Parcel:
        """Make a push of what `AsyncLab.push` takes."""
        text = text_of(data)
        return cls("push", "deliverPushMessage", {"data": text}, PUSHES, PushReceived(text=text or None))

    @classmethod
    def sync(cls, tag: str, *, periodic: bool, last_chance: bool = False) -> Parcel:
        """Make a background sync."""
        check_tag(tag)
        fact = SyncReceived(tag=tag, periodic=periodic, last_chance=last_chance)
        if periodic:
            return cls("periodicsync", "dispatchPeriodicSyncEvent", {"tag": tag}, "periodicBackgroundSync", fact)
        params = {"tag": tag, "lastChance": last_chance}
        return cls("sync", "dispatchSyncEvent", params, "backgroundSync", fact)


def text_of(data: object) -> str:
    """Return what is sent as a push's data: text as it is, bytes as the text that they are, all else as JSON.

    Raises
    ------
    InvalidArgument
        If it is neither.
    """
    if data is None:
        return ""
    if isinstance(data, str):
        return data
    if isinstance(data, bytes | bytearray | memoryview):
        try:
            return bytes(data).decode()
        except UnicodeDecodeError as error:
            raise InvalidArgument(
                f"these {len(data):,} bytes cannot be pushed: they are no UTF-8 at byte {error.start:,}",
                "Chromium's protocol carries text alone; send them in a text, in Base64 for example",
            ) from None
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgument(
            f"this {type(data).__name__} cannot be pushed: it has no JSON ({error})", "give text, bytes, or plain data"
        ) from None


def check_tag(tag: object) -> None:
    """Check that it is a tag.

    Raises
    ------
    InvalidArgument
        If it is no text, or has half of a surrogate pair.
    """
    if not isinstance(tag, str):
        raise InvalidArgument(f"a tag is text, and this is a {type(tag).__name__}", "give a str")
    try:
        tag.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(
            f"{tag!r} is no tag: it has half of a surrogate pair at {error.start}", "give whole characters"
        ) from None
