"""A desktop for one browser: it takes the notifications that Chromium shows, and can be clicked."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from swnb.desktop.bus import PrivateBus
from swnb.desktop.errors import DesktopLost, DesktopUnavailable

if TYPE_CHECKING:  # all else is imported later, while the browser starts
    import socket

    from dbus_fast.message import Message

    from swnb.desktop.connection import BusConnection
    from swnb.desktop.folders import FolderWatch
    from swnb.desktop.notices import Change, CloseReason, Notice
    from swnb.desktop.service import NotificationService

SERVE_WITHIN_S = 30.0
"""How long `Desktop.serve` waits for a daemon that says nothing; it takes 5 ms where the machine is idle."""

EXPLAINED_WITHIN_S = 0.1
"""How long after Chromium has removed a notification's files the message may come that says why."""


class Desktop:
    """A private bus with a notification service on it. `begin` it, spawn the browser, `start`, `serve`, and `stop` in the end.

    `begin`, `start` and `discard` may be called in any thread; all else belongs to the loop that `serve` runs on.
    """

    def __init__(self, bus: PrivateBus) -> None:
        self._bus = bus
        self._sock: socket.socket | None = None
        self._begun = False
        self._connection: BusConnection | None = None
        self._service: NotificationService | None = None
        self._folders: FolderWatch | None = None
        self._on_change: Callable[[Change], None]
        self._on_lost: Callable[[DesktopLost], None] | None = None
        self._lost: DesktopLost | None = None

    @classmethod
    def begin(cls, parent: str | os.PathLike[str] | None = None) -> Desktop:
        """Make a bus that a browser can be started with; what it says waits. The daemon comes with `start`.

        Parameters
        ----------
        parent
            Where to make the private folder; by default the system's folder for temporary files.

        Raises
        ------
        DesktopUnavailable
            This is no Linux, or there is no ``dbus-daemon``.
        """
        return cls(PrivateBus.listen(parent))

    def start(self) -> None:
        """Ask for the service's name and start the daemon; wait for nothing. A second call does nothing.

        It is best called right after the browser was spawned: it is in nobody's way then, and long before the browser asks.

        Raises
        ------
        DesktopUnavailable
            The system has no room for another process; all is cleaned up then.
        """
        if self._begun:
            return
        self._begun = True
        from swnb.desktop.greeting import greet

        try:
            self._sock = greet(self._bus.path)  # the daemon will read this first
            self._bus.start()
        except OSError as error:
            self.discard()
            raise DesktopUnavailable(str(error), "close what has files open, and start anew") from error
        except DesktopUnavailable:
            self.discard()
            raise

    @property
    def address(self) -> str:
        """The bus's address in the form of D-Bus."""
        return self._bus.address

    @property
    def environment(self) -> dict[str, str]:
        """Variables to start the browser with, so that it uses this desktop and no other."""
        return {"DBUS_SESSION_BUS_ADDRESS": self.address}

    @property
    def alive(self) -> bool:
        """Whether notifications come here: `serve` was called, and the bus runs."""
        return self._connection is not None and self._connection.is_open

    @property
    def notices(self) -> Mapping[int, Notice]:
        """What is shown now, by number, the oldest first: a live view. After the bus is lost it is what was shown then.

        Where nothing was decoded yet it blocks for 30 ms, to import what that needs; `ready` does not block.
        """
        if self._connection is not None:
            self._connection.decode()
        return {} if self._service is None else self._service.notices

    def look(self) -> DesktopLost | None:
        """Return how the bus ended, as soon as that can be known; None as long as it is there."""
        if self._connection is not None:
            self._connection.look()
        return self._lost

    async def serve(
        self,
        on_change: Callable[[Change], None],
        on_lost: Callable[[DesktopLost], None] | None = None,
        *,
        within_s: float = SERVE_WITHIN_S,
    ) -> None:
        """Take notifications from now on; return when the name is ours, which it is a few milliseconds after `start`.

        Nothing is decoded in the first seconds, unless a notification comes or somebody asks (`attend`).

        Parameters
        ----------
        on_change
            Called on this loop with each change, in order. It must not raise.
        on_lost
            Called once, on this loop, if the bus ends before `stop`.
        within_s
            How long to wait for the daemon, in seconds.

        Raises
        ------
        DesktopUnavailable
            The daemon ended or says nothing; all is cleaned up then.
        """
        import asyncio

        if self._lost is not None:
            raise self._lost
        self.start()
        if self._sock is None:
            raise DesktopLost("it serves already")
        from swnb.desktop.connection import BusConnection

        sock, self._sock = self._sock, None
        self._on_change = on_change
        self._connection = connection = BusConnection(sock, self._take_service, self._lose)
        try:
            await asyncio.wait_for(asyncio.shield(connection.owned), within_s)
            self._on_lost = on_lost
        except (DesktopLost, TimeoutError) as error:
            reason = self._lost.reason if self._lost is not None else self._bus.said() or "it does not answer"
            await self.stop()
            raise DesktopUnavailable(f"dbus-daemon did not start: {reason}", "run it by hand to see why") from error

    def attend(self) -> None:
        """Have what comes decoded from now on, as soon as that can be; wait for nothing. Best called when something will come.

        Raises
        ------
        DesktopLost
            The bus ended, or `serve` was not called.
        """
        self._connected().attend()

    async def ready(self) -> None:
        """Return when what came is decoded and handled; all that comes later is, as it comes.

        Raises
        ------
        DesktopLost
            The bus ended, or `serve` was not called.
        """
        import asyncio

        connection = self._connected()
        connection.attend()
        await asyncio.shield(connection.decoded)
        self._connected()

    def _take_service(self) -> Callable[[Message], None]:
        """Make the service, once its messages can be decoded; return what takes them."""
        import asyncio

        from swnb.desktop.folders import FolderWatch
        from swnb.desktop.notices import Replaced, Shown
        from swnb.desktop.service import NotificationService

        loop = asyncio.get_running_loop()

        def removed(folder: str) -> None:
            if service.folder_removed(folder):
                loop.call_later(EXPLAINED_WITHIN_S, service.give_up, folder)

        def changed(change: Change) -> None:
            self._on_change(change)
            if isinstance(change, Shown | Replaced) and change.notice.folder:
                folders.watch(change.notice.folder)

        self._folders = folders = FolderWatch(removed)
        self._service = service = NotificationService(self._connected().send, changed)
        return service.receive

    def invoke(self, notice_id: int, action: str = "default") -> None:
        """Click a notification (``default``), or one of its buttons by its key; the notification stays.

        Raises
        ------
        NoticeUnknown, NoticeGone, ActionUnknown
            There is no such notification, no longer, or it has no such action.
        DesktopLost
            The bus ended.
        """
        self._serving().invoke(notice_id, action)
        self._serving()  # sending may have shown that the bus is gone

    def reply(self, notice_id: int, text: str) -> None:
        """Write into the notification's field for replies.

        Raises
        ------
        NoticeUnknown, NoticeGone, ActionUnknown
            There is no such notification, no longer, or it has no such field.
        InvalidArgument
            `text` has U+0000 or half of a surrogate pair.
        DesktopLost
            The bus ended.
        """
        self._serving().reply(notice_id, text)
        self._serving()

    def close(self, notice_id: int, reason: CloseReason | None = None) -> None:
        """Dismiss a notification, or let it go for another reason.

        Raises
        ------
        NoticeUnknown, NoticeGone
            There is no such notification, or no longer.
        DesktopLost
            The bus ended.
        """
        from swnb.desktop.notices import CloseReason

        self._serving().close(notice_id, CloseReason.DISMISSED if reason is None else reason)
        self._serving()

    async def stop(self) -> None:
        """Let go of the bus, end its daemon, remove its folder; it blocks for about 2 ms. A second call does nothing."""
        self.discard()

    def discard(self) -> None:
        """Do what `stop` does, for a desktop that was begun and never served, or without its loop."""
        if self._lost is None:
            self._lost = DesktopLost("it was stopped")
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        if self._connection is not None:
            self._connection.close()
        if self._folders is not None:
            self._folders.close()
        self._bus.stop()

    def _connected(self) -> BusConnection:
        if self._lost is not None:
            raise self._lost
        if self._connection is None:
            raise DesktopLost("it does not serve yet")
        return self._connection

    def _serving(self) -> NotificationService:
        self._connected().decode()
        self._connected()  # decoding may have shown that the bus is gone
        assert self._service is not None
        return self._service

    def _lose(self, reason: str) -> None:
        self._lost = DesktopLost(self._bus.said() or reason)
        self.discard()  # the shell that watches waits for us, not for the daemon
        if self._on_lost is not None:
            self._on_lost(self._lost)
