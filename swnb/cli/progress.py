"""How far something is: bars on stderr, on a terminal alone, and gone when it is over."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Final, TextIO

from swnb.cli.terminal import is_screen
from swnb.text import short
from swnb.verifying.escapes import without_escapes

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S: Final = 1.0
"""How long something may take before a bar tells of it."""

WORDS: Final = 60
"""Characters of what is done now."""


class Bars:
    """A bar for each thing that is under way, to be used as ``with Bars() as bars:``. Any thread may tell of its thing.

    Parameters
    ----------
    stream
        By default stderr. Where it is no screen (see `is_screen`), nothing is ever shown.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Bars:
        if is_screen(self._stream):
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=20),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[words]}", markup=False),
                console=Console(file=self._stream),
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def step(self, name: str, number: int, count: int | None, words: str = "") -> None:
        """Tell that a thing is at its step `number`, from 1; None as `count` for one whose end nobody knows."""
        if self._bars is None:
            return
        told = short(" ".join(without_escapes(words).split()), WORDS)
        with self._lock:
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(short(without_escapes(name), WORDS), total=count, words="")
            self._bars.update(self._tasks[name], completed=max(0, number - 1), total=count, words=told)

    def done(self, name: str) -> None:
        """Tell that a thing is over."""
        with self._lock:
            task = self._tasks.pop(name, None)
            if self._bars is not None and task is not None:
                self._bars.remove_task(task)


@contextmanager
def waiting(words: str, stream: TextIO | None = None, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """While the body runs, show that something is done, if it takes longer than a moment."""
    stream = stream or sys.stderr
    if not is_screen(stream):
        yield
        return
    ended = threading.Event()

    def show() -> None:
        if not ended.wait(patience_s):
            with Bars(stream) as bars:
                bars.step(words, 1, None)
                ended.wait()

    thread = threading.Thread(target=show, name="swnb-waiting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
