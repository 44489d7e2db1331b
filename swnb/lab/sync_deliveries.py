"""What comes to workers without a page, and what pages may do, for synchronous code."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab
    from swnb.lab.parcels import Delivery
    from swnb.lab.sync_permissions import Permissions

P = ParamSpec("P")
T = TypeVar("T")


class SyncDeliveries:
    """It is `Lab` that has what is declared here."""

    @property
    def _live(self) -> AsyncLab:
        raise NotImplementedError

    def run(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an asynchronous verb; see `Lab.run`."""
        raise NotImplementedError

    def ask(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Drive a verb in this thread; see `Lab.ask`."""
        raise NotImplementedError

    def ask_early(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do so, and do not wait for new ids; see `Lab.ask_early`."""
        raise NotImplementedError

    @property
    def awaits_pages(self) -> bool:
        """Whether pyppeteer's objects are awaited in a cell; see `Lab.awaits_pages`."""
        raise NotImplementedError

    @property
    def permissions(self) -> Permissions:
        """What the lab's pages may do without asking the user: ``lab.permissions.set("notifications", "denied")``."""
        from swnb.lab.sync_permissions import Permissions

        return Permissions(self, self._live.permissions)

    def push(self, data: object = None, *, scope: str | None = None, timeout_s: float | None = None) -> Delivery:
        """Let a push come to the active worker; return when the event is over. See `AsyncLab.push`."""
        return self.run(self._live.push, data, scope=scope, timeout_s=timeout_s)

    def sync(
        self, tag: str, *, last_chance: bool = False, scope: str | None = None, timeout_s: float | None = None
    ) -> Delivery:
        """Let a ``sync`` event come to the active worker; return when it is over. See `AsyncLab.sync`."""
        return self.run(self._live.sync, tag, last_chance=last_chance, scope=scope, timeout_s=timeout_s)

    def periodic_sync(self, tag: str, *, scope: str | None = None, timeout_s: float | None = None) -> Delivery:
        """Let a ``periodicsync`` event come to the active worker; return when it is over. See `AsyncLab.periodic_sync`."""
        return self.run(self._live.periodic_sync, tag, scope=scope, timeout_s=timeout_s)
