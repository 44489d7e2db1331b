"""The recordings of a lab: beginning one, and ending them all with the lab."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from re import Pattern
from typing import TYPE_CHECKING, Final, cast

from swnb.errors import NotStarted

if TYPE_CHECKING:  # all else is imported by the first recording: a lab's start is not to wait for it
    from swnb.lab.async_lab import AsyncLab
    from swnb.lab.recorder import AsyncRecorder
    from swnb.lab.settings import Settings
    from swnb.log import Log

MOST_TRIES: Final = 10_000
"""How many names are tried for the recording of a lab that always records."""


class Recordings:
    """What an `AsyncLab` has of recordings. It is `AsyncLab` that sets what is declared here."""

    log: Log
    settings: Settings
    _recorders: tuple[AsyncRecorder, ...] = ()

    @property
    def recorders(self) -> tuple[AsyncRecorder, ...]:
        """What is being recorded now, the newest last."""
        return tuple(recorder for recorder in self._recorders if not recorder.closed)

    async def record(
        self,
        path: str | PathLike[str],
        *,
        redact: Iterable[str | Pattern[str]] = (),
        overwrite: bool = False,
    ) -> AsyncRecorder:
        """Record all that the notebook does and all that is heard, from now on: ``async with await lab.record("run.swnb.jsonl"):``.

        What a verb led to is in the file when the verb returns, whatever becomes of this process then. If the file cannot be
        written any more, as on a full disk, the lab goes on, and says so once: by a `Surprise` in its log, and by a warning.

        Parameters
        ----------
        path
            Of the file. One that ends with ``.gz`` or ``.zst`` is packed.
        redact
            What must not be written: regular expressions, looked for in every text; and paths inside payloads as ``$.token``. Each
            place shows ``[redacted]``, and they are counted.
        overwrite
            Whether a recording that is there already may be replaced; nothing else ever is.

        Raises
        ------
        NotStarted, BrowserGone
            If there is no browser to be recorded.
        RecordingRefused
            If it cannot be written there.
        InvalidArgument
            If something of `redact` is neither an expression nor a path.
        """
        lab = cast("AsyncLab", self)
        if not lab.started:
            raise NotStarted("`record`")
        chromium = await lab.browser.ask_version()
        return self._record(path, redact, chromium, len(self.log), overwrite=overwrite)

    def _record(
        self,
        path: str | PathLike[str],
        redact: Iterable[str | Pattern[str]],
        chromium: str,
        since: int,
        *,
        overwrite: bool = False,
    ) -> AsyncRecorder:
        from swnb.lab.recorder import AsyncRecorder
        from swnb.recording import Redactor, Writer

        writer = Writer(
            path,
            redactor=Redactor(redact),
            overwrite=overwrite,
            on_failure=lambda error: recorder.tell_failure(error),  # noqa: PLW0108  (there is none yet)
        )
        recorder = AsyncRecorder(cast("AsyncLab", self), writer, since)
        self._recorders = (*self.recorders, recorder)
        recorder.begin(chromium)
        return recorder

    async def _begin_recordings(self, since: int) -> None:
        """Record a lab that always records, from its first event on, in a file of its own: ``run-2.swnb.jsonl`` after the first."""
        path = self.settings.record
        if path is None:
            return
        from swnb.recording import RecordingTaken
        from swnb.recording.filenames import numbered

        chromium = await cast("AsyncLab", self).browser.ask_version()
        for number in range(1, MOST_TRIES):
            try:
                self._record(numbered(Path(path), number), self.settings.redact, chromium, since)
            except RecordingTaken:
                if number + 1 == MOST_TRIES:
                    raise
            else:
                return

    async def _end_recordings(self) -> None:
        for recorder in self.recorders:
            await recorder.stop()

    def _drop_recordings(self) -> None:
        """End them where no loop is left."""
        for recorder in self.recorders:
            recorder.close()
