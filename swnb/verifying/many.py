"""Many items, some of them at the same time; each has a kernel or a browser of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from swnb.verifying.items import Item
from swnb.verifying.options import Options
from swnb.verifying.stop import Stop
from swnb.verifying.verdict import WRONG, State, Verdict
from swnb.verifying.verify import verify

Watching = Callable[[Item, int, int, str], object]
"""As `swnb.verifying.options.Watch`, of an item; called in any thread."""


def verify_all(
    items: Sequence[Item],
    options: Options,
    *,
    jobs: int = 1,
    on_step: Watching = lambda item, number, count, words: None,
    on_verdict: Callable[[Verdict], object] = lambda verdict: None,
) -> list[Verdict]:
    """Verify each item.

    Parameters
    ----------
    jobs
        How many at the same time.
    on_step, on_verdict
        Told how far each is, and what came of it, from any thread.

    Returns
    -------
    list of Verdict
        In the order of the items.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, once all kernels and browsers have ended.
    """
    stop = Stop()

    def one(item: Item) -> Verdict:
        verdict = verify(
            item, options, stop=stop, watch=lambda number, count, words: on_step(item, number, count, words)
        )
        on_verdict(verdict)
        return verdict

    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="swnb-verify") as pool:
        futures = [pool.submit(one, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:  # the user's wish to stop, above all
            for future in futures:
                future.cancel()
            stop.wish()
            raise


def exit_status(verdicts: Sequence[Verdict]) -> int:
    """Return 0 where all is well, 1 where something differs or failed, 2 where nothing does and something could not be told."""
    states = {verdict.state for verdict in verdicts}
    if states & WRONG:
        return 1
    return 2 if State.UNSURE in states else 0
