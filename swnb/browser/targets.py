"""Which targets there are, one session for each. The only user of the protocol's ``Target`` domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from swnb.browser.protocol import PATIENCE_S, Message
from swnb.browser.session import Session
from swnb.errors import ProtocolError
from swnb.vocab import TargetId

FILTER = [
    {"type": "browser", "exclude": True},
    {"type": "browser_ui", "exclude": True},  # the address bar's own pop-ups
    {"type": "tab", "exclude": True},
    {},
]


@dataclass(slots=True, eq=False)
class Target:
    """One target and the session that the browser's auto-attach made for it.

    Attributes
    ----------
    type
        The protocol's own word: ``page``, ``service_worker``, ``shared_worker``, …
    url
        As the browser last told it.
    opener_id
        Target that opened this window by script, if any.
    """

    id: TargetId
    type: str
    url: str
    session: Session
    opener_id: TargetId | None = None


class Targets:
    """Attaches to every window and worker of the browser before its first line, and lets it go on.

    Attributes
    ----------
    on_attached
        Called with each new target while it is still held: what is posted to its session now runs before its first line.
    on_detached
        Called with each target that ended.
    """

    def __init__(self, root: Session) -> None:
        self.root = root
        self.by_id: dict[TargetId, Target] = {}
        self.on_attached: list[Callable[[Target], None]] = []
        self.on_detached: list[Callable[[Target], None]] = []
        self._by_session: dict[str, Target] = {}
        root.on("Target.attachedToTarget", self._attached)
        root.on("Target.detachedFromTarget", self._detached)
        root.on("Target.targetInfoChanged", self._changed)

    async def start(self) -> None:
        """Begin to attach. Returns once the targets that already exist are attached."""
        await self.root.send(
            "Target.setAutoAttach",
            {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": FILTER},
        )

    async def let_go(self) -> None:
        """Attach to nothing new, so that a browser that goes on without us holds no worker back."""
        await self.root.send("Target.setAutoAttach", {"autoAttach": False, "waitForDebuggerOnStart": False})

    def _attached(self, params: Message) -> None:
        info = params["targetInfo"]
        target_id = TargetId(info["targetId"])
        if target_id in self.by_id:  # a second session, asked for with `attach`: its owner knows
            return
        session = Session(self.root.connection, params["sessionId"], f"{info['type']} {info['url']}")
        target = Target(target_id, info["type"], info["url"], session, info.get("openerId"))
        self.by_id[target_id] = self._by_session[session.id] = target
        session.on("Inspector.targetCrashed", lambda _: self._crashed(target))
        session.on("Inspector.targetReloadedAfterCrash", lambda _: self._reloaded(target))
        for callback in self.on_attached:
            callback(target)
        if params.get("waitingForDebugger"):
            session.post("Runtime.runIfWaitingForDebugger")

    def _crashed(self, target: Target) -> None:
        # a service worker that is stopped is told in the same words as a tab whose renderer crashed
        if target.type == "service_worker":
            target.session.lose("was stopped")
        else:
            target.session.lose("crashed")

    def _reloaded(self, target: Target) -> None:
        target.session.regain()
        target.session.post("Runtime.runIfWaitingForDebugger")  # it is held again, like a new one

    def _detached(self, params: Message) -> None:
        target = self._by_session.pop(params["sessionId"], None)
        if target is None:
            return
        self.by_id.pop(target.id, None)
        target.session.close("was closed" if target.type == "page" else "ended")
        for callback in self.on_detached:
            callback(target)

    def _changed(self, params: Message) -> None:
        target = self.by_id.get(params["targetInfo"]["targetId"])
        if target is not None:
            target.url = params["targetInfo"]["url"]

    async def create_window(self, url: str, *, background: bool = False, timeout_s: float = PATIENCE_S) -> Target:
        """Open a window of its own at `url` (a tab behind another would be hidden and throttled).

        Returns once it exists; its document may still be loading.
        """
        answer = await self.root.send(
            "Target.createTarget", {"url": url, "newWindow": True, "background": background}, timeout_s=timeout_s
        )
        return self.by_id[TargetId(answer["targetId"])]

    async def attach_id(self, target_id: str) -> str:
        """Return the id of one more session with a target, for whoever has session objects of its own."""
        answer = await self.root.send("Target.attachToTarget", {"targetId": target_id, "flatten": True})
        session_id: str = answer["sessionId"]
        return session_id

    async def close(self, target: Target) -> bool:
        """Close a window; False if it was closed already."""
        try:
            await self.root.send("Target.closeTarget", {"targetId": target.id})
        except ProtocolError:
            return False
        return True

    def post_close(self, target: Target) -> None:
        """Close a window without waiting for it."""
        self.root.post("Target.closeTarget", {"targetId": target.id})

    def pages(self) -> list[Target]:
        """Windows, oldest first."""
        return [target for target in self.by_id.values() if target.type == "page"]
