"""What happened, as other programs read it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("numpy")  # of the interpreters that have only what unit tests need, none draws

from swnb import InvalidArgument, SwnbError
from swnb import events as e
from swnb.log import Log
from swnb.views import exports, report
from swnb.vocab import MessageFate, MessageVia, ServiceWorkerState
from tests.unit.views.test_live_timeline_rows import WORKER, appeared, received, sent, state

HOSTILE = '</script><img src=x onerror=alert(1)>;#{}"\n=cmd()'


@pytest.fixture
def log() -> Log:
    made = Log()
    made.act("open")
    made.append(appeared("c1", "home", 1000.0))
    made.append(state("w1", 1001.0, ServiceWorkerState.ACTIVATED))
    made.append(sent("home", "w1", 1003.0, json.dumps([HOSTILE]).encode()))
    made.append(received("w1", "home", 1004.5, 2))
    made.append(sent("w1", "home", 1005.0))
    made.append(e.MessageUndelivered(cause=4, channel=HOSTILE, fate=MessageFate.LOST, why=HOSTILE, t_browser_ms=1006.0))
    made.append(sent("home", "", 1007.0, channel=f"BroadcastChannel {HOSTILE!r}", via=MessageVia.BROADCAST))
    made.append(e.WorkerFailed(actor="w1", message=HOSTILE, t_browser_ms=1008.0, **WORKER))
    return made


def test_mermaid(log: Log) -> None:
    lines = exports.mermaid(log).splitlines()
    assert lines[0] == "sequenceDiagram"
    assert [line.strip() for line in lines[1:4]] == [
        "participant a0 as notebook",
        "participant a1 as home",
        "participant a2 as w1",
    ]
    assert sum("-)" in line for line in lines) == 3
    assert "a1-)a2" in exports.mermaid(log)
    for line in lines[1:]:
        words = line.split(":", 1)[1] if ":" in line else ""
        for number in words.split("#")[1:]:
            assert number.split(";")[0].isdecimal()  # each sign that means something is told by its number
        assert not set('<>{}"&') & set(words)


def test_svg_is_a_picture_of_its_own(log: Log) -> None:
    root = ET.fromstring(exports.svg(log))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not [each for each in root.iter() if each.tag.endswith(("script", "image", "foreignObject", "a"))]
    assert ET.fromstring(exports.svg(Log())).tag.endswith("svg")


def test_trace_events_have_arrows(log: Log) -> None:
    told = json.loads(exports.trace(log))["traceEvents"]
    names = {each["tid"]: each["args"]["name"] for each in told if each.get("name") == "thread_name"}
    assert list(names.values()) == ["notebook (notebook)", "home (window)", "w1 (service worker)"]
    begun, ended = ([each for each in told if each["ph"] == phase] for phase in "sf")
    assert [each["id"] for each in ended] == [begun[0]["id"]]
    assert (names[begun[0]["tid"]], names[ended[0]["tid"]]) == ("home (window)", "w1 (service worker)")
    assert ended[0]["ts"] - begun[0]["ts"] == pytest.approx(1500, abs=0.2)
    slices = [each for each in told if each["ph"] == "X"]
    assert len(slices) == 9
    assert all({"pid", "tid", "ts", "dur", "name"} <= set(each) for each in slices)


def test_csv_holds_every_message_and_no_formula(log: Log) -> None:
    rows = list(csv.DictReader(io.StringIO(exports.messages_csv(log))))
    assert [row["sender"] for row in rows] == ["home", "worker", "home"]
    assert json.loads(rows[0]["data"]) == [HOSTILE]
    assert rows[1]["why"] == HOSTILE
    assert rows[1]["fate"] == "lost"
    for cell in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1"):
        assert exports.harmless(cell) == f"'{cell}"
    assert exports.harmless("1=1") == "1=1"


@pytest.mark.parametrize("name", ["a.mmd", "a.svg", "a.json", "a.csv", "A.CSV"])
def test_the_file_s_name_says_what_it_is(log: Log, tmp_path: Path, name: str) -> None:
    path = exports.export(log, tmp_path / name)
    assert path.stat().st_size > 100


def test_bad_names(log: Log, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match=r"a\.exe is of no known format"):
        exports.export(log, tmp_path / "a.exe")
    with pytest.raises(SwnbError, match="cannot be written"):
        exports.export(log, tmp_path / "missing" / "a.csv")
    assert exports.export(log, tmp_path / "a.exe", "csv").read_text().startswith("seq,")


def test_a_report_stands_by_itself(log: Log) -> None:
    made = report.report(
        log, title=HOSTILE, environment=[("Chromium", HOSTILE)], files=[(HOSTILE, HOSTILE.encode())], replay=HOSTILE
    )
    assert made.count("<script") == made.count("</script>") == 2
    assert "<img" not in made
    told: Any = json.loads(made.split('id="told">')[1].split("</script>")[0])
    assert len(told["rows"]) == 9
    assert told["payloads"]["2"][0] == [HOSTILE]
    assert "http://lab.localhost/sw.js" in made
    assert 'src="http' not in made
    assert "url(" not in made
    for heading in (
        "Summary",
        "Clients",
        "Workers",
        "Timeline",
        "Messages",
        "Files of the site",
        "Environment",
        "Run it again",
    ):
        assert f"<h2>{heading}</h2>" in made
    assert "<h2>Timeline</h2>" in report.report(Log())
