"""What is heard, and waiting for it, for synchronous code."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from swnb.events import Event
    from swnb.lab.async_lab import AsyncLab
    from swnb.lab.facade import Window
    from swnb.log import Handler, Log, Mark
    from swnb.log.kinds import Kind
    from swnb.messages import Message
    from swnb.world import World

P = ParamSpec("P")
T = TypeVar("T")


class SyncHearing:
    """What `Lab` has of log and world. It is `Lab` that sets what is declared here."""

    @property
    def asynchronous(self) -> AsyncLab:
        """The `AsyncLab` behind it."""
        raise NotImplementedError

    @property
    def _live(self) -> AsyncLab:
        raise NotImplementedError

    def run(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an asynchronous verb; see `Lab.run`."""
        raise NotImplementedError

    @property
    def log(self) -> Log:
        """What was observed."""
        return self.asynchronous.log

    @property
    def world(self) -> World:
        """What is true now, as far as it was observed."""
        return self.asynchronous.world

    @property
    def views(self) -> Any:
        """The live views: ``lab.views.clients()`` is a table that follows the lab."""
        return self.asynchronous.views

    def dashboard(self, layout: str = "tabs", language: str = "en") -> Any:
        """All live views as one; see `AsyncLab.dashboard`."""
        return self.asynchronous.dashboard(layout, language)

    def on(self, kind: Kind | Iterable[Kind], handler: Handler) -> Callable[[], None]:
        """Call `handler` with each event of a kind from now on, in the lab's thread; see `AsyncLab.on`."""
        return self.asynchronous.on(kind, handler)

    def mark(self) -> Mark:
        """Return this moment, to be given to `wait`."""
        return self.log.mark()

    def wait(
        self,
        condition: str,
        *,
        scope: str | None = None,
        window: Window | str | None = None,
        where: str | Callable[[Message], object] | None = None,
        mark: Mark | None = None,
        timeout_s: float | None = None,
    ) -> Event | Message | None:
        """Wait for a state, an event or a message; see `AsyncLab.wait`."""
        page: Any = getattr(window, "_window", window)
        return self.run(
            self._live.wait, condition, scope=scope, window=page, where=where, mark=mark, timeout_s=timeout_s
        )

    def settle(self) -> None:
        """Wait until all that the contexts did so far is in the log; see `AsyncLab.settle`."""
        self.run(self._live.settle)
