"""Clients that wait, leave or send nonsense; starting and stopping."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from swnb.errors import SiteError
from swnb.origin import bind_loopback
from swnb.origin.server import OriginServer
from swnb.origin.site import Resolution, Site
from tests.unit.origin.harness import LONG_S, Running, Watched, descriptors, read_all, request

# Delays, clients that leave, many at once


def test_a_delayed_route_holds_up_nobody_else(running: Running) -> None:
    slow = Watched("slow", "http://slow.localhost")
    running.server.add(slow)
    slow.write("/slow", "late", delay_s=LONG_S)
    slow.write("/soon", "soon", delay_s=0.001)
    with running.connect() as client:
        client.sendall(request("/slow", host="slow.localhost"))
        assert slow.asked.acquire(timeout=30)
        assert running.get("/soon", host="slow.localhost").body == b"soon"
        assert not slow.tasks[0].done()
        running.run(running.server.stop())
        assert read_all(client) == b""


@pytest.mark.parametrize("leave", ["close", "reset", "at once"])
def test_what_is_delayed_is_dropped_when_the_client_leaves(running: Running, leave: str) -> None:
    slow = Watched("slow", "http://slow.localhost")
    running.server.add(slow)
    slow.write("/slow", "late", delay_s=LONG_S)
    client = running.connect()
    client.sendall(request("/slow", host="slow.localhost"))
    if leave != "at once":
        assert slow.asked.acquire(timeout=30)
    if leave == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()

    async def all_gone() -> bool:
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        return True

    assert running.run(all_gone())
    while not all(task.done() for task in slow.tasks):  # it was accepted only then
        running.run(all_gone())
    assert all(task.cancelled() for task in slow.tasks)


def test_a_client_that_leaves_in_the_middle_of_a_file_frees_it(running: Running, tmp_path: Path) -> None:
    with (tmp_path / "big.bin").open("wb") as file:
        file.truncate(1 << 30)
    slow = Watched("slow", "http://slow.localhost")
    running.server.add(slow).mount("/", tmp_path)
    before = descriptors()
    with running.connect() as client:
        client.sendall(request("/big.bin", host="slow.localhost"))
        client.recv(1)
    assert slow.asked.acquire(timeout=30)
    running.run(settled(slow.tasks[0]))
    assert descriptors() <= before


async def settled(task: asyncio.Task[Any]) -> None:
    await asyncio.wait([task])
    await asyncio.sleep(0)


def test_two_hundred_requests_at_once(running: Running) -> None:
    running.lab.write("/a", "a", delay_s=0.01)
    clients = [running.connect() for _ in range(200)]
    for client in clients:
        client.sendall(request("/a", "Connection: close"))
    answers = [read_all(client) for client in clients]
    for client in clients:
        client.close()
    assert all(answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"\r\n\r\na") for answer in answers)


def test_writing_while_it_serves(running: Running) -> None:
    with ThreadPoolExecutor(4) as pool:

        def work(number: int) -> bytes:
            running.lab.write(f"/{number}.json", json.dumps(number))
            return running.get(f"/{number}.json").body

        assert [int(body) for body in pool.map(work, range(100))] == list(range(100))


# Bad requests


HEAD = b" HTTP/1.1\r\nHost: lab.localhost\r\n"
MALFORMED = [
    b"\r\n\r\n",
    b"nonsense\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello of TLS\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost lab.localhost\r\n\r\n",
    b"GET /" + HEAD + b"X: \0\r\n\r\n",
    b"GET /\xff\xfe" + HEAD + b"\r\n",
    b"GET /\xc3\x28?\xff" + HEAD + b"\r\n",
    b"GET *" + HEAD + b"\r\n",
    b"CONNECT lab.localhost:80" + HEAD + b"\r\n",
    b"GET http://" + HEAD + b"\r\n",
    b"POST /" + HEAD + b"Content-Length: x\r\n\r\n",
    b"POST /" + HEAD + b"Content-Length: -1\r\n\r\n",
    b"POST /" + HEAD + b"Content-Length: 5, 6\r\n\r\n",
    b"POST /" + HEAD + b"Content-Length: 99999999999999999999\r\n\r\n",
    b"POST /" + HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
]
BROKEN_OFF = [b"", b"GET / HT", b"GET /" + b"x" * 1000, b"POST /" + HEAD + b"Content-Length: 10\r\n\r\nshort"]


@pytest.fixture
def silent(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is printed, and nothing reaches a log that someone may have set to print."""
    caplog.set_level(logging.DEBUG)
    yield
    assert capfd.readouterr() == ("", "")
    heard = [
        record for record in caplog.get_records("call") if record.name != "asyncio" or record.levelno > logging.DEBUG
    ]
    assert [record.getMessage() for record in heard] == []


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_request_is_refused_in_silence(silent: None, running: Running, raw: bytes) -> None:
    assert running.send(raw).startswith(b"HTTP/1.1 4")
    assert running.get("/").status == 200


