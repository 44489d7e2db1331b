"""From synchronous code to the lab's loop: two bridges with the same verbs.

`LoopThread` gives the lab a loop in a thread of its own. `KernelLoop` lets it live on the loop that is running already, re-entered
with nest-asyncio. Both keep the promise of interrupts: SIGINT while a verb runs becomes a cancellation, and `Interrupted` is
raised at the verb's end, never a ``KeyboardInterrupt`` somewhere inside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from swnb.browser.exchange import Exchange, NeedsLoop
from swnb.browser.wake import Interruption
from swnb.errors import Interrupted, LabError
from swnb.lab.interrupts import on_interrupt

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

CANCEL_S = 0.4
"""How long a cancelled verb may take to clear up before its caller stops waiting for it."""


class BridgeMisused(LabError):  # noqa: N818
    """A synchronous verb was called where it would wait for itself."""


class Bridge(Protocol):
    """Runs the lab's coroutines for synchronous code."""

    loop: asyncio.AbstractEventLoop

    def run(self, coroutine: Coroutine[Any, Any, T], *, shielded: bool = False) -> T:
        """Run a coroutine on the loop and return its result.

        Parameters
        ----------
        shielded
            Let an interrupt wait until it is done.

        Raises
        ------
        Interrupted
            If the user interrupts; the coroutine was cancelled.
        """

    def ask(self, exchange: Exchange, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Drive a coroutine that awaits only commands in this thread, or run it on the loop where that cannot be had."""

    def close(self) -> None:
        """Let go of the loop."""


class _Asking:
    """How both bridges ask."""

    def ask(self, exchange: Exchange, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Drive a coroutine here, or run it on the loop; see `Bridge.ask`.

        An interrupt that comes together with the answer counts, too: in a loop of quick verbs every one would otherwise be
        lost that does not happen to find one waiting.
        """
        interruption = Interruption()
        with on_interrupt(lambda: exchange.interrupt(interruption)):
            try:
                return exchange.drive(make, interruption)
            except NeedsLoop:
                pass
            finally:
                if interruption.came:
                    raise Interrupted from None
        return self.run(make())

    def run(self, coroutine: Coroutine[Any, Any, T], *, shielded: bool = False) -> T:
        """Run a coroutine on the loop; see `Bridge.run`."""
        raise NotImplementedError


class LoopThread(_Asking):
    """A loop in a daemon thread of its own."""

    def __init__(self) -> None:
        import asyncio

        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name="swnb", daemon=True)
        self._thread.start()

    def _main(self) -> None:
        import asyncio

        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def run(self, coroutine: Coroutine[Any, Any, T], *, shielded: bool = False) -> T:
        """Run a coroutine on the loop; see `Bridge.run`."""
        import asyncio
        from concurrent.futures import CancelledError

        try:
            self._check_thread()
        except BridgeMisused:
            coroutine.close()
            raise
        future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        interrupted = threading.Event()

        def interrupt() -> None:
            interrupted.set()
            if not shielded:
                done.set()  # Event.wait goes on after a signal's handler; this ends it

        with on_interrupt(interrupt):
            done.wait()
            if interrupted.is_set() and not future.done():
                future.cancel()
                ended = threading.Event()
                self.loop.call_soon_threadsafe(_when_idle, self.loop, ended)
                ended.wait(CANCEL_S)
        try:
            if interrupted.is_set() and not shielded:
                raise Interrupted
            result = future.result()
        except CancelledError:
            raise Interrupted from None
        if interrupted.is_set():
            raise Interrupted
        return result

    def ask(self, exchange: Exchange, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Drive a coroutine here, or run it on the loop; see `Bridge.ask`."""
        self._check_thread()
        return super().ask(exchange, make)

    def _check_thread(self) -> None:
        if threading.current_thread() is self._thread:
            raise BridgeMisused(
                "a synchronous verb was called on the lab's own loop", "there, use the asynchronous object and await it"
            )

    def close(self) -> None:
        """Let go of the loop."""
        import asyncio

        async def finish() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self.loop.shutdown_asyncgens()
            await self.loop.shutdown_default_executor()

        try:
            asyncio.run_coroutine_threadsafe(finish(), self.loop).result(5.0)
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(5.0)
            if not self.loop.is_running():
                self.loop.close()


def _when_idle(loop: asyncio.AbstractEventLoop, event: threading.Event) -> None:
    """Set `event` a few turns of the loop later, when what was cancelled has had its turn."""

    def turn(left: int) -> None:
        if left:
            loop.call_soon(turn, left - 1)
        else:
            event.set()

    turn(3)


class KernelLoop(_Asking):
    """The loop that runs already in this thread, as in a kernel, re-entered with nest-asyncio."""

    def __init__(self) -> None:
        import asyncio

        try:
            self.loop = asyncio.get_running_loop()
        except RuntimeError:
            raise BridgeMisused(
                "no loop is running in this thread, and loop='kernel' lives on one",
                "use loop='thread' here, or AsyncLab",
            ) from None
        import nest_asyncio2

        nest_asyncio2.apply(self.loop)
        self._thread = threading.get_ident()

    def run(self, coroutine: Coroutine[Any, Any, T], *, shielded: bool = False) -> T:
        """Run a coroutine on the loop; see `Bridge.run`."""
        import asyncio

        if threading.get_ident() != self._thread:
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()
        task = self.loop.create_task(coroutine)
        interrupted = False

        def interrupt() -> None:
            nonlocal interrupted
            interrupted = True
            if not shielded:
                self.loop.call_soon_threadsafe(task.cancel)

        with on_interrupt(interrupt):
            try:
                result: T = self.loop.run_until_complete(task)
            except asyncio.CancelledError:
                if interrupted:
                    raise Interrupted from None
                raise
        if interrupted:
            raise Interrupted
        return result

    def close(self) -> None:
        """Do nothing: the loop is the kernel's."""
