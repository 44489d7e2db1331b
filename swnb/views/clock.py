"""Times as a lab's own: seconds since its log began."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from swnb.text import STARTED_NS, moment, mono_moment, time_of_day

if TYPE_CHECKING:
    from swnb.events import Event


def wall_ms(event: Event) -> float:
    """Return when an event happened, or was heard where its context did not tell, in milliseconds since 1970."""
    if event.t_browser_ms is not None:
        return event.t_browser_ms
    return (event.t_mono_ns + STARTED_NS) / 1e6


class Clock:
    """Tells the times of one log's events.

    Parameters
    ----------
    events
        Some of them. What is in no log that is known is told by the time of day.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        from swnb.lab.hearing import LOGS

        first = next(iter(events), None)
        self._began_ms: float | None = None
        for log in tuple(LOGS):
            if first is not None and 0 <= first.seq < len(log) and log[first.seq] is first:
                self._began_ms = (log[0].t_mono_ns + STARTED_NS) / 1e6

    @property
    def heading(self) -> str:
        """What the column is called."""
        return "time" if self._began_ms is None else "seconds"

    def at(self, event: Event | None) -> str:
        """Return when it happened: ``12.345``; "" for None."""
        if event is None:
            return ""
        if self._began_ms is None:
            return self.time_of_day(event)
        return f"{(wall_ms(event) - self._began_ms) / 1000:.3f}"

    @staticmethod
    def time_of_day(event: Event) -> str:
        """Return the local time of day: ``14:03:07.250``."""
        return time_of_day(moment(event.t_browser_ms) or mono_moment(event.t_mono_ns))
