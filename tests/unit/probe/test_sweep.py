"""When a sweep takes place, with a pairing made up here and no context to be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from swnb.probe import sweep
from swnb.probe.pairing import Pairing
from swnb.probe.sweep import Sweeper

LIMIT_S = 20.0


class Undecided:
    """What a `Sweeper` needs of a `Pairing`."""

    def __init__(self, undecided: int) -> None:
        self._undecided = undecided
        self.looks = 0
        self.settled = 0
        self.drained: list[int | None] = []

    @property
    def undecided(self) -> int:
        self.looks += 1
        return self._undecided

    def moment(self) -> int:
        return 0

    def settle(self, drained: int | None = None, *, final: bool = False) -> None:
        self.settled += 1
        self.drained.append(drained)
        self._undecided = 0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "QUIET_S", 0.001)


async def nothing_held(patience_s: float) -> bool:
    """No agent holds anything back."""
    return True


def passes(pairing: Undecided, holds: Callable[[], bool], *, speaking: bool) -> None:
    """Let contexts speak all the time, or once, until something holds."""

    async def go() -> None:
        sweeper = Sweeper(list, nothing_held, lambda: None, cast("Pairing", pairing))
        sweeper.spoke()
        async with asyncio.timeout(LIMIT_S):
            while not holds():
                if speaking:
                    sweeper.spoke()
                await asyncio.sleep(0)
        sweeper.close()

    asyncio.run(go())


def test_what_is_undecided_is_decided_in_traffic_that_never_pauses() -> None:
    pairing = Undecided(1)
    passes(pairing, lambda: pairing.settled > 0, speaking=True)


def test_traffic_that_nothing_waits_behind_is_left_alone() -> None:
    pairing = Undecided(0)
    passes(pairing, lambda: pairing.looks > 5 * sweep.UNQUIET, speaking=True)
    assert pairing.settled == 1  # that of the end


def test_a_quiet_moment_is_used() -> None:
    pairing = Undecided(0)
    passes(pairing, lambda: pairing.settled > 0, speaking=False)


@pytest.mark.parametrize("told", [True, False])
def test_what_agents_hold_back_is_waited_for(told: bool) -> None:
    pairing = Undecided(1)
    waited: list[float] = []

    async def held_is_told(patience_s: float) -> bool:
        assert not pairing.settled
        waited.append(patience_s)
        return told

    async def go() -> bool:
        return await Sweeper(list, held_is_told, lambda: None, cast("Pairing", pairing)).sweep()

    assert asyncio.run(go()) is told
    assert waited == [sweep.HELD_S]
    assert pairing.drained == [0 if told else None]  # without all facts nothing is concluded from what is missing
