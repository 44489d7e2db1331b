"""What the objects for synchronous code need of their lab: something that brings asynchronous verbs to their end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Caller(Protocol):
    """Brings asynchronous verbs to their end."""

    def run(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb on the lab's loop."""

    def ask(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Drive a verb that only asks a realm in this thread, or run it where that cannot be had."""

    def ask_early(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as `ask`, and do not wait for the ids of clients that begin by it."""

    @property
    def awaits_pages(self) -> bool:
        """Whether pyppeteer's objects are awaited in a cell (the kernel bridge) rather than called through the bridge."""
