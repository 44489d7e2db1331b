"""Folders and ranges over HTTP."""

from __future__ import annotations

import http.client
import os
from pathlib import Path

import pytest

from swnb.origin.answering import CHUNK_SIZE
from swnb.origin.site import Resolution, Site
from tests.unit.origin.harness import Answer, Running, read_all, request

# Files


def test_a_folder_is_served_and_nothing_beside_it(running: Running, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "app").mkdir(parents=True)
    (root / "app" / "index.html").write_text("app")
    (root / "sw.mjs").write_text("1")
    (root / "data").write_bytes(b"\0")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to("../secret.txt")
    running.lab.mount("/", root, headers={"Service-Worker-Allowed": "/"})
    script = running.get("/sw.mjs")
    assert (script.body, script.headers["content-type"]) == (b"1", "text/javascript; charset=utf-8")
    assert script.headers["service-worker-allowed"] == "/"
    assert running.get("/data").headers["content-type"] == "application/octet-stream"
    folder = running.get("/app?x=1")
    assert (folder.status, folder.headers["location"]) == (302, "/app/?x=1")
    assert running.get("/app/").body == b"app"
    for path in (
        "/../secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/app/../../secret.txt",
        "/link.txt",
        "//etc/passwd",
        f"/{tmp_path}",
    ):
        refused = running.get(path)
        assert refused.status == 404, path
        assert b"secret</" not in refused.body


def test_headers_of_a_mount_may_set_the_type(running: Running, tmp_path: Path) -> None:
    (tmp_path / "sw.js").write_text("1")
    running.lab.mount("/", tmp_path, headers={"content-type": "text/plain"})
    answer = running.get("/sw.js")
    assert [answer.headers["content-type"], answer.names.count("content-type")] == ["text/plain", 1]


def test_a_file_that_went_between_the_request_and_its_answer(running: Running, tmp_path: Path) -> None:
    class Vanishing(Site):
        def resolve(self, target: str | bytes) -> Resolution | None:
            found = super().resolve(target)
            (tmp_path / "a.txt").unlink()
            (tmp_path / "a.txt").symlink_to("/etc/hostname")
            return found

    (tmp_path / "a.txt").write_text("a")
    running.server.add(Vanishing("gone", "http://gone.localhost")).mount("/", tmp_path)
    assert running.get("/a.txt", host="gone.localhost").status == 404


def test_a_file_that_shrinks_ends_the_connection(running: Running, tmp_path: Path) -> None:
    big = tmp_path / "big.bin"
    with big.open("wb") as file:
        file.truncate(64 * CHUNK_SIZE)
    running.lab.mount("/", tmp_path)
    with running.connect() as client:
        client.sendall(request("/big.bin"))
        client.recv(1)
        os.truncate(big, 0)
        assert len(read_all(client)) < 64 * CHUNK_SIZE
    assert running.get("/big.bin").body == b""


@pytest.mark.slow
def test_a_big_file_is_not_read_as_a_whole(running: Running, tmp_path: Path) -> None:
    size = 1 << 40  # a terabyte of holes: reading it whole is impossible
    with (tmp_path / "huge.bin").open("wb") as file:
        file.truncate(size)
        file.seek(size - 5)
        file.write(b"12345")
    running.lab.mount("/", tmp_path)
    assert running.get("/huge.bin", Range="bytes=-3").body == b"345"
    with running.connect() as client:
        client.sendall(request("/huge.bin"))
        got = 0
        while got < 8 * CHUNK_SIZE:
            got += len(client.recv(65536))
    assert running.get("/", method="HEAD").status == 200


def test_a_written_body_of_many_chunks(running: Running) -> None:
    body = os.urandom(3 * CHUNK_SIZE + 7)
    running.lab.write("/big.bin", body)
    connection = http.client.HTTPConnection("127.0.0.1", running.server.port, timeout=30)
    for _ in range(3):  # on one connection: neither too little nor too much is sent
        connection.request("GET", "/big.bin", headers={"Host": "lab.localhost"})
        assert Answer(connection.getresponse()).body == body
        assert connection.sock is not None
    connection.close()


# Ranges


@pytest.mark.parametrize("kind", ["written", "file"])
@pytest.mark.parametrize(
    ("asked", "status", "body", "where"),
    [
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=3-5", 206, b"345", "bytes 3-5/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("BYTES = 1 - 2", 206, b"12", "bytes 1-2/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=10-12", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-3", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=a-b", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=0-1", 200, b"0123456789", None),
        ("bytes=" + "9" * 5000 + "-", 200, b"0123456789", None),
    ],
)
def test_ranges(
    running: Running, tmp_path: Path, kind: str, asked: str, status: int, body: bytes, where: str | None
) -> None:
    if kind == "written":
        running.lab.write("/a.bin", b"0123456789")
    else:
        (tmp_path / "a.bin").write_bytes(b"0123456789")
        running.lab.mount("/", tmp_path)
    answer = running.get("/a.bin", Range=asked)
    assert (answer.status, answer.body, answer.headers.get("content-range")) == (status, body, where)
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_range_of_nothing_and_of_what_may_have_changed(running: Running) -> None:
    running.lab.write("/empty", b"")
    running.lab.write("/a", b"0123")
    running.lab.write("/error", b"0123", status=500)
    assert running.get("/empty", Range="bytes=0-").status == 416
    assert running.get("/a", Range="bytes=0-1", If_Range='"x"').body == b"0123"
    assert running.get("/error", Range="bytes=0-1").body == b"0123"
