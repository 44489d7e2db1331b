from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from swnb.events import Event, WindowLoaded
from swnb.log import Follower, Log, Mark
from swnb.log.follow import Arrivals
from swnb.vocab import TargetId


def loaded(name: str) -> WindowLoaded:
    return WindowLoaded(target_id=TargetId("t"), name=name)


async def take(log: Log, count: int, since: Mark | int | None) -> list[Event]:
    heard: list[Event] = []
    async for event in log.follow(since):
        heard.append(event)
        if len(heard) == count:
            break
    return heard


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0)


async def waiters(log: Log, count: int) -> None:
    await until(lambda: len(log._arrivals.waiting) == count)


def test_async_for_begins_with_the_first_event_and_ends_when_the_log_is_closed() -> None:
    async def run() -> None:
        log = Log()
        log.append(loaded("before"))

        async def read() -> list[Event]:
            return [event async for event in log]

        reading = asyncio.ensure_future(read())
        await waiters(log, 1)
        log.append(loaded("while"))
        await waiters(log, 1)
        log.append(loaded("last"))
        log.close()
        assert await reading == list(log)
        assert len(log) == 3
        assert log.closed
        assert [event async for event in log] == list(log), "a closed log can be read still"

    asyncio.run(run())


def test_follow_begins_now_or_at_a_mark() -> None:
    async def run() -> None:
        log = Log()
        log.append(loaded("before"))
        mark = log.mark()
        log.append(loaded("after the mark"))
        new = asyncio.ensure_future(take(log, 1, None))
        await waiters(log, 1)
        third = log.append(loaded("new"))
        assert await new == [third]
        assert await take(log, 2, mark) == [log[1], third]
        assert await take(log, 1, 2) == [third]
        assert len(log._arrivals.waiting) == 0

    asyncio.run(run())


def test_another_thread_s_loop_hears_all_in_order() -> None:
    """As a notebook's loop does, while the lab's own one appends."""
    log = Log()
    count = 4_000
    heard: list[list[Event]] = [[], []]

    def notebook(into: list[Event]) -> None:
        async def read() -> None:
            async for event in log:
                into.append(event)

        asyncio.run(read())

    readers = [threading.Thread(target=notebook, args=(into,)) for into in heard]
    for reader in readers:
        reader.start()

    async def lab() -> None:
        for number in range(count):
            log.append(loaded(str(number)))
            if number % 200 == 0:  # let them catch up and wait, again and again
                await until(lambda: log._arrivals.waiting)
        log.close()

    asyncio.run(lab())
    for reader in readers:
        reader.join(60)
    assert [len(into) for into in heard] == [count, count]
    assert all([event.seq for event in into] == list(range(count)) for into in heard)


def test_closing_wakes_who_waits_in_another_thread() -> None:
    log = Log()
    ended = threading.Event()

    def notebook() -> None:
        async def read() -> None:
            async for _ in log:
                raise AssertionError("there is nothing to hear")
            ended.set()

        asyncio.run(read())

    reader = threading.Thread(target=notebook)
    reader.start()
    asyncio.run(waiters(log, 1))
    log.close()
    assert ended.wait(60)
    reader.join(60)


def test_cancelling_leaves_nothing_behind() -> None:
    async def run() -> None:
        log = Log()
        reading = asyncio.ensure_future(take(log, 1, None))
        await waiters(log, 1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert len(log._arrivals.waiting) == 0
        log.append(loaded("a"))

    asyncio.run(run())


def test_a_follower_goes_on_after_a_cancelled_step() -> None:
    async def run() -> None:
        log = Log()
        follower = log.follow()
        step = asyncio.ensure_future(anext(follower))
        await waiters(log, 1)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        first = log.append(loaded("a"))
        assert await anext(follower) is first

    asyncio.run(run())


def test_a_loop_that_is_gone_disturbs_nobody() -> None:
    log = Log()
    loop = asyncio.new_event_loop()
    reading = loop.create_task(take(log, 1, None))
    loop.run_until_complete(waiters(log, 1))
    loop.close()
    log.append(loaded("a"))
    assert len(log) == 1
    assert not reading.done()
    reading.get_coro().close()


def test_a_long_log_does_not_block_the_loop() -> None:
    async def run() -> None:
        log = Log()
        for number in range(5_000):
            log.append(loaded(str(number)))
        between = 0

        async def other() -> None:
            nonlocal between
            while not reading.done():
                between += 1
                await asyncio.sleep(0)

        reading = asyncio.ensure_future(take(log, 5_000, 0))
        await asyncio.gather(reading, other())
        assert between > 10

    asyncio.run(run())


def test_an_event_between_the_look_and_the_wait_is_not_missed() -> None:
    arrivals = Arrivals()

    class Racing(list[Event]):
        """Another thread appends just after the follower has looked, and finds nobody who waits."""

        def __len__(self) -> int:
            length = super().__len__()
            if not length:
                self.append(loaded("a"))
                arrivals.wake()
            return length

    async def run() -> None:
        events = Racing()
        assert await anext(Follower(events, arrivals, 0)) is events[0]
        assert not arrivals.waiting

    asyncio.run(run())
