"""Attaching to what no auto-attach brings, for as long as somebody wants it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from swnb.browser.exchange import NeedsLoop
from swnb.browser.protocol import PATIENCE_S
from swnb.browser.session import Session
from swnb.browser.target import Target
from swnb.errors import BrowserGone, ProtocolError, TargetGone
from swnb.vocab import TargetId


class Visits:
    """Targets that are attached for a moment; each of them counts who is there.

    Parameters
    ----------
    root
        The browser's session.
    by_id
        The known targets; an attached one is there before the answer to the command.
    """

    def __init__(self, root: Session, by_id: dict[TargetId, Target]) -> None:
        self._root = root
        self._by_id = by_id
        self._counts: dict[TargetId, int] = {}
        self._changing = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()

    def __contains__(self, target_id: TargetId) -> bool:
        return target_id in self._counts

    def forget(self, target_id: TargetId) -> None:
        """The target ended."""
        self._counts.pop(target_id, None)

    async def attach(self, target_id: TargetId, *, timeout_s: float = PATIENCE_S) -> Target:
        """Attach to a target that no auto-attach brings: a service worker, after ``start(attach_workers=False)``.

        It becomes known like any other, marked as `Target.visiting`; it is not held, for it runs. Each call needs a `detach`
        of its own, and the last of them lets go. A target that is attached for good is returned as it is.

        Raises
        ------
        TargetGone
            If it does not run (any more).
        """
        if self._root.connection.exchange.driving:
            raise NeedsLoop
        visit = asyncio.ensure_future(self._visit(target_id, timeout_s))
        try:
            return await asyncio.shield(visit)
        except asyncio.CancelledError:
            visit.add_done_callback(self._leave_late)
            raise

    async def _visit(self, target_id: TargetId, timeout_s: float) -> Target:
        async with self._changing:
            target = self._by_id.get(target_id)
            if target is None:
                target = await self._begin_visit(target_id, timeout_s)
            if target.visiting:
                self._counts[target_id] += 1
            return target

    async def _begin_visit(self, target_id: TargetId, timeout_s: float) -> Target:
        params = {"targetId": target_id, "flatten": True}
        self._counts[target_id] = 0
        try:
            await self._root.send("Target.attachToTarget", params, timeout_s=timeout_s)
            return self._by_id[target_id]
        except (ProtocolError, KeyError):  # it ended before, or since
            raise TargetGone(f"the target {target_id}", "ended") from None
        finally:
            if target_id not in self._by_id:
                self._counts.pop(target_id, None)

    def _leave_late(self, visit: asyncio.Task[Target]) -> None:
        """Let go of what nobody waits for any more."""
        if not visit.cancelled() and visit.exception() is None:
            leaving = asyncio.ensure_future(self.detach(visit.result()))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def detach(self, target: Target) -> None:
        """Let go of a target that `attach` gave, if this is the last call for it. What is attached for good stays attached."""
        if self._root.connection.exchange.driving:
            raise NeedsLoop
        async with self._changing:
            if not self._was_last(target):
                return
            with suppress(ProtocolError, BrowserGone):  # it ends just now
                await self._root.send("Target.detachFromTarget", {"sessionId": target.session.id})

    def _was_last(self, target: Target) -> bool:
        """Count one visit less; tell whether nobody visits the target any more."""
        if target.visiting and self._by_id.get(target.id) is target:
            self._counts[target.id] -= 1
            return self._counts[target.id] == 0
        return False
