"""What came of a click on a notification, or of its dismissal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swnb.text import short, visible
from swnb.vocab import Heard

if TYPE_CHECKING:
    from swnb.events import (
        ConsoleWritten,
        EventSettled,
        NotificationClicked,
        NotificationClosed,
        NotificationInvoked,
        NotificationRemoved,
    )

WIDEST: Final = 60


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes
    ----------
    asked
        In words: ``click on 'New messages', action 'reply'``.
    done
        What the lab did on the desktop: a `NotificationInvoked` or `NotificationRemoved`.
    event
        What was dispatched: ``notificationclick`` or ``notificationclose`` in a worker, ``click`` or ``close`` in a page; None as
        long as it was not.
    settled
        The end of it; None where that has not come, or nobody could hear it.
    errors
        What the listeners threw.
    is_worker
        Whether a worker got it.
    note
        What is not known, and why.
    """

    asked: str
    done: NotificationInvoked | NotificationRemoved
    event: NotificationClicked | NotificationClosed | None = None
    settled: EventSettled | None = None
    errors: tuple[ConsoleWritten, ...] = ()
    is_worker: bool = True
    note: str = ""

    @property
    def failed(self) -> bool:
        """Whether something that was given to ``waitUntil`` was rejected."""
        return self.settled is not None and self.settled.failed

    @property
    def duration_ms(self) -> float | None:
        """From its dispatch to its end, in milliseconds; None where that is not known."""
        ends = (self.event, self.settled)
        times = [end.t_browser_ms for end in ends if end is not None and end.t_browser_ms is not None]
        return times[1] - times[0] if len(times) == len(ends) else None

    @property
    def type(self) -> str:
        """Name of the event that it leads to."""
        kind = "click" if "invoked" in self.done.kind else "close"
        return f"notification{kind}" if self.is_worker else kind

    @property
    def state(self) -> str:
        """How it stands, in words."""
        if self.event is None:
            return f"no {self.type} came{f' ({self.note})' if self.note else ''}"
        where = f"{self.type} was dispatched {'to' if self.is_worker else 'in'} {self.event.actor}"
        if self.event.heard is Heard.INFERRED:
            return f"{where}; {self.note}"
        if self.settled is None:
            return where if not self.is_worker else f"{where}, and its waitUntil has not settled: it still runs"
        took = "" if self.duration_ms is None else f" after {self.duration_ms:.1f} ms"
        return f"{where}, {'and what it waited for was rejected' if self.failed else 'settled'}{took}"

    def __repr__(self) -> str:
        thrown = [f"its listener threw {short(error.text.split(chr(10))[0], 200)}" for error in self.errors]
        return visible("; ".join([f"{self.asked}: {self.state}", *thrown]))
