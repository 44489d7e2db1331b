"""A server that starts late answers those who came before, and those who come after."""

from __future__ import annotations

import asyncio
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from swnb.origin import late
from swnb.origin.late import LateServer
from swnb.origin.listen import bind_loopback
from swnb.origin.site import Site


def get(port: int, host: str) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[LateServer, int]]:
    listener = bind_loopback()
    server = LateServer(listener)
    site = Site("lab", "http://lab.localhost")
    site.write("/", "<!doctype html>here")
    server.add(site)
    try:
        yield server, listener.getsockname()[1]
    finally:
        await server.stop()
    assert listener.fileno() == -1


def test_a_connection_begins_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 3600.0)

    async def main() -> None:
        async with serving() as (server, port):
            assert b"here" in await asyncio.to_thread(get, port, "lab.localhost")
            other = Site("other", "http://other.localhost")
            other.write("/", "<!doctype html>there")
            server.add(other)
            assert b"there" in await asyncio.to_thread(get, port, "other.localhost")

    asyncio.run(main())


def test_it_begins_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 0.0)

    async def main() -> None:
        async with serving() as (server, port):
            server.soon()
            while server._server is None:
                await asyncio.sleep(0)
            server.soon()  # it is there already
        assert port

    asyncio.run(main())


def test_one_that_never_began_closes_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 3600.0)
    before = set(sys.modules)

    async def main() -> None:
        async with serving():
            pass

    asyncio.run(main())
    assert "tornado.httpserver" not in set(sys.modules) - before
