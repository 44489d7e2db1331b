"""One item, run again and compared with what was kept of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from swnb.errors import SwnbError
from swnb.recording.filenames import SUFFIXES, suffix_of
from swnb.verifying.accepting import accept, accept_all
from swnb.verifying.executing import Ran, execute, unrecorded
from swnb.verifying.items import Item, VerifyError
from swnb.verifying.kernel import CellTimeout, Stopped
from swnb.verifying.notebook import read
from swnb.verifying.options import Options, Watch, unwatched
from swnb.verifying.replaying import replayed
from swnb.verifying.stop import Stop
from swnb.verifying.verdict import Part, State, Verdict

if TYPE_CHECKING:
    from swnb.lab.replay import Replayed
    from swnb.recording import Recording


def verify(
    item: Item, options: Options | None = None, *, watch: Watch = unwatched, stop: Stop | None = None
) -> Verdict:
    """Run an item again, and compare. Whatever goes wrong with it is in the verdict.

    Raises
    ------
    Stopped
        If all is to end.
    """
    options, stop, began = options or Options(), stop or Stop(), perf_counter()
    if stop.wished:
        raise Stopped("interrupted")
    with TemporaryDirectory(prefix="swnb-verify-", ignore_cleanup_errors=True) as folder:
        try:
            verdict = (_notebook if item.is_notebook else _recording)(item, options, Path(folder), watch, stop)
        except Stopped:
            raise
        except SwnbError as error:
            verdict = Verdict(item, "", State.UNSURE, failure=error.what, todo=error.todo)
    return replace(verdict, seconds=perf_counter() - began)


# ---- notebooks ----------------------------------------------------------------------------------------------------


def _notebook(item: Item, options: Options, folder: Path, watch: Watch, stop: Stop) -> Verdict:
    if item.trouble:
        raise VerifyError(item.trouble, "keep one of them")
    notebook = read(item.path)
    options = options.of(notebook)
    options.check()
    if not item.recordings and not options.update:
        return Verdict(item, "", State.UNSURE, failure="no recording beside it", todo="--update makes one")
    suffix = suffix_of(item.recordings[0]) if item.recordings else SUFFIXES[0]
    ran = execute(
        item.path,
        notebook,
        folder / f"run{suffix}",
        settings=options.settings(),
        timeout_s=options.timeout_s,
        stop=stop,
        on_cell=watch,
    )
    if not ran.tried:
        return Verdict(item, "executed", State.UNSURE, failure=ran.failure, todo=ran.todo)
    verdict = _judged(item, ran, options)
    first = item.recordings[0] if item.recordings else item.path.with_name(item.path.stem + suffix)
    if options.update and not ran.failure and verdict.state is not State.EQUAL:
        return _updated(verdict, ran, first)
    return verdict


def _judged(item: Item, ran: Ran, options: Options) -> Verdict:
    """Compare the recordings of a notebook's labs with those that are kept, one by one."""
    failure, todo = ran.failure, ran.todo
    former, new = len(item.recordings), len(ran.recordings)
    if not failure and not new:
        error = unrecorded(item.path)
        failure, todo = error.what, error.todo
    elif not failure and former and former != new:
        failure = f"it started {_counted(new, 'lab')}, and {_counted(former, 'recording')} is beside it"
        failure = failure.replace("recordings is", "recordings are")
        todo = "--update keeps what came now"
    try:
        parts = tuple(
            compared(path, _read(path), _read(again), options)
            for path, again in zip(item.recordings, ran.recordings, strict=False)
        )
    except SwnbError as error:
        if not failure:
            return Verdict(item, "executed", State.UNSURE, failure=error.what, todo=error.todo)
        parts = ()
    if ran.failure or not new:
        return Verdict(item, "executed", State.FAILED, parts=parts, failure=failure, todo=todo)
    state = State.DIFFERENT if failure else _state(parts)
    return Verdict(item, "executed", state, parts=parts, failure=failure, todo=todo)


def _updated(verdict: Verdict, ran: Ran, first: Path) -> Verdict:
    """Keep what came; what was there before stays, where that is refused."""
    if not ran.recordings:
        return verdict
    for path, new in zip(verdict.item.recordings, ran.recordings, strict=False):
        _check_redacted(path, new)
    kept = tuple(accept_all(ran.recordings, first))
    state = State.ACCEPTED if verdict.item.recordings else State.RECORDED
    return replace(verdict, state=state, kept=kept, failure="", todo="")


def _check_redacted(path: Path, new: Path) -> None:
    """Refuse to put secrets where there were none: the one who recorded had them taken out."""
    try:
        redacted = _read(path).redacted
    except SwnbError:
        return
    if redacted and not _read(new).redacted:
        raise VerifyError(
            f"{path} was recorded with {redacted:,} passages taken out, and from this run none was",
            'say what must not be kept: --redact WHAT, or "metadata": {"swnb": {"redact": […]}} in the notebook',
        )


# ---- recordings ---------------------------------------------------------------------------------------------------


def _recording(item: Item, options: Options, folder: Path, watch: Watch, stop: Stop) -> Verdict:
    options.check()
    recording = _read(item.path)
    new = folder / f"again{suffix_of(item.path) or SUFFIXES[0]}"
    try:
        done = replayed(recording, new, options, watch=watch, stop=stop)
    except CellTimeout as error:
        return Verdict(item, "replayed", State.FAILED, failure=error.what, todo=error.todo)
    part = compared(item.path, recording, done.recording, options, done)
    verdict = Verdict(item, "replayed", _state((part,)), parts=(part,))
    if not options.update or verdict.state is not State.DIFFERENT:
        return verdict
    if len(done.recording.commands) < len(recording.commands):
        failure = (
            f"{len(recording.commands):,} commands are in it, and its replay gave {len(done.recording.commands):,}"
        )
        return replace(verdict, failure=failure, todo="it is left as it is; record anew")
    accept(new, item.path)
    return replace(verdict, state=State.ACCEPTED, kept=(item.path,))


def compared(path: Path, former: Recording, new: Recording, options: Options, done: Replayed | None = None) -> Part:
    """Compare a run with the recording that is kept in `path`; `done` is the replay that made it, None for a notebook's own run."""
    from swnb.recording.compare import compare
    from swnb.recording.environments import differences

    if done is not None:
        comparison, notes = done.comparison, tuple(done.notes)
    else:
        comparison, notes = compare(former, new, ignore=list(options.ignore), tolerance=options.tolerance), ()
    return Part(path, comparison, differences(former.header, new.header), notes)


def _state(parts: tuple[Part, ...]) -> State:
    answers = {part.comparison.equal for part in parts}
    if False in answers:
        return State.DIFFERENT
    return State.EQUAL if answers == {True} else State.UNSURE


def _read(path: Path) -> Recording:
    from swnb.recording import read

    return read(path)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