@pytest.mark.parametrize("raw", BROKEN_OFF, ids=range(len(BROKEN_OFF)))
def test_a_request_that_breaks_off_is_forgotten_in_silence(silent: None, running: Running, raw: bytes) -> None:
    assert running.send_and_leave(raw) == b""
    assert running.get("/").status == 200


def test_an_endless_head_ends_the_connection_in_silence(silent: None, running: Running) -> None:
    assert running.send(b"GET /" + HEAD + b"X: " + b"x" * 300_000) == b""
    assert running.get("/").status == 200


def test_a_fault_of_our_own_is_said_to_the_client_and_printed_nowhere(silent: None, running: Running) -> None:
    class Broken(Site):
        def resolve(self, target: str | bytes) -> Resolution | None:
            raise RuntimeError("<a fault>")

    running.server.add(Broken("broken", "http://broken.localhost"))
    answer = running.get("/", host="broken.localhost")
    assert answer.status == 500
    assert b"RuntimeError: &lt;a fault&gt;" in answer.body
    assert running.get("/").status == 200


def test_the_kernels_own_log_of_tornado_is_left_alone(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tornado"):
        logging.getLogger("tornado.general").info("the kernel's")
    assert [record.getMessage() for record in caplog.records] == ["the kernel's"]


# Starting and stopping


def test_it_listens_on_the_loopback_only() -> None:
    with bind_loopback() as bound:
        assert bound.getsockname()[0] == "127.0.0.1"
        assert not os.get_inheritable(bound.fileno())
        with pytest.raises(SiteError, match="cannot listen") as caught:
            bind_loopback(bound.getsockname()[1])
        assert len(str(caught.value).split("\n")) == 2
    with pytest.raises(SiteError):
        bind_loopback(70000)
    with socket.socket() as everywhere:
        everywhere.bind(("", 0))
        with pytest.raises(SiteError, match=r"0\.0\.0\.0"):
            OriginServer(everywhere)


def test_requests_that_came_before_the_start_are_answered() -> None:
    bound = bind_loopback()
    with socket.create_connection(bound.getsockname(), timeout=30) as client:
        client.sendall(request("/", "Connection: close"))

        async def serve() -> bytes:
            server = OriginServer(bound)
            server.add(Site("lab", "http://lab.localhost"))
            server.start()
            got = await asyncio.to_thread(read_all, client)
            await server.stop()
            return got

        assert asyncio.run(serve()).startswith(b"HTTP/1.1 200 OK\r\n")


def test_stop_closes_open_connections_and_may_come_twice_or_first() -> None:
    running = Running()
    with running.connect() as idle, running.connect() as half:
        idle.sendall(request("/"))
        assert idle.recv(1)
        half.sendall(b"GET / HT")
        running.run(running.server.stop())
        read_all(idle)
        assert read_all(half) == b""
        with pytest.raises(OSError, match="refused"):
            running.connect()
    running.run(running.server.stop())
    running.close()
    never = OriginServer(bind_loopback())
    asyncio.run(never.stop())


def test_a_stop_at_any_moment_of_a_request_leaves_no_task() -> None:
    async def stop_after(turns: int) -> set[asyncio.Task[Any]]:
        server = OriginServer(bind_loopback())
        server.add(Site("lab", "http://lab.localhost")).write("/slow", "", delay_s=LONG_S)
        server.start()
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(request("/slow"))
            for _ in range(turns):  # turns of the loop: accepted, read, understood, asked for, delayed
                await asyncio.sleep(0)
            await server.stop()
        return asyncio.all_tasks() - {asyncio.current_task()}

    for turns in range(20):
        assert asyncio.run(stop_after(turns)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("busy", [False, True])
def test_fifty_starts_and_stops_leave_nothing(busy: bool, tmp_path: Path) -> None:
    (tmp_path / "big.bin").write_bytes(bytes(8_000_000))

    def once() -> None:
        running = Running()
        running.lab.mount("/", tmp_path)
        running.lab.write("/slow", "", delay_s=LONG_S)
        assert running.get("/none").status == 404
        with contextlib.ExitStack() as clients:
            for path in ("/slow", "/big.bin") if busy else ():
                clients.enter_context(running.connect()).sendall(request(path))
            running.close()  # which sees that no task is left

    once()
    before = descriptors(), threading.active_count()
    for _ in range(50):
        once()
    assert (descriptors(), threading.active_count()) == before
