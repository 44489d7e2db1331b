from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from swnb.verifying import many
from swnb.verifying.items import Item
from swnb.verifying.kernel import Stopped
from swnb.verifying.many import exit_status, verify_all
from swnb.verifying.options import Options
from swnb.verifying.stop import Stop
from swnb.verifying.verdict import State, Verdict

ITEMS = [Item(Path(name), ()) for name in "abcd"]


def made(*states: State) -> list[Verdict]:
    return [Verdict(Item(Path("a"), ()), "", state) for state in states]


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ((), 0),
        ((State.EQUAL, State.ACCEPTED, State.RECORDED), 0),
        ((State.EQUAL, State.UNSURE), 2),
        ((State.UNSURE, State.DIFFERENT), 1),
        ((State.UNSURE, State.FAILED), 1),
    ],
)
def test_exit_status(states: tuple[State, ...], status: int) -> None:
    assert exit_status(made(*states)) == status


def test_verdicts_are_in_the_order_of_the_items_whichever_ends_first(monkeypatch: pytest.MonkeyPatch) -> None:
    together, told = threading.Barrier(2, timeout=10), []

    def verify(item: Item, options: Options, *, watch: Any, stop: Stop) -> Verdict:
        watch(1, 1, "a cell")
        if item.path.name in "ab":
            together.wait()  # both are under way at once
        time.sleep(0.05 if item.path.name == "a" else 0)
        return Verdict(item, "executed", State.EQUAL)

    monkeypatch.setattr(many, "verify", verify)
    verdicts = verify_all(ITEMS, Options(), jobs=2, on_step=lambda item, *step: told.append((item.path.name, *step)))
    assert [verdict.item for verdict in verdicts] == ITEMS
    assert sorted(told) == [(name, 1, 1, "a cell") for name in "abcd"]


def test_an_end_before_the_end_stops_what_runs_and_begins_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    stopped = threading.Event()

    def verify(item: Item, options: Options, *, watch: Any, stop: Stop) -> Verdict:
        begun.append(item.path.name)
        if item.path.name == "a":
            raise KeyboardInterrupt  # as the main thread gets it while it waits
        with stop.calls(stopped.set):
            assert stopped.wait(10)
        raise Stopped("interrupted")

    monkeypatch.setattr(many, "verify", verify)
    with pytest.raises(KeyboardInterrupt):
        verify_all(ITEMS, Options(), jobs=2)
    assert begun[0] == "a"
    assert len(begun) <= 3
    assert stopped.is_set()
