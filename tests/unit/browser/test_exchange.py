from __future__ import annotations

import asyncio
import os
import threading
from typing import Any

import pytest

from swnb.browser.connection import Connection
from swnb.browser.exchange import NeedsLoop
from swnb.browser.protocol import CommandTimeout
from swnb.browser.session import Session
from swnb.browser.wake import Interruption
from swnb.errors import BrowserGone, Interrupted, ProtocolError, TargetGone
from tests.unit.browser.scripted import Message, Scripted, connected


def echo(browser: Scripted, command: Message) -> None:
    browser.answer(command, method=command["method"])


def ask(
    connection: Connection,
    method: str,
    timeout_s: float = 5.0,
    session_id: str = "",
    interruption: Interruption | None = None,
) -> Any:
    async def one() -> Any:
        return await connection.send(method, {}, session_id, timeout_s)

    return connection.exchange.drive(one, interruption)


def on_loop(connection: Connection, method: str) -> Any:
    return asyncio.run_coroutine_threadsafe(connection.send(method, {}, "", 5.0), connection.loop).result(5)


def leased(connection: Connection) -> bool:
    return connection.exchange._leased


def test_first_call_goes_by_the_loop_and_later_ones_read_themselves() -> None:
    with connected(echo) as (connection, _, _loop):
        assert ask(connection, "A") == {"method": "A"}
        assert leased(connection)
        readers: list[int] = []
        read = connection.transport.read

        def noted() -> list[bytes] | None:
            readers.append(threading.get_ident())
            return read()

        connection.transport.read = noted  # type: ignore[method-assign]
        assert ask(connection, "B") == {"method": "B"}
        assert readers == [threading.get_ident()]


def test_the_loop_takes_reading_back_when_it_waits_itself() -> None:
    with connected(echo) as (connection, _, _loop):
        for turn in range(50):
            assert ask(connection, f"S{turn}") == {"method": f"S{turn}"}
            assert on_loop(connection, f"L{turn}") == {"method": f"L{turn}"}


def test_the_lease_ends_by_itself_and_events_are_heard() -> None:
    heard = threading.Event()
    with connected(echo) as (connection, browser, loop):

        async def listen() -> None:
            Session(connection).on("Late", lambda _: heard.set())

        asyncio.run_coroutine_threadsafe(listen(), loop).result(5)
        ask(connection, "A")
        browser.say({"method": "Late", "params": {}})  # nobody calls any more: the loop has to read it
        assert heard.wait(5)
        assert not leased(connection)


def test_what_a_caller_reads_for_others_reaches_them_before_it_returns() -> None:
    def reply(browser: Scripted, command: Message) -> None:
        browser.say({"method": "Seen", "params": {"n": command["id"]}})
        browser.answer(command)

    seen: list[int] = []
    with connected(reply) as (connection, browser, loop):

        async def listen() -> None:
            Session(connection).on("Seen", lambda params: seen.append(params["n"]))

        asyncio.run_coroutine_threadsafe(listen(), loop).result(5)
        for turn in range(100):
            ask(connection, "A")
            assert len(seen) == turn + 1
        assert seen == [command["id"] for command in browser.heard]


def test_answers_in_pieces_and_several_at_once() -> None:
    def reply(browser: Scripted, command: Message) -> None:
        import json

        raw = json.dumps({"id": command["id"], "result": {"text": "ü" * 300_000}}).encode() + b"\0"
        event = b'{"method":"E","params":{}}\0'
        whole = event + raw + event
        for at in range(0, len(whole), 70_001):
            browser.say_bytes(whole[at : at + 70_001])

    with connected(reply) as (connection, _, _loop):
        for _ in range(3):
            assert ask(connection, "A")["text"] == "ü" * 300_000


def test_a_message_larger_than_the_pipe_goes_out_whole() -> None:
    big = "x" * 5_000_000

    async def one() -> Any:
        return await connection.send("Big", {"text": big}, "", 10.0)

    with connected(lambda browser, command: browser.answer(command, n=len(command["params"]["text"]))) as (
        connection,
        _,
        _l,
    ):
        for _ in range(3):
            assert connection.exchange.drive(one) == {"n": 5_000_000}


def test_no_answer_in_time_is_a_timeout_and_a_late_answer_is_dropped() -> None:
    late: list[Message] = []

    def reply(browser: Scripted, command: Message) -> None:
        if command["method"] == "Slow":
            late.append(command)
        else:
            for slow in late:
                browser.answer(slow, late=True)
            late.clear()
            browser.answer(command, method=command["method"])

    with connected(reply) as (connection, _, _loop):
        for _ in range(5):
            with pytest.raises(CommandTimeout):
                ask(connection, "Slow", 0.02)
            assert ask(connection, "Quick") == {"method": "Quick"}
        assert connection.protocol.pending == {}


