"""Which targets there are, one session for each. With `Visits`, the only user of the protocol's ``Target`` domain.

Two auto-attachments fit into each other, so that each context comes once: the browser's own brings windows, shared and service
workers; that of each window, frame and dedicated worker brings the frames of other processes and the dedicated workers in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

from swnb.browser import restarts
from swnb.browser.creation import Creation, Way, way_of
from swnb.browser.protocol import PATIENCE_S, Message
from swnb.browser.session import Session
from swnb.browser.target import NESTING, NO_AUTO_ATTACH, OF_A_CONTEXT, Target, auto_attach, browser_filter
from swnb.browser.visits import Visits
from swnb.errors import ProtocolError, SwnbError, TargetGone
from swnb.vocab import TargetId

__all__ = ["Target", "Targets"]

log = logging.getLogger("swnb")


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
    visits
        Attaches to what no auto-attach brings, for a moment.
    nested
        Tells whether frames and dedicated workers in a target are attached to; asked after the callbacks of `on_attached`.
    keeps_back
        Tells whether whoever gives the document at a URL waits for `caught_up` before.
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
        self.keeps_back: Callable[[str], bool] = lambda _: False
        self._creating: list[Creation] = []
        self._unheld: set[Target] = set()  # windows that are not held, as far as nobody was `caught_up` since
        self.visits = Visits(root, self.by_id)
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
            Whether service workers are attached to. One that is not is stopped by the browser when it is idle; see `visits`.
        """
        which = browser_filter(attach_workers=attach_workers)
        await self.root.send("Target.setAutoAttach", auto_attach(which))

    async def caught_up(self) -> None:
        """Return once all windows have what was posted to them on attaching: those of `openWindow` are not held. Never raise."""
        with suppress(SwnbError):
            await self.root.send("Target.getTargets", {"filter": []}, timeout_s=1.0)
        for target in tuple(self._unheld):
            with suppress(SwnbError):
                await target.session.send("Runtime.runIfWaitingForDebugger", timeout_s=1.0)
            self._unheld.discard(target)

    @property
    def unheld(self) -> bool:
        """Whether windows may begin that are not held, and of which nobody knows yet whether they have what was posted to them."""
        return bool(self._unheld) or any(creation.way is Way.KEPT_BACK for creation in self._creating)

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
        creation = self._begun(target) if target.type == "page" and not target.opener_id else None
        target.visiting = target_id in self.visits
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
        if creation is not None:
            self._send_on(target, creation)

    def _begun(self, target: Target) -> Creation | None:
        """A window that no page opened: one that is being created here, or one that a worker or the browser opened."""
        if not self._creating or not self._creating[0].may_be(target.url):
            target.sent_on = not target.url
            self._unheld.add(target)
            return None
        creation = self._creating.pop(0)
        if creation.way is not Way.AT_ONCE:
            target.url, target.sent_on = creation.url, True
        if creation.way is Way.KEPT_BACK:
            self._unheld.add(target)
        return creation

    @staticmethod
    def _send_on(target: Target, creation: Creation) -> None:
        """Send a new window where it was created for, at once: its creation is answered some milliseconds later."""
        if creation.way is Way.SENT_ON:
            target.session.post("Page.navigate", {"url": creation.url})
        if creation.way is not Way.AT_ONCE and not creation.background:
            target.session.post("Page.bringToFront")  # else the keyboard's focus is in the address bar

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
        self.visits.forget(target.id)
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
        creation = Creation(url, way_of(url, kept_back=self.keeps_back(url)), background)
        self._creating.append(creation)
        try:
            answer = await self.root.send("Target.createTarget", creation.params, timeout_s=timeout_s)
        finally:
            if creation in self._creating:  # else it was attached, before the answer
                self._creating.remove(creation)
        target = self.by_id.get(TargetId(answer["targetId"]))
        if target is None:
            raise TargetGone(f"the window that was opened at {url}", "was closed")
        return target

    async def attach_id(self, target_id: str) -> str:
        """Return the id of one more session with a target, for whoever has session objects of its own."""
        answer = await self.root.send("Target.attachToTarget", {"targetId": target_id, "flatten": True})
        return str(answer["sessionId"])

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
