"""Recordings, for synchronous code."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from os import PathLike
from re import Pattern
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab
    from swnb.lab.recorder import AsyncRecorder

P = ParamSpec("P")
T = TypeVar("T")


class Recorder:
    """A recording that is being written; see `AsyncRecorder`. It ends with `stop`, with ``with``, or with its lab."""

    def __init__(self, lab: SyncRecordings, recorder: AsyncRecorder) -> None:
        self._lab = lab
        self._recorder = recorder

    def stop(self) -> None:
        """End it, once all that was done so far is heard; a second call does nothing."""
        if self._lab.started and not self.closed:
            self._lab.run(self._recorder.stop)
        else:
            self._recorder.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def path(self) -> str:
        """Of the file."""
        return self._recorder.path

    @property
    def closed(self) -> bool:
        """Whether nothing more is written: it was ended, or could not go on (see `failure`)."""
        return self._recorder.closed

    @property
    def failure(self) -> str:
        """Why it could not go on; ``""`` where all is well."""
        return self._recorder.failure

    @property
    def events(self) -> int:
        """How many events were written."""
        return self._recorder.events

    @property
    def commands(self) -> int:
        """How many commands were written."""
        return self._recorder.commands

    @property
    def redacted(self) -> int:
        """How many passages were taken out before they were written."""
        return self._recorder.redacted

    def __repr__(self) -> str:
        return repr(self._recorder).replace("<Async", "<", 1)


class SyncRecordings:
    """It is `Lab` that has what is declared here."""

    @property
    def asynchronous(self) -> AsyncLab:
        """The `AsyncLab` behind it."""
        raise NotImplementedError

    @property
    def started(self) -> bool:
        """Whether it has a browser (which may have died since)."""
        raise NotImplementedError

    @property
    def _live(self) -> AsyncLab:
        raise NotImplementedError

    def run(self, verb: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an asynchronous verb; see `Lab.run`."""
        raise NotImplementedError

    @property
    def recorders(self) -> tuple[Recorder, ...]:
        """What is being recorded now, the newest last."""
        return tuple(Recorder(self, recorder) for recorder in self.asynchronous.recorders)

    def record(
        self,
        path: str | PathLike[str],
        *,
        redact: Iterable[str | Pattern[str]] = (),
        overwrite: bool = False,
    ) -> Recorder:
        """Record all that is done and heard from now on: ``with lab.record("run.swnb.jsonl"):``; see `AsyncLab.record`."""
        return Recorder(self, self.run(self._live.record, path, redact=redact, overwrite=overwrite))
