"""A replay in whatever thread asks for it, which can be ended from another one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from swnb.verifying.kernel import CellTimeout, Stopped
from swnb.verifying.options import Options, Watch, unwatched
from swnb.verifying.stop import Stop

if TYPE_CHECKING:
    from swnb.lab.replay import Replayed
    from swnb.recording import Command, Recording


def replayed(
    recording: Recording, new: Path, options: Options, *, watch: Watch = unwatched, stop: Stop | None = None
) -> Replayed:
    """Give a recording's commands again, and compare; see `swnb.lab.replay.replay`.

    Parameters
    ----------
    new
        Where the new run is recorded.
    watch
        Told which command begins.

    Raises
    ------
    CellTimeout
        If none begins for so long that the one before it has not ended in time. Its browser has ended then, as in all cases.
    Stopped
        If all is to end.
    """
    from swnb.lab.replay import replay

    commands, stop = len(recording.commands), stop or Stop()
    settings = {} if options.executable is None else {"executable": options.executable}

    async def run() -> Replayed:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        with stop.calls(lambda: loop.call_soon_threadsafe(task.cancel)):
            async with asyncio.timeout(options.timeout_s) as deadline:

                def begins(number: int, command: Command) -> None:
                    if deadline.expired():  # the time was up within something that did not let itself be ended
                        raise asyncio.CancelledError
                    watch(number + 1, commands, str(command))
                    deadline.reschedule(loop.time() + options.timeout_s)

                return await replay(
                    recording,
                    new,
                    attach=options.attach,
                    ignore=list(options.ignore),
                    tolerance=options.tolerance,
                    on_command=begins,
                    **settings,
                )

    try:
        with asyncio.Runner() as runner:
            return runner.run(run())
    except asyncio.CancelledError:
        raise Stopped("interrupted") from None
    except TimeoutError:
        raise CellTimeout(
            f"a command of the replay did not end within {options.timeout_s:g} s", "--timeout SECONDS waits longer"
        ) from None
