from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from swnb.browser import restarts
from swnb.browser.asking import Asking
from swnb.browser.connection import Connection
from swnb.browser.session import Session
from tests.unit.browser.scripted import Message, Reply, Scripted, connected

RESUME = "Runtime.runIfWaitingForDebugger"


def on_loop(connection: Connection, act: Callable[[], Any]) -> Any:
    async def acted() -> Any:
        return act()

    return asyncio.run_coroutine_threadsafe(acted(), connection.loop).result(5)


@contextmanager
def restarted(reply: Reply) -> Iterator[tuple[Connection, Session, list[str]]]:
    """A worker that was started again; the list gets what is done once it goes on."""
    done: list[str] = []
    with connected(reply) as (connection, _, loop):

        def begin() -> Session:
            session = Session(connection, "s")
            restarts.watch(session)
            restarts.resume(session, loop)
            session.once_free(lambda: done.append("first"))
            return session

        yield connection, on_loop(connection, begin), done


def test_a_worker_goes_on_after_the_answer_and_only_then_is_it_asked() -> None:
    heard: list[str] = []
    resumed = threading.Event()
    asked: list[Message] = []

    def reply(_: Scripted, command: Message) -> None:
        heard.append(command["method"])
        if command["method"] == RESUME:
            resumed.set()
        else:
            asked.append(command)

    with connected(reply) as (connection, browser, loop):
        done: list[str] = []

        def begin() -> Session:
            session = Session(connection, "s")
            restarts.resume(session, loop)
            session.once_free(lambda: done.append("first"))
            return session

        session = on_loop(connection, begin)
        assert not resumed.wait(0.05)
        assert (heard, done) == (["Runtime.evaluate"], [])
        browser.answer(asked[0], result={})
        assert resumed.wait(5)
        on_loop(connection, lambda: session.once_free(lambda: done.append("at once")))
        assert done == ["first", "at once"]


def test_without_an_answer_it_goes_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "HELD_S", 0.02)
    resumed = threading.Event()

    def reply(_: Scripted, command: Message) -> None:
        if command["method"] == RESUME:
            resumed.set()

    with restarted(reply) as (connection, session, done):
        assert resumed.wait(5)
        assert on_loop(connection, lambda: (session.held, done)) == (None, ["first"])


def test_one_that_is_stopped_while_it_is_held_is_not_resumed_in_its_next_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "HELD_S", 0.05)
    resumed = threading.Event()

    def reply(_: Scripted, command: Message) -> None:
        if command["method"] == RESUME:
            resumed.set()

    with restarted(reply) as (connection, session, done):

        def stop_and_start() -> None:
            session.lose("was stopped")
            session.regain()
            session.held = []  # the next start's

        on_loop(connection, stop_and_start)
        assert not resumed.wait(0.2)
        assert done == []


def test_an_evaluation_names_the_context_that_it_is_meant_for() -> None:
    def reply(browser: Scripted, command: Message) -> None:
        browser.answer(command, result={"value": json.dumps(command["params"].get("uniqueContextId"))})

    with connected(reply) as (connection, browser, _):

        def begin() -> tuple[Session, Asking]:
            session = Session(connection, "s")
            restarts.watch(session)
            return session, Asking(session)

        session, realm = on_loop(connection, begin)

        def ask() -> Any:
            return json.loads(asyncio.run_coroutine_threadsafe(realm.call("1"), connection.loop).result(5))

        def start(unique_id: str) -> None:
            context = {"context": {"id": 1, "uniqueId": unique_id}}
            browser.say({"method": "Runtime.executionContextCreated", "params": context, "sessionId": "s"})

        assert ask() is None
        start("one")
        start("of something else in it")
        assert ask() == "one"
        on_loop(connection, lambda: session.lose("was stopped"))
        on_loop(connection, session.regain)
        assert ask() is None
        start("two")
        assert ask() == "two"
