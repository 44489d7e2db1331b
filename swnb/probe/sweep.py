"""Quiet moments: all contexts are asked for all that they know, and then what is still undecided is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from swnb.browser.session import Session
from swnb.errors import SwnbError
from swnb.probe.pairing import Pairing

QUIET_S = 0.15
"""How long nobody says anything before it counts as quiet."""

UNQUIET = 3
"""Where it does not become quiet: after so many looks in a row that found something undecided it is swept nevertheless, lest all
that comes waits behind that, and more and more of it has to be looked at for each decision."""

PATIENCE_S = 1.0
"""How long a context may take to answer a sweep; one that is busy makes it worthless, and nothing is concluded."""

NOTHING = {"objectGroup": "swnb"}
"""A command that does nothing in a context, and is answered after all that its agent has said, but for what it holds back."""

HELD_S = 0.1
"""How long an agent may take to say what it holds back: that is some milliseconds, on a machine that is not busy."""


class Sweeper:
    """Sweeps when it has become quiet, once after each time that somebody spoke; and in traffic that something waits behind.

    Parameters
    ----------
    sessions
        Gives the sessions of all contexts that can answer.
    held_is_told
        Waits, at most so many seconds, until the agents have said what they hold back now; tells whether they have.
    pass_on
        Passes on what was heard and is held: without it nothing may be decided.
    pairing
        What is told that all was heard.
    """

    def __init__(
        self,
        sessions: Callable[[], list[Session]],
        held_is_told: Callable[[float], Awaitable[bool]],
        pass_on: Callable[[], None],
        pairing: Pairing,
    ) -> None:
        self._sessions = sessions
        self._held_is_told = held_is_told
        self._pass_on = pass_on
        self._pairing = pairing
        self._timer: asyncio.TimerHandle | None = None
        self._spoken = False
        self._sweeping: asyncio.Task[bool] | None = None
        self._undecidable = 0
        self._failed = False
        self._unquiet = 0

    @property
    def needed(self) -> bool:
        """Whether anything is undecided that a sweep could decide."""
        return self._pairing.undecided > self._undecidable

    def spoke(self) -> None:
        """Somebody said something."""
        self._spoken = True
        if self._failed:  # who did not answer may be free again
            self._failed, self._undecidable = False, 0
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(QUIET_S, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._spoken:
            self._spoken = False
            self._timer = asyncio.get_running_loop().call_later(QUIET_S, self._look)
            self._unquiet = self._unquiet + 1 if self.needed else 0
            if self._unquiet < UNQUIET:
                return
        self._unquiet = 0
        self._start()

    def _start(self) -> asyncio.Task[bool]:
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.get_running_loop().create_task(self._sweep())
        return self._sweeping

    async def sweep(self, patience_s: float = 2 * PATIENCE_S) -> bool:
        """Ask all contexts for what they know, and decide; tell whether all of them answered in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                if self._sweeping is not None and not self._sweeping.done():
                    await asyncio.shield(self._sweeping)  # it may have begun too early
                return await asyncio.shield(self._start())
        return False

    async def _sweep(self) -> bool:
        moment = self._pairing.moment()
        answers = await asyncio.gather(*(self._answers(session) for session in self._sessions()))
        all_told = all(answers) and await self._held_is_told(HELD_S)
        self._pass_on()
        self._pairing.settle(moment if all_told else None)
        # what arrived meanwhile may be decided by the next one
        self._undecidable = self._pairing.undecided if self._pairing.moment() == moment else 0
        self._failed = self._undecidable > 0 and not all_told
        if self._failed and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_S, self._look)
        return all_told

    @staticmethod
    async def _answers(session: Session) -> bool:
        """Tell whether a context has answered, or is no more."""
        try:
            await session.send("Runtime.releaseObjectGroup", NOTHING, timeout_s=PATIENCE_S)
        except SwnbError:
            return bool(session.gone) or session.connection.closed is not None
        return True

    def close(self) -> None:
        """Nobody speaks any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._pairing.settle(final=True)
