"""What the notebook did: no fact that was observed, and so beside the log."""

from __future__ import annotations

from typing import NamedTuple


class Act(NamedTuple):
    """An acting verb: what the notebook did, which is no fact that was observed, and so not in the log.

    Attributes
    ----------
    seq
        The event that was the next one when it began.
    verb, of
        As `Log.act` was told.
    t_mono_ns
        When it began, by the monotonic clock, in nanoseconds.
    """

    seq: int
    verb: str
    of: str
    t_mono_ns: int
