"""The user's wish to stop, told to all that runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """Set once, from any thread; whoever runs something looks at it, or is called."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wished = False
        self._calls: list[Callable[[], object]] = []

    @property
    def wished(self) -> bool:
        """Whether all is to end."""
        return self._wished

    def wish(self) -> None:
        """Let all that runs come to its end, and clean up."""
        with self._lock:
            self._wished = True
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    @contextmanager
    def calls(self, act: Callable[[], object]) -> Iterator[None]:
        """While the body runs, a wish calls `act`, in the thread of the one who wishes; at once, if it is there already."""
        with self._lock:
            wished = self._wished
            if not wished:
                self._calls.append(act)
        if wished:
            act()
        try:
            yield
        finally:
            with self._lock:
                if act in self._calls:
                    self._calls.remove(act)
