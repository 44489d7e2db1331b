"""Rows by their changes: a front end is told what it does not know, and nothing else."""

from __future__ import annotations

from swnb.views.live.changes import Changes


def test_only_what_changed_is_told() -> None:
    changes = Changes()
    assert changes.since(0) == (0, [], [])
    changes.take({"a": {"n": 1}, "b": {"n": 1}})
    assert changes.since(0) == (1, [{"n": 1}, {"n": 1}], [])
    changes.take({"a": {"n": 1}, "b": {"n": 2}})
    assert changes.since(1) == (2, [{"n": 2}], [])
    assert changes.since(2) == (2, [], [])


def test_what_ended_is_told_until_it_is_known_and_may_come_back() -> None:
    changes = Changes()
    changes.take({"a": {"n": 1}})
    changes.take({})
    assert changes.since(1) == (2, [], ["a"])
    assert changes.since(2) == (2, [], [])
    changes.take({"a": {"n": 1}})
    assert changes.since(2) == (3, [{"n": 1}], [])


def test_nothing_new_is_no_change() -> None:
    changes = Changes()
    changes.take({"a": {"n": 1}})
    changes.take({"a": {"n": 1}})
    assert changes.number == 1
