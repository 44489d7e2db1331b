"""Those who wait until something holds that agents may bring about."""

from __future__ import annotations

from collections.abc import Callable


class Waiters:
    """Looks again, for each of them, whenever it is woken."""

    def __init__(self) -> None:
        self._waiters: list[Callable[[], None]] = []

    def wake(self) -> None:
        """Something was heard."""
        for waiter in tuple(self._waiters):
            waiter()

    async def until(self, holds: Callable[[], bool], patience_s: float) -> bool:
        """Wait until something holds; tell whether it came in time."""
        if holds():
            return True
        import asyncio

        changed = asyncio.Event()
        waiter = changed.set
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(patience_s):
                while not holds():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return False
        finally:
            self._waiters.remove(waiter)
        return True
