"""A server that starts late answers those who came before, and those who come after."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import characters, lists, sampled_from, text, tuples
from tornado.httputil import HTTPHeaders, parse_request_start_line

from swnb.origin import late
from swnb.origin.answer import Request
from swnb.origin.early import read_head
from swnb.origin.late import LateServer
from swnb.origin.listen import bind_loopback
from swnb.origin.site import Site
from tests.unit.origin.harness import read_all, request


def exchanged(port: int, *parts: bytes) -> bytes:
    """Send the parts of one or several requests, each when all before it is answered, and return all that comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        sent = got = b""
        for part in parts:
            client.sendall(part)
            sent += part
            while answers(got, bodies=not sent.startswith(b"HEAD")) < len(re.findall(rb"\r?\n\r?\n", sent)):
                chunk = client.recv(65536)
                if not chunk:
                    break
                got += chunk
        client.shutdown(socket.SHUT_WR)  # a server may drop what it has not answered yet
        return got + read_all(client)


def answers(got: bytes, *, bodies: bool) -> int:
    """Count the answers that are whole."""
    count = 0
    while (head := got.partition(b"\r\n\r\n"))[1]:
        found = re.search(rb"(?i)^content-length: (\d+)", head[0], re.MULTILINE)
        length = int(found[1]) if found and bodies else 0
        if len(head[2]) < length:
            break
        got = head[2][length:]
        count += 1
    return count


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


def test_it_begins_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 0.0)

    async def main() -> None:
        async with serving() as (server, port):
            while server._server is None:
                await asyncio.sleep(0)
            assert b"here" in await asyncio.to_thread(get, port, "lab.localhost")

    asyncio.run(main())


def test_sites_that_come_later_are_served_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 3600.0)

    async def main() -> None:
        async with serving() as (server, port):
            other = Site("other", "http://other.localhost")
            other.write("/", "<!doctype html>there")
            server.add(other)
            assert b"there" in await asyncio.to_thread(exchanged, port, request("/", host="other.localhost"))
            assert server._server is None
            server._begin()
            third = Site("third", "http://third.localhost")
            third.write("/", "<!doctype html>third")
            server.add(third)
            assert b"third" in await asyncio.to_thread(get, port, "third.localhost")

    asyncio.run(main())


def test_plain_requests_do_not_begin_it_and_it_closes_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 3600.0)

    async def main() -> None:
        async with serving() as (server, port):
            answers = [
                await asyncio.to_thread(exchanged, port, request(path)) for path in ("/", "/none", "/favicon.ico")
            ]
            assert [answer.split(b" ")[1] for answer in answers] == [b"200", b"404", b"204"]
            assert server._server is None

    asyncio.run(main())


BEGINNING = {
    "another method": b"HEAD / HTTP/1.1\r\nHost: lab.localhost\r\n\r\n",
    "a body": b"POST / HTTP/1.1\r\nHost: lab.localhost\r\nContent-Length: 3\r\n\r\nabc",
    "a body of a GET": request("/", "Content-Length: 3") + b"abc",
    "an older version": b"GET / HTTP/1.0\r\nHost: lab.localhost\r\n\r\n",
    "an absolute target": b"GET http://lab.localhost/ HTTP/1.1\r\nHost: lab.localhost\r\n\r\n",
    "a field that is not known": request("/", "X-Mine: 1"),
    "a field twice": request("/", "Accept: a", "Accept: b"),
    "a folded field": request("/", "Accept: a", " b"),
    "no space behind the colon": request("/", "Accept:a"),
    "spaces before the colon": request("/", "Accept : a"),
    "an end that is asked for": request("/", "Connection: close"),
    "no host": b"GET / HTTP/1.1\r\nAccept: a\r\n\r\n",
    "no text": b"GET /\xff HTTP/1.1\r\nHost: lab.localhost\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: lab.localhost\n\n",
    "a long head": request("/", f"Accept: {'a' * 20_000}"),
    "no request": b"hello\r\n\r\n",
}


