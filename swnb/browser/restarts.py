"""Service workers are stopped and started again within one session, and Chromium sends again what was pending at the stop.

An evaluation that had no answer would run once more at each start, before the worker's first line. One that names its context
is refused there instead, since each start has a new context. That takes no round trip.

What is sent again also makes a resume overtake the evaluations in front of it: it waits for their answers. Until then nobody may
ask the worker for its clients: Chromium ends the whole renderer, windows and all, of a service worker that does so while held.

One gap is left: a worker that is stopped while it is held, before the agent or the resume was answered, gets these sent again, too.
In its next start the agent may then come after the first line, or be there without `Session.agent`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from swnb.browser.protocol import Message
from swnb.browser.session import Session

if TYPE_CHECKING:
    import asyncio

HELD_S = 1.0
"""How long a worker that was started again is held at most."""


def watch(session: Session) -> None:
    """Keep `Session.context` of a service worker up to date; it is known where somebody enabled the ``Runtime`` domain."""

    def created(params: Message) -> None:
        # the first since the start is the worker's own; `Session.lose` forgets it
        session.context = session.context or params["context"]["uniqueId"]

    session.on("Runtime.executionContextCreated", created)


def resume(session: Session, loop: asyncio.AbstractEventLoop) -> None:
    """Let a worker that was started again go on once all that was posted to it is done, at the latest after `HELD_S`."""
    held: list[Callable[[], None]] = []
    session.held = held

    def go_on(_: Message | None = None) -> None:
        timer.cancel()
        if session.held is held:  # else it was stopped meanwhile, and the next start has a list of its own
            session.held = None
            session.post("Runtime.runIfWaitingForDebugger")
            for act in held:
                act()

    timer = loop.call_later(HELD_S, go_on)
    # evaluations keep their order among each other; what is answered without the realm would be too early
    session.ask("Runtime.evaluate", {"expression": "0"}, go_on)
