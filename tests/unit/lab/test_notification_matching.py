from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swnb.desktop.notices import Action, Notice, Urgency
from swnb.events import NotificationShown
from swnb.lab.notification_matching import PATIENCE_NS, Display, Matching, Said, as_shown
from swnb.values import encode

ORIGIN = "http://lab.localhost"


def notice(
    title: str = "T", body: str = "", *, labels: tuple[str, ...] = (), at: int = 0, origin: str = ORIGIN
) -> Notice:
    buttons = tuple(Action(str(place), label) for place, label in enumerate(labels))
    return Notice(
        id=1, title=title, body=body, origin=origin, actions=(*buttons, Action("default", ""), Action("settings", "")),
        icon=None, image=None, urgency=Urgency.NORMAL, expire_timeout_ms=-1, silent=False, reply_placeholder=None,
        app_name="Chromium", folder="", sender=":1.1", t_mono_ns=at,
    )  # fmt: skip


def said(title: str = "T", tag: str = "", *, at: int = 0, origin: str = ORIGIN, **options: Any) -> Said:
    wire = json.dumps(encode(options)).encode()
    return Said(NotificationShown(t_mono_ns=at, title=title, tag=tag, options=wire, origin=origin))


def actions(*titles: str) -> list[dict[str, str]]:
    return [{"action": title.lower(), "title": title} for title in titles]


@pytest.mark.parametrize("script_first", [True, False])
def test_either_may_come_first(script_first: bool) -> None:
    matching, display, script = Matching(), Display(notice()), said(tag="t", data={"a": 1})
    if script_first:
        assert matching.heard(script) is None
        matching.displayed(display)
    else:
        matching.displayed(display)
        assert matching.heard(script) is display
    assert display.said is script
    assert display.said.options == {"data": {"a": 1}}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_body_and_buttons_tell_the_same_titles_apart(order: tuple[int, ...]) -> None:
    scripts = [said(body="one"), said(body="two\n\n"), said(body="two", actions=actions("Yes", "No", "Third"))]
    displays = [
        Display(notice(body="one")),
        Display(notice(body="two")),
        Display(notice(body="two", labels=("Yes", "No"))),
    ]
    matching = Matching()
    for place in order:
        matching.heard(scripts[place])
    for display in displays:
        matching.displayed(display)
    assert [display.said for display in displays] == scripts


def test_of_equals_the_order_counts() -> None:
    matching, scripts, displays = (
        Matching(),
        [said(tag=str(n)) for n in range(4)],
        [Display(notice()) for _ in range(4)],
    )
    for n in (0, 1):
        matching.heard(scripts[n])
    for display in displays:
        matching.displayed(display)
    for n in (2, 3):
        matching.heard(scripts[n])
    assert [display.said for display in displays] == scripts


@pytest.mark.parametrize("other", [said("U"), said(origin="http://other.localhost"), said(body="b")])
def test_what_differs_is_another(other: Said) -> None:
    matching, display = Matching(), Display(notice())
    matching.heard(other)
    matching.displayed(display)
    assert display.said is None


def test_what_was_not_kept_fits_any_body() -> None:
    matching, display = Matching(), Display(notice(body="x" * 100_000))
    matching.displayed(display)
    script = Said(NotificationShown(title="T", tag="t", origin=ORIGIN))
    assert matching.heard(script) is display
    assert script.options == {} and script.actions == []


def test_what_is_long_ago_waits_no_longer() -> None:
    matching, late = Matching(), Display(notice(at=PATIENCE_NS + 2))
    matching.heard(said(tag="old", at=1))
    matching.displayed(late)
    assert late.said is None
    for number in range(3_000):
        matching.heard(said(str(number), at=number * PATIENCE_NS))
    assert len(matching._said._by_key) <= 1_001


@given(st.text())
def test_any_title_is_found_as_the_desktop_has_it(title: str) -> None:
    shown = title.partition("\0")[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert as_shown(title) == shown or "\ud800" <= max(title) <= "\udfff"
    matching, display = Matching(), Display(notice(as_shown(title)))
    matching.heard(said(title))
    matching.displayed(display)
    assert display.said is not None


def test_damaged_options_are_none() -> None:
    for wire in (b"[", b"5", b"[[1]]", b'["x"]', b'[["O", "actions", 5]]'):
        script = Said(NotificationShown(title="T", options=wire, origin=ORIGIN))
        assert script.actions == []
        assert script.likeness(notice()) in (1, 2)