def test_an_interrupt_ends_the_exchange_and_the_wire_stays_in_step() -> None:
    with connected(lambda b, c: None if c["method"] == "Never" else b.answer(c, method=c["method"])) as (
        connection,
        _,
        _l,
    ):
        for turn in range(100):
            if turn % 2:
                ask(connection, "Warm")  # so that the caller reads itself every other time
            interruption = Interruption()
            timer = threading.Timer(0.005, connection.exchange.interrupt, [interruption])
            timer.start()
            with pytest.raises(Interrupted):
                ask(connection, "Never", 5.0, interruption=interruption)
            timer.join()
            assert ask(connection, f"After{turn}") == {"method": f"After{turn}"}


def test_an_interrupt_that_came_before_anything_began_counts() -> None:
    with connected(lambda b, c: None if c["method"] == "Never" else b.answer(c)) as (connection, _, _loop):
        for warm in (False, True):
            if warm:
                ask(connection, "Warm")
            interruption = Interruption()
            connection.exchange.interrupt(interruption)
            with pytest.raises(Interrupted):
                ask(connection, "Never", 5.0, interruption=interruption)


def test_an_interrupt_of_another_caller_stops_nobody_else() -> None:
    def reply(browser: Scripted, command: Message) -> None:
        connection.exchange.interrupt(Interruption())
        browser.answer(command, method=command["method"])

    with connected(reply) as (connection, _, _loop):
        assert [ask(connection, name)["method"] for name in "ABC"] == ["A", "B", "C"]


def test_the_end_of_the_browser_fails_what_is_pending() -> None:
    def reply(browser: Scripted, command: Message) -> None:
        if command["method"] == "Die":
            browser.die()
        else:
            browser.answer(command)

    for warm in (False, True):
        with connected(reply) as (connection, _, _loop):
            if warm:
                ask(connection, "Warm")
            with pytest.raises(BrowserGone):
                ask(connection, "Die", 5.0)
            with pytest.raises(BrowserGone):
                ask(connection, "Again", 5.0)


def test_a_lost_session_fails_its_own_commands_only_while_a_caller_reads() -> None:
    def reply(browser: Scripted, command: Message) -> None:
        if command["method"] == "Lost":
            browser.say({"method": "Gone", "params": {}})
        elif command["method"] != "Never":
            browser.answer(command)

    with connected(reply) as (connection, _, loop):

        async def listen() -> Session:
            session = Session(connection, "s1", "the window 'home'")
            Session(connection).on("Gone", lambda _: session.lose("crashed"))
            return session

        asyncio.run_coroutine_threadsafe(listen(), loop).result(5)
        for warm in (False, True):
            if warm:
                ask(connection, "Warm")
            with pytest.raises(TargetGone, match="the window 'home' crashed"):
                ask(connection, "Lost", 5.0, "s1")


def test_a_refusal_is_a_protocol_error() -> None:
    def reply(browser: Scripted, command: Message) -> None:
        browser.say({"id": command["id"], "error": {"code": -32000, "message": "No such thing", "data": "x"}})

    with connected(reply) as (connection, _, _loop):
        with pytest.raises(ProtocolError) as caught:
            ask(connection, "Nope")
        assert (caught.value.method, caught.value.code, caught.value.message) == ("Nope", -32000, "No such thing")


def test_two_threads_cannot_drive_at_once() -> None:
    entered = threading.Event()
    release = threading.Event()

    def reply(browser: Scripted, command: Message) -> None:
        entered.set()
        release.wait(5)
        browser.answer(command)

    with connected(reply) as (connection, _, _loop):
        other = threading.Thread(target=lambda: ask(connection, "Slow"))
        other.start()
        assert entered.wait(5)
        with pytest.raises(NeedsLoop):
            ask(connection, "Second")
        release.set()
        other.join(5)


def test_a_coroutine_that_waits_for_something_else_is_refused() -> None:
    async def wrong() -> None:
        await asyncio.sleep(0)

    with connected(echo) as (connection, _, _loop):
        with pytest.raises(RuntimeError, match="awaited something other than a command"):
            connection.exchange.drive(wrong)
        assert ask(connection, "A") == {"method": "A"}


def test_closing_leaves_no_descriptor() -> None:
    def count() -> int:
        return len(os.listdir("/dev/fd"))

    with connected(echo) as (connection, _, _loop):
        ask(connection, "A")
    before = count()
    for _ in range(20):
        with connected(echo) as (connection, _, _loop):
            ask(connection, "A")
    assert count() == before
