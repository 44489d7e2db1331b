"""The lab's desktop: where the browser's notifications come, who is told, and the private ones that are clicked at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from swnb.desktop.errors import DesktopUnavailable

if TYPE_CHECKING:
    from swnb.desktop import Desktop
    from swnb.desktop.errors import DesktopLost
    from swnb.desktop.notices import Change
    from swnb.errors import SwnbError


AGAIN_S = 0.3
"""After what time a private notification that is still there is clicked once more."""


class Desk:
    """What an `AsyncLab` has of a desktop.

    Parameters
    ----------
    desktop
        That the browser was started with; None where there is none.
    reason
        Why there is none.
    secret
        Gives what titles of swnb's own notifications begin with.

    Attributes
    ----------
    on_change
        Called with each change of a notification that is not swnb's own, in order.
    on_private_closed
        Called with the title of each of swnb's own that is gone.
    on_lost
        Called once, if the bus ends before the lab does.
    """

    def __init__(self, desktop: Desktop | None, reason: SwnbError | None, secret: Callable[[], str]) -> None:
        self._desktop = desktop
        self._reason = reason or DesktopUnavailable(
            "a browser that runs already shows its notifications elsewhere", "start one of the lab's own: `%sw start`"
        )
        self._secret = secret
        self._private: set[int] = set()
        self.on_change: list[Callable[[Change], object]] = []
        self.on_private_closed: Callable[[str], object] = lambda title: None
        self.on_lost: Callable[[DesktopLost], object] = lambda lost: None

    @property
    def desktop(self) -> Desktop:
        """The desktop.

        Raises
        ------
        DesktopUnavailable, DesktopLost
            If there is none, or its bus ended.
        """
        if self._desktop is None:
            raise self._reason
        return self._desktop

    @property
    def available(self) -> bool:
        """Whether notifications can be clicked."""
        return self._desktop is not None and self._desktop.alive

    def look(self) -> DesktopLost | None:
        """Return how the bus ended, as soon as that can be known; None as long as it is there, or where there is none."""
        return None if self._desktop is None else self._desktop.look()

    def check(self) -> None:
        """Raise if notifications cannot be clicked; one that comes after this is read at once."""
        self.desktop.attend()

    async def serve(self) -> None:
        """Take notifications from now on; where the bus does not come up, `desktop` raises from then on."""
        if self._desktop is None:
            return
        try:
            await self._desktop.serve(self._changed, self._lost)
        except DesktopUnavailable as error:
            self._desktop, self._reason = None, error

    def close(self) -> None:
        """The browser is gone, and the desktop goes."""
        if self._desktop is not None:
            self._desktop.discard()

    def _lost(self, lost: DesktopLost) -> None:
        self.on_lost(lost)

    def _changed(self, change: Change) -> None:
        from swnb.desktop.notices import Closed, Replaced, Shown

        notice = change.notice
        if isinstance(change, Shown | Replaced) and notice.title.startswith(self._secret()):
            self._private.add(notice.id)
            self._click(notice.id)  # the answer is on its way before this
        elif notice.id in self._private:
            if isinstance(change, Closed):
                self._private.discard(notice.id)
                self.on_private_closed(notice.title)
        else:
            for callback in tuple(self.on_change):
                callback(change)

    def _click(self, number: int) -> None:
        """Click a private notification, again and again until it is closed, which the worker does at the first click it gets.

        A click that Chromium reads before it has taken note of the answer to ``Notify`` does nothing: seen on a machine under load.
        """
        if self._desktop is None or self._desktop.look() is not None or number not in self._desktop.notices:
            return
        self._desktop.invoke(number)
        asyncio.get_running_loop().call_later(AGAIN_S, self._click, number)
