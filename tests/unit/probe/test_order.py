"""Nothing is passed on before what it follows from, with contexts made up here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from swnb.probe import order as module
from swnb.probe.claims import Claims
from swnb.probe.contexts import Context
from swnb.probe.facts import AnyFact, Called, ControllerChanged, Identified
from swnb.probe.lives import Lives
from swnb.probe.order import Order

URL = "http://lab.localhost/sw.js"
CONTROLLED = ControllerChanged(5.0, URL, "activated")
AFTER = Identified(6.0, "id")
CLAIM = Called(4.0, 1, "clients.claim", cast("Any", b"[]"), None)


class Made(SimpleNamespace):
    """Something that can be a key."""

    __hash__ = object.__hash__  # type: ignore[assignment]


class Stage:
    """A page and a worker, and what was passed on."""

    def __init__(self, *, worker_is_heard: bool = True) -> None:
        self.page = cast("Context", Made(controller=None, url="http://lab.localhost/", time_origin=100.0, alive=True))
        self.worker = cast("Context", Made(kind="service", alive=worker_is_heard, actor="w1"))
        labels = SimpleNamespace(controller=lambda script_url, client_url: "w1")
        self.lives = SimpleNamespace(labels=labels, claim_of=None, all=lambda: [self.worker])
        self.claims = Claims(cast("Lives", self.lives))
        self.passed: list[AnyFact] = []
        self.order = Order(lambda _: 0, self.claims.awaited, self.take, lambda: None)

    def take(self, context: Context, fact: AnyFact, now_ns: int) -> None:
        self.passed.append(fact)
        if fact is CLAIM:
            self.claims.called("w1", 7, 104.0)


def play(act: Callable[[Stage], Awaitable[None]], **options: bool) -> None:
    async def whole() -> None:
        await act(Stage(**options))

    asyncio.run(whole())


def test_a_page_that_was_claimed_waits_for_the_claim() -> None:
    async def act(stage: Stage) -> None:
        stage.order.take(stage.page, [CONTROLLED, AFTER], 1)
        assert stage.passed == []
        stage.order.take(stage.page, [AFTER], 2)
        assert stage.passed == []
        stage.order.take(stage.worker, [CLAIM], 3)
        assert stage.passed == [CLAIM, CONTROLLED, AFTER, AFTER]
        assert not stage.order.held
        assert stage.claims.of("w1", stage.page) == 7

    play(act)


def test_a_claim_that_is_known_is_not_waited_for() -> None:
    async def act(stage: Stage) -> None:
        stage.order.take(stage.worker, [CLAIM], 1)
        stage.order.take(stage.page, [CONTROLLED], 2)
        assert stage.passed == [CLAIM, CONTROLLED]

    play(act)


def test_a_claim_from_before_the_page_is_not_its_cause() -> None:
    async def act(stage: Stage) -> None:
        stage.order.take(stage.worker, [CLAIM], 1)
        stage.page.time_origin = 200.0
        stage.order.take(stage.page, [CONTROLLED], 2)
        assert stage.passed == [CLAIM]
        assert stage.claims.of("w1", stage.page) is None

    play(act)


def test_of_a_worker_that_is_not_heard_no_claim_will_come() -> None:
    async def act(stage: Stage) -> None:
        stage.order.take(stage.page, [CONTROLLED], 1)
        assert stage.passed == [CONTROLLED]

    play(act, worker_is_heard=False)


def test_it_waits_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.001)

    async def act(stage: Stage) -> None:
        stage.order.take(stage.page, [CONTROLLED, AFTER], 1)
        async with asyncio.timeout(10):
            while stage.order.held:
                await asyncio.sleep(0.001)
        assert stage.passed == [CONTROLLED, AFTER]

    play(act)
