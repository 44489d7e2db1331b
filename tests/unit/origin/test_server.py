"""What the server answers: pages, methods, hosts."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from swnb.errors import SiteError
from swnb.origin.site import Site
from tests.unit.origin.harness import Answer, Running, read_all, request

# What is served


def test_what_a_cell_wrote(running: Running) -> None:
    running.lab.write("/sw.js", "const ü = 1;\r\n", headers={"Service-Worker-Allowed": "/"})
    answer = running.get("/sw.js?v=3")
    assert (answer.status, answer.body) == (200, "const ü = 1;\r\n".encode())
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["cache-control"] == "no-store"
    assert not {"etag", "last-modified", "server", "x-content-type-options"} & set(answer.headers)


def test_a_route_may_say_otherwise(running: Running) -> None:
    own = {
        "cache-control": "max-age=60",
        "ETag": '"1"',
        "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
        "Accept-Ranges": "none",
    }
    running.lab.write("/a", "a", headers=own, status=503, content_type="")
    answer = running.get("/a", If_None_Match='"1"')
    assert (answer.status, answer.body) == (503, b"a")
    assert {name: answer.headers[name.lower()] for name in own} == own
    assert len(answer.names) == len(set(answer.names))
    assert "content-type" not in answer.headers


def test_nothing_is_ever_answered_304_unasked(running: Running) -> None:
    running.lab.write("/a", "a")
    answer = running.get("/a", If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT", If_None_Match="*")
    assert (answer.status, answer.body) == (200, b"a")


@pytest.mark.parametrize("status", [204, 205, 304])
def test_some_answers_have_no_body(running: Running, status: int) -> None:
    running.lab.write("/a", "text", status=status)
    with running.connect() as client:  # two on one connection: a body would be read as the next answer
        client.sendall(request("/a") + request("/none", "Connection: close"))
        first, _, rest = read_all(client).partition(b"\r\n\r\n")
    assert first.startswith(f"HTTP/1.1 {status} ".encode())
    assert rest.startswith(b"HTTP/1.1 404 Not Found\r\n")


def test_a_redirect_is_a_status_and_a_location(running: Running) -> None:
    running.lab.write("/old", "", status=301, headers={"Location": "/new?x=1"})
    answer = running.get("/old")
    assert (answer.status, answer.headers["location"]) == (301, "/new?x=1")


def test_a_status_without_a_name(running: Running) -> None:
    running.lab.write("/odd", "x", status=599)
    assert running.get("/odd").status == 599


def test_the_first_page_is_there_before_anything_is_written(running: Running) -> None:
    answer = running.get("/?x=1")
    assert answer.status == 200
    assert b"<title>swnb</title>" in answer.body
    assert b"%%sw file" in answer.body
    for needs in (b"<script", b"http://", b"https://", b"src="):
        assert needs not in answer.body
    running.lab.write("/index.html", "mine")
    assert running.get("/").body == b"mine"


def test_the_icon_is_nothing_unless_written(running: Running) -> None:
    assert (running.get("/favicon.ico").status, running.get("/favicon.ico").body) == (204, b"")
    running.lab.write("/favicon.ico", b"icon")
    assert running.get("/favicon.ico").headers["content-type"] == "image/x-icon"


def test_an_unknown_path_is_a_short_page_that_repeats_it_as_text(running: Running) -> None:
    other = running.server.add(Site("other", "http://other.localhost"))
    answer = running.get("/<img/src=x>&amp;'\"")
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert b"/&lt;img/src=x&gt;&amp;amp;&#x27;&quot;" in answer.body
    assert b"<img" not in answer.body
    assert len(running.get("/" + "x" * 9000).body) < 2000
    assert b"lab.origin(&quot;other&quot;).write" in running.get("/none", host="other.localhost").body
    assert other.routes == ()


# Methods


def test_head_is_get_without_the_body(running: Running, tmp_path: Path) -> None:
    (tmp_path / "f.bin").write_bytes(b"12345")
    running.lab.mount("/files", tmp_path)
    running.lab.write("/a.js", "123")
    for path, size in (("/a.js", "3"), ("/files/f.bin", "5")):
        answer = running.get(path, method="HEAD", Range="bytes=0-0")
        assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", size)


def test_post_is_answered_like_get_and_its_body_is_dropped(running: Running) -> None:
    running.lab.write("/form", "ok")
    connection = http.client.HTTPConnection("127.0.0.1", running.server.port, timeout=30)
    for body in (b"x" * 3_000_000, b"", b"y"):  # one connection: what was sent is really taken off it
        connection.request("POST", "/form", body, {"Host": "lab.localhost"})
        assert Answer(connection.getresponse()).body == b"ok"
    connection.request("POST", "/form", iter([b"chunk", b"ed"]), {"Host": "lab.localhost"}, encode_chunked=True)
    assert Answer(connection.getresponse()).body == b"ok"
    connection.close()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "ODD"])
def test_other_methods_are_refused_with_a_page(running: Running, method: str) -> None:
    running.lab.write("/a", "a")
    answer = running.get("/a", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert method.encode() in answer.body


# Hosts


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost",
        "127.0.0.1",
        "lab.localhost.",
        "lab.localhost:1",
        "lab.localhost.evil.example",
        "",
        "lab",
        "evil.example:{port}",
        "lab.localhost:{port}:1",
        "lab.localhost, lab.localhost",
        "lab.localhost@evil.example",
    ],
)
def test_a_foreign_host_is_refused(running: Running, host: str) -> None:
    running.lab.write("/secret", "secret")
    answer = running.get("/secret", host=host.format(port=running.server.port))
    assert answer.status == 421
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"421" in answer.body
    assert b"secret" not in answer.body


def test_a_request_without_a_host_or_with_two_is_refused(running: Running) -> None:
    running.lab.write("/secret", "secret")
    assert b" 421 " in running.send(b"GET /secret HTTP/1.1\r\n\r\n").splitlines()[0]
    assert b" 421 " in running.send(b"GET /secret HTTP/1.0\r\n\r\n").splitlines()[0]
    assert b" 421 " in running.send(request("/secret", "Host: evil.example")).splitlines()[0]


def test_an_absolute_target_counts_before_the_host(running: Running) -> None:
    running.lab.write("/a", "a")
    assert running.get("http://lab.localhost/a", host="evil.example").body == b"a"
    assert running.get("http://evil.example/a").status == 421
    assert running.get("http://lab.localhost", host="").status == 200


def test_our_own_port_and_any_case_are_fine(running: Running) -> None:
    running.lab.write("/a", "a")
    assert running.get("/a", host=f"lab.localhost:{running.server.port}").body == b"a"
    assert running.get("/a", host="LAB.Localhost").body == b"a"


def test_each_host_has_its_own_site(running: Running) -> None:
    running.lab.write("/a", "lab")
    missing = running.get("/a", host="other.localhost")
    assert missing.status == 404
    assert b"lab.origin(&quot;other&quot;)" in missing.body
    assert b"one label" in running.get("/a", host="a.b.localhost").body
    running.server.add(Site("other", f"http://other.localhost:{running.server.port}")).write("/a", "other")
    assert running.get("/a", host="other.localhost").body == b"other"
    assert running.get("/a").body == b"lab"


def test_two_sites_cannot_have_one_host(running: Running) -> None:
    assert running.server.add(running.lab) is running.lab
    with pytest.raises(SiteError):
        running.server.add(Site("lab", "http://lab.localhost"))
    with pytest.raises(SiteError):
        running.server.add(Site("lab", "http://evil.example"))
    assert list(running.server.sites) == ["lab.localhost"]
