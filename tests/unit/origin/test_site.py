"""Sites as data: no server, no browser."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swnb.errors import InvalidArgument, LabError, SiteError
from swnb.origin.mime import type_of_name
from swnb.origin.paths import canonical
from swnb.origin.site import Redirect, Route, Site


def written(site: Site, target: str) -> Route:
    found = site.resolve(target)
    assert isinstance(found, Route)
    return found


def type_of(route: Route) -> str | None:
    return {name.lower(): value for name, value in route.headers}.get("content-type")


def two_lines(error: LabError) -> bool:
    return len(str(error).split("\n")) == 2


# What is written


def test_text_is_served_as_utf8_and_bytes_as_they_are(site: Site) -> None:
    assert site.write("/a.txt", "ü\r\n").body == b"\xc3\xbc\r\n"
    assert site.write("/b.bin", b"\x00\xff").body == b"\x00\xff"
    assert site.write("/c.bin", bytearray(b"12")).body == b"12"  # type: ignore[arg-type]


def test_a_later_write_replaces_an_earlier_one(site: Site) -> None:
    first = site.write("/sw.js", "1")
    second = site.write("/sw.js", "2", status=404)
    assert first.body == b"1"
    assert site.routes == (second,)
    assert site.resolve("/sw.js") is second


def test_routes_are_a_snapshot(site: Site) -> None:
    before = site.routes
    site.write("/a", "a")
    assert before == ()
    assert [route.path for route in site.routes] == ["/a"]


def test_a_query_matches_exactly_first_and_the_path_alone_otherwise(site: Site) -> None:
    plain, two = site.write("/sw.js", "plain"), site.write("/sw.js?v=2", "two")
    assert site.resolve("/sw.js") is plain
    assert site.resolve("/sw.js?v=2") is two
    assert site.resolve("/sw.js?v=3") is plain
    assert type_of(two) == "text/javascript; charset=utf-8"


def test_a_route_with_a_query_answers_no_other(site: Site) -> None:
    site.write("/sw.js?v=2", "two")
    assert site.resolve("/sw.js") is None
    assert site.resolve("/sw.js?v=1") is None


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/ü ber", "/%C3%BC%20ber"),
        ("/%41bc", "/Abc"),
        ("/a%20b", "/a b"),
        ("/100%", "/100%"),
        ("/100%", "/100%25"),
        ("/q?x=ü", "/q?x=%c3%bc"),
        ("/'~(a)", "/%27%7e%28a%29"),
    ],
)
def test_percent_encoding_is_normalised(site: Site, path: str, asked: str) -> None:
    route = site.write(path, "x")
    assert site.resolve(asked) is route


def test_an_encoded_slash_is_not_a_slash(site: Site) -> None:
    site.write("/a%2Fb", "encoded")
    assert site.resolve("/a/b") is None
    assert written(site, "/a%2fb").body == b"encoded"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="#?\\"), max_size=30))
def test_the_canonical_form_is_its_own_canonical_form(text: str) -> None:
    try:
        once = canonical("/" + text)
    except ValueError:
        return
    assert canonical(str(once)) == once
    assert str(once).isascii()


def test_the_index_stands_for_its_folder(site: Site) -> None:
    home, deep = site.write("/index.html", "home"), site.write("/app/index.html", "app")
    assert site.resolve("/") is home
    assert site.resolve("/?x=1") is home
    assert site.resolve("/app/") is deep
    assert site.resolve("/app?x=1") == Redirect("/app/?x=1")
    assert site.resolve("/ap/") is None
    own = site.write("/", "own")
    assert site.resolve("/") is own
    assert site.resolve("/index.html") is home


def test_remove(site: Site, folder: Path) -> None:
    site.write("/sw.js", "1")
    site.mount("/files", folder)
    site.remove("/sw.js")
    site.remove("/files/")
    assert (site.routes, site.mounts) == ((), ())


def test_remove_of_nothing_names_what_is_there(site: Site) -> None:
    site.write("/sw.js", "1")
    with pytest.raises(SiteError, match=r"did you mean /sw\.js\?") as caught:
        site.remove("/sv.js")
    assert two_lines(caught.value)


# What is refused


@pytest.mark.parametrize(
    "path",
    [
        "",
        "sw.js",
        "http://lab.localhost/sw.js",
        "//evil.example/x",
        "/a#b",
        "/../a",
        "/a/..",
        "/a/%2e%2E/b",
        "/./a",
        "/a\\b",
        "/a%5cb",
        "/a\0",
        "/a%00",
        "/a\nb",
        "/\ud800",
        None,
        b"/sw.js",
    ],
)
def test_bad_paths_are_refused_with_two_lines(site: Site, path: str, tmp_path: Path) -> None:
    for refused in (lambda: site.write(path, ""), lambda: site.mount(path, tmp_path), lambda: site.remove(path)):
        with pytest.raises(SiteError) as caught:
            refused()
        assert two_lines(caught.value)
    assert (site.routes, site.mounts) == ((), ())


@pytest.mark.parametrize("body", ["fine\nbad \udc80", 7, None, ["x"]])
def test_bodies_that_are_no_bytes_are_refused(site: Site, body: str) -> None:
    with pytest.raises(SiteError, match=r"/sw\.js") as caught:
        site.write("/sw.js", body)
    assert two_lines(caught.value)
    assert site.routes == ()


def test_a_lone_surrogate_is_found_by_line_and_index(site: Site) -> None:
    with pytest.raises(SiteError, match=r"lone surrogate in line 2 \(index 9\)"):
        site.write("/sw.js", "fine\nbad \udc80")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nSet-Cookie: x"},
        {"X-A": "1\n"},
        {"X-A": "\0"},
        {"X-A": "→"},
        {"X-A": 1},
        {"X A": "1"},
        {"": "1"},
        {"X-A:": "1"},
        {"Content-Length": "3"},
        {"transfer-encoding": "chunked"},
        {"Connection": "close"},
        {"X-A": "1", "x-a": "2"},
    ],
)
def test_headers_that_http_cannot_carry_are_refused(site: Site, headers: dict[str, str], tmp_path: Path) -> None:
    for refused in (lambda: site.write("/a", "", headers=headers), lambda: site.mount("/", tmp_path, headers=headers)):
        with pytest.raises(SiteError) as caught:
            refused()
        assert two_lines(caught.value)
    assert (site.routes, site.mounts) == ((), ())


@pytest.mark.parametrize("status", [0, 101, 199, 600, True, 200.0, "200"])
def test_a_status_that_is_none_is_refused(site: Site, status: int) -> None:
    with pytest.raises(InvalidArgument) as caught:
        site.write("/a", "", status=status)
    assert two_lines(caught.value)


@pytest.mark.parametrize("delay_s", [-1, math.nan, math.inf, True, "1"])
def test_a_delay_that_is_none_is_refused(site: Site, delay_s: float, tmp_path: Path) -> None:
    for refused in (lambda: site.write("/a", "", delay_s=delay_s), lambda: site.mount("/", tmp_path, delay_s=delay_s)):
        with pytest.raises(InvalidArgument) as caught:
            refused()
        assert two_lines(caught.value)


@pytest.mark.parametrize("name", ["", "Lab", "a.b", "-a", "a-", "a" * 64, "ü", "a b", None])
def test_a_name_that_is_no_label_is_refused(name: str) -> None:
    with pytest.raises(SiteError) as caught:
        Site(name, "http://x.localhost")
    assert two_lines(caught.value)


# Types


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/sw.js", "", "text/javascript; charset=utf-8"),
        ("/sw.MJS", "", "text/javascript; charset=utf-8"),
        ("/a.html", "", "text/html; charset=utf-8"),
        ("/a.css", "", "text/css; charset=utf-8"),
        ("/a.json", "{}", "application/json"),
        ("/a.webmanifest", "{}", "application/manifest+json"),
        ("/a.wasm", b"\0asm", "application/wasm"),
        ("/a.svg", "<svg/>", "image/svg+xml"),
        ("/a.md", "#", "text/markdown; charset=utf-8"),
        ("/a.unknown", "text", "text/plain; charset=utf-8"),
        ("/a.unknown", b"bytes", "application/octet-stream"),
        ("/", "x", "text/html; charset=utf-8"),
        ("/app/", b"x", "text/html; charset=utf-8"),
        ("/page", "\n<!DOCTYPE html><p>", "text/html; charset=utf-8"),
        ("/page", "<p>", "text/plain; charset=utf-8"),
        ("/v1.2/page", "x", "text/plain; charset=utf-8"),
    ],
)
def test_types_come_from_our_own_table(site: Site, path: str, body: str | bytes, expected: str) -> None:
    assert type_of(site.write(path, body)) == expected


def test_the_type_can_be_said_or_left_out(site: Site) -> None:
    assert type_of(site.write("/sw.js", "", content_type="text/plain")) == "text/plain"
    assert type_of(site.write("/sw.js", "", headers={"content-type": "x/y"})) == "x/y"
    assert type_of(site.write("/sw.js", "", content_type="")) is None
    with pytest.raises(SiteError):
        site.write("/sw.js", "", content_type="a/b", headers={"Content-Type": "c/d"})
    with pytest.raises(SiteError):
        site.write("/sw.js", "", content_type="a/b\r\nX: y")


def test_a_name_without_an_extension_has_no_type() -> None:
    assert type_of_name("README") is None
    assert type_of_name("/a.b/README") is None
    assert type_of_name("a.") is None
