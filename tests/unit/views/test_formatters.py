from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import import_module
from typing import ClassVar

import pytest

from swnb.clients.data import ClientList, WindowClientData
from swnb.values import JSError
from swnb.views import formatters
from swnb.views.listing import Content, Facts, Listing
from swnb.vocab import ClientId, ClientType, FrameType, VisibilityState

HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script></table>&lt;\u202ejs.evil\x1b[31m"


class Tags(HTMLParser):
    """Collects the tags and attributes of a text."""

    ALLOWED: ClassVar[set[str]] = {
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "strong",
        "code",
        "em",
        "p",
        "pre",
        "details",
        "summary",
    }

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.ALLOWED
        assert {name for name, _ in attrs} <= {"style", "scope"}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def client(
    url: str = "http://lab.localhost/", *, controlled: bool = True, name: str | None = "home"
) -> WindowClientData:
    return WindowClientData(
        ClientId("0123"),
        url,
        ClientType.WINDOW,
        FrameType.TOP_LEVEL,
        controlled,
        name,
        VisibilityState.VISIBLE,
        focused=True,
        ancestor_origins=None,
    )


@pytest.mark.parametrize(
    "html",
    [
        formatters.client_list(ClientList([client(HOSTILE, name=HOSTILE)])),
        formatters.client(client(HOSTILE, name=HOSTILE)),
        formatters.listing(Listing.of("things", ("url", "name", HOSTILE), [(1, [HOSTILE, HOSTILE, HOSTILE])])),
        formatters.facts(HOSTILE, Facts("x", ((HOSTILE, HOSTILE),)).facts),
        formatters.content(Content(HOSTILE, HOSTILE)),
        formatters.js_error(JSError(HOSTILE, HOSTILE, HOSTILE)),
    ],
)
def test_what_comes_from_a_page_is_only_ever_text(html: str) -> None:
    tags = Tags(html)
    assert "<script>alert(2)</script>" in tags.text
    assert not tags.open


@pytest.mark.parametrize(
    "shown",
    [
        formatters.client_list(ClientList([client(HOSTILE)])),
        repr(Facts("x", (("a", HOSTILE),))),
        repr(Listing.of("things", ("url",), [(1, [HOSTILE])])),
        str(ClientList([client(HOSTILE)])),
    ],
)
def test_what_cannot_be_seen_is_shown_as_a_dot(shown: str) -> None:
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "·" in shown


def test_controlled_and_uncontrolled_differ_by_words_and_signs() -> None:
    html = formatters.client_list(ClientList([client(), client(controlled=False)]))
    assert "● <strong>yes</strong>" in html
    assert "○ no" in html
    assert "2 clients, 1 controlled" in html


def test_no_colour_is_set() -> None:
    html = formatters.client_list(ClientList([client()])) + formatters.client(client())
    assert not re.search(r"color|background|#[0-9a-f]{3}|rgb", html)


def test_an_empty_list_says_so() -> None:
    assert "no clients" in formatters.client_list(ClientList())
    assert "no windows" in formatters.listing(Listing.of("windows", ("name",), []))
    assert repr(Listing.of("windows", ("name",), [])) == "no windows"


def test_a_long_table_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatters, "max_rows", 3)
    html = formatters.client_list(ClientList([client()] * 5))
    assert html.count("<tr>") == 4
    assert "2 more" in html


def test_empty_columns_are_left_out() -> None:
    assert "name</th>" not in formatters.client_list(ClientList([client(name=None)]))


@pytest.mark.parametrize(("module", "name"), sorted({*formatters.HTML, *formatters.TEXT}))
def test_each_class_that_is_named_is_there(module: str, name: str) -> None:
    assert isinstance(getattr(import_module(module), name), type)
