"""What every fact has: its place in the log, its clocks, whose it is, and what it follows from."""

from __future__ import annotations

from time import monotonic_ns
from typing import Self

import msgspec

from swnb.vocab import Heard


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag_field="kind", tag="event"):
    """One observed fact, in the past tense.

    Attributes
    ----------
    seq
        Its place in the log, from 0; -1 as long as it is in none.
    t_mono_ns
        Monotonic clock of this process when it was heard, in nanoseconds. Facts that came in one batch share it.
    t_browser_ms
        Wall clock of the context where it happened, in milliseconds since 1970; None for what no context told.
    actor
        Whose fact it is: the name of a window, ``c1``, ``c2``, … for a frame or a worker that is a client, ``w1``, ``w2``, …
        for a service worker; ``""`` for the browser itself.
    cause
        `seq` of the event that it follows from, where that is known.
    heard
        Whether somebody who was there told it, or it was concluded.
    """

    seq: int = -1
    t_mono_ns: int = 0
    t_browser_ms: float | None = None
    actor: str = ""
    cause: int | None = None
    heard: Heard = Heard.HEARD

    @property
    def kind(self) -> str:
        """What happened, as one word: ``message.sent``, ``client.controlled``, ``worker.state``."""
        return str(self.__struct_config__.tag)

    def stamped(self, seq: int) -> Self:
        """Give it its place in the log, and the time if it has none; return it."""
        msgspec.structs.force_setattr(self, "seq", seq)
        if not self.t_mono_ns:
            msgspec.structs.force_setattr(self, "t_mono_ns", monotonic_ns())
        return self


class Surprise(Event, frozen=True, kw_only=True, gc=False, tag="surprise"):
    """Something that swnb did not expect: an agent that threw, a batch that is missing, a transition that no rule has.

    Attributes
    ----------
    what
        In words.
    """

    what: str