@pytest.mark.parametrize("said", BEGINNING.values(), ids=BEGINNING)
def test_what_is_not_plain_begins_it_and_gets_the_very_same_answer(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main(latest_s: float) -> bytes:
        monkeypatch.setattr(late, "LATEST_S", latest_s)
        async with serving() as (server, port):
            while latest_s == 0 and server._server is None:
                await asyncio.sleep(0)
            answer = await asyncio.to_thread(exchanged, port, said)
            assert server._server is not None
            return answer

    assert undated(asyncio.run(main(3600.0))) == undated(asyncio.run(main(0.0)))


def undated(answer: bytes) -> bytes:
    return re.sub(rb"Date: [^\r]*", b"Date", answer)


PLAIN = {
    "a page": [request("/")],
    "a part of it": [request("/", "Range: bytes=3-7")],
    "no part of it": [request("/", "Range: bytes=999-")],
    "a part of what may have changed": [request("/", "Range: bytes=3-7", 'If-Range: "x"')],
    "another host": [request("/", host="evil.example")],
    "another port": [request("/", host="lab.localhost:1")],
    "an origin that is not there": [request("/", host="none.localhost")],
    "a status of its own": [request("/teapot")],
    "no such status": [request("/odd")],
    "headers of its own": [request("/own")],
    "a large file": [request("/folder/large")],
    "a redirect": [request("/folder")],
    "out of the folder": [request("/folder/../secret.txt"), request("/folder/%2e%2e/secret.txt")],
    "several, one after the other": [request("/"), request("/none"), request("/own")],
    "several at once": [request("/") + request("/none") + request("/own")],
    "a head in two parts": [request("/")[:20], request("/")[20:]],
    "what a browser sends": [
        request(
            "/", "Connection: keep-alive", 'sec-ch-ua: "Chromium";v="156"', "Sec-Fetch-Dest: document", "Cookie: a=b"
        )
    ],
    "a plain one, and one that is not": [request("/"), BEGINNING["a body"], request("/own")],
}


@pytest.mark.parametrize("said", PLAIN.values(), ids=PLAIN)
def test_answers_are_tornados_byte_by_byte(said: list[bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "large").write_bytes(bytes(range(256)) * 4096)

    async def main(latest_s: float) -> bytes:
        monkeypatch.setattr(late, "LATEST_S", latest_s)
        async with serving() as (server, port):
            site = server.sites["lab.localhost"]
            site.write("/teapot", "short", status=418)
            site.write("/odd", "odd", status=299)
            site.write("/own", "own", headers={"Date": "never", "Cache-Control": "max-age=5", "X-Name": "Grüße"})
            site.mount("/folder", folder)
            while latest_s == 0 and server._server is None:
                await asyncio.sleep(0)
            return await asyncio.to_thread(exchanged, port, *said)

    early, tornados = asyncio.run(main(3600.0)), asyncio.run(main(0.0))
    assert undated(early) == undated(tornados)
    assert early.startswith(b"HTTP/1.1 ")


FIELD_NAMES = sampled_from(
    ["Accept", "host", "Range", "If-Range", "Sec-Fetch-Dest", "Service-Worker", "Referer", "Connection", "X"]
)
FIELDS = lists(
    tuples(FIELD_NAMES, sampled_from([": ", ":", " : ", ":\t"]), text(characters(max_codepoint=255), max_size=8))
)


@given(text(characters(max_codepoint=255), max_size=6), FIELDS)
def test_what_is_taken_for_plain_is_what_tornado_reads(target: str, fields: list[tuple[str, str, str]]) -> None:
    lines = [
        f"GET /{target} HTTP/1.1",
        "Host: lab.localhost",
        *(name + colon + value for name, colon, value in fields),
        "",
        "",
    ]
    head = "\r\n".join(lines).encode("latin-1")
    found = read_head(head)
    if found is None:
        return
    start, _, rest = head[:-2].decode("latin-1").partition("\r\n")
    line = parse_request_start_line(start)
    assert found == Request.of(line.method, line.path, HTTPHeaders.parse(rest).get)


def test_connections_that_stay_open_are_tornados_from_their_next_request_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 3600.0)

    async def main() -> None:
        async with serving() as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for begins in (False, True, True):
                if begins:
                    server._begin()
                writer.write(request("/"))
                await reader.readuntil(b"here")
                assert (len(server._early), server._server is None) == ((0, False) if begins else (1, True))
            writer.close()
            await writer.wait_closed()

    asyncio.run(main())


def test_one_that_says_nothing_begins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 3600.0)

    async def main() -> None:
        async with serving() as (server, port):
            for reset in (False, True):
                client = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port))
                while not server._early:
                    await asyncio.sleep(0)
                if reset:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
                while server._early:
                    await asyncio.sleep(0)
            assert server._server is None

    asyncio.run(main())


def test_a_client_that_leaves_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "LATEST_S", 3600.0)

    async def main() -> None:
        async with serving() as (server, port):
            begun, dropped = asyncio.Event(), asyncio.Event()

            async def before_document() -> None:
                begun.set()
                try:
                    await asyncio.sleep(3600)
                finally:
                    dropped.set()

            server.before_document = before_document
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request("/", "Sec-Fetch-Dest: document"))
            await asyncio.wait_for(begun.wait(), 20)
            writer.close()
            await asyncio.wait_for(dropped.wait(), 20)
            while server._early:
                await asyncio.sleep(0)
            begun.clear()
            dropped.clear()
            reader, _ = await asyncio.open_connection("127.0.0.1", port)
            _.write(request("/", "Sec-Fetch-Dest: document"))
            await asyncio.wait_for(begun.wait(), 20)
            await server.stop()  # in the middle of an answer
            assert dropped.is_set()
            assert await reader.read() == b""

    asyncio.run(main())
