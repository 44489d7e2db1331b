"""Which targets there are, one session for each. The only user of the protocol's ``Target`` domain.

Two auto-attachments fit into each other, so that each context comes once: the browser's own brings windows, shared and service
workers; that of each window, frame and dedicated worker brings the frames of other processes and the dedicated workers in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from swnb.browser import restarts
from swnb.browser.exchange import NeedsLoop
from swnb.browser.protocol import PATIENCE_S, Message
from swnb.browser.session import Session
from swnb.browser.target import NESTING, NO_AUTO_ATTACH, OF_A_CONTEXT, Target, auto_attach, browser_filter
from swnb.errors import BrowserGone, ProtocolError, SwnbError, TargetGone
from swnb.vocab import TargetId

__all__ = ["Target", "Targets"]

log = logging.getLogger("swnb")

NOWHERE = ":"
"""What windows are created with, and sent on from: it is no URL, so it leaves no entry in a window's history.
One that is created with a URL is not held: now and then its first line ran before what was posted came there.
"""

AT_ONCE = ("about", "javascript")
"""Schemes of URLs that windows are created with all the same: no page has a first line there."""


class Targets:
    """Attaches to every window, frame and worker of the browser before its first line, and lets it go on.

    Attributes
    ----------
    on_attached
        Called with each new target while it is still held: what is posted to its session now runs before its first line.
        Answers may come only after it was let go, so nothing may be awaited here. A target that is visited, and a frame whose
        document needed no request (a sandboxed ``srcdoc``), run already.
    on_reloaded
        Called with a target that has a new realm in the same session while that is held: a worker that was started again,
        a window whose renderer had crashed. What was put into the realm before is gone.
    on_detached
        Called with each target that ended, those in it before it.
    nested
        Tells whether frames and dedicated workers in a target are attached to; asked after the callbacks of `on_attached`.
    """

    def __init__(self, root: Session) -> None:
        self.root = root
        self.by_id: dict[TargetId, Target] = {}
        self.on_attached: list[Callable[[Target], None]] = []
        self.on_reloaded: list[Callable[[Target], None]] = []
        self.on_detached: list[Callable[[Target], None]] = []
        self.nested: Callable[[Target], bool] = lambda _: True
        self._by_session: dict[str, Target] = {}
        self._nesting: set[Target] = set()
        self._creating: list[str] = []  # where windows that are being created go
        self._opened: set[Target] = set()  # by a worker or the browser, just now
        self._visits: dict[TargetId, int] = {}
        self._visiting = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self._listen(root, None)

    def _listen(self, session: Session, parent: Target | None) -> None:
        session.on("Target.attachedToTarget", lambda params: self._attached(params, parent))
        session.on("Target.detachedFromTarget", self._detached)
        session.on("Target.targetInfoChanged", self._changed)

    async def start(self, attach_workers: bool = True) -> None:
        """Begin to attach. Returns once the targets that already exist are attached.

        Parameters
        ----------
        attach_workers
            Whether service workers are attached to. One that is not is stopped by the browser when it is idle; see `attach`.
        """
        which = browser_filter(attach_workers=attach_workers)
        await self.root.send("Target.setAutoAttach", auto_attach(which))

    async def caught_up(self) -> None:
        """Return once all windows have what was posted to them on attaching: those of `openWindow` are not held. Never raise."""
        with suppress(SwnbError):
            await self.root.send("Target.getTargets", {"filter": []}, timeout_s=1.0)
        for target in tuple(self._opened):
            with suppress(SwnbError):
                await target.session.send("Runtime.runIfWaitingForDebugger", timeout_s=1.0)
            self._opened.discard(target)

    async def let_go(self) -> None:
        """Attach to nothing new, so that a browser that goes on without us holds nothing back."""
        for target in tuple(self._nesting):
            target.session.post("Target.setAutoAttach", NO_AUTO_ATTACH)
        await self.root.send("Target.setAutoAttach", NO_AUTO_ATTACH)

    # ---- what the browser tells ---------------------------------------------------------------------------------

    def _attached(self, params: Message, parent: Target | None) -> None:
        info = params["targetInfo"]
        target_id = TargetId(info["targetId"])
        if target_id in self.by_id:  # a second session, asked for with `attach_id`: its owner knows
            if params.get("waitingForDebugger"):  # or reported on two levels: it must not be held for ever
                self.root.connection.post("Runtime.runIfWaitingForDebugger", {}, params["sessionId"])
            return
        session = Session(self.root.connection, params["sessionId"], f"{info['type']} {info['url']}")
        target = Target(target_id, info["type"], info["url"], session, info.get("openerId"), parent)
        if target.type == "page" and not target.url and not target.opener_id and self._creating:
            target.url, target.sent_on = self._creating.pop(0), True
        elif target.type == "page" and not target.opener_id:
            self._opened.add(target)
        target.visiting = target_id in self._visits
        self.by_id[target_id] = self._by_session[session.id] = target
        if parent is not None:
            parent.children.append(target)
        self._listen(session, target)
        session.on("Inspector.targetCrashed", lambda _: self._crashed(target))
        session.on("Inspector.targetReloadedAfterCrash", lambda _: self._reloaded(target))
        if target.type == "service_worker":
            restarts.watch(session)
        self._tell(self.on_attached, target)
        if target.type in NESTING and self.nested(target):
            self._nesting.add(target)
            self._nest(target)
        if params.get("waitingForDebugger"):
            session.post("Runtime.runIfWaitingForDebugger")

    @staticmethod
    def _tell(callbacks: list[Callable[[Target], None]], target: Target) -> None:
        """Call all of them. One that raises is logged: the target must be let go all the same, and the others hear of it."""
        for callback in tuple(callbacks):
            try:
                callback(target)
            except Exception:
                log.exception("a callback for the %s %s failed", target.type, target.url)

    @staticmethod
    def _nest(target: Target) -> None:
        target.session.post("Target.setAutoAttach", auto_attach(OF_A_CONTEXT))

    def _crashed(self, target: Target) -> None:
        # a service worker that is stopped is told in the same words as a tab whose renderer crashed
        if target.type == "service_worker":
            target.session.lose("was stopped")
        else:
            target.session.lose("crashed")

    def _reloaded(self, target: Target) -> None:
        target.session.regain()
        self._tell(self.on_reloaded, target)
        if target in self._nesting:
            self._nest(target)
        if target.type == "service_worker":  # it is held again, like a new one
            restarts.resume(target.session, self.root.connection.loop)
        else:  # a window answers only once it goes on
            target.session.post("Runtime.runIfWaitingForDebugger")

    def _detached(self, params: Message) -> None:
        target = self._by_session.get(params["sessionId"])
        if target is not None:
            self._end(target)

    def _end(self, target: Target) -> None:
        """A target is gone, and all that was in it, of which the browser says nothing where the whole goes at once."""
        for ended in target.family():
            self._forget(ended)
            ended.session.close("was closed" if ended.type == "page" else "ended")
            self._tell(self.on_detached, ended)

    def _forget(self, target: Target) -> None:
        self._by_session.pop(target.session.id, None)
        self.by_id.pop(target.id, None)
        self._nesting.discard(target)
        self._visits.pop(target.id, None)
        if target.parent is not None:
            target.parent.children.remove(target)

    def _changed(self, params: Message) -> None:
        target = self.by_id.get(params["targetInfo"]["targetId"])
        if target is not None:
            target.url = params["targetInfo"]["url"]

    # ---- verbs --------------------------------------------------------------------------------------------------

    async def create_window(self, url: str, *, background: bool = False, timeout_s: float = PATIENCE_S) -> Target:
        """Open a window of its own at `url` (a tab behind another would be hidden and throttled).

        Returns once it exists; its document may still be loading.

        Raises
        ------
        TargetGone
            If it is closed again already, or nothing is attached to any more.
        """
        at_once = url.partition(":")[0].lower() in AT_ONCE
        params: Message = {"url": url if at_once else NOWHERE, "newWindow": True, "background": background}
        if not at_once:
            self._creating.append(url)
        try:
            answer = await self.root.send("Target.createTarget", params, timeout_s=timeout_s)
        except BaseException:
            with suppress(ValueError):
                self._creating.remove(url)
            raise
        target = self.by_id.get(TargetId(answer["targetId"]))
        if target is None:
            raise TargetGone(f"the window that was opened at {url}", "was closed")
        if not at_once:
            target.session.post("Page.navigate", {"url": url})
            if not background:
                target.session.post("Page.bringToFront")  # else the keyboard's focus is in the address bar
        return target

    async def attach_id(self, target_id: str) -> str:
        """Return the id of one more session with a target, for whoever has session objects of its own."""
        answer = await self.root.send("Target.attachToTarget", {"targetId": target_id, "flatten": True})
        return str(answer["sessionId"])

    async def attach(self, target_id: TargetId, *, timeout_s: float = PATIENCE_S) -> Target:
        """Attach to a target that no auto-attach brings: a service worker, after ``start(attach_workers=False)``.

        It becomes known like any other, marked as `Target.visiting`; it is not held, for it runs. Each call needs a `detach`
        of its own, and the last of them lets go. A target that is attached for good is returned as it is.

        Raises
        ------
        TargetGone
            If it does not run (any more).
        """
        if self.root.connection.exchange.driving:
            raise NeedsLoop
        visit = asyncio.ensure_future(self._visit(target_id, timeout_s))
        try:
            return await asyncio.shield(visit)
        except asyncio.CancelledError:
            visit.add_done_callback(self._leave_late)
            raise

    async def _visit(self, target_id: TargetId, timeout_s: float) -> Target:
        async with self._visiting:
            target = self.by_id.get(target_id)
            if target is None:
                target = await self._begin_visit(target_id, timeout_s)
            if target.visiting:
                self._visits[target_id] += 1
            return target

    async def _begin_visit(self, target_id: TargetId, timeout_s: float) -> Target:
        params = {"targetId": target_id, "flatten": True}
        self._visits[target_id] = 0
        try:
            await self.root.send("Target.attachToTarget", params, timeout_s=timeout_s)
            return self.by_id[target_id]
        except (ProtocolError, KeyError):  # it ended before, or since
            raise TargetGone(f"the target {target_id}", "ended") from None
        finally:
            if target_id not in self.by_id:
                self._visits.pop(target_id, None)

    def _leave_late(self, visit: asyncio.Task[Target]) -> None:
        """Let go of what nobody waits for any more."""
        if not visit.cancelled() and visit.exception() is None:
            leaving = asyncio.ensure_future(self.detach(visit.result()))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def detach(self, target: Target) -> None:
        """Let go of a target that `attach` gave, if this is the last call for it. What is attached for good stays attached."""
        if self.root.connection.exchange.driving:
            raise NeedsLoop
        async with self._visiting:
            if not self._was_last(target):
                return
            with suppress(ProtocolError, BrowserGone):  # it ends just now
                await self.root.send("Target.detachFromTarget", {"sessionId": target.session.id})

    def _was_last(self, target: Target) -> bool:
        """Count one visit less; tell whether nobody visits the target any more."""
        if target.visiting and self.by_id.get(target.id) is target:
            self._visits[target.id] -= 1
            return self._visits[target.id] == 0
        return False

    async def close(self, target: Target) -> bool:
        """Close a window; False if it was closed already."""
        with suppress(ProtocolError):
            await self.root.send("Target.closeTarget", {"targetId": target.id})
            return True
        return False

    def post_close(self, target: Target) -> None:
        """Close a window without waiting for it."""
        self.root.post("Target.closeTarget", {"targetId": target.id})

    def pages(self) -> list[Target]:
        """Windows, oldest first."""
        return [target for target in self.by_id.values() if target.type == "page"]
