"""What is under way in a lab, as its log tells it."""

from __future__ import annotations

from typing import Any

import pytest

from swnb import events as e
from swnb.lab.quiet import under_way
from swnb.vocab import RunningStatus, ServiceWorkerState, TargetId, VersionId

HOME: dict[str, Any] = {"target_id": TargetId("t1"), "name": "home"}
WORKER: dict[str, Any] = {"version_id": VersionId("1"), "scope": "/", "script_url": "/sw.js"}
OPENED, LOADED, CLOSED = e.WindowOpened(**HOME), e.WindowLoaded(**HOME), e.WindowClosed(**HOME)
CALL = e.CallMade(actor="w1", function="clients.claim").stamped(7)
CLICK = e.NotificationClicked(actor="w1", title="News").stamped(8)


def worker(state: ServiceWorkerState) -> e.WorkerStateChanged:
    return e.WorkerStateChanged(actor="w1", state=state, former=None, **WORKER)


STOPPED = e.WorkerRunningChanged(actor="w1", running=RunningStatus.STOPPED, **WORKER)


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([], set()),
        ([OPENED], {"home loads"}),
        ([OPENED, LOADED], set()),
        ([OPENED, LOADED, e.WindowNavigated(url="/other", **HOME)], {"home loads"}),
        ([OPENED, CLOSED], set()),
        ([CALL], {"w1: call.made"}),
        ([CALL, e.CallAnswered(actor="w1", cause=7, function="clients.claim")], set()),
        ([CALL, e.CallAnswered(actor="w1", cause=6, function="clients.claim")], {"w1: call.made"}),
        ([CALL, CLICK, STOPPED], set()),
        ([CLICK], {"w1: notification.clicked"}),
        ([CLICK, e.EventSettled(actor="w1", cause=8, type="notification.clicked")], set()),
        ([worker(ServiceWorkerState.INSTALLING)], {"w1 is installing"}),
        ([worker(ServiceWorkerState.INSTALLING), worker(ServiceWorkerState.INSTALLED)], set()),
    ],
    ids=str,
)
def test_what_began_and_has_not_ended(events: list[e.Event], found: set[str]) -> None:
    assert under_way(events) == found
