"""The first step of a start: bind the origin's port and spawn the browser, before anything heavy is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swnb.origin.listen import bind_loopback

if TYPE_CHECKING:
    import socket

    from swnb.browser.started import Started
    from swnb.desktop import Desktop
    from swnb.errors import SwnbError
    from swnb.lab.settings import Settings


NO_BUS: Final = {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
"""Keeps a browser without a private desktop from the user's own, where the notifications of an experiment have no place."""


class Prepared:
    """A bound port and, unless a running browser is used, a spawned one and the desktop that it was given.

    Attributes
    ----------
    no_desktop
        Why there is none, where there could be one.
    """

    def __init__(self, listener: socket.socket, started: Started | None) -> None:
        self.listener = listener
        self.started = started
        self.desktop: Desktop | None = None
        self.no_desktop: SwnbError | None = None

    def begin_desktop(self) -> dict[str, str]:
        """Start a desktop, where one can be had; return the environment that brings the browser to it."""
        from swnb.desktop import Desktop
        from swnb.desktop.errors import DesktopUnavailable

        try:
            self.desktop = Desktop.begin()
        except DesktopUnavailable as error:
            self.no_desktop = error
            return NO_BUS
        return self.desktop.environment

    def start_desktop(self) -> None:
        """Go on with it, once the browser was spawned; where it does not start there is none."""
        from swnb.desktop.errors import DesktopUnavailable

        if self.desktop is not None:
            try:
                self.desktop.start()
            except DesktopUnavailable as error:
                self.desktop, self.no_desktop = None, error  # it has cleaned up

    @property
    def port(self) -> int:
        """Port of the origin on the loopback interface."""
        port: int = self.listener.getsockname()[1]
        return port

    def discard(self, *, by_force: bool = False) -> None:
        """End the browser and free the port."""
        if self.started is not None:
            if by_force:
                self.started.process.kill()
            self.started.end()
        if self.desktop is not None:
            self.desktop.discard()  # after the browser, which would take the end of its bus for a fault
        self.listener.close()


def prepare(settings: Settings) -> Prepared:
    """Bind the port and spawn the browser. Waits for nothing, so that imports go on while Chromium starts.

    Raises
    ------
    BrowserNotFound, BrowserStartFailed, InvalidArgument
        If there is no browser, or it cannot be executed.
    """
    listener = bind_loopback()
    prepared = Prepared(listener, None)
    if settings.connect is not None:
        return prepared
    try:
        from swnb.browser.started import start_process

        prepared.started = start_process(
            executable=settings.executable,
            origin_port=prepared.port,
            headed=settings.headed,
            open_network=settings.open_network,
            arguments=tuple(settings.arguments),
            sandbox=settings.sandbox,
            environment=prepared.begin_desktop(),
        )
        prepared.start_desktop()
    except BaseException:
        prepared.discard()
        raise
    return prepared
