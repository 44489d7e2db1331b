from __future__ import annotations

from typing import Any

import pytest

import swnb
from swnb.lab.notification_data import NotificationData, Record
from swnb.lab.notification_list import NotificationList
from swnb.lab.notification_matching import Display
from swnb.views import notified
from tests.unit.lab.test_notification_matching import actions, notice, said

HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"


def record(number: int, title: str, tag: str | None = None, *, removed: str = "", **options: Any) -> Record:
    labels = tuple(each["title"] for each in options.get("actions", ()))
    display = Display(notice(title, str(options.get("body", "")), labels=labels))
    display.said = None if tag is None else said(title, tag, **options)
    return Record(number, [display], lambda: True, removed=removed)


def listed(*records: Record) -> NotificationList[NotificationData]:
    return NotificationList(lambda: records, NotificationData)


SOME = listed(
    record(1, "first", "a", removed="closed"),
    record(2, "second", "b", data={"n": 1}, actions=actions("Yes", "No")),
    record(4, "b", ""),
    record(5, "third", "c", removed="dismissed"),
)


def test_it_is_a_sequence() -> None:
    assert len(SOME) == 4
    assert [each.number for each in SOME] == [1, 2, 4, 5]
    assert SOME[-1].number == 5 and SOME[0].title == "first"
    assert [each.number for each in SOME[1:3]] == [2, 4]
    assert SOME[1] in SOME and "second" in SOME and "c" in SOME and "z" not in SOME
    assert [each.number for each in SOME.shown] == [2, 4] and SOME.newest.number == 4
    assert [each.number for each in reversed(SOME)] == [5, 4, 2, 1]
    assert SOME.index(SOME[2]) == 2
    assert SOME.numbered(4) == SOME[2] and hash(SOME[2]) == hash(SOME[2])


@pytest.mark.parametrize(("name", "number"), [("a", 1), ("first", 1), ("b", 2), ("second", 2), ("c", 5), ("third", 5)])
def test_the_tag_counts_before_the_title_and_what_is_shown_before_what_is_gone(name: str, number: int) -> None:
    assert SOME[name].number == number


def test_what_is_not_there() -> None:
    with pytest.raises(swnb.NotificationUnknown, match="no notification has the tag or title 'secnd'") as caught:
        SOME["secnd"]
    assert caught.value.todo == "did you mean 'second'? shown now: 2 'second' (tag 'b'), 4 'b'"
    for index in (4, -5):
        with pytest.raises(
            swnb.NotificationUnknown, match=f"there is no notification at index {index}: there have been 4"
        ):
            SOME[index]
    with pytest.raises(IndexError, match="there was no notification yet"):
        listed()[-1]
    with pytest.raises(KeyError, match="there is no notification 3"):
        SOME.numbered(3)
    with pytest.raises(swnb.NotificationUnknown, match="no notification is shown") as none:
        _ = listed().newest
    assert none.value.todo == "nothing is shown now; `%sw wait notification` waits for one"
    with pytest.raises(swnb.NotificationUnknown):
        SOME[""]


def test_a_title_that_was_replaced() -> None:
    one = record(1, "old", "t")
    one.replace(Display(notice("new"), said("new", "t")))
    found = listed(one)
    assert found["new"].replaced == 1 and found["t"].title == "new"
    with pytest.raises(swnb.NotificationGone, match="'old' is no longer shown: 1 'new' took its place") as caught:
        found["old"]
    assert (caught.value.number, caught.value.title, caught.value.reason) == (1, "old", "replaced")


def test_a_lot_of_states_and_rows() -> None:
    one = record(1, "0", "t")
    for n in range(1, 200):
        one.replace(Display(notice(str(n))))
    assert len(one.states) == 50 and one.replaced == 199
    many = listed(*(record(n, f"title {n}") for n in range(1, 501)))
    assert repr(many).startswith("470 notifications before these\n")
    assert "500 notifications, 500 still shown, of which these are the last 100" in notified.notifications(many)
    with pytest.raises(swnb.NotificationUnknown) as caught:
        many["x"]
    assert len(str(caught.value)) < 2_000 and "492 more" in str(caught.value)


def test_its_buttons() -> None:
    assert [str(each) for each in SOME["b"].actions] == ["yes ('Yes')", "no ('No')"]
    assert [each.name for each in listed(record(1, "unheard"))[0].actions] == []
    bare = Record(1, [Display(notice(labels=("Yes",)))], lambda: True)
    assert [(each.name, each.label, str(each)) for each in NotificationData(bare).actions] == [(None, "Yes", "Yes")]


def test_when_the_browser_is_gone() -> None:
    gone = NotificationData(Record(1, [Display(notice())], lambda: False))
    assert (gone.shown, gone.why_gone) == (False, "its browser ended")
    assert (gone.tag, gone.data, gone.options, gone.actor, gone.persistent) == (None, None, {}, "", None)


def test_what_a_page_wrote_is_text_everywhere() -> None:
    hostile = listed(record(1, HOSTILE, HOSTILE, body=HOSTILE, data={HOSTILE: HOSTILE}, actions=actions(HOSTILE)))
    for html in (notified.notifications(hostile), notified.notification(hostile[0])):
        assert "<script" not in html and "&lt;script&gt;" in html
        assert "\u202e" not in html and "\x1b" not in html
    for shown in (repr(hostile), repr(hostile[0]), str(swnb.NotificationGone(hostile[0], list(hostile)))):
        assert "\u202e" not in shown and "\x1b" not in shown


def test_a_long_title_is_folded() -> None:
    long = listed(record(1, "x" * 100_000, "t" * 10_000, data="d" * 100_000))
    assert "100,000 characters" in notified.notifications(long)
    assert len(repr(long)) < 1_000
    assert len(str(swnb.NotificationGone(long[0], list(long)))) < 1_000
    assert "no notifications" in notified.notifications(listed())
