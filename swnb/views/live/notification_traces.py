"""What came of the last click on each notification, or of its dismissal: read from the log, whoever clicked."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swnb.events import (
    ConsoleWritten,
    Event,
    EventSettled,
    NotificationClicked,
    NotificationClosed,
    NotificationInvoked,
    NotificationRemoved,
    WorkerRunningChanged,
)
from swnb.lab.notification_outcome import Outcome
from swnb.views.live.console_rows import sendable
from swnb.vocab import Heard, RunningStatus

if TYPE_CHECKING:
    from swnb.log import Log

MOST_ERRORS = 3
"""How many of the errors that listeners threw are told, for each click."""

LONGEST = 400
"""Characters of a reply, an action's name, an error."""

LATE_NS = 200_000_000
"""How long after its end an error may be heard that a listener threw, in nanoseconds: it comes another way."""


@dataclass(eq=False)
class Trace:
    """A click or a dismissal, and what has come of it so far."""

    done: NotificationInvoked | NotificationRemoved
    event: NotificationClicked | NotificationClosed | None = None
    settled: EventSettled | None = None
    is_worker: bool = True
    stopped: bool = False
    errors: list[ConsoleWritten] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """The same, as the verb `click` answers it."""
        return Outcome("", self.done, self.event, self.settled, tuple(self.errors), self.is_worker)

    @property
    def state(self) -> str:
        """How it stands, as one word."""
        if self.event is None:
            return "waiting"
        if self.event.heard is Heard.INFERRED:
            return "inferred"
        if not self.is_worker:
            return "over"
        if self.settled is None:
            return "stopped" if self.stopped else "running"
        return "failed" if self.settled.failed else "settled"

    def threw(self, error: ConsoleWritten) -> bool:
        """Tell whether an error is one of its listeners'; remember that."""
        if self.event is None or error.actor != self.event.actor or error.seq < self.done.seq:
            return False
        if self.settled is not None and error.t_mono_ns > self.settled.t_mono_ns + LATE_NS:
            return False
        self.errors.append(error)
        return True


class Traces:
    """The last click or dismissal of each notification, by its number."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._last: dict[int, Trace] = {}
        self._by_cause: dict[int, int] = {}  # number of the notification, by the event that something follows from
        self._errors: deque[ConsoleWritten] = deque(maxlen=20)

    def row(self, number: int, is_worker: bool) -> dict[str, Any] | None:
        """Return what came of the last one, as a front end is told it; None where there was none.

        Parameters
        ----------
        is_worker
            Whether a worker is to get it, as far as nothing has come of it.
        """
        trace = self._last.get(number)
        if trace is None:
            return None
        if trace.event is None:
            trace.is_worker = is_worker
        done, outcome = trace.done, trace.outcome
        reply = getattr(done, "reply", None)
        return {
            "asked": getattr(done, "reason", "click"),
            "action": sendable(getattr(done, "action", ""), LONGEST),
            "reply": None if reply is None else sendable(reply, LONGEST),
            "state": trace.state,
            "type": outcome.type,
            "who": "" if trace.event is None else trace.event.actor,
            "ms": outcome.duration_ms,
            "threw": [sendable(error.text.partition("\n")[0], LONGEST) for error in trace.errors[:MOST_ERRORS]],
        }

    def keep(self, numbers: set[int]) -> None:
        """Forget all but these."""
        for number in [number for number in self._last if number not in numbers]:
            del self._last[number]
        self._by_cause = {seq: number for seq, number in self._by_cause.items() if number in self._last}

    def hear(self, event: Event) -> set[int]:
        """Take in an event; return the numbers of the notifications that it says something of."""
        match event:
            case NotificationInvoked() | NotificationRemoved():
                return self._begin(event)
            case NotificationClicked() | NotificationClosed() | EventSettled():
                return self._follow(event)
            case ConsoleWritten(level="exception"):
                self._errors.append(event)
                return {number for number, trace in self._last.items() if trace.threw(event)}
            case WorkerRunningChanged(running=RunningStatus.STOPPED):
                return self._stop(event.actor)
        return set()

    def _begin(self, done: NotificationInvoked | NotificationRemoved) -> set[int]:
        if isinstance(done, NotificationRemoved) and done.reason == "closed":  # by a script: nobody is told
            return set()
        self._last[done.number] = Trace(done)
        self._by_cause[done.seq] = done.number
        return {done.number}

    def _follow(self, event: NotificationClicked | NotificationClosed | EventSettled) -> set[int]:
        number = None if event.cause is None else self._by_cause.pop(event.cause, None)
        trace = None if number is None else self._last.get(number)
        if number is None or trace is None:
            return set()
        if isinstance(event, EventSettled):
            if trace.event is None or trace.event.seq != event.cause:  # of a click before the last one
                return set()
            trace.settled = event
        else:
            if trace.done.seq != event.cause:
                return set()
            trace.event, trace.is_worker = event, self._log.names.is_worker(event.actor)
            self._by_cause[event.seq] = number
            for error in self._errors:
                trace.threw(error)
        return {number}

    def _stop(self, actor: str) -> set[int]:
        found = set()
        for number, trace in self._last.items():
            if trace.state == "running" and trace.event is not None and trace.event.actor == actor:
                trace.stopped = True
                found.add(number)
        return found
