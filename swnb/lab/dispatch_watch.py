"""That a click was dispatched, as the browser itself tells it: for attach policy `detached`, where nobody hears the worker.

CDP's `BackgroundService` tells of the dispatch, and not of its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from swnb.events import NotificationClicked, NotificationClosed, NotificationInvoked
from swnb.vocab import Heard, RegistrationId

if TYPE_CHECKING:
    from swnb.browser.anchor import Anchor
    from swnb.browser.protocol import Message
    from swnb.lab.notification_asked import Following
    from swnb.log import Log

SERVICE: Final = "notifications"

UNHEARD: Final = "when it is over is not known: in `detached` nobody hears the worker"


class DispatchWatch:
    """Hears of the dispatch of clicks and dismissals.

    Parameters
    ----------
    anchor
        The page through which it is heard.
    following
        Knows what was clicked.
    worker_of
        Gives the label of a registration's active worker.
    """

    def __init__(
        self, anchor: Anchor, following: Following, log: Log, worker_of: Callable[[RegistrationId], str]
    ) -> None:
        self._anchor = anchor
        self._following = following
        self._log = log
        self._worker_of = worker_of
        self._listens = False

    async def begin(self) -> None:
        """Hear from now on; it may be another page by now, which has to be told so anew."""
        if not self._listens:
            self._listens = True
            self._anchor.listen("BackgroundService.backgroundServiceEventReceived", self._came)
        await self._anchor.send("BackgroundService.startObserving", {"service": SERVICE})
        await self._anchor.send("BackgroundService.setRecording", {"service": SERVICE, "shouldRecord": True})

    def _came(self, params: Message) -> None:
        told = params["backgroundServiceEvent"]
        kind = told["eventName"]
        if told["service"] != SERVICE or kind not in ("Notification clicked", "Notification closed"):
            return
        dismissed = kind == "Notification closed"
        origin, tag = told["origin"].removesuffix("/"), told["instanceId"]
        asked = self._following.inferred(origin, tag, dismissed=dismissed)
        if asked is None:
            return
        asked.note = UNHEARD
        actor = self._worker_of(RegistrationId(told["serviceWorkerRegistrationId"]))
        ms = told["timestamp"] * 1000
        if isinstance(asked.done, NotificationInvoked):
            self._log.append(
                NotificationClicked(
                    actor=actor, t_browser_ms=ms, cause=asked.done.seq, heard=Heard.INFERRED, title=asked.title,
                    tag=tag, action=asked.done.action, reply=asked.done.reply,
                )
            )  # fmt: skip
        else:
            self._log.append(
                NotificationClosed(
                    actor=actor, t_browser_ms=ms, cause=asked.done.seq, heard=Heard.INFERRED, title=asked.title,
                    tag=tag, by_user=True,
                )
            )  # fmt: skip
