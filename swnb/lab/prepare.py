"""The first step of a start: bind the origin's port and spawn the browser, before anything heavy is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.origin.listen import bind_loopback

if TYPE_CHECKING:
    import socket

    from swnb.browser.started import Started
    from swnb.lab.settings import Settings


class Prepared:
    """A bound port and, unless a running browser is used, a spawned one."""

    def __init__(self, listener: socket.socket, started: Started | None) -> None:
        self.listener = listener
        self.started = started

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
        )
    except BaseException:
        listener.close()
        raise
    return prepared
