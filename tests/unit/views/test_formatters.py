from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import import_module
from types import SimpleNamespace
from typing import ClassVar

import pytest

from swnb.clients.data import ClientList, WindowClientData
from swnb.events import WorkerStateChanged
from swnb.magics.verbs import Help
from swnb.values import JSError
from swnb.views import formatters
from swnb.views.listing import Content, Facts, Listing, worker_text
from swnb.vocab import ClientId, ClientType, FrameType, ServiceWorkerState, VersionId, VisibilityState

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


def test_workers_and_their_events_are_told_by_number() -> None:
    event = WorkerStateChanged(
        version_id=VersionId("7"),
        scope="http://x/",
        script_url="http://x/sw.js",
        state=ServiceWorkerState.ACTIVATED,
        former=ServiceWorkerState.ACTIVATING,
    )
    worker = SimpleNamespace(
        version_id="7",
        script_url="http://x/sw.js",
        state="activated",
        running="running",
        role="active",
        scope="http://x/",
    )
    registration = SimpleNamespace(
        scope="http://x/", unregistered=False, installing=None, waiting=None, active=worker, update_via_cache=None
    )
    assert worker_text(worker) == "#7 http://x/sw.js activated, running"
    assert formatters.event_text(event).startswith("WorkerStateChanged: #7 http://x/sw.js activated")
    assert "#7 http://x/sw.js activated, running" in formatters.registration(registration)
    assert "#7" in formatters.worker(worker)


def test_an_id_is_never_broken() -> None:
    for html in (formatters.client_list(ClientList([client()])), formatters.client(client())):
        assert 'white-space:nowrap"><code style="white-space:nowrap">0123</code>' in html
        assert '<code style="white-space:pre-wrap">http' in html


def test_help_breaks_between_words() -> None:
    html = formatters.help_text(Help("%sw <x>  a word"))
    assert "white-space:pre-wrap;overflow-wrap:break-word" in html
    assert "&lt;x&gt;  a word" in html


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
