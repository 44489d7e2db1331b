"""Rows, lanes and the picture of a timeline, from events alone."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from swnb import events as e
from swnb.log import Log
from swnb.views import sequence
from swnb.views.live.timeline_rows import WHOLE, TimelineRows
from swnb.vocab import (
    ClientType,
    ControlReason,
    FrameType,
    MessageFate,
    MessageVia,
    RunningStatus,
    ServiceWorkerState,
    TargetId,
    VersionId,
)

WORKER: dict[str, Any] = {
    "version_id": VersionId("1"),
    "scope": "http://lab.localhost/",
    "script_url": "http://lab.localhost/sw.js",
}


def appeared(client: str, actor: str, at: float, **more: Any) -> e.ClientAppeared:
    told: dict[str, Any] = {
        "url": "http://lab.localhost/",
        "type": ClientType.WINDOW,
        "frame_type": FrameType.TOP_LEVEL,
        "origin": "http://lab.localhost",
        "target_id": TargetId("T"),
        "frame_id": f"F-{actor}",
        "name": actor,
    }
    return e.ClientAppeared(client=client, actor=actor, t_browser_ms=at, **told | more)


def sent(actor: str, to: str, at: float, content: bytes = b'["hi"]', **more: Any) -> e.MessageSent:
    told: dict[str, Any] = {"via": MessageVia.SERVICE_WORKER, "channel": f"{actor}→{to}", "size": len(content)}
    return e.MessageSent(actor=actor, to=to, t_browser_ms=at, content=content, **told | more)


def received(actor: str, sender: str, at: float, cause: int, **more: Any) -> e.MessageReceived:
    told: dict[str, Any] = {"via": MessageVia.SERVICE_WORKER, "channel": f"{sender}→{actor}", "cause": cause}
    return e.MessageReceived(actor=actor, sender=sender, t_browser_ms=at, **told | more)


def state(actor: str, at: float, now: ServiceWorkerState) -> e.WorkerStateChanged:
    return e.WorkerStateChanged(actor=actor, t_browser_ms=at, state=now, former=None, **WORKER)


def filled(*facts: e.Event) -> tuple[Log, TimelineRows]:
    log = Log()
    for fact in facts:
        log.append(fact)
    rows = TimelineRows(log)
    rows.look()
    return log, rows


def told(rows: TimelineRows) -> list[list[Any]]:
    return [list(each) for each in json.loads(rows.packed(0, len(rows)))]


def test_a_conversation() -> None:
    log = Log()
    log.act("open")
    log.append(appeared("c1", "home", 1000.0))
    log.append(state("w1", 1001.0, ServiceWorkerState.ACTIVATED))
    log.append(e.ClientIdentified(client="c1", actor="home", id="x"))  # type: ignore[arg-type]  # no row
    log.append(
        e.ClientControlled(client="c1", actor="home", worker="w1", reason=ControlReason.CLAIM, t_browser_ms=1002.0)
    )
    log.act("evaluate", "home")
    log.append(sent("home", "w1", 1003.0, ports=("port 3b",)))
    log.append(received("w1", "home", 1004.5, 4))
    log.append(sent("w1", "home", 1005.0, channel="port 3", via=MessageVia.PORT))
    log.append(received("home", "w1", 1006.0, 6, listeners=0, channel="port 3"))
    log.act("notification")
    rows = TimelineRows(log)
    assert rows.look() == 9
    shown = told(rows)
    begun = shown[1][3]
    assert [[*row[:3], round(row[3] - begun, 1), *row[4:]] for row in shown[1:4] + shown[5:]] == [
        [0, "b", 1, 0.0, -1, -1, "http://lab.localhost/", "c1"],
        [1, "w", 2, 1.0, -1, -1, "activated", 0],
        [3, "c", 1, 2.0, -1, 2, "claim", "c1"],
        [4, "s", 1, 3.0, -1, 2, ["hi"], [0, -1, [3]]],
        [5, "r", 2, 4.5, 5, 1, 0, 0],
        [6, "s", 2, 5.0, -1, 1, ["hi"], [3, 5, []]],  # it answers the fifth row
        [7, "r", 1, 6.0, 7, 2, 0, ["unheard"]],
    ]
    assert [shown[at][:3] + shown[at][4:] for at in (0, 4)] == [
        [-1, "v", 0, -1, -1, "open", ""],
        [-1, "v", 0, -1, 1, "evaluate", "home"],
    ]
    assert shown[0][3] == 0
    assert rows.lanes.since(0) == [
        [0, "notebook", "notebook", -1, "", []],
        [1, "home", "window", -1, "", [(1, "alive", "c1"), (1, "by", ""), (3, "by", "w1")]],
        [2, "w1", "service worker", -1, "http://lab.localhost/sw.js", [(2, "state", "activated")]],
    ]


def test_what_is_new_is_all_that_is_told() -> None:
    log, rows = filled(appeared("c1", "home", 1.0), state("w1", 2.0, ServiceWorkerState.PARSED))
    assert len(rows) == 2
    log.append(state("w1", 3.0, ServiceWorkerState.INSTALLING))
    assert rows.look() == 3
    assert rows.lanes.since(2) == [
        [2, "w1", "service worker", -1, "http://lab.localhost/sw.js", [(2, "state", "installing")]]
    ]
    assert [each[6] for each in json.loads(rows.packed(2, 3))] == ["installing"]
    assert rows.look() == 3


def test_frames_keep_their_lane_and_stand_under_their_window() -> None:
    frame: dict[str, Any] = {"frame_type": FrameType.NESTED, "frame_id": "F9", "owner": "c1", "name": None}
    _, rows = filled(
        appeared("c1", "home", 1.0),
        appeared("c2", "c2", 2.0, **frame),
        e.ClientGone(client="c2", actor="c2", t_browser_ms=3.0),
        appeared("c3", "c3", 4.0, **frame),
        sent("c3", "home", 5.0),
        appeared(
            "c4", "c4", 6.0, type=ClientType.WORKER, frame_type=FrameType.NONE, frame_id="", owner="c3", name=None
        ),
    )
    lanes = rows.lanes.since(0)
    assert [lane[1:4] for lane in lanes] == [
        ["notebook", "notebook", -1],
        ["home", "window", -1],
        ["c3", "frame", 1],
        ["c4", "worker", 2],
    ]
    assert [span for span in lanes[2][5] if span[1] == "alive"] == [
        (1, "alive", "c2"),
        (2, "alive", ""),
        (3, "alive", "c3"),
    ]
    assert told(rows)[4][2] == 2


def test_what_became_of_messages() -> None:
    _, rows = filled(
        sent("home", "w1", 1.0),
        e.MessageUndelivered(cause=0, channel="home→w1", fate=MessageFate.LOST, why="the worker was stopped"),
        e.MessageRefused(actor="home", via=MessageVia.SERVICE_WORKER, channel="x", name="DataCloneError", message="no"),
        sent("home", "", 2.0, channel="BroadcastChannel 'news'", via=MessageVia.BROADCAST),
        received("guest", "home", 3.0, 3, channel="BroadcastChannel 'news'", failed=True),
        e.WorkerRunningChanged(actor="w1", running=RunningStatus.STOPPED, epoch=2, **WORKER),
    )
    shown = told(rows)
    assert shown[1][1:3] + shown[1][4:] == ["u", 2, 0, -1, "lost", "the worker was stopped"]
    assert shown[2][6] == "DataCloneError: no"
    assert shown[3][5:] == [-1, ["hi"], ["BroadcastChannel 'news'", -1, []]]
    assert shown[4][4:] == [3, 1, 0, ["messageerror"]]
    assert shown[5][6:] == ["stopped", [2, ""]]


def test_a_long_payload_is_told_in_part_and_what_was_not_kept_by_its_size() -> None:
    long = json.dumps([[1], ["O", "text", "é" * 5000]], ensure_ascii=False).encode()
    _, rows = filled(sent("home", "w1", 1.0, long), sent("home", "w1", 1.0, b"", size=7))
    text, size = (row[6] for row in told(rows))
    assert isinstance(text, str)
    assert long.startswith(text.encode())
    assert WHOLE - 4 < len(text.encode()) <= WHOLE
    assert size == 7


@pytest.mark.parametrize("text", ["\ud800", "x" * 10_000, "<script>", "\x00"])
def test_any_text_can_be_sent(text: str) -> None:
    _, rows = filled(
        e.NotificationShown(actor="w1", title=text),
        e.CallMade(actor="w1", function="clients.claim"),
        e.CallMade(actor="w1", function="clients.matchAll"),  # changes nothing: no row
        e.WorkerFailed(actor="w1", message=text, **WORKER),
    )
    assert [row[1] for row in told(rows)] == ["d", "a", "f"]
    assert all(len(row[6]) <= 301 for row in told(rows))


def test_the_picture_stands_by_itself() -> None:
    hostile = "</text><script>alert(1)</script>"
    log, _ = filled(
        appeared("c1", "home", 1.0),
        state("w1", 2.0, ServiceWorkerState.ACTIVATED),
        e.ClientControlled(client="c1", actor="home", worker="w1", reason=ControlReason.CLAIM, t_browser_ms=3.0),
        sent("home", "w1", 4.0, json.dumps([hostile]).encode()),
        received("w1", "home", 5.0, 3),
        sent("w1", "w1", 5.5),
        received("w1", "w1", 5.6, 5, listeners=0),
        sent("home", "w1", 6.0),
        e.MessageUndelivered(cause=7, channel="home→w1", fate=MessageFate.LOST, why=hostile, t_browser_ms=6.5),
        e.WorkerFailed(actor=hostile, message=hostile, **WORKER),
    )
    made = sequence.html(log)
    assert "<script" not in made
    assert "style=" not in re.search(r"<svg.*?</svg>", made, re.DOTALL)[0]  # type: ignore[index]
    for words in ("w1 claims home", "✗ lost", "nobody listened", "◆ activated", "<table>"):
        assert words in made
    picture = ET.fromstring(re.search(r"<svg.*?</svg>", made, re.DOTALL)[0])  # type: ignore[index]
    assert len(picture.findall(".//{http://www.w3.org/2000/svg}text")) > 8
    assert sequence.html(Log()) == "<p><em>nothing happened</em></p>"


def test_the_picture_shows_the_last_rows_in_the_order_of_their_time() -> None:
    facts: list[e.Event] = [sent("home", "w1", 10.0 * n, json.dumps([f"m{n}"]).encode()) for n in range(60)]
    facts[50], facts[51] = facts[51], facts[50]
    log, _ = filled(*facts)
    made = re.search(r"<svg.*?</svg>", sequence.html(log), re.DOTALL)[0]  # type: ignore[index]
    assert re.findall(r"m(\d+)", made) == [str(n) for n in range(20, 60)]
    assert "60 rows, of which these are the last 40" in sequence.html(log)
