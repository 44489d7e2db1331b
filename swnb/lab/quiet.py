"""Waiting for what is under way: a recording that ended in the middle of a page's load would differ from run to run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING, Final

from swnb.events import (
    CallAnswered,
    CallMade,
    ClientGone,
    Event,
    EventSettled,
    NotificationClicked,
    PushReceived,
    SyncReceived,
    WindowClosed,
    WindowCrashed,
    WindowLoaded,
    WindowNavigated,
    WindowOpened,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.log import Mark
from swnb.vocab import RunningStatus, ServiceWorkerState

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

PATIENCE_S: Final = 2.0
"""How long is waited for what is under way: a page may load for ever."""

CALM_S: Final = 0.05
"""How long nothing must be heard, once nothing is known to be under way."""

RESTLESS_S: Final = 0.5
"""How long is waited for that: a page may chat for ever."""

LOOKED_AT: Final = 20_000
"""Events, the newest ones, in which is looked for what has begun and not ended."""

PASSING = (ServiceWorkerState.PARSED, ServiceWorkerState.INSTALLING, ServiceWorkerState.ACTIVATING)


def under_way(events: Iterable[Event]) -> set[str]:
    """Return what has begun and not ended, in words."""
    loading: dict[str, str] = {}
    open_: dict[int, Event] = {}
    passing: dict[str, str] = {}
    for event in events:
        match event:
            case WindowOpened() | WindowNavigated():
                loading[event.target_id] = event.name
            case WindowLoaded() | WindowClosed() | WindowCrashed():
                loading.pop(event.target_id, None)
            case CallMade() | NotificationClicked() | PushReceived() | SyncReceived():
                open_[event.seq] = event
            case CallAnswered() | EventSettled():
                open_.pop(-1 if event.cause is None else event.cause, None)
            case ClientGone() | WorkerRunningChanged(running=RunningStatus.STOPPED):
                open_ = {seq: begun for seq, begun in open_.items() if begun.actor != event.actor}
            case WorkerStateChanged():
                passing.pop(event.actor, None)
                if event.state in PASSING:
                    passing[event.actor] = event.state
            case _:
                pass
    begun = [f"{name} loads" for name in loading.values()] + [f"{one.actor}: {one.kind}" for one in open_.values()]
    return {*begun, *(f"{worker} is {state}" for worker, state in passing.items())}


async def quiet(lab: AsyncLab, patience_s: float = PATIENCE_S) -> bool:
    """Wait until nothing is under way in a lab, and nothing has been heard for a moment; tell whether that came."""
    began = monotonic()
    while lab.alive:
        await lab.settle()
        log = lab.log
        heard = len(log)
        busy = under_way(log.since(Mark(max(0, heard - LOOKED_AT))))
        await asyncio.sleep(CALM_S)
        passed = monotonic() - began
        if not busy and (len(log) == heard or passed > RESTLESS_S):
            return len(log) == heard
        if passed > patience_s:
            return False
    return False
