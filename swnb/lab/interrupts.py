"""SIGINT while a verb runs. Light to import: it guards the very first step of a start."""

from __future__ import annotations

import threading
from collections.abc import Callable

try:  # the C functions themselves: `signal` turns handlers into enumerations and back, which costs more than all else here
    from _signal import SIGINT  # type: ignore[import-not-found]
    from _signal import signal as _set_handler
except ImportError:  # pragma: no cover  (CPython has them)
    from signal import SIGINT
    from signal import signal as _set_handler


class on_interrupt:  # noqa: N801  (reads as a statement: ``with on_interrupt(act):``)
    """While the body runs, let SIGINT call `act` instead of raising ``KeyboardInterrupt`` just anywhere.

    Signals reach the main thread only; in any other one this does nothing.
    """

    __slots__ = ("_act", "_former", "_here")

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._here = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> None:
        if self._here:
            self._former = _set_handler(SIGINT, lambda *_: self._act())

    def __exit__(self, *_: object) -> None:
        if self._here:
            _set_handler(SIGINT, self._former)
